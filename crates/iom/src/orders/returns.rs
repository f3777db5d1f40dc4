//! Goods that come back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stockbridge_domain::orders::{self, ReturnLine};
use stockbridge_domain::values::{Code, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::detail::OrderItem;
use super::some_lines;
use crate::answer::Answer;
use crate::auth::{Caller, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, above_zero};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![return_order_items]
}

/// Take goods back
///
/// For staff and above. What is restocked goes into the batches it left, at the cost it left at; units tracked by
/// serial number that are not restocked become `returned`. The order keeps its status, and revenue stays.
#[utoipa::path(
    post, path = "/orders/{id}/returns", tag = "orders", request_body = ReturnRequest,
    params(("id" = i64, Path, description = "The order's id")),
    responses(
        (status = 200, description = "The goods have come back", body = ReturnResponse),
        BodyRefusals,
        (status = 404, description = "There is no such order or order item", body = ErrorResponse),
        (status = 409, description = "More than has left", body = ErrorResponse)
    )
)]
pub async fn return_order_items(caller: Caller<Staff>, id: Id, body: RawBody) -> Answer {
    let (id, parts) = caller.understand(|| Ok((id.read()?, ReturnRequest::read(&body)?))).await?;
    let returned_items = parts.iter().map(|part| part.order_item_id).collect::<BTreeSet<_>>().len();
    let say = move |lines: Vec<_>| {
        let items = lines.into_iter().map(OrderItem::from).collect();
        ok(&ReturnResponse { message: "Return recorded", returned_items, items })
    };
    caller.write(move |tx| orders::take_back(tx, id, &parts), say).await
}

/// What comes back.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReturnRequest {
    /// Of which lines
    #[serde(default)]
    #[schema(value_type = Vec<ReturnItemRequest>, required = true, min_items = 1, max_items = 1000)]
    items: Field<List<Nested<ReturnItemRequest>>>,
}

/// What comes back of one line.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReturnItemRequest {
    /// The line's id, as `GET /api/orders/{id}` tells it
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 2081)]
    order_item_id: Field<i64>,
    /// How much, more than 0 and no more than has left for it
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, example = 1)]
    quantity: Field<Quantity>,
    /// Whether it goes into stock again
    #[serde(default)]
    #[schema(value_type = bool, default = true)]
    restock: Field<bool>,
    /// The serial numbers of the units that come back; those that left last if it is left out
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    serials: Field<List<Code>>,
}

/// What came back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnResponse {
    /// What was done
    #[schema(example = "Return recorded")]
    message: &'static str,
    /// Lines of which something came back
    #[schema(example = 1)]
    returned_items: usize,
    /// All lines of the order, as they are now
    items: Vec<OrderItem>,
}

impl ReturnRequest {
    fn read(body: &RawBody) -> Result<Vec<ReturnLine>, Reason> {
        let Self { items } = requests::json(body)?;
        let mut check = Check::new();
        let parts = check.each("items", items, |check, part| part.check(check));
        let parts = some_lines(&mut check, parts);
        let parts = check.need("items", parts);
        check.finish()?;
        Ok(parts?)
    }
}

impl ReturnItemRequest {
    fn check(self, check: &mut Check) -> Result<ReturnLine, Gap> {
        let Self { order_item_id, quantity, restock, serials } = self;
        let order_item_id = check.required("order_item_id", order_item_id);
        let quantity = above_zero(check, "quantity", quantity);
        let restock = check.optional("restock", restock);
        let serials = check.values("serials", serials);
        let (order_item_id, quantity) = (order_item_id?, quantity?);
        let (restock, serials) = (restock?.unwrap_or(true), serials?.unwrap_or_default());
        Ok(ReturnLine { order_item_id, quantity, restock, serials })
    }
}
