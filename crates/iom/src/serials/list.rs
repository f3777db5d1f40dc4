//! The list of serial numbers.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::serials::{self, Serial, SerialFilter, SerialLine, SerialStatus};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::SerialState;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_serials]
}

/// List serial numbers
///
/// The newest first, those of units that left too: these stand with the warehouse in which they lay last.
#[utoipa::path(
    get, path = "/serials", tag = "serials", params(SerialQuery, PageQuery),
    responses(
        (status = 200, description = "The serial numbers that match", body = SerialListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_serials(caller: Caller<Viewer>, filter: Query<SerialQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, SerialQuery::check)).await?;
    let say = move |serials| ok(&SerialListResponse::new(serials, page));
    caller.read(move |tx| serials::list(tx, &filter, &page.window), say).await
}

/// Which serial numbers are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SerialQuery {
    /// The id of the product
    #[param(value_type = i64, required = false)]
    product_id: Field<Option<i64>>,
    /// What has become of the unit
    #[param(value_type = SerialState, required = false)]
    status: Field<Option<SerialState>>,
    /// The id of the warehouse
    #[param(value_type = i64, required = false)]
    warehouse_id: Field<Option<i64>>,
}

/// A part of the serial numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct SerialListResponse {
    /// The serial numbers, the newest first
    serials: Vec<SerialRow>,
    /// Serial numbers that match in all
    #[schema(example = 84)]
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

/// A serial number in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SerialRow {
    /// Its id
    #[schema(example = 201)]
    id: i64,
    /// The product's id
    #[schema(example = 31)]
    product_id: i64,
    /// The product's SKU
    #[schema(example = "EQP-PRO-X1")]
    sku: String,
    /// The product's name
    #[schema(example = "ProX1 Equipment")]
    product_name: String,
    /// The number
    #[schema(example = "SN-20260401-0001")]
    serial_number: String,
    /// The id of the warehouse in which it lies, or lay last
    #[schema(example = 1)]
    warehouse_id: i64,
    /// The warehouse's name; null when the warehouse is gone
    #[schema(required = true, example = "Sydney Warehouse")]
    warehouse_name: Option<String>,
    /// What has become of it
    status: SerialState,
    /// When it was recorded
    #[schema(format = DateTime, example = "2026-04-01T00:00:00Z")]
    created_at: String,
}

impl SerialQuery {
    fn check(self, check: &mut Check) -> Result<SerialFilter, Gap> {
        let Self { product_id, status, warehouse_id } = self;
        let product_id = check.optional_text("product_id", product_id);
        let status = check.optional_text("status", status);
        let warehouse_id = check.optional_text("warehouse_id", warehouse_id);
        let status = status?.map(SerialStatus::from);
        Ok(SerialFilter { product_id: product_id?, status, warehouse_id: warehouse_id? })
    }
}

impl SerialListResponse {
    fn new(serials: Slice<SerialLine>, page: Page) -> Self {
        let Slice { rows, total, next } = serials;
        Self {
            serials: rows.into_iter().map(SerialRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<SerialLine> for SerialRow {
    fn from(line: SerialLine) -> Self {
        let SerialLine { serial, sku, product_name, warehouse_name } = line;
        let Serial { id, product_id, serial_number, warehouse_id, status, created_at } = serial;
        Self {
            id,
            product_id,
            sku,
            product_name,
            serial_number,
            warehouse_id,
            warehouse_name,
            status: status.into(),
            created_at: instant(created_at),
        }
    }
}
