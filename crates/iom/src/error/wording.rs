//! What is said of a reason, and of what never came as far as the domain: credentials, bodies, paths.

use std::time::Duration;

use actix_web::http::StatusCode;
use stockbridge_domain::Problem;
use stockbridge_http::body::BodyFault;
use stockbridge_http::path::PathFault;
use stockbridge_http::tokens::TokenFault;

use super::{CredentialFault, ErrorDetail};

/// What is said of a reason, before it is known to whom.
pub(super) struct Wording {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) error: String,
    pub(super) details: Vec<ErrorDetail>,
    pub(super) retry_after: Option<Duration>,
}

pub(super) fn of_credential(fault: CredentialFault) -> Wording {
    let (code, error) = match fault {
        CredentialFault::Absent => {
            ("token_missing", "Send Authorization: Bearer <token>, with a token from POST /api/auth/login.")
        }
        CredentialFault::KeyAlone => {
            ("token_missing", "An API key opens /api/external only: send a token from POST /api/auth/login.")
        }
        CredentialFault::KeyAbsent => {
            ("api_key_missing", "Send X-API-Key: <key>, with a key that an admin made with POST /api/api-keys.")
        }
        CredentialFault::TokenAlone => {
            ("api_key_missing", "/api/external takes an API key and no token: send X-API-Key: <key>.")
        }
        CredentialFault::SeveralKeys => ("api_key_malformed", "The header X-API-Key must be sent once, with one key."),
        CredentialFault::Malformed => {
            ("token_malformed", "The header must be Authorization: Bearer <token>, with one token in it.")
        }
        CredentialFault::Token(TokenFault::Malformed | TokenFault::BadSignature) => {
            ("token_invalid", "The token is not one of this server: log in with POST /api/auth/login.")
        }
        CredentialFault::Token(TokenFault::Expired) => {
            ("token_expired", "The token has expired: log in again with POST /api/auth/login.")
        }
        CredentialFault::Token(TokenFault::WrongKind) => {
            ("token_of_another_kind", "The token is for another API: log in with POST /api/auth/login.")
        }
    };
    wording(StatusCode::UNAUTHORIZED, code, error)
}

pub(super) fn of_body(fault: BodyFault) -> Wording {
    use StatusCode as Status;
    match fault {
        BodyFault::Empty => wording(Status::BAD_REQUEST, "body_missing", "The body is empty: send a JSON object."),
        BodyFault::UnsupportedType(found) => {
            let error = format!("The body must be plain JSON, not {found}: send it as Content-Type: application/json.");
            wording(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", error)
        }
        BodyFault::NeitherFormNorJson(found) => {
            let error = format!(
                "The body must be a form or JSON, not {found}: send a part file as multipart/form-data, or a url as \
                 application/json."
            );
            wording(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", error)
        }
        BodyFault::BrokenForm(sentence) => wording(Status::BAD_REQUEST, "malformed_form", sentence),
        BodyFault::UnknownFields(names) => {
            let error =
                format!("The body has unknown fields: {}; leave them out, or do without Prefer.", names.join(", "));
            let unknown = names.into_iter().map(|field| detail(field, "is not known"));
            Wording { details: unknown.collect(), ..wording(Status::BAD_REQUEST, "unknown_fields", error) }
        }
        BodyFault::Malformed(sentence) => wording(Status::BAD_REQUEST, "malformed_json", sentence),
        BodyFault::TooLarge { limit } => {
            let error = format!("The body is larger than {limit} bytes: send less at once.");
            wording(Status::PAYLOAD_TOO_LARGE, "body_too_large", error)
        }
        BodyFault::Incomplete => {
            wording(Status::BAD_REQUEST, "body_incomplete", "The body broke off before its end: send it again.")
        }
        BodyFault::TooSlow { seconds } => {
            let error = format!("The body did not arrive within {seconds} seconds: send it again.");
            wording(Status::BAD_REQUEST, "body_too_slow", error)
        }
    }
}

pub(super) fn of_path(fault: PathFault) -> Wording {
    let error = match fault {
        PathFault::NotUtf8 => "The path is not UTF-8: encode it again.",
        PathFault::Nul => "The path holds a NUL character: leave it out.",
    };
    wording(StatusCode::BAD_REQUEST, "malformed_path", error)
}

/// Nothing of the inside is told; the log has it under the request's id.
pub(super) fn internal() -> Wording {
    let error = "The server made a mistake: try again, or tell whoever runs it the request_id.";
    wording(StatusCode::INTERNAL_SERVER_ERROR, "internal", error)
}

pub(super) fn invalid(code: &'static str, problems: Vec<Problem>) -> Wording {
    let error = problems.first().map(|Problem { field, message }| format!("{field} {message}")).unwrap_or_default();
    let details = problems.into_iter().map(|Problem { field, message }| detail(field, message)).collect();
    Wording { details, ..wording(StatusCode::BAD_REQUEST, code, error) }
}

pub(super) fn detail(field: impl Into<String>, message: impl Into<String>) -> ErrorDetail {
    ErrorDetail { field: field.into(), message: message.into(), ..ErrorDetail::default() }
}

pub(super) fn wording(status: StatusCode, code: &'static str, error: impl Into<String>) -> Wording {
    Wording { status, code, error: error.into(), details: Vec::new(), retry_after: None }
}
