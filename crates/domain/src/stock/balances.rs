//! Balances: each stock row with its item, its location and its branch, as SimBiz shows it.

mod lately;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::actor::TenantId;
use crate::counters;
use crate::error::{Error, Result};
use crate::items::Label;
use crate::page::{Cursor, Part, Slice, Start, Window};
use crate::schema::{products, stock_levels as levels, uoms, warehouses as places};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::portable::Unindexed;
use crate::values::{Quantity, fold};

/// What lies of an item in a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// What.
    pub item: BalancedItem,
    /// Where.
    pub location: Label,
    /// The location that the branch is known by: itself, unless it belongs to another one's.
    pub branch_id: i64,
    /// The branch's code.
    pub branch_code: String,
    /// The code of the unit that the item is counted in.
    pub uom_code: Option<String>,
    /// On hand.
    pub quantity: Quantity,
    /// Of it, promised to open orders.
    pub reserved: Quantity,
    /// What is not promised; negative where more is promised than is there.
    pub available: Quantity,
    /// When one of these figures last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// What a balance shows of its item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(MultiBackend))]
pub struct BalancedItem {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its barcode.
    pub barcode: Option<String>,
}

/// Which balances are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BalanceFilter {
    /// In the locations of this branch.
    pub branch_id: Option<i64>,
    /// Of the items with these codes, in any case; a code that no item has finds nothing.
    pub item_codes: Option<Vec<String>>,
    /// Changed at this instant or later, in UTC.
    pub updated_from: Option<NaiveDateTime>,
    /// Changed before this instant, in UTC.
    pub updated_before: Option<NaiveDateTime>,
}

/// By what balances are ordered. A cursor belongs to the order that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceOrder {
    /// By item, then location.
    Item,
    /// By location, then item.
    Location,
}

diesel::alias! {
    const BRANCH: Alias<Branch> = places as branches;
}

/// Balances by id: one statement each for the figures, the items and the locations, at most four for the total, and one
/// each to find the codes and the branch.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &BalanceFilter, order: BalanceOrder, window: &Window) -> Result<Slice<Balance>> {
    let found = find(tx, filter)?;
    if let Some(figures) = lately::few(tx, &found, order)? {
        let total = counters::rows(figures.len());
        return Ok(among(tx, figures, order, window)?.of(total));
    }
    let (total, first) = total(tx, filter, &found, order)?;
    Ok(from(tx, &found, first, order, window)?.of(total))
}

/// The rows of [`list`], the whole not counted.
///
/// # Errors
/// Only faults of the store.
pub fn part(tx: &mut Tx<'_>, filter: &BalanceFilter, order: BalanceOrder, window: &Window) -> Result<Part<Balance>> {
    let found = find(tx, filter)?;
    // Behind a cursor it is known where to go on, and most often that there is much.
    if !matches!(window.start, Start::Page(_)) {
        return from(tx, &found, 1, order, window);
    }
    match lately::few(tx, &found, order)? {
        Some(figures) => among(tx, figures, order, window),
        None if found.is_of_changes() => {
            let (_, first) = lately::many(tx, &found, order)?;
            from(tx, &found, first, order, window)
        }
        None => from(tx, &found, 1, order, window),
    }
}

/// A filter with its codes and its branch found: with ids alone, either engine goes by its index.
struct Found {
    items: Option<Vec<i64>>,
    locations: Option<Vec<i64>>,
    updated_from: Option<NaiveDateTime>,
    updated_before: Option<NaiveDateTime>,
}

/// An item, and the code of the unit that it is counted in.
type Goods = (BalancedItem, Option<String>);
/// A location, and the id and the code of the one that its branch is known by.
type Place = (Label, Option<(i64, String)>);
/// Item, location, on hand, reserved, and when either last changed.
type Figures = (i64, i64, Quantity, Quantity, NaiveDateTime);

fn find(tx: &mut Tx<'_>, filter: &BalanceFilter) -> Result<Found> {
    let tenant = tx.tenant_id();
    let BalanceFilter { branch_id, item_codes, updated_from, updated_before } = filter;
    let (mut items, mut locations) = (None, None);
    if let Some(codes) = item_codes {
        let keys = codes.iter().map(|code| fold(code)).collect::<Vec<_>>();
        let named = products::tenant_id.eq(tenant).and(products::sku_key.among(keys));
        items = Some(products::table.filter(named).select(products::id).load(tx.conn)?);
    }
    if let Some(branch) = *branch_id {
        let own = places::branch_id.is_null().and(places::id.eq(branch));
        let members = places::tenant_id.eq(tenant).and(own.or(places::branch_id.eq(branch)));
        locations = Some(places::table.filter(members).select(places::id).load(tx.conn)?);
    }
    Ok(Found { items, locations, updated_from: *updated_from, updated_before: *updated_before })
}

/// A window onto all balances that match, in order.
fn among(tx: &mut Tx<'_>, figures: Vec<Figures>, order: BalanceOrder, window: &Window) -> Result<Part<Balance>> {
    let part = Part::of_all(figures, window, window.after_stock()?, |row| order.key(row), |row| order.cursor(row));
    let Part { rows, next } = part;
    Ok(Part { rows: balances(tx, rows)?, next })
}

/// A window onto balances in order, of which none that matches stands before those of `first`.
fn from(tx: &mut Tx<'_>, found: &Found, first: i64, order: BalanceOrder, window: &Window) -> Result<Part<Balance>> {
    let (item, location) = (levels::product_id, levels::warehouse_id);
    let mut query = lately::walked(tx.tenant_id(), found);
    query = match (order, window.after_stock()?) {
        (BalanceOrder::Item, None) => query.filter(item.ge(first)),
        (BalanceOrder::Location, None) => query.filter(location.ge(first)),
        (BalanceOrder::Item, Some((last, second))) => {
            query.filter(item.ge(last)).filter(item.gt(last).or(location.gt(second)))
        }
        (BalanceOrder::Location, Some((last, second))) => {
            query.filter(location.ge(last)).filter(location.gt(last).or(item.gt(second)))
        }
    };
    query = match order {
        BalanceOrder::Item => query.order((item, location)),
        // Or SQLite would walk every location for a handful of items.
        BalanceOrder::Location if found.items.is_some() => query.order((Unindexed(location), Unindexed(item))),
        BalanceOrder::Location => query.order((location, item)),
    };
    let figures = query.select(FIGURES).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let Part { rows, next } = Part::cut(figures, window, |row| order.cursor(row));
    Ok(Part { rows: balances(tx, rows)?, next })
}

const FIGURES: (levels::product_id, levels::warehouse_id, levels::quantity, levels::reserved, levels::updated_at) =
    (levels::product_id, levels::warehouse_id, levels::quantity, levels::reserved, levels::updated_at);

/// Figures with the items and the locations that they are about.
fn balances(tx: &mut Tx<'_>, figures: Vec<Figures>) -> Result<Vec<Balance>> {
    let items = goods(tx, figures.iter().map(|(item, ..)| *item).collect())?;
    let places = places_of(tx, figures.iter().map(|(_, location, ..)| *location).collect())?;
    let balance = |(item, location, quantity, reserved, updated_at): Figures| {
        // An item that was removed a moment ago has no balances.
        let ((item, uom_code), (location, branch)) = items.get(&item).cloned().zip(places.get(&location).cloned())?;
        let (branch_id, branch_code) = branch.unwrap_or_else(|| (location.id, location.code.clone()));
        let available = quantity.minus(reserved).ok_or(Error::OutOfRange);
        Some(available.map(|available| Balance {
            item,
            location,
            branch_id,
            branch_code,
            uom_code,
            quantity,
            reserved,
            available,
            updated_at,
        }))
    };
    figures.into_iter().filter_map(balance).collect()
}

fn goods(tx: &mut Tx<'_>, ids: BTreeSet<i64>) -> Result<BTreeMap<i64, Goods>> {
    let tenant = tx.tenant_id();
    let unit = uoms::table.filter(uoms::tenant_id.eq(tenant).and(uoms::id.nullable().eq(products::base_uom_id)));
    let rows: Vec<Goods> = products::table
        .filter(products::tenant_id.eq(tenant).and(products::id.among(ids)))
        .select((BalancedItem::as_select(), unit.select(uoms::code).single_value()))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|goods| (goods.0.id, goods)).collect())
}

fn places_of(tx: &mut Tx<'_>, ids: BTreeSet<i64>) -> Result<BTreeMap<i64, Place>> {
    let (tenant, branch) = (tx.tenant_id(), BRANCH);
    let its_branch = branch.field(places::id).nullable().eq(places::branch_id);
    let rows: Vec<Place> = places::table
        .left_join(branch.on(branch.field(places::tenant_id).eq(tenant).and(its_branch)))
        .filter(places::tenant_id.eq(tenant).and(places::id.among(ids)))
        .select(((places::id, places::code, places::name), branch.fields((places::id, places::code)).nullable()))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|place| (place.0.id, place)).collect())
}

/// The exact number of balances that match, from a counter where one stands for them, and an item or a location, by
/// which they are ordered, before which there is none.
fn total(tx: &mut Tx<'_>, filter: &BalanceFilter, found: &Found, order: BalanceOrder) -> Result<(i64, i64)> {
    if *filter == BalanceFilter::default() {
        return Ok((counters::read(tx, counters::LEVELS)?, 1));
    }
    if found.is_of_changes() {
        return lately::many(tx, found, order);
    }
    Ok((lately::walked(tx.tenant_id(), found).count().get_result(tx.conn)?, 1))
}

fn matching(tenant: TenantId, found: &Found) -> levels::BoxedQuery<'static, MultiBackend> {
    let Found { items: _, locations: _, updated_from, updated_before } = found;
    let mut query = anytime(tenant, found);
    if let Some(from) = *updated_from {
        query = query.filter(levels::updated_at.ge(from));
    }
    if let Some(before) = *updated_before {
        query = query.filter(levels::updated_at.lt(before));
    }
    query
}

/// The balances that match, whenever they changed.
fn anytime(tenant: TenantId, found: &Found) -> levels::BoxedQuery<'static, MultiBackend> {
    let Found { items, locations, updated_from: _, updated_before: _ } = found;
    let mut query = levels::table.into_boxed().filter(levels::tenant_id.eq(tenant));
    if let Some(items) = items {
        query = query.filter(levels::product_id.among(items.iter().copied()));
    }
    if let Some(locations) = locations {
        query = query.filter(levels::warehouse_id.among(locations.iter().copied()));
    }
    query
}

impl BalanceOrder {
    /// Item and location, the one first that the list is ordered by.
    fn key(self, (item, location, ..): &Figures) -> (i64, i64) {
        match self {
            Self::Item => (*item, *location),
            Self::Location => (*location, *item),
        }
    }

    fn cursor(self, row: &Figures) -> Cursor {
        let (first, second) = self.key(row);
        Cursor::Stock(first, second)
    }
}

impl Found {
    /// Whether it asks for a span of changes of whatever item.
    fn is_of_changes(&self) -> bool {
        self.items.is_none() && (self.updated_from.is_some() || self.updated_before.is_some())
    }
}

#[cfg(test)]
mod tests;
