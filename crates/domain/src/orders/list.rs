//! Reading orders: one, many, and what a month came to.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use super::{Channel, Line, Order, Status, lines, unknown};
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::orders;
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::Total;
use crate::values::Money;

/// Which orders are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// With this status.
    pub status: Option<Status>,
    /// Of this customer.
    pub customer_id: Option<i64>,
    /// Placed through this channel.
    pub channel: Option<Channel>,
    /// Booked on this day or later, in the tenant's time zone.
    pub from: Option<NaiveDate>,
    /// Booked on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// What a month came to. Cancelled orders count in nothing but their own line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The first day of the month.
    pub month: NaiveDate,
    /// Orders that were not cancelled.
    pub orders: i64,
    /// What they came to.
    pub revenue: Money,
    /// Orders of each status, all of them listed.
    pub by_status: Vec<(Status, i64)>,
}

impl Statistics {
    /// What one order came to on average, rounded half away from zero to two decimals; nothing without orders.
    pub fn average(&self) -> Money {
        self.revenue.part_of(self.orders)
    }
}

/// One order with its lines.
///
/// # Errors
/// [`crate::error::Error::NotFound`].
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<(Order, Vec<Line>)> {
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(id));
    let order: Option<Order> = orders::table.filter(this).select(Order::as_select()).first(tx.conn).optional()?;
    let order = order.ok_or_else(|| unknown(id))?;
    Ok((order, lines(tx, id)?))
}

/// Orders, the newest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &OrderFilter, window: &Window) -> Result<Slice<Order>> {
    let part = rows(tx, filter, window)?;
    let total = match filter {
        filter if *filter == OrderFilter::default() => counters::read(tx, counters::ORDERS)?,
        filter => matching(tx, filter).count().get_result(tx.conn)?,
    };
    Ok(part.of(total))
}

/// Orders, the newest first, not counted.
///
/// # Errors
/// Only faults of the store.
pub fn rows(tx: &mut Tx<'_>, filter: &OrderFilter, window: &Window) -> Result<Part<Order>> {
    let mut query = matching(tx, filter).order((orders::created_at.desc(), orders::id.desc()));
    if let Some((at, id)) = window.after_time()? {
        query = query.filter(orders::created_at.lt(at).or(orders::created_at.eq(at).and(orders::id.lt(id))));
    }
    let rows = query.select(Order::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    Ok(Part::cut(rows, window, |order: &Order| Cursor::Time(order.created_at, order.id)))
}

/// What the month that begins with this day came to.
///
/// # Errors
/// Only faults of the store.
pub fn statistics(tx: &mut Tx<'_>, month: NaiveDate) -> Result<Statistics> {
    let month = month.with_day(1).unwrap_or(month);
    let next = month.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX);
    let of_month =
        orders::tenant_id.eq(tx.tenant_id()).and(orders::booked_on.ge(month)).and(orders::booked_on.lt(next));
    let rows: Vec<(Status, i64, Money)> = orders::table
        .filter(of_month)
        .group_by(orders::status)
        .select((orders::status, diesel::dsl::count_star(), Total(orders::total)))
        .load(tx.conn)?;
    let of = |status: Status| rows.iter().find(|(known, ..)| *known == status).map(|(_, count, sum)| (*count, *sum));
    let by_status = Status::ALL.iter().map(|status| (*status, of(*status).map_or(0, |(count, _)| count))).collect();
    let counted = || rows.iter().filter(|(status, ..)| *status != Status::Cancelled);
    let (orders, revenue) = (counted().map(|(_, count, _)| count).sum(), counted().map(|(.., sum)| *sum).sum());
    Ok(Statistics { month, orders, revenue, by_status })
}

fn matching(tx: &Tx<'_>, filter: &OrderFilter) -> orders::BoxedQuery<'static, MultiBackend> {
    let OrderFilter { status, customer_id, channel, from, to } = *filter;
    let mut query = orders::table.into_boxed().filter(orders::tenant_id.eq(tx.tenant_id()));
    if let Some(status) = status {
        query = query.filter(orders::status.eq(status));
    }
    if let Some(customer) = customer_id {
        query = query.filter(orders::customer_id.eq(customer));
    }
    if let Some(channel) = channel {
        query = query.filter(orders::channel.eq(channel));
    }
    if let Some(from) = from {
        query = query.filter(orders::booked_on.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(orders::booked_on.le(to));
    }
    query
}
