//! What is said about a file: complaints by line, and what came of its rows.

use std::io::Write;

use stockbridge_domain::bring::Brought;
use stockbridge_domain::{Error, Problem, Thing, Unique};

use super::sheet::Column;

/// Complaints that are shown; of more only their number.
const MOST_SHOWN: usize = 1_000;
/// Letters of a complaint that are shown: the longest of ours quotes a code or two.
const MOST_LETTERS: usize = 600;

/// What is wrong with a file.
#[derive(Default)]
pub(super) struct Complaints {
    shown: Vec<(u64, String)>,
    /// All of them.
    pub(super) count: u64,
}

impl Complaints {
    /// Complains of a line.
    pub(super) fn of(&mut self, line: u64, what: impl Into<String>) {
        self.count += 1;
        if self.shown.len() < MOST_SHOWN {
            self.shown.push((line, plain(&what.into())));
        }
    }

    /// Complains of a cell.
    pub(super) fn of_cell(&mut self, line: u64, column: &str, what: &str) {
        self.of(line, format!("{column} {what}"));
    }

    /// Complains of what the domain refuses about a row, but for columns of which something was told already.
    pub(super) fn of_row(&mut self, line: u64, columns: &[Column], told: &[&str], refused: &Error) {
        let called = |field: &str| {
            let column = columns.iter().find(|column| column.field == field);
            column.map_or_else(|| field.to_owned(), |column| column.name.to_owned())
        };
        let code = columns.first().map(|column| column.name).unwrap_or_default();
        let complaints = match refused {
            Error::Invalid(problems) => {
                let said = |Problem { field, message }: &Problem| (called(field), message.clone());
                problems.iter().map(said).collect()
            }
            Error::UnknownReference { field, thing, key } => {
                vec![(called(field), format!("names {key}, which is no {}{}", said(*thing), way_in(*thing)))]
            }
            Error::TrackingInUse { by, .. } => vec![("tracking".to_owned(), format!("cannot change while {by}"))],
            Error::Duplicate(Unique::Barcode) => vec![(called("barcode"), "stands in an earlier line too".to_owned())],
            Error::Duplicate(_) => vec![(code.to_owned(), "stands in an earlier line too".to_owned())],
            other => return self.of(line, other.to_string()),
        };
        for (column, what) in complaints.iter().filter(|(column, _)| !told.contains(&column.as_str())) {
            self.of_cell(line, column, what);
        }
    }

    /// Writes them to standard error, by line.
    pub(super) fn print(mut self) {
        self.shown.sort_by_key(|(line, _)| *line);
        let mut lines = self.shown.iter().map(|(line, what)| format!("line {line}: {what}")).collect::<Vec<_>>();
        let rest = self.count - u64::try_from(self.shown.len()).unwrap_or(self.count);
        if rest > 0 {
            lines.push(format!("and {rest} more"));
        }
        // Whoever no longer reads is told by the exit code.
        let _ = writeln!(std::io::stderr().lock(), "{}", lines.join("\n"));
    }
}

/// What quotes a file, fit for a terminal: without what would steer it, and no longer than is read.
fn plain(what: &str) -> String {
    let mut plain = String::new();
    for letter in what.chars().take(MOST_LETTERS) {
        if letter.is_control() { plain.extend(letter.escape_default()) } else { plain.push(letter) }
    }
    if what.chars().nth(MOST_LETTERS).is_some() { plain + " …" } else { plain }
}

/// What a person who imports calls it.
fn said(thing: Thing) -> &'static str {
    match thing {
        Thing::Item => "item",
        Thing::Warehouse => "location",
        other => other.word(),
    }
}

/// How it could be made.
fn way_in(thing: Thing) -> String {
    let word = match thing {
        Thing::Item => "items",
        Thing::Warehouse => "locations",
        Thing::Category => "categories",
        Thing::Brand => "brands",
        Thing::ItemType => "types",
        Thing::Uom => "uoms",
        _ => return String::new(),
    };
    format!(": import {word} first")
}

/// What came of the rows of a file.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    made: u64,
    changed: u64,
    unchanged: u64,
}

impl Tally {
    pub(super) fn add(&mut self, brought: Brought) {
        match brought {
            Brought::Made => self.made += 1,
            Brought::Changed => self.changed += 1,
            Brought::Unchanged => self.unchanged += 1,
        }
    }

    /// Whether there is nothing to write.
    pub(super) const fn is_still(&self) -> bool {
        self.made == 0 && self.changed == 0
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { made, changed, unchanged } = self;
        write!(f, "made {made}, changed {changed}, unchanged {unchanged}")
    }
}
