//! Date-times as this dialect writes them: `YYYY-MM-DD HH:MM:SS` in the organization's time zone.
//! Its zone is known only within a transaction, so a text is read first and placed in time later.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use stockbridge_domain::zone::{occurrences, since, start_of};
use stockbridge_http::check::Check;

use crate::error::Reason;

/// What a text must look like, as the end of a sentence that begins with the field's name.
const EXPECTED: &str = "must be a date-time such as 2026-04-09 00:00:00";

/// A date-time as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A whole day, wherever the organization is.
    Day(NaiveDate),
    /// A time on the organization's clock.
    Clock(NaiveDateTime),
    /// An instant that came with its offset, in UTC.
    Instant(NaiveDateTime),
}

/// From when to when, as the fields `updated_from` and `updated_to` ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<Moment>,
    to: Option<Moment>,
}

impl Span {
    /// Reads both ends, as far as they were sent.
    ///
    /// # Errors
    /// [`Reason::DateTime`] naming each that is none.
    pub fn read(from: Option<&str>, to: Option<&str>) -> Result<Self, Reason> {
        let mut check = Check::new();
        let mut moment = |name: &str, text: Option<&str>| {
            let read = text.map(|text| Moment::parse(text).ok_or(EXPECTED)).transpose();
            check.accept(name, read).ok().flatten()
        };
        let span = Self { from: moment("updated_from", from), to: moment("updated_to", to) };
        if check.is_clean() { Ok(span) } else { Err(Reason::DateTime(check.into_problems())) }
    }

    /// The first instant that is meant, and the first one after, in UTC.
    pub fn bounds(self, zone: Tz) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
        (self.from.map(|from| from.begin(zone)), self.to.map(|to| to.end(zone)))
    }
}

impl Moment {
    /// Reads `2026-04-09 10:22:11`, the date alone, or ISO 8601 with `T`, fractions, `Z` or an offset. A `+` may stand
    /// for the space and a space for the offset's `+`: either is what a careless encoding makes of the other.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, rest) = text.split_at_checked(10)?;
        let date = day(date)?;
        if rest.is_empty() {
            return Some(Self::Day(date));
        }
        let rest = rest.strip_prefix([' ', 'T', 't', '+'])?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
        let (time, offset) = rest.split_at(end);
        let local = date.and_time(clock(time)?);
        if offset.is_empty() {
            return Some(Self::Clock(local));
        }
        offset_of(offset).map(|offset| Self::Instant(local - offset))
    }

    /// The first instant that is meant, in UTC.
    pub fn begin(self, zone: Tz) -> NaiveDateTime {
        bounded(match self {
            Self::Day(day) => start_of(day, zone),
            Self::Clock(local) => since(local, zone),
            Self::Instant(utc) => utc,
        })
    }

    /// The first instant after all that is meant, in UTC: a time includes its second, a day all of it.
    pub fn end(self, zone: Tz) -> NaiveDateTime {
        bounded(match self {
            // Midnight may come twice; the day ends at the first.
            Self::Day(day) => start_of(day + Days::new(1), zone),
            Self::Clock(local) => occurrences(local.trunc_subsecs(0), zone).1 + TimeDelta::seconds(1),
            Self::Instant(utc) => utc.trunc_subsecs(0) + TimeDelta::seconds(1),
        })
    }
}

/// An instant as it is written.
pub fn text(utc: NaiveDateTime, zone: Tz) -> String {
    // By chrono's own text: a format is read anew each time, which a list feels.
    zone.from_utc_datetime(&utc).naive_local().trunc_subsecs(0).to_string()
}

/// An instant that is known in Unix seconds, as it is written; nothing for what no calendar holds.
pub fn unix_text(seconds: i64, zone: Tz) -> String {
    DateTime::from_timestamp(seconds, 0).map(|at| text(at.naive_utc(), zone)).unwrap_or_default()
}

/// Four digits of a year: beyond them SQLite would compare texts of different lengths.
fn bounded(utc: NaiveDateTime) -> NaiveDateTime {
    let (first, last) = (NaiveDate::from_ymd_opt(1, 1, 1), NaiveDate::from_ymd_opt(9999, 12, 31));
    let first = first.map_or(utc, |day| day.and_time(NaiveTime::MIN));
    let last = last.map_or(utc, |day| day.and_time(NaiveTime::MIN) + TimeDelta::seconds(86_399));
    utc.max(first).min(last)
}

fn day(text: &str) -> Option<NaiveDate> {
    let digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|byte| byte.is_ascii_digit()));
    let shaped = digits(0..4) && digits(5..7) && digits(8..10);
    let date = shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    date.filter(|date| *date >= NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default())
}

fn clock(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let format = match (whole.len(), fraction) {
        (5, None) => "%H:%M",
        (8, _) => "%H:%M:%S",
        _ => return None,
    };
    // A leap second, which no clock of ours ever shows, would come with a fraction beyond its second.
    let time = NaiveTime::parse_from_str(whole, format).ok().filter(|time| time.nanosecond() == 0)?;
    match fraction {
        None => Some(time),
        Some(digits) if (1..=9).contains(&digits.len()) => {
            let nanoseconds: u32 = format!("{digits:0<9}").parse().ok()?;
            Some(time.with_nanosecond(nanoseconds)?.trunc_subsecs(6))
        }
        Some(_) => None,
    }
}

fn offset_of(text: &str) -> Option<TimeDelta> {
    if text.eq_ignore_ascii_case("z") {
        return Some(TimeDelta::zero());
    }
    let (is_behind, digits) = match text.trim_start().split_at_checked(1)? {
        ("-", digits) => (true, digits),
        ("+", digits) => (false, digits),
        _ => (false, text.strip_prefix(' ')?),
    };
    let shaped = matches!(digits.len(), 2 | 4 | 5) && digits.find(':').is_none_or(|at| at == 2 && digits.len() == 5);
    let digits = digits.replacen(':', "", 1);
    let is_number = shaped && digits.len() != 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = is_number.then(|| digits.split_at_checked(2)).flatten()?;
    let hours: i64 = hours.parse().ok()?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let offset = TimeDelta::minutes(hours * 60 + minutes);
    (hours < 24 && minutes < 60).then_some(if is_behind { -offset } else { offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
    }

    fn window(text: &str, zone: Tz) -> (String, String) {
        let moment = Moment::parse(text).unwrap();
        (moment.begin(zone).to_string(), moment.end(zone).to_string())
    }

    fn spans(text: &str, zone: Tz, begin: &str, end: &str) {
        assert_eq!(window(text, zone), (begin.to_owned(), end.to_owned()), "{text} in {zone}");
    }

    #[test]
    fn every_accepted_form_is_read() {
        let wanted = at("2026-04-09 10:22:11");
        for form in [
            "2026-04-09 10:22:11",
            "2026-04-09T10:22:11",
            "2026-04-09t10:22:11",
            "2026-04-09+10:22:11",
            "  2026-04-09 10:22:11 ",
            "2026-04-09 10:22:11.0",
        ] {
            assert_eq!(Moment::parse(form), Some(Moment::Clock(wanted)), "{form}");
        }
        for form in [
            "2026-04-09T10:22:11Z",
            "2026-04-09 10:22:11z",
            "2026-04-09T10:22:11+00:00",
            "2026-04-09T18:22:11+08:00",
            "2026-04-09T18:22:11+0800",
            "2026-04-09T18:22:11+08",
            "2026-04-09T18:22:11 08:00",
            "2026-04-09 18:22:11 +08:00",
            "2026-04-09T05:52:11-04:30",
            "2026-04-10T10:21:11+23:59",
        ] {
            assert_eq!(Moment::parse(form), Some(Moment::Instant(wanted)), "{form}");
        }
        assert_eq!(Moment::parse("2026-04-09 10:22"), Some(Moment::Clock(at("2026-04-09 10:22:00"))));
        assert_eq!(Moment::parse("2026-04-09"), Some(Moment::Day(wanted.date())));
    }

    #[test]
    fn nothing_else_is_a_date_time() {
        for odd in [
            "",
            " ",
            "x",
            "now",
            "2026",
            "2026-04",
            "2026-4-9",
            "2026-13-01",
            "2026-02-30",
            "0000-01-01",
            "+026-04-09",
            "20260409",
            "09.04.2026",
            "2026-04-09 1",
            "2026-04-09 10",
            "2026-04-09 24:00:00",
            "2026-04-09 10:60:00",
            "2026-04-09 23:59:60",
            "2026-04-09 10:22:11.",
            "2026-04-09 10:22:11.1234567890",
            "2026-04-09 10:22.5",
            "2026-04-09 1:22:11",
            "2026-04-09x10:22:11",
            "2026-04-09 10:22:11x",
            "2026-04-09 10:22:11+24:00",
            "2026-04-09 10:22:11+08:60",
            "2026-04-09 10:22:11+8",
            "2026-04-09 10:22:11+08:0",
            "2026-04-09 10:22:11+0:800",
            "2026-04-09 10:22:11+",
            "2026-04-09 10:22:11 08:0:",
            "2026-04-09 10:22:11ZZ",
            "2026-04-09 10:22:11\0",
            "2026\u{2013}04-09",
            "20\u{e9}6-04-09",
            "12026-04-09",
        ] {
            assert_eq!(Moment::parse(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_time_includes_its_second_and_a_day_all_of_it() {
        spans("2026-04-09 10:22:11", Tz::UTC, "2026-04-09 10:22:11", "2026-04-09 10:22:12");
        spans("2026-04-09T10:22:11.5Z", Tz::UTC, "2026-04-09 10:22:11.500", "2026-04-09 10:22:12");
        spans("2026-04-09", Tz::UTC, "2026-04-09 00:00:00", "2026-04-10 00:00:00");
        spans("2026-04-09", Tz::Asia__Kuala_Lumpur, "2026-04-08 16:00:00", "2026-04-09 16:00:00");
    }

    #[test]
    fn a_skipped_time_is_read_by_either_offset_so_that_nothing_is_missed() {
        spans("2026-03-29 02:30:00", Tz::Europe__Berlin, "2026-03-29 00:30:00", "2026-03-29 01:30:01");
        // Samoa had no 30 December 2011.
        spans("2011-12-30", Tz::Pacific__Apia, "2011-12-30 10:00:00", "2011-12-30 10:00:00");
        spans("2011-12-30 12:00:00", Tz::Pacific__Apia, "2011-12-29 22:00:00", "2011-12-30 22:00:01");
    }

    #[test]
    fn a_repeated_time_spans_both_occurrences() {
        spans("2026-10-25 02:30:00", Tz::Europe__Berlin, "2026-10-25 00:30:00", "2026-10-25 01:30:01");
    }

    #[test]
    fn the_ends_of_the_calendar_hold() {
        for text in [
            "0001-01-01",
            "0001-01-01 00:00:00",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31",
            "9999-12-31T23:59:59-23:59",
        ] {
            for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
                let (begin, end) = window(text, zone);
                assert!(begin.len() == 19 && end.len() == 19 && begin <= end, "{text}: {begin} {end}");
            }
        }
    }

    #[test]
    fn an_instant_is_written_on_the_organizations_clock() {
        assert_eq!(text(at("2026-04-09 10:22:11.75"), Tz::UTC), "2026-04-09 10:22:11");
        assert_eq!(text(at("2026-04-09 20:00:00"), Tz::Asia__Kuala_Lumpur), "2026-04-10 04:00:00");
        assert_eq!(unix_text(1_775_730_131, Tz::UTC), "2026-04-09 10:22:11");
        assert_eq!(unix_text(i64::MAX, Tz::UTC), "");
    }
}
