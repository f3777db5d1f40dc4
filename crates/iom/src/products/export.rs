//! The product list as a CSV file.

use actix_web::HttpResponse;
use stockbridge_domain::items::{self, ItemColumns, ItemFilter, ItemLine};
use stockbridge_http::query::Query;
use stockbridge_http::routes::Documented;

use super::list::ProductQuery;
use crate::auth::{Caller, Viewer};
use crate::download::{self, CsvFile, Sheet, defused};
use crate::error::{ErrorResponse, Refusal};
use crate::requests::judged;

/// The product list.
const SHEET: Sheet<ItemFilter, ItemLine> = Sheet {
    file: "products.csv",
    header: &[
        "id",
        "name",
        "sku",
        "base_price",
        "cost_price",
        "barcode",
        "vendor",
        "category_id",
        "category_name",
        "tracking_type",
        "is_active",
        "total_stock",
    ],
    rows: items::lines,
    cells,
};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![export_products]
}

/// Export products as CSV
///
/// All products that match, by id: UTF-8, a header row, CRLF. Cells that a spreadsheet would take for a formula begin
/// with an apostrophe.
#[utoipa::path(
    get, path = "/products/export", tag = "products", params(ProductQuery),
    responses(
        (status = 200, description = "The file", body = inline(CsvFile), content_type = "text/csv"),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn export_products(caller: Caller<Viewer>, filter: Query<ProductQuery>) -> Result<HttpResponse, Refusal> {
    let filter = caller.understand(|| judged(filter, ProductQuery::check)).await?;
    download::send(&caller, SHEET, filter).await
}

fn cells(line: ItemLine) -> Vec<String> {
    let ItemLine { item, category_name, on_hand } = line;
    let ItemColumns { id, name, sku, base_price, cost_price, barcode, vendor, category_id, tracking, is_active } = item;
    let text = |text: Option<String>| text.map(defused).unwrap_or_default();
    vec![
        id.to_string(),
        defused(name),
        defused(sku),
        base_price.to_string(),
        cost_price.map(|cost| cost.to_string()).unwrap_or_default(),
        text(barcode),
        text(vendor),
        category_id.map(|id| id.to_string()).unwrap_or_default(),
        text(category_name),
        tracking.to_string(),
        is_active.to_string(),
        on_hand.to_string(),
    ]
}
