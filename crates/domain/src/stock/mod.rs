//! Stock as a ledger: how much of an item lies in which warehouse, and every movement that made it so.
//!
//! [`ledger`] is the one way in which stock changes; the other files say what is asked of it.

pub mod balances;
pub mod batches;
mod bring;
mod commands;
pub(crate) mod goods;
pub(crate) mod ledger;
pub mod levels;
pub mod movements;
pub mod serials;
pub mod sync;
#[cfg(test)]
mod tests;
pub(crate) mod tracking;
pub mod warehouses;

pub use bring::{Label, StockRow, bring};
pub(crate) use commands::wanted_by;
pub use commands::{Adjustment, Named, Opening, Transfer, adjust, open, set_reorder_level, transfer, write_off};
pub(crate) use ledger::revalue;
pub(crate) use levels::totals;
pub use levels::{Level, of_item, on_hand};
