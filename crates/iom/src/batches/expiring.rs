//! The batches that expire soon.

use chrono::NaiveDate;
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
use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// Days that count as soon when nobody says how many.
const SOON: i64 = 30;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_expiring_batches]
}

/// List batches that expire soon
///
/// Those of which something is on hand and that expire from today on within so many days, the soonest first.
#[utoipa::path(
    get, path = "/batches/expiring", tag = "batches", params(ExpiringQuery, PageQuery),
    responses(
        (status = 200, description = "The batches that expire soon", body = ExpiringBatchListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_expiring_batches(
    caller: Caller<Viewer>,
    filter: Query<ExpiringQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, ExpiringQuery::check)).await?;
    let say = move |(batches, today)| ok(&ExpiringBatchListResponse::new(batches, today, page));
    caller.read(move |tx| Ok((batches::list(tx, &filter, &page.window)?, tx.today())), say).await
}

/// What counts as soon.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ExpiringQuery {
    /// Within this many days from today, today included
    #[param(value_type = i64, required = false, minimum = 0, default = 30)]
    days: Field<Option<i64>>,
    /// The same, where `days` is not given
    #[param(value_type = i64, required = false, minimum = 0)]
    expiring_days: Field<Option<i64>>,
}

/// A part of the batches that expire soon.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpiringBatchListResponse {
    /// The batches, the soonest to expire first
    batches: Vec<ExpiringBatchRow>,
    /// Batches that match in all
    #[schema(example = 3)]
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

/// A batch that expires soon.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpiringBatchRow {
    /// Its id
    #[schema(example = 9)]
    id: i64,
    /// The product's id
    #[schema(example = 22)]
    product_id: i64,
    /// The product's SKU
    #[schema(example = "CHM-001")]
    sku: String,
    /// The product's name
    #[schema(example = "Chemical Compound A")]
    product_name: String,
    /// Its number
    #[schema(example = "BTH-2026-009")]
    batch_number: String,
    /// The last day on which it is good
    #[schema(required = true, format = Date, example = "2026-05-28")]
    expiry_date: Option<String>,
    /// Days from today to that day, in your company's time zone
    #[schema(required = true, example = 22)]
    days_until_expiry: Option<i64>,
    /// On hand in all warehouses
    #[schema(value_type = f64, example = 45)]
    quantity: Number,
}

impl ExpiringQuery {
    fn check(self, check: &mut Check) -> Result<BatchFilter, Gap> {
        let Self { days: within, expiring_days } = self;
        let within = days(check, "days", within);
        let expiring_days = days(check, "expiring_days", expiring_days);
        let expiring_days = Some(within?.or(expiring_days?).unwrap_or(SOON));
        Ok(BatchFilter { product_id: None, expiring_days })
    }
}

impl ExpiringBatchListResponse {
    fn new(batches: Slice<BatchLine>, today: NaiveDate, page: Page) -> Self {
        let Slice { rows, total, next } = batches;
        Self {
            batches: rows.into_iter().map(|line| ExpiringBatchRow::new(line, today)).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl ExpiringBatchRow {
    fn new(line: BatchLine, today: NaiveDate) -> Self {
        let BatchLine { batch, quantity, sku, product_name } = line;
        let Batch {
            id,
            product_id,
            batch_number,
            lot_number: _,
            manufacture_date: _,
            expiry_date,
            notes: _,
            created_at: _,
        } = batch;
        Self {
            id,
            product_id,
            sku,
            product_name,
            batch_number,
            expiry_date: expiry_date.map(|day| day.to_string()),
            days_until_expiry: expiry_date.map(|day| day.signed_duration_since(today).num_days()),
            quantity: quantity.into(),
        }
    }
}
