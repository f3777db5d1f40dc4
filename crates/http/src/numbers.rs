//! Exact figures as JSON numbers: from decimals to digits, never through binary floating point.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;
use stockbridge_domain::values::{Money, Quantity};

/// A figure that answers as a JSON number. Only `serde_json` can write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(Figure);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Quantity(Quantity),
    Money(Money),
    Percent(i64),
}

impl Number {
    /// A quantity without trailing zeros: `3`, `2.5`.
    pub const fn quantity(quantity: Quantity) -> Self {
        Self(Figure::Quantity(quantity))
    }

    /// An amount with exactly two decimals, rounded half away from zero: `84320.50`.
    pub const fn money(amount: Money) -> Self {
        Self(Figure::Money(amount))
    }

    /// A share with exactly one decimal, given in thousandths: `61.9`.
    pub const fn percent(permille: i64) -> Self {
        Self(Figure::Percent(permille))
    }
}

impl From<Quantity> for Number {
    fn from(quantity: Quantity) -> Self {
        Self::quantity(quantity)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Lists are full of whole quantities: no text is made of them.
            Figure::Quantity(quantity) => match quantity.as_whole() {
                Some(whole) => serializer.serialize_i64(whole),
                None => exact(quantity.to_string(), serializer),
            },
            Figure::Money(amount) => exact(amount.two_decimals(), serializer),
            Figure::Percent(permille) => {
                let (sign, tenths) = (if permille < 0 { "-" } else { "" }, permille.unsigned_abs());
                exact(format!("{sign}{}.{}", tenths / 10, tenths % 10), serializer)
            }
        }
    }
}

fn exact<S: Serializer>(digits: String, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(digits).map_err(S::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> String {
        serde_json::to_string(&Number::quantity(Quantity::parse(text).unwrap())).unwrap()
    }

    #[test]
    fn shares_have_one_decimal() {
        for (permille, digits) in [(619, "61.9"), (0, "0.0"), (-5, "-0.5"), (-1_000, "-100.0"), (7, "0.7")] {
            assert_eq!(serde_json::to_string(&Number::percent(permille)).unwrap(), digits);
        }
    }

    fn money(text: &str) -> String {
        serde_json::to_string(&Number::money(Money::parse(text).unwrap())).unwrap()
    }

    #[test]
    fn quantities_have_no_trailing_zeros() {
        for (given, printed) in [
            ("3", "3"),
            ("3.0000", "3"),
            ("2.50", "2.5"),
            ("-0.0001", "-0.0001"),
            ("0", "0"),
            ("1000", "1000"),
            ("-900000000000", "-900000000000"),
            ("899999999999.9999", "899999999999.9999"),
        ] {
            assert_eq!(quantity(given), printed);
        }
    }

    #[test]
    fn amounts_have_two_decimals_rounded_half_away_from_zero() {
        for (given, printed) in [("84320.5", "84320.50"), ("0.615", "0.62"), ("-0.615", "-0.62"), ("0", "0.00")] {
            assert_eq!(money(given), printed);
        }
        assert_eq!(money("899999999999.99"), "899999999999.99");
    }

    #[test]
    fn they_stand_inside_of_answers() {
        let row = [Number::from(Quantity::parse("7").unwrap()), Number::money(Money::parse("1").unwrap())];
        assert_eq!(serde_json::to_string(&row).unwrap(), "[7,1.00]");
    }
}
