//! The list of batches.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::batches::{self, Batch, BatchFilter, BatchLine};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::days;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_batches]
}

/// List batches
///
/// The newest first, used up and expired ones too. With `expiring_days` only those of which something is on hand and
/// that expire from today on within so many days, the soonest first.
#[utoipa::path(
    get, path = "/batches", tag = "batches", params(BatchQuery, PageQuery),
    responses(
        (status = 200, description = "The batches that match", body = BatchListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_batches(caller: Caller<Viewer>, filter: Query<BatchQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, BatchQuery::check)).await?;
    let say = move |batches| ok(&BatchListResponse::new(batches, page));
    caller.read(move |tx| batches::list(tx, &filter, &page.window), say).await
}

/// Which batches are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct BatchQuery {
    /// The id of the product
    #[param(value_type = i64, required = false)]
    product_id: Field<Option<i64>>,
    /// Expiring from today on within this many days
    #[param(value_type = i64, required = false, minimum = 0)]
    expiring_days: Field<Option<i64>>,
}

/// A part of the batches.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchListResponse {
    /// The batches, the newest first
    batches: Vec<BatchRow>,
    /// Batches that match in all
    #[schema(example = 38)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows behind these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A batch in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRow {
    /// Its id
    #[schema(example = 14)]
    id: i64,
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// The product's SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// The product's name
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// Its number
    #[schema(example = "BTH-2026-041")]
    batch_number: String,
    /// The lot of its maker
    #[schema(required = true, example = "L04-A")]
    lot_number: Option<String>,
    /// When it was made
    #[schema(required = true, format = Date, example = "2026-02-10")]
    manufacture_date: Option<String>,
    /// The last day on which it is good
    #[schema(required = true, format = Date, example = "2028-02-10")]
    expiry_date: Option<String>,
    /// On hand in all warehouses
    #[schema(value_type = f64, example = 200)]
    quantity: Number,
    /// What was noted
    #[schema(required = true, example = "One carton is dented")]
    notes: Option<String>,
    /// When it was recorded
    #[schema(format = DateTime, example = "2026-05-06T12:30:00Z")]
    created_at: String,
}

impl BatchQuery {
    fn check(self, check: &mut Check) -> Result<BatchFilter, Gap> {
        let Self { product_id, expiring_days } = self;
        let product_id = check.optional_text("product_id", product_id);
        let expiring_days = days(check, "expiring_days", expiring_days);
        Ok(BatchFilter { product_id: product_id?, expiring_days: expiring_days? })
    }
}

impl BatchListResponse {
    fn new(batches: Slice<BatchLine>, page: Page) -> Self {
        let Slice { rows, total, next } = batches;
        Self {
            batches: rows.into_iter().map(BatchRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<BatchLine> for BatchRow {
    fn from(line: BatchLine) -> Self {
        let BatchLine { batch, quantity, sku, product_name } = line;
        let Batch { id, product_id, batch_number, lot_number, manufacture_date, expiry_date, notes, created_at } =
            batch;
        Self {
            id,
            product_id,
            sku,
            product_name,
            batch_number,
            lot_number,
            manufacture_date: manufacture_date.map(|day| day.to_string()),
            expiry_date: expiry_date.map(|day| day.to_string()),
            quantity: quantity.into(),
            notes,
            created_at: instant(created_at),
        }
    }
}
