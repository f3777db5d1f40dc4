//! Local time and UTC: days begin where the tenant is, and clocks are put forward and back.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// The zone with this IANA name, such as `Australia/Sydney`.
pub fn named(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// A time on the clock of a zone, in UTC: its first and its last occurrence. One that a change of the clocks skips
/// is what a clock shows that nobody has put forward.
pub fn occurrences(local: NaiveDateTime, zone: Tz) -> (NaiveDateTime, NaiveDateTime) {
    let found = zone.from_local_datetime(&local);
    if let (Some(first), Some(last)) = (found.earliest(), found.latest()) {
        return (first.naive_utc(), last.naive_utc());
    }
    // No zone changes twice within two days, so the day before still has the old offset.
    let before = zone.offset_from_utc_datetime(&(local - TimeDelta::days(1))).fix();
    let utc = local - TimeDelta::seconds(before.local_minus_utc().into());
    (utc, utc)
}

/// From when on a clock of a zone shows a time or a later one, in UTC. One that a change of the clocks skips is what a
/// clock shows that was put forward before: who counts back across the change misses nothing.
pub fn since(local: NaiveDateTime, zone: Tz) -> NaiveDateTime {
    zone.from_local_datetime(&local).earliest().map_or_else(
        || {
            let after = zone.offset_from_utc_datetime(&(local + TimeDelta::days(1))).fix();
            local - TimeDelta::seconds(after.local_minus_utc().into())
        },
        |first| first.naive_utc(),
    )
}

/// The day that it is in a zone at an instant in UTC.
pub fn day_of(at: NaiveDateTime, zone: Tz) -> NaiveDate {
    zone.from_utc_datetime(&at).date_naive()
}

/// The instant, in UTC, at which a day begins in a zone.
pub fn start_of(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    occurrences(day.and_time(NaiveTime::MIN), zone).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc_start(year: i32, month: u32, day: u32, zone: Tz) -> String {
        start_of(NaiveDate::from_ymd_opt(year, month, day).unwrap(), zone).to_string()
    }

    #[test]
    fn a_day_begins_by_the_clock_of_the_zone() {
        assert_eq!(utc_start(2026, 5, 6, Tz::UTC), "2026-05-06 00:00:00");
        assert_eq!(utc_start(2026, 5, 6, Tz::Asia__Kuala_Lumpur), "2026-05-05 16:00:00");
        assert_eq!(utc_start(2026, 7, 1, Tz::America__St_Johns), "2026-07-01 02:30:00");
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_when_its_clocks_are_put_forward() {
        // Clocks in Cairo went from 00:00 to 01:00 on that day, which is 22:00 UTC of the day before.
        assert_eq!(utc_start(2023, 4, 28, Tz::Africa__Cairo), "2023-04-27 22:00:00");
    }

    #[test]
    fn a_skipped_time_begins_before_the_change() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        for (local, begin) in [
            ("2026-03-29T01:59:59", "2026-03-29T00:59:59"),
            ("2026-03-29T02:59:20", "2026-03-29T00:59:20"),
            ("2026-03-29T03:00:00", "2026-03-29T01:00:00"),
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),
        ] {
            assert_eq!(since(at(local), Tz::Europe__Berlin), at(begin), "{local}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_has_two_places() {
        let local = NaiveDate::from_ymd_opt(2026, 10, 25).and_then(|day| day.and_hms_opt(2, 30, 0)).unwrap();
        let (first, last) = occurrences(local, Tz::Europe__Berlin);
        assert_eq!(
            (first.to_string().as_str(), last.to_string().as_str()),
            ("2026-10-25 00:30:00", "2026-10-25 01:30:00")
        );
    }
}
