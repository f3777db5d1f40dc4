//! Every refusal, worded once: a status, a stable code, a sentence that says what to do, and what it is about.
//!
//! Rules: decisions for the SimBiz dialect, "Envelope".

mod domain;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::{Value, json};
use stockbridge_domain::{Error, Problem};
use stockbridge_http::body::BodyFault;
use stockbridge_http::reply;
use stockbridge_http::trail::Trail;

use crate::envelope::{Failure, FailureResponse};
use domain::of_domain;

const ITEM_NOT_FOUND: &str = "V3_INV_ITEM_NOT_FOUND";

/// Why a request is refused.
#[derive(Debug)]
pub enum Reason {
    /// The domain refuses.
    Domain(Error),
    /// Nobody knows who asks.
    Credential(CredentialFault),
    /// The body cannot be read.
    Body(BodyFault),
    /// A body that asks for a token lacks something.
    TokenRequest(Vec<Problem>),
    /// Texts that should be date-times are none.
    DateTime(Vec<Problem>),
    /// There is no such list of reference data.
    UnknownResource {
        /// What was asked for.
        resource: String,
        /// The lists there are.
        allowed: Vec<&'static str>,
    },
    /// Nothing is served there.
    UnknownPath,
    /// Something is served there, but not by that method.
    WrongMethod,
    /// The handler panicked; it is logged already.
    Panic,
}

/// Why credentials are worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFault {
    /// Token or uid is not there.
    Missing,
    /// The token is not one of this dialect, or not a token at all.
    Invalid,
    /// The header holds something else than one bearer token.
    Malformed,
    /// The token's time is over.
    Expired,
    /// The token was made for another uid.
    UidMismatch,
}

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Box<FailureResponse>,
}

/// What is said of a reason.
struct Wording {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Value,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// The refusal of the request that left this trail.
    pub fn new(reason: impl Into<Reason>, trail: &Trail) -> Self {
        let reason = reason.into();
        if let Reason::Domain(Error::Fault(fault)) = &reason {
            trail.log(fault);
        }
        let Wording { status, code, message, details, retry_after } = worded(reason);
        Self { status, retry_after, body: Box::new(Failure { code, message, details }.into()) }
    }

    /// The same refusal, naming the item that was not found by the key it was looked up with.
    #[must_use]
    pub fn looked_up(mut self, by: &str, key: &str) -> Self {
        if let Some(failure) = self.body.failure_mut().filter(|failure| failure.code == ITEM_NOT_FOUND) {
            failure.details = json!({ by: key });
        }
        self
    }
}

/// Refuses a path that nothing is served at.
pub(crate) async fn unknown_path(request: HttpRequest) -> HttpResponse {
    Refusal::new(Reason::UnknownPath, &Trail::of(&request)).error_response()
}

/// Refuses a method that a path does not take.
pub(crate) fn wrong_method(request: &HttpRequest) -> HttpResponse {
    Refusal::new(Reason::WrongMethod, &Trail::of(request)).error_response()
}

/// Answers in place of a handler that panicked.
pub(crate) fn panicked(request: &HttpRequest) -> HttpResponse {
    Refusal::new(Reason::Panic, &Trail::of(request)).error_response()
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.body.message())
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        reply::refused(self.status, self.retry_after, &self.body)
    }
}

impl From<Error> for Reason {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<CredentialFault> for Reason {
    fn from(fault: CredentialFault) -> Self {
        Self::Credential(fault)
    }
}

impl From<BodyFault> for Reason {
    fn from(fault: BodyFault) -> Self {
        Self::Body(fault)
    }
}

fn worded(reason: Reason) -> Wording {
    match reason {
        Reason::Domain(error) => of_domain(error),
        Reason::Credential(fault) => of_credential(fault),
        Reason::Body(fault) => of_body(&fault),
        Reason::TokenRequest(problems) => invalid("V3_REQ_VALIDATION_FAILED", &problems),
        Reason::DateTime(problems) => invalid("V3_REQ_INVALID_DATETIME", &problems),
        Reason::UnknownResource { resource, allowed } => {
            let message = format!("There is no such reference data: ask for one of {}.", allowed.join(", "));
            let details = json!({ "resource": resource, "allowed": allowed });
            Wording { details, ..wording(StatusCode::NOT_FOUND, "V3_INV_RESOURCE_NOT_ALLOWED", message) }
        }
        Reason::UnknownPath => {
            let message = "Nothing is served at this path: compare it with /openapi/simbiz.json or read /docs.";
            wording(StatusCode::NOT_FOUND, "V3_ROUTE_NOT_FOUND", message)
        }
        Reason::WrongMethod => {
            let message = "This path does not take that method: the header Allow names those it takes.";
            wording(StatusCode::METHOD_NOT_ALLOWED, "V3_METHOD_NOT_ALLOWED", message)
        }
        Reason::Panic => internal(),
    }
}

fn of_credential(fault: CredentialFault) -> Wording {
    let (code, message) = match fault {
        CredentialFault::Missing => ("V3_AUTH_MISSING_CREDENTIAL", "Missing uid or token"),
        CredentialFault::Invalid => {
            ("V3_AUTH_INVALID_TOKEN", "The token is not one of this API: get one with POST /api/v3/token.")
        }
        CredentialFault::Malformed => (
            "V3_AUTH_INVALID_TOKEN",
            "The header Authorization must be sent once, as Bearer and the token: correct it.",
        ),
        CredentialFault::Expired => {
            ("V3_AUTH_TOKEN_EXPIRED", "The token has expired: get a new one with POST /api/v3/token.")
        }
        CredentialFault::UidMismatch => {
            ("V3_AUTH_UID_MISMATCH", "The token is for another uid: send in x-uid the one it was made for.")
        }
    };
    wording(StatusCode::UNAUTHORIZED, code, message)
}

fn of_body(fault: &BodyFault) -> Wording {
    use StatusCode as Status;
    match fault {
        BodyFault::Empty => {
            wording(Status::BAD_REQUEST, "V3_REQ_INVALID_JSON", "The body is empty: send a JSON object.")
        }
        // Nothing here takes a form.
        BodyFault::UnsupportedType(found) | BodyFault::NeitherFormNorJson(found) => {
            let message = format!(
                "The body must be plain JSON, not {found}: send it uncompressed, as Content-Type: application/json."
            );
            wording(Status::UNSUPPORTED_MEDIA_TYPE, "V3_REQ_UNSUPPORTED_TYPE", message)
        }
        BodyFault::UnknownFields(names) => {
            let message = format!("The body has unknown fields, leave them out: {}", names.join(", "));
            wording(Status::BAD_REQUEST, "V3_REQ_INVALID_JSON", message)
        }
        BodyFault::Malformed(sentence) | BodyFault::BrokenForm(sentence) => {
            wording(Status::BAD_REQUEST, "V3_REQ_INVALID_JSON", sentence.as_str())
        }
        BodyFault::TooLarge { limit } => {
            let message = format!("The body is larger than {limit} bytes: send less at once.");
            wording(Status::PAYLOAD_TOO_LARGE, "V3_REQ_TOO_LARGE", message)
        }
        BodyFault::Incomplete => {
            let message = "The body broke off before its end: send it again.";
            wording(Status::BAD_REQUEST, "V3_REQ_INVALID_JSON", message)
        }
        BodyFault::TooSlow { seconds } => {
            let message = format!("The body did not arrive within {seconds} seconds: send it again.");
            wording(Status::BAD_REQUEST, "V3_REQ_INVALID_JSON", message)
        }
    }
}

/// A client that shows only the message shows the first problem; the details have all, by field.
fn invalid(code: &'static str, problems: &[Problem]) -> Wording {
    let mut details: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Problem { field, message } in problems {
        details.entry(field).or_default().push(format!("{field} {message}"));
    }
    let first = problems.first().map(|Problem { field, message }| format!("{field} {message}")).unwrap_or_default();
    let message = match problems.len() {
        0 | 1 => first,
        count => format!("{first}, and {} more to correct: see details", count - 1),
    };
    Wording { details: json!(details), ..wording(StatusCode::UNPROCESSABLE_ENTITY, code, message) }
}

/// Nothing of the inside is told; the log has it under the request's id, which is in the header `X-Request-Id`.
fn internal() -> Wording {
    let message = "The server made a mistake: try again, or tell whoever runs it the header X-Request-Id.";
    wording(StatusCode::INTERNAL_SERVER_ERROR, "V3_INTERNAL_ERROR", message)
}

fn wording(status: StatusCode, code: &'static str, message: impl Into<String>) -> Wording {
    Wording { status, code, message: message.into(), details: json!([]), retry_after: None }
}
