//! Warehouses: where stock lies.

use serde::{Deserialize, Serialize};
use stockbridge_domain::stock::warehouses::{self, Details, NewWarehouse, Stocked, Warehouse};
use stockbridge_domain::values::{Code, Name};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::{created, ok};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Admin, Caller, Viewer};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_warehouses, create_warehouse, replace_warehouse, delete_warehouse]
}

/// List warehouses
///
/// All of them, by id, with how many products lie in each and what they are worth at cost.
#[utoipa::path(
    get, path = "/warehouses", tag = "warehouses",
    responses((status = 200, description = "All warehouses", body = WarehouseListResponse))
)]
pub async fn list_warehouses(caller: Caller<Viewer>) -> Answer {
    caller.read(warehouses::list, |warehouses| ok(&WarehouseListResponse::from(warehouses))).await
}

/// Create a warehouse
///
/// For admins. The code is unique within the tenant in any case. The first warehouse is the default one; a later one
/// that says `is_default` takes its place.
#[utoipa::path(
    post, path = "/warehouses", tag = "warehouses", request_body = WarehouseRequest,
    responses(
        (status = 201, description = "The warehouse was made", body = WarehouseCreatedResponse),
        BodyRefusals,
        (status = 409, description = "The code is taken", body = ErrorResponse)
    )
)]
pub async fn create_warehouse(caller: Caller<Admin>, body: RawBody) -> Answer {
    let new = NewWarehouse { id: None, details: caller.understand(|| WarehouseRequest::read(&body)).await? };
    let say = |warehouse| created(&WarehouseCreatedResponse::from(warehouse));
    caller.write(move |tx| warehouses::create(tx, &new), say).await
}

/// Replace a warehouse
///
/// For admins. What is left out is emptied; only `is_default` is kept then. The default warehouse stays so until
/// another one becomes it.
#[utoipa::path(
    put, path = "/warehouses/{id}", tag = "warehouses", request_body = WarehouseRequest,
    params(("id" = i64, Path, description = "The warehouse's id")),
    responses(
        (status = 200, description = "The warehouse was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such warehouse", body = ErrorResponse),
        (status = 409, description = "The code is taken", body = ErrorResponse)
    )
)]
pub async fn replace_warehouse(caller: Caller<Admin>, id: Id, body: RawBody) -> Answer {
    let (id, details) = caller.understand(|| Ok((id.read()?, WarehouseRequest::read(&body)?))).await?;
    caller.write(move |tx| warehouses::replace(tx, id, &details), |_| message("Warehouse updated")).await
}

/// Delete a warehouse
///
/// For admins. Only one in which no stock lies, from which no open order is fulfilled, and which is not the default
/// one of several. Its movements stay.
#[utoipa::path(
    delete, path = "/warehouses/{id}", tag = "warehouses",
    params(("id" = i64, Path, description = "The warehouse's id")),
    responses(
        (status = 200, description = "The warehouse is gone", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such warehouse", body = ErrorResponse),
        (status = 409, description = "Stock lies in it, or something refers to it", body = ErrorResponse)
    )
)]
pub async fn delete_warehouse(caller: Caller<Admin>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write(move |tx| warehouses::remove(tx, id), |()| message("Warehouse deleted")).await
}

/// A whole warehouse.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct WarehouseRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Brisbane Warehouse")]
    name: Field<Name>,
    /// Its short code, unique within the tenant in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, example = "BNE")]
    code: Field<Code>,
    /// Its street address
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "10 Distribution Dr")]
    address: Field<Option<Name>>,
    /// Its city
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "Rocklea")]
    city: Field<Option<Name>>,
    /// Its state
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "QLD")]
    state: Field<Option<Name>>,
    /// Whether it is meant where none is named, in place of the one before
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    is_default: Field<bool>,
}

/// All warehouses.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarehouseListResponse {
    /// The warehouses, by id
    warehouses: Vec<WarehouseRow>,
}

/// A warehouse, and what lies in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarehouseRow {
    /// Its id
    #[schema(example = 1)]
    id: i64,
    /// Its name
    #[schema(example = "Sydney Warehouse")]
    name: String,
    /// Its short code
    #[schema(example = "SYD")]
    code: String,
    /// Its street address
    #[schema(required = true, example = "10 Distribution Dr")]
    address: Option<String>,
    /// Its city
    #[schema(required = true, example = "Ryde")]
    city: Option<String>,
    /// Its state
    #[schema(required = true, example = "NSW")]
    state: Option<String>,
    /// Whether it is meant where none is named
    is_default: bool,
    /// Products of which something is on hand
    #[schema(example = 48)]
    total_skus: i64,
    /// What all of it is worth at cost
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "62400.00")]
    total_value: String,
    /// When it was made
    #[schema(format = DateTime, example = "2025-11-03T08:14:22Z")]
    created_at: String,
}

/// A warehouse that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarehouseCreatedResponse {
    /// Its id
    #[schema(example = 3)]
    id: i64,
    /// Its name
    #[schema(example = "Brisbane Warehouse")]
    name: String,
    /// Its short code
    #[schema(example = "BNE")]
    code: String,
    /// Its city
    #[schema(required = true, example = "Rocklea")]
    city: Option<String>,
    /// Its state
    #[schema(required = true, example = "QLD")]
    state: Option<String>,
    /// Whether it is meant where none is named
    is_default: bool,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T12:20:00Z")]
    created_at: String,
    /// Its street address
    #[schema(required = true, example = "10 Distribution Dr")]
    address: Option<String>,
}

impl WarehouseRequest {
    fn read(body: &RawBody) -> Result<Details, Reason> {
        let Self { name, code, address, city, state, is_default } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let code = check.required("code", code);
        let address = check.optional_text("address", address);
        let city = check.optional_text("city", city);
        let state = check.optional_text("state", state);
        let is_default = check.optional("is_default", is_default);
        check.finish()?;
        let (address, city, state) = (address?, city?, state?);
        Ok(Details { code: code?, name: name?, address, city, state, is_default: is_default?, is_active: None })
    }
}

impl From<Vec<Stocked>> for WarehouseListResponse {
    fn from(warehouses: Vec<Stocked>) -> Self {
        Self { warehouses: warehouses.into_iter().map(WarehouseRow::from).collect() }
    }
}

impl From<Stocked> for WarehouseRow {
    fn from(stocked: Stocked) -> Self {
        let Stocked { warehouse, skus, value } = stocked;
        let Warehouse { id, code, name, address, city, state, is_default, is_active: _, created_at } = warehouse;
        let (total_value, created_at) = (value.to_string(), instant(created_at));
        Self { id, name, code, address, city, state, is_default, total_skus: skus, total_value, created_at }
    }
}

impl From<Warehouse> for WarehouseCreatedResponse {
    fn from(warehouse: Warehouse) -> Self {
        let Warehouse { id, code, name, address, city, state, is_default, is_active: _, created_at } = warehouse;
        Self { id, name, code, city, state, is_default, created_at: instant(created_at), address }
    }
}
