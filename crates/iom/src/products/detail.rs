//! One product, with everything around it.

use serde::Serialize;
use stockbridge_domain::items::images::{self, Image};
use stockbridge_domain::items::variants::{self, Variant};
use stockbridge_domain::items::{self, Item, ItemDetail, Label};
use stockbridge_domain::stock::{self, Level};
use stockbridge_domain::values::Quantity;
use stockbridge_domain::{Result, Tx};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::TrackingType;
use super::images::ProductImage;
use super::variants::ProductVariant;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::Id;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_product]
}

/// Get a product
///
/// With its images, its variants and what is on hand of it in each warehouse.
#[utoipa::path(
    get, path = "/products/{id}", tag = "products", params(("id" = i64, Path, description = "The product's id")),
    responses(
        (status = 200, description = "The product", body = ProductResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such product", body = ErrorResponse)
    )
)]
pub async fn get_product(caller: Caller<Viewer>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    let command = move |tx: &mut Tx<'_>| {
        let (product, images) = (items::get(tx, id)?, images::of_item(tx, id)?);
        Ok((product, images, variants::of_item(tx, id)?, stock::of_item(tx, id)?))
    };
    let say = |(product, images, variants, levels)| ok(&ProductResponse::new(product, images, variants, levels)?);
    caller.read(command, say).await
}

/// A product with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductResponse {
    /// Its id
    #[schema(example = 7)]
    id: i64,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    name: String,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// What it sells for
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "49.99")]
    base_price: String,
    /// What it costs to get
    #[schema(required = true, pattern = r"^\d+\.\d{2,4}$", example = "18.00")]
    cost_price: Option<String>,
    /// What it used to sell for
    #[schema(required = true, pattern = r"^\d+\.\d{2,4}$", example = "59.99")]
    compare_at_price: Option<String>,
    /// Its barcode
    #[schema(required = true, example = "9312345678901")]
    barcode: Option<String>,
    /// Who makes it
    #[schema(required = true, example = "WidgetCo")]
    vendor: Option<String>,
    /// A description
    #[schema(required = true, example = "Heavy-duty widget with 500N load rating.")]
    description: Option<String>,
    /// The id of its category
    #[schema(required = true, example = 3)]
    category_id: Option<i64>,
    /// How its stock is told apart
    tracking_type: TrackingType,
    /// What one unit weighs, in kilograms
    #[schema(required = true, pattern = r"^\d+\.\d{3}$", example = "0.450")]
    weight: Option<String>,
    /// Whether tax is due on it
    taxable: bool,
    /// Whether it has to be shipped
    requires_shipping: bool,
    /// Whether it is on offer
    is_active: bool,
    /// Its pictures
    images: Vec<ProductImage>,
    /// What is on hand in each warehouse
    stock: Vec<ProductStock>,
    /// When it was made
    #[schema(format = DateTime, example = "2025-11-03T08:14:22Z")]
    created_at: String,
    /// Its variants
    variants: Vec<ProductVariant>,
    /// The name of its category
    #[schema(required = true, example = "Hardware")]
    category_name: Option<String>,
    /// On hand in all warehouses
    #[schema(value_type = f64, example = 320)]
    total_stock: Number,
    /// When it last changed; stock, images and variants do not count
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    updated_at: String,
}

/// What is on hand of a product in a warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductStock {
    /// The warehouse's id
    #[schema(example = 1)]
    warehouse_id: i64,
    /// The warehouse's name
    #[schema(example = "Sydney Warehouse")]
    warehouse_name: String,
    /// On hand
    #[schema(value_type = f64, example = 200)]
    quantity: Number,
}

impl ProductResponse {
    fn new(product: ItemDetail, images: Vec<Image>, variants: Vec<Variant>, levels: Vec<Level>) -> Result<Self> {
        let ItemDetail { item, category, item_type: _, brand: _, base_uom: _, sales_uom: _, purchase_uom: _ } = product;
        let Item {
            tenant_id: _,
            id,
            sku,
            name,
            alternate_name: _,
            barcode,
            vendor,
            description,
            category_id,
            type_id: _,
            brand_id: _,
            base_uom_id: _,
            sales_uom_id: _,
            purchase_uom_id: _,
            tracking,
            base_price,
            cost_price,
            compare_at_price,
            weight,
            taxable,
            requires_shipping,
            is_stock: _,
            is_sold: _,
            is_purchase: _,
            is_active,
            created_by: _,
            created_at,
            updated_at,
        } = item;
        let total: Quantity = levels.iter().map(|level| level.quantity).sum();
        Ok(Self {
            id,
            name,
            sku,
            base_price: base_price.to_string(),
            cost_price: cost_price.map(|cost| cost.to_string()),
            compare_at_price: compare_at_price.map(|price| price.to_string()),
            barcode,
            vendor,
            description,
            category_id,
            tracking_type: tracking.into(),
            weight: weight.map(|weight| weight.to_string()),
            taxable,
            requires_shipping,
            is_active,
            images: images.into_iter().map(ProductImage::from).collect(),
            stock: levels.into_iter().map(ProductStock::from).collect(),
            created_at: instant(created_at),
            variants: variants.into_iter().map(ProductVariant::new).collect::<Result<_>>()?,
            category_name: category.map(|Label { id: _, code: _, name }| name),
            total_stock: total.into(),
            updated_at: instant(updated_at),
        })
    }
}

impl From<Level> for ProductStock {
    fn from(level: Level) -> Self {
        let Level { warehouse_id, warehouse_name, quantity, reserved: _, reorder_level: _ } = level;
        Self { warehouse_id, warehouse_name, quantity: quantity.into() }
    }
}
