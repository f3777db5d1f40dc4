//! Purchase orders: a file for each thing that is done with them, and what those files share.

pub mod change;
pub mod create;
pub mod detail;
pub mod list;
pub mod receive;

use serde::Serialize;
use stockbridge_domain::purchasing::{MOST_LINES, PurchaseStatus};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

use crate::requests;

/// The routes of this room. The fixed word `all` comes before the ids.
pub fn routes() -> Vec<Documented> {
    let files = [list::routes(), create::routes(), detail::routes(), change::routes(), receive::routes()];
    files.into_iter().flatten().collect()
}

/// How far a purchase order has come
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrderStatus {
    /// Written, not sent
    Draft,
    /// Sent to the supplier
    Ordered,
    /// Received in part
    Partial,
    /// All of it has come
    Received,
    /// Called off
    Cancelled,
}

/// A purchase order's number as it is shown.
fn po_number(number: i64) -> String {
    format!("PO-{number:04}")
}

/// The lines of a body: at least one, and no more than a purchase order may have.
fn some_lines<T>(check: &mut Check, lines: Result<Option<Vec<T>>, Gap>) -> Result<Option<Vec<T>>, Gap> {
    requests::some_lines(check, lines, MOST_LINES)
}

impl From<PurchaseStatus> for PurchaseOrderStatus {
    fn from(status: PurchaseStatus) -> Self {
        match status {
            PurchaseStatus::Draft => Self::Draft,
            PurchaseStatus::Ordered => Self::Ordered,
            PurchaseStatus::Partial => Self::Partial,
            PurchaseStatus::Received => Self::Received,
            PurchaseStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PurchaseOrderStatus> for PurchaseStatus {
    fn from(status: PurchaseOrderStatus) -> Self {
        match status {
            PurchaseOrderStatus::Draft => Self::Draft,
            PurchaseOrderStatus::Ordered => Self::Ordered,
            PurchaseOrderStatus::Partial => Self::Partial,
            PurchaseOrderStatus::Received => Self::Received,
            PurchaseOrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl FromScalar for PurchaseOrderStatus {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { PurchaseStatus::from_word(text.trim()) } else { None };
        let unknown = "must be draft, ordered, partial, received or cancelled";
        word.map(Self::from).ok_or_else(|| unknown.to_owned())
    }
}
