//! The list of customers.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::partners::customers::{self, Customer, CustomerFilter};
use stockbridge_domain::values::Name;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::CustomerType;
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_customers]
}

/// List customers
///
/// By id, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no customer then
/// appears twice or is left out because others come and go.
#[utoipa::path(
    get, path = "/customers", tag = "customers", params(CustomerQuery, PageQuery),
    responses(
        (status = 200, description = "The customers that match", body = CustomerListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_customers(caller: Caller<Viewer>, filter: Query<CustomerQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, CustomerQuery::check)).await?;
    let say = move |customers| ok(&CustomerListResponse::new(customers, page));
    caller.read(move |tx| customers::list(tx, &filter, &page.window), say).await
}

/// Which customers are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of the name, company or e-mail, in any case
    #[param(value_type = String, required = false, example = "acme")]
    search: Field<Option<Name>>,
    /// How they buy
    #[param(value_type = CustomerType, required = false)]
    customer_type: Field<Option<CustomerType>>,
    /// The same as `customer_type`, which counts where both are sent
    #[serde(rename = "type")]
    #[param(value_type = CustomerType, required = false)]
    of_type: Field<Option<CustomerType>>,
}

/// A part of the customer list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerListResponse {
    /// The customers, by id
    customers: Vec<CustomerRow>,
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
pub struct CustomerRow {
    /// Its id
    #[schema(example = 42)]
    id: i64,
    /// Its name
    #[schema(example = "Acme Corp")]
    name: String,
    /// Its e-mail
    #[schema(required = true, example = "procurement@acme.com")]
    email: Option<String>,
    /// Its phone number
    #[schema(required = true, example = "+61 2 9000 0000")]
    phone: Option<String>,
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
    /// When it was made
    #[schema(format = DateTime, example = "2025-09-12T00:00:00Z")]
    created_at: String,
}

impl CustomerQuery {
    /// Judges the parameters.
    ///
    /// # Errors
    /// A recorded problem.
    pub(crate) fn check(self, check: &mut Check) -> Result<CustomerFilter, Gap> {
        let Self { search, customer_type, of_type } = self;
        let search = check.optional_text("search", search);
        let customer_type = check.optional_text("customer_type", customer_type);
        let of_type = check.optional_text("type", of_type);
        let customer_type = customer_type?.or(of_type?).map(customers::CustomerType::from);
        Ok(CustomerFilter { search: search?.map(String::from), customer_type })
    }
}

impl CustomerListResponse {
    fn new(customers: Slice<Customer>, page: Page) -> Self {
        let Slice { rows, total, next } = customers;
        Self {
            customers: rows.into_iter().map(CustomerRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Customer> for CustomerRow {
    fn from(customer: Customer) -> Self {
        let Customer { id, name, email, phone, company, customer_type, total_orders, total_spent, created_at } =
            customer;
        Self {
            id,
            name,
            email,
            phone,
            company,
            customer_type: customer_type.into(),
            total_orders,
            total_spent: total_spent.to_string(),
            created_at: instant(created_at),
        }
    }
}
