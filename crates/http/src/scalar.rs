//! One value of a request, still as it was written, and how values of the domain are read from it.
//! Tolerant where clients differ (numbers as text, `1` for true), exact where it counts: never through `f64`.

use std::borrow::Cow;
use std::fmt::Display;

use chrono::{Datelike, NaiveDate};
use serde_json::value::RawValue;
use stockbridge_domain::values::{Money, NumberFault, Price, Quantity, Text, Weight};

const NOT_WHOLE: &str = "must be a whole number such as 12";
const NOT_TEXT: &str = "must be text";
const NOT_BOOL: &str = "must be true or false";
const NOT_DATE: &str = "must be a date such as 2026-05-06";
const BLANK: &str = "must not be empty";

/// One value of a body or of a query string, before anyone decided what it should be. `null` is not among them.
#[derive(Debug, Clone)]
pub enum Scalar<'a> {
    /// A JSON string, unescaped, or a value of a query string.
    Text(Cow<'a, str>),
    /// A JSON number, letter by letter as it was sent.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// A JSON array.
    List(&'a RawValue),
    /// A JSON object.
    Object(&'a RawValue),
}

/// What can be read from a [`Scalar`].
pub trait FromScalar: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// The end of a sentence that begins with the field's name and says what to do: `must be true or false`.
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String>;
}

impl<'a> Scalar<'a> {
    /// Tells what a JSON value is; `None` for `null`.
    ///
    /// # Errors
    /// A text that is JSON but not Unicode: half of a surrogate pair.
    pub(crate) fn of_json(raw: &'a RawValue) -> Result<Option<Self>, String> {
        let json = raw.get();
        Ok(Some(match json.as_bytes().first() {
            Some(b'n') | None => return Ok(None),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'[') => Self::List(raw),
            Some(b'{') => Self::Object(raw),
            Some(b'"') => Self::Text(unescaped(json).ok_or_else(|| "must be well-formed Unicode text".to_owned())?),
            Some(_) => Self::Number(json),
        }))
    }

    /// The digits of a number, be it a JSON number or a text.
    fn digits(&self) -> Option<&str> {
        match self {
            Self::Number(digits) => Some(digits),
            Self::Text(text) => Some(text.trim()),
            Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    fn into_text(self) -> Option<Cow<'a, str>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The content of a JSON string literal; borrowed where nothing is escaped.
fn unescaped(literal: &str) -> Option<Cow<'_, str>> {
    if literal.contains('\\') {
        serde_json::from_str(literal).ok().map(Cow::Owned)
    } else {
        literal.get(1..literal.len().saturating_sub(1)).map(Cow::Borrowed)
    }
}

/// A whole number, `3.0` included.
impl FromScalar for i64 {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let digits = scalar.digits().ok_or(NOT_WHOLE)?;
        let whole = match digits.split_once('.') {
            Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
            _ => digits,
        };
        whole.parse().map_err(|fault: std::num::ParseIntError| match fault.kind() {
            std::num::IntErrorKind::PosOverflow => format!("must be at most {}", Self::MAX),
            std::num::IntErrorKind::NegOverflow => format!("must be at least {}", Self::MIN),
            _ => NOT_WHOLE.to_owned(),
        })
    }
}

/// `true`/`false` and `1`/`0`, as JSON values or as text in any case.
impl FromScalar for bool {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        if let Scalar::Bool(value) = scalar {
            return Ok(value);
        }
        match scalar.digits() {
            Some(word) if word == "1" || word.eq_ignore_ascii_case("true") => Ok(true),
            Some(word) if word == "0" || word.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(NOT_BOOL.to_owned()),
        }
    }
}

/// A text as it was sent, not trimmed: passwords and secrets are read so.
impl FromScalar for String {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = scalar.into_text().ok_or(NOT_TEXT)?;
        if text.contains('\0') { Err("must not contain NUL characters".to_owned()) } else { Ok(text.into_owned()) }
    }
}

/// A trimmed text that is not empty.
impl<const MAX: usize> FromScalar for Text<MAX> {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = scalar.into_text().ok_or(NOT_TEXT)?;
        Self::parse(&text).map_err(said)?.ok_or_else(|| BLANK.to_owned())
    }
}

impl FromScalar for Money {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        scalar.digits().ok_or(NumberFault::NotANumber).and_then(Self::parse).map_err(said)
    }
}

impl FromScalar for Price {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        scalar.digits().ok_or(NumberFault::NotANumber).and_then(Self::parse).map_err(said)
    }
}

impl FromScalar for Quantity {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        scalar.digits().ok_or(NumberFault::NotANumber).and_then(Self::parse).map_err(said)
    }
}

impl FromScalar for Weight {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        scalar.digits().ok_or(NumberFault::NotANumber).and_then(Self::parse).map_err(said)
    }
}

/// A calendar day `YYYY-MM-DD` from year 1 on; before it the databases disagree.
impl FromScalar for NaiveDate {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = scalar.into_text().ok_or(NOT_DATE)?;
        let text = text.trim();
        let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = shaped.then(|| Self::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        day.filter(|day| day.year() >= 1).ok_or_else(|| NOT_DATE.to_owned())
    }
}

/// A value that may be left empty: a blank text is none.
impl<T: FromScalar> FromScalar for Option<T> {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Text(text) if text.trim().is_empty() => Ok(None),
            scalar => T::from_scalar(scalar).map(Some),
        }
    }
}

fn said(fault: impl Display) -> String {
    fault.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json<T: FromScalar>(json: &str) -> Result<T, String> {
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        T::from_scalar(Scalar::of_json(raw)?.expect("not null"))
    }

    fn text<T: FromScalar>(text: &str) -> Result<T, String> {
        T::from_scalar(Scalar::Text(Cow::Borrowed(text)))
    }

    #[test]
    fn whole_numbers_come_as_numbers_or_text() {
        assert_eq!(json("12"), Ok(12));
        assert_eq!(json("1.0"), Ok(1));
        assert_eq!(json("-3.000"), Ok(-3));
        assert_eq!(json("9223372036854775807"), Ok(i64::MAX));
        assert_eq!(text(" 7 "), Ok(7));
        for odd in ["1.5", "1e2", "true", "[]", "\"\"", "\"1.\"", "\"0x1\"", "\"١\""] {
            assert_eq!(json::<i64>(odd), Err(NOT_WHOLE.to_owned()), "{odd}");
        }
    }

    #[test]
    fn whole_numbers_beyond_64_bits_say_their_limit() {
        assert_eq!(json::<i64>("9223372036854775808"), Err("must be at most 9223372036854775807".to_owned()));
        assert_eq!(json::<i64>("-9223372036854775809.0"), Err("must be at least -9223372036854775808".to_owned()));
    }

    #[test]
    fn booleans_come_in_every_spelling_that_clients_send() {
        for yes in ["true", "1", "\"1\"", "\"true\"", "\"True\""] {
            assert_eq!(json(yes), Ok(true), "{yes}");
        }
        for no in ["false", "0", "\"0\"", "\"false\"", "\"False\""] {
            assert_eq!(json(no), Ok(false), "{no}");
        }
        for odd in ["2", "\"yes\"", "\"\"", "{}", "1.0"] {
            assert_eq!(json::<bool>(odd), Err(NOT_BOOL.to_owned()), "{odd}");
        }
    }

    #[test]
    fn exact_numbers_keep_every_digit() {
        assert_eq!(json("0.1"), Ok(Money::from_ten_thousandths(1_000)));
        assert_eq!(json("\"49.99\""), Ok(Money::from_ten_thousandths(499_900)));
        assert_eq!(json("899999999999.9999"), Ok(Quantity::from_ten_thousandths(8_999_999_999_999_999)));
        assert_eq!(json("\"-1\"").map(Price::money), Err(NumberFault::Negative.to_string()));
        assert_eq!(json("0.45"), Ok(Weight::from_grams(450)));
        assert_eq!(json("1.5e3"), Ok(Quantity::from_ten_thousandths(15_000_000)));
        assert_eq!(json::<Money>("1e400").unwrap_err(), NumberFault::OutOfRange.to_string());
        assert_eq!(json::<Money>("0.00001").unwrap_err(), NumberFault::TooPrecise.to_string());
        assert_eq!(json::<Quantity>("true").unwrap_err(), NumberFault::NotANumber.to_string());
    }

    #[test]
    fn texts_are_only_texts() {
        assert_eq!(json::<String>("\" a\\u00e9\\n\""), Ok(" a\u{e9}\n".to_owned()));
        assert_eq!(json::<String>("5"), Err(NOT_TEXT.to_owned()));
        assert_eq!(json::<String>("\"a\\u0000b\""), Err("must not contain NUL characters".to_owned()));
        assert_eq!(json::<String>("\"\\ud800\""), Err("must be well-formed Unicode text".to_owned()));
        assert_eq!(json::<Text<3>>("\"  abc \"").unwrap().as_str(), "abc");
        assert_eq!(json::<Text<3>>("\" \""), Err(BLANK.to_owned()));
        assert_eq!(json::<Text<3>>("\"abcd\""), Err("must be at most 3 characters long".to_owned()));
        assert_eq!(json::<Text<3>>("7"), Err(NOT_TEXT.to_owned()));
    }

    #[test]
    fn a_blank_text_is_none_where_none_is_allowed() {
        assert_eq!(json::<Option<Text<9>>>("\"  \""), Ok(None));
        assert_eq!(text::<Option<Money>>(""), Ok(None));
        assert_eq!(json("\"2\""), Ok(Some(Quantity::from_ten_thousandths(20_000))));
        assert_eq!(json::<Option<NaiveDate>>("1"), Err(NOT_DATE.to_owned()));
    }

    #[test]
    fn dates_are_full_calendar_days() {
        assert_eq!(text("2026-05-06"), Ok(NaiveDate::from_ymd_opt(2026, 5, 6).unwrap()));
        for odd in ["2026-5-6", "2026-02-30", "0000-01-01", "+026-05-06", "2026-05-06T00:00:00Z", "06.05.2026", ""] {
            assert_eq!(text::<NaiveDate>(odd), Err(NOT_DATE.to_owned()), "{odd}");
        }
    }
}
