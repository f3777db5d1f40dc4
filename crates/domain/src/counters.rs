//! Totals kept in the transaction that changes them, so that no list has to count a big table. They are moved after
//! all sums, in the order of their names: whoever else moves one waits until the transaction ends.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::actor::TenantId;
use crate::error::{Fault, Result};
use crate::schema::tenant_counters as counters;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, Cell, Work, cells};
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

/// Its key, and its number.
const VALUE: (&str, &str) = ("name", "value");
const MOVED: bulk::Change = bulk::Change { table: "tenant_counters", keys: &["name"], set: &[], add: &["value"] };
const FIRST: bulk::Into = bulk::Into { table: "tenant_counters", columns: &["tenant_id", "name", "value"] };
/// How counters rise.
pub(crate) const UPSERT: Work<'static> = Work::Upsert { into: FIRST, keys: MOVED.keys, add: MOVED.add };

/// What a transaction is going to move.
#[derive(Debug, Default)]
pub(crate) struct Moved(BTreeMap<TenantId, Changes>);

type Changes = BTreeMap<&'static str, i64>;

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

/// Raises a counter at once; one that stands higher stays.
pub(crate) fn raise(tx: &mut Tx<'_>, name: &'static str, to: i64) -> Result<()> {
    let missing = to.saturating_sub(read(tx, name)?);
    if missing > 0 {
        move_all(tx.conn, tx.tenant.id, &BTreeMap::from([(name, missing)]), None)?;
    }
    Ok(())
}

/// What a counter stands at; 0 before its first change.
pub(crate) fn read(tx: &mut Tx<'_>, name: &'static str) -> Result<i64> {
    let this = counters::tenant_id.eq(tx.tenant_id()).and(counters::name.eq(name));
    let row = counters::table.filter(this).select(counters::value).first(tx.conn).optional()?;
    Ok(row.unwrap_or(0))
}

/// What several counters stand at, in the order of their names here.
pub(crate) fn read_all<const N: usize>(tx: &mut Tx<'_>, names: [&'static str; N]) -> Result<[i64; N]> {
    let these = counters::tenant_id.eq(tx.tenant_id()).and(counters::name.among(names));
    let rows: Vec<(String, i64)> =
        counters::table.filter(these).select((counters::name, counters::value)).load(tx.conn)?;
    Ok(names.map(|name| rows.iter().find(|(known, _)| known == name).map_or(0, |(_, value)| *value)))
}

/// Moves all counters of a transaction, in one statement for each tenant.
pub(crate) fn settle(conn: &mut Conn, moved: &mut Moved) -> Result<()> {
    for (tenant, changes) in std::mem::take(&mut moved.0) {
        move_all(conn, tenant, &changes, None)?;
    }
    Ok(())
}

/// Moves all counters of a tenant's transaction so far, and a series with them. Returns what that stands at.
pub(crate) fn settle_with(tx: &mut Tx<'_>, series: &'static str, count: i64) -> Result<i64> {
    let mut changes = taken(tx);
    *changes.entry(series).or_default() += count;
    let after = move_all(tx.conn, tx.tenant_id(), &changes, Some(series))?;
    Ok(after.ok_or_else(|| Fault::Internal(format!("the series \"{series}\" was not counted")))?)
}

/// The rows that a document of one statement moves its counters by, a series among them; `None` where one falls.
pub(crate) fn rising_with(tx: &mut Tx<'_>, series: &'static str) -> Option<Vec<Vec<Cell>>> {
    let moved = tx.gathered.counters.0.get(&tx.tenant.id);
    if moved.is_some_and(|changes| changes.values().any(|change| *change < 0)) {
        return None;
    }
    let mut changes = taken(tx);
    *changes.entry(series).or_default() += 1;
    Some(rows_of(&changes))
}

/// What was gathered for the tenant so far.
fn taken(tx: &mut Tx<'_>) -> Changes {
    tx.gathered.counters.0.remove(&tx.tenant.id).unwrap_or_default()
}

fn rows_of(changes: &Changes) -> Vec<Vec<Cell>> {
    changes.iter().filter(|(_, change)| **change != 0).map(|(name, change)| cells![*name, *change]).collect()
}

/// Returns what a series among them stands at.
fn move_all(conn: &mut Conn, tenant: TenantId, changes: &Changes, series: Option<&str>) -> Result<Option<i64>> {
    let rows = rows_of(changes);
    // A counter that falls is there already, and cannot be put as a new row. One by one then, to keep the order.
    let size = if changes.values().all(|change| *change >= 0) { rows.len().max(1) } else { 1 };
    let mut after = None;
    for rows in rows.chunks(size) {
        let is_named = |name: &str| rows.iter().any(|row| row.first() == Some(&Cell::from(name)));
        match (series, rows) {
            (Some(series), _) if is_named(series) => {
                let all: Vec<(String, i64)> = bulk::upsert_returning::<Text, _>(conn, tenant, FIRST, VALUE, rows)?;
                after = all.into_iter().find_map(|(name, value)| (name == series).then_some(value));
            }
            (_, [row]) if falls(row) => {
                bulk::update(conn, tenant, MOVED, rows)?;
            }
            _ => bulk::upsert(conn, tenant, FIRST, &["name"], MOVED.add, rows)?,
        }
    }
    Ok(after)
}

fn falls(row: &[Cell]) -> bool {
    matches!(row, [_, Cell::Int(Some(change))] if *change < 0)
}
