//! Balances: each stock row with its item, its location and its branch, as SimBiz shows it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::actor::TenantId;
use crate::counters;
use crate::error::{Error, Result};
use crate::items::Label;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{products, stock_levels as levels, uoms, warehouses as places};
use crate::store::Tx;
use crate::store::connection::MultiBackend;
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

/// Balances by id: one statement, one for the total, and one each to find the codes and the branch.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &BalanceFilter, order: BalanceOrder, window: &Window) -> Result<Slice<Balance>> {
    let found = find(tx, filter)?;
    Ok(rows(tx, &found, order, window)?.of(total(tx, filter, &found)?))
}

/// The rows of [`list`], the whole not counted.
///
/// # Errors
/// Only faults of the store.
pub fn part(tx: &mut Tx<'_>, filter: &BalanceFilter, order: BalanceOrder, window: &Window) -> Result<Part<Balance>> {
    let found = find(tx, filter)?;
    rows(tx, &found, order, window)
}

/// A filter with its codes and its branch found: with ids alone, either engine goes by its index.
struct Found {
    items: Option<Vec<i64>>,
    locations: Option<Vec<i64>>,
    updated_from: Option<NaiveDateTime>,
    updated_before: Option<NaiveDateTime>,
}

fn find(tx: &mut Tx<'_>, filter: &BalanceFilter) -> Result<Found> {
    let tenant = tx.tenant_id();
    let BalanceFilter { branch_id, item_codes, updated_from, updated_before } = filter;
    let (mut items, mut locations) = (None, None);
    if let Some(codes) = item_codes {
        let keys = codes.iter().map(|code| fold(code)).collect::<Vec<_>>();
        let named = products::tenant_id.eq(tenant).and(products::sku_key.eq_any(keys));
        items = Some(products::table.filter(named).select(products::id).load(tx.conn)?);
    }
    if let Some(branch) = *branch_id {
        let own = places::branch_id.is_null().and(places::id.eq(branch));
        let members = places::tenant_id.eq(tenant).and(own.or(places::branch_id.eq(branch)));
        locations = Some(places::table.filter(members).select(places::id).load(tx.conn)?);
    }
    Ok(Found { items, locations, updated_from: *updated_from, updated_before: *updated_before })
}

fn rows(tx: &mut Tx<'_>, found: &Found, order: BalanceOrder, window: &Window) -> Result<Part<Balance>> {
    let tenant = tx.tenant_id();
    let (item, location, branch) = (levels::product_id, levels::warehouse_id, BRANCH);
    let mut query = matching(tenant, found);
    if let Some((first, second)) = window.after_stock()? {
        query = match order {
            BalanceOrder::Item => query.filter(item.ge(first)).filter(item.gt(first).or(location.gt(second))),
            BalanceOrder::Location => query.filter(location.ge(first)).filter(location.gt(first).or(item.gt(second))),
        };
    }
    let its_branch = branch.field(places::id).nullable().eq(places::branch_id);
    let query = query
        .inner_join(products::table.on(products::tenant_id.eq(tenant).and(products::id.eq(item))))
        .inner_join(places::table.on(places::tenant_id.eq(tenant).and(places::id.eq(location))))
        .left_join(branch.on(branch.field(places::tenant_id).eq(tenant).and(its_branch)))
        .left_join(uoms::table.on(uoms::tenant_id.eq(tenant).and(uoms::id.nullable().eq(products::base_uom_id))));
    let query = match order {
        BalanceOrder::Item => query.order((item, location)),
        // By the joined ids: by its own columns SQLite would walk every location for a handful of items.
        BalanceOrder::Location if found.items.is_some() => query.order((places::id, products::id)),
        BalanceOrder::Location => query.order((location, item)),
    };
    let rows: Vec<Row> = query
        .select((
            BalancedItem::as_select(),
            (places::id, places::code, places::name),
            branch.fields((places::id, places::code)).nullable(),
            uoms::code.nullable(),
            levels::quantity,
            levels::reserved,
            levels::updated_at,
        ))
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let rows = rows.into_iter().map(balance).collect::<Result<_>>()?;
    Ok(Part::cut(rows, window, |Balance { item, location, .. }| match order {
        BalanceOrder::Item => Cursor::Stock(item.id, location.id),
        BalanceOrder::Location => Cursor::Stock(location.id, item.id),
    }))
}

/// The exact number of balances that match, from a counter where one stands for them.
fn total(tx: &mut Tx<'_>, filter: &BalanceFilter, found: &Found) -> Result<i64> {
    if *filter == BalanceFilter::default() {
        return counters::read(tx, counters::LEVELS);
    }
    Ok(matching(tx.tenant_id(), found).count().get_result(tx.conn)?)
}

fn matching(tenant: TenantId, found: &Found) -> levels::BoxedQuery<'static, MultiBackend> {
    let Found { items, locations, updated_from, updated_before } = found;
    let mut query = levels::table.into_boxed().filter(levels::tenant_id.eq(tenant));
    if let Some(items) = items {
        query = query.filter(levels::product_id.eq_any(items.clone()));
    }
    if let Some(locations) = locations {
        query = query.filter(levels::warehouse_id.eq_any(locations.clone()));
    }
    if let Some(from) = *updated_from {
        query = query.filter(levels::updated_at.ge(from));
    }
    if let Some(before) = *updated_before {
        query = query.filter(levels::updated_at.lt(before));
    }
    query
}

type Row = (BalancedItem, Label, Option<(i64, String)>, Option<String>, Quantity, Quantity, NaiveDateTime);

fn balance((item, location, branch, uom_code, quantity, reserved, updated_at): Row) -> Result<Balance> {
    let (branch_id, branch_code) = branch.unwrap_or_else(|| (location.id, location.code.clone()));
    let available = quantity.minus(reserved).ok_or(Error::OutOfRange)?;
    Ok(Balance { item, location, branch_id, branch_code, uom_code, quantity, reserved, available, updated_at })
}

#[cfg(test)]
mod tests;
