//! What lies where, as integrations see it.

use serde::Serialize;
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::levels::{self, LevelLine};
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::ReadRefusals;
use crate::answer::Answer;
use crate::auth::{Caller, Read};
use crate::error::ErrorResponse;
use crate::inventory::levels::InventoryQuery;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_external_inventory]
}

/// List stock levels for an integration
///
/// Needs an API key with the permission read. What is on hand of each product in each warehouse that ever held it, by
/// product, then warehouse, a page at a time.
#[utoipa::path(
    get, path = "/external/inventory", tag = "external", security(("api_key" = [])),
    params(InventoryQuery, PageQuery),
    responses(
        (status = 200, description = "The stock rows that match", body = ExternalInventoryListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse),
        ReadRefusals
    )
)]
pub async fn list_external_inventory(
    caller: Caller<Read>,
    filter: Query<InventoryQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, InventoryQuery::check)).await?;
    let say = move |stock| ok(&ExternalInventoryListResponse::new(stock, page));
    caller.read(move |tx| levels::list(tx, &filter, &page.window), say).await
}

/// A part of the stock rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalInventoryListResponse {
    /// The stock rows, by product, then warehouse
    inventory: Vec<ExternalInventoryRow>,
    /// Rows that match in all
    #[schema(example = 156)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows after these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What lies of a product in a warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalInventoryRow {
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
}

impl ExternalInventoryListResponse {
    fn new(stock: Slice<LevelLine>, page: Page) -> Self {
        let Slice { rows, total, next } = stock;
        Self {
            inventory: rows.into_iter().map(ExternalInventoryRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<LevelLine> for ExternalInventoryRow {
    fn from(line: LevelLine) -> Self {
        let LevelLine {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity,
            reserved: _,
            reorder_level: _,
        } = line;
        Self { product_id, sku, product_name, warehouse_id, warehouse_name, quantity: quantity.into() }
    }
}
