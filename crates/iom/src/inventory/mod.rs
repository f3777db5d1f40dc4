//! Stock: a file for each thing that is done with it, and what those files share.

pub mod alerts;
pub mod change;
pub mod levels;
pub mod movements;
pub mod summary;

use serde::Serialize;
use stockbridge_domain::stock::Named;
use stockbridge_domain::stock::movements::Kind;
use stockbridge_domain::values::Code;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List};
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

use crate::requests::one_of;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [levels::routes(), summary::routes(), alerts::routes(), movements::routes(), change::routes()];
    files.into_iter().flatten().collect()
}

/// Why stock moved
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementType {
    /// It came from a supplier, or into a batch or serial number
    Receive,
    /// It was found to be more or less
    Adjustment,
    /// It went from one warehouse to another: two movements
    Transfer,
    /// It left for a customer
    Shipment,
    /// It came back from a customer
    Return,
    /// Another system set it
    Sync,
    /// It was there when the books were opened
    Opening,
    /// It was left over when its product was deleted
    WriteOff,
}

impl From<Kind> for MovementType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Receive => Self::Receive,
            Kind::Adjustment => Self::Adjustment,
            Kind::Transfer => Self::Transfer,
            Kind::Shipment => Self::Shipment,
            Kind::Return => Self::Return,
            Kind::Sync => Self::Sync,
            Kind::Opening => Self::Opening,
            Kind::WriteOff => Self::WriteOff,
        }
    }
}

impl From<MovementType> for Kind {
    fn from(movement_type: MovementType) -> Self {
        match movement_type {
            MovementType::Receive => Self::Receive,
            MovementType::Adjustment => Self::Adjustment,
            MovementType::Transfer => Self::Transfer,
            MovementType::Shipment => Self::Shipment,
            MovementType::Return => Self::Return,
            MovementType::Sync => Self::Sync,
            MovementType::Opening => Self::Opening,
            MovementType::WriteOff => Self::WriteOff,
        }
    }
}

impl FromScalar for MovementType {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { Kind::from_word(text.trim()) } else { None };
        word.map(Self::from).ok_or_else(|| one_of(Kind::ALL.iter().map(|kind| kind.as_str())))
    }
}

/// Which batch or serial numbers a body names.
fn named(check: &mut Check, batch_id: Field<i64>, serials: Field<List<Code>>) -> Result<Named, Gap> {
    let batch_id = check.optional("batch_id", batch_id);
    let serials = check.values("serials", serials);
    Ok(Named { batch_id: batch_id?, serials: serials?.unwrap_or_default() })
}
