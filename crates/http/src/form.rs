//! The body of a call that takes a file: a form (`multipart/form-data`), or JSON in its place. Collected without
//! failing, as every body is; what went wrong is told when it is read.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::body::{BodyFault, RawBody, Reading};
use crate::prefer::prefers_strict;
use crate::trail::Trail;

/// What a form may have beyond its largest part: boundaries, names, the other parts.
const OVERHEAD: usize = 64 * 1024;

/// Parts of a form at the most, and the most letters of the name of each: refusals repeat them.
const MOST_PARTS: usize = 100;

/// How long a form may take to arrive: 5 MiB take most of this at 400 kbit/s.
const PATIENCE: Duration = Duration::from_secs(120);

/// A form of parts of at most `MAX` bytes, or JSON of an ordinary length.
#[derive(Debug, Clone)]
pub enum FormOrJson<const MAX: usize> {
    /// A form, as far as it could be received.
    Form(Result<Form, BodyFault>),
    /// Everything else.
    Json(RawBody),
}

/// The parts of a form, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    parts: Vec<Part>,
    is_strict: bool,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: Bytes,
}

impl<const MAX: usize> FromRequest for FormOrJson<MAX> {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !names_form(request.headers()) {
            let body = RawBody::from_request(request, payload);
            return Box::pin(async move { body.await.map(Self::Json) });
        }
        let (headers, payload, trail) = (request.headers().clone(), payload.take(), Trail::of(request));
        let is_strict = prefers_strict(request);
        Box::pin(async move {
            let late = BodyFault::TooSlow { seconds: PATIENCE.as_secs() };
            let parts = timeout(PATIENCE, collect(&headers, payload, MAX)).await.unwrap_or(Err(late));
            if let Ok(parts) = &parts {
                trail.note_parts(parts);
            }
            if is_strict {
                trail.note_strict();
            }
            Ok(Self::Form(parts.map(|parts| Form { parts, is_strict })))
        })
    }
}

/// Reads JSON that may be sent in place of a form.
///
/// # Errors
/// [`BodyFault`], as for [`RawBody::json`]; another type is neither JSON nor a form.
pub fn json<T: DeserializeOwned>(body: &RawBody) -> Result<T, BodyFault> {
    let reading = Reading { strict: body.prefers_strict(), misnamed: false };
    body.json(reading).map_err(|fault| match fault {
        BodyFault::UnsupportedType(found) => BodyFault::NeitherFormNorJson(found),
        other => other,
    })
}

impl Form {
    /// The parts with these names, in the order of the names; others are ignored, or refused where the request asks
    /// for strictness.
    ///
    /// # Errors
    /// [`BodyFault::UnknownFields`].
    pub fn named<const N: usize>(&self, names: [&str; N]) -> Result<[Vec<&Bytes>; N], BodyFault> {
        let unknown = self.names().filter(|name| !names.contains(name)).map(str::to_owned).collect::<Vec<_>>();
        if self.is_strict && !unknown.is_empty() {
            return Err(BodyFault::UnknownFields(unknown));
        }
        let of_name = |name| self.parts.iter().filter(|part| part.name == name).map(|part| &part.content).collect();
        Ok(names.map(of_name))
    }

    /// The names of all parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.name.as_str())
    }
}

fn names_form(headers: &HeaderMap) -> bool {
    let named = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    named.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

/// Takes the form as it comes, and never more of it than allowed.
async fn collect(headers: &HeaderMap, payload: Payload, most: usize) -> Result<Vec<Part>, BodyFault> {
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let whole = most.saturating_add(OVERHEAD);
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > whole)) {
        return Err(BodyFault::TooLarge { limit: most });
    }
    let mut taken = 0_usize;
    let bounded = payload.map(move |chunk| {
        let chunk = chunk?;
        taken = taken.saturating_add(chunk.len());
        if taken > whole { Err(PayloadError::Overflow) } else { Ok(chunk) }
    });
    let mut form = Multipart::new(headers, bounded);
    let mut parts = Vec::new();
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| fault(&error, most))?;
        if parts.len() == MOST_PARTS {
            return Err(BodyFault::BrokenForm(format!("The form has more than {MOST_PARTS} parts: send fewer.")));
        }
        let name = field.name().unwrap_or_default().chars().take(MOST_PARTS).collect();
        let mut content = BytesMut::new();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(|error| fault(&error, most))?;
            if content.len() + chunk.len() > most {
                return Err(BodyFault::TooLarge { limit: most });
            }
            content.extend_from_slice(&chunk);
        }
        parts.push(Part { name, content: content.freeze() });
    }
    Ok(parts)
}

fn fault(error: &MultipartError, limit: usize) -> BodyFault {
    let broken = |sentence: &str| BodyFault::BrokenForm(sentence.to_owned());
    match error {
        MultipartError::Payload(PayloadError::Overflow) => BodyFault::TooLarge { limit },
        MultipartError::Payload(_) => BodyFault::Incomplete,
        MultipartError::BoundaryMissing | MultipartError::ContentTypeParse => {
            broken("The form's boundary is missing: let your client write the header Content-Type.")
        }
        MultipartError::Incomplete => broken("The form ends before its last boundary: send it again."),
        MultipartError::ContentDispositionMissing | MultipartError::ContentDispositionNameMissing => {
            broken("A part of the form has no name: send Content-Disposition: form-data; name=\"…\" with each.")
        }
        _ => broken("A part of the form cannot be read: send it as multipart/form-data (RFC 7578)."),
    }
}

#[cfg(test)]
mod tests;
