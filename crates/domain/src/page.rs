//! Every list is bounded: a window goes in, a slice comes out.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};

use crate::error::{Error, Problem, Result};

/// Rows of one answer when nobody says how many.
pub const DEFAULT_LIMIT: i64 = 50;
/// Rows of one answer at the most; more is clamped to this.
pub const MAX_LIMIT: i64 = 200;

/// Rows that are found by when they changed, or by the items that they are of, and put in the order of their list here.
/// Where there are more, the list is walked in its own order, past the others. Tests go both ways with a handful of rows.
pub(crate) const FEW: i64 = if cfg!(test) { 3 } else { 2_000 };

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where to begin.
    pub start: Start,
    /// How many rows at the most, at least 1.
    pub limit: i64,
}

/// Where a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A page number from 1. Costs more the deeper it lies.
    Page(i64),
    /// Right after a row that was seen before: the same cost at any depth, and steady while rows come and go.
    After(Cursor),
}

/// A place in a list: the last row that was seen. Clients hold it as an opaque text. Each list knows one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// In lists by id.
    Id(i64),
    /// In lists by time: the instant that the row stands at, in UTC, and its id.
    Time(NaiveDateTime, i64),
    /// In lists of stock: two ids, such as the product and the warehouse.
    Stock(i64, i64),
}

/// A part of a list, the whole not counted: for answers that go through all of it.
#[derive(Debug, Clone)]
pub struct Part<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// A part of a list, and the exact number of rows of the whole.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Rows that match in all.
    pub total: i64,
    /// Where the next slice begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl Window {
    /// Rows to skip for a page number; 0 behind a cursor. Saturates, so that a page past any end is empty.
    pub const fn offset(&self) -> i64 {
        match self.start {
            Start::Page(number) if number > 1 => (number - 1).saturating_mul(self.limit),
            Start::Page(_) | Start::After(_) => 0,
        }
    }

    /// The id after which rows count, in a list by id.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another kind of list.
    pub fn after_id(&self) -> Result<Option<i64>> {
        match self.start {
            Start::Page(_) => Ok(None),
            Start::After(Cursor::Id(id)) => Ok(Some(id)),
            Start::After(Cursor::Time(..) | Cursor::Stock(..)) => Err(foreign()),
        }
    }

    /// The instant and id after which rows count, in a list by time.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another kind of list.
    pub fn after_time(&self) -> Result<Option<(NaiveDateTime, i64)>> {
        match self.start {
            Start::Page(_) => Ok(None),
            Start::After(Cursor::Time(at, id)) => Ok(Some((at, id))),
            Start::After(Cursor::Id(_) | Cursor::Stock(..)) => Err(foreign()),
        }
    }

    /// The two ids after which rows count, in a list of stock.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another kind of list.
    pub fn after_stock(&self) -> Result<Option<(i64, i64)>> {
        match self.start {
            Start::Page(_) => Ok(None),
            Start::After(Cursor::Stock(first, second)) => Ok(Some((first, second))),
            Start::After(Cursor::Id(_) | Cursor::Time(..)) => Err(foreign()),
        }
    }
}

impl<T> Part<T> {
    /// Cuts a part from all rows of a list, which come in its order.
    pub(crate) fn of_all<K: Ord>(
        mut rows: Vec<T>,
        window: &Window,
        after: Option<K>,
        key: impl Fn(&T) -> K,
        cursor_of: impl Fn(&T) -> Cursor,
    ) -> Self {
        let passed = after.map_or(0, |last| rows.partition_point(|row| key(row) <= last));
        let offset = usize::try_from(window.offset()).unwrap_or(usize::MAX);
        rows.drain(..passed.saturating_add(offset).min(rows.len()));
        Self::cut(rows, window, cursor_of)
    }
}

fn foreign() -> Error {
    Error::Invalid(vec![Problem::new("cursor", "is not one that this list answered: leave it out to begin anew")])
}

impl<T> Part<T> {
    /// Cuts a part from rows that were read with a limit of one more than the window's.
    pub fn cut(mut rows: Vec<T>, window: &Window, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor_of) } else { None };
        Self { rows, next }
    }

    /// The same part of its whole, which is counted unless this part shows how much it is: the last page does.
    pub(crate) fn counted(self, window: &Window, count: impl FnOnce() -> Result<i64>) -> Result<Slice<T>> {
        let is_page = matches!(window.start, Start::Page(_)) && (!self.rows.is_empty() || window.offset() == 0);
        let rows = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        let total = if is_page && self.next.is_none() { window.offset().saturating_add(rows) } else { count()? };
        Ok(self.of(total))
    }

    /// The same part, of a whole of so many rows.
    pub fn of(self, total: i64) -> Slice<T> {
        let Self { rows, next } = self;
        Slice { rows, total, next }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "c1{id:x}"),
            Self::Time(at, id) => write!(f, "c2{:x}-{id:x}", at.and_utc().timestamp_micros()),
            Self::Stock(first, second) => write!(f, "c3{first:x}-{second:x}"),
        }
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let number = |hex: &str| i64::from_str_radix(hex, 16).ok().filter(|number| *number >= 0).ok_or(());
        let (kind, rest) = text.split_at_checked(2).ok_or(())?;
        if kind == "c1" {
            return Ok(Self::Id(number(rest)?));
        }
        let (first, second) = rest.split_once('-').ok_or(())?;
        let (first, second) = (number(first)?, number(second)?);
        match kind {
            "c2" => {
                let at = DateTime::from_timestamp_micros(first).ok_or(())?;
                Ok(Self::Time(at.naive_utc(), second))
            }
            "c3" => Ok(Self::Stock(first, second)),
            _ => Err(()),
        }
    }
}
