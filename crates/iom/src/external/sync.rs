//! Setting stock to the figures of another system.

use serde::{Deserialize, Serialize};
use stockbridge_domain::stock::sync::{self, Figure, MOST_ROWS, Obstacle, Skipped, Synced};
use stockbridge_domain::values::{Code, Quantity};
use stockbridge_domain::{Error, Problem};
use stockbridge_http::body::{LargeBody, RawBody, Reading};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::WriteRefusals;
use crate::answer::Answer;
use crate::auth::{Caller, Write};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![sync_inventory]
}

/// Sync inventory
///
/// Needs an API key with the permission write. Sets what is on hand to the given figures, by movements. The body is a
/// list of rows, or an object that holds them as `items`, `inventory` or `updates`, and perhaps `atomic`; at most 10,000
/// rows and 8 MiB. Rows that cannot be done are skipped and listed in `results`; with `atomic` they are a 409 that lists
/// all of them, and nothing changes. Of several rows about the same SKU and warehouse the last one counts, the others
/// are skipped as superseded. Each row counts in `updated`, which includes those that say what is on hand already, or in
/// `skipped`. A row that is malformed in itself is a 400 for the whole body. What is on hand can go below what is
/// reserved. Of a product tracked by batch, more goes into `UNASSIGNED`, and less comes from the batches that expire
/// first; one tracked by serial number is changed through its serial numbers only.
#[utoipa::path(
    post, path = "/external/inventory/sync", tag = "external", security(("api_key" = [])),
    request_body = SyncRequest, params(SyncQuery),
    responses(
        (status = 200, description = "The rows that can be done are done", body = SyncResponse),
        BodyRefusals,
        WriteRefusals,
        (status = 409, description = "With `atomic`: rows cannot be done, and `details` lists all of them",
            body = ErrorResponse)
    )
)]
pub async fn sync_inventory(caller: Caller<Write>, query: Query<SyncQuery>, body: LargeBody) -> Answer {
    let (figures, as_a_whole) = caller.understand(|| read(query, &body.0)).await?;
    let say = |synced| ok(&SyncResponse::from(synced));
    caller.write(move |tx| sync::sync(tx, &figures, as_a_whole), say).await
}

/// How rows are to be done.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    /// All rows or none; a body that is an object may say so too
    #[param(value_type = bool, required = false, default = false)]
    atomic: Field<Option<bool>>,
}

/// Figures of another system, at most 10,000 rows.
#[derive(Debug, ToSchema)]
#[schema(max_items = 10_000)]
#[expect(dead_code, reason = "read by the documents only: an object that holds the rows is taken as well")]
pub struct SyncRequest(Vec<SyncRowRequest>);

/// A body that is an object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wrapped {
    items: Field<List<Nested<SyncRowRequest>>>,
    inventory: Field<List<Nested<SyncRowRequest>>>,
    updates: Field<List<Nested<SyncRowRequest>>>,
    atomic: Field<bool>,
}

/// How much lies of a product in a warehouse.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SyncRowRequest {
    /// The product's SKU, in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, example = "WGT-500")]
    sku: Field<Code>,
    /// The warehouse's id
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 1)]
    warehouse_id: Field<i64>,
    /// What is to be on hand, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = f64, required = true, minimum = 0, maximum = 900_000_000_000_i64, example = 200)]
    quantity: Field<Quantity>,
    /// What must be on hand before; not looked at if it is left out
    #[serde(default)]
    #[schema(value_type = Option<f64>, example = 180)]
    expected_quantity: Field<Quantity>,
}

/// What came of a sync.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncResponse {
    /// What was done
    #[schema(example = "Inventory synced")]
    message: &'static str,
    /// Rows whose figure is on hand now
    #[schema(example = 3)]
    updated: usize,
    /// Rows that changed nothing
    #[schema(example = 0)]
    skipped: usize,
    /// The rows that changed nothing, in their order, and why; left out where there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<SyncResult>,
}

/// A row that changed nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncResult {
    /// Where it stood in the body, from 0
    #[schema(example = 2)]
    index: usize,
    /// Its SKU, as it was sent
    #[schema(example = "WGT-501")]
    sku: String,
    /// Its warehouse
    #[schema(example = 1)]
    warehouse_id: i64,
    /// Why, for programs
    code: SyncObstacle,
    /// Why, for people
    #[schema(example = "sku is not that of any product")]
    message: String,
    /// Of an `expected_quantity` that does not hold: what is on hand
    #[schema(value_type = Option<f64>, required = true)]
    current: Option<Number>,
}

/// Why a row of a sync changed nothing
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncObstacle {
    /// A later row is about the same SKU and warehouse
    Superseded,
    /// There is no such product
    UnknownSku,
    /// There is no such warehouse
    UnknownWarehouse,
    /// The quantity is negative
    NegativeQuantity,
    /// Something other than `expected_quantity` is on hand
    UnexpectedQuantity,
    /// The product is tracked by serial number
    SerialTracked,
}

/// The figures of a request, and whether they are to be done as a whole.
fn read(query: Query<SyncQuery>, body: &RawBody) -> Result<(Vec<Figure>, bool), Reason> {
    let reading = Reading { strict: body.prefers_strict(), misnamed: false };
    let SyncQuery { atomic } = query.read()?;
    let mut check = Check::new();
    let asked = check.optional_text("atomic", atomic);
    let (rows, said) = if body.is_list() {
        (Field::Value(List(body.list(reading)?)), Ok(None))
    } else {
        let Wrapped { items, inventory, updates, atomic } = requests::json(body)?;
        (one_of([items, inventory, updates])?, check.optional("atomic", atomic))
    };
    let figures = check.each("items", rows, |check, row| row.check(check));
    let figures = match check.need("items", figures) {
        Ok(figures) if figures.len() > MOST_ROWS => {
            Err(check.refuse("items", format!("must hold at most {MOST_ROWS} rows")))
        }
        figures => figures,
    };
    check.finish()?;
    Ok((figures?, asked?.or(said?).unwrap_or(false)))
}

/// The one of these that is there. All of them are called items in what is said about their rows.
fn one_of<T>(names: [Field<T>; 3]) -> Result<Field<T>, Reason> {
    let mut sent = names.into_iter().filter(|rows| !matches!(rows, Field::Absent));
    let rows = sent.next().unwrap_or_default();
    if sent.next().is_some() {
        let message = "must be the only list of rows: send items, inventory or updates, and only one of them";
        return Err(Error::Invalid(vec![Problem::new("items", message)]).into());
    }
    Ok(rows)
}

impl SyncRowRequest {
    fn check(self, check: &mut Check) -> Result<Figure, Gap> {
        let Self { sku, warehouse_id, quantity, expected_quantity } = self;
        let sku = check.required("sku", sku);
        let warehouse_id = check.required("warehouse_id", warehouse_id);
        let quantity = check.required("quantity", quantity);
        let expected = check.optional("expected_quantity", expected_quantity);
        Ok(Figure { sku: sku?, warehouse_id: warehouse_id?, quantity: quantity?, expected: expected? })
    }
}

/// What is said of a row that cannot be done: the field it is about, the end of a sentence that begins with that, and
/// what is on hand where that is the trouble.
pub(crate) fn said_of(obstacle: Obstacle) -> (&'static str, String, Option<Quantity>) {
    let (field, message, current) = match obstacle {
        Obstacle::Superseded => ("sku", "stands in a later row for the same warehouse, which counts".to_owned(), None),
        Obstacle::UnknownItem => {
            ("sku", "is not that of any product: GET /api/external/products lists them".to_owned(), None)
        }
        Obstacle::UnknownWarehouse => ("warehouse_id", "is not that of any warehouse".to_owned(), None),
        Obstacle::Negative => ("quantity", "must not be negative".to_owned(), None),
        Obstacle::Unexpected { current } => {
            let message = format!("does not hold, {current} are on hand: read the stock again before you set it");
            ("expected_quantity", message, Some(current))
        }
        Obstacle::Serial => {
            let message = "cannot be set: the product is tracked by serial number, so record or scrap its units";
            ("quantity", message.to_owned(), None)
        }
    };
    (field, message, current)
}

impl From<Synced> for SyncResponse {
    fn from(synced: Synced) -> Self {
        let Synced { updated, skipped } = synced;
        let results = skipped.into_iter().map(SyncResult::from).collect::<Vec<_>>();
        Self { message: "Inventory synced", updated, skipped: results.len(), results }
    }
}

impl From<Skipped> for SyncResult {
    fn from(skipped: Skipped) -> Self {
        let Skipped { at, sku, warehouse_id, obstacle } = skipped;
        let (field, message, current) = said_of(obstacle);
        Self {
            index: at,
            sku,
            warehouse_id,
            code: obstacle.into(),
            message: format!("{field} {message}"),
            current: current.map(Number::from),
        }
    }
}

impl From<Obstacle> for SyncObstacle {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Superseded => Self::Superseded,
            Obstacle::UnknownItem => Self::UnknownSku,
            Obstacle::UnknownWarehouse => Self::UnknownWarehouse,
            Obstacle::Negative => Self::NegativeQuantity,
            Obstacle::Unexpected { .. } => Self::UnexpectedQuantity,
            Obstacle::Serial => Self::SerialTracked,
        }
    }
}
