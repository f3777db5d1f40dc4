//! How much of an item lies in which warehouse.

pub mod warehouses;

use std::collections::HashMap;

use diesel::prelude::*;

use crate::error::Result;
use crate::schema::{stock_levels as levels, warehouses as places};
use crate::store::Tx;
use crate::store::portable::Total;
use crate::values::Quantity;

/// What lies of one item in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Level {
    /// The warehouse.
    pub warehouse_id: i64,
    /// Its name.
    pub warehouse_name: String,
    /// On hand.
    pub quantity: Quantity,
    /// Of it, promised to open orders.
    pub reserved: Quantity,
    /// At or below this it is time to order; 0: never.
    pub reorder_level: Quantity,
}

/// On hand in all warehouses, for items that ever had stock.
///
/// # Errors
/// Only faults of the store.
pub fn on_hand(tx: &mut Tx<'_>, items: &[i64]) -> Result<HashMap<i64, Quantity>> {
    if items.is_empty() {
        return Ok(HashMap::new());
    }
    let of_items = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.eq_any(items.to_vec()));
    let sums: Vec<(i64, Quantity)> = levels::table
        .filter(of_items)
        .group_by(levels::product_id)
        .select((levels::product_id, Total(levels::quantity)))
        .load(tx.conn)?;
    Ok(sums.into_iter().collect())
}

/// What lies of one item in each warehouse, by warehouse.
///
/// # Errors
/// Only faults of the store.
pub fn of_item(tx: &mut Tx<'_>, item: i64) -> Result<Vec<Level>> {
    let tenant = tx.tenant_id();
    let rows = levels::table
        .inner_join(places::table.on(places::tenant_id.eq(tenant).and(places::id.eq(levels::warehouse_id))))
        .filter(levels::tenant_id.eq(tenant).and(levels::product_id.eq(item)))
        .order(levels::warehouse_id)
        .select((levels::warehouse_id, places::name, levels::quantity, levels::reserved, levels::reorder_level))
        .load(tx.conn)?;
    Ok(rows)
}

/// Records what lies of an item in a warehouse where nothing was recorded yet.
///
/// # Errors
/// [`crate::error::Error::Duplicate`] when something was.
pub fn open(tx: &mut Tx<'_>, item: i64, warehouse: i64, quantity: Quantity, reorder_level: Quantity) -> Result<()> {
    diesel::insert_into(levels::table)
        .values((
            levels::tenant_id.eq(tx.tenant_id()),
            levels::product_id.eq(item),
            levels::warehouse_id.eq(warehouse),
            levels::quantity.eq(quantity),
            levels::reserved.eq(Quantity::ZERO),
            levels::reorder_level.eq(reorder_level),
            levels::updated_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Drops the stock rows of an item that goes away.
pub(crate) fn forget(tx: &mut Tx<'_>, item: i64) -> Result<()> {
    let of_item = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.eq(item));
    diesel::delete(levels::table.filter(of_item)).execute(tx.conn)?;
    Ok(())
}
