//! How the shop refuses, and how each dialect must say it.

use serde_json::{Value, json};

use super::{Dialect, Figure};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What was sent cannot be.
    Wrong,
    /// What it is about is not there.
    NotFound,
    /// It refers to what is not there.
    UnknownReference,
    /// The code is another item's.
    CodeTaken,
    /// The barcode is another item's.
    BarcodeTaken,
    /// The item has such a batch.
    BatchTaken,
    /// The item has units of these numbers, among so many.
    SerialsTaken,
    /// How it is tracked cannot change now.
    TrackingInUse,
    /// It is needed still.
    InUse,
    /// Too little is there: code, what is asked for, what is there.
    Short(Vec<(String, Figure, Figure)>),
    /// Another quantity is on hand than was expected.
    Unexpected(Figure),
    /// It cannot go on like that.
    IllegalStatus { from: &'static str, to: &'static str, allowed: &'static [&'static str] },
    /// More than is outstanding is to leave.
    OverFulfilment(Figure, Figure),
    /// More than is outstanding is to come.
    OverReceipt(Figure, Figure),
    /// More than left is to come back.
    OverReturn(Figure, Figure),
}

impl Refusal {
    /// The HTTP status and the code.
    pub fn told(&self, dialect: Dialect) -> (u16, &'static str) {
        match dialect {
            Dialect::Iom => match self {
                Self::Wrong => (400, "validation_failed"),
                Self::NotFound => (404, "not_found"),
                Self::UnknownReference => (404, "unknown_reference"),
                Self::CodeTaken => (409, "duplicate_sku"),
                Self::BarcodeTaken => (409, "duplicate_barcode"),
                Self::BatchTaken => (409, "duplicate_batch"),
                Self::SerialsTaken => (409, "duplicate_serial"),
                Self::TrackingInUse => (409, "tracking_in_use"),
                Self::InUse => (409, "in_use"),
                Self::Short(_) => (409, "insufficient_stock"),
                Self::Unexpected(_) => (409, "unexpected_quantity"),
                Self::IllegalStatus { .. } => (409, "illegal_status"),
                Self::OverFulfilment(..) => (409, "over_fulfilment"),
                Self::OverReceipt(..) => (409, "over_receipt"),
                Self::OverReturn(..) => (409, "over_return"),
            },
            Dialect::SimBiz => match self {
                Self::NotFound => (404, "V3_INV_ITEM_NOT_FOUND"),
                Self::UnknownReference => (422, "V3_INV_REFERENCE_NOT_FOUND"),
                Self::CodeTaken => (409, "V3_INV_ITEM_DUPLICATE_CODE"),
                Self::BarcodeTaken => (409, "V3_INV_ITEM_DUPLICATE_BARCODE"),
                _ => (422, "V3_INV_VALIDATION_FAILED"),
            },
        }
    }

    /// What IOM must list in `details`, as far as figures and words go.
    pub fn details(&self) -> Vec<Value> {
        let figures = |requested: &Figure, available: &Figure| json!({"requested": requested.number(), "available": available.number()});
        match self {
            Self::Short(shortages) => shortages.iter().map(short).collect(),
            Self::Unexpected(current) => vec![json!({"current": current.number()})],
            Self::IllegalStatus { from, to, allowed } => vec![json!({"from": from, "to": to, "allowed": allowed})],
            Self::OverFulfilment(requested, left)
            | Self::OverReceipt(requested, left)
            | Self::OverReturn(requested, left) => vec![figures(requested, left)],
            Self::Wrong
            | Self::NotFound
            | Self::UnknownReference
            | Self::CodeTaken
            | Self::BarcodeTaken
            | Self::BatchTaken
            | Self::SerialsTaken
            | Self::TrackingInUse
            | Self::InUse => Vec::new(),
        }
    }
}

fn short((sku, requested, available): &(String, Figure, Figure)) -> Value {
    json!({"sku": sku, "requested": requested.number(), "available": available.number()})
}
