//! Warehouses: where stock lies. SimBiz calls them locations.

mod bring;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

pub use bring::{WarehouseRow, bring};

use super::ledger;
use crate::error::{Error, Problem, Result, Thing};
use crate::items::master::{Entry, entries_of};
use crate::orders::Status;
use crate::purchasing::PurchaseStatus;
use crate::schema::{orders, purchase_orders, warehouse_totals as sums, warehouses as places};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForNoKeyUpdate, ForUpdate, advance_sequence};
use crate::values::{Code, Money, Name, fold};

/// A warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = places, check_for_backend(MultiBackend))]
pub struct Warehouse {
    /// Its id.
    pub id: i64,
    /// Its code, unique within the tenant in any case.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its street address.
    pub address: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its state.
    pub state: Option<String>,
    /// Whether it is meant where none is named.
    pub is_default: bool,
    /// Whether it is in use.
    pub is_active: bool,
    /// When it was opened, in UTC.
    pub created_at: NaiveDateTime,
}

/// A warehouse and what lies in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocked {
    /// The warehouse.
    pub warehouse: Warehouse,
    /// Products of which something is on hand.
    pub skus: i64,
    /// What all of it is worth at cost.
    pub value: Money,
}

/// A warehouse to be.
#[derive(Debug, Clone)]
pub struct NewWarehouse {
    /// Its id, where it comes with one; else the next.
    pub id: Option<i64>,
    /// What is said of it.
    pub details: Details,
}

/// What is said of a warehouse.
#[derive(Debug, Clone)]
pub struct Details {
    /// Its code, unique within the tenant in any case.
    pub code: Code,
    /// Its name.
    pub name: Name,
    /// Its street address.
    pub address: Option<Name>,
    /// Its city.
    pub city: Option<Name>,
    /// Its state.
    pub state: Option<Name>,
    /// Whether it is meant where none is named, in place of the one before; absent: as it is.
    pub is_default: Option<bool>,
    /// Whether it is in use; absent: as it is, and a new one is.
    pub is_active: Option<bool>,
}

/// All warehouses by id, with what lies in them.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Stocked>> {
    let tenant = tx.tenant_id();
    let all = places::table.filter(places::tenant_id.eq(tenant)).order(places::id);
    let all: Vec<Warehouse> = all.select(Warehouse::as_select()).load(tx.conn)?;
    let sums: Vec<(i64, i64, Money)> = sums::table
        .filter(sums::tenant_id.eq(tenant))
        .select((sums::warehouse_id, sums::skus, sums::value))
        .load(tx.conn)?;
    let sums = sums.into_iter().map(|(id, skus, value)| (id, (skus, value))).collect::<HashMap<_, _>>();
    let stocked = |warehouse: Warehouse| {
        let (skus, value) = sums.get(&warehouse.id).copied().unwrap_or_default();
        Stocked { warehouse, skus, value }
    };
    Ok(all.into_iter().map(stocked).collect())
}

/// All warehouses as other lists have their entries, by id.
///
/// # Errors
/// Only faults of the store.
pub fn entries(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    Ok(entries_of!(places, tx))
}

/// Opens a warehouse. The first one of a tenant is its default.
///
/// # Errors
/// [`Error::Duplicate`] when its code is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewWarehouse) -> Result<Warehouse> {
    let (tenant, now) = (tx.tenant_id(), tx.now());
    let before = default(tx)?;
    let is_default = new.details.is_default == Some(true) || before.is_none();
    if let Some(before) = before.filter(|_| is_default) {
        set_default(tx, before, false)?;
    }
    let row = (
        places::tenant_id.eq(tenant),
        columns(&new.details),
        places::is_default.eq(is_default),
        places::is_active.eq(new.details.is_active.unwrap_or(true)),
        places::created_at.eq(now),
        places::updated_at.eq(now),
    );
    let insert = diesel::insert_into(places::table);
    let id: i64 = match new.id {
        Some(id) => insert.values((places::id.eq(id), row)).returning(places::id).get_result(tx.conn)?,
        None => insert.values(row).returning(places::id).get_result(tx.conn)?,
    };
    if new.id.is_some() {
        advance_sequence(tx.conn, "warehouses")?;
    }
    lock(tx, id)
}

/// Says everything of a warehouse anew. When it last changed moves exactly when something else does.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Duplicate`] when its code is taken; [`Error::Invalid`] when the tenant would be left
/// without a default warehouse.
pub fn replace(tx: &mut Tx<'_>, id: i64, details: &Details) -> Result<Warehouse> {
    let before = default(tx)?;
    let warehouse = lock(tx, id)?;
    match details.is_default {
        Some(false) if warehouse.is_default => {
            let message = "must stay true: make another warehouse the default instead";
            return Err(Error::Invalid(vec![Problem::new("is_default", message)]));
        }
        Some(true) if !warehouse.is_default => {
            if let Some(before) = before {
                set_default(tx, before, false)?;
            }
            set_default(tx, id, true)?;
        }
        Some(_) | None => {}
    }
    let Details { code, name, address, city, state, is_default, is_active } = details.clone();
    let after = Warehouse {
        id,
        code: code.into(),
        name: name.into(),
        address: address.map(String::from),
        city: city.map(String::from),
        state: state.map(String::from),
        is_default: is_default.unwrap_or(warehouse.is_default),
        is_active: is_active.unwrap_or(warehouse.is_active),
        created_at: warehouse.created_at,
    };
    if after != warehouse {
        let this = places::tenant_id.eq(tx.tenant_id()).and(places::id.eq(id));
        diesel::update(places::table.filter(this))
            .set((columns(details), places::is_active.eq(after.is_active), places::updated_at.eq(tx.now())))
            .execute(tx.conn)?;
    }
    Ok(after)
}

/// Closes a warehouse for good. Movements and orders that are done keep its id.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while stock lies in it, an open order is fulfilled from it or an open
/// purchase order is to come to it, another warehouse belongs to its branch, or it is the default one of several.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let warehouse = lock(tx, id)?;
    let tenant = tx.tenant_id();
    if let Some(by) = used_by(tx, &warehouse)? {
        return Err(Error::InUse { thing: Thing::Warehouse, key: id.to_string(), by });
    }
    ledger::close(tx, id)?;
    diesel::delete(places::table.filter(places::tenant_id.eq(tenant).and(places::id.eq(id)))).execute(tx.conn)?;
    Ok(())
}

/// What keeps a warehouse from being closed, in plain words. Its stock rows stay locked.
fn used_by(tx: &mut Tx<'_>, warehouse: &Warehouse) -> Result<Option<String>> {
    let tenant = tx.tenant_id();
    let others = places::tenant_id.eq(tenant).and(places::id.ne(warehouse.id));
    let other: Option<i64> = places::table.filter(others).select(places::id).first(tx.conn).optional()?;
    if warehouse.is_default && other.is_some() {
        return Ok(Some("it is the default one: make another the default first".to_owned()));
    }
    if ledger::lies_in(tx, warehouse.id)? {
        return Ok(Some("stock lies in it or is promised from it: transfer or ship that first".to_owned()));
    }
    let open = orders::tenant_id.eq(tenant).and(orders::warehouse_id.eq(warehouse.id));
    let open = open.and(orders::status.among(Status::open()));
    if diesel::select(exists(orders::table.filter(open))).get_result(tx.conn)? {
        return Ok(Some("open orders are fulfilled from it: fulfil or cancel them first".to_owned()));
    }
    let expected = purchase_orders::tenant_id.eq(tenant).and(purchase_orders::warehouse_id.eq(warehouse.id));
    let expected = expected.and(purchase_orders::status.among(PurchaseStatus::OPEN));
    if diesel::select(exists(purchase_orders::table.filter(expected))).get_result(tx.conn)? {
        return Ok(Some("open purchase orders are to come to it: receive or cancel them first".to_owned()));
    }
    let branch: Option<i64> = places::table
        .filter(others.and(places::branch_id.eq(warehouse.id)))
        .select(places::id)
        .first(tx.conn)
        .optional()?;
    Ok(branch.map(|branch| format!("warehouse {branch} belongs to its branch: move that first")))
}

fn columns(details: &Details) -> Columns<'_> {
    let Details { code, name, address, city, state, is_default: _, is_active: _ } = details;
    Columns {
        code: code.as_str(),
        code_key: fold(code.as_str()),
        name: name.as_str(),
        address: address.as_ref().map(Name::as_str),
        city: city.as_ref().map(Name::as_str),
        state: state.as_ref().map(Name::as_str),
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = places, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Columns<'a> {
    code: &'a str,
    code_key: String,
    name: &'a str,
    address: Option<&'a str>,
    city: Option<&'a str>,
    state: Option<&'a str>,
}

/// The default warehouse. All are locked: who makes another one the default waits, and then sees which one is.
fn default(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    let all = places::table.filter(places::tenant_id.eq(tx.tenant_id())).order(places::id).select(places::id);
    ForNoKeyUpdate(all).load::<i64>(tx.conn)?;
    let default = places::tenant_id.eq(tx.tenant_id()).and(places::is_default.eq(true));
    Ok(places::table.filter(default).select(places::id).first(tx.conn).optional()?)
}

fn set_default(tx: &mut Tx<'_>, id: i64, is_default: bool) -> Result<()> {
    let this = places::tenant_id.eq(tx.tenant_id()).and(places::id.eq(id));
    diesel::update(places::table.filter(this)).set(places::is_default.eq(is_default)).execute(tx.conn)?;
    Ok(())
}

fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Warehouse> {
    let this = places::tenant_id.eq(tx.tenant_id()).and(places::id.eq(id));
    let query = ForUpdate(places::table.filter(this).select(Warehouse::as_select()));
    let found = query.get_result(tx.conn).optional()?;
    found.ok_or_else(|| Error::NotFound { thing: Thing::Warehouse, key: id.to_string() })
}
