//! The ledger: the one way in which stock changes. Rows are locked in the order of product and warehouse, judged,
//! written, and every change of what is on hand leaves a movement behind, in the same transaction. However many
//! changes a command makes, the number of its statements stays the same.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::goods::{Goods, Place};
use super::movements::{self, Kind, Paper};
use super::tracking::{self, Pick};
use crate::bring::Intent;
use crate::counters;
use crate::error::{Error, Fault, Result, Shortage};
use crate::rollups::{self, Lying};
use crate::schema::{batch_levels, batches, serials, stock_levels as levels};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::portable::ForUpdate;
use crate::values::{Money, Quantity};

/// One change of what lies of a product in a warehouse.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) goods: Goods,
    pub(crate) place: Place,
    /// What comes (positive) or goes (negative).
    pub(crate) quantity: Quantity,
    /// What is promised (positive) or no longer promised (negative) to orders.
    pub(crate) reserved: Quantity,
    /// Which batches or serial numbers.
    pub(crate) pick: Pick,
    /// Whether what is promised to orders may go too.
    pub(crate) floor: Floor,
    /// What must be on hand before, where the caller is sure.
    pub(crate) expected: Option<Quantity>,
    /// The order line that it is for.
    pub(crate) line: Option<i64>,
    /// Where the caller named it in a list of items, for what is to be said about it.
    pub(crate) at: Option<usize>,
    /// What one unit cost, where it is not the product's cost of today.
    pub(crate) unit_cost: Option<Money>,
}

/// What a change must leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Floor {
    /// Nothing less than nothing: a loss is a fact.
    OnHand,
    /// What is promised to orders.
    Available,
}

/// Why a set of changes is made.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    pub(crate) kind: Kind,
    pub(crate) paper: Option<Paper>,
    pub(crate) notes: Option<String>,
}

/// What lies in one place, as it is locked and judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub(crate) struct Balance {
    pub(crate) quantity: Quantity,
    pub(crate) reserved: Quantity,
    pub(crate) reorder_level: Quantity,
    pub(crate) value: Money,
}

/// A product and a warehouse.
pub(crate) type Key = (i64, i64);
pub(crate) type Balances = BTreeMap<Key, Balance>;

/// A stock row, as it is locked.
const BALANCE: (
    (levels::product_id, levels::warehouse_id),
    (levels::quantity, levels::reserved, levels::reorder_level, levels::value),
) = (
    (levels::product_id, levels::warehouse_id),
    (levels::quantity, levels::reserved, levels::reorder_level, levels::value),
);

pub(crate) const OPENED: bulk::Into = bulk::Into {
    table: "stock_levels",
    columns: &[
        "tenant_id",
        "product_id",
        "warehouse_id",
        "quantity",
        "reserved",
        "reorder_level",
        "value",
        "updated_at",
    ],
};
pub(crate) const WRITTEN: bulk::Change = bulk::Change {
    table: "stock_levels",
    keys: &["product_id", "warehouse_id"],
    set: &["quantity", "reserved", "value", "updated_at"],
    add: &[],
};
const REORDERED: bulk::Change =
    bulk::Change { table: "stock_levels", keys: &["product_id", "warehouse_id"], set: &["reorder_level"], add: &[] };
const REVALUED: bulk::Change =
    bulk::Change { table: "stock_levels", keys: &["product_id", "warehouse_id"], set: &["value"], add: &[] };

impl Entry {
    /// Goods that come or go.
    pub(crate) fn moving(goods: Goods, place: Place, quantity: Quantity) -> Self {
        let (reserved, pick, floor) = (Quantity::ZERO, Pick::First, Floor::OnHand);
        Self { goods, place, quantity, reserved, pick, floor, expected: None, line: None, at: None, unit_cost: None }
    }

    /// Goods that are promised, or no longer promised.
    pub(crate) fn promising(goods: Goods, place: Place, reserved: Quantity, floor: Floor) -> Self {
        Self { reserved, floor, ..Self::moving(goods, place, Quantity::ZERO) }
    }

    fn key(&self) -> Key {
        (self.goods.id, self.place.id)
    }
}

/// Carries out all changes or none. Returns what lies in each place afterwards.
///
/// # Errors
/// [`Error::Unexpected`]; [`Error::InsufficientStock`] listing every product that falls short; what tracking refuses.
pub(crate) fn book(tx: &mut Tx<'_>, mut entries: Vec<Entry>, reason: &Reason) -> Result<Balances> {
    entries.sort_by_key(Entry::key);
    let before = lock(tx, &entries)?;
    judge(&entries, &before)?;
    let mut balances = before.clone();
    let division = tracking::share_out(tx, &entries, reason)?;
    let mut rows = Vec::new();
    for (entry, shares) in entries.iter().zip(&division.shares) {
        let balance = balances.get_mut(&entry.key()).ok_or_else(lost)?;
        balance.reserved = sum(balance.reserved, entry.reserved)?;
        for share in shares {
            balance.quantity = sum(balance.quantity, share.quantity)?;
            rows.push(movements::Row { entry, share, balance_after: balance.quantity });
        }
    }
    movements::record(tx, &rows, reason)?;
    write(tx, &entries, &before, &mut balances)?;
    counters::add(tx, counters::BATCHES, division.batches);
    counters::add(tx, counters::MOVEMENTS, counters::rows(rows.len()));
    counters::add(tx, counters::SERIALS, division.serials);
    Ok(balances)
}

/// What lies in these places, locked in their order; a place without a row gets one.
fn lock(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<Balances> {
    let keys = entries.iter().map(Entry::key).collect::<BTreeSet<_>>();
    let found = read_locked(tx, &keys)?;
    let row = |(product, warehouse): &Key| {
        let none = Quantity::ZERO;
        cells![*product, *warehouse, none, none, none, Money::ZERO, tx.now()]
    };
    let missing = keys.iter().filter(|key| !found.contains_key(key)).map(row).collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(found);
    }
    open(tx, &missing)?;
    // Again, since somebody else may have opened and filled them meanwhile.
    read_locked(tx, &keys)
}

/// Adds empty rows where there are none yet.
fn open(tx: &mut Tx<'_>, rows: &[Vec<bulk::Cell>]) -> Result<()> {
    let opened = bulk::insert_missing_returning(tx.conn, tx.tenant_id(), OPENED, "warehouse_id", rows)?;
    for warehouse in opened {
        counters::add(tx, counters::LEVELS, 1);
        rollups::warehouse(tx, warehouse, Lying { rows: 1, ..Lying::default() });
    }
    Ok(())
}

/// What lies in those of these places that have a row, locked in their order.
pub(crate) fn read_locked(tx: &mut Tx<'_>, keys: &BTreeSet<Key>) -> Result<Balances> {
    read(tx, keys, Intent::Write)
}

/// What lies in those of these places that have a row; locked in their order by who is going to write them.
pub(super) fn read(tx: &mut Tx<'_>, keys: &BTreeSet<Key>, intent: Intent) -> Result<Balances> {
    let (products, places): (BTreeSet<i64>, BTreeSet<i64>) = keys.iter().copied().unzip();
    let these = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.among(products));
    let these = levels::table.filter(these.and(levels::warehouse_id.among(places)));
    let query = these.order((levels::product_id, levels::warehouse_id)).select(BALANCE);
    let rows: Vec<(Key, Balance)> = match intent {
        Intent::Judge => query.load(tx.conn)?,
        Intent::Write => ForUpdate(query).load(tx.conn)?,
    };
    Ok(rows.into_iter().filter(|(key, _)| keys.contains(key)).collect())
}

/// Sums the demand on each place before it compares: the same product may stand on two lines.
fn judge(entries: &[Entry], balances: &Balances) -> Result<()> {
    let mut demand: BTreeMap<Key, (Quantity, Quantity)> = BTreeMap::new();
    for entry in entries {
        let current = balances.get(&entry.key()).ok_or_else(lost)?.quantity;
        if entry.expected.is_some_and(|expected| expected != current) {
            return Err(Error::Unexpected { current });
        }
        let (quantity, reserved) = demand.entry(entry.key()).or_default();
        *quantity = sum(*quantity, entry.quantity)?;
        *reserved = sum(*reserved, entry.reserved)?;
    }
    let mut shortages = Vec::new();
    for entry in entries {
        let Some((change, promise)) = demand.remove(&entry.key()) else { continue };
        let Balance { quantity, reserved, .. } = *balances.get(&entry.key()).ok_or_else(lost)?;
        let after = sum(quantity, change)?;
        let promised = sum(reserved, promise)?;
        // Letting go of a promise never falls short; what was promised beyond what is there may stay so.
        let takes = change < Quantity::ZERO || promise > Quantity::ZERO;
        let short = after < Quantity::ZERO || entry.floor == Floor::Available && after < promised && takes;
        if short {
            let free = if entry.floor == Floor::Available { difference(quantity, reserved)? } else { quantity };
            let available = free.max(Quantity::ZERO);
            let requested = if promise > Quantity::ZERO { promise } else { change.negated() };
            shortages.push(Shortage { sku: entry.goods.sku.clone(), requested, available });
        }
    }
    if shortages.is_empty() { Ok(()) } else { Err(Error::InsufficientStock(shortages)) }
}

fn write(tx: &mut Tx<'_>, entries: &[Entry], before: &Balances, after: &mut Balances) -> Result<()> {
    let goods = entries.iter().map(|entry| (entry.goods.id, &entry.goods)).collect::<BTreeMap<_, _>>();
    let mut rows = Vec::with_capacity(after.len());
    for (key, balance) in after {
        let (goods, before) = (goods.get(&key.0).ok_or_else(lost)?, before.get(key).ok_or_else(lost)?);
        balance.value = goods.cost().times(balance.quantity).ok_or(Error::OutOfRange)?;
        rows.push(cells![key.0, key.1, balance.quantity, balance.reserved, balance.value, tx.now()]);
        rollups::product(tx, goods.id, difference(balance.quantity, before.quantity)?, goods.is_active);
        rollups::warehouse(tx, key.1, balance.since(before));
    }
    bulk::update(tx.conn, tx.tenant_id(), WRITTEN, &rows)?;
    Ok(())
}

impl Balance {
    /// By how much the sums of a warehouse change where one of its rows was that before.
    pub(crate) fn since(&self, before: &Self) -> Lying {
        let on_hand = |balance: &Self| i64::from(balance.quantity > Quantity::ZERO);
        Lying {
            rows: 0,
            skus: on_hand(self) - on_hand(before),
            low: i64::from(self.is_low()) - i64::from(before.is_low()),
            value: [self.value, before.value.negated()].into_iter().sum(),
        }
    }

    /// As [`crate::store::portable::RunsLow`].
    fn is_low(&self) -> bool {
        self.reorder_level > Quantity::ZERO && self.quantity <= self.reorder_level
    }
}

/// Sets at which quantity it is time to order products for warehouses.
pub(crate) fn set_reorder_levels(tx: &mut Tx<'_>, to: &BTreeMap<Key, Quantity>) -> Result<()> {
    let (none, now) = (Quantity::ZERO, tx.now());
    let row = |(product, warehouse): &Key| cells![*product, *warehouse, none, none, none, Money::ZERO, now];
    open(tx, &to.keys().map(row).collect::<Vec<_>>())?;
    let keys = to.keys().copied().collect();
    let found = read_locked(tx, &keys)?;
    let rows = to.iter().map(|((product, warehouse), level)| cells![*product, *warehouse, *level]).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), REORDERED, &rows)?;
    for (key, level) in to {
        let before = found.get(key).ok_or_else(lost)?;
        rollups::warehouse(tx, key.1, Balance { reorder_level: *level, ..*before }.since(before));
    }
    Ok(())
}

/// Values what lies of products at other costs.
pub(crate) fn revalue(tx: &mut Tx<'_>, costs: &BTreeMap<i64, Money>) -> Result<()> {
    let these = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.among(costs.keys().copied()));
    let query = levels::table.filter(these).order((levels::product_id, levels::warehouse_id));
    let found: Vec<(Key, Balance)> = ForUpdate(query.select(BALANCE)).load(tx.conn)?;
    let mut rows = Vec::with_capacity(found.len());
    for ((product, warehouse), before) in found {
        let cost = costs.get(&product).copied().unwrap_or_default();
        let value = cost.times(before.quantity).ok_or(Error::OutOfRange)?;
        rows.push(cells![product, warehouse, value]);
        rollups::warehouse(tx, warehouse, Balance { value, ..before }.since(&before));
    }
    bulk::update(tx.conn, tx.tenant_id(), REVALUED, &rows)?;
    Ok(())
}

/// Whether anything lies in a warehouse or is promised from it. Its rows stay locked.
pub(crate) fn lies_in(tx: &mut Tx<'_>, warehouse: i64) -> Result<bool> {
    let here = levels::tenant_id.eq(tx.tenant_id()).and(levels::warehouse_id.eq(warehouse));
    let rows = levels::table.filter(here).order(levels::product_id).select((levels::quantity, levels::reserved));
    let rows: Vec<(Quantity, Quantity)> = ForUpdate(rows).load(tx.conn)?;
    Ok(rows.iter().any(|(quantity, reserved)| !quantity.is_zero() || !reserved.is_zero()))
}

/// Drops the empty rows of a warehouse that goes away.
pub(crate) fn close(tx: &mut Tx<'_>, warehouse: i64) -> Result<()> {
    let here = levels::tenant_id.eq(tx.tenant_id()).and(levels::warehouse_id.eq(warehouse));
    let gone = diesel::delete(levels::table.filter(here)).execute(tx.conn)?;
    counters::add(tx, counters::LEVELS, -counters::rows(gone));
    rollups::warehouse_closed(tx, warehouse);
    Ok(())
}

/// Drops the empty rows of a product that goes away; its movements stay.
pub(crate) fn forget(tx: &mut Tx<'_>, product: i64) -> Result<()> {
    let tenant = tx.tenant_id();
    let there = batch_levels::tenant_id.eq(tenant).and(batch_levels::product_id.eq(product));
    diesel::delete(batch_levels::table.filter(there)).execute(tx.conn)?;
    let made = batches::tenant_id.eq(tenant).and(batches::product_id.eq(product));
    let made = diesel::delete(batches::table.filter(made)).execute(tx.conn)?;
    let units = serials::tenant_id.eq(tenant).and(serials::product_id.eq(product));
    let units = diesel::delete(serials::table.filter(units)).execute(tx.conn)?;
    let of_product = levels::tenant_id.eq(tenant).and(levels::product_id.eq(product));
    let rows: Vec<(Key, Balance)> = levels::table.filter(of_product).select(BALANCE).load(tx.conn)?;
    diesel::delete(levels::table.filter(of_product)).execute(tx.conn)?;
    for ((_, warehouse), row) in &rows {
        rollups::warehouse(tx, *warehouse, Lying { rows: -1, ..Balance::default().since(row) });
    }
    rollups::product_removed(tx, product);
    for (counter, gone) in [(counters::BATCHES, made), (counters::SERIALS, units), (counters::LEVELS, rows.len())] {
        counters::add(tx, counter, -counters::rows(gone));
    }
    Ok(())
}

fn sum(a: Quantity, b: Quantity) -> Result<Quantity> {
    a.plus(b).ok_or(Error::OutOfRange)
}

fn difference(a: Quantity, b: Quantity) -> Result<Quantity> {
    sum(a, b.negated())
}

fn lost() -> Error {
    Fault::Internal("a stock row that was locked is not there".to_owned()).into()
}
