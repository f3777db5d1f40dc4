//! Correcting stock, carrying it elsewhere, and saying when it is time to order.

use serde::{Deserialize, Serialize};
use stockbridge_domain::stock::{self, Adjustment, Transfer};
use stockbridge_domain::values::{Code, Notes, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::{Field, List};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::named;
use crate::answer::{Answer, MessageResponse, message};
use crate::auth::{Caller, Manager, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![adjust_inventory, transfer_inventory, set_reorder_level]
}

/// Adjust a stock quantity
///
/// For admins and managers. What is on hand can go below what is reserved, never below 0. Of a product tracked by
/// batch, more goes into the batch that is named, or else into `UNASSIGNED`; less comes from the batch that is named,
/// or else from those that expire first. Of one tracked by serial number, more must name its units; less takes those
/// that are named, or else the oldest.
#[utoipa::path(
    post, path = "/inventory/adjust", tag = "inventory", request_body = AdjustmentRequest,
    responses(
        (status = 200, description = "The quantity was adjusted", body = AdjustmentResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product, warehouse or batch", body = ErrorResponse),
        (status = 409, description = "Less is on hand than is to go, or it is not what was expected",
            body = ErrorResponse)
    )
)]
pub async fn adjust_inventory(caller: Caller<Manager>, body: RawBody) -> Answer {
    let adjustment = caller.understand(|| AdjustmentRequest::read(&body)).await?;
    let say =
        |quantity| ok(&AdjustmentResponse { message: "Inventory adjusted", new_quantity: Number::from(quantity) });
    caller.write(move |tx| stock::adjust(tx, &adjustment), say).await
}

/// Transfer stock between warehouses
///
/// For admins and managers. Both movements are made or none. Batches and serial numbers stay what they are; which
/// ones go is as for an adjustment that lowers.
#[utoipa::path(
    post, path = "/inventory/transfer", tag = "inventory", request_body = TransferRequest,
    responses(
        (status = 200, description = "The stock was transferred", body = TransferResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product, warehouse or batch", body = ErrorResponse),
        (status = 409, description = "Less is available than is to go", body = ErrorResponse)
    )
)]
pub async fn transfer_inventory(caller: Caller<Manager>, body: RawBody) -> Answer {
    let transfer = caller.understand(|| TransferRequest::read(&body)).await?;
    let quantity = Number::from(transfer.quantity);
    let say = move |()| ok(&TransferResponse { message: "Transfer complete", quantity });
    caller.write(move |tx| stock::transfer(tx, &transfer), say).await
}

/// Set a reorder level
///
/// For admins and managers. At or below it, the product is low in this warehouse; 0: never.
#[utoipa::path(
    put, path = "/inventory/reorder-level", tag = "inventory", request_body = ReorderLevelRequest,
    responses(
        (status = 200, description = "The reorder level was set", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or warehouse", body = ErrorResponse)
    )
)]
pub async fn set_reorder_level(caller: Caller<Staff>, body: RawBody) -> Answer {
    let (product, warehouse, level) = caller.understand(|| ReorderLevelRequest::read(&body)).await?;
    let say = |()| message("Reorder level updated");
    caller.write(move |tx| stock::set_reorder_level(tx, product, warehouse, level), say).await
}

/// What is on hand turned out to be more or less.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AdjustmentRequest {
    /// The product's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 7)]
    product_id: Field<i64>,
    /// The warehouse's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 1)]
    warehouse_id: Field<i64>,
    /// What to add (positive) or remove (negative), with up to 4 decimals; not 0
    #[serde(default)]
    #[schema(value_type = f64, required = true, example = 50)]
    quantity: Field<Quantity>,
    /// Why
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000, example = "Cycle count correction")]
    notes: Field<Option<Notes>>,
    /// What must be on hand before; otherwise nothing is changed
    #[serde(default)]
    #[schema(value_type = Option<f64>, example = 200)]
    expected_quantity: Field<Quantity>,
    /// The id of the batch, of a product tracked by batch
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 14)]
    batch_id: Field<i64>,
    /// The serial numbers, one for each unit, of a product tracked by serial number
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 10_000)]
    serials: Field<List<Code>>,
}

/// An adjustment that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentResponse {
    /// What was done
    #[schema(example = "Inventory adjusted")]
    message: &'static str,
    /// On hand of the product in the warehouse now
    #[schema(value_type = f64, example = 250)]
    new_quantity: Number,
}

/// Stock that is to go from one warehouse to another.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TransferRequest {
    /// The product's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 7)]
    product_id: Field<i64>,
    /// The id of the warehouse it leaves
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 1)]
    from_warehouse_id: Field<i64>,
    /// The id of the warehouse it goes to
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 2)]
    to_warehouse_id: Field<i64>,
    /// How much, with up to 4 decimals; more than 0
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, example = 30)]
    quantity: Field<Quantity>,
    /// Why
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000, example = "Melbourne runs low")]
    notes: Field<Option<Notes>>,
    /// The id of the batch, of a product tracked by batch
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 14)]
    batch_id: Field<i64>,
    /// The serial numbers, one for each unit, of a product tracked by serial number
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 10_000)]
    serials: Field<List<Code>>,
}

/// A transfer that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferResponse {
    /// What was done
    #[schema(example = "Transfer complete")]
    message: &'static str,
    /// How much went
    #[schema(value_type = f64, example = 30)]
    quantity: Number,
}

/// When it is time to order.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReorderLevelRequest {
    /// The product's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 14)]
    product_id: Field<i64>,
    /// The warehouse's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 1)]
    warehouse_id: Field<i64>,
    /// At or below this it is time to order; 0: never
    #[serde(default)]
    #[schema(value_type = f64, required = true, minimum = 0, example = 50)]
    reorder_level: Field<Quantity>,
}

impl AdjustmentRequest {
    fn read(body: &RawBody) -> Result<Adjustment, Reason> {
        let Self { product_id, warehouse_id, quantity, notes, expected_quantity, batch_id, serials } =
            requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let warehouse_id = check.required("warehouse_id", warehouse_id);
        let quantity = check.required("quantity", quantity);
        let notes = check.optional_text("notes", notes);
        let expected = check.optional("expected_quantity", expected_quantity);
        let named = named(&mut check, batch_id, serials);
        check.finish()?;
        let (product_id, warehouse_id, quantity, expected) = (product_id?, warehouse_id?, quantity?, expected?);
        Ok(Adjustment { product_id, warehouse_id, quantity, expected, named: named?, notes: notes? })
    }
}

impl TransferRequest {
    fn read(body: &RawBody) -> Result<Transfer, Reason> {
        let Self { product_id, from_warehouse_id, to_warehouse_id, quantity, notes, batch_id, serials } =
            requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let from = check.required("from_warehouse_id", from_warehouse_id);
        let to = check.required("to_warehouse_id", to_warehouse_id);
        let quantity = check.required("quantity", quantity);
        let notes = check.optional_text("notes", notes);
        let named = named(&mut check, batch_id, serials);
        check.finish()?;
        let (product_id, from, to, quantity) = (product_id?, from?, to?, quantity?);
        Ok(Transfer { product_id, from, to, quantity, named: named?, notes: notes? })
    }
}

impl ReorderLevelRequest {
    /// The product, the warehouse and the level.
    fn read(body: &RawBody) -> Result<(i64, i64, Quantity), Reason> {
        let Self { product_id, warehouse_id, reorder_level } = requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let warehouse_id = check.required("warehouse_id", warehouse_id);
        let level = check.required("reorder_level", reorder_level);
        check.finish()?;
        Ok((product_id?, warehouse_id?, level?))
    }
}
