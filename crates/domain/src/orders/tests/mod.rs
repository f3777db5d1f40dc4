//! The life of an order, on both engines.

mod fulfil;
mod place;
mod returns;
mod status;

use super::{FulfilLine, Fulfilled, Status};
use crate::error::{Result, Shortage};
use crate::stock::Named;
use crate::testing::{Shop, fields};
use crate::values::Quantity;

fn fulfil(shop: &Shop<'_>, order: i64, parts: impl Into<Option<Vec<FulfilLine>>>) -> Result<Fulfilled> {
    let parts = parts.into();
    shop.write(move |tx| super::fulfil(tx, order, parts.as_deref()))
}

/// So much of each line, nothing named.
fn parts(lines: &[(i64, Quantity)]) -> Vec<FulfilLine> {
    let part = |(order_item_id, quantity): &(i64, Quantity)| FulfilLine {
        order_item_id: *order_item_id,
        quantity: *quantity,
        named: Named::default(),
    };
    lines.iter().map(part).collect()
}

fn change(shop: &Shop<'_>, order: i64, to: Status) -> Result<()> {
    shop.write(move |tx| super::change_status(tx, order, to))
}

fn status(shop: &Shop<'_>, order: i64) -> Status {
    shop.read(move |tx| super::get(tx, order)).expect("an order").0.status
}

fn shortage(sku: &str, requested: Quantity, available: Quantity) -> Shortage {
    Shortage { sku: sku.to_owned(), requested, available }
}
