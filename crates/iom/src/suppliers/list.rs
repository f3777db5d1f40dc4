//! The list of suppliers.

use serde::Serialize;
use stockbridge_domain::page::Slice;
use stockbridge_domain::purchasing::suppliers::{self, Supplier, SupplierLine};
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
    stockbridge_http::routes![list_suppliers]
}

/// List suppliers
///
/// By id, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no supplier then
/// appears twice or is left out because others come and go.
#[utoipa::path(
    get, path = "/suppliers", tag = "suppliers", params(PageQuery),
    responses(
        (status = 200, description = "The suppliers", body = SupplierListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_suppliers(caller: Caller<Viewer>, page: Query<PageQuery>) -> Answer {
    let page = caller.understand(|| judged(page, PageQuery::check)).await?;
    let say = move |suppliers| ok(&SupplierListResponse::new(suppliers, page));
    caller.read(move |tx| suppliers::list(tx, &page.window), say).await
}

/// A part of the supplier list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierListResponse {
    /// The suppliers, by id
    suppliers: Vec<SupplierRow>,
    /// Suppliers in all
    #[schema(example = 8)]
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

/// A supplier in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierRow {
    /// Its id
    #[schema(example = 3)]
    id: i64,
    /// Its name
    #[schema(example = "FastenersPro Pty Ltd")]
    name: String,
    /// Its e-mail
    #[schema(required = true, example = "orders@fastenerspro.com.au")]
    email: Option<String>,
    /// Its phone number
    #[schema(required = true, example = "+61 3 9000 1234")]
    phone: Option<String>,
    /// When it is paid
    #[schema(required = true, example = "Net 30")]
    payment_terms: Option<String>,
    /// Days from order to delivery
    #[schema(required = true, example = 7)]
    lead_time_days: Option<i64>,
    /// Distinct products on its purchase orders that were not cancelled
    #[schema(example = 14)]
    product_count: i64,
}

impl SupplierListResponse {
    fn new(suppliers: Slice<SupplierLine>, page: Page) -> Self {
        let Slice { rows, total, next } = suppliers;
        Self {
            suppliers: rows.into_iter().map(SupplierRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<SupplierLine> for SupplierRow {
    fn from(line: SupplierLine) -> Self {
        let SupplierLine { supplier, product_count } = line;
        let Supplier { id, name, email, phone, payment_terms, lead_time_days, created_at: _ } = supplier;
        Self { id, name, email, phone, payment_terms, lead_time_days, product_count }
    }
}
