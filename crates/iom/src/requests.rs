//! What requests have in common: the id in a path, the part of a list, a JSON body.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use stockbridge_domain::page::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Start, Window};
use stockbridge_domain::values::{Name, Quantity};
use stockbridge_domain::{Error, Problem};
use stockbridge_http::body::{BodyFault, RawBody, Reading};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::path::{PathFault, segment};
use stockbridge_http::query::Query;
use utoipa::{IntoParams, IntoResponses};

use crate::error::{ErrorResponse, Reason};

/// The `{id}` of a path as it was sent. Extracting it never fails.
#[derive(Debug)]
pub struct Id(Result<String, PathFault>);

/// The last id of a path that has two, such as `{image_id}`, as it was sent. Extracting it never fails.
#[derive(Debug)]
pub struct PartId {
    name: String,
    text: Result<String, PathFault>,
}

/// Which part of a list is wanted, as it was sent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The page, from 1
    #[param(value_type = i64, required = false, minimum = 1, default = 1)]
    page: Field<Option<i64>>,
    /// Rows of one page; above 200 counts as 200
    #[param(value_type = i64, required = false, minimum = 1, default = 50)]
    limit: Field<Option<i64>>,
    /// The `next_cursor` of the answer before: the rows after it, at the same cost however deep, in place of a page
    #[param(value_type = String, required = false)]
    cursor: Field<Option<String>>,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The page that is answered as `page`; behind a cursor it counts for nothing else.
    pub number: i64,
    /// The rows that are wanted.
    pub window: Window,
}

/// The first and the last day that are wanted.
type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// How a body can be refused before its command is tried.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the documents only")]
pub(crate) enum BodyRefusals {
    /// The request is malformed, or fields of it are missing or wrong; `details` names them all
    #[response(status = 400)]
    Wrong(ErrorResponse),
    /// The body is too large
    #[response(status = 413)]
    TooLarge(ErrorResponse),
    /// The body calls itself something other than JSON
    #[response(status = 415)]
    NotJson(ErrorResponse),
}

/// Reads a JSON object; unknown fields are ignored unless the request asks for strictness.
///
/// # Errors
/// [`BodyFault`].
pub fn json<T: DeserializeOwned>(body: &RawBody) -> Result<T, BodyFault> {
    body.json(Reading { strict: body.prefers_strict(), misnamed: false })
}

/// What a query asks for; `judge` reads it.
///
/// # Errors
/// All that is wrong with it.
pub fn judged<Q, T>(query: Query<Q>, judge: impl FnOnce(Q, &mut Check) -> Result<T, Gap>) -> Result<T, Reason> {
    let mut check = Check::new();
    let wanted = judge(query.read()?, &mut check);
    check.finish()?;
    Ok(wanted?)
}

/// The part of a list that two queries ask for; `judge` reads the first.
///
/// # Errors
/// All that is wrong with both.
pub fn part_of<Q, T>(
    filter: Query<Q>,
    page: Query<PageQuery>,
    judge: impl FnOnce(Q, &mut Check) -> Result<T, Gap>,
) -> Result<(T, Page), Reason> {
    both(filter, judge, page, PageQuery::check)
}

/// What two queries ask for, each read by its judge.
///
/// # Errors
/// All that is wrong with both.
pub fn both<P, Q, T, U>(
    one: Query<P>,
    judge_one: impl FnOnce(P, &mut Check) -> Result<T, Gap>,
    other: Query<Q>,
    judge_other: impl FnOnce(Q, &mut Check) -> Result<U, Gap>,
) -> Result<(T, U), Reason> {
    let (one, other) = (one.read()?, other.read()?);
    let mut check = Check::new();
    let (one, other) = (judge_one(one, &mut check), judge_other(other, &mut check));
    check.finish()?;
    Ok((one?, other?))
}

/// The refusal of a word that is none of these.
pub(crate) fn one_of(words: impl Iterator<Item = &'static str>) -> String {
    format!("must be one of {}", words.collect::<Vec<_>>().join(", "))
}

/// The days that `from` and `to` name, in their order.
pub(crate) fn days(
    check: &mut Check,
    from: Field<Option<NaiveDate>>,
    to: Field<Option<NaiveDate>>,
) -> Result<Days, Gap> {
    let (from, to) = (check.optional_text("from", from), check.optional_text("to", to));
    match (from?, to?) {
        (Some(from), Some(to)) if from > to => {
            Err(check.refuse("from", format!("must not be after to, which is {to}")))
        }
        days => Ok(days),
    }
}

/// A quantity that is more than nothing.
pub(crate) fn above_zero(check: &mut Check, name: &str, field: Field<Quantity>) -> Result<Quantity, Gap> {
    match check.required(name, field)? {
        quantity if quantity <= Quantity::ZERO => Err(check.refuse(name, "must be more than 0")),
        quantity => Ok(quantity),
    }
}

/// The `items` of a body: at least one, and no more than so many.
pub(crate) fn some_lines<T>(
    check: &mut Check,
    lines: Result<Option<Vec<T>>, Gap>,
    most: usize,
) -> Result<Option<Vec<T>>, Gap> {
    match lines? {
        Some(lines) if lines.is_empty() || lines.len() > most => {
            Err(check.refuse("items", format!("must hold 1 to {most} lines")))
        }
        lines => Ok(lines),
    }
}

/// Somebody at some place; whether mail arrives there, only sending it would tell.
pub(crate) fn email(check: &mut Check, field: Field<Option<Name>>) -> Result<Option<Name>, Gap> {
    let email = check.optional_text("email", field)?;
    let is_one = |email: &Name| {
        let parts = email.as_str().rsplit_once('@').is_some_and(|(who, place)| !who.is_empty() && !place.is_empty());
        parts && !email.as_str().chars().any(char::is_whitespace)
    };
    if email.as_ref().is_none_or(is_one) {
        return Ok(email);
    }
    Err(check.refuse("email", "must be an e-mail address such as jane@example.com"))
}

impl Id {
    /// The id.
    ///
    /// # Errors
    /// For what is not a whole number, or wider than an id can be.
    pub fn read(self) -> Result<i64, Reason> {
        whole("id", &self.0?)
    }
}

impl PartId {
    /// The id.
    ///
    /// # Errors
    /// As [`Id::read`].
    pub fn read(self) -> Result<i64, Reason> {
        whole(&self.name, &self.text?)
    }
}

fn whole(name: &str, text: &str) -> Result<i64, Reason> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let id = if whole { text.parse().ok() } else { None };
    let message =
        if whole { "in the path is larger than any id" } else { "in the path must be a whole number such as 12" };
    id.ok_or_else(|| Error::Invalid(vec![Problem::new(name, message)]).into())
}

impl FromRequest for Id {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(segment(request, "id"))))
    }
}

impl FromRequest for PartId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = request.match_info().iter().last().map(|(name, _)| name).unwrap_or_default();
        ready(Ok(Self { name: name.to_owned(), text: segment(request, name) }))
    }
}

impl PageQuery {
    /// Judges the parameters.
    ///
    /// # Errors
    /// A recorded problem.
    pub fn check(self, check: &mut Check) -> Result<Page, Gap> {
        let Self { page, limit, cursor } = self;
        let number = at_least_one(check, "page", page, 1);
        let limit = at_least_one(check, "limit", limit, DEFAULT_LIMIT);
        let start = match check.optional_text("cursor", cursor)? {
            Some(text) => {
                let unknown = "is not one that a list answered: leave it out to begin anew";
                Start::After(check.accept("cursor", text.parse::<Cursor>().map_err(|()| unknown))?)
            }
            None => Start::Page(number?),
        };
        Ok(Page { number: number?, window: Window { start, limit: limit?.min(MAX_LIMIT) } })
    }
}

fn at_least_one(check: &mut Check, name: &str, field: Field<Option<i64>>, default: i64) -> Result<i64, Gap> {
    match check.optional_text(name, field)?.unwrap_or(default) {
        number if number < 1 => Err(check.refuse(name, "must be at least 1")),
        number => Ok(number),
    }
}
