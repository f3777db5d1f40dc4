//! Customers as integrations see them.

use serde::Serialize;
use stockbridge_domain::page::Slice;
use stockbridge_domain::partners::customers::{self, Customer};
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::ReadRefusals;
use crate::answer::Answer;
use crate::auth::{Caller, Read};
use crate::customers::CustomerType;
use crate::customers::list::CustomerQuery;
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_external_customers]
}

/// List customers for an integration
///
/// Needs an API key with the permission read. By id, a page at a time. `total` is exact. For deep reading send
/// `next_cursor` back as `cursor`.
#[utoipa::path(
    get, path = "/external/customers", tag = "external", security(("api_key" = [])), params(CustomerQuery, PageQuery),
    responses(
        (status = 200, description = "The customers that match", body = ExternalCustomerListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse),
        ReadRefusals
    )
)]
pub async fn list_external_customers(
    caller: Caller<Read>,
    filter: Query<CustomerQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, CustomerQuery::check)).await?;
    let say = move |customers| ok(&ExternalCustomerListResponse::new(customers, page));
    caller.read(move |tx| customers::list(tx, &filter, &page.window), say).await
}

/// A part of the customer list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalCustomerListResponse {
    /// The customers, by id
    customers: Vec<ExternalCustomerRow>,
    /// Customers that match in all
    #[schema(example = 94)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows after these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalCustomerRow {
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
}

impl ExternalCustomerListResponse {
    fn new(customers: Slice<Customer>, page: Page) -> Self {
        let Slice { rows, total, next } = customers;
        Self {
            customers: rows.into_iter().map(ExternalCustomerRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Customer> for ExternalCustomerRow {
    fn from(customer: Customer) -> Self {
        let Customer {
            id,
            name,
            email,
            phone: _,
            company,
            customer_type,
            total_orders: _,
            total_spent: _,
            created_at: _,
        } = customer;
        Self { id, name, email, company, customer_type: customer_type.into() }
    }
}
