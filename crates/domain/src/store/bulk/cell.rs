//! The values of a row, of whatever types its columns have.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Timestamp};

use crate::store::connection::MultiBackend;
use crate::values::{Money, Quantity};

/// One value of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(bool),
    Time(NaiveDateTime),
    Date(Option<NaiveDate>),
    /// What another part of the same statement gives, in SQL.
    Given(&'static str),
}

/// A row of cells.
macro_rules! cells {
    ($($value:expr),+ $(,)?) => { vec![$($crate::store::bulk::Cell::from($value)),+] };
}
pub(crate) use cells;

impl Cell {
    pub(super) fn bind<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Int(value) => pass.push_bind_param::<Nullable<BigInt>, _>(value),
            Self::Text(value) => pass.push_bind_param::<Nullable<Text>, _>(value),
            Self::Bool(value) => pass.push_bind_param::<Bool, _>(value),
            Self::Time(value) => pass.push_bind_param::<Timestamp, _>(value),
            Self::Date(value) => pass.push_bind_param::<Nullable<Date>, _>(value),
            Self::Given(sql) => {
                pass.push_sql(sql);
                Ok(())
            }
        }
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<Option<NaiveDate>> for Cell {
    fn from(value: Option<NaiveDate>) -> Self {
        Self::Date(value)
    }
}

impl From<Quantity> for Cell {
    fn from(value: Quantity) -> Self {
        Self::Int(Some(value.raw()))
    }
}

impl From<Money> for Cell {
    fn from(value: Money) -> Self {
        Self::Int(Some(value.raw()))
    }
}

impl From<Option<Money>> for Cell {
    fn from(value: Option<Money>) -> Self {
        Self::Int(value.map(Money::raw))
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<NaiveDateTime> for Cell {
    fn from(value: NaiveDateTime) -> Self {
        Self::Time(value)
    }
}

impl From<NaiveDate> for Cell {
    fn from(value: NaiveDate) -> Self {
        Self::Date(Some(value))
    }
}
