//! What a file of one kind holds: its columns, how a row of them is read, and what is to be done with it.

use chrono::NaiveDate;
use stockbridge_domain::bring::{Intent, Outcome};
use stockbridge_domain::items::master::{By, Reference};
use stockbridge_domain::values::{Change, Name, Price, Quantity, Text, Weight};
use stockbridge_domain::{Result, Tx};

/// A column that a file may have.
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: &'static str,
    /// What the domain calls it in its complaints.
    pub(super) field: &'static str,
    /// Whether no file can do without it.
    pub(super) is_required: bool,
    /// What stands in it.
    pub(super) meaning: &'static str,
}

impl Column {
    pub(super) const fn required(name: &'static str, field: &'static str, meaning: &'static str) -> Self {
        Self { name, field, is_required: true, meaning }
    }

    pub(super) const fn optional(name: &'static str, field: &'static str, meaning: &'static str) -> Self {
        Self { name, field, is_required: false, meaning }
    }
}

/// A kind of file.
pub(super) trait Sheet: Copy + Send + 'static {
    /// A row, as the domain knows it.
    type Row: Send + Sync + 'static;

    /// All columns there can be; what tells rows apart comes first.
    fn columns(self) -> &'static [Column];

    /// Rows that one transaction takes: so many that it is worth its while, and so few that others do not wait.
    fn at_once(self) -> Size;

    /// Reads a row, and complains of what is wrong with it; none where not even its code can be read.
    fn read(self, cells: &mut Cells<'_>) -> Option<Self::Row>;

    /// What no other row of the file may have, in these columns.
    fn unique(self, row: &Self::Row) -> Vec<(&'static str, String)>;

    /// What all rows of the file that are about one thing must say alike: the column, the thing, and what is said.
    fn agreed(self, _row: &Self::Row) -> Vec<(&'static str, String, String)> {
        Vec::new()
    }

    /// Carries rows over to the domain.
    fn bring(self, tx: &mut Tx<'_>, rows: &[Self::Row], intent: Intent) -> Result<Vec<Outcome>>;
}

/// How many rows make a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// So many.
    Rows(usize),
    /// All of the file, at most so many, since they refer to each other.
    Whole(usize),
}

impl Size {
    pub(super) const fn rows(self) -> usize {
        match self {
            Self::Rows(rows) | Self::Whole(rows) => rows,
        }
    }
}

/// The cells of a row by their columns, and what is wrong with them.
pub(super) struct Cells<'r> {
    header: &'r [&'static str],
    texts: &'r [String],
    complaints: Vec<(&'static str, String)>,
}

impl<'r> Cells<'r> {
    pub(super) fn new(header: &'r [&'static str], cells: &'r [String]) -> Self {
        Self { header, texts: cells, complaints: Vec::new() }
    }

    /// What is wrong, by column.
    pub(super) fn complaints(self) -> Vec<(&'static str, String)> {
        self.complaints
    }

    /// What stands in a column; none where the file has no such column.
    fn cell(&self, column: &str) -> Option<&'r str> {
        let at = self.header.iter().position(|name| *name == column)?;
        self.texts.get(at).map(String::as_str)
    }

    fn complain(&mut self, column: &'static str, what: impl Into<String>) {
        self.complaints.push((column, what.into()));
    }

    /// The cell read by `parse`: kept without a column, cleared where it is empty.
    fn change<T, E: std::fmt::Display>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> std::result::Result<T, E>,
    ) -> Change<T> {
        match self.cell(column) {
            None => Change::Keep,
            Some("") => Change::Clear,
            Some(text) => match parse(text) {
                Ok(value) => Change::Set(value),
                Err(fault) => {
                    self.complain(column, fault.to_string());
                    Change::Keep
                }
            },
        }
    }

    /// A text that may be taken away.
    pub(super) fn text<const MAX: usize>(&mut self, column: &'static str) -> Change<Text<MAX>> {
        match self.change(column, Text::parse) {
            Change::Set(Some(text)) => Change::Set(text),
            Change::Keep => Change::Keep,
            Change::Set(None) | Change::Clear => Change::Clear,
        }
    }

    /// A text that must be there where the column is.
    pub(super) fn needed<const MAX: usize>(&mut self, column: &'static str) -> Option<Text<MAX>> {
        match self.text(column) {
            Change::Set(text) => Some(text),
            Change::Keep => None,
            Change::Clear => {
                self.complain(column, "must not be empty");
                None
            }
        }
    }

    /// A name, which may be left out but not taken away.
    pub(super) fn name(&mut self, column: &'static str) -> Option<Name> {
        self.needed(column)
    }

    /// An amount of money.
    pub(super) fn price(&mut self, column: &'static str) -> Change<Price> {
        self.change(column, |text| Price::parse(text).map_err(|fault| of_number(text, &fault)))
    }

    /// A weight in kilograms.
    pub(super) fn weight(&mut self, column: &'static str) -> Change<Weight> {
        self.change(column, |text| Weight::parse(text).map_err(|fault| of_number(text, &fault)))
    }

    /// A quantity; an empty cell is none.
    pub(super) fn quantity(&mut self, column: &'static str) -> Option<Quantity> {
        self.value(column, |text| Quantity::parse(text).map_err(|fault| of_number(text, &fault)))
    }

    /// A quantity that must be there.
    pub(super) fn figure(&mut self, column: &'static str) -> Option<Quantity> {
        if self.cell(column) == Some("") {
            self.complain(column, "must not be empty");
        }
        self.quantity(column)
    }

    /// Complains unless something is so.
    pub(super) fn unless(&mut self, is_so: bool, column: &'static str, what: &str) {
        if !is_so {
            self.complain(column, what);
        }
    }

    /// Yes or no; an empty cell says neither.
    pub(super) fn flag(&mut self, column: &'static str) -> Option<bool> {
        self.value(column, |text| match text.to_lowercase().as_str() {
            "1" | "true" | "yes" | "y" => Ok(true),
            "0" | "false" | "no" | "n" => Ok(false),
            _ => Err(format!("must be 1 or 0: it is {text:?}")),
        })
    }

    /// A day; an empty cell is none.
    pub(super) fn day(&mut self, column: &'static str) -> Option<NaiveDate> {
        let wrong = |text: &str| format!("must be a date such as 2027-12-31: it is {text:?}");
        self.value(column, |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong(text)))
    }

    /// One of several words; an empty cell says none.
    pub(super) fn word<T>(
        &mut self,
        column: &'static str,
        words: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.value(column, |text| parse(&text.to_lowercase()).ok_or_else(|| format!("must be {words}: it is {text:?}")))
    }

    /// A reference by code.
    pub(super) fn reference(&mut self, column: &'static str) -> Change<Reference> {
        let by_code =
            |text: &str| Ok::<_, String>(Reference { field: column.to_owned(), by: By::Code(text.to_owned()) });
        self.change(column, by_code)
    }

    fn value<T, E: std::fmt::Display>(
        &mut self,
        column: &'static str,
        parse: impl FnOnce(&str) -> std::result::Result<T, E>,
    ) -> Option<T> {
        match self.change(column, parse) {
            Change::Set(value) => Some(value),
            Change::Keep | Change::Clear => None,
        }
    }
}

/// Why a number cannot be read, and what it was.
fn of_number(text: &str, fault: &impl std::fmt::Display) -> String {
    let hint = if text.contains(',') { "; write a point before decimals, and nothing between thousands" } else { "" };
    format!("{fault}: it is {text:?}{hint}")
}
