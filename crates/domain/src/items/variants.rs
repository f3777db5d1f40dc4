//! Variants of items, such as a size or a colour. They describe: they hold no stock and cannot be ordered.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::write::lock as lock_item;
use crate::error::{Error, Result, Thing};
use crate::schema::product_variants as variants;
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::values::{Code, Money, Name, Price, fold};

/// Variants of one item at the most.
pub const MOST: usize = 100;

/// A variant of an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = variants, check_for_backend(MultiBackend))]
pub struct Variant {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its SKU, unique among the variants of the tenant in any case.
    pub sku: Option<String>,
    /// What it sells for.
    pub price: Option<Money>,
    /// What it differs in, as its dialect wrote it.
    pub options: String,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
}

/// What is said of a variant.
#[derive(Debug, Clone)]
pub struct VariantDetails {
    /// Its name.
    pub name: Name,
    /// Its SKU, unique among the variants of the tenant in any case. An item may have the same.
    pub sku: Option<Code>,
    /// What it sells for.
    pub price: Option<Price>,
    /// What it differs in, as its dialect writes it.
    pub options: String,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = variants, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Columns<'a> {
    name: &'a str,
    sku: Option<&'a str>,
    sku_key: Option<String>,
    price: Option<Money>,
    options: &'a str,
    updated_at: NaiveDateTime,
}

/// The variants of an item, by id.
///
/// # Errors
/// Only faults of the store.
pub fn of_item(tx: &mut Tx<'_>, item: i64) -> Result<Vec<Variant>> {
    let of_item = variants::tenant_id.eq(tx.tenant_id()).and(variants::product_id.eq(item));
    Ok(variants::table.filter(of_item).order(variants::id).select(Variant::as_select()).load(tx.conn)?)
}

/// Adds a variant to an item.
///
/// # Errors
/// [`Error::NotFound`] for the item; [`Error::TooMany`] when it has [`MOST`] already; [`Error::Duplicate`] for a SKU
/// that is taken.
pub fn create(tx: &mut Tx<'_>, item: i64, new: &VariantDetails) -> Result<Variant> {
    // Held, so that two at once do not go past the limit.
    lock_item(tx, item)?;
    let (tenant, now) = (tx.tenant_id(), tx.now());
    let of_item = variants::tenant_id.eq(tenant).and(variants::product_id.eq(item));
    let before: i64 = variants::table.filter(of_item).count().get_result(tx.conn)?;
    if usize::try_from(before).is_ok_and(|before| before >= MOST) {
        return Err(Error::TooMany { thing: Thing::Variant, most: MOST });
    }
    let row = (
        variants::tenant_id.eq(tenant),
        variants::product_id.eq(item),
        columns(new, now),
        variants::created_at.eq(now),
    );
    let insert = diesel::insert_into(variants::table).values(row);
    Ok(insert.returning(<Variant as Selectable<MultiBackend>>::construct_selection()).get_result(tx.conn)?)
}

/// Says everything of a variant anew.
///
/// # Errors
/// [`Error::NotFound`] for the item or the variant; [`Error::Duplicate`] for a SKU that is taken.
pub fn replace(tx: &mut Tx<'_>, item: i64, id: i64, details: &VariantDetails) -> Result<()> {
    lock_item(tx, item)?;
    let this = variants::tenant_id.eq(tx.tenant_id()).and(variants::product_id.eq(item)).and(variants::id.eq(id));
    let changed = diesel::update(variants::table.filter(this)).set(columns(details, tx.now())).execute(tx.conn)?;
    found(changed, id)
}

/// Takes a variant off an item.
///
/// # Errors
/// [`Error::NotFound`] for the item or the variant.
pub fn remove(tx: &mut Tx<'_>, item: i64, id: i64) -> Result<()> {
    lock_item(tx, item)?;
    let this = variants::tenant_id.eq(tx.tenant_id()).and(variants::product_id.eq(item)).and(variants::id.eq(id));
    let removed = diesel::delete(variants::table.filter(this)).execute(tx.conn)?;
    found(removed, id)
}

/// Takes all variants off an item that goes.
pub(super) fn forget(tx: &mut Tx<'_>, item: i64) -> Result<()> {
    let of_item = variants::tenant_id.eq(tx.tenant_id()).and(variants::product_id.eq(item));
    diesel::delete(variants::table.filter(of_item)).execute(tx.conn)?;
    Ok(())
}

fn found(rows: usize, id: i64) -> Result<()> {
    if rows == 0 { Err(Error::NotFound { thing: Thing::Variant, key: id.to_string() }) } else { Ok(()) }
}

fn columns(details: &VariantDetails, now: NaiveDateTime) -> Columns<'_> {
    let VariantDetails { name, sku, price, options } = details;
    Columns {
        name: name.as_str(),
        sku: sku.as_ref().map(Code::as_str),
        sku_key: sku.as_ref().map(|sku| fold(sku.as_str())),
        price: price.map(Price::money),
        options,
        updated_at: now,
    }
}
