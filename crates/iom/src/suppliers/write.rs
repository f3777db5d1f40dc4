//! Making, changing and removing suppliers.

use serde::{Deserialize, Serialize};
use stockbridge_domain::purchasing::suppliers::{self, Supplier, SupplierDetails};
use stockbridge_domain::values::Name;
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_supplier, replace_supplier, delete_supplier]
}

/// Create a supplier
///
/// For admins and managers. Several suppliers may have the same name or e-mail.
#[utoipa::path(
    post, path = "/suppliers", tag = "suppliers", request_body = SupplierRequest,
    responses(
        (status = 201, description = "The supplier was made", body = SupplierCreatedResponse),
        BodyRefusals
    )
)]
pub async fn create_supplier(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| SupplierRequest::read(&body)).await?;
    let say = |supplier| created(&SupplierCreatedResponse::from(supplier));
    caller.write(move |tx| suppliers::create(tx, &new), say).await
}

/// Replace a supplier
///
/// For admins and managers. What is left out is emptied. Purchase orders keep the name they were written with.
#[utoipa::path(
    put, path = "/suppliers/{id}", tag = "suppliers", request_body = SupplierRequest,
    params(("id" = i64, Path, description = "The supplier's id")),
    responses(
        (status = 200, description = "The supplier was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such supplier", body = ErrorResponse)
    )
)]
pub async fn replace_supplier(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, details) = caller.understand(|| Ok((id.read()?, SupplierRequest::read(&body)?))).await?;
    caller.write(move |tx| suppliers::replace(tx, id, &details), |_| message("Supplier updated")).await
}

/// Delete a supplier
///
/// For admins and managers. Only one without open purchase orders; those that are done keep its name.
#[utoipa::path(
    delete, path = "/suppliers/{id}", tag = "suppliers",
    params(("id" = i64, Path, description = "The supplier's id")),
    responses(
        (status = 200, description = "The supplier is gone", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such supplier", body = ErrorResponse),
        (status = 409, description = "A purchase order to it is open", body = ErrorResponse)
    )
)]
pub async fn delete_supplier(caller: Caller<Manager>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write(move |tx| suppliers::remove(tx, id), |()| message("Supplier deleted")).await
}

/// A whole supplier.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SupplierRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "FastenersPro Pty Ltd")]
    name: Field<Name>,
    /// Its e-mail
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "orders@fastenerspro.com.au")]
    email: Field<Option<Name>>,
    /// When it is paid
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "Net 30")]
    payment_terms: Field<Option<Name>>,
    /// Its phone number
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "+61 3 9000 1234")]
    phone: Field<Option<Name>>,
    /// Days from order to delivery
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, example = 7)]
    lead_time_days: Field<i64>,
}

/// A supplier that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierCreatedResponse {
    /// Its id
    #[schema(example = 9)]
    id: i64,
    /// Its name
    #[schema(example = "FastenersPro Pty Ltd")]
    name: String,
    /// Its e-mail
    #[schema(required = true, example = "orders@fastenerspro.com.au")]
    email: Option<String>,
    /// When it is paid
    #[schema(required = true, example = "Net 30")]
    payment_terms: Option<String>,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T12:00:00Z")]
    created_at: String,
    /// Its phone number
    #[schema(required = true, example = "+61 3 9000 1234")]
    phone: Option<String>,
    /// Days from order to delivery
    #[schema(required = true, example = 7)]
    lead_time_days: Option<i64>,
}

impl SupplierRequest {
    fn read(body: &RawBody) -> Result<SupplierDetails, Reason> {
        let Self { name, email, payment_terms, phone, lead_time_days } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let email = requests::email(&mut check, email);
        let payment_terms = check.optional_text("payment_terms", payment_terms);
        let phone = check.optional_text("phone", phone);
        let lead_time_days = days(&mut check, lead_time_days);
        check.finish()?;
        let (email, phone, payment_terms) = (email?, phone?, payment_terms?);
        Ok(SupplierDetails { name: name?, email, phone, payment_terms, lead_time_days: lead_time_days? })
    }
}

fn days(check: &mut Check, field: Field<i64>) -> Result<Option<i64>, Gap> {
    match check.optional("lead_time_days", field)? {
        Some(days) if days < 0 => Err(check.refuse("lead_time_days", "must not be negative")),
        days => Ok(days),
    }
}

impl From<Supplier> for SupplierCreatedResponse {
    fn from(supplier: Supplier) -> Self {
        let Supplier { id, name, email, phone, payment_terms, lead_time_days, created_at } = supplier;
        Self { id, name, email, payment_terms, created_at: instant(created_at), phone, lead_time_days }
    }
}
