//! Every refusal, worded once: a status, a sentence that says what to do, a stable code.
//!
//! Rules: decisions for the IOM dialect, "Errors".

mod domain;
mod wording;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use stockbridge_domain::{Error, Fault};
use stockbridge_http::body::BodyFault;
use stockbridge_http::check::Gap;
use stockbridge_http::numbers::Number;
use stockbridge_http::path::PathFault;
use stockbridge_http::reply;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;
use utoipa::ToSchema;

use self::domain::{of_domain, of_uploads};
use self::wording::{Wording, internal, of_body, of_credential, of_path, wording};

/// Why a request is refused.
#[derive(Debug)]
pub enum Reason {
    /// The domain refuses.
    Domain(Error),
    /// Nobody knows who asks.
    Credential(CredentialFault),
    /// The body cannot be read.
    Body(BodyFault),
    /// The path cannot be read.
    Path(PathFault),
    /// A file cannot be kept.
    Uploads(Fault),
    /// Nothing is served there.
    UnknownPath,
    /// Something is served there, but not by that method.
    WrongMethod,
    /// The handler panicked; it is logged already.
    Panic,
}

/// Why a credential is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFault {
    /// There is none.
    Absent,
    /// There is an API key where only a token counts.
    KeyAlone,
    /// There is no API key where only one counts.
    KeyAbsent,
    /// There is a token where only an API key counts.
    TokenAlone,
    /// There is more than one API key.
    SeveralKeys,
    /// The header does not hold one bearer token.
    Malformed,
    /// The token is not good.
    Token(TokenFault),
}

/// Calls that refusals send people to, and those that show the same to who has a key.
const OPEN_TO_KEYS: &[(&str, &str)] = &[
    ("GET /api/products", "GET /api/external/products"),
    ("GET /api/warehouses", "GET /api/external/inventory"),
    ("GET /api/customers", "GET /api/external/customers"),
];

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Box<ErrorResponse>,
}

/// What every refusal says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorResponse {
    /// One sentence for people
    #[schema(example = "SKU already exists for this tenant")]
    pub error: String,
    /// The same for programs; stable
    #[schema(example = "duplicate_sku")]
    pub code: &'static str,
    /// Every field that is wrong; empty when it is not about fields
    pub details: Vec<ErrorDetail>,
    /// The request's id, as it stands in the server's log and in the header `X-Request-Id`
    pub request_id: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// The field, as the request names it
    #[schema(example = "base_price")]
    pub field: String,
    /// The end of a sentence that begins with the field
    #[schema(example = "must not be negative")]
    pub message: String,
    /// Of a shortage: the product's SKU
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sku: Option<String>,
    /// What was asked for, in all lines together
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub requested: Option<Number>,
    /// What there is for it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub available: Option<Number>,
    /// Of an `expected_quantity` that does not hold: what is on hand
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub current: Option<Number>,
    /// Of a change of status: what the order is
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<&'static str>,
    /// What it was to become
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<&'static str>,
    /// What it can become
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allowed: Option<Vec<&'static str>>,
}

impl Refusal {
    /// The refusal of the request that left this trail.
    pub fn new(reason: impl Into<Reason>, trail: &Trail) -> Self {
        let reason = reason.into();
        if let Reason::Domain(Error::Fault(fault)) | Reason::Uploads(fault) = &reason {
            trail.log(fault);
        }
        let Wording { status, code, error, details, retry_after } = match reason {
            Reason::Domain(error) => of_domain(error),
            Reason::Credential(fault) => of_credential(fault),
            Reason::Body(fault) => of_body(fault),
            Reason::Path(fault) => of_path(fault),
            Reason::Uploads(fault) => of_uploads(fault),
            Reason::UnknownPath => wording(
                StatusCode::NOT_FOUND,
                "unknown_path",
                "Nothing is served at this path: compare it with /openapi/iom.json or read /docs.",
            ),
            Reason::WrongMethod => wording(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This path does not take that method: the header Allow names those it takes.",
            ),
            Reason::Panic => internal(),
        };
        let body = ErrorResponse { error, code, details, request_id: trail.request_id().to_owned() };
        Self { status, retry_after, body: Box::new(body) }
    }

    /// The same to somebody with a key, who is sent to calls that a key opens.
    pub(crate) fn for_an_integration(mut self) -> Self {
        let texts = self.body.details.iter_mut().map(|detail| &mut detail.message);
        for text in texts.chain([&mut self.body.error]) {
            for (call, instead) in OPEN_TO_KEYS {
                *text = text.replace(call, instead);
            }
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
        f.write_str(&self.body.error)
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

impl From<Gap> for Reason {
    fn from(gap: Gap) -> Self {
        Self::Domain(gap.into())
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

impl From<PathFault> for Reason {
    fn from(fault: PathFault) -> Self {
        Self::Path(fault)
    }
}

#[cfg(test)]
mod tests;
