//! Recording serial numbers, each one unit of stock.

use serde::{Deserialize, Serialize};
use stockbridge_domain::stock::serials::{self, NewSerials, Serial};
use stockbridge_domain::values::Code;
use stockbridge_domain::{Fault, Result};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::{Field, List};
use stockbridge_http::reply::{Reply, created};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::SerialState;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_serial, create_serials]
}

/// Create a serial number
///
/// For admins and managers. It is one unit, received into the warehouse by a movement.
#[utoipa::path(
    post, path = "/serials", tag = "serials", request_body = SerialRequest,
    responses(
        (status = 201, description = "The serial number was made", body = SerialCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or warehouse", body = ErrorResponse),
        (status = 409, description = "The product has that serial number", body = ErrorResponse)
    )
)]
pub async fn create_serial(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| SerialRequest::read(&body)).await?;
    caller.write(move |tx| serials::create(tx, &new), only).await
}

/// Create many serial numbers
///
/// For admins and managers. All of them or none, at most 10,000; `ids` stand in the order of the numbers.
#[utoipa::path(
    post, path = "/serials/bulk", tag = "serials", request_body = SerialBulkRequest,
    responses(
        (status = 201, description = "The serial numbers were made", body = SerialBulkResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or warehouse", body = ErrorResponse),
        (status = 409, description = "The product has one of the serial numbers", body = ErrorResponse)
    )
)]
pub async fn create_serials(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| SerialBulkRequest::read(&body)).await?;
    let say = |serials: Vec<Serial>| created(&SerialBulkResponse::from(serials));
    caller.write(move |tx| serials::create(tx, &new), say).await
}

/// A serial number to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SerialRequest {
    /// The id of a product tracked by serial number
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 31)]
    product_id: Field<i64>,
    /// The number, unique for the product in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, example = "SN-20260506-0001")]
    serial_number: Field<Code>,
    /// The id of the warehouse in which it lies; the default one if it does not say
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    warehouse_id: Field<i64>,
}

/// Serial numbers to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SerialBulkRequest {
    /// The id of a product tracked by serial number
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 31)]
    product_id: Field<i64>,
    /// The id of the warehouse in which they lie; the default one if it does not say
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    warehouse_id: Field<i64>,
    /// The numbers, each unique for the product in any case
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = true, min_items = 1, max_items = 10_000)]
    serials: Field<List<Code>>,
}

/// A serial number that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SerialCreatedResponse {
    /// Its id
    #[schema(example = 285)]
    id: i64,
    /// The product's id
    #[schema(example = 31)]
    product_id: i64,
    /// The number
    #[schema(example = "SN-20260506-0001")]
    serial_number: String,
    /// The id of the warehouse in which it lies
    #[schema(example = 1)]
    warehouse_id: i64,
    /// What has become of it
    status: SerialState,
    /// When it was recorded
    #[schema(format = DateTime, example = "2026-05-06T12:35:00Z")]
    created_at: String,
}

/// Serial numbers that were made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SerialBulkResponse {
    /// What was done
    #[schema(example = "Serial numbers created")]
    message: &'static str,
    /// How many
    #[schema(value_type = i64, example = 10)]
    count: usize,
    /// Their ids, in the order of the numbers
    ids: Vec<i64>,
}

impl SerialRequest {
    fn read(body: &RawBody) -> std::result::Result<NewSerials, Reason> {
        let Self { product_id, serial_number, warehouse_id } = requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let number = check.required("serial_number", serial_number);
        let warehouse_id = check.optional("warehouse_id", warehouse_id);
        check.finish()?;
        Ok(NewSerials { product_id: product_id?, warehouse_id: warehouse_id?, numbers: vec![number?] })
    }
}

impl SerialBulkRequest {
    fn read(body: &RawBody) -> std::result::Result<NewSerials, Reason> {
        let Self { product_id, warehouse_id, serials } = requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let warehouse_id = check.optional("warehouse_id", warehouse_id);
        let numbers = check.values("serials", serials);
        let numbers = check.need("serials", numbers);
        check.finish()?;
        Ok(NewSerials { product_id: product_id?, warehouse_id: warehouse_id?, numbers: numbers? })
    }
}

/// The one that was asked for.
fn only(serials: Vec<Serial>) -> Result<Reply> {
    let serial = serials.into_iter().next();
    let serial = serial.ok_or_else(|| Fault::Internal("a serial number was asked for and none made".to_owned()))?;
    created(&SerialCreatedResponse::from(serial))
}

impl From<Serial> for SerialCreatedResponse {
    fn from(serial: Serial) -> Self {
        let Serial { id, product_id, serial_number, warehouse_id, status, created_at } = serial;
        let (status, created_at) = (status.into(), instant(created_at));
        Self { id, product_id, serial_number, warehouse_id, status, created_at }
    }
}

impl From<Vec<Serial>> for SerialBulkResponse {
    fn from(serials: Vec<Serial>) -> Self {
        let ids = serials.into_iter().map(|serial| serial.id).collect::<Vec<_>>();
        Self { message: "Serial numbers created", count: ids.len(), ids }
    }
}
