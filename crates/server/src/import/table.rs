//! A CSV file as rows with the line numbers that an editor shows. It is read line by line, and never held as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::time::SystemTime;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Bytes that one row may have: beyond, a quote was opened and never closed.
const LONGEST: usize = 1 << 20;

/// A file that is read from its beginning, as often as need be.
pub(super) struct Source {
    file: File,
    /// Its length in bytes.
    pub(super) length: u64,
    modified: Option<SystemTime>,
}

impl Source {
    /// Opens a file; `-` is standard input. What cannot be read twice is copied to a temporary file first.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn open(name: &str) -> io::Result<Self> {
        let file = match name {
            "-" => spooled(&mut io::stdin().lock())?,
            name => match File::open(name)? {
                file if file.metadata()?.is_file() => file,
                mut pipe => spooled(&mut pipe)?,
            },
        };
        let known = file.metadata()?;
        Ok(Self { file, length: known.len(), modified: known.modified().ok() })
    }

    /// Whether somebody has written to the file since it was opened.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn has_changed(&self) -> io::Result<bool> {
        let now = self.file.metadata()?;
        Ok(now.len() != self.length || now.modified().ok() != self.modified)
    }

    /// The rows from the first line on, the header being the first of them.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn rows(&self) -> io::Result<Rows<'_>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))?;
        Ok(Rows {
            input: BufReader::with_capacity(1 << 16, file),
            parser: None,
            separator: b',',
            lines: 0,
            bytes: 0,
            line: Vec::new(),
            text: vec![0; 1 << 10],
            ends: vec![0; 1 << 6],
        })
    }
}

fn spooled(from: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(from, &mut file)?;
    Ok(file)
}

/// The rows of a file, one after the other.
pub(super) struct Rows<'f> {
    input: BufReader<&'f File>,
    /// Made once the separator is known, from the first line.
    parser: Option<Reader>,
    /// What stands between cells.
    pub(super) separator: u8,
    lines: u64,
    /// How far it is read.
    pub(super) bytes: u64,
    line: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// What comes next in a file.
pub(super) enum Next {
    /// The cells of a row, trimmed, and the line on which it begins.
    Row(u64, Vec<String>),
    /// A row that cannot be read, and why; the rows after it can.
    Unreadable(u64, String),
    /// From this line on nothing can be told apart.
    Broken(u64, String),
    /// That was all.
    End,
}

/// What the parser made of a row.
enum Record {
    /// So many cells.
    Cells(usize),
    /// A row that something else stands behind, on the same line.
    Torn,
    /// A quote that is never closed.
    Unclosed,
}

impl Rows<'_> {
    /// The next row that is not empty.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        loop {
            if !self.read_line()? {
                return Ok(Next::End);
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let first = self.lines;
            if self.line.len() > LONGEST {
                return Ok(Next::Broken(first, "is longer than 1 MiB: it is no line of this file".to_owned()));
            }
            let count = match self.read_record()? {
                Record::Cells(count) => count,
                Record::Torn => {
                    let why = "ends within itself, at a carriage return: save the file with LF or CRLF line ends";
                    return Ok(Next::Unreadable(first, why.to_owned()));
                }
                Record::Unclosed => {
                    let why = "opens a quote that is not closed within 1 MiB: close it, or write it twice inside a cell \
                               in quotes";
                    return Ok(Next::Broken(first, why.to_owned()));
                }
            };
            let ends = self.ends.get(..count).unwrap_or_default();
            let begins = std::iter::once(&0).chain(ends);
            let cells = begins.zip(ends).map(|(begin, end)| self.text.get(*begin..*end).unwrap_or_default());
            let Ok(cells) = cells.map(std::str::from_utf8).collect::<Result<Vec<_>, _>>() else {
                let all = self.text.get(..ends.last().copied().unwrap_or_default()).unwrap_or_default();
                let line = first + newlines(valid(all));
                return Ok(Next::Unreadable(line, "is not UTF-8: save the file as “CSV UTF-8”".to_owned()));
            };
            let cells = cells.into_iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            if cells.iter().any(|cell| !cell.is_empty()) {
                return Ok(Next::Row(first, cells));
            }
        }
    }

    /// Feeds the parser with lines until a row is complete.
    fn read_record(&mut self) -> io::Result<Record> {
        if self.parser.is_none() {
            self.separator = separator_of(&self.line);
        }
        let separator = self.separator;
        let parser = self.parser.get_or_insert_with(|| ReaderBuilder::new().delimiter(separator).build());
        let (mut written, mut ended) = (0, 0);
        let mut unread: &[u8] = &self.line;
        loop {
            let (room, places) = (self.text.get_mut(written..), self.ends.get_mut(ended..));
            let (result, read, wrote, found) =
                parser.read_record(unread, room.unwrap_or_default(), places.unwrap_or_default());
            unread = unread.get(read..).unwrap_or_default();
            written += wrote;
            ended += found;
            match result {
                // The parser takes a carriage return alone for an end too; what stands behind it would be lost.
                ReadRecordResult::Record | ReadRecordResult::End if unread.trim_ascii().is_empty() => {
                    return Ok(Record::Cells(ended));
                }
                ReadRecordResult::Record | ReadRecordResult::End => return Ok(Record::Torn),
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {
                    // Inside quotes: the row goes on in the next line.
                    self.bytes += line_from(&mut self.input, &mut self.line)?;
                    self.lines += 1;
                    if self.line.is_empty() || written > LONGEST || self.line.len() > LONGEST {
                        return Ok(Record::Unclosed);
                    }
                    unread = &self.line;
                }
            }
        }
    }

    /// Reads a line, with the end that the parser waits for; false at the end of the file.
    fn read_line(&mut self) -> io::Result<bool> {
        self.bytes += line_from(&mut self.input, &mut self.line)?;
        self.lines += 1;
        if self.lines == 1 && self.line.starts_with("\u{feff}".as_bytes()) {
            self.line.drain(..3);
        }
        Ok(!self.line.is_empty())
    }
}

/// The next line with its end, or as much of it as a row may have; nothing at the end of the file.
fn line_from(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX) + 1;
    let read = input.take(most).read_until(b'\n', line)?;
    if read > 0 && line.last() != Some(&b'\n') {
        line.push(b'\n');
    }
    Ok(u64::try_from(read).unwrap_or(u64::MAX))
}

/// What separates the names of a header: whichever of the three is in it most often.
fn separator_of(header: &[u8]) -> u8 {
    let count = |separator: u8| header.split(|byte| *byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The beginning of a text up to what is no UTF-8.
fn valid(text: &[u8]) -> &[u8] {
    let good = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    text.get(..good).unwrap_or_default()
}

fn newlines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}
