//! Money, quantities and texts: exact, and impossible to build wrong.
//!
//! Money and quantities are whole ten-thousandths in an `i64`; weights are whole grams. Arithmetic goes through
//! [`Decimal`] and reports an overflow as an error; no value ever passes through binary floating point.
//! Rules: decisions for the IOM dialect, "Types and texts".

mod digits;
mod text;

use std::fmt;

use digits::Digits;
use rust_decimal::{Decimal, RoundingStrategy};
pub use text::{Code, Description, Name, Notes, Text, TextFault, fold};

use crate::store::portable::bigint_value;

/// The largest amount or quantity that is accepted, either way from zero: 900 billion.
pub const LIMIT: i64 = 900_000_000_000;

/// Decimal places that money and quantities keep.
const SCALE: u32 = 4;
const UNIT: i64 = 10_000;

/// An amount of money in the tenant's currency, in ten-thousandths.
///
/// Printed with two decimals, and with up to four where the value needs them: `49.99`, `0.615`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Money(i64);

/// A quantity of goods, in ten-thousandths of the unit it is counted in.
///
/// Printed without trailing zeros: `3`, `2.5`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Quantity(i64);

/// The weight of one unit in whole grams, given and printed in kilograms with three decimals: `0.450`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::AsExpression, diesel::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Weight(i64);

/// A price or cost: money that is never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Money);

bigint_value!(Money, Quantity, Weight);

/// What a partial change does to a field that may be empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Empties it.
    Clear,
    /// Gives it a value.
    Set(T),
}

impl<T> Change<T> {
    /// The change that makes a field exactly this: empty for `None`.
    pub fn to(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }

    /// Makes the change to a field.
    pub(crate) fn apply<V>(self, field: &mut Option<V>, value: impl FnOnce(T) -> V) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(new) => *field = Some(value(new)),
        }
    }
}

/// Why a text is not the number that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberFault {
    /// Not a decimal number at all.
    #[error("must be a number such as 12 or 12.5")]
    NotANumber,
    /// Further from zero than [`LIMIT`].
    #[error("must lie between -900 billion and 900 billion")]
    OutOfRange,
    /// More decimals than are kept; they would be lost.
    #[error("takes at most 4 decimals")]
    TooPrecise,
    /// Below zero, where that makes no sense.
    #[error("must not be negative")]
    Negative,
}

impl Money {
    /// The number of ten-thousandths, as the database holds it.
    pub(crate) const fn raw(self) -> i64 {
        self.0
    }

    /// No money.
    pub const ZERO: Self = Self(0);

    /// The largest amount that is recorded.
    pub const MOST: Self = Self(LIMIT * UNIT);

    /// Reads a decimal text, `1.5e3` included.
    ///
    /// # Errors
    /// [`NumberFault`] for what is not a number, out of range, or finer than four decimals.
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        ten_thousandths(text).map(Self)
    }

    /// The amount in ten-thousandths, for rows that carry their id and figures with them.
    pub const fn from_ten_thousandths(units: i64) -> Self {
        Self(units)
    }

    /// The value of `quantity` units at this price, rounded half away from zero to two decimals; `None` when it is
    /// out of range.
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        let exact = self.decimal().checked_mul(quantity.decimal())?;
        let cents = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        units(cents, SCALE).filter(|units| in_range(*units, UNIT)).map(Self)
    }

    /// The sum, or `None` when it is out of range.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).filter(|sum| in_range(*sum, UNIT)).map(Self)
    }

    /// The same amount the other way.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// What one of so many equal parts is, rounded half away from zero to two decimals; nothing of no parts.
    #[must_use]
    pub fn part_of(self, parts: i64) -> Self {
        // All doubled, and half a cent more for each part: what division cuts off is then rounded.
        let (cent, parts) = (i128::from(UNIT / 100), i128::from(parts.max(0)));
        let doubled = i128::from(self.0.unsigned_abs()) * 2 + cent * parts;
        let cents = doubled.checked_div(cent * parts * 2).unwrap_or(0);
        let units = i64::try_from(cents * cent).unwrap_or(i64::MAX);
        Self(if self.0 < 0 { -units } else { units })
    }

    /// What one unit comes to where so many come to this, rounded half away from zero to four decimals; nothing of no
    /// units.
    #[must_use]
    pub fn per(self, units: Quantity) -> Self {
        let (value, count) = (i128::from(self.0) * i128::from(UNIT), i128::from(units.0));
        let each = (value.abs() * 2 + count.abs()).checked_div(count.abs() * 2).unwrap_or(0);
        let each = i64::try_from(each).unwrap_or(i64::MAX);
        Self(if (value < 0) == (count < 0) { each } else { -each })
    }

    /// Rounded half away from zero to exactly two decimals, as figures in reports are printed: `84320.50`.
    pub fn two_decimals(self) -> String {
        let rounded = self.decimal().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        format!("{rounded:.2}")
    }

    fn decimal(self) -> Decimal {
        Decimal::new(self.0, SCALE)
    }
}

impl Quantity {
    /// The number of ten-thousandths, as the database holds it.
    pub(crate) const fn raw(self) -> i64 {
        self.0
    }

    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal text, `1.5e3` included.
    ///
    /// # Errors
    /// [`NumberFault`] for what is not a number, out of range, or finer than four decimals.
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        ten_thousandths(text).map(Self)
    }

    /// The quantity in ten-thousandths.
    pub const fn from_ten_thousandths(units: i64) -> Self {
        Self(units)
    }

    /// A whole number of units, or `None` when it is out of range.
    pub fn whole(units: i64) -> Option<Self> {
        units.checked_mul(UNIT).filter(|scaled| in_range(*scaled, UNIT)).map(Self)
    }

    /// The sum, or `None` when it is out of range.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).filter(|sum| in_range(*sum, UNIT)).map(Self)
    }

    /// The difference, or `None` when it is out of range.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// The same quantity the other way: what comes where this goes.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The number of whole units, or `None` where there is a part of one.
    pub const fn as_whole(self) -> Option<i64> {
        if self.0 % UNIT == 0 { Some(self.0 / UNIT) } else { None }
    }

    /// Neither more nor less than nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    fn decimal(self) -> Decimal {
        Decimal::new(self.0, SCALE)
    }
}

/// What many rows come to together; as a sum in SQL it may lie beyond [`LIMIT`].
impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, Self(units)| sum.saturating_add(units)))
    }
}

/// What many rows hold together; as a sum in SQL it may lie beyond [`LIMIT`].
impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
        Self(quantities.fold(0, |sum, Self(units)| sum.saturating_add(units)))
    }
}

impl Weight {
    /// Reads kilograms as a decimal text; what is finer than a gram is rounded to the nearest gram.
    ///
    /// # Errors
    /// [`NumberFault`] for what is not a number, negative or out of range.
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        let number = Number::read(text).ok_or(NumberFault::NotANumber)?;
        match number.rounded_at(3).filter(|grams| in_range(*grams, 1000)) {
            None => Err(NumberFault::OutOfRange),
            // Also what would be rounded to nothing.
            Some(_) if number.is_negative && !number.digits.is_empty() => Err(NumberFault::Negative),
            Some(grams) => Ok(Self(grams)),
        }
    }

    /// The number of grams, as the database holds it.
    pub(crate) const fn grams(self) -> i64 {
        self.0
    }

    /// The weight in grams.
    pub const fn from_grams(grams: i64) -> Self {
        Self(grams)
    }
}

impl Price {
    /// Reads a decimal text.
    ///
    /// # Errors
    /// [`NumberFault`] for what is not a number, negative, out of range, or finer than four decimals.
    pub fn parse(text: &str) -> Result<Self, NumberFault> {
        Money::parse(text).and_then(|money| if money.0 < 0 { Err(NumberFault::Negative) } else { Ok(Self(money)) })
    }

    /// The amount.
    pub const fn money(self) -> Money {
        self.0
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::of(self.0, 2).as_str())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::of(self.0, 0).as_str())
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::new(self.0, 3))
    }
}

fn ten_thousandths(text: &str) -> Result<i64, NumberFault> {
    let number = Number::read(text).ok_or(NumberFault::NotANumber)?;
    if number.power < -i64::from(SCALE) {
        return Err(NumberFault::TooPrecise);
    }
    number.rounded_at(i64::from(SCALE)).filter(|units| in_range(*units, UNIT)).ok_or(NumberFault::OutOfRange)
}

/// A decimal text taken apart: digits without zeros around them, none for zero, times ten to a power.
struct Number {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl Number {
    /// Digits with at most one point, a sign before them and an exponent behind, of any length.
    fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.trim().split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Self::read_exponent(exponent)?),
            None => (text.trim(), 0),
        };
        let (is_negative, unsigned) = sign(mantissa);
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{decimals}");
        if !is_digits(&digits) {
            return None;
        }
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        let zeros = i64::try_from(digits.len() - kept.len()).ok()?;
        let power = if kept.is_empty() { 0 } else { exponent - i64::try_from(decimals.len()).ok()? + zeros };
        Some(Self { is_negative, digits: kept.to_owned(), power })
    }

    /// An exponent beyond all reason stays beyond all reason.
    fn read_exponent(text: &str) -> Option<i64> {
        let (is_negative, digits) = sign(text);
        let size = i64::from(digits.parse().unwrap_or(i32::MAX));
        is_digits(digits).then_some(if is_negative { -size } else { size })
    }

    /// In whole units of that many decimals, rounded half away from zero; `None` past 18 digits.
    fn rounded_at(&self, decimals: i64) -> Option<i64> {
        let zeros = self.power + decimals;
        let length = i64::try_from(self.digits.len()).ok()? + zeros;
        if length > 18 {
            return None;
        }
        // A negative length: even the first digit lies below the half.
        let Ok(length) = usize::try_from(length) else { return Some(0) };
        let whole = self.digits.get(..length).unwrap_or(&self.digits);
        let is_half = self.digits.as_bytes().get(length).is_some_and(|digit| *digit >= b'5');
        let units = format!("0{whole:0<length$}").parse::<i64>().ok()? + i64::from(is_half);
        Some(if self.is_negative { -units } else { units })
    }
}

fn sign(text: &str) -> (bool, &str) {
    (text.starts_with('-'), text.strip_prefix(['-', '+']).unwrap_or(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn units(exact: Decimal, scale: u32) -> Option<i64> {
    let mut scaled = exact;
    scaled.rescale(scale);
    (scaled.scale() == scale).then(|| i64::try_from(scaled.mantissa()).ok()).flatten()
}

const fn in_range(units: i64, unit: i64) -> bool {
    units.unsigned_abs() <= LIMIT.unsigned_abs() * unit.unsigned_abs()
}

#[cfg(test)]
mod tests;
