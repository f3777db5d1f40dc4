//! What a command handles and where: products and warehouses, looked up once for all its lines.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::bring::Intent;
use crate::error::{Error, Result, Thing};
use crate::items::Tracking;
use crate::schema::{products, warehouses};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::portable::{ForKeyShare, ForKeyShareOfProducts, ForUpdate, Unindexed};
use crate::values::{Money, fold};

/// What a command needs to know of a product.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(crate::store::connection::MultiBackend))]
pub(crate) struct Goods {
    pub(crate) id: i64,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) tracking: Tracking,
    pub(crate) base_price: Money,
    pub(crate) cost_price: Option<Money>,
    pub(crate) is_active: bool,
}

/// What a command needs to know of a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = warehouses, check_for_backend(crate::store::connection::MultiBackend))]
pub(crate) struct Place {
    pub(crate) id: i64,
    pub(crate) name: String,
}

impl Goods {
    /// What one unit costs; no cost counts as nothing.
    pub(crate) fn cost(&self) -> Money {
        self.cost_price.unwrap_or_default()
    }
}

/// The products with these ids, held so that none can be removed or tracked otherwise before the transaction ends.
pub(crate) fn load(tx: &mut Tx<'_>, ids: &[i64]) -> Result<BTreeMap<i64, Goods>> {
    let these = products::tenant_id.eq(tx.tenant_id()).and(products::id.among(distinct(ids)));
    let query = products::table.filter(these).order(products::id).select(Goods::as_select());
    Ok(by_id(ForKeyShare(query).load(tx.conn)?))
}

/// The products with these ids, held as by [`load`], and the warehouse where a command handles them, or the default one.
///
/// # Errors
/// As [`place`].
pub(crate) fn load_at(
    tx: &mut Tx<'_>,
    ids: &[i64],
    warehouse: Option<i64>,
    field: &str,
) -> Result<(Place, BTreeMap<i64, Goods>)> {
    let Some(id) = warehouse else { return Ok((place(tx, None, field)?, load(tx, ids)?)) };
    let here = warehouses::tenant_id.eq(tx.tenant_id()).and(warehouses::id.eq(id));
    let these = products::tenant_id.eq(tx.tenant_id()).and(products::id.among(distinct(ids)));
    let query = products::table.inner_join(warehouses::table.on(here)).filter(these).order(products::id);
    let query = query.select((Place::as_select(), Goods::as_select()));
    let (places, goods): (Vec<Place>, Vec<Goods>) =
        ForKeyShareOfProducts(query).load::<(Place, Goods)>(tx.conn)?.into_iter().unzip();
    match places.into_iter().next() {
        Some(place) => Ok((place, by_id(goods))),
        // One of both is not there.
        None => Ok((place(tx, warehouse, field)?, BTreeMap::new())),
    }
}

/// The products with these ids, held for who changes what they cost: no other command books them meanwhile.
pub(crate) fn claim(tx: &mut Tx<'_>, ids: &[i64]) -> Result<BTreeMap<i64, Goods>> {
    let these = products::tenant_id.eq(tx.tenant_id()).and(products::id.among(distinct(ids)));
    let query = products::table.filter(these).order(products::id).select(Goods::as_select());
    Ok(by_id(ForUpdate(query).load(tx.conn)?))
}

/// The products with these SKUs, by their folded SKU; held as by [`load`] for who is going to write.
pub(crate) fn by_sku(tx: &mut Tx<'_>, keys: &BTreeSet<String>, intent: Intent) -> Result<BTreeMap<String, Goods>> {
    let these = products::tenant_id.eq(tx.tenant_id()).and(products::sku_key.among(keys));
    let query = products::table.filter(these).order(Unindexed(products::id)).select(Goods::as_select());
    let found: Vec<Goods> = match intent {
        Intent::Judge => query.load(tx.conn)?,
        Intent::Write => ForKeyShare(query).load(tx.conn)?,
    };
    Ok(found.into_iter().map(|goods| (fold(&goods.sku), goods)).collect())
}

fn distinct(ids: &[i64]) -> Vec<i64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn by_id(found: Vec<Goods>) -> BTreeMap<i64, Goods> {
    found.into_iter().map(|goods| (goods.id, goods)).collect()
}

/// One product that a command refers to, held as by [`load`], and the warehouse where the command handles it.
///
/// # Errors
/// [`Error::UnknownReference`], of the product first.
pub(crate) fn one_at(tx: &mut Tx<'_>, id: i64, warehouse: i64) -> Result<(Goods, Place)> {
    match load_at(tx, &[id], Some(warehouse), "warehouse_id") {
        Ok((place, mut found)) => Ok((found.remove(&id).ok_or_else(|| unknown("product_id", Thing::Item, id))?, place)),
        Err(error @ Error::UnknownReference { .. }) => Err(one(tx, id, "product_id").err().unwrap_or(error)),
        // A lost race or a lock that was not had: nothing more can be asked.
        Err(error) => Err(error),
    }
}

/// One product that a command refers to.
///
/// # Errors
/// [`Error::UnknownReference`] naming `field`.
pub(crate) fn one(tx: &mut Tx<'_>, id: i64, field: &str) -> Result<Goods> {
    let found = load(tx, &[id])?.remove(&id);
    found.ok_or_else(|| unknown(field, Thing::Item, id))
}

/// One warehouse that a command refers to, or the default one.
///
/// # Errors
/// [`Error::UnknownReference`] naming `field`; [`Error::NoDefaultWarehouse`] where none is named and there is none.
pub(crate) fn place(tx: &mut Tx<'_>, id: Option<i64>, field: &str) -> Result<Place> {
    let of_tenant = warehouses::tenant_id.eq(tx.tenant_id());
    let query = warehouses::table.select(Place::as_select());
    let Some(id) = id else {
        let default = query.filter(of_tenant.and(warehouses::is_default.eq(true))).first(tx.conn).optional()?;
        return default.ok_or(Error::NoDefaultWarehouse);
    };
    find_place(tx, id)?.ok_or_else(|| unknown(field, Thing::Warehouse, id))
}

/// One warehouse, if it is there.
pub(crate) fn find_place(tx: &mut Tx<'_>, id: i64) -> Result<Option<Place>> {
    let this = warehouses::tenant_id.eq(tx.tenant_id()).and(warehouses::id.eq(id));
    Ok(warehouses::table.filter(this).select(Place::as_select()).first(tx.conn).optional()?)
}

/// Those of these warehouses that are there.
pub(crate) fn places(tx: &mut Tx<'_>, ids: &BTreeSet<i64>) -> Result<BTreeMap<i64, Place>> {
    let these = warehouses::tenant_id.eq(tx.tenant_id()).and(warehouses::id.among(ids.iter().copied()));
    let found: Vec<Place> = warehouses::table.filter(these).select(Place::as_select()).load(tx.conn)?;
    Ok(found.into_iter().map(|place| (place.id, place)).collect())
}

/// Holds a warehouse for a document that refers to it, so that it cannot be closed before that is written.
///
/// # Errors
/// [`Error::UnknownReference`] naming `field` for one that was closed meanwhile.
pub(crate) fn hold(tx: &mut Tx<'_>, place: &Place, field: &str) -> Result<()> {
    let this = warehouses::tenant_id.eq(tx.tenant_id()).and(warehouses::id.eq(place.id));
    let query = ForKeyShare(warehouses::table.filter(this).select(warehouses::id));
    let held: Option<i64> = query.get_result(tx.conn).optional()?;
    held.map(|_| ()).ok_or_else(|| unknown(field, Thing::Warehouse, place.id))
}

fn unknown(field: &str, thing: Thing, id: i64) -> Error {
    Error::UnknownReference { field: field.to_owned(), thing, key: id.to_string() }
}
