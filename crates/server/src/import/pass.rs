//! One pass over a file: to check it, or to carry it over.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use stockbridge_domain::bring::{Intent, Outcome};
use stockbridge_domain::{Error, Fault, Store, TenantId};

use super::report::{Complaints, Tally};
use super::sheet::{Cells, Sheet, Size};
use super::table::{Next, Rows, Source};
use crate::admin::said;

/// Seconds to wait before a batch that others are in the way of is tried again.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];

/// What a pass works with.
pub(super) struct Pass<'p, S> {
    pub(super) store: &'p Store,
    pub(super) sheet: S,
    pub(super) tenant: TenantId,
    pub(super) source: &'p Source,
    pub(super) file: &'p str,
    pub(super) intent: Intent,
}

/// Rows that are carried over together, and their lines.
struct Batch<R> {
    rows: Vec<R>,
    lines: Vec<Line>,
}

/// Where a row stands, and the columns of which something was told already.
struct Line {
    number: u64,
    told: Vec<&'static str>,
}

/// What a pass has seen so far.
struct Seen {
    complaints: Complaints,
    tally: Tally,
    /// Where each value stands that no two rows may share, by column.
    unique: HashMap<&'static str, HashMap<Box<str>, u64>>,
    /// What was said first of each thing of which all is to be said alike, by column, and where.
    agreed: HashMap<&'static str, HashMap<Box<str>, First>>,
}

/// What was said, and in which line.
type First = (Box<str>, u64);

impl<S: Sheet> Pass<'_, S> {
    /// Reads the whole file. When it is checked, all that is wrong is told; when it is carried over, the first batch that
    /// is refused ends it.
    ///
    /// # Errors
    /// A sentence that says what became of the file.
    pub(super) async fn run(self) -> Result<Tally, String> {
        let mut rows = self.source.rows().map_err(|error| self.unread(&error))?;
        let (unique, agreed) = (HashMap::new(), HashMap::new());
        let mut seen = Seen { complaints: Complaints::default(), tally: Tally::default(), unique, agreed };
        let Some(header) = self.header(&mut rows, &mut seen.complaints)? else { return Err(self.refused(seen)) };
        let bar = self.bar();
        let mut batch = Batch { rows: Vec::new(), lines: Vec::new() };
        loop {
            let next = rows.next().map_err(|error| self.unread(&error))?;
            let is_over = matches!(next, Next::End | Next::Broken(..));
            match next {
                Next::Row(line, cells) => self.take(&mut batch, &mut seen, &header, line, &cells),
                Next::Unreadable(line, why) | Next::Broken(line, why) => seen.complaints.of(line, why),
                Next::End => {}
            }
            let is_full = batch.rows.len() >= self.sheet.at_once().rows();
            if is_over || is_full {
                if let (Size::Whole(most), false, true) = (self.sheet.at_once(), is_over, is_full) {
                    // One more is read to know whether this was all.
                    if batch.rows.len() == most {
                        continue;
                    }
                    return Err(format!("{} has more than {most} rows: split it, parents first", self.file));
                }
                self.hand_over(&mut batch, &mut seen).await?;
                bar.set_position(rows.bytes);
            }
            if is_over {
                break;
            }
        }
        bar.finish_and_clear();
        self.unchanged(&seen)?;
        if seen.complaints.count > 0 { Err(self.refused(seen)) } else { Ok(seen.tally) }
    }

    /// The columns of the file, in its order; none when something is wrong with them.
    fn header(&self, rows: &mut Rows<'_>, complaints: &mut Complaints) -> Result<Option<Vec<&'static str>>, String> {
        let (line, names) = match rows.next().map_err(|error| self.unread(&error))? {
            Next::Row(line, names) => (line, names),
            Next::Unreadable(line, why) | Next::Broken(line, why) => {
                complaints.of(line, why);
                return Ok(None);
            }
            Next::End => return Err(format!("{} is empty: its first line must name the columns", self.file)),
        };
        let columns = self.sheet.columns();
        let mut header = Vec::with_capacity(names.len());
        for name in &names {
            let Some(column) = columns.iter().find(|column| plain(column.name) == plain(name)) else {
                let known = columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
                complaints.of(line, format!("{name:?} is no column: there are {known}"));
                continue;
            };
            if header.contains(&column.name) {
                complaints.of_cell(line, column.name, "is there twice: leave one of them out");
            }
            header.push(column.name);
        }
        for column in columns.iter().filter(|column| column.is_required && !header.contains(&column.name)) {
            complaints.of_cell(line, column.name, "is missing: add that column");
        }
        Ok(if complaints.count == 0 { Some(header) } else { None })
    }

    /// Reads a row into the batch, and tells what is wrong with its cells.
    fn take(&self, batch: &mut Batch<S::Row>, seen: &mut Seen, header: &[&'static str], line: u64, cells: &[String]) {
        if cells.len() != header.len() {
            let (has, wants) = (cells.len(), header.len());
            let why = format!("has {has} cells where the header has {wants}: put cells with separators into quotes");
            return seen.complaints.of(line, why);
        }
        let mut reader = Cells::new(header, cells);
        let row = self.sheet.read(&mut reader);
        let mut wrong = reader.complaints();
        for (column, value) in row.iter().flat_map(|row| self.sheet.unique(row)) {
            // The second pass reads what the first one has found to be good.
            if self.intent == Intent::Judge
                && let Some(earlier) = seen.unique.entry(column).or_default().insert(value.into_boxed_str(), line)
            {
                wrong.push((column, format!("stands in line {earlier} too")));
            }
        }
        for (column, thing, said) in row.iter().flat_map(|row| self.sheet.agreed(row)) {
            let known = seen.agreed.entry(column).or_default();
            let (first, earlier) = known.entry(thing.into_boxed_str()).or_insert((said.clone().into_boxed_str(), line));
            if **first != *said {
                wrong.push((
                    column,
                    format!("is another than in line {earlier}, which is about the same: say it alike"),
                ));
            }
        }
        for (column, what) in &wrong {
            seen.complaints.of_cell(line, column, what);
        }
        // Judged all the same, for what else there is to be told of it.
        if let Some(row) = row {
            batch.rows.push(row);
            batch.lines.push(Line { number: line, told: wrong.into_iter().map(|(column, _)| column).collect() });
        }
    }

    /// Has the domain judge a batch, or write it.
    async fn hand_over(&self, batch: &mut Batch<S::Row>, seen: &mut Seen) -> Result<(), String> {
        let (rows, lines) = (std::mem::take(&mut batch.rows), std::mem::take(&mut batch.lines));
        let (sheet, tenant) = (self.sheet, self.tenant);
        if rows.is_empty() && seen.complaints.count == 0 {
            return Ok(());
        }
        if self.intent == Intent::Judge {
            let judge = self.store.look(move |lobby| sheet.bring(&mut lobby.as_system(tenant)?, &rows, Intent::Judge));
            let outcomes = judge.await.map_err(|error| said(&error))?;
            seen.note(&outcomes, &lines, sheet);
            return Ok(());
        }
        self.unchanged(seen)?;
        let begun = Instant::now();
        let written = if seen.complaints.count > 0 { Ok(Vec::new()) } else { self.written(rows).await };
        let before = seen.tally;
        let [first, last] = [lines.first(), lines.last()].map(|line| line.map_or(0, |line| line.number));
        match written {
            Ok(outcomes) => seen.note(&outcomes, &lines, sheet),
            Err(Error::Fault(Fault::Uncertain(why))) => {
                return Err(format!(
                    "{why}: lines {first} to {last} may be written or not, those before them are ({before}); run the \
                     command again, which leaves alone what is there"
                ));
            }
            Err(Error::Fault(fault)) => {
                return Err(format!(
                    "{fault}: lines {first} to {last} and all after them are not written, those before them are \
                     ({before}); run the command again once that is mended"
                ));
            }
            Err(error) => seen.complaints.of(first, error.to_string()),
        }
        if seen.complaints.count > 0 {
            std::mem::take(&mut seen.complaints).print();
            return Err(format!(
                "something changed after the file was checked: lines {first} to {last} and all after them are not written; \
                 what stands before them is ({before}), so run the command again once that is mended"
            ));
        }
        // SQLite's writers ask again and again, at growing intervals: each must find a gap soon.
        tokio::time::sleep(begun.elapsed().min(Duration::from_millis(100)) / 2).await;
        Ok(())
    }

    /// Writes a batch. While others hold what it needs, or make what it was about to, it is tried again.
    async fn written(&self, rows: Vec<S::Row>) -> Result<Vec<Outcome>, Error> {
        let (sheet, tenant, rows) = (self.sheet, self.tenant, Arc::new(rows));
        let mut pauses = PAUSES.iter();
        loop {
            let rows = Arc::clone(&rows);
            let write = self.store.alter(move |lobby| sheet.bring(&mut lobby.as_system(tenant)?, &rows, Intent::Write));
            match (write.await, pauses.next()) {
                (Err(Error::Fault(Fault::Busy | Fault::Race(_)) | Error::Duplicate(_)), Some(seconds)) => {
                    tokio::time::sleep(Duration::from_secs(*seconds)).await;
                }
                (written, _) => return written,
            }
        }
    }

    /// Refuses a file that somebody writes to: its rows would be of two.
    fn unchanged(&self, seen: &Seen) -> Result<(), String> {
        if !self.source.has_changed().map_err(|error| self.unread(&error))? {
            return Ok(());
        }
        let written = match self.intent {
            Intent::Judge => "nothing is written".to_owned(),
            Intent::Write => format!("what was written before stands ({})", seen.tally),
        };
        Err(format!("{} was changed while it was read: {written}; run the command again on a file at rest", self.file))
    }

    fn refused(&self, seen: Seen) -> String {
        let count = seen.complaints.count;
        seen.complaints.print();
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        format!("{} is not imported: {errors}; nothing is written", self.file)
    }

    fn unread(&self, error: &std::io::Error) -> String {
        format!("cannot read {}: {error}", self.file)
    }

    /// How far it is; nowhere to be seen where standard error is no terminal.
    fn bar(&self) -> ProgressBar {
        let verb = if self.intent == Intent::Judge { "checking" } else { "writing" };
        let style = ProgressStyle::with_template("{msg} [{wide_bar}] {percent}% {eta}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.source.length).with_style(style).with_message(verb)
    }
}

impl Seen {
    /// What came of a batch.
    fn note<S: Sheet>(&mut self, outcomes: &[Outcome], lines: &[Line], sheet: S) {
        for (outcome, Line { number, told }) in outcomes.iter().zip(lines) {
            match outcome {
                Ok(brought) => self.tally.add(*brought),
                Err(errors) => {
                    for error in errors {
                        self.complaints.of_row(*number, sheet.columns(), told, error);
                    }
                }
            }
        }
    }
}

/// A column's name as people write it: in any case, with spaces or without its underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
