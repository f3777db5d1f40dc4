//! What stock is worth: on hand × cost, by product and warehouse.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{products, stock_levels as levels, warehouses as places};
use crate::stock::levels::lying;
use crate::store::Tx;
use crate::values::{Money, Quantity};

/// What stock is worth.
#[derive(Debug, Clone)]
pub struct Valuation {
    /// Today.
    pub day: NaiveDate,
    /// All of it.
    pub total: Money,
    /// A part of its rows: what is on hand of a product in a warehouse, by product, then warehouse.
    pub lines: Slice<ValuedLine>,
}

/// What lies of a product in a warehouse, and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ValuedLine {
    /// What.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub product_name: String,
    /// Where.
    pub warehouse_id: i64,
    /// The warehouse's name.
    pub warehouse_name: String,
    /// On hand.
    pub quantity: Quantity,
    /// What one unit costs; `None` counts as nothing.
    pub cost_price: Option<Money>,
    /// Quantity × cost, rounded.
    pub value: Money,
}

/// What is on hand now, in all warehouses or one, and what it is worth.
///
/// # Errors
/// Only faults of the store.
pub fn valuation(tx: &mut Tx<'_>, warehouse: Option<i64>, window: &Window) -> Result<Valuation> {
    let tenant = tx.tenant_id();
    let mut query = levels::table
        .inner_join(products::table.on(products::tenant_id.eq(tenant).and(products::id.eq(levels::product_id))))
        .inner_join(places::table.on(places::tenant_id.eq(tenant).and(places::id.eq(levels::warehouse_id))))
        .filter(levels::tenant_id.eq(tenant).and(levels::quantity.gt(Quantity::ZERO)))
        .into_boxed();
    if let Some(warehouse) = warehouse {
        query = query.filter(levels::warehouse_id.eq(warehouse));
    }
    if let Some((id, warehouse)) = window.after_stock()? {
        let later = levels::product_id.gt(id).or(levels::product_id.eq(id).and(levels::warehouse_id.gt(warehouse)));
        query = query.filter(levels::product_id.ge(id)).filter(later);
    }
    let rows = query
        .order((levels::product_id, levels::warehouse_id))
        .select((
            levels::product_id,
            products::sku,
            products::name,
            levels::warehouse_id,
            places::name,
            levels::quantity,
            products::cost_price,
            levels::value,
        ))
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let all = lying(tx, warehouse)?;
    let place = |line: &ValuedLine| Cursor::Stock(line.product_id, line.warehouse_id);
    Ok(Valuation { day: tx.today(), total: all.value, lines: Part::cut(rows, window, place).of(all.skus) })
}
