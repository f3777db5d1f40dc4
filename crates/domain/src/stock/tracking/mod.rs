//! Tracked stock: which batches and which serial numbers a command touches. What is not said is picked here: the
//! batches that expire first, the serial numbers that came first.
//!
//! The stock rows are locked by then, and nobody else moves batches or serial numbers of a locked row.

mod lots;
mod units;

use std::collections::BTreeMap;

use super::goods::Goods;
use super::ledger::{Entry, Reason};
use crate::error::{Error, Problem, Result};
use crate::items::Tracking;
use crate::store::Tx;
use crate::values::{Code, Quantity};

/// The batch that takes what comes without one.
pub(crate) const UNASSIGNED: &str = "UNASSIGNED";

/// Which batches or serial numbers a change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick {
    /// Lowering: the first to expire, the first that came. Raising: the batch [`UNASSIGNED`].
    First,
    /// This batch, for all of the change.
    Batch(i64),
    /// The units with these numbers. Raising, unknown ones are recorded.
    Numbers(Vec<Code>),
    /// The units with these ids, which the caller has looked up.
    Units(Vec<i64>),
    /// What the other half of a transfer takes of the product.
    Carried,
}

/// A part of a change: one batch of it, or its serial numbers, or all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) batch: Option<i64>,
    pub(crate) serials: Vec<i64>,
    pub(crate) quantity: Quantity,
}

/// How the changes of a command were divided.
#[derive(Debug, Default)]
pub(crate) struct Division {
    /// The shares of each entry, in the order of the entries.
    pub(crate) shares: Vec<Vec<Share>>,
    /// Batches that were made on the way.
    pub(crate) batches: i64,
    /// Serial numbers that were recorded on the way.
    pub(crate) serials: i64,
}

/// Divides the changes of a command among batches and serial numbers, and moves those.
pub(crate) fn share_out(tx: &mut Tx<'_>, entries: &[Entry], reason: &Reason) -> Result<Division> {
    let moves = |entry: &Entry| !entry.quantity.is_zero();
    let whole = |entry: &Entry| match entry.goods.tracking {
        Tracking::None if moves(entry) => vec![Share { quantity: entry.quantity, ..Share::default() }],
        Tracking::None | Tracking::Batch | Tracking::Serial => Vec::new(),
    };
    let mut division = Division { shares: entries.iter().map(whole).collect(), batches: 0, serials: 0 };
    let tracked = |tracking: Tracking| {
        let these = entries.iter().enumerate().filter(move |(_, entry)| entry.goods.tracking == tracking);
        these.filter(|(_, entry)| moves(entry)).collect::<Vec<_>>()
    };
    let batched = tracked(Tracking::Batch);
    if !batched.is_empty() {
        division.batches = lots::share_out(tx, &batched, reason, &mut division.shares)?;
    }
    let numbered = tracked(Tracking::Serial);
    if !numbered.is_empty() {
        division.serials = units::share_out(tx, &numbered, reason, &mut division.shares)?;
    }
    Ok(division)
}

/// Those that go first, so that those that come can be the same ones; explicit picks before free ones.
fn in_turn<'e>(entries: &[(usize, &'e Entry)]) -> Vec<(usize, &'e Entry)> {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|(_, entry)| match entry.pick {
        Pick::Batch(_) | Pick::Numbers(_) | Pick::Units(_) => 0,
        Pick::First => 1,
        Pick::Carried => 2,
    });
    entries
}

/// What the lowering half of a transfer took of each product.
type Carried = BTreeMap<i64, Vec<Share>>;

/// How many units a quantity is.
fn whole(goods: &Goods, quantity: Quantity) -> Result<usize> {
    let units = quantity.as_whole().and_then(|units| usize::try_from(units.abs()).ok());
    units.ok_or_else(|| {
        let message = format!("must be a whole number: {} is tracked by serial number", goods.sku);
        refusal("quantity", message)
    })
}

fn refusal(field: &str, message: impl Into<String>) -> Error {
    Error::Invalid(vec![Problem::new(field, message)])
}
