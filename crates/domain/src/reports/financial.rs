//! Revenue, cost of goods sold and what is between them, by period.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use diesel::prelude::*;

use super::{Span, first_of_month};
use crate::error::Result;
use crate::orders::Status;
use crate::schema::{daily_cogs, daily_orders};
use crate::store::Tx;
use crate::store::portable::{Total, text_value};
use crate::values::Money;

/// How long a period of a report is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// A day.
    #[default]
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

/// What was earned in a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// What orders came to that were placed in it and not cancelled.
    pub revenue: Money,
    /// What the goods had cost that left in it, less those that came back into stock.
    pub cogs: Money,
}

/// What was earned from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Financial {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// In all.
    pub summary: Figures,
    /// Each period by its first day, all of them listed. Only days of the report count in it.
    pub periods: Vec<(NaiveDate, Figures)>,
}

impl Figures {
    /// What is left of the revenue.
    pub fn margin(&self) -> Money {
        [self.revenue, self.cogs.negated()].into_iter().sum()
    }

    /// That in thousandths of the revenue, rounded half away from zero; 0 without revenue.
    pub fn margin_permille(&self) -> i64 {
        let (margin, revenue) = (i128::from(self.margin().raw()), i128::from(self.revenue.raw()));
        // Twice as much and one half more: what division cuts off is then rounded.
        let rounded = (margin.abs() * 2_000 + revenue.abs()).checked_div(revenue.abs() * 2).unwrap_or(0);
        let permille = i64::try_from(rounded).unwrap_or(i64::MAX);
        if (margin < 0) == (revenue < 0) { permille } else { -permille }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.revenue = [self.revenue, other.revenue].into_iter().sum();
        self.cogs = [self.cogs, other.cogs].into_iter().sum();
    }
}

/// What was earned, by period; periods without anything are zeros.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for a span that ends before it begins or is too long.
pub fn financial(tx: &mut Tx<'_>, span: Span, group_by: GroupBy) -> Result<Financial> {
    let (from, to) = span.days(tx)?;
    let mut periods = BTreeMap::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        periods.entry(group_by.first(day)).or_insert_with(Figures::default);
    }
    let mut summary = Figures::default();
    for (day, figures) in earned(tx, from, to)? {
        summary.add(figures);
        periods.entry(group_by.first(day)).or_default().add(figures);
    }
    Ok(Financial { from, to, summary, periods: periods.into_iter().collect() })
}

/// Revenue and cost by day, in two lists.
fn earned(tx: &mut Tx<'_>, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, Figures)>> {
    let revenue: Vec<(NaiveDate, Money)> = daily_orders::table
        .filter(daily_orders::tenant_id.eq(tx.tenant_id()).and(daily_orders::day.between(from, to)))
        .filter(daily_orders::status.ne(Status::Cancelled))
        .group_by(daily_orders::day)
        .select((daily_orders::day, Total(daily_orders::revenue)))
        .load(tx.conn)?;
    let of_days = daily_cogs::tenant_id.eq(tx.tenant_id()).and(daily_cogs::day.between(from, to));
    let cogs: Vec<(NaiveDate, Money)> =
        daily_cogs::table.filter(of_days).select((daily_cogs::day, daily_cogs::cogs)).load(tx.conn)?;
    let revenue = revenue.into_iter().map(|(day, revenue)| (day, Figures { revenue, ..Figures::default() }));
    let cogs = cogs.into_iter().map(|(day, cogs)| (day, Figures { cogs, ..Figures::default() }));
    Ok(revenue.chain(cogs).collect())
}

text_value!(GroupBy { Day = "day", Week = "week", Month = "month" });

impl GroupBy {
    /// The first day of the period in which a day lies.
    fn first(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => {
                let since = Days::new(day.weekday().num_days_from_monday().into());
                day.checked_sub_days(since).unwrap_or(day)
            }
            Self::Month => first_of_month(day),
        }
    }
}
