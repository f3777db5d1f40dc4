//! Reading orders: one, many, and what a month came to.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use super::{Channel, Line, Order, Status, lines, unknown};
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::rollups;
use crate::schema::{daily_orders, orders};
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
    /// Placed on this day or later, in the tenant's time zone.
    pub from: Option<NaiveDate>,
    /// Placed on this day or earlier.
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
    let count = |tx: &mut Tx<'_>| match *filter {
        OrderFilter { status, customer_id: None, channel: None, from: None, to: None } => {
            counters::read(tx, status.map_or(counters::ORDERS, rollups::counter))
        }
        OrderFilter { status, customer_id: None, channel: None, from, to } => counted(tx, status, from, to),
        OrderFilter { .. } => Ok(matching(tx, filter).count().get_result(tx.conn)?),
    };
    rows(tx, filter, window)?.counted(window, || count(tx))
}

/// Orders, the newest first, not counted.
///
/// # Errors
/// Only faults of the store.
pub fn rows(tx: &mut Tx<'_>, filter: &OrderFilter, window: &Window) -> Result<Part<Order>> {
    let mut query = matching(tx, filter).order((orders::created_at.desc(), orders::id.desc()));
    if let Some((at, id)) = window.after_time()? {
        let later = orders::created_at.lt(at).or(orders::created_at.eq(at).and(orders::id.lt(id)));
        // The first condition follows from the other, and lets an index begin there.
        query = query.filter(orders::created_at.le(at)).filter(later);
    }
    let rows = query.select(Order::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    Ok(Part::cut(rows, window, |order: &Order| Cursor::Time(order.created_at, order.id)))
}

/// Orders of days, as they are counted day by day.
fn counted(tx: &mut Tx<'_>, status: Option<Status>, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<i64> {
    let orders = daily_orders::table.select(Total(daily_orders::orders));
    let mut days = orders.filter(daily_orders::tenant_id.eq(tx.tenant_id())).into_boxed();
    if let Some(status) = status {
        days = days.filter(daily_orders::status.eq(status));
    }
    if let Some(from) = from {
        days = days.filter(daily_orders::day.ge(from));
    }
    if let Some(to) = to {
        days = days.filter(daily_orders::day.le(to));
    }
    Ok(days.first(tx.conn)?)
}

/// What the month that begins with this day came to.
///
/// # Errors
/// Only faults of the store.
pub fn statistics(tx: &mut Tx<'_>, month: NaiveDate) -> Result<Statistics> {
    let month = month.with_day(1).unwrap_or(month);
    let rows: Vec<(Status, i64, Money)> = daily_orders::table
        .filter(daily_orders::tenant_id.eq(tx.tenant_id()))
        .filter(daily_orders::day.between(month, last_of_month(month)))
        .group_by(daily_orders::status)
        .select((daily_orders::status, Total(daily_orders::orders), Total(daily_orders::revenue)))
        .load(tx.conn)?;
    let of = |status: Status| rows.iter().find(|(known, ..)| *known == status).map(|(_, count, sum)| (*count, *sum));
    let by_status = Status::ALL.iter().map(|status| (*status, of(*status).map_or(0, |(count, _)| count))).collect();
    let counted = || rows.iter().filter(|(status, ..)| *status != Status::Cancelled);
    let (orders, revenue) = (counted().map(|(_, count, _)| count).sum(), counted().map(|(.., sum)| *sum).sum());
    Ok(Statistics { month, orders, revenue, by_status })
}

/// The last day of the month in which a day lies.
pub(crate) fn last_of_month(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)));
    first.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX)
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
        query = query.filter(orders::created_at.ge(tx.start_of(from)));
    }
    if let Some(to) = to {
        query = query.filter(orders::created_at.lt(tx.end_of(to)));
    }
    query
}
