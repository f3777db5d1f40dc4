//! Sums kept in the transaction that changes what they sum: on hand by product, what lies in a warehouse, orders and
//! cost of goods sold by day. They are gathered by the command and moved once, at its end or before a document takes its
//! number, in the order of their tables and keys; whoever else moves one waits until the transaction ends.

pub(crate) mod days;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::access::tenants;
use crate::actor::TenantId;
use crate::counters::{self, Moved};
use crate::error::Result;
use crate::orders::Status;
use crate::schema::{stock_totals, warehouse_totals};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::connection::Conn;
use crate::values::{Money, Quantity};
use crate::zone::day_of;
use days::{Orders, Sold};

/// What a transaction is going to move.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) counters: Moved,
    sums: BTreeMap<TenantId, Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    products: BTreeMap<i64, OnHand>,
    removed: BTreeSet<i64>,
    warehouses: BTreeMap<i64, Lying>,
    closed: BTreeSet<i64>,
    /// By the instant at which they were placed: its day is told at the end.
    orders: BTreeMap<(NaiveDateTime, Status), Orders>,
    sold: BTreeMap<(NaiveDateTime, i64), Sold>,
}

/// How what is on hand of a product changes.
#[derive(Debug, Default)]
struct OnHand {
    change: i64,
    is_active: bool,
}

/// What lies in a warehouse, or how that changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lying {
    /// Stock rows.
    pub(crate) rows: i64,
    /// Those with something on hand.
    pub(crate) skus: i64,
    /// Those at or below their reorder level.
    pub(crate) low: i64,
    /// What is on hand, at cost.
    pub(crate) value: Money,
}

const ON_HAND: bulk::Into = bulk::Into { table: "stock_totals", columns: &["tenant_id", "product_id", "quantity"] };
const LYING: bulk::Into = bulk::Into {
    table: "warehouse_totals",
    columns: &["tenant_id", "warehouse_id", "stock_rows", "skus", "low", "value"],
};
const ORDERS: bulk::Into =
    bulk::Into { table: "daily_orders", columns: &["tenant_id", "day", "status", "orders", "revenue", "units"] };
const COGS: bulk::Into = bulk::Into { table: "daily_cogs", columns: &["tenant_id", "day", "cogs"] };
const PRODUCT_COGS: bulk::Into = bulk::Into {
    table: "daily_product_cogs",
    columns: &["tenant_id", "day", "product_id", "sku", "product_name", "units", "cogs"],
};

/// On hand of a product changes.
pub(crate) fn product(tx: &mut Tx<'_>, id: i64, change: Quantity, is_active: bool) {
    let of = sums(tx).products.entry(id).or_default();
    *of = OnHand { change: of.change.saturating_add(change.raw()), is_active };
}

/// A product goes away, and its sum with it.
pub(crate) fn product_removed(tx: &mut Tx<'_>, id: i64) {
    sums(tx).removed.insert(id);
}

/// What lies in a warehouse changes.
pub(crate) fn warehouse(tx: &mut Tx<'_>, id: i64, change: Lying) {
    let Lying { rows, skus, low, value } = sums(tx).warehouses.entry(id).or_default();
    *rows += change.rows;
    *skus += change.skus;
    *low += change.low;
    *value = [*value, change.value].into_iter().sum();
}

/// A warehouse goes away, and its sums with it.
pub(crate) fn warehouse_closed(tx: &mut Tx<'_>, id: i64) {
    sums(tx).closed.insert(id);
}

/// An order, placed at an instant, begins to count under a status, or under another one than before.
pub(crate) fn order(tx: &mut Tx<'_>, placed: NaiveDateTime, figures: Orders, from: Option<Status>, to: Status) {
    if from == Some(to) {
        return;
    }
    let orders = &mut sums(tx).orders;
    if let Some(from) = from {
        orders.entry((placed, from)).or_default().add(figures.negated());
    }
    orders.entry((placed, to)).or_default().add(figures);
    if let Some(from) = from {
        counters::add(tx, counter(from), -figures.count);
    }
    counters::add(tx, counter(to), figures.count);
}

/// Goods leave for a customer at an instant, or come back.
pub(crate) fn sold(tx: &mut Tx<'_>, at: NaiveDateTime, product: i64, sold: &Sold) {
    sums(tx).sold.entry((at, product)).or_insert_with(|| sold.nothing()).add(sold);
}

/// The counter of all orders with a status.
pub(crate) const fn counter(status: Status) -> &'static str {
    match status {
        Status::Pending => "orders.pending",
        Status::Paid => "orders.paid",
        Status::Fulfilling => "orders.fulfilling",
        Status::Fulfilled => "orders.fulfilled",
        Status::Shipped => "orders.shipped",
        Status::Cancelled => "orders.cancelled",
    }
}

fn sums<'t>(tx: &'t mut Tx<'_>) -> &'t mut Sums {
    tx.gathered.sums.entry(tx.tenant.id).or_default()
}

/// Moves all sums of a transaction, then the counters.
pub(crate) fn settle(conn: &mut Conn, gathered: &mut Gathered) -> Result<()> {
    settle_sums(conn, gathered)?;
    counters::settle(conn, &mut gathered.counters)
}

/// Moves all sums of a transaction, and leaves the counters for later.
pub(crate) fn settle_sums(conn: &mut Conn, gathered: &mut Gathered) -> Result<()> {
    for (tenant, sums) in std::mem::take(&mut gathered.sums) {
        let stocked = settle_products(conn, tenant, &sums)?;
        gathered.counters.add(tenant, counters::STOCKED_PRODUCTS, stocked);
        settle_warehouses(conn, tenant, &sums)?;
        settle_days(conn, tenant, sums)?;
    }
    Ok(())
}

/// The next numbers of a series, so many, all at once: no two transactions get the same, and none is lost. Returns the
/// first. Taken late, since whoever else takes one waits for it until this transaction ends; for the same reason all that
/// was gathered so far is moved before.
pub(crate) fn take(tx: &mut Tx<'_>, series: &'static str, count: i64) -> Result<i64> {
    settle_sums(tx.conn, tx.gathered)?;
    Ok(counters::settle_with(tx, series, count)? - count + 1)
}

/// Returns by how much the number of active products with something on hand changes.
fn settle_products(conn: &mut Conn, tenant: TenantId, sums: &Sums) -> Result<i64> {
    let changed = sums.products.iter().filter(|(_, on_hand)| on_hand.change != 0);
    let rows = changed.map(|(id, on_hand)| cells![*id, on_hand.change]).collect::<Vec<_>>();
    let mut stocked = 0;
    for (id, after) in bulk::upsert_returning::<BigInt, i64>(conn, tenant, ON_HAND, ("product_id", "quantity"), &rows)?
    {
        let Some(OnHand { change, is_active: true }) = sums.products.get(&id) else { continue };
        stocked += i64::from(after > 0) - i64::from(after - change > 0);
    }
    if !sums.removed.is_empty() {
        let gone = stock_totals::product_id.among(sums.removed.iter().copied());
        diesel::delete(stock_totals::table.filter(stock_totals::tenant_id.eq(tenant).and(gone))).execute(conn)?;
    }
    Ok(stocked)
}

fn settle_warehouses(conn: &mut Conn, tenant: TenantId, sums: &Sums) -> Result<()> {
    let changed = sums.warehouses.iter().filter(|(_, change)| **change != Lying::default());
    let row = |(id, change): (&i64, &Lying)| cells![*id, change.rows, change.skus, change.low, change.value];
    let rows = changed.map(row).collect::<Vec<_>>();
    bulk::upsert(conn, tenant, LYING, &["warehouse_id"], &["stock_rows", "skus", "low", "value"], &rows)?;
    if !sums.closed.is_empty() {
        let gone = warehouse_totals::warehouse_id.among(sums.closed.iter().copied());
        diesel::delete(warehouse_totals::table.filter(warehouse_totals::tenant_id.eq(tenant).and(gone)))
            .execute(conn)?;
    }
    Ok(())
}

fn settle_days(conn: &mut Conn, tenant: TenantId, sums: Sums) -> Result<()> {
    let Sums { orders, sold, .. } = sums;
    if orders.is_empty() && sold.is_empty() {
        return Ok(());
    }
    // Only now, and held: what was read before may have changed since, and all days been counted anew.
    let zone = tenants::hold_zone(conn, tenant)?;
    let mut by_day: days::ByStatus = BTreeMap::new();
    for ((placed, status), figures) in orders {
        by_day.entry((day_of(placed, zone), status.as_str())).or_default().add(figures);
    }
    by_day.retain(|_, figures| *figures != Orders::default());
    let mut by_product = days::ByProduct::new();
    for ((at, product), sold) in sold {
        by_product.entry((day_of(at, zone), product)).or_insert_with(|| sold.nothing()).add(&sold);
    }
    write_orders(conn, tenant, &by_day)?;
    write_cogs(conn, tenant, &by_product)
}

/// Adds to what stands in the books of orders.
fn write_orders(conn: &mut Conn, tenant: TenantId, orders: &days::ByStatus) -> Result<()> {
    let row = |((day, status), figures): (&(NaiveDate, &'static str), &Orders)| {
        let Orders { count, revenue, units } = *figures;
        cells![*day, *status, count, revenue, units]
    };
    let rows = orders.iter().map(row).collect::<Vec<_>>();
    bulk::upsert(conn, tenant, ORDERS, &["day", "status"], &["orders", "revenue", "units"], &rows)?;
    Ok(())
}

/// Adds to what stands in the books of cost.
fn write_cogs(conn: &mut Conn, tenant: TenantId, sold: &days::ByProduct) -> Result<()> {
    let mut by_day: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for ((day, _), Sold { cogs, .. }) in sold {
        let sum = by_day.entry(*day).or_default();
        *sum = sum.saturating_add(*cogs);
    }
    let rows = by_day.iter().map(|(day, cogs)| cells![*day, *cogs]).collect::<Vec<_>>();
    bulk::upsert(conn, tenant, COGS, &["day"], &["cogs"], &rows)?;
    let row = |((day, product), sold): (&(NaiveDate, i64), &Sold)| {
        let Sold { sku, name, units, cogs } = sold;
        cells![*day, *product, sku.as_str(), name.as_str(), *units, *cogs]
    };
    let rows = sold.iter().map(row).collect::<Vec<_>>();
    bulk::upsert(conn, tenant, PRODUCT_COGS, &["day", "product_id"], &["units", "cogs"], &rows)?;
    Ok(())
}
