//! Writing purchase orders.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::purchasing::{self, NewPurchase, NewPurchaseLine, Purchase};
use stockbridge_domain::values::{Notes, Price, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{PurchaseOrderStatus, po_number, some_lines};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, above_zero};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_purchase_order]
}

/// Create a purchase order
///
/// For admins and managers. It begins as a draft, and moves no stock before something is received.
#[utoipa::path(
    post, path = "/suppliers/purchase-orders", tag = "suppliers", request_body = PurchaseOrderRequest,
    responses(
        (status = 201, description = "The purchase order was written", body = PurchaseOrderCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such supplier, warehouse or product", body = ErrorResponse)
    )
)]
pub async fn create_purchase_order(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| PurchaseOrderRequest::read(&body)).await?;
    let say = |purchase| created(&PurchaseOrderCreatedResponse::from(purchase));
    caller.write(move |tx| purchasing::place(tx, &new), say).await
}

/// A purchase order to be written.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PurchaseOrderRequest {
    /// The id of the supplier
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 3)]
    supplier_id: Field<i64>,
    /// The id of the warehouse it is to come to; the default one if it is left out
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    warehouse_id: Field<i64>,
    /// What is ordered
    #[serde(default)]
    #[schema(value_type = Vec<PurchaseOrderItemRequest>, required = true, min_items = 1, max_items = 1000)]
    items: Field<List<Nested<PurchaseOrderItemRequest>>>,
    /// When it is expected
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-05-10")]
    expected_date: Field<Option<NaiveDate>>,
    /// A note
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000, example = "Deliver to dock 2")]
    notes: Field<Option<Notes>>,
}

/// A line to be ordered.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PurchaseOrderItemRequest {
    /// The id of the product
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 14)]
    product_id: Field<i64>,
    /// How much, more than 0, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, maximum = 900_000_000_000_i64, example = 500)]
    quantity: Field<Quantity>,
    /// At which cost of one unit, with up to 4 decimals; the product's if it is left out
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 0.32)]
    unit_cost: Field<Price>,
}

/// A purchase order that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderCreatedResponse {
    /// Its id
    #[schema(example = 89)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "PO-0089")]
    po_number: String,
    /// How far it has come
    status: PurchaseOrderStatus,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "1800.00")]
    total_amount: String,
    /// When it was written
    #[schema(format = DateTime, example = "2026-05-06T12:10:00Z")]
    created_at: String,
}

impl PurchaseOrderRequest {
    fn read(body: &RawBody) -> Result<NewPurchase, Reason> {
        let Self { supplier_id, warehouse_id, items, expected_date, notes } = requests::json(body)?;
        let mut check = Check::new();
        let supplier_id = check.required("supplier_id", supplier_id);
        let warehouse_id = check.optional("warehouse_id", warehouse_id);
        let lines = check.each("items", items, |check, line| line.check(check));
        let lines = some_lines(&mut check, lines);
        let lines = check.need("items", lines);
        let expected_date = check.optional_text("expected_date", expected_date);
        let notes = check.optional_text("notes", notes);
        check.finish()?;
        let (supplier_id, warehouse_id, lines) = (supplier_id?, warehouse_id?, lines?);
        Ok(NewPurchase { supplier_id, warehouse_id, expected_date: expected_date?, notes: notes?, lines })
    }
}

impl PurchaseOrderItemRequest {
    fn check(self, check: &mut Check) -> Result<NewPurchaseLine, Gap> {
        let Self { product_id, quantity, unit_cost } = self;
        let product_id = check.required("product_id", product_id);
        let quantity = above_zero(check, "quantity", quantity);
        let unit_cost = check.optional("unit_cost", unit_cost);
        Ok(NewPurchaseLine { product_id: product_id?, quantity: quantity?, unit_cost: unit_cost? })
    }
}

impl From<Purchase> for PurchaseOrderCreatedResponse {
    fn from(purchase: Purchase) -> Self {
        // An excerpt by design: the whole purchase order is what GET answers.
        let Purchase { id, number, status, total, created_at, .. } = purchase;
        Self {
            id,
            po_number: po_number(number),
            status: status.into(),
            total_amount: total.to_string(),
            created_at: instant(created_at),
        }
    }
}
