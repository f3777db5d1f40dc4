//! The list of products.

use serde::{Deserialize, Serialize};
use stockbridge_domain::items::{self, ItemColumns, ItemFilter, ItemLine};
use stockbridge_domain::page::Slice;
use stockbridge_domain::values::Name;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::TrackingType;
use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_products]
}

/// List products
///
/// By id, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no product then
/// appears twice or is left out because others come and go.
#[utoipa::path(
    get, path = "/products", tag = "products", params(ProductQuery, PageQuery),
    responses(
        (status = 200, description = "The products that match", body = ProductListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_products(caller: Caller<Viewer>, filter: Query<ProductQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, ProductQuery::check)).await?;
    let say = move |products| ok(&ProductListResponse::new(products, page));
    caller.read(move |tx| items::list(tx, &filter, &page.window), say).await
}

/// Which products are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Part of the name, SKU or barcode, in any case
    #[param(value_type = String, required = false, example = "widget")]
    search: Field<Option<Name>>,
    /// The id of the category they are directly in
    #[param(value_type = i64, required = false)]
    category: Field<Option<i64>>,
    /// Only active ones, or only inactive ones
    #[param(value_type = bool, required = false)]
    active: Field<Option<bool>>,
}

/// A part of the product list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductListResponse {
    /// The products, by id
    products: Vec<ProductRow>,
    /// Products that match in all
    #[schema(example = 48)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows behind these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A product in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRow {
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
    /// Its barcode
    #[schema(required = true, example = "9312345678901")]
    barcode: Option<String>,
    /// Who makes it
    #[schema(required = true, example = "WidgetCo")]
    vendor: Option<String>,
    /// The id of its category
    #[schema(required = true, example = 3)]
    category_id: Option<i64>,
    /// The name of its category
    #[schema(required = true, example = "Hardware")]
    category_name: Option<String>,
    /// How its stock is told apart
    tracking_type: TrackingType,
    /// Whether it is on offer
    is_active: bool,
    /// On hand in all warehouses
    #[schema(value_type = f64, example = 320)]
    total_stock: Number,
}

impl ProductQuery {
    /// Judges the parameters.
    ///
    /// # Errors
    /// A recorded problem.
    pub(super) fn check(self, check: &mut Check) -> Result<ItemFilter, Gap> {
        let Self { search, category, active } = self;
        let search = check.optional_text("search", search);
        let category_id = check.optional_text("category", category);
        let is_active = check.optional_text("active", active);
        let (search, category_id, is_active) = (search?.map(String::from), category_id?, is_active?);
        Ok(ItemFilter { search, category_id, is_active, ..ItemFilter::default() })
    }
}

impl ProductListResponse {
    fn new(products: Slice<ItemLine>, page: Page) -> Self {
        let Slice { rows, total, next } = products;
        Self {
            products: rows.into_iter().map(ProductRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<ItemLine> for ProductRow {
    fn from(line: ItemLine) -> Self {
        let ItemLine { item, category_name, on_hand } = line;
        let ItemColumns { id, name, sku, base_price, cost_price, barcode, vendor, category_id, tracking, is_active } =
            item;
        Self {
            id,
            name,
            sku,
            base_price: base_price.to_string(),
            cost_price: cost_price.map(|cost| cost.to_string()),
            barcode,
            vendor,
            category_id,
            category_name,
            tracking_type: tracking.into(),
            is_active,
            total_stock: on_hand.into(),
        }
    }
}
