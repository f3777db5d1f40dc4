//! The order list as a CSV file.

use actix_web::HttpResponse;
use stockbridge_domain::orders::{self, Order, OrderFilter};
use stockbridge_http::query::Query;
use stockbridge_http::routes::Documented;

use super::list::OrderQuery;
use super::number;
use crate::answer::instant;
use crate::auth::{Caller, Viewer};
use crate::download::{self, CsvFile, Sheet, defused};
use crate::error::{ErrorResponse, Refusal};
use crate::requests::judged;

/// The order list.
const SHEET: Sheet<OrderFilter, Order> = Sheet {
    file: "orders.csv",
    header: &[
        "id",
        "order_number",
        "customer_id",
        "customer_name",
        "status",
        "channel",
        "total_amount",
        "item_count",
        "warehouse_id",
        "created_at",
    ],
    rows: orders::rows,
    cells,
};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![export_orders]
}

/// Export orders as CSV
///
/// All orders that match, the newest first: UTF-8, a header row, CRLF. Cells that a spreadsheet would take for a
/// formula begin with an apostrophe.
#[utoipa::path(
    get, path = "/orders/export", tag = "orders", params(OrderQuery),
    responses(
        (status = 200, description = "The file", body = inline(CsvFile), content_type = "text/csv"),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn export_orders(caller: Caller<Viewer>, filter: Query<OrderQuery>) -> Result<HttpResponse, Refusal> {
    let filter = caller.understand(|| judged(filter, OrderQuery::check)).await?;
    download::send(&caller, SHEET, filter).await
}

fn cells(order: Order) -> Vec<String> {
    let Order {
        id,
        number: its_number,
        customer_id,
        customer_name,
        warehouse_id,
        status,
        channel,
        total,
        item_count,
        shipping_address: _,
        created_by: _,
        created_at,
        updated_at: _,
    } = order;
    vec![
        id.to_string(),
        number(its_number),
        customer_id.map(|id| id.to_string()).unwrap_or_default(),
        customer_name.map(defused).unwrap_or_default(),
        status.to_string(),
        channel.to_string(),
        total.to_string(),
        item_count.to_string(),
        warehouse_id.to_string(),
        instant(created_at),
    ]
}
