//! Orders: a file for each thing that is done with them, and what those files share.

pub mod address;
pub mod change;
pub mod create;
pub mod detail;
pub mod export;
pub mod list;
pub mod returns;
pub mod stats;

use serde::Serialize;
use stockbridge_domain::orders::{Channel, MOST_LINES, Status};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

use crate::requests;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [
        list::routes(),
        create::routes(),
        stats::routes(),
        export::routes(),
        detail::routes(),
        change::routes(),
        returns::routes(),
    ];
    files.into_iter().flatten().collect()
}

/// How far an order has come
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed
    Pending,
    /// Paid for
    Paid,
    /// Shipped in part
    Fulfilling,
    /// Everything has left stock
    Fulfilled,
    /// On its way
    Shipped,
    /// Called off
    Cancelled,
}

/// Where an order came from
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderChannel {
    /// Typed in
    Manual,
    /// Another program
    Api,
    /// A till
    Pos,
    /// A business customer
    B2b,
}

/// An order's number as it is shown.
pub(crate) fn number(number: i64) -> String {
    format!("ORD-{number}")
}

/// The lines of a body: at least one, and no more than an order may have.
fn some_lines<T>(check: &mut Check, lines: Result<Option<Vec<T>>, Gap>) -> Result<Option<Vec<T>>, Gap> {
    requests::some_lines(check, lines, MOST_LINES)
}

impl From<Status> for OrderStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Paid => Self::Paid,
            Status::Fulfilling => Self::Fulfilling,
            Status::Fulfilled => Self::Fulfilled,
            Status::Shipped => Self::Shipped,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

impl From<OrderStatus> for Status {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Paid => Self::Paid,
            OrderStatus::Fulfilling => Self::Fulfilling,
            OrderStatus::Fulfilled => Self::Fulfilled,
            OrderStatus::Shipped => Self::Shipped,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl FromScalar for OrderStatus {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { Status::from_word(text.trim()) } else { None };
        let unknown = "must be pending, paid, fulfilling, fulfilled, shipped or cancelled";
        word.map(Self::from).ok_or_else(|| unknown.to_owned())
    }
}

impl From<Channel> for OrderChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Manual => Self::Manual,
            Channel::Api => Self::Api,
            Channel::Pos => Self::Pos,
            Channel::B2b => Self::B2b,
        }
    }
}

impl From<OrderChannel> for Channel {
    fn from(channel: OrderChannel) -> Self {
        match channel {
            OrderChannel::Manual => Self::Manual,
            OrderChannel::Api => Self::Api,
            OrderChannel::Pos => Self::Pos,
            OrderChannel::B2b => Self::B2b,
        }
    }
}

impl FromScalar for OrderChannel {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { Channel::from_word(text.trim()) } else { None };
        word.map(Self::from).ok_or_else(|| "must be manual, api, pos or b2b".to_owned())
    }
}
