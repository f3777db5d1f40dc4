//! Adding, changing and removing addresses of customers.

use serde::{Deserialize, Serialize};
use stockbridge_domain::partners::addresses;
use stockbridge_domain::partners::customers::{self, Address, AddressKind, NewAddress};
use stockbridge_domain::values::Name;
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::AddressType;
use crate::answer::{Answer, MessageResponse, message};
use crate::auth::{Caller, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, PartId};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![add_customer_address, replace_customer_address, delete_customer_address]
}

/// Add an address
///
/// For staff and above. The first of its type becomes the default one; a later one that says so takes its place.
#[utoipa::path(
    post, path = "/customers/{id}/addresses", tag = "customers", request_body = AddressRequest,
    params(("id" = i64, Path, description = "The customer's id")),
    responses(
        (status = 201, description = "The address was added", body = AddressCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such customer", body = ErrorResponse)
    )
)]
pub async fn add_customer_address(caller: Caller<Staff>, id: Id, body: RawBody) -> Answer {
    let (id, new) = caller.understand(|| Ok((id.read()?, AddressRequest::read(&body)?))).await?;
    let say = |address| created(&AddressCreatedResponse::from(address));
    caller.write(move |tx| customers::add_address(tx, id, &new), say).await
}

/// Replace an address
///
/// For staff and above. What is left out is emptied, and the type is `shipping` again. The default one of its type stays
/// so until another one becomes it.
#[utoipa::path(
    put, path = "/customers/{id}/addresses/{address_id}", tag = "customers", request_body = AddressRequest,
    params(
        ("id" = i64, Path, description = "The customer's id"),
        ("address_id" = i64, Path, description = "The address's id")
    ),
    responses(
        (status = 200, description = "The address was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such customer, or it has no such address", body = ErrorResponse)
    )
)]
pub async fn replace_customer_address(caller: Caller<Staff>, id: Id, address: PartId, body: RawBody) -> Answer {
    let read = || Ok((id.read()?, address.read()?, AddressRequest::read(&body)?));
    let (customer, id, new) = caller.understand(read).await?;
    caller.write(move |tx| addresses::replace(tx, customer, id, &new), |_| message("Address updated")).await
}

/// Delete an address
///
/// For staff and above. Where it was the default one, the oldest one of its type takes its place. Orders keep the
/// address they were placed with.
#[utoipa::path(
    delete, path = "/customers/{id}/addresses/{address_id}", tag = "customers",
    params(
        ("id" = i64, Path, description = "The customer's id"),
        ("address_id" = i64, Path, description = "The address's id")
    ),
    responses(
        (status = 200, description = "The address is gone", body = MessageResponse),
        (status = 400, description = "An id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such customer, or it has no such address", body = ErrorResponse)
    )
)]
pub async fn delete_customer_address(caller: Caller<Staff>, id: Id, address: PartId) -> Answer {
    let (customer, id) = caller.understand(|| Ok((id.read()?, address.read()?))).await?;
    caller.write(move |tx| addresses::remove(tx, customer, id), |()| message("Address deleted")).await
}

/// A whole address.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AddressRequest {
    /// What it is for; `shipping` if it does not say
    #[serde(default, rename = "type")]
    #[schema(value_type = AddressType)]
    kind: Field<Option<AddressType>>,
    /// Its first line
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "45 Pitt St")]
    line1: Field<Name>,
    /// Its second line
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    line2: Field<Option<Name>>,
    /// Its city
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "Sydney")]
    city: Field<Option<Name>>,
    /// Its state
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "NSW")]
    state: Field<Option<Name>>,
    /// Its postcode
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "2000")]
    postcode: Field<Option<Name>>,
    /// Its country
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "AU")]
    country: Field<Option<Name>>,
    /// Whether it is the one to use of its type, in place of the one before
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    is_default: Field<bool>,
}

/// An address that was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressCreatedResponse {
    /// Its id
    #[schema(example = 18)]
    id: i64,
    /// The id of the customer
    #[schema(example = 42)]
    customer_id: i64,
    /// What it is for
    #[serde(rename = "type")]
    kind: AddressType,
    /// Its first line
    #[schema(example = "45 Pitt St")]
    line1: String,
    /// Its city
    #[schema(required = true, example = "Sydney")]
    city: Option<String>,
    /// Its state
    #[schema(required = true, example = "NSW")]
    state: Option<String>,
    /// Its postcode
    #[schema(required = true, example = "2000")]
    postcode: Option<String>,
    /// Its country
    #[schema(required = true, example = "AU")]
    country: Option<String>,
    /// Whether it is the one to use of its type
    is_default: bool,
    /// Its second line
    #[schema(required = true)]
    line2: Option<String>,
}

impl AddressRequest {
    fn read(body: &RawBody) -> Result<NewAddress, Reason> {
        let Self { kind, line1, line2, city, state, postcode, country, is_default } = requests::json(body)?;
        let mut check = Check::new();
        let kind = check.optional_text("type", kind);
        let line1 = check.required("line1", line1);
        let line2 = check.optional_text("line2", line2);
        let city = check.optional_text("city", city);
        let state = check.optional_text("state", state);
        let postcode = check.optional_text("postcode", postcode);
        let country = check.optional_text("country", country);
        let is_default = check.optional("is_default", is_default);
        check.finish()?;
        Ok(NewAddress {
            kind: kind?.map_or(AddressKind::Shipping, AddressKind::from),
            line1: line1?,
            line2: line2?,
            city: city?,
            state: state?,
            postcode: postcode?,
            country: country?,
            is_default: is_default?.unwrap_or(false),
        })
    }
}

impl From<Address> for AddressCreatedResponse {
    fn from(address: Address) -> Self {
        let Address { id, customer_id, kind, line1, line2, city, state, postcode, country, is_default } = address;
        Self { id, customer_id, kind: kind.into(), line1, city, state, postcode, country, is_default, line2 }
    }
}
