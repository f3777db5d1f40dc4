//! What a warehouse does with stock of its own accord: count it again, carry it elsewhere, set when to order.

use std::collections::BTreeMap;

use diesel::dsl::min;
use diesel::prelude::*;

use super::goods::{self, Goods, Place};
use super::ledger::{self, Entry, Floor, Reason};
use super::levels;
use super::movements::Kind;
use super::serials::MOST_AT_ONCE;
use super::tracking::Pick;
use crate::error::{Error, Problem, Result, Thing};
use crate::items::Tracking;
use crate::schema::{order_items, purchase_order_items};
use crate::store::Tx;
use crate::store::among::Among;
use crate::values::{Code, Notes, Quantity};

/// Which batch or serial numbers the caller names, if any.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// A batch.
    pub batch_id: Option<i64>,
    /// Serial numbers.
    pub serials: Vec<Code>,
}

/// What is on hand turned out to be more or less.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// What.
    pub product_id: i64,
    /// Where.
    pub warehouse_id: i64,
    /// More (positive) or less (negative).
    pub quantity: Quantity,
    /// What was on hand before, if the caller is sure.
    pub expected: Option<Quantity>,
    /// Of which batch or serial numbers.
    pub named: Named,
    /// Why.
    pub notes: Option<Notes>,
}

/// Stock that goes from one warehouse to another.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// What.
    pub product_id: i64,
    /// From where.
    pub from: i64,
    /// Where to.
    pub to: i64,
    /// How much.
    pub quantity: Quantity,
    /// Of which batch or serial numbers.
    pub named: Named,
    /// Why.
    pub notes: Option<Notes>,
}

/// Corrects what is on hand. Returns what is on hand now.
///
/// # Errors
/// [`Error::Invalid`] for nothing at all; [`Error::UnknownReference`]; [`Error::Unexpected`] when it was not what the
/// caller expected; [`Error::InsufficientStock`] when less than nothing would be left.
pub fn adjust(tx: &mut Tx<'_>, command: &Adjustment) -> Result<Quantity> {
    if command.quantity.is_zero() {
        return refuse("quantity", "must not be 0: a positive number adds, a negative one removes");
    }
    let (goods, place) = goods::one_at(tx, command.product_id, command.warehouse_id)?;
    let key = (goods.id, place.id);
    let pick = command.named.pick(&goods)?;
    let entry = Entry { pick, expected: command.expected, ..Entry::moving(goods, place, command.quantity) };
    let notes = command.notes.clone().map(String::from);
    let after = ledger::book(tx, vec![entry], &Reason { kind: Kind::Adjustment, paper: None, notes })?;
    Ok(after.get(&key).map(|balance| balance.quantity).unwrap_or_default())
}

/// Carries stock from one warehouse to another; batches and serial numbers stay what they are.
///
/// # Errors
/// [`Error::Invalid`] for the same warehouse or nothing to carry; [`Error::UnknownReference`];
/// [`Error::InsufficientStock`] for more than is available.
pub fn transfer(tx: &mut Tx<'_>, command: &Transfer) -> Result<()> {
    let mut problems = Vec::new();
    if command.from == command.to {
        problems.push(Problem::new("to_warehouse_id", "must be another warehouse than from_warehouse_id"));
    }
    if command.quantity <= Quantity::ZERO {
        problems.push(Problem::new("quantity", "must be more than 0"));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let goods = goods::one(tx, command.product_id, "product_id")?;
    let from = goods::place(tx, Some(command.from), "from_warehouse_id")?;
    let to = goods::place(tx, Some(command.to), "to_warehouse_id")?;
    let pick = command.named.pick(&goods)?;
    let (leaving, floor) = (command.quantity.negated(), Floor::Available);
    let leaves = Entry { pick, floor, ..Entry::moving(goods.clone(), from, leaving) };
    let comes = match goods.tracking {
        Tracking::None => Entry::moving(goods, to, command.quantity),
        Tracking::Batch | Tracking::Serial => {
            Entry { pick: Pick::Carried, ..Entry::moving(goods, to, command.quantity) }
        }
    };
    let notes = command.notes.clone().map(String::from);
    ledger::book(tx, vec![leaves, comes], &Reason { kind: Kind::Transfer, paper: None, notes })?;
    Ok(())
}

/// Sets at which quantity it is time to order; 0: never.
///
/// # Errors
/// [`Error::UnknownReference`]; [`Error::Invalid`] below 0.
pub fn set_reorder_level(tx: &mut Tx<'_>, product: i64, warehouse: i64, level: Quantity) -> Result<()> {
    if level < Quantity::ZERO {
        return refuse("reorder_level", "must not be negative");
    }
    let (goods, place) = goods::one_at(tx, product, warehouse)?;
    ledger::set_reorder_levels(tx, &BTreeMap::from([((goods.id, place.id), level)]))
}

/// What lies in a warehouse when its books are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// What.
    pub product_id: i64,
    /// Where.
    pub warehouse_id: i64,
    /// How much.
    pub quantity: Quantity,
}

/// Books what was there before the books were. Not for products tracked by serial number: record their units.
///
/// # Errors
/// [`Error::UnknownReference`]; [`Error::Invalid`] for products tracked by serial number.
pub fn open(tx: &mut Tx<'_>, command: &Opening) -> Result<()> {
    let (goods, place) = goods::one_at(tx, command.product_id, command.warehouse_id)?;
    let entry = Entry::moving(goods, place, command.quantity);
    ledger::book(tx, vec![entry], &Reason { kind: Kind::Opening, paper: None, notes: None })?;
    Ok(())
}

/// Writes off all that is left of a product that goes away, and drops its rows.
///
/// # Errors
/// [`Error::InUse`] while an open order promises it, or an open purchase order is to bring more.
pub fn write_off(tx: &mut Tx<'_>, product: i64) -> Result<()> {
    if let Some(by) = wanted_by(tx, &[product])?.remove(&product) {
        return Err(Error::InUse { thing: Thing::Item, key: product.to_string(), by });
    }
    let expected = purchase_order_items::tenant_id.eq(tx.tenant_id());
    let expected = expected.and(purchase_order_items::product_id.eq(product));
    let expected = purchase_order_items::table.filter(expected.and(purchase_order_items::is_open.eq(true)));
    let purchase: Option<i64> = expected.select(purchase_order_items::purchase_order_id).first(tx.conn).optional()?;
    if let Some(purchase) = purchase {
        let by = format!("the open purchase order with id {purchase} is for it: receive or cancel that first");
        return Err(Error::InUse { thing: Thing::Item, key: product.to_string(), by });
    }
    let goods = goods::one(tx, product, "id")?;
    let left = levels::of_item(tx, product)?;
    let entry = |level: levels::Level| {
        let place = Place { id: level.warehouse_id, name: level.warehouse_name };
        Entry::moving(goods.clone(), place, level.quantity.negated())
    };
    let entries = left.into_iter().filter(|level| !level.quantity.is_zero()).map(entry).collect();
    ledger::book(tx, entries, &Reason { kind: Kind::WriteOff, paper: None, notes: None })?;
    ledger::forget(tx, product)
}

/// The open orders that products are tied to, in plain words, where there is one.
pub(crate) fn wanted_by(tx: &mut Tx<'_>, products: &[i64]) -> Result<BTreeMap<i64, String>> {
    let open = order_items::tenant_id.eq(tx.tenant_id()).and(order_items::product_id.among(products.iter().copied()));
    let open = order_items::table.filter(open.and(order_items::is_open.eq(true)));
    let open = open.group_by(order_items::product_id).select((order_items::product_id, min(order_items::order_id)));
    let found: Vec<(i64, Option<i64>)> = open.load(tx.conn)?;
    let words = |order| format!("the open order with id {order} is for it: fulfil or cancel that first");
    Ok(found.into_iter().filter_map(|(product, order)| Some((product, words(order?)))).collect())
}

impl Named {
    /// What is named, as far as the product's tracking knows such a thing.
    pub(crate) fn pick(&self, goods: &Goods) -> Result<Pick> {
        let unwanted = |field: &str| {
            let message = match goods.tracking {
                Tracking::None => format!("must be left out: {} is not tracked", goods.sku),
                Tracking::Batch | Tracking::Serial => {
                    format!("must be left out: {} is tracked by {}", goods.sku, goods.tracking)
                }
            };
            refuse(field, &message)
        };
        if self.serials.len() > MOST_AT_ONCE {
            return refuse("serials", &format!("must hold at most {MOST_AT_ONCE} serial numbers"));
        }
        match (self.batch_id, self.serials.as_slice(), goods.tracking) {
            (None, [], _) => Ok(Pick::First),
            (Some(batch), [], Tracking::Batch) => Ok(Pick::Batch(batch)),
            (None, numbers, Tracking::Serial) => Ok(Pick::Numbers(numbers.to_vec())),
            (Some(_), _, Tracking::None | Tracking::Serial) => unwanted("batch_id"),
            (_, _, Tracking::None | Tracking::Batch) => unwanted("serials"),
        }
    }
}

fn refuse<T>(field: &str, message: &str) -> Result<T> {
    Err(Error::Invalid(vec![Problem::new(field, message)]))
}
