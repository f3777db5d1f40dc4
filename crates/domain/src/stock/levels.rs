//! What lies where, as lists: all of it, what runs low, and in sum.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::rollups::Lying;
use crate::schema::{products, stock_levels as levels, stock_totals, warehouse_totals as sums, warehouses as places};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::portable::{RunsLow, Total};
use crate::values::{Money, Quantity};

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

/// The columns of a [`Level`].
const LEVEL: LevelColumns =
    (levels::warehouse_id, places::name, levels::quantity, levels::reserved, levels::reorder_level);
type LevelColumns = (levels::warehouse_id, places::name, levels::quantity, levels::reserved, levels::reorder_level);

/// What lies of a product in a warehouse, with their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelLine {
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
    /// Of it, promised to orders.
    pub reserved: Quantity,
    /// At or below this it is time to order; 0: never.
    pub reorder_level: Quantity,
}

/// Which stock rows are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LevelFilter {
    /// In this warehouse.
    pub warehouse_id: Option<i64>,
    /// Of this product.
    pub product_id: Option<i64>,
    /// At or below their reorder level.
    pub is_low: bool,
}

/// All stock in sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Products.
    pub skus: i64,
    /// What all stock is worth at cost.
    pub value: Money,
    /// Stock rows at or below their reorder level.
    pub low: i64,
    /// Active products of which nothing is on hand.
    pub out: i64,
    /// Warehouses.
    pub warehouses: i64,
}

/// Stock rows by product, then warehouse: two statements, and one for the total. What products are called is read by
/// itself: PostgreSQL plans a list with a bound limit anew each time, which takes longer with every table, and where little
/// runs low it would walk all products beside it.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &LevelFilter, window: &Window) -> Result<Slice<LevelLine>> {
    let tenant = tx.tenant_id();
    let mut query = matching(tenant, filter);
    if let Some((id, warehouse)) = window.after_stock()? {
        let later = levels::product_id.gt(id).or(levels::product_id.eq(id).and(levels::warehouse_id.gt(warehouse)));
        query = query.filter(levels::product_id.ge(id)).filter(later);
    }
    let rows: Vec<(i64, Level)> = query
        .inner_join(places::table.on(places::tenant_id.eq(tenant).and(places::id.eq(levels::warehouse_id))))
        .order((levels::product_id, levels::warehouse_id))
        .select((levels::product_id, LEVEL))
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let Part { rows, next } = Part::cut(rows, window, |(id, level)| Cursor::Stock(*id, level.warehouse_id));
    let mut names = names(tx, &rows)?;
    let (mut lines, mut rows) = (Vec::with_capacity(rows.len()), rows.into_iter().peekable());
    while let Some((product_id, level)) = rows.next() {
        let goes_on = rows.peek().is_some_and(|(next, _)| *next == product_id);
        let named = if goes_on { names.get(&product_id).cloned() } else { names.remove(&product_id) };
        // A product that was removed between the two statements has no stock any more.
        let Some((sku, product_name)) = named else { continue };
        let Level { warehouse_id, warehouse_name, quantity, reserved, reorder_level } = level;
        let line = LevelLine {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity,
            reserved,
            reorder_level,
        };
        lines.push(line);
    }
    Part { rows: lines, next }.counted(window, || {
        Ok(match *filter {
            LevelFilter { warehouse_id, product_id: None, is_low } => {
                let Lying { rows, low, .. } = lying(tx, warehouse_id)?;
                if is_low { low } else { rows }
            }
            LevelFilter { product_id: Some(_), .. } => matching(tenant, filter).count().get_result(tx.conn)?,
        })
    })
}

/// SKUs and names of the products of stock rows, by their ids.
fn names(tx: &mut Tx<'_>, rows: &[(i64, Level)]) -> Result<HashMap<i64, (String, String)>> {
    let mut ids = rows.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, (String, String))> = products::table
        .filter(products::tenant_id.eq(tx.tenant_id()).and(products::id.among(ids)))
        .select((products::id, (products::sku, products::name)))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

fn matching(tenant: TenantId, filter: &LevelFilter) -> levels::BoxedQuery<'static, MultiBackend> {
    let LevelFilter { warehouse_id, product_id, is_low } = *filter;
    let mut query = levels::table.into_boxed().filter(levels::tenant_id.eq(tenant));
    if let Some(warehouse) = warehouse_id {
        query = query.filter(levels::warehouse_id.eq(warehouse));
    }
    if let Some(product) = product_id {
        query = query.filter(levels::product_id.eq(product));
    }
    if is_low {
        query = query.filter(RunsLow);
    }
    query
}

/// All stock in sum.
///
/// # Errors
/// Only faults of the store.
pub fn summary(tx: &mut Tx<'_>) -> Result<Summary> {
    let warehouses = places::table.filter(places::tenant_id.eq(tx.tenant_id())).count().get_result(tx.conn)?;
    let Lying { low, value, .. } = lying(tx, None)?;
    let names = [counters::PRODUCTS, counters::ACTIVE_PRODUCTS, counters::STOCKED_PRODUCTS];
    let [skus, active, stocked] = counters::read_all(tx, names)?;
    Ok(Summary { skus, value, low, out: active - stocked, warehouses })
}

/// What lies in a warehouse, or in all of them, in sum.
pub(crate) fn lying(tx: &mut Tx<'_>, warehouse: Option<i64>) -> Result<Lying> {
    let mut query = sums::table.into_boxed().filter(sums::tenant_id.eq(tx.tenant_id()));
    if let Some(warehouse) = warehouse {
        query = query.filter(sums::warehouse_id.eq(warehouse));
    }
    let sum = (Total(sums::stock_rows), Total(sums::skus), Total(sums::low), Total(sums::value));
    let (rows, skus, low, value) = query.select(sum).first(tx.conn)?;
    Ok(Lying { rows, skus, low, value })
}

/// On hand in all warehouses, for items that ever had stock: what lists show of many items at once.
///
/// # Errors
/// Only faults of the store.
pub(crate) fn totals(tx: &mut Tx<'_>, items: &[i64]) -> Result<HashMap<i64, Quantity>> {
    if items.is_empty() {
        return Ok(HashMap::new());
    }
    let of_items =
        stock_totals::tenant_id.eq(tx.tenant_id()).and(stock_totals::product_id.among(items.iter().copied()));
    let rows: Vec<(i64, Quantity)> = stock_totals::table
        .filter(of_items)
        .select((stock_totals::product_id, stock_totals::quantity))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// On hand in all warehouses, for items that ever had stock, with what this transaction has done so far.
///
/// # Errors
/// Only faults of the store.
pub fn on_hand(tx: &mut Tx<'_>, items: &[i64]) -> Result<HashMap<i64, Quantity>> {
    if items.is_empty() {
        return Ok(HashMap::new());
    }
    let of_items = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.among(items.iter().copied()));
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
        .select(LEVEL)
        .load(tx.conn)?;
    Ok(rows)
}
