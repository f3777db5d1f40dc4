//! How orders go on: another status, goods that leave.

use serde::{Deserialize, Serialize};
use stockbridge_domain::orders::{self, FulfilLine, Fulfilled, Status};
use stockbridge_domain::stock::Named;
use stockbridge_domain::values::{Code, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{OrderStatus, some_lines};
use crate::answer::Answer;
use crate::auth::{Caller, Manager, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, above_zero};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![update_order_status, fulfill_order]
}

/// Update an order's status
///
/// For staff and above. `fulfilled` ships everything that is outstanding and takes the role that fulfilling takes;
/// `cancelled` releases what is reserved. The same status again changes nothing.
#[utoipa::path(
    patch, path = "/orders/{id}/status", tag = "orders", request_body = OrderStatusRequest,
    params(("id" = i64, Path, description = "The order's id")),
    responses(
        (status = 200, description = "The order has this status", body = OrderStatusResponse),
        BodyRefusals,
        (status = 404, description = "There is no such order", body = ErrorResponse),
        (status = 409, description = "The order cannot take this status, or there is too little on hand",
            body = ErrorResponse)
    )
)]
pub async fn update_order_status(caller: Caller<Staff>, id: Id, body: RawBody) -> Answer {
    let (id, status) = caller.understand(|| Ok((id.read()?, OrderStatusRequest::read(&body)?))).await?;
    let say = move |()| ok(&OrderStatusResponse { message: "Order status updated", status });
    caller.write(move |tx| orders::change_status(tx, id, Status::from(status)), say).await
}

/// Fulfill an order
///
/// For admins and managers. Without a body, or without `items` in it, everything that is outstanding leaves stock:
/// of batches the earliest expiring ones that are still good, of serial numbers the oldest.
#[utoipa::path(
    post, path = "/orders/{id}/fulfill", tag = "orders", request_body = FulfillRequest,
    params(("id" = i64, Path, description = "The order's id")),
    responses(
        (status = 200, description = "The goods have left stock", body = FulfillResponse),
        BodyRefusals,
        (status = 404, description = "There is no such order, order item or batch", body = ErrorResponse),
        (status = 409, description = "The order is not open, more than is outstanding, or too little on hand",
            body = ErrorResponse)
    )
)]
pub async fn fulfill_order(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, lines) = caller.understand(|| Ok((id.read()?, FulfillRequest::read(&body)?))).await?;
    let say = |fulfilled| ok(&FulfillResponse::from(fulfilled));
    caller.write(move |tx| orders::fulfil(tx, id, lines.as_deref()), say).await
}

/// A status to be taken.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct OrderStatusRequest {
    /// The status
    #[serde(default)]
    #[schema(value_type = OrderStatus, required = true)]
    status: Field<OrderStatus>,
}

/// A status that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderStatusResponse {
    /// What was done
    #[schema(example = "Order status updated")]
    message: &'static str,
    /// The order's status
    status: OrderStatus,
}

/// What leaves stock for an order.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct FulfillRequest {
    /// Of which lines; everything that is outstanding if it is left out
    #[serde(default)]
    #[schema(value_type = Option<Vec<FulfillItemRequest>>, min_items = 1, max_items = 1000)]
    items: Field<List<Nested<FulfillItemRequest>>>,
}

/// What leaves stock for one line.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct FulfillItemRequest {
    /// The line's id, as `GET /api/orders/{id}` tells it
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 2081)]
    order_item_id: Field<i64>,
    /// How much, more than 0 and no more than is outstanding
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, example = 3)]
    quantity_fulfilled: Field<Quantity>,
    /// The id of the batch to take all of it from
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 14)]
    batch_id: Field<i64>,
    /// The serial numbers of the units to take, as many as the quantity says
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    serials: Field<List<Code>>,
}

/// What was fulfilled.
#[derive(Debug, Serialize, ToSchema)]
pub struct FulfillResponse {
    /// What was done
    #[schema(example = "Fulfillment recorded")]
    message: &'static str,
    /// Lines for which something left
    #[schema(example = 1)]
    fulfilled_items: usize,
    /// How far the order has come
    order_status: OrderStatus,
}

impl OrderStatusRequest {
    fn read(body: &RawBody) -> Result<OrderStatus, Reason> {
        let Self { status } = requests::json(body)?;
        let mut check = Check::new();
        let status = check.required("status", status);
        check.finish()?;
        Ok(status?)
    }
}

impl FulfillRequest {
    fn read(body: &RawBody) -> Result<Option<Vec<FulfilLine>>, Reason> {
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

impl FulfillItemRequest {
    fn check(self, check: &mut Check) -> Result<FulfilLine, Gap> {
        let Self { order_item_id, quantity_fulfilled, batch_id, serials } = self;
        let order_item_id = check.required("order_item_id", order_item_id);
        let quantity = above_zero(check, "quantity_fulfilled", quantity_fulfilled);
        let batch_id = check.optional("batch_id", batch_id);
        let serials = check.values("serials", serials);
        let (order_item_id, quantity) = (order_item_id?, quantity?);
        let named = Named { batch_id: batch_id?, serials: serials?.unwrap_or_default() };
        Ok(FulfilLine { order_item_id, quantity, named })
    }
}

impl From<Fulfilled> for FulfillResponse {
    fn from(fulfilled: Fulfilled) -> Self {
        let Fulfilled { lines, status } = fulfilled;
        Self { message: "Fulfillment recorded", fulfilled_items: lines, order_status: status.into() }
    }
}
