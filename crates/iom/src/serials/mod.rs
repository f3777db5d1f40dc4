//! Serial numbers: units that are known one by one. A file for each thing that is done with them, and what those share.

pub mod create;
pub mod list;

use serde::Serialize;
use stockbridge_domain::stock::serials::SerialStatus;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

use crate::requests::one_of;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    [list::routes(), create::routes()].into_iter().flatten().collect()
}

/// What has become of a unit; in stock and reserved ones are on hand
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SerialState {
    /// It is on hand and free
    InStock,
    /// It is on hand, and named by an open order
    Reserved,
    /// It left for a customer
    Sold,
    /// It came back and was not put into stock again
    Returned,
    /// It was lost or thrown away
    Scrapped,
}

impl From<SerialStatus> for SerialState {
    fn from(status: SerialStatus) -> Self {
        match status {
            SerialStatus::InStock => Self::InStock,
            SerialStatus::Reserved => Self::Reserved,
            SerialStatus::Sold => Self::Sold,
            SerialStatus::Returned => Self::Returned,
            SerialStatus::Scrapped => Self::Scrapped,
        }
    }
}

impl From<SerialState> for SerialStatus {
    fn from(state: SerialState) -> Self {
        match state {
            SerialState::InStock => Self::InStock,
            SerialState::Reserved => Self::Reserved,
            SerialState::Sold => Self::Sold,
            SerialState::Returned => Self::Returned,
            SerialState::Scrapped => Self::Scrapped,
        }
    }
}

impl FromScalar for SerialState {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { SerialStatus::from_word(text.trim()) } else { None };
        word.map(Self::from).ok_or_else(|| one_of(SerialStatus::ALL.iter().map(|status| status.as_str())))
    }
}
