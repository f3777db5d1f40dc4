//! All stock in sum.

use serde::Serialize;
use stockbridge_domain::stock::levels::{self, Summary};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::auth::{Caller, Viewer};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_inventory_summary]
}

/// Get the inventory summary
///
/// How many products there are, what all stock is worth at cost, and how much of it runs low or is out.
#[utoipa::path(
    get, path = "/inventory/summary", tag = "inventory",
    responses((status = 200, description = "All stock in sum", body = InventorySummaryResponse))
)]
pub async fn get_inventory_summary(caller: Caller<Viewer>) -> Answer {
    caller.read(levels::summary, |summary| ok(&InventorySummaryResponse::from(summary))).await
}

/// All stock in sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct InventorySummaryResponse {
    /// Products
    #[schema(example = 48)]
    total_skus: i64,
    /// What all stock is worth at cost, with 2 decimals
    #[schema(value_type = f64, example = 84_320.50)]
    total_stock_value: Number,
    /// Stock rows at or below their reorder level
    #[schema(example = 6)]
    low_stock_count: i64,
    /// Active products of which nothing is on hand
    #[schema(example = 2)]
    out_of_stock_count: i64,
    /// Warehouses
    #[schema(example = 3)]
    warehouses: i64,
}

impl From<Summary> for InventorySummaryResponse {
    fn from(summary: Summary) -> Self {
        let Summary { skus, value, low, out, warehouses } = summary;
        Self {
            total_skus: skus,
            total_stock_value: Number::money(value),
            low_stock_count: low,
            out_of_stock_count: out,
            warehouses,
        }
    }
}
