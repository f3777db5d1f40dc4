//! Making, changing and removing customers.

use serde::{Deserialize, Serialize};
use stockbridge_domain::partners::customers::{self, Customer, CustomerDetails, NewCustomer};
use stockbridge_domain::values::Name;
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::CustomerType;
use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Caller, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_customer, replace_customer, delete_customer]
}

/// Create a customer
///
/// For staff and above. The e-mail is unique within the tenant in any case, where there is one.
#[utoipa::path(
    post, path = "/customers", tag = "customers", request_body = CustomerRequest,
    responses(
        (status = 201, description = "The customer was made", body = CustomerCreatedResponse),
        BodyRefusals,
        (status = 409, description = "The e-mail is taken", body = ErrorResponse)
    )
)]
pub async fn create_customer(caller: Caller<Staff>, body: RawBody) -> Answer {
    let new = NewCustomer { id: None, details: caller.understand(|| CustomerRequest::read(&body)).await? };
    let say = |customer| created(&CustomerCreatedResponse::from(customer));
    caller.write(move |tx| customers::create(tx, &new), say).await
}

/// Replace a customer
///
/// For staff and above. What is left out is emptied, and `customer_type` is `retail` again. Orders keep the name they
/// were placed with, addresses stay.
#[utoipa::path(
    put, path = "/customers/{id}", tag = "customers", request_body = CustomerRequest,
    params(("id" = i64, Path, description = "The customer's id")),
    responses(
        (status = 200, description = "The customer was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such customer", body = ErrorResponse),
        (status = 409, description = "The e-mail is taken", body = ErrorResponse)
    )
)]
pub async fn replace_customer(caller: Caller<Staff>, id: Id, body: RawBody) -> Answer {
    let (id, details) = caller.understand(|| Ok((id.read()?, CustomerRequest::read(&body)?))).await?;
    caller.write(move |tx| customers::replace(tx, id, &details), |_| message("Customer updated")).await
}

/// Delete a customer
///
/// For staff and above. Only one without open orders; those that are done keep its id and name. Its addresses go too,
/// and its e-mail is free again.
#[utoipa::path(
    delete, path = "/customers/{id}", tag = "customers",
    params(("id" = i64, Path, description = "The customer's id")),
    responses(
        (status = 200, description = "The customer is gone", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such customer", body = ErrorResponse),
        (status = 409, description = "An order of it is open", body = ErrorResponse)
    )
)]
pub async fn delete_customer(caller: Caller<Staff>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write(move |tx| customers::remove(tx, id), |()| message("Customer deleted")).await
}

/// A whole customer.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct CustomerRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Acme Corp")]
    name: Field<Name>,
    /// Its e-mail, unique within the tenant in any case
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "procurement@acme.com")]
    email: Field<Option<Name>>,
    /// Its phone number
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "+61 2 9000 0000")]
    phone: Field<Option<Name>>,
    /// Its company
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "Acme Corporation Pty Ltd")]
    company: Field<Option<Name>>,
    /// How it buys; `retail` if it does not say
    #[serde(default)]
    #[schema(value_type = CustomerType)]
    customer_type: Field<Option<CustomerType>>,
}

/// A customer that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerCreatedResponse {
    /// Its id
    #[schema(example = 95)]
    id: i64,
    /// Its name
    #[schema(example = "Acme Corp")]
    name: String,
    /// Its e-mail
    #[schema(required = true, example = "procurement@acme.com")]
    email: Option<String>,
    /// How it buys
    customer_type: CustomerType,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T11:40:00Z")]
    created_at: String,
}

impl CustomerRequest {
    fn read(body: &RawBody) -> Result<CustomerDetails, Reason> {
        let Self { name, email, phone, company, customer_type } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let email = requests::email(&mut check, email);
        let phone = check.optional_text("phone", phone);
        let company = check.optional_text("company", company);
        let customer_type = check.optional_text("customer_type", customer_type);
        check.finish()?;
        let customer_type = customer_type?.map_or(customers::CustomerType::Retail, customers::CustomerType::from);
        Ok(CustomerDetails { name: name?, email: email?, phone: phone?, company: company?, customer_type })
    }
}

impl From<Customer> for CustomerCreatedResponse {
    fn from(customer: Customer) -> Self {
        // An excerpt by design: the whole customer is what GET answers.
        let Customer { id, name, email, customer_type, created_at, .. } = customer;
        Self { id, name, email, customer_type: customer_type.into(), created_at: instant(created_at) }
    }
}
