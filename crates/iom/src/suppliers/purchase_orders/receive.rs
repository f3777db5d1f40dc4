//! Goods of a purchase order that come in.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::purchasing::{self, Of, ReceiptLine, Received};
use stockbridge_domain::values::{Code, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::some_lines;
use crate::answer::Answer;
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, above_zero};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![receive_purchase_order]
}

/// Receive a purchase order
///
/// For admins and managers. Without a body, or without `items` in it, everything that is outstanding comes into stock.
/// Goods tracked by batch go into the batch that is named, which is made where there is none of that number, or else
/// into `UNASSIGNED`; units tracked by serial number must be named.
#[utoipa::path(
    post, path = "/suppliers/purchase-orders/{id}/receive", tag = "suppliers",
    request_body = PurchaseOrderReceiveRequest,
    params(("id" = i64, Path, description = "The purchase order's id")),
    responses(
        (status = 200, description = "The goods are in stock", body = PurchaseOrderReceiveResponse),
        BodyRefusals,
        (status = 404, description = "There is no such purchase order or item", body = ErrorResponse),
        (status = 409, description = "The purchase order is received or cancelled, or more than is outstanding",
            body = ErrorResponse)
    )
)]
pub async fn receive_purchase_order(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, lines) = caller.understand(|| Ok((id.read()?, PurchaseOrderReceiveRequest::read(&body)?))).await?;
    let say = |received| ok(&PurchaseOrderReceiveResponse::from(received));
    caller.write(move |tx| purchasing::receive(tx, id, lines.as_deref()), say).await
}

/// What comes for a purchase order.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PurchaseOrderReceiveRequest {
    /// For which lines; everything that is outstanding if it is left out
    #[serde(default)]
    #[schema(value_type = Option<Vec<PurchaseOrderReceiveItemRequest>>, min_items = 1, max_items = 1000)]
    items: Field<List<Nested<PurchaseOrderReceiveItemRequest>>>,
}

/// What comes for one line, or for the lines of one product in their order.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PurchaseOrderReceiveItemRequest {
    /// The line's id, as `GET /api/suppliers/purchase-orders/{id}` tells it
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 301)]
    po_item_id: Field<i64>,
    /// The product's id, in place of a line's
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    product_id: Field<i64>,
    /// How much, more than 0 and no more than is outstanding
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, example = 200)]
    quantity: Field<Quantity>,
    /// The number of the batch, of a product tracked by batch
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "BTH-2026-042")]
    batch_number: Field<Option<Code>>,
    /// The last day on which the batch is good, where it is new
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2028-03-01")]
    expiry_date: Field<Option<NaiveDate>>,
    /// The serial numbers of the units, as many as the quantity says, of a product tracked by serial number
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    serials: Field<List<Code>>,
}

/// What was received.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderReceiveResponse {
    /// What was done
    #[schema(example = "Stock received")]
    message: &'static str,
    /// Lines for which something came
    #[schema(value_type = i64, example = 3)]
    received_lines: usize,
    /// Whether it is in stock now
    #[schema(example = true)]
    inventory_updated: bool,
}

impl PurchaseOrderReceiveRequest {
    fn read(body: &RawBody) -> Result<Option<Vec<ReceiptLine>>, Reason> {
        if body.is_empty() {
            return Ok(None);
        }
        let Self { items } = requests::json(body)?;
        let mut check = Check::new();
        let lines = check.each("items", items, |check, line| line.check(check));
        let lines = some_lines(&mut check, lines);
        check.finish()?;
        Ok(lines?)
    }
}

impl PurchaseOrderReceiveItemRequest {
    fn check(self, check: &mut Check) -> Result<ReceiptLine, Gap> {
        let Self { po_item_id, product_id, quantity, batch_number, expiry_date, serials } = self;
        let line = check.optional("po_item_id", po_item_id);
        let product = check.optional("product_id", product_id);
        let of = of(check, line, product);
        let quantity = above_zero(check, "quantity", quantity);
        let batch_number = check.optional_text("batch_number", batch_number);
        let expiry_date = check.optional_text("expiry_date", expiry_date);
        let serials = check.values("serials", serials);
        let (of, quantity, batch_number) = (of?, quantity?, batch_number?);
        Ok(ReceiptLine { of, quantity, batch_number, expiry_date: expiry_date?, serials: serials?.unwrap_or_default() })
    }
}

fn of(check: &mut Check, line: Result<Option<i64>, Gap>, product: Result<Option<i64>, Gap>) -> Result<Of, Gap> {
    match (line?, product?) {
        (Some(line), None) => Ok(Of::Line(line)),
        (None, Some(product)) => Ok(Of::Product(product)),
        (None, None) => Err(check.refuse("po_item_id", "is required, or product_id in its place")),
        (Some(_), Some(_)) => Err(check.refuse("product_id", "must be left out where po_item_id names the line")),
    }
}

impl From<Received> for PurchaseOrderReceiveResponse {
    fn from(received: Received) -> Self {
        let Received { lines, status: _ } = received;
        Self { message: "Stock received", received_lines: lines, inventory_updated: true }
    }
}
