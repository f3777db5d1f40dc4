//! What lies where.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::levels::{self, LevelFilter, LevelLine};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_inventory]
}

/// List stock levels
///
/// One row for each product and warehouse that ever held stock of it or has a reorder level, by product, then
/// warehouse. What is available is `quantity` less `reserved_quantity`.
#[utoipa::path(
    get, path = "/inventory", tag = "inventory", params(InventoryQuery, PageQuery),
    responses(
        (status = 200, description = "The stock rows that match", body = InventoryListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_inventory(caller: Caller<Viewer>, filter: Query<InventoryQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, InventoryQuery::check)).await?;
    let say = move |stock| ok(&InventoryListResponse::new(stock, page));
    caller.read(move |tx| levels::list(tx, &filter, &page.window), say).await
}

/// Which stock rows are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct InventoryQuery {
    /// The id of the warehouse
    #[param(value_type = i64, required = false)]
    warehouse_id: Field<Option<i64>>,
    /// The id of the product
    #[param(value_type = i64, required = false)]
    product_id: Field<Option<i64>>,
    /// Only rows at or below their reorder level
    #[param(value_type = bool, required = false, default = false)]
    low_stock: Field<Option<bool>>,
}

/// A part of the stock rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct InventoryListResponse {
    /// The stock rows, by product, then warehouse
    inventory: Vec<InventoryRow>,
    /// Rows that match in all
    #[schema(example = 156)]
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

/// What lies of a product in a warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct InventoryRow {
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// The warehouse's id
    #[schema(example = 1)]
    warehouse_id: i64,
    /// Its name
    #[schema(example = "Sydney Warehouse")]
    warehouse_name: String,
    /// On hand
    #[schema(value_type = f64, example = 200)]
    quantity: Number,
    /// At or below this it is time to order; 0: never
    #[schema(value_type = f64, example = 50)]
    reorder_level: Number,
    /// Of what is on hand, promised to open orders
    #[schema(value_type = f64, example = 12)]
    reserved_quantity: Number,
}

impl InventoryQuery {
    /// Judges the parameters.
    ///
    /// # Errors
    /// A recorded problem.
    pub(crate) fn check(self, check: &mut Check) -> Result<LevelFilter, Gap> {
        let Self { warehouse_id, product_id, low_stock } = self;
        let warehouse_id = check.optional_text("warehouse_id", warehouse_id);
        let product_id = check.optional_text("product_id", product_id);
        let is_low = check.optional_text("low_stock", low_stock);
        let (warehouse_id, product_id, is_low) = (warehouse_id?, product_id?, is_low?.unwrap_or(false));
        Ok(LevelFilter { warehouse_id, product_id, is_low })
    }
}

impl InventoryListResponse {
    fn new(stock: Slice<LevelLine>, page: Page) -> Self {
        let Slice { rows, total, next } = stock;
        Self {
            inventory: rows.into_iter().map(InventoryRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<LevelLine> for InventoryRow {
    fn from(line: LevelLine) -> Self {
        let LevelLine {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity,
            reserved,
            reorder_level,
        } = line;
        Self {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity: quantity.into(),
            reorder_level: reorder_level.into(),
            reserved_quantity: reserved.into(),
        }
    }
}
