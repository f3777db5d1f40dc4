//! Recording a batch and what there is of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::stock::batches::{self, Batch, Labels, NewBatch};
use stockbridge_domain::values::{Code, Notes, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, instant};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_batch]
}

/// Create a batch
///
/// For admins and managers. What there is of it is received into the warehouse, by a movement.
#[utoipa::path(
    post, path = "/batches", tag = "batches", request_body = BatchRequest,
    responses(
        (status = 201, description = "The batch was made", body = BatchCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or warehouse", body = ErrorResponse),
        (status = 409, description = "The product has a batch of that number", body = ErrorResponse)
    )
)]
pub async fn create_batch(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| BatchRequest::read(&body)).await?;
    let quantity = new.quantity;
    let say = move |batch| created(&BatchCreatedResponse::new(batch, quantity));
    caller.write(move |tx| batches::create(tx, &new), say).await
}

/// A batch to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct BatchRequest {
    /// The id of a product tracked by batch
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 7)]
    product_id: Field<i64>,
    /// Its number, unique for the product in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, example = "BTH-2026-042")]
    batch_number: Field<Code>,
    /// The last day on which it is good
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2028-03-01")]
    expiry_date: Field<Option<NaiveDate>>,
    /// When it was made
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-03-01")]
    manufacture_date: Field<Option<NaiveDate>>,
    /// How much there is of it, with up to 4 decimals; 0 if it does not say
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, example = 500)]
    quantity: Field<Quantity>,
    /// The lot of its maker
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "L04-A")]
    lot_number: Field<Option<Code>>,
    /// A note
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000, example = "One carton is dented")]
    notes: Field<Option<Notes>>,
    /// The id of the warehouse in which it lies; the default one if it does not say
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    warehouse_id: Field<i64>,
}

/// A batch that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchCreatedResponse {
    /// Its id
    #[schema(example = 39)]
    id: i64,
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// Its number
    #[schema(example = "BTH-2026-042")]
    batch_number: String,
    /// The last day on which it is good
    #[schema(required = true, format = Date, example = "2028-03-01")]
    expiry_date: Option<String>,
    /// What was received of it
    #[schema(value_type = f64, example = 500)]
    quantity: Number,
    /// When it was recorded
    #[schema(format = DateTime, example = "2026-05-06T12:30:00Z")]
    created_at: String,
    /// The lot of its maker
    #[schema(required = true, example = "L04-A")]
    lot_number: Option<String>,
    /// When it was made
    #[schema(required = true, format = Date, example = "2026-03-01")]
    manufacture_date: Option<String>,
    /// What was noted
    #[schema(required = true, example = "One carton is dented")]
    notes: Option<String>,
}

impl BatchRequest {
    fn read(body: &RawBody) -> Result<NewBatch, Reason> {
        let Self { product_id, batch_number, expiry_date, manufacture_date, quantity, lot_number, notes, warehouse_id } =
            requests::json(body)?;
        let mut check = Check::new();
        let product_id = check.required("product_id", product_id);
        let batch_number = check.required("batch_number", batch_number);
        let expiry_date = check.optional_text("expiry_date", expiry_date);
        let manufacture_date = check.optional_text("manufacture_date", manufacture_date);
        let quantity = check.optional("quantity", quantity);
        let lot_number = check.optional_text("lot_number", lot_number);
        let notes = check.optional_text("notes", notes);
        let warehouse_id = check.optional("warehouse_id", warehouse_id);
        check.finish()?;
        let labels = Labels {
            batch_number: batch_number?,
            lot_number: lot_number?,
            manufacture_date: manufacture_date?,
            expiry_date: expiry_date?,
            notes: notes?,
        };
        let (product_id, warehouse_id) = (product_id?, warehouse_id?);
        Ok(NewBatch { product_id, warehouse_id, labels, quantity: quantity?.unwrap_or_default() })
    }
}

impl BatchCreatedResponse {
    fn new(batch: Batch, quantity: Quantity) -> Self {
        let Batch { id, product_id, batch_number, lot_number, manufacture_date, expiry_date, notes, created_at } =
            batch;
        Self {
            id,
            product_id,
            batch_number,
            expiry_date: expiry_date.map(|day| day.to_string()),
            quantity: quantity.into(),
            created_at: instant(created_at),
            lot_number,
            manufacture_date: manufacture_date.map(|day| day.to_string()),
            notes,
        }
    }
}
