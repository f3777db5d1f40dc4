//! Making, replacing and deleting products.

use serde::{Deserialize, Serialize};
use stockbridge_domain::items::master::{By, Reference};
use stockbridge_domain::items::{self, Item, ItemChanges, NewItem, Tracking};
use stockbridge_domain::values::{Change, Code, Description, Name, Price, Weight};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::TrackingType;
use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Admin, Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_product, replace_product, delete_product]
}

/// Create a product
///
/// For admins and managers. The SKU is unique within the tenant in any case, the barcode where there is one.
#[utoipa::path(
    post, path = "/products", tag = "products", request_body = ProductRequest,
    responses(
        (status = 201, description = "The product was made", body = ProductCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such category", body = ErrorResponse),
        (status = 409, description = "The SKU or the barcode is taken", body = ErrorResponse)
    )
)]
pub async fn create_product(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| ProductRequest::read(&body)).await?;
    caller.write(move |tx| items::create(tx, &new), |product| created(&ProductCreatedResponse::from(product))).await
}

/// Replace a product
///
/// For admins and managers. What is left out goes back to its default; only `tracking_type` is kept then.
#[utoipa::path(
    put, path = "/products/{id}", tag = "products", request_body = ProductRequest,
    params(("id" = i64, Path, description = "The product's id")),
    responses(
        (status = 200, description = "The product was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or category", body = ErrorResponse),
        (status = 409, description = "The SKU or the barcode is taken, or there is stock and the tracking would change",
            body = ErrorResponse)
    )
)]
pub async fn replace_product(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let read = || Ok((id.read()?, in_place(ProductRequest::read(&body)?)));
    let (id, changes) = caller.understand(read).await?;
    caller.write(move |tx| items::amend(tx, id, &changes), |_| message("Product updated")).await
}

/// Delete a product
///
/// For admins. It cannot be undone; its images and variants go with it, its SKU and barcode are free again.
#[utoipa::path(
    delete, path = "/products/{id}", tag = "products", params(("id" = i64, Path, description = "The product's id")),
    responses(
        (status = 200, description = "The product is gone", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such product", body = ErrorResponse),
        (status = 409, description = "Something refers to the product", body = ErrorResponse)
    )
)]
pub async fn delete_product(caller: Caller<Admin>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write_discarding(move |tx| items::remove(tx, id), || message("Product deleted")).await
}

/// A whole product.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProductRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Widget Pro 500")]
    name: Field<Name>,
    /// Its SKU, unique within the tenant in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, example = "WGT-500")]
    sku: Field<Code>,
    /// What it sells for, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = f64, required = true, minimum = 0, maximum = 900_000_000_000_i64, example = 49.99)]
    base_price: Field<Price>,
    /// What it costs to get, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 18.00)]
    cost_price: Field<Price>,
    /// What it used to sell for, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 59.99)]
    compare_at_price: Field<Price>,
    /// The id of its category
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 3)]
    category_id: Field<i64>,
    /// Its barcode, unique within the tenant
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "9312345678901")]
    barcode: Field<Option<Code>>,
    /// Who makes it
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "WidgetCo")]
    vendor: Field<Option<Name>>,
    /// How its stock is told apart; `none` if a new product does not say
    #[serde(default)]
    #[schema(value_type = TrackingType)]
    tracking_type: Field<TrackingType>,
    /// What one unit weighs, in kilograms; rounded to the gram
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, example = 0.45)]
    weight: Field<Weight>,
    /// A description
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000, example = "Heavy-duty widget with 500N load rating.")]
    description: Field<Option<Description>>,
    /// Whether tax is due on it
    #[serde(default)]
    #[schema(value_type = bool, default = true)]
    taxable: Field<bool>,
    /// Whether it has to be shipped
    #[serde(default)]
    #[schema(value_type = bool, default = true)]
    requires_shipping: Field<bool>,
    /// Whether it is on offer
    #[serde(default)]
    #[schema(value_type = bool, default = true)]
    is_active: Field<bool>,
}

/// A product that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductCreatedResponse {
    /// Its id
    #[schema(example = 52)]
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
    /// How its stock is told apart
    tracking_type: TrackingType,
    /// Whether it is on offer
    is_active: bool,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    created_at: String,
}

impl ProductRequest {
    fn read(body: &RawBody) -> Result<NewItem, Reason> {
        let Self {
            name,
            sku,
            base_price,
            cost_price,
            compare_at_price,
            category_id,
            barcode,
            vendor,
            tracking_type,
            weight,
            description,
            taxable,
            requires_shipping,
            is_active,
        } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let sku = check.required("sku", sku);
        let base_price = check.required("base_price", base_price);
        let cost_price = check.optional("cost_price", cost_price);
        let compare_at_price = check.optional("compare_at_price", compare_at_price);
        let category_id = check.optional("category_id", category_id);
        let barcode = check.optional_text("barcode", barcode);
        let vendor = check.optional_text("vendor", vendor);
        let tracking = check.optional("tracking_type", tracking_type);
        let weight = check.optional("weight", weight);
        let description = check.optional_text("description", description);
        let taxable = check.optional("taxable", taxable);
        let requires_shipping = check.optional("requires_shipping", requires_shipping);
        let is_active = check.optional("is_active", is_active);
        check.finish()?;
        let rest = ItemChanges {
            base_price: Change::Set(base_price?),
            cost_price: Change::to(cost_price?),
            compare_at_price: Change::to(compare_at_price?),
            category: Change::to(category_id?.map(category)),
            barcode: Change::to(barcode?),
            vendor: Change::to(vendor?),
            tracking: tracking?.map(Tracking::from),
            weight: Change::to(weight?),
            description: Change::to(description?),
            taxable: Some(taxable?.unwrap_or(true)),
            requires_shipping: Some(requires_shipping?.unwrap_or(true)),
            is_active: Some(is_active?.unwrap_or(true)),
            ..ItemChanges::default()
        };
        Ok(NewItem { sku: sku?, name: name?, rest })
    }
}

/// A whole product in place of another one: all that a new one would be given.
fn in_place(new: NewItem) -> ItemChanges {
    let NewItem { sku, name, rest } = new;
    ItemChanges { sku: Some(sku), name: Some(name), ..rest }
}

pub(super) fn category(id: i64) -> Reference {
    Reference { field: "category_id".to_owned(), by: By::Id(id) }
}

impl From<Item> for ProductCreatedResponse {
    fn from(product: Item) -> Self {
        // An excerpt by design: the whole product is what GET answers.
        let Item { id, name, sku, base_price, cost_price, tracking, is_active, created_at, .. } = product;
        Self {
            id,
            name,
            sku,
            base_price: base_price.to_string(),
            cost_price: cost_price.map(|cost| cost.to_string()),
            tracking_type: tracking.into(),
            is_active,
            created_at: instant(created_at),
        }
    }
}
