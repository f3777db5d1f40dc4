//! Customers and their addresses.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::counters;
use crate::error::{Error, Result, Thing};
use crate::orders::Status;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{customer_addresses as addresses, customers, orders};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForKeyShare, ForUpdate, advance_sequence, text_value};
use crate::store::search::{contains, search_text};
use crate::values::{Money, Name, fold};

/// How a customer buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum CustomerType {
    /// For oneself.
    Retail,
    /// To sell again.
    Wholesale,
    /// For a business.
    B2b,
}

text_value!(CustomerType { Retail = "retail", Wholesale = "wholesale", B2b = "b2b" });

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum AddressKind {
    /// Where invoices go.
    Billing,
    /// Where goods go.
    Shipping,
}

text_value!(AddressKind { Billing = "billing", Shipping = "shipping" });

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(MultiBackend))]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its e-mail, unique within the tenant in any case.
    pub email: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// Its company.
    pub company: Option<String>,
    /// How it buys.
    pub customer_type: CustomerType,
    /// Its orders that were not cancelled.
    pub total_orders: i64,
    /// What those came to.
    pub total_spent: Money,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
}

/// An address of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = addresses, check_for_backend(MultiBackend))]
pub struct Address {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub customer_id: i64,
    /// What it is for.
    pub kind: AddressKind,
    /// Its first line.
    pub line1: String,
    /// Its second line.
    pub line2: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its state.
    pub state: Option<String>,
    /// Its postcode.
    pub postcode: Option<String>,
    /// Its country.
    pub country: Option<String>,
    /// Whether it is the one to use of its kind.
    pub is_default: bool,
}

/// A customer to be.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Its id, where it comes with one; else the next.
    pub id: Option<i64>,
    /// What is said of it.
    pub details: CustomerDetails,
}

/// What is said of a customer.
#[derive(Debug, Clone)]
pub struct CustomerDetails {
    /// Its name.
    pub name: Name,
    /// Its e-mail.
    pub email: Option<Name>,
    /// Its phone number.
    pub phone: Option<Name>,
    /// Its company.
    pub company: Option<Name>,
    /// How it buys.
    pub customer_type: CustomerType,
}

/// An address to be.
#[derive(Debug, Clone)]
pub struct NewAddress {
    /// What it is for.
    pub kind: AddressKind,
    /// Its first line.
    pub line1: Name,
    /// Its second line.
    pub line2: Option<Name>,
    /// Its city.
    pub city: Option<Name>,
    /// Its state.
    pub state: Option<Name>,
    /// Its postcode.
    pub postcode: Option<Name>,
    /// Its country.
    pub country: Option<Name>,
    /// Whether it is the one to use of its kind, in place of the one before.
    pub is_default: bool,
}

/// Which customers are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Part of the name, company or e-mail, in any case.
    pub search: Option<String>,
    /// Of this type.
    pub customer_type: Option<CustomerType>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Columns<'a> {
    name: &'a str,
    email: Option<&'a str>,
    email_key: Option<String>,
    phone: Option<&'a str>,
    company: Option<&'a str>,
    customer_type: CustomerType,
    search_text: String,
    updated_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = addresses, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Written<'a> {
    kind: AddressKind,
    line1: &'a str,
    line2: Option<&'a str>,
    city: Option<&'a str>,
    state: Option<&'a str>,
    postcode: Option<&'a str>,
    country: Option<&'a str>,
    is_default: bool,
}

/// A customer as a command needs it.
pub(crate) struct Named {
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// Records a customer.
///
/// # Errors
/// [`Error::Duplicate`] for an e-mail that another customer has.
pub fn create(tx: &mut Tx<'_>, new: &NewCustomer) -> Result<Customer> {
    let NewCustomer { id, details } = new;
    let row = (
        customers::tenant_id.eq(tx.tenant_id()),
        columns(details, tx.now()),
        customers::total_orders.eq(0),
        customers::total_spent.eq(Money::ZERO),
        customers::created_at.eq(tx.now()),
    );
    let insert = diesel::insert_into(customers::table);
    let id: i64 = match id {
        Some(id) => {
            let id = insert.values((customers::id.eq(*id), row)).returning(customers::id).get_result(tx.conn)?;
            advance_sequence(tx.conn, "customers")?;
            id
        }
        None => insert.values(row).returning(customers::id).get_result(tx.conn)?,
    };
    counters::add(tx, counters::CUSTOMERS, 1);
    find(tx, id)
}

/// Says everything of a customer anew; orders keep the name they were placed with.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Duplicate`] for an e-mail that another customer has.
pub fn replace(tx: &mut Tx<'_>, id: i64, details: &CustomerDetails) -> Result<Customer> {
    lock(tx, id)?;
    let this = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.eq(id));
    diesel::update(customers::table.filter(this)).set(columns(details, tx.now())).execute(tx.conn)?;
    find(tx, id)
}

/// Removes a customer with its addresses; orders that are done keep its id and name.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while an order of it is open.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    lock(tx, id)?;
    let tenant = tx.tenant_id();
    let open = orders::tenant_id.eq(tenant).and(orders::customer_id.eq(id));
    let open = open.and(orders::status.among(Status::open()));
    if diesel::select(exists(orders::table.filter(open))).get_result(tx.conn)? {
        let by = "orders of it are open: fulfil or cancel them first".to_owned();
        return Err(Error::InUse { thing: Thing::Customer, key: id.to_string(), by });
    }
    let of_customer = addresses::tenant_id.eq(tenant).and(addresses::customer_id.eq(id));
    diesel::delete(addresses::table.filter(of_customer)).execute(tx.conn)?;
    let this = customers::tenant_id.eq(tenant).and(customers::id.eq(id));
    diesel::delete(customers::table.filter(this)).execute(tx.conn)?;
    counters::add(tx, counters::CUSTOMERS, -1);
    Ok(())
}

/// One customer with its addresses.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<(Customer, Vec<Address>)> {
    let customer = find(tx, id)?;
    let of_customer = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::customer_id.eq(id));
    let known = addresses::table.filter(of_customer).order(addresses::id).select(Address::as_select()).load(tx.conn)?;
    Ok((customer, known))
}

/// Customers, by id.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &CustomerFilter, window: &Window) -> Result<Slice<Customer>> {
    let rows = matching(tx, filter)
        .filter(customers::id.gt(window.after_id()?.unwrap_or(0)))
        .order(customers::id)
        .select(Customer::as_select())
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let part = Part::cut(rows, window, |customer| Cursor::Id(customer.id));
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == CustomerFilter::default() => counters::read(tx, counters::CUSTOMERS)?,
            filter => matching(tx, filter).count().get_result(tx.conn)?,
        })
    })
}

/// Adds an address to a customer. The first of its kind is the default one.
///
/// # Errors
/// [`Error::NotFound`] for an unknown customer.
pub fn add_address(tx: &mut Tx<'_>, customer: i64, new: &NewAddress) -> Result<Address> {
    // Held, so that two addresses that come at once do not both become the default one.
    lock(tx, customer)?;
    let tenant = tx.tenant_id();
    let alike =
        addresses::tenant_id.eq(tenant).and(addresses::customer_id.eq(customer)).and(addresses::kind.eq(new.kind));
    let first: Option<i64> = addresses::table.filter(alike).select(addresses::id).first(tx.conn).optional()?;
    if new.is_default {
        diesel::update(addresses::table.filter(alike)).set(addresses::is_default.eq(false)).execute(tx.conn)?;
    }
    let row = (
        addresses::tenant_id.eq(tenant),
        addresses::customer_id.eq(customer),
        written(new, new.is_default || first.is_none()),
        addresses::created_at.eq(tx.now()),
    );
    let insert = diesel::insert_into(addresses::table).values(row);
    Ok(insert.returning(<Address as Selectable<MultiBackend>>::construct_selection()).get_result(tx.conn)?)
}

/// A customer that a command refers to, held so that it stays. Others may hold it too.
pub(crate) fn named(tx: &mut Tx<'_>, id: i64, field: &str) -> Result<Named> {
    let this = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.eq(id));
    let query = customers::table.filter(this).select((customers::id, customers::name));
    let found = ForKeyShare(query).get_result(tx.conn).optional()?;
    let (id, name) = found.ok_or_else(|| Error::UnknownReference {
        field: field.to_owned(),
        thing: Thing::Customer,
        key: id.to_string(),
    })?;
    Ok(Named { id, name })
}

/// Those of these customers that are there, held as by [`named`].
pub(crate) fn all_named(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Named>> {
    let these = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.among(ids.iter().copied()));
    let query = customers::table.filter(these).order(customers::id).select((customers::id, customers::name));
    let found: Vec<(i64, String)> = ForKeyShare(query).load(tx.conn)?;
    Ok(found.into_iter().map(|(id, name)| Named { id, name }).collect())
}

/// Where goods for a customer go unless an order says otherwise.
pub(crate) fn default_shipping_address(tx: &mut Tx<'_>, customer: i64) -> Result<Option<Address>> {
    let this = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::customer_id.eq(customer));
    let this = this.and(addresses::kind.eq(AddressKind::Shipping)).and(addresses::is_default.eq(true));
    Ok(addresses::table.filter(this).select(Address::as_select()).first(tx.conn).optional()?)
}

/// A customer ordered, or an order of theirs was called off.
///
/// # Errors
/// [`Error::OutOfRange`] when their orders would come to more than can be recorded.
pub(crate) fn ordered(tx: &mut Tx<'_>, customer: i64, count: i64, total: Money) -> Result<()> {
    let spent = if count < 0 { total.negated() } else { total };
    // Past any limit SQLite would go on in floating point, and say nothing.
    let room = Money::MOST.plus(total.negated()).ok_or(Error::OutOfRange)?;
    let this = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.eq(customer));
    let has_room = customers::total_spent.le(if count < 0 { Money::MOST } else { room });
    let changed = diesel::update(customers::table.filter(this.and(has_room)))
        .set((
            customers::total_orders.eq(customers::total_orders + count),
            customers::total_spent.eq(customers::total_spent + spent),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::OutOfRange) }
}

/// Holds a customer for who changes it, its addresses or that it is there.
pub(super) fn lock(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let this = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.eq(id));
    let found: Option<i64> =
        ForUpdate(customers::table.filter(this).select(customers::id)).get_result(tx.conn).optional()?;
    found.map(|_| ()).ok_or_else(|| unknown(id))
}

fn columns(details: &CustomerDetails, now: NaiveDateTime) -> Columns<'_> {
    let CustomerDetails { name, email, phone, company, customer_type } = details;
    let (email, company) = (email.as_ref().map(Name::as_str), company.as_ref().map(Name::as_str));
    Columns {
        name: name.as_str(),
        email,
        email_key: email.map(fold),
        phone: phone.as_ref().map(Name::as_str),
        company,
        customer_type: *customer_type,
        search_text: search_text([name.as_str(), company.unwrap_or_default(), email.unwrap_or_default()]),
        updated_at: now,
    }
}

/// The columns of an address, whether it is the default one being decided already.
pub(super) fn written(address: &NewAddress, is_default: bool) -> Written<'_> {
    let NewAddress { kind, line1, line2, city, state, postcode, country, is_default: _ } = address;
    Written {
        kind: *kind,
        line1: line1.as_str(),
        line2: line2.as_ref().map(Name::as_str),
        city: city.as_ref().map(Name::as_str),
        state: state.as_ref().map(Name::as_str),
        postcode: postcode.as_ref().map(Name::as_str),
        country: country.as_ref().map(Name::as_str),
        is_default,
    }
}

fn unknown(id: i64) -> Error {
    Error::NotFound { thing: Thing::Customer, key: id.to_string() }
}

fn find(tx: &mut Tx<'_>, id: i64) -> Result<Customer> {
    let this = customers::tenant_id.eq(tx.tenant_id()).and(customers::id.eq(id));
    let found = customers::table.filter(this).select(Customer::as_select()).first(tx.conn).optional()?;
    found.ok_or_else(|| unknown(id))
}

fn matching(tx: &Tx<'_>, filter: &CustomerFilter) -> customers::BoxedQuery<'static, MultiBackend> {
    let mut query = customers::table.into_boxed().filter(customers::tenant_id.eq(tx.tenant_id()));
    if let Some(search) = &filter.search {
        query = query.filter(customers::search_text.like(contains(&fold(search))).escape('\\'));
    }
    if let Some(customer_type) = filter.customer_type {
        query = query.filter(customers::customer_type.eq(customer_type));
    }
    query
}
