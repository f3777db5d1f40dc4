//! Exact figures of the model, with an arithmetic of its own: nothing of the server's is trusted here.

use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde_json::Value;

/// One unit in ten-thousandths.
const UNIT: i64 = 10_000;

/// An amount of money or goods, in ten-thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure(i64);

impl Figure {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many ten-thousandths.
    pub const fn of(parts: i64) -> Self {
        Self(parts)
    }

    /// So many whole units.
    pub fn whole(units: usize) -> Self {
        Self(i64::try_from(units).expect("a small number") * UNIT)
    }

    /// So many units, where there is no part of one left over.
    pub fn units(self) -> Option<usize> {
        (self.0 % UNIT == 0).then(|| usize::try_from(self.0.abs() / UNIT).expect("a small number"))
    }

    /// What so much costs at this price: whole cents, half a cent being one.
    pub fn times(self, price: Self) -> Self {
        let exact = i128::from(self.0) * i128::from(price.0);
        // The product counts in parts of a hundred million; a cent is a million of them.
        let cents = (exact + 500_000).div_euclid(1_000_000);
        Self(i64::try_from(cents * 100).expect("an amount in range"))
    }

    /// As money is written: two decimals, and up to four where they are needed.
    pub fn money(self) -> String {
        let (whole, parts) = (self.0 / UNIT, format!("{:04}", self.0 % UNIT));
        let kept = parts.trim_end_matches('0').len().max(2);
        format!("{whole}.{}", &parts[..kept])
    }

    /// As quantities are written: no zero at the end.
    pub fn plain(self) -> String {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.abs());
        let text = format!("{sign}{}.{:04}", size / UNIT, size % UNIT);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// A quantity as a JSON number.
    pub fn number(self) -> Value {
        serde_json::from_str(&self.plain()).expect("a number")
    }

    /// An amount as a JSON number with two decimals.
    pub fn amount(self) -> Value {
        serde_json::from_str(&format!("{}.{:02}", self.0 / UNIT, self.0 % UNIT / 100)).expect("a number")
    }
}

impl Add for Figure {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Figure {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Figure {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Figure {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::ZERO, Add::add)
    }
}

#[test]
fn figures_are_written_as_they_are_shown() {
    let price = |parts| Figure::of(parts).money();
    assert_eq!([price(499_900), price(6_150), price(100), price(1)], ["49.99", "0.615", "0.01", "0.0001"]);
    let plain = |parts| Figure::of(parts).plain();
    assert_eq!([plain(30_000), plain(25_000), plain(-1), plain(1_000_000)], ["3", "2.5", "-0.0001", "100"]);
    let cost = |quantity, price| Figure::of(quantity).times(Figure::of(price)).money();
    assert_eq!([cost(25_000, 10_050), cost(10_000, 50), cost(10_000, 49)], ["2.51", "0.01", "0.00"]);
}
