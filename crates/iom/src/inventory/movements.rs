//! What happened to stock.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::movements::{self, Kind, Movement, MovementFilter};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::MovementType;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_movements]
}

/// List stock movements
///
/// The newest first. Every change of what is on hand is there, with what was on hand afterwards and who did it; none
/// is ever changed or removed.
#[utoipa::path(
    get, path = "/inventory/movements", tag = "inventory", params(MovementQuery, PageQuery),
    responses(
        (status = 200, description = "The movements that match", body = MovementListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_movements(caller: Caller<Viewer>, filter: Query<MovementQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, MovementQuery::check)).await?;
    let say = move |movements| ok(&MovementListResponse::new(movements, page));
    caller.read(move |tx| movements::list(tx, &filter, &page.window), say).await
}

/// Which movements are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MovementQuery {
    /// The id of the product
    #[param(value_type = i64, required = false)]
    product_id: Field<Option<i64>>,
    /// The id of the warehouse
    #[param(value_type = i64, required = false)]
    warehouse_id: Field<Option<i64>>,
    /// Why stock moved
    #[param(value_type = MovementType, required = false)]
    movement_type: Field<Option<MovementType>>,
    /// The first day, in your company's time zone
    #[param(value_type = String, format = Date, required = false, example = "2026-05-01")]
    from: Field<Option<NaiveDate>>,
    /// The last day, in your company's time zone
    #[param(value_type = String, format = Date, required = false, example = "2026-05-31")]
    to: Field<Option<NaiveDate>>,
}

/// A part of the movements.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementListResponse {
    /// The movements, the newest first
    movements: Vec<MovementRow>,
    /// Movements that match in all
    #[schema(example = 1240)]
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

/// One change of what is on hand.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementRow {
    /// Its id
    #[schema(example = 309)]
    id: i64,
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// The product's SKU at that time
    #[schema(example = "WGT-500")]
    sku: String,
    /// Why stock moved
    movement_type: MovementType,
    /// What came (positive) or went (negative)
    #[schema(value_type = f64, example = 50)]
    quantity: Number,
    /// The warehouse's id
    #[schema(example = 1)]
    warehouse_id: i64,
    /// The warehouse's name at that time
    #[schema(example = "Sydney Warehouse")]
    warehouse_name: String,
    /// The id of the document that it carries out
    #[schema(required = true, example = 1042)]
    reference_id: Option<i64>,
    /// What was noted
    #[schema(required = true, example = "Cycle count correction")]
    notes: Option<String>,
    /// Who did it
    #[schema(example = "Jane Doe")]
    created_by_name: String,
    /// When
    #[schema(format = DateTime, example = "2026-05-05T14:30:00Z")]
    created_at: String,
    /// The product's name at that time
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// The id of the batch it was of
    #[schema(required = true, example = 14)]
    batch_id: Option<i64>,
    /// On hand of the product in the warehouse afterwards
    #[schema(value_type = f64, example = 250)]
    balance_after: Number,
    /// What one unit cost at that time
    #[schema(required = true, pattern = r"^\d+\.\d{2,4}$", example = "18.00")]
    unit_cost: Option<String>,
    /// What kind of document it carries out
    #[schema(required = true, example = "order")]
    reference_type: Option<String>,
    /// The id of the request that did it
    #[schema(required = true)]
    request_id: Option<String>,
}

impl MovementQuery {
    fn check(self, check: &mut Check) -> Result<MovementFilter, Gap> {
        let Self { product_id, warehouse_id, movement_type, from, to } = self;
        let product_id = check.optional_text("product_id", product_id);
        let warehouse_id = check.optional_text("warehouse_id", warehouse_id);
        let kind = check.optional_text("movement_type", movement_type);
        let from = check.optional_text("from", from);
        let to = check.optional_text("to", to);
        let (product_id, warehouse_id, kind) = (product_id?, warehouse_id?, kind?.map(Kind::from));
        Ok(MovementFilter { product_id, warehouse_id, kind, from: from?, to: to? })
    }
}

impl MovementListResponse {
    fn new(movements: Slice<Movement>, page: Page) -> Self {
        let Slice { rows, total, next } = movements;
        Self {
            movements: rows.into_iter().map(MovementRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Movement> for MovementRow {
    fn from(movement: Movement) -> Self {
        let Movement {
            id,
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            batch_id,
            kind,
            quantity,
            balance_after,
            unit_cost,
            reference_type,
            reference_id,
            notes,
            created_by,
            request_id,
            created_at,
        } = movement;
        Self {
            id,
            product_id,
            sku,
            movement_type: kind.into(),
            quantity: quantity.into(),
            warehouse_id,
            warehouse_name,
            reference_id,
            notes,
            created_by_name: created_by,
            created_at: instant(created_at),
            product_name,
            batch_id,
            balance_after: balance_after.into(),
            unit_cost: unit_cost.map(|cost| cost.to_string()),
            reference_type,
            request_id,
        }
    }
}
