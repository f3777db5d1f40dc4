//! The day so far, at a glance.

use diesel::prelude::*;

use crate::counters;
use crate::error::Result;
use crate::orders::{self, Order, OrderFilter, Status};
use crate::page::{Start, Window};
use crate::rollups;
use crate::schema::daily_orders;
use crate::stock::levels::lying;
use crate::store::Tx;
use crate::store::portable::Total;
use crate::values::{Money, Quantity};

/// Orders that are shown as the newest.
const NEWEST: i64 = 10;

/// The day so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// What the orders of today came to that were not cancelled.
    pub revenue: Money,
    /// How many they are.
    pub orders: i64,
    /// How much is ordered in them.
    pub units: Quantity,
    /// Orders that still promise stock, of any day.
    pub open_orders: i64,
    /// Stock rows at or below their reorder level.
    pub low: i64,
    /// Active products of which nothing is on hand.
    pub out: i64,
    /// The newest orders.
    pub recent: Vec<Order>,
}

/// The day so far, in the tenant's time zone.
///
/// # Errors
/// Only faults of the store.
pub fn dashboard(tx: &mut Tx<'_>) -> Result<Dashboard> {
    let sums = (Total(daily_orders::revenue), Total(daily_orders::orders), Total(daily_orders::units));
    let (revenue, orders, units) = daily_orders::table
        .filter(daily_orders::tenant_id.eq(tx.tenant_id()).and(daily_orders::day.eq(tx.today())))
        .filter(daily_orders::status.ne(Status::Cancelled))
        .select(sums)
        .first(tx.conn)?;
    let [pending, paid, fulfilling] = [Status::Pending, Status::Paid, Status::Fulfilling].map(rollups::counter);
    let names = [pending, paid, fulfilling, counters::ACTIVE_PRODUCTS, counters::STOCKED_PRODUCTS];
    let [pending, paid, fulfilling, active, stocked] = counters::read_all(tx, names)?;
    let low = lying(tx, None)?.low;
    let newest = Window { start: Start::Page(1), limit: NEWEST };
    let recent = orders::rows(tx, &OrderFilter::default(), &newest)?.rows;
    let (open_orders, out) = (pending + paid + fulfilling, active - stocked);
    Ok(Dashboard { revenue, orders, units, open_orders, low, out, recent })
}
