//! Products: a file for each thing that is done with them, and what those files share.

pub mod categories;
pub mod change;
pub mod detail;
pub mod export;
pub mod images;
pub mod list;
pub mod variants;
pub mod write;

use serde::Serialize;
use stockbridge_domain::items::Tracking;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [
        list::routes(),
        detail::routes(),
        write::routes(),
        change::routes(),
        images::routes(),
        variants::routes(),
        categories::routes(),
        export::routes(),
    ];
    files.into_iter().flatten().collect()
}

/// How stock of a product is told apart: by quantity alone, by batch, or by serial number
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackingType {
    /// By quantity alone
    None,
    /// By batch
    Batch,
    /// By serial number
    Serial,
}

impl From<Tracking> for TrackingType {
    fn from(tracking: Tracking) -> Self {
        match tracking {
            Tracking::None => Self::None,
            Tracking::Batch => Self::Batch,
            Tracking::Serial => Self::Serial,
        }
    }
}

impl From<TrackingType> for Tracking {
    fn from(tracking: TrackingType) -> Self {
        match tracking {
            TrackingType::None => Self::None,
            TrackingType::Batch => Self::Batch,
            TrackingType::Serial => Self::Serial,
        }
    }
}

impl FromScalar for TrackingType {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { Tracking::from_word(text.trim()) } else { None };
        word.map(Self::from).ok_or_else(|| "must be none, batch or serial".to_owned())
    }
}
