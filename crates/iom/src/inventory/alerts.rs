//! What runs low.

use serde::Serialize;
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::levels::{self, LevelFilter, LevelLine};
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, judged};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_stock_alerts]
}

/// List low stock alerts
///
/// The stock rows that are at or below their reorder level, by product, then warehouse.
#[utoipa::path(
    get, path = "/inventory/alerts", tag = "inventory", params(PageQuery),
    responses(
        (status = 200, description = "What runs low", body = StockAlertListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_stock_alerts(caller: Caller<Viewer>, page: Query<PageQuery>) -> Answer {
    let page = caller.understand(|| judged(page, PageQuery::check)).await?;
    let low = LevelFilter { is_low: true, ..LevelFilter::default() };
    let say = move |stock| ok(&StockAlertListResponse::new(stock, page));
    caller.read(move |tx| levels::list(tx, &low, &page.window), say).await
}

/// A part of what runs low.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockAlertListResponse {
    /// The alerts, by product, then warehouse
    alerts: Vec<StockAlert>,
    /// Alerts in all
    #[schema(example = 6)]
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

/// A product that runs low in a warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockAlert {
    /// The product's id
    #[schema(example = 14)]
    product_id: i64,
    /// Its SKU
    #[schema(example = "BLT-M820")]
    sku: String,
    /// Its name
    #[schema(example = "Bolt M8x20")]
    product_name: String,
    /// The warehouse's id
    #[schema(example = 1)]
    warehouse_id: i64,
    /// Its name
    #[schema(example = "Sydney Warehouse")]
    warehouse_name: String,
    /// On hand
    #[schema(value_type = f64, example = 18)]
    quantity: Number,
    /// At or below this it is time to order
    #[schema(value_type = f64, example = 50)]
    reorder_level: Number,
}

impl StockAlertListResponse {
    fn new(stock: Slice<LevelLine>, page: Page) -> Self {
        let Slice { rows, total, next } = stock;
        Self {
            alerts: rows.into_iter().map(StockAlert::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<LevelLine> for StockAlert {
    fn from(line: LevelLine) -> Self {
        let LevelLine {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity,
            reserved: _,
            reorder_level,
        } = line;
        let (quantity, reorder_level) = (quantity.into(), reorder_level.into());
        Self { product_id, sku, product_name, warehouse_id, warehouse_name, quantity, reorder_level }
    }
}
