//! Reports: what all of it comes to. They read sums that were kept with what they sum, never the documents.
//! Rules: decisions for the IOM dialect, "Reports".

mod cogs;
mod dashboard;
mod financial;
#[cfg(test)]
mod tests;
mod valuation;

use chrono::{Datelike, NaiveDate};

pub use cogs::{Cogs, ProductCogs, cogs};
pub use dashboard::{Dashboard, dashboard};
pub use financial::{Figures, Financial, GroupBy, financial};
pub use valuation::{Valuation, ValuedLine, valuation};

use crate::error::{Error, Problem, Result};
use crate::orders::last_of_month;
use crate::store::Tx;

/// Days that one report may span: ten years.
pub const MOST_DAYS: i64 = 3_660;

/// The days that a report is about, as they are asked for; both count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first; absent: the first of the month in which the last one lies.
    pub from: Option<NaiveDate>,
    /// The last; absent: the last of this month, or of the month in which the first one lies if that is later.
    pub to: Option<NaiveDate>,
}

impl Span {
    /// The first and the last day, in the tenant's time zone.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the last day comes before the first, or more than [`MOST_DAYS`] after it.
    fn days(self, tx: &Tx<'_>) -> Result<(NaiveDate, NaiveDate)> {
        let today = tx.today();
        let to = self.to.unwrap_or_else(|| last_of_month(self.from.map_or(today, |from| from.max(today))));
        let from =
            self.from.unwrap_or_else(|| if self.to.is_some() { first_of_month(to) } else { first_of_month(today) });
        let refuse = |message: String| Err(Error::Invalid(vec![Problem::new("from", message)]));
        if from > to {
            return refuse(format!("must not be after to, which is {to}"));
        }
        if (to - from).num_days() >= MOST_DAYS {
            return refuse(format!("must be less than {MOST_DAYS} days before to, which is {to}"));
        }
        Ok((from, to))
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
