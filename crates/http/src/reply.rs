//! What is answered: successes as plain bytes, refusals with the headers that go with them. Words are the dialect's.

use std::fmt;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use stockbridge_domain::{Error, Fault, Result, idempotency};

use crate::once::REPLAYED;

/// A success as it will be sent. Plain bytes, so that it can be made where its transaction is.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    is_replay: bool,
    is_secret: bool,
}

/// 200 with a body.
///
/// # Errors
/// Only when the body cannot be written as JSON.
pub fn ok(body: &impl Serialize) -> Result<Reply> {
    reply(StatusCode::OK, body)
}

/// 201 with what was made.
///
/// # Errors
/// Only when the body cannot be written as JSON.
pub fn created(body: &impl Serialize) -> Result<Reply> {
    reply(StatusCode::CREATED, body)
}

impl Reply {
    /// The same with a secret in it: it is answered once, and not even a request that is sent again under its
    /// idempotency key gets it a second time.
    #[must_use]
    pub fn once(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// Appends a part of an answer as JSON.
///
/// # Errors
/// Only when it cannot be written as JSON.
pub fn append(bytes: &mut Vec<u8>, part: &impl Serialize) -> Result<()> {
    Ok(serde_json::to_writer(bytes, part).map_err(|error| Fault::Internal(format!("an answer is no JSON: {error}")))?)
}

/// A refusal with a body that is JSON. A wait is rounded up to whole seconds, and is never none.
pub fn refused(status: StatusCode, retry_after: Option<Duration>, body: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    if let Some(wait) = retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        response.insert_header((RETRY_AFTER, seconds.max(1).to_string()));
    }
    response.json(body)
}

impl From<Reply> for HttpResponse {
    fn from(Reply { status, body, is_replay, is_secret }: Reply) -> Self {
        let mut response = Self::build(status);
        if is_secret {
            response.insert_header((CACHE_CONTROL, "no-store"));
        }
        if is_replay {
            response.insert_header((REPLAYED, "true"));
        }
        response.insert_header(ContentType::json()).body(body)
    }
}

/// To be remembered.
impl From<Reply> for idempotency::Reply {
    fn from(Reply { status, body, is_replay, is_secret }: Reply) -> Self {
        Self { status: status.as_u16(), body, is_replay, is_secret }
    }
}

/// As it was remembered.
impl TryFrom<idempotency::Reply> for Reply {
    type Error = Error;

    fn try_from(idempotency::Reply { status, body, is_replay, is_secret }: idempotency::Reply) -> Result<Self> {
        let status = StatusCode::from_u16(status);
        let status = status.map_err(|_| Fault::Internal("a remembered reply has no status".to_owned()))?;
        Ok(Self { status, body, is_replay, is_secret })
    }
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.into()
    }
}

/// Answers hold tokens.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status.as_u16(), self.body.len())
    }
}

fn reply(status: StatusCode, body: &impl Serialize) -> Result<Reply> {
    // Room for most, so that few grow, which would copy them.
    let mut bytes = Vec::with_capacity(2048);
    append(&mut bytes, body)?;
    Ok(Reply { status, body: bytes, is_replay: false, is_secret: false })
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::http::header::{CONTENT_TYPE, HeaderName};

    use super::*;

    fn header(response: &HttpResponse, name: HeaderName) -> Option<&str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[actix_web::test]
    async fn a_success_is_json_with_its_status() {
        for (reply, status) in [(ok(&["a"]), 200), (created(&["a"]), 201)] {
            let response = HttpResponse::from(reply.unwrap());
            assert_eq!(response.status(), status);
            assert_eq!(header(&response, CONTENT_TYPE), Some("application/json"));
            assert_eq!(to_bytes(response.into_body()).await.unwrap(), "[\"a\"]");
        }
    }

    #[actix_web::test]
    async fn a_refusal_is_json_with_its_headers() {
        let response = refused(StatusCode::UNAUTHORIZED, None, &"who?");
        assert_eq!((header(&response, WWW_AUTHENTICATE), header(&response, RETRY_AFTER)), (Some("Bearer"), None));
        assert_eq!(header(&response, CONTENT_TYPE), Some("application/json"));
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), "\"who?\"");
        assert_eq!(header(&refused(StatusCode::FORBIDDEN, None, &"no"), WWW_AUTHENTICATE), None);
    }

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        for (millis, seconds) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2"), (900_000, "900")] {
            let wait = Some(Duration::from_millis(millis));
            let response = refused(StatusCode::TOO_MANY_REQUESTS, wait, &"wait");
            assert_eq!(header(&response, RETRY_AFTER), Some(seconds));
        }
    }

    #[test]
    fn what_is_answered_is_not_printed() {
        assert_eq!(format!("{:?}", ok(&"token").unwrap()), "Reply(200, 7 bytes)");
    }
}
