//! The list of purchase orders.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::purchasing::{self, Purchase, PurchaseFilter, PurchaseStatus};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::{PurchaseOrderStatus, po_number};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_purchase_orders]
}

/// List purchase orders
///
/// The newest first, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no
/// purchase order then appears twice or is left out because others come in.
#[utoipa::path(
    get, path = "/suppliers/purchase-orders/all", tag = "suppliers", params(PurchaseOrderQuery, PageQuery),
    responses(
        (status = 200, description = "The purchase orders that match", body = PurchaseOrderListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_purchase_orders(
    caller: Caller<Viewer>,
    filter: Query<PurchaseOrderQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, PurchaseOrderQuery::check)).await?;
    let say = move |purchases| ok(&PurchaseOrderListResponse::new(purchases, page));
    caller.read(move |tx| purchasing::list(tx, &filter, &page.window), say).await
}

/// Which purchase orders are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PurchaseOrderQuery {
    /// How far they have come
    #[param(value_type = PurchaseOrderStatus, required = false)]
    status: Field<Option<PurchaseOrderStatus>>,
    /// The id of the supplier
    #[param(value_type = i64, required = false)]
    supplier_id: Field<Option<i64>>,
}

/// A part of the list of purchase orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderListResponse {
    /// The purchase orders, the newest first
    purchase_orders: Vec<PurchaseOrderRow>,
    /// Purchase orders that match in all
    #[schema(example = 21)]
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

/// A purchase order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderRow {
    /// Its id
    #[schema(example = 88)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "PO-0088")]
    po_number: String,
    /// The id of the supplier
    #[schema(example = 3)]
    supplier_id: i64,
    /// The supplier's name on that day
    #[schema(example = "FastenersPro Pty Ltd")]
    supplier_name: String,
    /// The id of the warehouse it is to come to
    #[schema(example = 1)]
    warehouse_id: i64,
    /// How far it has come
    status: PurchaseOrderStatus,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "3240.00")]
    total_amount: String,
    /// When it is expected
    #[schema(required = true, format = Date, example = "2026-05-10")]
    expected_date: Option<String>,
    /// When it was written
    #[schema(format = DateTime, example = "2026-04-28T00:00:00Z")]
    created_at: String,
    /// How many lines it has
    #[schema(example = 2)]
    item_count: i64,
}

impl PurchaseOrderQuery {
    fn check(self, check: &mut Check) -> Result<PurchaseFilter, Gap> {
        let Self { status, supplier_id } = self;
        let status = check.optional_text("status", status);
        let supplier_id = check.optional_text("supplier_id", supplier_id);
        Ok(PurchaseFilter { status: status?.map(PurchaseStatus::from), supplier_id: supplier_id? })
    }
}

impl PurchaseOrderListResponse {
    fn new(purchases: Slice<Purchase>, page: Page) -> Self {
        let Slice { rows, total, next } = purchases;
        Self {
            purchase_orders: rows.into_iter().map(PurchaseOrderRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Purchase> for PurchaseOrderRow {
    fn from(purchase: Purchase) -> Self {
        let Purchase {
            id,
            number,
            supplier_id,
            supplier_name,
            warehouse_id,
            status,
            total,
            item_count,
            expected_date,
            notes: _,
            created_by: _,
            created_at,
            updated_at: _,
        } = purchase;
        Self {
            id,
            po_number: po_number(number),
            supplier_id,
            supplier_name,
            warehouse_id,
            status: status.into(),
            total_amount: total.to_string(),
            expected_date: expected_date.map(|day| day.to_string()),
            created_at: instant(created_at),
            item_count,
        }
    }
}
