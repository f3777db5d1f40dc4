//! Making, changing and removing items. Both dialects come through here; only the words differ.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::apply::{Described, apply, blank};
use super::master::{self, Reference};
use super::{Item, Tracking, categories, images, variants};
use crate::counters;
use crate::error::{Error, Result};
use crate::schema::products;
use crate::stock;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::{ForUpdate, advance_sequence};
use crate::store::search::search_text;
use crate::values::{Change, Code, Description, Name, Price, Weight, fold};

/// An item to be.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Its SKU, unique within the tenant in any case.
    pub sku: Code,
    /// Its name.
    pub name: Name,
    /// All else; what is kept takes its default.
    pub rest: ItemChanges,
}

/// What may change of an item; `None` and [`Change::Keep`] keep.
#[derive(Debug, Clone, Default)]
pub struct ItemChanges {
    /// Its SKU, unique within the tenant in any case.
    pub sku: Option<Code>,
    /// Its name.
    pub name: Option<Name>,
    /// A second name.
    pub alternate_name: Change<Name>,
    /// Its barcode, unique within the tenant.
    pub barcode: Change<Code>,
    /// Who makes it, in words.
    pub vendor: Change<Name>,
    /// A description.
    pub description: Change<Description>,
    /// Its category.
    pub category: Change<Reference>,
    /// Its type.
    pub item_type: Change<Reference>,
    /// Its brand.
    pub brand: Change<Reference>,
    /// The unit it is counted in.
    pub base_uom: Change<Reference>,
    /// The unit it is sold in.
    pub sales_uom: Change<Reference>,
    /// The unit it is bought in.
    pub purchase_uom: Change<Reference>,
    /// How its stock is told apart; cannot change while there is stock.
    pub tracking: Option<Tracking>,
    /// What it sells for; cleared, nothing.
    pub base_price: Change<Price>,
    /// What it costs to get.
    pub cost_price: Change<Price>,
    /// What it used to sell for.
    pub compare_at_price: Change<Price>,
    /// What one unit weighs.
    pub weight: Change<Weight>,
    /// Whether tax is due on it.
    pub taxable: Option<bool>,
    /// Whether it has to be shipped.
    pub requires_shipping: Option<bool>,
    /// Whether stock of it is kept.
    pub is_stock: Option<bool>,
    /// Whether it is sold.
    pub is_sold: Option<bool>,
    /// Whether it is bought.
    pub is_purchase: Option<bool>,
    /// Whether it is on offer.
    pub is_active: Option<bool>,
}

/// What is stored of an item, in the order of [`cells_of`]; the id last, for rows that come with one.
const STORED: &[&str] = &[
    "tenant_id",
    "sku",
    "sku_key",
    "name",
    "alternate_name",
    "barcode",
    "vendor",
    "description",
    "category_id",
    "type_id",
    "brand_id",
    "base_uom_id",
    "sales_uom_id",
    "purchase_uom_id",
    "tracking",
    "base_price",
    "cost_price",
    "compare_at_price",
    "weight",
    "taxable",
    "requires_shipping",
    "is_stock",
    "is_sold",
    "is_purchase",
    "is_active",
    "search_text",
    "created_by",
    "created_at",
    "updated_at",
    "id",
];
const MADE: bulk::Into = bulk::Into { table: "products", columns: STORED.split_at(STORED.len() - 1).0 };
/// Where items go that come with their ids.
pub(crate) const ENTERED: bulk::Into = bulk::Into { table: "products", columns: STORED };
const CHANGED: bulk::Change =
    bulk::Change { table: "products", keys: &["id"], set: MADE.columns.split_at(1).1, add: &[] };

/// Makes an item.
///
/// # Errors
/// [`Error::Duplicate`] for a SKU or barcode that is taken; [`Error::UnknownReference`] for a category, type,
/// brand or unit that does not exist.
pub fn create(tx: &mut Tx<'_>, new: &NewItem) -> Result<Item> {
    let mut item = blank(tx, &new.sku, &new.name);
    apply(&mut item, &new.rest, |described, reference| resolve(tx, described, reference))?;
    insert(tx, std::slice::from_mut(&mut item))?;
    Ok(item)
}

/// Records an item that comes with its id and instants: demo data and transfers from other systems.
///
/// # Errors
/// As [`create`], and [`Error::Duplicate`] for an id that is taken.
pub fn enter(tx: &mut Tx<'_>, item: &Item) -> Result<()> {
    let mut row = cells_of(item);
    row.push(item.id.into());
    bulk::insert(tx.conn, tx.tenant_id(), ENTERED, &[row])?;
    advance_sequence(tx.conn, "products")?;
    count(tx, &[(None, Some(item))])
}

/// Changes an item. Its `updated_at` moves exactly when something else does.
///
/// # Errors
/// [`Error::NotFound`]; as [`create`]; [`Error::TrackingInUse`] when its tracking would change while there is
/// stock or an open order.
pub fn amend(tx: &mut Tx<'_>, id: i64, changes: &ItemChanges) -> Result<Item> {
    let before = lock(tx, id)?;
    let mut after = before.clone();
    apply(&mut after, changes, |described, reference| resolve(tx, described, reference))?;
    if after == before {
        return Ok(before);
    }
    if after.tracking != before.tracking
        && let Some(by) = tracking_in_use(tx, &[id])?.remove(&id)
    {
        return Err(Error::TrackingInUse { sku: before.sku, by });
    }
    after.updated_at = tx.now();
    let changed = [(before, after)];
    update(tx, &changed)?;
    let [(_, after)] = changed;
    Ok(after)
}

/// Removes an item with its pictures and variants; what is left of it is written off. Movements and order lines stay.
/// Returns the names of the pictures' files, which nothing refers to once this is committed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while an open order or purchase order is for it.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<Vec<String>> {
    let item = lock(tx, id)?;
    stock::write_off(tx, id)?;
    let files = images::forget(tx, id)?;
    variants::forget(tx, id)?;
    diesel::delete(products::table.filter(products::tenant_id.eq(tx.tenant_id()).and(products::id.eq(id))))
        .execute(tx.conn)?;
    count(tx, &[(Some(&item), None)])?;
    Ok(files)
}

/// Adds items, and gives them their ids.
pub(super) fn insert(tx: &mut Tx<'_>, items: &mut [Item]) -> Result<()> {
    let rows = items.iter().map(cells_of).collect::<Vec<_>>();
    let ids = bulk::insert_returning(tx.conn, tx.tenant_id(), MADE, &rows)?;
    for (item, id) in items.iter_mut().zip(ids) {
        item.id = id;
    }
    count(tx, &items.iter().map(|item| (None, Some(item))).collect::<Vec<_>>())
}

/// Writes items that are locked and differ from what they were, with all that depends on it.
pub(super) fn update(tx: &mut Tx<'_>, changed: &[(Item, Item)]) -> Result<()> {
    let row = |item: &Item| std::iter::once(item.id.into()).chain(cells_of(item)).collect();
    let rows = changed.iter().map(|(_, after)| row(after)).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), CHANGED, &rows)?;
    let revalued = changed.iter().filter(|(before, after)| after.cost_price != before.cost_price);
    let costs = revalued.map(|(_, after)| (after.id, after.cost_price.unwrap_or_default())).collect::<BTreeMap<_, _>>();
    if !costs.is_empty() {
        stock::revalue(tx, &costs)?;
    }
    let switched = changed.iter().filter(|(before, after)| after.is_active != before.is_active);
    let switched = switched.map(|(_, after)| (after.id, after.is_active)).collect::<BTreeMap<_, _>>();
    // Asks nothing where there are none.
    let on_hand = stock::on_hand(tx, &switched.keys().copied().collect::<Vec<_>>())?;
    for (id, is_active) in switched {
        if on_hand.get(&id).is_some_and(|quantity| !quantity.is_zero()) {
            counters::add(tx, counters::STOCKED_PRODUCTS, if is_active { 1 } else { -1 });
        }
    }
    count(tx, &changed.iter().map(|(before, after)| (Some(before), Some(after))).collect::<Vec<_>>())
}

/// What keeps the tracking of these items from changing, in plain words, where something does.
pub(super) fn tracking_in_use(tx: &mut Tx<'_>, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
    let mut by = stock::wanted_by(tx, ids)?;
    let on_hand = stock::on_hand(tx, ids)?;
    for (id, on_hand) in on_hand.into_iter().filter(|(_, on_hand)| !on_hand.is_zero()) {
        by.insert(id, format!("{on_hand} are on hand: take them out of stock first"));
    }
    Ok(by)
}

pub(super) fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Item> {
    let this = products::tenant_id.eq(tx.tenant_id()).and(products::id.eq(id));
    let found = ForUpdate(products::table.filter(this).select(Item::as_select())).get_result(tx.conn).optional()?;
    found.ok_or_else(|| super::read::unknown(&id.to_string()))
}

fn resolve(tx: &mut Tx<'_>, described: Described, reference: &Reference) -> Result<i64> {
    match described {
        Described::Category => categories::resolve(tx, reference),
        Described::In(list) => master::resolve(tx, list, reference),
    }
}

/// An item as [`STORED`], without tenant and id.
fn cells_of(item: &Item) -> Vec<bulk::Cell> {
    let Item {
        tenant_id: _,
        id: _,
        sku,
        name,
        alternate_name,
        barcode,
        vendor,
        description,
        category_id,
        type_id,
        brand_id,
        base_uom_id,
        sales_uom_id,
        purchase_uom_id,
        tracking,
        base_price,
        cost_price,
        compare_at_price,
        weight,
        taxable,
        requires_shipping,
        is_stock,
        is_sold,
        is_purchase,
        is_active,
        created_by,
        created_at,
        updated_at,
    } = item;
    let search_text = search_text([name, sku, barcode.as_deref().unwrap_or_default()]);
    cells![
        sku.as_str(),
        fold(sku),
        name.as_str(),
        alternate_name.clone(),
        barcode.clone(),
        vendor.clone(),
        description.clone(),
        *category_id,
        *type_id,
        *brand_id,
        *base_uom_id,
        *sales_uom_id,
        *purchase_uom_id,
        tracking.as_str(),
        *base_price,
        *cost_price,
        *compare_at_price,
        weight.map(Weight::grams),
        *taxable,
        *requires_shipping,
        *is_stock,
        *is_sold,
        *is_purchase,
        *is_active,
        search_text,
        created_by.as_str(),
        *created_at,
        *updated_at,
    ]
}

/// Keeps the totals true: the categories in the order of their ids, then the counters.
fn count(tx: &mut Tx<'_>, changed: &[(Option<&Item>, Option<&Item>)]) -> Result<()> {
    let mut moved = BTreeMap::new();
    for (before, after) in changed {
        for (item, change) in [(before, -1), (after, 1)] {
            if let Some(category) = item.and_then(|item| item.category_id) {
                *moved.entry(category).or_default() += change;
            }
        }
        let one = |is: bool| i64::from(is);
        let active = |item: &Option<&Item>| one(item.is_some_and(|item| item.is_active));
        counters::add(tx, counters::PRODUCTS, one(after.is_some()) - one(before.is_some()));
        counters::add(tx, counters::ACTIVE_PRODUCTS, active(after) - active(before));
    }
    categories::moved(tx, moved)
}
