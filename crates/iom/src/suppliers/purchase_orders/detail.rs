//! One purchase order, with its lines.

use serde::Serialize;
use stockbridge_domain::purchasing::{self, Purchase, PurchaseLine};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{PurchaseOrderStatus, po_number};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::Id;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_purchase_order]
}

/// Get a purchase order
///
/// With its lines, and how much of each has come.
#[utoipa::path(
    get, path = "/suppliers/purchase-orders/{id}", tag = "suppliers",
    params(("id" = i64, Path, description = "The purchase order's id")),
    responses(
        (status = 200, description = "The purchase order", body = PurchaseOrderResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such purchase order", body = ErrorResponse)
    )
)]
pub async fn get_purchase_order(caller: Caller<Viewer>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    let say = |(purchase, lines)| ok(&PurchaseOrderResponse::new(purchase, lines));
    caller.read(move |tx| purchasing::get(tx, id), say).await
}

/// A purchase order with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderResponse {
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
    /// Its lines, as they were given
    items: Vec<PurchaseOrderItem>,
    /// When it was written
    #[schema(format = DateTime, example = "2026-04-28T00:00:00Z")]
    created_at: String,
    /// How many lines it has
    #[schema(example = 2)]
    item_count: i64,
    /// What was noted
    #[schema(required = true, example = "Deliver to dock 2")]
    notes: Option<String>,
    /// Who wrote it
    #[schema(example = "Jane Doe")]
    created_by_name: String,
    /// When it last changed
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    updated_at: String,
}

/// A line of a purchase order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderItem {
    /// Its id
    #[schema(example = 301)]
    id: i64,
    /// The id of the product
    #[schema(example = 14)]
    product_id: i64,
    /// The product's SKU on that day
    #[schema(example = "BLT-M820")]
    sku: String,
    /// The product's name on that day
    #[schema(example = "Bolt M8x20")]
    product_name: String,
    /// How much is ordered
    #[schema(value_type = f64, example = 500)]
    quantity: Number,
    /// At which cost of one unit
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "0.32")]
    unit_cost: String,
    /// How much has come
    #[schema(value_type = f64, example = 200)]
    quantity_received: Number,
    /// Quantity × cost, rounded
    #[schema(pattern = r"^\d+\.\d{2}$", example = "160.00")]
    line_total: String,
}

impl PurchaseOrderResponse {
    fn new(purchase: Purchase, lines: Vec<PurchaseLine>) -> Self {
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
            notes,
            created_by,
            created_at,
            updated_at,
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
            items: lines.into_iter().map(PurchaseOrderItem::from).collect(),
            created_at: instant(created_at),
            item_count,
            notes,
            created_by_name: created_by,
            updated_at: instant(updated_at),
        }
    }
}

impl From<PurchaseLine> for PurchaseOrderItem {
    fn from(line: PurchaseLine) -> Self {
        let PurchaseLine { id, product_id, sku, product_name, quantity, unit_cost, amount, received, is_open: _ } =
            line;
        Self {
            id,
            product_id,
            sku,
            product_name,
            quantity: quantity.into(),
            unit_cost: unit_cost.to_string(),
            quantity_received: received.into(),
            line_total: amount.to_string(),
        }
    }
}
