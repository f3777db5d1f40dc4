//! Results as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

/// A table: numbers are aligned to the right, words to the left.
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table as Markdown, its columns as wide as what is in them.
    pub(crate) fn markdown(&self) -> String {
        let width = |at: usize| {
            let cells = self.rows.iter().chain([&self.columns]).filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(3)
        };
        let is_number = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.clone().all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok()) && cells.count() > 0
        };
        let shape = (0..self.columns.len()).map(|at| (width(at), is_number(at))).collect::<Vec<_>>();
        let line = |row: &[String]| {
            row.iter().zip(&shape).fold("|".to_owned(), |mut line, (cell, (width, is_number))| {
                // Writing to a text cannot fail.
                let _written = match is_number {
                    true => write!(line, " {cell:>width$} |"),
                    false => write!(line, " {cell:<width$} |"),
                };
                line
            })
        };
        let rule = shape.iter().fold("|".to_owned(), |rule, (width, is_number)| {
            rule + " " + &"-".repeat(width - usize::from(*is_number)) + if *is_number { ": |" } else { " |" }
        });
        let mut text = format!("{}\n{rule}\n", line(&self.columns));
        for row in &self.rows {
            text.push_str(&line(row));
            text.push('\n');
        }
        text
    }
}

/// A part of something: 0.53.
pub(crate) fn ratio(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.2}", part / whole) } else { String::new() }
}

/// Milliseconds: 1.25.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

/// Microseconds: 125.
pub(crate) fn micros(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}

/// Megabytes: 87.
pub(crate) fn megabytes(bytes: u64) -> String {
    (bytes / 1_000_000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let rows = vec![text(&["by id", "0.5", ""]), text(&["a list page", "12.25", "7"])];
        let table = Table { columns: text(&["call", "ratio", "µs"]), rows };
        let expected = "| call        | ratio |  µs |\n\
                        | ----------- | ----: | --: |\n\
                        | by id       |   0.5 |     |\n\
                        | a list page | 12.25 |   7 |\n";
        assert_eq!(table.markdown(), expected);
    }

    #[test]
    fn figures_are_short() {
        assert_eq!(ratio(1.0, 3.0), "0.33");
        assert_eq!(ratio(1.0, 0.0), "");
        assert_eq!(millis(Duration::from_micros(1_254)), "1.25");
        assert_eq!(micros(Duration::from_nanos(125_400)), "125");
        assert_eq!(megabytes(87_900_000), "87");
    }
}
