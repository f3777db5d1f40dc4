//! Lists of items, each row no wider than its reader needs.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Tracking, lately};
use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Start, Window};
use crate::schema::{categories, products};
use crate::stock;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::search::{self, ItemsContain};
use crate::values::{Money, Quantity, fold};

/// Which items are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Part of the name, SKU or barcode, in any case.
    pub search: Option<String>,
    /// Part of the name, in any case.
    pub name: Option<String>,
    /// Direct members of this category.
    pub category_id: Option<i64>,
    /// Active ones, or inactive ones.
    pub is_active: Option<bool>,
    /// The one with this id.
    pub id: Option<i64>,
    /// The one with this SKU, in any case.
    pub code: Option<String>,
    /// The one with this barcode.
    pub barcode: Option<String>,
    /// Changed at this instant or later, in UTC.
    pub updated_from: Option<NaiveDateTime>,
    /// Changed before this instant, in UTC.
    pub updated_before: Option<NaiveDateTime>,
}

/// A row of the product list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// The item's own columns.
    pub item: ItemColumns,
    /// The name of its category.
    pub category_name: Option<String>,
    /// On hand in all warehouses.
    pub on_hand: Quantity,
}

/// What a product list shows of an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(MultiBackend))]
pub struct ItemColumns {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its SKU.
    pub sku: String,
    /// What it sells for.
    pub base_price: Money,
    /// What it costs to get.
    pub cost_price: Option<Money>,
    /// Its barcode.
    pub barcode: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Its category.
    pub category_id: Option<i64>,
    /// How its stock is told apart.
    pub tracking: Tracking,
    /// Whether it is on offer.
    pub is_active: bool,
}

/// What a SimBiz list shows of an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(MultiBackend))]
pub struct ItemHead {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its barcode.
    pub barcode: Option<String>,
    /// When it last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// The rows of a window in the order of their ids, of which none that matches stands before `$first`, and one more. Where
/// all items are wanted, which is asked for most, the statement is found by its type: Diesel words a query whose shape
/// is told at run time anew each time.
macro_rules! by_id {
    ($tx:ident, $filter:ident, $window:ident, $first:expr, $columns:expr) => {{
        let tenant = $tx.tenant_id();
        let last = $window.after_id()?.unwrap_or($first - 1);
        let after = products::id.gt(last);
        let (limit, offset) = ($window.limit + 1, $window.offset());
        if *$filter == ItemFilter::default() {
            let all = products::table.filter(products::tenant_id.eq(tenant)).filter(after);
            all.select($columns).order(products::id).limit(limit).offset(offset).load($tx.conn)?
        } else {
            let is_of_changes = $filter.is_of_changes();
            let some = if is_of_changes { lately::walked(tenant, $filter) } else { matching(tenant, $filter) };
            // Without an index for ids beside that for searches: PostgreSQL would go through all of it for each.
            let some =
                if $filter.is_looked_up() { some.filter((products::id + 0).gt(last)) } else { some.filter(after) };
            some.select($columns).order(products::id).limit(limit).offset(offset).load($tx.conn)?
        }
    }};
}

/// Items by id, with the name of their category and what is on hand: two statements and one for the total.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window) -> Result<Slice<ItemLine>> {
    lines(tx, filter, window)?.counted(window, || total(tx, filter))
}

/// The rows of [`list`], the whole not counted.
///
/// # Errors
/// Only faults of the store.
pub fn lines(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window) -> Result<Part<ItemLine>> {
    let its_own = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.nullable().eq(products::category_id));
    let category = categories::table.filter(its_own).select(categories::name).single_value();
    let columns = (ItemColumns::as_select(), category);
    let rows: Vec<(ItemColumns, Option<String>)> = by_id!(tx, filter, window, 1, columns);
    let Part { rows, next } = Part::cut(rows, window, |(item, _)| Cursor::Id(item.id));
    let ids = rows.iter().map(|(item, _)| item.id).collect::<Vec<_>>();
    let on_hand = stock::totals(tx, &ids)?;
    let line = |(item, category_name): (ItemColumns, Option<String>)| {
        let on_hand = on_hand.get(&item.id).copied().unwrap_or_default();
        ItemLine { item, category_name, on_hand }
    };
    Ok(Part { rows: rows.into_iter().map(line).collect(), next })
}

/// Items by id, as briefly as a SimBiz list shows them: one statement and one for the total, or for a span of changes at
/// most five in all.
///
/// # Errors
/// Only faults of the store.
pub fn list_heads(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window) -> Result<Slice<ItemHead>> {
    if let Some(ids) = lately::few(tx, filter)? {
        let total = counters::rows(ids.len());
        return Ok(heads_among(tx, filter, window, ids)?.of(total));
    }
    if filter.is_of_changes() {
        let (total, first) = lately::many(tx, filter)?;
        return Ok(heads_from(tx, filter, window, first)?.of(total));
    }
    heads_from(tx, filter, window, 1)?.counted(window, || total(tx, filter))
}

/// The rows of [`list_heads`], the whole not counted.
///
/// # Errors
/// Only faults of the store.
pub fn heads(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window) -> Result<Part<ItemHead>> {
    // Behind a cursor it is known where to go on, and most often that there is much.
    let begins = matches!(window.start, Start::Page(_)) && filter.is_of_changes();
    if !begins {
        return heads_from(tx, filter, window, 1);
    }
    if let Some(ids) = lately::few(tx, filter)? {
        return heads_among(tx, filter, window, ids);
    }
    let (_, first) = lately::many(tx, filter)?;
    heads_from(tx, filter, window, first)
}

/// A window onto items whose ids are known.
fn heads_among(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window, ids: Vec<i64>) -> Result<Part<ItemHead>> {
    let Part { rows: ids, next } = Part::of_all(ids, window, window.after_id()?, |id| *id, |id| Cursor::Id(*id));
    // Asked for again: what changed meanwhile may have left the span.
    let these = matching(tx.tenant_id(), filter).filter(products::id.among(ids));
    Ok(Part { rows: these.select(ItemHead::as_select()).order(products::id).load(tx.conn)?, next })
}

/// A window onto items in the order of their ids, of which none that matches stands before `first`.
fn heads_from(tx: &mut Tx<'_>, filter: &ItemFilter, window: &Window, first: i64) -> Result<Part<ItemHead>> {
    let rows: Vec<ItemHead> = by_id!(tx, filter, window, first, ItemHead::as_select());
    Ok(Part::cut(rows, window, |item| Cursor::Id(item.id)))
}

/// The exact number of items that match, from a counter where one stands for them.
fn total(tx: &mut Tx<'_>, filter: &ItemFilter) -> Result<i64> {
    if *filter == ItemFilter::default() {
        return counters::read(tx, counters::PRODUCTS);
    }
    if *filter == (ItemFilter { is_active: Some(true), ..ItemFilter::default() }) {
        return counters::read(tx, counters::ACTIVE_PRODUCTS);
    }
    Ok(matching(tx.tenant_id(), filter).count().get_result(tx.conn)?)
}

pub(super) fn matching(tenant: TenantId, filter: &ItemFilter) -> products::BoxedQuery<'static, MultiBackend> {
    let ItemFilter { search, name, category_id, is_active, id, code, barcode, updated_from, updated_before } =
        filter.clone();
    let mut query = products::table.into_boxed().filter(products::tenant_id.eq(tenant));
    if let Some(search) = search {
        query = query.filter(ItemsContain::anywhere(tenant, &fold(&search)));
    }
    if let Some(name) = name {
        query = query.filter(ItemsContain::in_name(tenant, &fold(&name)));
    }
    if let Some(category) = category_id {
        query = query.filter(products::category_id.eq(category));
    }
    if let Some(is_active) = is_active {
        query = query.filter(products::is_active.eq(is_active));
    }
    if let Some(id) = id {
        query = query.filter(products::id.eq(id));
    }
    if let Some(code) = code {
        query = query.filter(products::sku_key.eq(fold(&code)));
    }
    if let Some(barcode) = barcode {
        query = query.filter(products::barcode.eq(barcode));
    }
    if let Some(from) = updated_from {
        query = query.filter(products::updated_at.ge(from));
    }
    if let Some(before) = updated_before {
        query = query.filter(products::updated_at.lt(before));
    }
    query
}

impl ItemFilter {
    /// Whether items are found through the search index.
    fn is_looked_up(&self) -> bool {
        let is_long = |text: &Option<String>| text.as_ref().is_some_and(|text| search::has_grams(&fold(text)));
        is_long(&self.search) || is_long(&self.name)
    }

    /// Whether it asks for a span of changes, and for nothing else.
    pub(super) fn is_of_changes(&self) -> bool {
        let Self { updated_from, updated_before, .. } = *self;
        *self != Self::default() && *self == Self { updated_from, updated_before, ..Self::default() }
    }
}
