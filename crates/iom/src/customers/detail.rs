//! One customer, with its addresses.

use serde::Serialize;
use stockbridge_domain::partners::customers::{self, Address, Customer};
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{AddressType, CustomerType};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::Id;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_customer]
}

/// Get a customer
///
/// With its addresses, and what its orders came to.
#[utoipa::path(
    get, path = "/customers/{id}", tag = "customers", params(("id" = i64, Path, description = "The customer's id")),
    responses(
        (status = 200, description = "The customer", body = CustomerResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such customer", body = ErrorResponse)
    )
)]
pub async fn get_customer(caller: Caller<Viewer>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    let say = |(customer, addresses)| ok(&CustomerResponse::new(customer, addresses));
    caller.read(move |tx| customers::get(tx, id), say).await
}

/// A customer with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerResponse {
    /// Its id
    #[schema(example = 42)]
    id: i64,
    /// Its name
    #[schema(example = "Acme Corp")]
    name: String,
    /// Its e-mail
    #[schema(required = true, example = "procurement@acme.com")]
    email: Option<String>,
    /// Its company
    #[schema(required = true, example = "Acme Corporation Pty Ltd")]
    company: Option<String>,
    /// How it buys
    customer_type: CustomerType,
    /// Its orders that were not cancelled
    #[schema(example = 18)]
    total_orders: i64,
    /// What those came to
    #[schema(pattern = r"^\d+\.\d{2}$", example = "4820.40")]
    total_spent: String,
    /// Its addresses
    addresses: Vec<CustomerAddress>,
    /// When it was made
    #[schema(format = DateTime, example = "2025-09-12T00:00:00Z")]
    created_at: String,
    /// Its phone number
    #[schema(required = true, example = "+61 2 9000 0000")]
    phone: Option<String>,
}

/// An address of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerAddress {
    /// Its id
    #[schema(example = 5)]
    id: i64,
    /// What it is for
    #[serde(rename = "type")]
    kind: AddressType,
    /// Its first line
    #[schema(example = "123 George St")]
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

impl CustomerResponse {
    fn new(customer: Customer, addresses: Vec<Address>) -> Self {
        let Customer { id, name, email, phone, company, customer_type, total_orders, total_spent, created_at } =
            customer;
        Self {
            id,
            name,
            email,
            company,
            customer_type: customer_type.into(),
            total_orders,
            total_spent: total_spent.to_string(),
            addresses: addresses.into_iter().map(CustomerAddress::from).collect(),
            created_at: instant(created_at),
            phone,
        }
    }
}

impl From<Address> for CustomerAddress {
    fn from(address: Address) -> Self {
        let Address { id, customer_id: _, kind, line1, line2, city, state, postcode, country, is_default } = address;
        Self { id, kind: kind.into(), line1, city, state, postcode, country, is_default, line2 }
    }
}
