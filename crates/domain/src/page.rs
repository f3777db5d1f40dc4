//! Every list is bounded: a window goes in, a slice comes out.

use std::fmt;

/// Rows of one answer when nobody says how many.
pub const DEFAULT_LIMIT: i64 = 50;
/// Rows of one answer at the most; more is clamped to this.
pub const MAX_LIMIT: i64 = 200;

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

/// A place in a list: the last row that was seen. Clients hold it as an opaque text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The id of the last row that was seen.
    pub id: i64,
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

    /// The id after which rows count; 0 for page numbers, since ids begin at 1.
    pub const fn after_id(&self) -> i64 {
        match self.start {
            Start::Page(_) => 0,
            Start::After(cursor) => cursor.id,
        }
    }
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

    /// The same part, of a whole of so many rows.
    pub fn of(self, total: i64) -> Slice<T> {
        let Self { rows, next } = self;
        Slice { rows, total, next }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c1{:x}", self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = text.strip_prefix("c1").and_then(|hex| i64::from_str_radix(hex, 16).ok());
        id.filter(|id| *id >= 0).map(|id| Self { id }).ok_or(())
    }
}

#[cfg(test)]
mod tests;
