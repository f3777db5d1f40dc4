//! Totals kept in the transaction that changes them, so that no list has to count a big table. They are moved last of
//! all, in the order of their names: whoever else moves one waits until the transaction ends.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::actor::TenantId;
use crate::error::Result;
use crate::schema::tenant_counters as counters;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::connection::Conn;

/// All products of a tenant.
pub(crate) const PRODUCTS: &str = "products";
/// Its active products.
pub(crate) const ACTIVE_PRODUCTS: &str = "products.active";
/// Its active products of which something is on hand.
pub(crate) const STOCKED_PRODUCTS: &str = "products.stocked";

/// All batches of a tenant.
pub(crate) const BATCHES: &str = "batches";
/// All its serial numbers.
pub(crate) const SERIALS: &str = "serials";
/// All its stock movements.
pub(crate) const MOVEMENTS: &str = "movements";
/// All its stock rows.
pub(crate) const LEVELS: &str = "stock levels";

/// All its orders.
pub(crate) const ORDERS: &str = "orders";
/// All its customers.
pub(crate) const CUSTOMERS: &str = "customers";
/// All its suppliers.
pub(crate) const SUPPLIERS: &str = "suppliers";
/// All its purchase orders.
pub(crate) const PURCHASE_ORDERS: &str = "purchase orders";
/// All requests that were made with its API keys and are still in the log.
pub(crate) const API_REQUESTS: &str = "api requests";
/// The number of its last purchase order.
pub(crate) const PURCHASE_NUMBER: &str = "purchase order number";
/// The number of its last order.
pub(crate) const ORDER_NUMBER: &str = "order number";

const MOVED: bulk::Change = bulk::Change { table: "tenant_counters", keys: &["name"], set: &[], add: &["value"] };
const FIRST: bulk::Into = bulk::Into { table: "tenant_counters", columns: &["tenant_id", "name", "value"] };

/// What a transaction is going to move.
#[derive(Debug, Default)]
pub(crate) struct Moved(BTreeMap<TenantId, BTreeMap<&'static str, i64>>);

impl Moved {
    /// Moves a counter when the transaction ends.
    pub(crate) fn add(&mut self, tenant: TenantId, name: &'static str, change: i64) {
        *self.0.entry(tenant).or_default().entry(name).or_default() += change;
    }
}

/// Moves a counter when the transaction ends.
pub(crate) fn add(tx: &mut Tx<'_>, name: &'static str, change: i64) {
    let tenant = tx.tenant_id();
    tx.gathered.counters.add(tenant, name, change);
}

/// So many rows, as a counter moves.
pub(crate) fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The next number of a series, from 1: no two transactions get the same, and none is lost. To be taken late.
pub(crate) fn next(tx: &mut Tx<'_>, name: &'static str) -> Result<i64> {
    take(tx, name, 1)
}

/// So many numbers of a series, all at once. Returns the first.
pub(crate) fn take(tx: &mut Tx<'_>, name: &'static str, count: i64) -> Result<i64> {
    move_all(tx.conn, tx.tenant.id, &BTreeMap::from([(name, count)]))?;
    Ok(read(tx, name)? - count + 1)
}

/// Raises a counter at once; one that stands higher stays.
pub(crate) fn raise(tx: &mut Tx<'_>, name: &'static str, to: i64) -> Result<()> {
    let missing = to.saturating_sub(read(tx, name)?);
    if missing > 0 { move_all(tx.conn, tx.tenant.id, &BTreeMap::from([(name, missing)])) } else { Ok(()) }
}

/// What a counter stands at; 0 before its first change.
pub(crate) fn read(tx: &mut Tx<'_>, name: &'static str) -> Result<i64> {
    let this = counters::tenant_id.eq(tx.tenant_id()).and(counters::name.eq(name));
    let row = counters::table.filter(this).select(counters::value).first(tx.conn).optional()?;
    Ok(row.unwrap_or(0))
}

/// What several counters stand at, in the order of their names here.
pub(crate) fn read_all<const N: usize>(tx: &mut Tx<'_>, names: [&'static str; N]) -> Result<[i64; N]> {
    let these = counters::tenant_id.eq(tx.tenant_id()).and(counters::name.eq_any(names));
    let rows: Vec<(String, i64)> =
        counters::table.filter(these).select((counters::name, counters::value)).load(tx.conn)?;
    Ok(names.map(|name| rows.iter().find(|(known, _)| known == name).map_or(0, |(_, value)| *value)))
}

/// Moves all counters of a transaction, in one statement for each tenant.
pub(crate) fn settle(conn: &mut Conn, moved: &mut Moved) -> Result<()> {
    for (tenant, mut changes) in std::mem::take(&mut moved.0) {
        changes.retain(|_, change| *change != 0);
        if !changes.is_empty() {
            move_all(conn, tenant, &changes)?;
        }
    }
    Ok(())
}

fn move_all(conn: &mut Conn, tenant: TenantId, changes: &BTreeMap<&'static str, i64>) -> Result<()> {
    let rows = changes.iter().map(|(name, change)| cells![*name, *change]).collect::<Vec<_>>();
    if changes.values().all(|change| *change > 0) {
        bulk::upsert(conn, tenant, FIRST, &["name"], MOVED.add, &rows)?;
        return Ok(());
    }
    // A counter that falls is there already, and cannot be put as a new row. One by one, to keep the order.
    for (row, change) in rows.chunks(1).zip(changes.values()) {
        if *change > 0 {
            bulk::upsert(conn, tenant, FIRST, &["name"], MOVED.add, row)?;
        } else {
            bulk::update(conn, tenant, MOVED, row)?;
        }
    }
    Ok(())
}
