//! When things happened in the demo: long ago on a fixed day, or so long before the day of loading that last month and
//! this one have something to show, the first day of a month included.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use stockbridge_domain::Result;

use super::day;

/// When something happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// On a day at nine.
    On(i32, u32, u32),
    /// So many days before the first of this month, at an hour.
    LastMonth(i64, i64),
    /// After so many eighths of this month as far as it has come: the last one is today.
    ThisMonth(i64),
}

impl When {
    /// The instant, seen from another one, and never after that.
    pub(super) fn instant(self, now: NaiveDateTime) -> Result<NaiveDateTime> {
        let first = now.date().with_day(1).unwrap_or(now.date());
        let at = match self {
            Self::On(year, month, of_month) => day(year, month, of_month)? + TimeDelta::hours(9),
            Self::LastMonth(days, hour) => at(first, -days, TimeDelta::hours(hour)),
            Self::ThisMonth(eighths) => {
                let days = i64::from(now.date().day0()) * eighths / 8;
                at(first, days, TimeDelta::hours(7) + TimeDelta::minutes(15 * eighths))
            }
        };
        Ok(at.min(now))
    }
}

fn at(date: NaiveDate, days: i64, since_midnight: TimeDelta) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN) + TimeDelta::days(days) + since_midnight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_and_neither_month_is_empty_on_any_day() {
        for (year, month, of_month) in [(2026, 3, 1), (2026, 3, 2), (2026, 5, 6), (2026, 11, 30), (2028, 2, 29)] {
            for hour in [0, 5, 12, 23] {
                let now = day(year, month, of_month).expect("a day") + TimeDelta::hours(hour);
                let instants = (1..=28).rev().map(|days| When::LastMonth(days, 9));
                let instants =
                    instants.chain((0..=8).map(When::ThisMonth)).map(|when| when.instant(now).expect("then"));
                let instants = instants.collect::<Vec<_>>();
                assert!(instants.is_sorted(), "{now}: {instants:?}");
                let month_before = now.date().with_day(1).expect("a first").pred_opt().expect("a day before").month();
                assert!(instants[..28].iter().all(|then| then.month() == month_before), "{now}: {instants:?}");
                assert!(instants[28..].iter().all(|then| then.month() == month && *then <= now), "{now}: {instants:?}");
                assert_eq!(instants.last().map(NaiveDateTime::date), Some(now.date()));
            }
        }
    }
}
