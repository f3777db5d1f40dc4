//! Making, changing and removing items. Both dialects come through here; only the words differ.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::master::{self, List, Reference};
use super::{Item, Tracking, categories, images, variants};
use crate::counters;
use crate::error::{Error, Result};
use crate::schema::products;
use crate::stock;
use crate::store::Tx;
use crate::store::portable::{ForUpdate, advance_sequence};
use crate::store::search::search_text;
use crate::values::{Change, Code, Description, Money, Name, Price, Quantity, Weight, fold};

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

/// What the database holds of an item beyond [`Item`]: folded texts for uniqueness and search.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Columns<'a> {
    sku: &'a str,
    sku_key: String,
    name: &'a str,
    alternate_name: Option<&'a str>,
    barcode: Option<&'a str>,
    vendor: Option<&'a str>,
    description: Option<&'a str>,
    category_id: Option<i64>,
    type_id: Option<i64>,
    brand_id: Option<i64>,
    base_uom_id: Option<i64>,
    sales_uom_id: Option<i64>,
    purchase_uom_id: Option<i64>,
    tracking: Tracking,
    base_price: Money,
    cost_price: Option<Money>,
    compare_at_price: Option<Money>,
    weight: Option<Weight>,
    taxable: bool,
    requires_shipping: bool,
    is_stock: bool,
    is_sold: bool,
    is_purchase: bool,
    is_active: bool,
    search_text: String,
    created_by: &'a str,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// Makes an item.
///
/// # Errors
/// [`Error::Duplicate`] for a SKU or barcode that is taken; [`Error::UnknownReference`] for a category, type,
/// brand or unit that does not exist.
pub fn create(tx: &mut Tx<'_>, new: &NewItem) -> Result<Item> {
    let mut item = blank(tx, new);
    apply(tx, &mut item, &new.rest)?;
    item.id = diesel::insert_into(products::table)
        .values((products::tenant_id.eq(item.tenant_id), columns(&item)))
        .returning(products::id)
        .get_result(tx.conn)?;
    count(tx, None, Some(&item))?;
    Ok(item)
}

/// Records an item that comes with its id and instants: demo data and transfers from other systems.
///
/// # Errors
/// As [`create`], and [`Error::Duplicate`] for an id that is taken.
pub fn enter(tx: &mut Tx<'_>, item: &Item) -> Result<()> {
    diesel::insert_into(products::table)
        .values((products::tenant_id.eq(tx.tenant_id()), products::id.eq(item.id), columns(item)))
        .execute(tx.conn)?;
    advance_sequence(tx.conn, "products")?;
    count(tx, None, Some(item))
}

/// Changes an item. Its `updated_at` moves exactly when something else does.
///
/// # Errors
/// [`Error::NotFound`]; as [`create`]; [`Error::TrackingInUse`] when its tracking would change while there is
/// stock or an open order.
pub fn amend(tx: &mut Tx<'_>, id: i64, changes: &ItemChanges) -> Result<Item> {
    let before = lock(tx, id)?;
    let mut after = before.clone();
    apply(tx, &mut after, changes)?;
    if after == before {
        return Ok(before);
    }
    if after.tracking != before.tracking {
        let on_hand = on_hand(tx, id)?;
        let by = if on_hand.is_zero() {
            stock::wanted_by(tx, id)?
        } else {
            Some(format!("{on_hand} are on hand: take them out of stock first"))
        };
        if let Some(by) = by {
            return Err(Error::TrackingInUse { sku: before.sku, by });
        }
    }
    after.updated_at = tx.now();
    diesel::update(products::table.filter(products::tenant_id.eq(tx.tenant_id()).and(products::id.eq(id))))
        .set(columns(&after))
        .execute(tx.conn)?;
    if after.cost_price != before.cost_price {
        stock::revalue(tx, &BTreeMap::from([(id, after.cost_price.unwrap_or_default())]))?;
    }
    if after.is_active != before.is_active && !on_hand(tx, id)?.is_zero() {
        counters::add(tx, counters::STOCKED_PRODUCTS, if after.is_active { 1 } else { -1 });
    }
    count(tx, Some(&before), Some(&after))?;
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
    count(tx, Some(&item), None)?;
    Ok(files)
}

fn on_hand(tx: &mut Tx<'_>, id: i64) -> Result<Quantity> {
    Ok(stock::on_hand(tx, &[id])?.get(&id).copied().unwrap_or_default())
}

pub(super) fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Item> {
    let this = products::tenant_id.eq(tx.tenant_id()).and(products::id.eq(id));
    let found = ForUpdate(products::table.filter(this).select(Item::as_select())).get_result(tx.conn).optional()?;
    found.ok_or_else(|| super::read::unknown(&id.to_string()))
}

fn blank(tx: &Tx<'_>, new: &NewItem) -> Item {
    Item {
        tenant_id: tx.tenant_id(),
        id: 0,
        sku: new.sku.clone().into(),
        name: new.name.clone().into(),
        alternate_name: None,
        barcode: None,
        vendor: None,
        description: None,
        category_id: None,
        type_id: None,
        brand_id: None,
        base_uom_id: None,
        sales_uom_id: None,
        purchase_uom_id: None,
        tracking: Tracking::None,
        base_price: Money::ZERO,
        cost_price: None,
        compare_at_price: None,
        weight: None,
        taxable: true,
        requires_shipping: true,
        is_stock: true,
        is_sold: true,
        is_purchase: true,
        is_active: true,
        created_by: tx.actor().name().to_owned(),
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

fn apply(tx: &mut Tx<'_>, item: &mut Item, changes: &ItemChanges) -> Result<()> {
    let ItemChanges {
        sku,
        name,
        alternate_name,
        barcode,
        vendor,
        description,
        category,
        item_type,
        brand,
        base_uom,
        sales_uom,
        purchase_uom,
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
    } = changes.clone();
    item.sku = sku.map_or_else(|| std::mem::take(&mut item.sku), String::from);
    item.name = name.map_or_else(|| std::mem::take(&mut item.name), String::from);
    change(&mut item.alternate_name, alternate_name, String::from);
    change(&mut item.barcode, barcode, String::from);
    change(&mut item.vendor, vendor, String::from);
    change(&mut item.description, description, String::from);
    refer(&mut item.category_id, &category, |category| categories::resolve(tx, category))?;
    for (field, list, reference) in [
        (&mut item.type_id, List::Types, item_type),
        (&mut item.brand_id, List::Brands, brand),
        (&mut item.base_uom_id, List::Uoms, base_uom),
        (&mut item.sales_uom_id, List::Uoms, sales_uom),
        (&mut item.purchase_uom_id, List::Uoms, purchase_uom),
    ] {
        refer(field, &reference, |entry| master::resolve(tx, list, entry))?;
    }
    item.tracking = tracking.unwrap_or(item.tracking);
    let mut price = Some(item.base_price);
    change(&mut price, base_price, Price::money);
    item.base_price = price.unwrap_or_default();
    change(&mut item.cost_price, cost_price, Price::money);
    change(&mut item.compare_at_price, compare_at_price, Price::money);
    change(&mut item.weight, weight, |weight| weight);
    item.taxable = taxable.unwrap_or(item.taxable);
    item.requires_shipping = requires_shipping.unwrap_or(item.requires_shipping);
    item.is_stock = is_stock.unwrap_or(item.is_stock);
    item.is_sold = is_sold.unwrap_or(item.is_sold);
    item.is_purchase = is_purchase.unwrap_or(item.is_purchase);
    item.is_active = is_active.unwrap_or(item.is_active);
    Ok(())
}

fn change<T, V>(field: &mut Option<T>, change: Change<V>, value: impl FnOnce(V) -> T) {
    match change {
        Change::Keep => {}
        Change::Clear => *field = None,
        Change::Set(new) => *field = Some(value(new)),
    }
}

fn refer(
    field: &mut Option<i64>,
    change: &Change<Reference>,
    resolve: impl FnOnce(&Reference) -> Result<i64>,
) -> Result<()> {
    match change {
        Change::Keep => {}
        Change::Clear => *field = None,
        Change::Set(reference) => *field = Some(resolve(reference)?),
    }
    Ok(())
}

fn columns(item: &Item) -> Columns<'_> {
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
    Columns {
        sku,
        sku_key: fold(sku),
        name,
        alternate_name: alternate_name.as_deref(),
        barcode: barcode.as_deref(),
        vendor: vendor.as_deref(),
        description: description.as_deref(),
        category_id: *category_id,
        type_id: *type_id,
        brand_id: *brand_id,
        base_uom_id: *base_uom_id,
        sales_uom_id: *sales_uom_id,
        purchase_uom_id: *purchase_uom_id,
        tracking: *tracking,
        base_price: *base_price,
        cost_price: *cost_price,
        compare_at_price: *compare_at_price,
        weight: *weight,
        taxable: *taxable,
        requires_shipping: *requires_shipping,
        is_stock: *is_stock,
        is_sold: *is_sold,
        is_purchase: *is_purchase,
        is_active: *is_active,
        search_text: search_text([name, sku, barcode.as_deref().unwrap_or_default()]),
        created_by,
        created_at: *created_at,
        updated_at: *updated_at,
    }
}

/// Keeps the totals true: the categories in the order of their ids, then the counters.
fn count(tx: &mut Tx<'_>, before: Option<&Item>, after: Option<&Item>) -> Result<()> {
    let category = |item: Option<&Item>| item.and_then(|item| item.category_id);
    categories::moved(tx, category(before), category(after))?;
    let one = |is: bool| i64::from(is);
    let active = |item: Option<&Item>| one(item.is_some_and(|item| item.is_active));
    counters::add(tx, counters::PRODUCTS, one(after.is_some()) - one(before.is_some()));
    counters::add(tx, counters::ACTIVE_PRODUCTS, active(after) - active(before));
    Ok(())
}
