//! What a tenant's days came to, counted from its documents: for books whose days begin at another hour from now on,
//! and for who doubts the sums.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::{write_cogs, write_orders};
use crate::actor::TenantId;
use crate::error::Result;
use crate::orders::Status;
use crate::schema::{
    daily_cogs, daily_orders, daily_product_cogs, order_items, orders as orders_table, stock_movements as movements,
};
use crate::stock::movements::Kind;
use crate::store::connection::Conn;
use crate::store::portable::Total;
use crate::values::{Money, Quantity};
use crate::zone::day_of;

/// Documents that are read at once.
const SLICE: i64 = 10_000;

/// Orders, in sum; figures in ten-thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Orders {
    pub(crate) count: i64,
    pub(crate) revenue: i64,
    pub(crate) units: i64,
}

/// What was sold of a product, in sum; figures in ten-thousandths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sold {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) units: i64,
    pub(crate) cogs: i64,
}

/// A movement of goods that were sold or came back: its instant, its product with the names of the day, how much moved,
/// and its value.
pub(crate) type Sale = (NaiveDateTime, (i64, String, String), Quantity, Money);
/// The columns of one.
pub(crate) const SALE: (
    movements::created_at,
    (movements::product_id, movements::sku, movements::product_name),
    movements::quantity,
    movements::value,
) = (
    movements::created_at,
    (movements::product_id, movements::sku, movements::product_name),
    movements::quantity,
    movements::value,
);

/// Orders by day and status.
pub(crate) type ByStatus = BTreeMap<(NaiveDate, &'static str), Orders>;
/// What was sold by day and product.
pub(crate) type ByProduct = BTreeMap<(NaiveDate, i64), Sold>;

impl Orders {
    /// One order.
    pub(crate) fn one(total: Money, units: impl Iterator<Item = Quantity>) -> Self {
        Self { count: 1, revenue: total.raw(), units: units.sum::<Quantity>().raw() }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.revenue = self.revenue.saturating_add(other.revenue);
        self.units = self.units.saturating_add(other.units);
    }

    pub(super) const fn negated(self) -> Self {
        Self { count: -self.count, revenue: -self.revenue, units: -self.units }
    }
}

impl Sold {
    /// None of it yet.
    pub(super) fn nothing(&self) -> Self {
        Self { units: 0, cogs: 0, ..self.clone() }
    }

    /// As much the other way.
    pub(crate) fn negated(&self) -> Self {
        Self { units: -self.units, cogs: -self.cogs, ..self.clone() }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.units = self.units.saturating_add(other.units);
        self.cogs = self.cogs.saturating_add(other.cogs);
    }
}

/// Counts all days of a tenant anew. The caller has locked the tenant, so that nobody counts by another zone meanwhile.
pub(crate) fn recount(conn: &mut Conn, tenant: TenantId, zone: Tz) -> Result<()> {
    let (orders, sold) = (orders(conn, tenant, zone)?, sold(conn, tenant, zone)?);
    diesel::delete(daily_orders::table.filter(daily_orders::tenant_id.eq(tenant))).execute(conn)?;
    diesel::delete(daily_cogs::table.filter(daily_cogs::tenant_id.eq(tenant))).execute(conn)?;
    diesel::delete(daily_product_cogs::table.filter(daily_product_cogs::tenant_id.eq(tenant))).execute(conn)?;
    write_orders(conn, tenant, &orders)?;
    write_cogs(conn, tenant, &sold)
}

/// What the orders say, slice by slice.
pub(crate) fn orders(conn: &mut Conn, tenant: TenantId, zone: Tz) -> Result<ByStatus> {
    let mut days = ByStatus::new();
    let mut last = 0;
    loop {
        let later = orders_table::tenant_id.eq(tenant).and(orders_table::id.gt(last));
        let rows: Vec<(i64, NaiveDateTime, Status, Money)> = orders_table::table
            .filter(later)
            .order(orders_table::id)
            .select((orders_table::id, orders_table::created_at, orders_table::status, orders_table::total))
            .limit(SLICE)
            .load(conn)?;
        let (Some((first, ..)), Some((end, ..))) = (rows.first(), rows.last()) else { return Ok(days) };
        let of_these = order_items::tenant_id.eq(tenant).and(order_items::order_id.between(*first, *end));
        let units: Vec<(i64, Quantity)> = order_items::table
            .filter(of_these)
            .group_by(order_items::order_id)
            .select((order_items::order_id, Total(order_items::quantity)))
            .load(conn)?;
        let units = units.into_iter().collect::<BTreeMap<_, _>>();
        last = *end;
        for (id, placed, status, total) in rows {
            let figures = Orders::one(total, units.get(&id).copied().into_iter());
            days.entry((day_of(placed, zone), status.as_str())).or_default().add(figures);
        }
    }
}

/// What a movement came to: when, which product, and what was sold of it.
pub(crate) fn sale((at, (product, sku, name), quantity, value): Sale) -> (NaiveDateTime, i64, Sold) {
    (at, product, Sold { sku, name, units: quantity.negated().raw(), cogs: value.negated().raw() })
}

/// What the movements say, slice by slice; those of cancelled orders say nothing.
pub(crate) fn sold(conn: &mut Conn, tenant: TenantId, zone: Tz) -> Result<ByProduct> {
    let mut days = ByProduct::new();
    let mut last = 0;
    loop {
        let later = movements::tenant_id.eq(tenant).and(movements::id.gt(last));
        let its_order = orders_table::tenant_id.eq(tenant).and(orders_table::id.nullable().eq(movements::reference_id));
        let rows: Vec<(i64, Kind, Option<Status>, Sale)> = movements::table
            .left_join(orders_table::table.on(its_order.and(movements::reference_type.eq("order"))))
            .filter(later)
            .order(movements::id)
            .select((movements::id, movements::kind, orders_table::status.nullable(), SALE))
            .limit(SLICE)
            .load(conn)?;
        let Some((end, ..)) = rows.last() else { return Ok(days) };
        last = *end;
        let counts = |kind: Kind, order| kind.is_sale() && order != Some(Status::Cancelled);
        for (.., movement) in rows.into_iter().filter(|(_, kind, order, _)| counts(*kind, *order)) {
            let (at, product, sold) = sale(movement);
            days.entry((day_of(at, zone), product)).or_insert_with(|| sold.nothing()).add(&sold);
        }
    }
}
