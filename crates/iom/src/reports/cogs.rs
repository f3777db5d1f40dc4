//! Cost of goods sold, by product.

use serde::Serialize;
use stockbridge_domain::reports::{self, Cogs, ProductCogs};
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::SpanQuery;
use super::financial::GroupByQuery;
use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::both;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_cogs_report]
}

/// Get the cost of goods sold
///
/// By product, in the order of their ids, not paged: units that left for orders and did not come back into stock, at
/// the cost that each of them had on the day of its shipment. Days as in the financial summary; `group_by` is taken as
/// there, and changes nothing.
#[utoipa::path(
    get, path = "/reports/cogs", tag = "reports", params(SpanQuery, GroupByQuery),
    responses(
        (status = 200, description = "What the goods had cost", body = CogsReportResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn get_cogs_report(caller: Caller<Viewer>, span: Query<SpanQuery>, group_by: Query<GroupByQuery>) -> Answer {
    let read = || both(span, SpanQuery::check, group_by, GroupByQuery::check);
    let (span, _) = caller.understand(read).await?;
    caller.read(move |tx| reports::cogs(tx, span), |report| ok(&CogsReportResponse::from(report))).await
}

/// What the goods had cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct CogsReportResponse {
    /// The first day
    #[schema(format = Date, example = "2026-04-01")]
    from: String,
    /// The last day
    #[schema(format = Date, example = "2026-04-30")]
    to: String,
    /// In all
    #[schema(value_type = f64, example = 10_842.30)]
    total_cogs: Number,
    /// By product
    items: Vec<CogsItem>,
}

/// What the goods of one product had cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct CogsItem {
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// Units that left and did not come back into stock
    #[schema(value_type = f64, example = 82)]
    units_sold: Number,
    /// What one of them had cost on average
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "18.00")]
    cost_price: String,
    /// What all of them had cost, with 2 decimals
    #[schema(value_type = f64, example = 1476.00)]
    total_cogs: Number,
}

impl From<Cogs> for CogsReportResponse {
    fn from(report: Cogs) -> Self {
        let Cogs { from, to, total, items } = report;
        let (from, to) = (from.to_string(), to.to_string());
        Self { from, to, total_cogs: Number::money(total), items: items.into_iter().map(CogsItem::from).collect() }
    }
}

impl From<ProductCogs> for CogsItem {
    fn from(item: ProductCogs) -> Self {
        let cost_price = item.unit_cost().to_string();
        let ProductCogs { product_id, sku, product_name, units, cogs } = item;
        Self { product_id, sku, product_name, units_sold: units.into(), cost_price, total_cogs: Number::money(cogs) }
    }
}
