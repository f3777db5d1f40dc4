//! The body of a request, collected without failing, so that a missing credential is reported before a bad body.
//! Reading it as JSON is a second step, taken by the handler when it knows who asks.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::fields::{Field, FromField, List, Nested};
use crate::prefer::prefers_strict;
use crate::trail::Trail;

/// The most bytes that a body may have, as application data of an app, scope or resource; the nearest one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    fn default() -> Self {
        Self(2 * 1024 * 1024)
    }
}

/// The most bytes that a [`SmallBody`] may have.
const SMALL: usize = 16 * 1024;

/// The most bytes that a [`LargeBody`] may have: 10,000 rows, each some 800 bytes wide.
const LARGE: usize = 8 * 1024 * 1024;

/// How long a body may take to arrive: who sends slower holds memory and a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// What curl and PHP call a body, unless they are told.
const FORM: &str = "application/x-www-form-urlencoded";

/// Unknown fields that are named at the most, and the most letters of each name.
const MOST_UNKNOWN: usize = 100;

/// Why a body cannot be used. The texts never repeat what was sent, unknown keys and the content type excepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// There is nothing in it.
    #[error("the body is empty")]
    Empty,
    /// It names another type than JSON.
    #[error("the body must be JSON, not {0}")]
    UnsupportedType(String),
    /// It names another type than JSON, where a form is taken too.
    #[error("the body must be a form or JSON, not {0}")]
    NeitherFormNorJson(String),
    /// It is no form, though it says so; the sentence says what to do.
    #[error("{0}")]
    BrokenForm(String),
    /// Strictly read: these keys mean nothing, each by its path.
    #[error("the body has unknown fields: {}", .0.join(", "))]
    UnknownFields(Vec<String>),
    /// It is not what it should be; the sentence says what and where.
    #[error("{0}")]
    Malformed(String),
    /// It has more bytes than allowed.
    #[error("the body must be at most {limit} bytes long")]
    TooLarge {
        /// The most bytes allowed.
        limit: usize,
    },
    /// The connection broke before its end.
    #[error("the body broke off before its end")]
    Incomplete,
    /// Its end did not come in time.
    #[error("the body did not arrive within {seconds} seconds")]
    TooSlow {
        /// The most seconds allowed.
        seconds: u64,
    },
}

/// How a body is to be read; the default is tolerant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Unknown keys are a fault, wherever they stand. Ignored otherwise.
    pub strict: bool,
    /// JSON may call itself `application/x-www-form-urlencoded` or plain text, as old clients' does.
    pub misnamed: bool,
}

/// A body as it arrived. Extracting it never fails; what went wrong is told when it is read.
#[derive(Clone)]
pub struct RawBody {
    content: Result<Bytes, BodyFault>,
    content_type: Option<String>,
    encoding: Option<String>,
    prefers_strict: bool,
    trail: Rc<Trail>,
}

/// A body of at most 16 KiB, for calls that are open to everybody: none of them needs more.
#[derive(Debug, Clone)]
pub struct SmallBody(pub RawBody);

/// A body of at most 8 MiB, for calls that bring thousands of rows at once.
#[derive(Debug, Clone)]
pub struct LargeBody(pub RawBody);

impl FromRequest for RawBody {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Self::receive(request, payload, limit_of(request));
        Box::pin(async move { Ok(body.await) })
    }
}

impl FromRequest for SmallBody {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = RawBody::receive(request, payload, limit_of(request).min(SMALL));
        Box::pin(async move { Ok(Self(body.await)) })
    }
}

impl FromRequest for LargeBody {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = RawBody::receive(request, payload, limit_of(request).max(LARGE));
        Box::pin(async move { Ok(Self(body.await)) })
    }
}

impl RawBody {
    /// Reads a JSON object into a struct, best one of [`Field`]s under `#[serde(default)]`.
    ///
    /// # Errors
    /// [`BodyFault`], in this order: not received, wrong type, empty, malformed, unknown fields.
    pub fn json<T: DeserializeOwned>(&self, reading: Reading) -> Result<T, BodyFault> {
        match self.read::<Nested<T>>(reading)? {
            Field::Value(Nested(body)) => Ok(body),
            _ => Err(BodyFault::Malformed("The body must be a JSON object.".to_owned())),
        }
    }

    /// Reads a JSON list, such as a list of `Nested<Row>`.
    ///
    /// # Errors
    /// [`BodyFault`], as for [`RawBody::json`].
    pub fn list<T: FromField>(&self, reading: Reading) -> Result<Vec<Field<T>>, BodyFault> {
        match self.read::<List<T>>(reading)? {
            Field::Value(List(items)) => Ok(items),
            _ => Err(BodyFault::Malformed("The body must be a JSON list.".to_owned())),
        }
    }

    /// Whether the body begins like a JSON list, for calls that take a list or an object.
    pub fn is_list(&self) -> bool {
        let content = self.content.as_deref().unwrap_or_default();
        let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
        content.trim_ascii_start().first() == Some(&b'[')
    }

    /// Whether nothing was sent, for calls whose body may be left out. False for a body that could not be received.
    pub fn is_empty(&self) -> bool {
        self.content.as_ref().is_ok_and(|content| content.trim_ascii().is_empty())
    }

    /// Whether the request asks for strict reading: see [`crate::prefer`].
    pub fn prefers_strict(&self) -> bool {
        self.prefers_strict
    }

    /// The bytes, for bodies that are not JSON.
    ///
    /// # Errors
    /// Why they could not be received.
    pub fn bytes(&self) -> Result<&Bytes, BodyFault> {
        self.content.as_ref().map_err(Clone::clone)
    }

    fn receive(request: &HttpRequest, payload: &mut Payload, limit: usize) -> impl Future<Output = Self> + use<> {
        let declared = text_of(request, &header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        let content_type = text_of(request, &header::CONTENT_TYPE);
        let encoding = text_of(request, &header::CONTENT_ENCODING).filter(|name| name != "identity");
        let prefers_strict = prefers_strict(request);
        let (payload, trail) = (payload.take(), Trail::of(request));
        async move {
            let content = in_time(collect(payload, declared, limit), PATIENCE).await;
            if let Ok(content) = &content {
                trail.note_body(content);
            }
            Self { content, content_type, encoding, prefers_strict, trail }
        }
    }

    fn read<T: FromField>(&self, reading: Reading) -> Result<Field<T>, BodyFault> {
        if reading.strict {
            self.trail.note_strict();
        }
        let mut json = serde_json::Deserializer::from_str(self.text(reading)?);
        let mut unknown = Vec::new();
        let read = if reading.strict {
            serde_ignored::deserialize(&mut json, |path| {
                if unknown.len() < MOST_UNKNOWN {
                    unknown.push(dotted(&path));
                }
            })
        } else {
            Field::deserialize(&mut json)
        };
        let field = read.and_then(|field| json.end().map(|()| field)).map_err(|error| malformed(&error))?;
        if unknown.is_empty() { Ok(field) } else { Err(BodyFault::UnknownFields(unknown)) }
    }

    /// The JSON text, if it is one by its type and encoding.
    fn text(&self, reading: Reading) -> Result<&str, BodyFault> {
        let content = self.bytes()?;
        if let Some(encoding) = &self.encoding {
            return Err(BodyFault::UnsupportedType(format!("encoded as {encoding}")));
        }
        let other = self.content_type.as_deref().filter(|content_type| !names_json(content_type, reading));
        let is_form = self.content_type.as_deref().is_some_and(|content_type| essence(content_type) == FORM);
        match std::str::from_utf8(content) {
            _ if content.trim_ascii().is_empty() => Err(BodyFault::Empty),
            _ if other.is_some() => Err(BodyFault::UnsupportedType(other.unwrap_or_default().to_owned())),
            Ok(text) => match text.strip_prefix('\u{feff}').unwrap_or(text) {
                blank if blank.trim().is_empty() => Err(BodyFault::Empty),
                form if is_form && !form.trim_start().starts_with(['{', '[']) => {
                    let message = "The body is a form, not JSON: send the JSON itself, such as {\"name\":\"value\"}.";
                    Err(BodyFault::Malformed(message.to_owned()))
                }
                text => Ok(text),
            },
            Err(_) if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") => {
                Err(BodyFault::Malformed("The body is UTF-16: send it as UTF-8.".to_owned()))
            }
            Err(fault) => {
                let place = fault.valid_up_to();
                let message = format!("The body is not valid JSON: byte {place} is not UTF-8. Send it as UTF-8.");
                Err(BodyFault::Malformed(message))
            }
        }
    }
}

/// Bodies hold passwords.
impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("length", &self.content.as_ref().map(Bytes::len)).finish_non_exhaustive()
    }
}

fn limit_of(request: &HttpRequest) -> usize {
    let BodyLimit(limit) = request.app_data().copied().unwrap_or_default();
    limit
}

async fn in_time(
    content: impl Future<Output = Result<Bytes, BodyFault>>,
    patience: Duration,
) -> Result<Bytes, BodyFault> {
    let late = BodyFault::TooSlow { seconds: patience.as_secs() };
    timeout(patience, content).await.unwrap_or(Err(late))
}

async fn collect(mut payload: Payload, declared: Option<u64>, limit: usize) -> Result<Bytes, BodyFault> {
    // Refused before a byte is kept. A length that does not even fit in memory is too large as well.
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(BodyFault::TooLarge { limit });
    }
    let mut content = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyFault::Incomplete)?;
        if content.len() + chunk.len() > limit {
            return Err(BodyFault::TooLarge { limit });
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content.freeze())
}

fn names_json(content_type: &str, reading: Reading) -> bool {
    let essence = essence(content_type);
    essence.is_empty()
        || essence == "application/json"
        || (essence.contains('/') && essence.ends_with("+json"))
        || (reading.misnamed && [FORM, "text/plain", "text/json"].contains(&essence.as_str()))
}

/// The type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn text_of(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

/// Names the place and the mistake, not the text around it: bodies hold passwords.
fn malformed(error: &serde_json::Error) -> BodyFault {
    let said = error.to_string();
    let mistake = match said.rsplit_once(" at line ") {
        // Messages on data repeat the value that did not fit, except this one.
        _ if error.is_data() && !said.starts_with("duplicate field") => "a value of a wrong type",
        Some((mistake, _)) => mistake,
        None => &said,
    };
    let (line, column) = (error.line(), error.column());
    BodyFault::Malformed(format!("The body is not valid JSON at line {line}, column {column}: {mistake}."))
}

/// The path of an unknown key as problems name it: `lines[3].colour`.
fn dotted(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", dotted(parent)),
        Path::Map { parent, key } => {
            let (parent, key) = (dotted(parent), key.chars().take(MOST_UNKNOWN).collect::<String>());
            if parent.is_empty() { key } else { format!("{parent}.{key}") }
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => dotted(parent),
    }
}

#[cfg(test)]
mod tests;
