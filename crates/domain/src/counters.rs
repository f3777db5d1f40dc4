//! Totals kept in the transaction that changes them, so that no list has to count a big table. Locked last.

use diesel::prelude::*;

use crate::error::{Fault, Result};
use crate::schema::tenant_counters as counters;
use crate::store::Tx;

/// All products of a tenant.
pub(crate) const PRODUCTS: &str = "products";
/// Its active products.
pub(crate) const ACTIVE_PRODUCTS: &str = "products.active";

/// All batches of a tenant.
pub(crate) const BATCHES: &str = "batches";
/// All its serial numbers.
pub(crate) const SERIALS: &str = "serials";
/// All its stock movements.
pub(crate) const MOVEMENTS: &str = "movements";

/// All its orders.
pub(crate) const ORDERS: &str = "orders";
/// All its customers.
pub(crate) const CUSTOMERS: &str = "customers";
/// All its stock rows.
pub(crate) const LEVELS: &str = "stock levels";
/// The number of its last order.
pub(crate) const ORDER_NUMBER: &str = "order number";

/// The next number of a series, from 1.
pub(crate) fn next(tx: &mut Tx<'_>, name: &'static str) -> Result<i64> {
    add(tx, name, 1)?;
    read(tx, name)
}

/// What a counter stands at; 0 before its first change.
pub(crate) fn read(tx: &mut Tx<'_>, name: &'static str) -> Result<i64> {
    let row = counters::table
        .filter(counters::tenant_id.eq(tx.tenant_id()).and(counters::name.eq(name)))
        .select(counters::value)
        .first(tx.conn)
        .optional()?;
    Ok(row.unwrap_or(0))
}

/// Moves a counter. Where several move, the caller moves them in the order of their names.
pub(crate) fn add(tx: &mut Tx<'_>, name: &'static str, change: i64) -> Result<()> {
    if change == 0 {
        return Ok(());
    }
    let tenant = tx.tenant_id();
    let this = counters::tenant_id.eq(tenant).and(counters::name.eq(name));
    let moved = diesel::update(counters::table.filter(this))
        .set(counters::value.eq(counters::value + change))
        .execute(tx.conn)?;
    if moved == 1 {
        return Ok(());
    }
    let first = (counters::tenant_id.eq(tenant), counters::name.eq(name), counters::value.eq(change));
    match diesel::insert_into(counters::table).values(first).execute(tx.conn) {
        Ok(_) => Ok(()),
        // Another transaction made the row meanwhile: run again and move that one.
        Err(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Fault::Race(format!("the counter {name} was made twice")).into())
        }
        Err(error) => Err(error.into()),
    }
}
