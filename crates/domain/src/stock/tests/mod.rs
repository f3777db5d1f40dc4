//! Stock as a ledger, on both engines.

mod batches;
mod bring;
mod ledger;
mod serials;
mod sync;
mod warehouses;

use super::{Adjustment, Named, Transfer};
use crate::error::{Error, Result, Shortage};
use crate::testing::{Shop, code, fields};
use crate::values::Quantity;

/// More or less of an item, nothing named.
fn adjustment(product_id: i64, warehouse_id: i64, quantity: Quantity) -> Adjustment {
    Adjustment { product_id, warehouse_id, quantity, expected: None, named: Named::default(), notes: None }
}

fn adjust(shop: &Shop<'_>, command: Adjustment) -> Result<Quantity> {
    shop.write(move |tx| super::adjust(tx, &command))
}

fn transfer(shop: &Shop<'_>, product_id: i64, (from, to): (i64, i64), quantity: Quantity, named: Named) -> Result<()> {
    let command = Transfer { product_id, from, to, quantity, named, notes: None };
    shop.write(move |tx| super::transfer(tx, &command))
}

fn numbers(numbers: &[&str]) -> Named {
    Named { batch_id: None, serials: numbers.iter().map(|number| code(number)).collect() }
}

fn batch(id: i64) -> Named {
    Named { batch_id: Some(id), serials: Vec::new() }
}

fn short(sku: &str, requested: Quantity, available: Quantity) -> Error {
    Error::InsufficientStock(vec![Shortage { sku: sku.to_owned(), requested, available }])
}
