//! Fulfilling: goods leave stock for the lines of an order.

use std::collections::BTreeSet;

use super::{Line, Order, Status, lock, named, set_status};
use crate::error::{Error, Problem, Result, Thing};
use crate::items::Tracking;
use crate::stock::goods::{self, Goods};
use crate::stock::ledger::{self, Entry, Reason};
use crate::stock::movements::{Kind, Paper};
use crate::stock::{Named, serials};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::values::Quantity;

const SHIPPED: bulk::Change =
    bulk::Change { table: "order_items", keys: &["id"], set: &["fulfilled", "is_open"], add: &[] };

/// What leaves for one line.
#[derive(Debug, Clone)]
pub struct FulfilLine {
    /// The line.
    pub order_item_id: i64,
    /// How much.
    pub quantity: Quantity,
    /// Of which batch or serial numbers.
    pub named: Named,
}

/// What fulfilling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fulfilled {
    /// Lines for which something left.
    pub lines: usize,
    /// How far the order has come.
    pub status: Status,
}

/// Ships what is named, or with `None` everything that is outstanding.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::IllegalStatus`] for an order that is not open; [`Error::UnknownReference`] for a
/// line of another order; [`Error::OverFulfilment`]; [`Error::InsufficientStock`].
pub fn fulfil(tx: &mut Tx<'_>, order: i64, wanted: Option<&[FulfilLine]>) -> Result<Fulfilled> {
    let (order, lines) = lock(tx, order)?;
    if !order.status.is_open() {
        return Err(order.status.refuse(Status::Fulfilled));
    }
    fulfil_locked(tx, &order, lines, wanted)
}

/// The same for an open order that is locked already.
pub(super) fn fulfil_locked(
    tx: &mut Tx<'_>,
    order: &Order,
    mut lines: Vec<Line>,
    wanted: Option<&[FulfilLine]>,
) -> Result<Fulfilled> {
    let parts = match wanted {
        Some([]) => return Err(Error::Invalid(vec![Problem::new("items", "must hold at least one line")])),
        Some(wanted) => wanted.to_vec(),
        None => everything(&lines),
    };
    serials::check_count(parts.iter().map(|part| &part.named.serials))?;
    let shipped =
        parts.iter().enumerate().map(|(at, part)| line_of(at, part, &mut lines)).collect::<Result<Vec<_>>>()?;
    ship(tx, order, &parts, &shipped, wanted.is_some())?;
    let touched = shipped.iter().map(|line| line.id).collect::<BTreeSet<_>>();
    let after = lines.iter().filter(|line| touched.contains(&line.id)).collect::<Vec<_>>();
    let row = |line: &&Line| cells![line.id, line.fulfilled, line.is_open];
    bulk::update(tx.conn, tx.tenant_id(), SHIPPED, &after.iter().map(row).collect::<Vec<_>>())?;
    let done = after.iter().filter(|line| !line.is_open).map(|line| line.id).collect::<Vec<_>>();
    serials::let_go(tx, &done)?;
    let status = if lines.iter().any(|line| line.is_open) { Status::Fulfilling } else { Status::Fulfilled };
    set_status(tx, order, &lines, status)?;
    Ok(Fulfilled { lines: touched.len(), status })
}

fn everything(lines: &[Line]) -> Vec<FulfilLine> {
    let open = lines.iter().filter(|line| line.is_open);
    let part =
        |line: &Line| FulfilLine { order_item_id: line.id, quantity: line.outstanding(), named: Named::default() };
    open.map(part).collect()
}

/// The line that a part is for, with what it takes written onto it. Returns it as it was.
fn line_of(at: usize, part: &FulfilLine, lines: &mut [Line]) -> Result<Line> {
    let line = named(lines, at, part.order_item_id)?;
    if part.quantity <= Quantity::ZERO {
        let field = format!("items[{at}].quantity_fulfilled");
        return Err(Error::Invalid(vec![Problem::new(field, "must be more than 0")]));
    }
    let before = line.clone();
    let outstanding = line.outstanding();
    if part.quantity > outstanding {
        return Err(Error::OverFulfilment { line: line.id, requested: part.quantity, outstanding });
    }
    line.fulfilled = line.fulfilled.plus(part.quantity).ok_or(Error::OutOfRange)?;
    line.is_open = line.fulfilled < line.quantity;
    Ok(before)
}

fn ship(tx: &mut Tx<'_>, order: &Order, parts: &[FulfilLine], lines: &[Line], are_named: bool) -> Result<()> {
    let ids = lines.iter().map(|line| line.product_id).collect::<Vec<_>>();
    let known = goods::load(tx, &ids)?;
    let place = goods::place(tx, Some(order.warehouse_id), "warehouse_id")?;
    let entry = |(at, (part, line)): (usize, (&FulfilLine, &Line))| {
        let gone = || Error::NotFound { thing: Thing::Item, key: line.sku.clone() };
        let goods = known.get(&line.product_id).cloned().ok_or_else(gone)?;
        let (at, leaving) = (are_named.then_some(at), part.quantity.negated());
        let whole = part.quantity.as_whole().is_some() || goods.tracking != Tracking::Serial;
        let pick = if whole { part.named.pick(&goods) } else { Err(in_parts(&goods)) };
        let pick = pick.map_err(|error| error.of_item(at))?;
        Ok(Entry { pick, reserved: leaving, line: Some(line.id), at, ..Entry::moving(goods, place.clone(), leaving) })
    };
    let entries = parts.iter().zip(lines).enumerate().map(entry).collect::<Result<Vec<_>>>()?;
    let paper = Some(Paper { kind: "order", id: order.id, is_cancelled: false });
    ledger::book(tx, entries, &Reason { kind: Kind::Shipment, paper, notes: None })?;
    Ok(())
}

fn in_parts(goods: &Goods) -> Error {
    let message = format!("must be a whole number: {} is tracked by serial number", goods.sku);
    Error::Invalid(vec![Problem::new("quantity_fulfilled", message)])
}
