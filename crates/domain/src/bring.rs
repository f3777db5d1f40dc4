//! Many rows at once, from another system's books: each is made, changed or left as it is.
//!
//! Rows are matched by their code, in any case; the code keeps the spelling that is stored. The verbs are called `bring`
//! and stand with what they bring. Brought again, the same rows change nothing.

use std::collections::HashSet;
use std::hash::Hash;

use crate::error::{Error, Problem};

/// Rows that one call may bring.
pub const MOST_ROWS: usize = 10_000;

/// Whether rows are written, or only judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Says what would come of each row, and changes nothing.
    Judge,
    /// Writes all rows, or none where one of them is refused.
    Write,
}

/// What came of a row, or would come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// There was nothing like it.
    Made,
    /// It differs from what was there.
    Changed,
    /// It is what was there.
    Unchanged,
}

/// What came of a row, or everything that is wrong with it.
pub type Outcome = std::result::Result<Brought, Vec<Error>>;

/// Whether all rows may be written.
pub(crate) fn is_clear(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(Result::is_ok)
}

/// A complaint about one field.
pub(crate) fn problem(field: &str, message: impl Into<String>) -> Error {
    Error::Invalid(vec![Problem::new(field, message)])
}

/// Refuses calls that are too big to be carried out at once.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn at_most(rows: usize) -> crate::Result<()> {
    if rows <= MOST_ROWS { Ok(()) } else { Err(problem("rows", format!("must be at most {MOST_ROWS} at once"))) }
}

/// For each key, whether it stood before among these.
pub(crate) fn repeated<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<bool> {
    let mut seen = HashSet::new();
    keys.map(|key| !seen.insert(key)).collect()
}
