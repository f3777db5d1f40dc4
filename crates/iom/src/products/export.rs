//! The product list as a CSV file, written slice by slice: neither this server nor its database holds it whole.

use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use csv::{Terminator, WriterBuilder};
use stockbridge_domain::items::{self, ItemColumns, ItemFilter, ItemLine};
use stockbridge_domain::page::{Cursor, Part, Start, Window};
use stockbridge_domain::{Fault, Result};
use stockbridge_http::check::Check;
use stockbridge_http::pass::Pass;
use stockbridge_http::query::Query;
use stockbridge_http::routes::Documented;
use stockbridge_http::stream::{Piece, pieces};
use utoipa::ToSchema;

use super::list::ProductQuery;
use crate::auth::{Caller, Viewer};
use crate::error::{ErrorResponse, Reason, Refusal};

/// Rows of one slice: a short transaction each.
const SLICE: i64 = 1000;

/// The field names of the product list.
const HEADER: [&str; 12] = [
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
];

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
pub async fn export_products(
    caller: Caller<Viewer>,
    filter: Query<ProductQuery>,
) -> std::result::Result<HttpResponse, Refusal> {
    let filter = caller.understand(|| wanted(filter)).await?;
    let export = Rc::new(Export { pass: caller.pass().clone(), filter });
    let first = export.slice(Start::Page(1)).await.map_err(|error| caller.refuse(error))?;
    let rest = pieces(Rc::clone(caller.pass().trail()), first, move |after| {
        let export = Rc::clone(&export);
        async move { export.slice(Start::After(after)).await }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"products.csv\""))
        .streaming(rest))
}

/// The file, for the document only.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "read by the documents only")]
struct CsvFile(Vec<u8>);

fn wanted(filter: Query<ProductQuery>) -> std::result::Result<ItemFilter, Reason> {
    let mut check = Check::new();
    let filter = filter.read()?.check(&mut check);
    check.finish()?;
    Ok(filter?)
}

struct Export {
    pass: Pass,
    filter: ItemFilter,
}

impl Export {
    async fn slice(&self, start: Start) -> Result<Piece<Cursor>> {
        let (filter, window) = (self.filter.clone(), Window { start, limit: SLICE });
        let Part { rows, next } = self.pass.read(move |tx| items::lines(tx, &filter, &window), Ok).await?;
        let is_first = matches!(start, Start::Page(_));
        let bytes =
            written(is_first, rows).map_err(|error| Fault::Internal(format!("an export is no CSV: {error}")))?;
        Ok(Piece { bytes, next })
    }
}

fn written(with_header: bool, rows: Vec<ItemLine>) -> std::result::Result<Bytes, String> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if with_header {
        writer.write_record(HEADER).map_err(|error| error.to_string())?;
    }
    for row in rows {
        writer.write_record(cells(row)).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| error.to_string())
}

fn cells(line: ItemLine) -> [String; HEADER.len()] {
    let ItemLine { item, category_name, on_hand } = line;
    let ItemColumns { id, name, sku, base_price, cost_price, barcode, vendor, category_id, tracking, is_active } = item;
    let text = |text: Option<String>| text.map(defused).unwrap_or_default();
    [
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

/// A text that no spreadsheet takes for a formula. A plain negative number is none.
fn defused(text: String) -> String {
    let suspicious = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if suspicious && !is_negative_number(&text) { format!("'{text}") } else { text }
}

fn is_negative_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('-') else { return false };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, decimals].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for formula in ["=1+1", "+1", "-1+1", "-", "-.5", "-5.", "--5", "-1.2.3", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(defused(formula.to_owned()), format!("'{formula}"));
        }
    }

    #[test]
    fn plain_texts_and_negative_numbers_stay_as_they_are() {
        for plain in ["", "Anvil", "5", "-5", "-0.25", "a=b", "'quoted'", " =x"] {
            assert_eq!(defused(plain.to_owned()), plain);
        }
    }
}
