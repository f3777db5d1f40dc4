//! Customers: a file for each thing that is done with them, and what those files share.

pub mod address;
pub mod detail;
pub mod list;
pub mod write;

use serde::Serialize;
use stockbridge_domain::partners::customers;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [list::routes(), write::routes(), detail::routes(), address::routes()];
    files.into_iter().flatten().collect()
}

/// How a customer buys
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerType {
    /// For oneself
    Retail,
    /// To sell again
    Wholesale,
    /// For a business
    B2b,
}

/// What an address is for
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressType {
    /// Where invoices go
    Billing,
    /// Where goods go
    Shipping,
}

impl From<customers::CustomerType> for CustomerType {
    fn from(customer_type: customers::CustomerType) -> Self {
        match customer_type {
            customers::CustomerType::Retail => Self::Retail,
            customers::CustomerType::Wholesale => Self::Wholesale,
            customers::CustomerType::B2b => Self::B2b,
        }
    }
}

impl From<CustomerType> for customers::CustomerType {
    fn from(customer_type: CustomerType) -> Self {
        match customer_type {
            CustomerType::Retail => Self::Retail,
            CustomerType::Wholesale => Self::Wholesale,
            CustomerType::B2b => Self::B2b,
        }
    }
}

impl FromScalar for CustomerType {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = if let Scalar::Text(text) = scalar { text } else { "".into() };
        let word = customers::CustomerType::from_word(text.trim());
        word.map(Self::from).ok_or_else(|| "must be retail, wholesale or b2b".to_owned())
    }
}

impl From<customers::AddressKind> for AddressType {
    fn from(kind: customers::AddressKind) -> Self {
        match kind {
            customers::AddressKind::Billing => Self::Billing,
            customers::AddressKind::Shipping => Self::Shipping,
        }
    }
}

impl From<AddressType> for customers::AddressKind {
    fn from(address_type: AddressType) -> Self {
        match address_type {
            AddressType::Billing => Self::Billing,
            AddressType::Shipping => Self::Shipping,
        }
    }
}

impl FromScalar for AddressType {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = if let Scalar::Text(text) = scalar { text } else { "".into() };
        let word = customers::AddressKind::from_word(text.trim());
        word.map(Self::from).ok_or_else(|| "must be billing or shipping".to_owned())
    }
}
