//! What the lists of this dialect share: lenient pages, and everything in one answer, however long.
//!
//! Rules: decisions for the SimBiz dialect, "Values".

use std::rc::Rc;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use stockbridge_domain::page::{DEFAULT_LIMIT, MAX_LIMIT, Part, Start, Window};
use stockbridge_domain::{Result, Tx};
use stockbridge_http::fields::Field;
use stockbridge_http::pass::Pass;
use stockbridge_http::reply;
use stockbridge_http::scalar::{FromScalar, Scalar};
use stockbridge_http::stream::{self, Piece};
use utoipa::IntoParams;

use crate::auth::Call;
use crate::envelope::Pagination;
use crate::error::Refusal;
use crate::organization::Owner;

/// Rows that are read at once when all are wanted: a transaction of a few milliseconds, and room for 500 items in four
/// locations.
const SLICE: i64 = 2000;

/// How a list is asked for by page, when it has pages only for who asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageFields {
    /// The page, from 1; what is no such number counts as 1. Without `page` and `per_page` there is one page of all
    #[param(value_type = i64, required = false, minimum = 1)]
    page: Field<Option<Number>>,
    /// Rows of a page, at most 200; what is no such number counts as 50, and more as 200
    #[param(value_type = i64, required = false, minimum = 1, maximum = 200)]
    per_page: Field<Option<Number>>,
    /// 1: everything in one answer, whatever the page
    #[param(value_type = String, required = false, example = "0")]
    all: Field<bool>,
    /// 0: the same as `all=1`
    #[param(value_type = String, required = false, example = "1")]
    paginate: Field<bool>,
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Which, from 1.
    pub number: i64,
    /// Rows of it at the most.
    pub size: i64,
}

/// A whole number without bounds: what is too large to hold is as large as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(i64);

/// A list that can be sent whole.
pub trait Whole: Send + Sync + 'static {
    /// A row as the domain has it.
    type Row;

    /// The rows of a window.
    ///
    /// # Errors
    /// What the domain refuses.
    fn part(&self, tx: &mut Tx<'_>, window: &Window) -> Result<Part<Self::Row>>;

    /// A row as it is sent.
    fn row(row: Self::Row, owner: &Owner<'_>) -> impl Serialize;

    /// What is said of the whole.
    fn meta(&self, pagination: Pagination) -> impl Serialize;
}

impl PageFields {
    /// The page that is asked for; `None`: everything. A blank asks for nothing.
    pub fn page(self) -> Option<Page> {
        let Self { page, per_page, all, paginate } = self;
        let blank = |field: &Field<Option<Number>>| matches!(field, Field::Absent | Field::Null | Field::Value(None));
        let is_everything = blank(&page) && blank(&per_page) || wants_all(all, paginate);
        (!is_everything).then(|| Page::of(page.lenient().flatten(), per_page.lenient().flatten()))
    }
}

impl Page {
    /// Lenient, as decided: nobody is refused for the number of a page.
    pub fn of(number: Option<Number>, size: Option<Number>) -> Self {
        let positive = |number: Option<Number>| number.map(|Number(number)| number).filter(|number| *number >= 1);
        Self { number: positive(number).unwrap_or(1), size: positive(size).unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) }
    }

    /// The window onto it.
    pub fn window(self) -> Window {
        Window { start: Start::Page(self.number), limit: self.size }
    }
}

/// Whether everything is asked for, whatever the page.
pub fn wants_all(all: Field<bool>, paginate: Field<bool>) -> bool {
    all.lenient() == Some(true) || paginate.lenient() == Some(false)
}

impl FromScalar for Number {
    fn from_scalar(scalar: Scalar<'_>) -> std::result::Result<Self, String> {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let beyond = matches!(&scalar, Scalar::Text(text) if is_digits(text.trim()));
        i64::from_scalar(scalar).or_else(|message| if beyond { Ok(i64::MAX) } else { Err(message) }).map(Self)
    }
}

/// Everything, slice by slice. What the envelope says of the whole stands at its end, when it is known.
///
/// # Errors
/// What admission, the domain or the store refuses, as long as nothing is sent.
pub async fn everything(call: &Call, list: impl Whole) -> std::result::Result<HttpResponse, Refusal> {
    let (pass, list) = (call.pass().clone(), Arc::new(list));
    let first = next_piece(pass.clone(), Arc::clone(&list), Sent { rows: 0, start: Start::Page(1) }).await;
    let first = first.map_err(|error| call.refuse(error))?;
    if first.next.is_none() {
        // A list of one piece is sent with its length, which oldest clients like better.
        return Ok(HttpResponse::Ok().insert_header(ContentType::json()).body(first.bytes));
    }
    let more = move |sent| next_piece(pass.clone(), Arc::clone(&list), sent);
    let pieces = stream::pieces(Rc::clone(call.pass().trail()), first, more);
    Ok(HttpResponse::Ok().insert_header(ContentType::json()).streaming(pieces))
}

/// How far an answer in pieces has come.
#[derive(Debug, Clone, Copy)]
struct Sent {
    rows: i64,
    start: Start,
}

async fn next_piece(pass: Pass, list: Arc<impl Whole>, sent: Sent) -> Result<Piece<Sent>> {
    pass.read(move |tx| piece(tx, &*list, sent), Ok).await
}

fn piece<L: Whole>(tx: &mut Tx<'_>, list: &L, sent: Sent) -> Result<Piece<Sent>> {
    let part = list.part(tx, &Window { start: sent.start, limit: SLICE })?;
    let owner = Owner::of(tx.tenant());
    let mut bytes = Vec::new();
    if sent.rows == 0 {
        bytes.extend_from_slice(br#"{"status":"OK","data":["#);
    }
    let mut rows = sent.rows;
    for row in part.rows {
        if rows > 0 {
            bytes.push(b',');
        }
        reply::append(&mut bytes, &L::row(row, &owner))?;
        rows += 1;
    }
    let next = part.next.map(|cursor| Sent { rows, start: Start::After(cursor) });
    if next.is_none() {
        bytes.extend_from_slice(br#"],"meta":"#);
        reply::append(&mut bytes, &list.meta(Pagination::everything(rows)))?;
        bytes.push(b'}');
    }
    Ok(Piece { bytes: Bytes::from(bytes), next })
}

#[cfg(test)]
mod tests {
    use stockbridge_http::query;

    use super::*;

    fn asked(text: &str) -> Option<(i64, i64)> {
        let page = query::read::<PageFields>(text).unwrap().page();
        page.map(|Page { number, size }| (number, size))
    }

    #[test]
    fn without_a_page_everything_is_meant() {
        for query in ["", "page=&per_page=+", "all=1&page=2", "paginate=0&per_page=9", "all=0", "paginate=1"] {
            assert_eq!(asked(query), None, "{query}");
        }
    }

    #[test]
    fn a_page_is_read_leniently() {
        for (query, page) in [
            ("page=2", (2, 50)),
            ("per_page=7", (1, 7)),
            ("page=3&per_page=201", (3, 200)),
            ("page=x", (1, 50)),
            ("per_page=-1", (1, 50)),
            ("page=0&per_page=&all=no", (1, 50)),
            ("page=99999999999999999999", (i64::MAX, 50)),
        ] {
            assert_eq!(asked(query), Some(page), "{query}");
        }
    }
}
