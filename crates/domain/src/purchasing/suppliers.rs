//! Suppliers: who sells to us.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::PurchaseStatus;
use crate::counters;
use crate::error::{Error, Result, Thing};
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{purchase_orders, supplier_products, suppliers};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::portable::ForUpdate;
use crate::values::Name;

/// A supplier.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = suppliers, check_for_backend(MultiBackend))]
pub struct Supplier {
    /// Its id.
    pub id: i64,
    /// Its name; others may have the same.
    pub name: String,
    /// Its e-mail.
    pub email: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// When it is paid, such as `Net 30`.
    pub payment_terms: Option<String>,
    /// Days from order to delivery.
    pub lead_time_days: Option<i64>,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
}

/// A supplier and how many products were ordered from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierLine {
    /// The supplier.
    pub supplier: Supplier,
    /// Distinct products on its purchase orders that were not cancelled.
    pub product_count: i64,
}

/// What is said of a supplier.
#[derive(Debug, Clone)]
pub struct SupplierDetails {
    /// Its name.
    pub name: Name,
    /// Its e-mail.
    pub email: Option<Name>,
    /// Its phone number.
    pub phone: Option<Name>,
    /// When it is paid.
    pub payment_terms: Option<Name>,
    /// Days from order to delivery, not negative.
    pub lead_time_days: Option<i64>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = suppliers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Columns<'a> {
    name: &'a str,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    payment_terms: Option<&'a str>,
    lead_time_days: Option<i64>,
    updated_at: NaiveDateTime,
}

/// Suppliers by id.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, window: &Window) -> Result<Slice<SupplierLine>> {
    let tenant = tx.tenant_id();
    let query = suppliers::table
        .filter(suppliers::tenant_id.eq(tenant).and(suppliers::id.gt(window.after_id()?.unwrap_or(0))))
        .order(suppliers::id);
    let rows: Vec<Supplier> =
        query.select(Supplier::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let Part { rows, next } = Part::cut(rows, window, |supplier| Cursor::Id(supplier.id));
    let ids = rows.iter().map(|supplier| supplier.id).collect::<Vec<_>>();
    let these = supplier_products::tenant_id.eq(tenant).and(supplier_products::supplier_id.among(ids));
    let counts: Vec<(i64, i64)> = supplier_products::table
        .filter(these.and(supplier_products::lines.gt(0)))
        .group_by(supplier_products::supplier_id)
        .select((supplier_products::supplier_id, diesel::dsl::count_star()))
        .load(tx.conn)?;
    let counts = counts.into_iter().collect::<HashMap<_, _>>();
    let line = |supplier: Supplier| {
        let product_count = counts.get(&supplier.id).copied().unwrap_or(0);
        SupplierLine { supplier, product_count }
    };
    let total = counters::read(tx, counters::SUPPLIERS)?;
    Ok(Part { rows: rows.into_iter().map(line).collect(), next }.of(total))
}

/// Records a supplier.
///
/// # Errors
/// Only faults of the store.
pub fn create(tx: &mut Tx<'_>, new: &SupplierDetails) -> Result<Supplier> {
    let row = (suppliers::tenant_id.eq(tx.tenant_id()), columns(new, tx.now()), suppliers::created_at.eq(tx.now()));
    let insert = diesel::insert_into(suppliers::table).values(row);
    let id = insert.returning(suppliers::id).get_result(tx.conn)?;
    counters::add(tx, counters::SUPPLIERS, 1);
    lock(tx, id)
}

/// Says everything of a supplier anew; purchase orders keep the name they were written with.
///
/// # Errors
/// [`Error::NotFound`].
pub fn replace(tx: &mut Tx<'_>, id: i64, details: &SupplierDetails) -> Result<Supplier> {
    lock(tx, id)?;
    let this = suppliers::tenant_id.eq(tx.tenant_id()).and(suppliers::id.eq(id));
    diesel::update(suppliers::table.filter(this)).set(columns(details, tx.now())).execute(tx.conn)?;
    lock(tx, id)
}

/// Removes a supplier; purchase orders that are done keep its name.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while a purchase order to it is open.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    lock(tx, id)?;
    let tenant = tx.tenant_id();
    let open = purchase_orders::tenant_id.eq(tenant).and(purchase_orders::supplier_id.eq(id));
    let open = open.and(purchase_orders::status.among(PurchaseStatus::OPEN));
    if diesel::select(exists(purchase_orders::table.filter(open))).get_result(tx.conn)? {
        let by = "purchase orders to it are open: receive or cancel them first".to_owned();
        return Err(Error::InUse { thing: Thing::Supplier, key: id.to_string(), by });
    }
    let of_supplier = supplier_products::tenant_id.eq(tenant).and(supplier_products::supplier_id.eq(id));
    diesel::delete(supplier_products::table.filter(of_supplier)).execute(tx.conn)?;
    let this = suppliers::tenant_id.eq(tenant).and(suppliers::id.eq(id));
    diesel::delete(suppliers::table.filter(this)).execute(tx.conn)?;
    counters::add(tx, counters::SUPPLIERS, -1);
    Ok(())
}

/// The supplier that a purchase order refers to, held so that it stays.
pub(super) fn named(tx: &mut Tx<'_>, id: i64) -> Result<Supplier> {
    lock(tx, id).map_err(|error| match error {
        Error::NotFound { thing, key } => Error::UnknownReference { field: "supplier_id".to_owned(), thing, key },
        other => other,
    })
}

fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Supplier> {
    let this = suppliers::tenant_id.eq(tx.tenant_id()).and(suppliers::id.eq(id));
    let found =
        ForUpdate(suppliers::table.filter(this).select(Supplier::as_select())).get_result(tx.conn).optional()?;
    found.ok_or_else(|| Error::NotFound { thing: Thing::Supplier, key: id.to_string() })
}

fn columns(details: &SupplierDetails, now: NaiveDateTime) -> Columns<'_> {
    let SupplierDetails { name, email, phone, payment_terms, lead_time_days } = details;
    Columns {
        name: name.as_str(),
        email: email.as_ref().map(Name::as_str),
        phone: phone.as_ref().map(Name::as_str),
        payment_terms: payment_terms.as_ref().map(Name::as_str),
        lead_time_days: *lead_time_days,
        updated_at: now,
    }
}
