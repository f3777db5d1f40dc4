//! Lists as CSV files, written slice by slice: neither this server nor its database holds one whole.

use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use csv::{Terminator, WriterBuilder};
use stockbridge_domain::page::{Cursor, Part, Start, Window};
use stockbridge_domain::{Fault, Result, Tx};
use stockbridge_http::pass::Pass;
use stockbridge_http::stream::{Piece, pieces};
use utoipa::ToSchema;

use crate::auth::{Caller, Rank};
use crate::error::Refusal;

/// Rows of one slice: a short transaction each.
const SLICE: i64 = 1000;

/// A list that can be downloaded, and how it is written.
pub struct Sheet<F, R> {
    /// What the file is called.
    pub file: &'static str,
    /// The field names of the list.
    pub header: &'static [&'static str],
    /// Reads a part of the list.
    pub rows: fn(&mut Tx<'_>, &F, &Window) -> Result<Part<R>>,
    /// The cells of a row, in the header's order. Texts that people wrote are [`defused`].
    pub cells: fn(R) -> Vec<String>,
}

/// The file, for the documents only.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "read by the documents only")]
pub struct CsvFile(Vec<u8>);

/// Sends all rows of a list that match.
///
/// # Errors
/// What admission, the list or the store refuses before the first row is sent.
pub async fn send<R: Rank, F: Clone + Send + 'static, T: Send + 'static>(
    caller: &Caller<R>,
    sheet: Sheet<F, T>,
    filter: F,
) -> std::result::Result<HttpResponse, Refusal> {
    let disposition = format!("attachment; filename=\"{}\"", sheet.file);
    let download = Rc::new(Download { pass: caller.pass().clone(), sheet, filter });
    let first = download.slice(Start::Page(1)).await.map_err(|error| caller.refuse(error))?;
    let rest = pieces(Rc::clone(caller.pass().trail()), first, move |after| {
        let download = Rc::clone(&download);
        async move { download.slice(Start::After(after)).await }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .streaming(rest))
}

/// A text that no spreadsheet takes for a formula. A plain negative number is none.
pub fn defused(text: String) -> String {
    let suspicious = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if suspicious && !is_negative_number(&text) { format!("'{text}") } else { text }
}

struct Download<F, R> {
    pass: Pass,
    sheet: Sheet<F, R>,
    filter: F,
}

impl<F: Clone + Send + 'static, R: Send + 'static> Download<F, R> {
    async fn slice(&self, start: Start) -> Result<Piece<Cursor>> {
        let (read, filter, window) = (self.sheet.rows, self.filter.clone(), Window { start, limit: SLICE });
        let Part { rows, next } = self.pass.read(move |tx| read(tx, &filter, &window), Ok).await?;
        let is_first = matches!(start, Start::Page(_));
        let bytes = self
            .sheet
            .written(is_first, rows)
            .map_err(|error| Fault::Internal(format!("an export is no CSV: {error}")))?;
        Ok(Piece { bytes, next })
    }
}

impl<F, R> Sheet<F, R> {
    fn written(&self, with_header: bool, rows: Vec<R>) -> std::result::Result<Bytes, String> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        if with_header {
            writer.write_record(self.header).map_err(|error| error.to_string())?;
        }
        for row in rows {
            writer.write_record((self.cells)(row)).map_err(|error| error.to_string())?;
        }
        writer.into_inner().map(Bytes::from).map_err(|error| error.to_string())
    }
}

fn is_negative_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('-') else { return false };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, decimals].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for formula in ["=1+1", "+1", "-1+1", "-", "-.5", "-5.", "--5", "-1.2.3", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(defused(formula.to_owned()), format!("'{formula}"));
        }
    }

    #[test]
    fn plain_texts_and_negative_numbers_stay_as_they_are() {
        for plain in ["", "Anvil", "5", "-5", "-0.25", "a=b", "'quoted'", " =x"] {
            assert_eq!(defused(plain.to_owned()), plain);
        }
    }
}
