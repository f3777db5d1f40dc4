//! Purchase orders, from their writing to what comes of them, on both engines.

mod costing;
mod life;
mod receive;

use super::{Of, PurchaseStatus, ReceiptLine, Received};
use crate::error::Result;
use crate::testing::{Shop, code};
use crate::values::Quantity;

/// What comes of a product, and nothing else is said.
fn coming(product: i64, quantity: Quantity) -> ReceiptLine {
    ReceiptLine { of: Of::Product(product), quantity, batch_number: None, expiry_date: None, serials: Vec::new() }
}

/// What comes of a product into a batch.
fn into_batch(product: i64, quantity: Quantity, number: &str, expiry: Option<&str>) -> ReceiptLine {
    let expiry_date = expiry.map(|day| day.parse().expect("a day"));
    ReceiptLine { batch_number: Some(code(number)), expiry_date, ..coming(product, quantity) }
}

fn receive(shop: &Shop<'_>, id: i64, wanted: Option<Vec<ReceiptLine>>) -> Result<Received> {
    shop.write(move |tx| super::receive(tx, id, wanted.as_deref()))
}

fn change(shop: &Shop<'_>, id: i64, to: PurchaseStatus) -> Result<()> {
    shop.write(move |tx| super::change_status(tx, id, to))
}

fn status(shop: &Shop<'_>, id: i64) -> PurchaseStatus {
    shop.read(move |tx| super::get(tx, id)).expect("a purchase order").0.status
}
