//! Who orders: customers and their addresses, and what their orders come to.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::random::{Random, Stream};
use super::sales::Sale;
use super::words::{CITIES, FIRMS, FIRST_NAMES, LAST_NAMES, STREETS};
use super::{Plan, Shop, Slice};
use crate::counters;
use crate::error::Result;
use crate::orders::Status;
use crate::partners::customers::{self, Address, AddressKind, CustomerType};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::reserve_ids;
use crate::store::search::search_text;
use crate::values::{Money, fold};

/// A customer, as orders need it.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub(super) id: i64,
    pub(super) index: i64,
    pub(super) name: String,
}

const CUSTOMERS: bulk::Into = bulk::Into {
    table: "customers",
    columns: &[
        "tenant_id",
        "id",
        "name",
        "email",
        "email_key",
        "phone",
        "company",
        "customer_type",
        "search_text",
        "total_orders",
        "total_spent",
        "created_at",
        "updated_at",
    ],
};
const ADDRESSES: bulk::Into = bulk::Into {
    table: "customer_addresses",
    columns: &[
        "tenant_id",
        "customer_id",
        "kind",
        "line1",
        "line2",
        "city",
        "state",
        "postcode",
        "country",
        "is_default",
        "created_at",
    ],
};
const ORDERED: bulk::Change =
    bulk::Change { table: "customers", keys: &["id"], set: &[], add: &["total_orders", "total_spent"] };

/// Records the customers of a slice, who have ordered nothing yet.
pub(super) fn customers(tx: &mut Tx<'_>, plan: &Plan, slice: Slice) -> Result<Vec<Customer>> {
    let (from, to) = slice.customers;
    let ids = reserve_ids(tx.conn, "customers", to - from)?;
    let (mut known, mut rows, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for (index, id) in (from..to).zip(ids) {
        let mut random = Random::of(plan.seed, Stream::Customer, index);
        let (first, last) = (random.of_these(FIRST_NAMES), random.of_these(LAST_NAMES));
        let name = format!("{first} {last}");
        let email = format!("{}.{}.{id}@example.com", first.to_lowercase(), last.to_lowercase());
        let phone = format!("+61 4{:08}", random.below(100_000_000));
        let company = random.percent(30).then(|| format!("{last} {}", random.of_these(FIRMS)));
        let customer_type = match (&company, random.below(2)) {
            (None, _) => CustomerType::Retail,
            (Some(_), 0) => CustomerType::Wholesale,
            (Some(_), _) => CustomerType::B2b,
        };
        let search = search_text([&name, company.as_deref().unwrap_or_default(), &email]);
        let at = slice.before(index - from, to - from);
        rows.push(cells![
            id,
            name.as_str(),
            email.as_str(),
            fold(&email),
            phone,
            company,
            customer_type.as_str(),
            search,
            0_i64,
            Money::ZERO,
            at,
            at,
        ]);
        for kind in [AddressKind::Shipping, AddressKind::Billing] {
            // Every third one has bills sent elsewhere.
            if kind == AddressKind::Shipping || index % 3 == 0 {
                addresses.push(address_row(&address(plan, index, id, kind), at));
            }
        }
        known.push(Customer { id, index, name });
    }
    bulk::insert(tx.conn, tx.tenant_id(), CUSTOMERS, &rows)?;
    bulk::insert(tx.conn, tx.tenant_id(), ADDRESSES, &addresses)?;
    counters::add(tx, counters::CUSTOMERS, to - from);
    Ok(known)
}

/// Those of the customers of the first slice that are still there, held so that they stay.
pub(super) fn regulars(tx: &mut Tx<'_>, shop: &Shop) -> Result<Vec<Customer>> {
    let names = customers::all_named(tx, &shop.regulars)?;
    let names = names.into_iter().map(|named| (named.id, named.name)).collect::<BTreeMap<_, _>>();
    let known = |(index, id): (i64, &i64)| Some(Customer { id: *id, index, name: names.get(id)?.clone() });
    Ok((0..).zip(&shop.regulars).filter_map(known).collect())
}

/// Adds what customers ordered to their figures.
pub(super) fn ordered(tx: &mut Tx<'_>, sales: &[Sale]) -> Result<()> {
    let mut figures: BTreeMap<i64, (i64, Money)> = BTreeMap::new();
    for sale in sales.iter().filter(|sale| sale.status != Status::Cancelled) {
        let Some(customer) = &sale.customer else { continue };
        let (orders, spent) = figures.entry(customer.id).or_default();
        *orders += 1;
        *spent = [*spent, sale.total].into_iter().sum();
    }
    let rows = figures.iter().map(|(id, (orders, spent))| cells![*id, *orders, *spent]).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), ORDERED, &rows)?;
    Ok(())
}

/// An address of a customer: the same whenever it is asked for.
pub(super) fn address(plan: &Plan, index: i64, customer_id: i64, kind: AddressKind) -> Address {
    let stream = match kind {
        AddressKind::Shipping => Stream::Shipping,
        AddressKind::Billing => Stream::Billing,
    };
    let mut random = Random::of(plan.seed, stream, index);
    let (city, state, post) = random.of_these(CITIES);
    Address {
        id: 0,
        customer_id,
        kind,
        line1: format!("{} {}", random.between(1, 250), random.of_these(STREETS)),
        line2: random.percent(15).then(|| format!("Unit {}", random.between(1, 40))),
        city: Some(city.to_owned()),
        state: Some(state.to_owned()),
        postcode: Some(format!("{post}{:02}", random.below(100))),
        country: Some("Australia".to_owned()),
        is_default: true,
    }
}

fn address_row(address: &Address, at: NaiveDateTime) -> Vec<bulk::Cell> {
    let Address { id: _, customer_id, kind, line1, line2, city, state, postcode, country, is_default } = address;
    let (line2, city, state) = (line2.clone(), city.clone(), state.clone());
    let (kind, line1) = (kind.as_str(), line1.as_str());
    cells![*customer_id, kind, line1, line2, city, state, postcode.clone(), country.clone(), *is_default, at]
}
