//! What every answer is made of: a status and JSON, its instants and its messages.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::NaiveDateTime;
use serde::Serialize;
use stockbridge_domain::{Fault, Result};
use utoipa::ToSchema;

use crate::error::Refusal;

/// What a handler comes to.
pub type Answer = std::result::Result<Reply, Refusal>;

/// An answer as it will be sent. Plain bytes, so that it can be made where its transaction is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: StatusCode,
    body: Vec<u8>,
}

/// It is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageResponse {
    /// What was done
    #[schema(example = "Product updated")]
    pub message: &'static str,
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

/// 200 with a message.
///
/// # Errors
/// None that is known.
pub fn message(message: &'static str) -> Result<Reply> {
    ok(&MessageResponse { message })
}

/// An instant as it is written: UTC, to the second.
pub fn instant(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::build(self.status).insert_header(ContentType::json()).body(self.body)
    }
}

fn reply(status: StatusCode, body: &impl Serialize) -> Result<Reply> {
    let body = serde_json::to_vec(body).map_err(|error| Fault::Internal(format!("an answer is no JSON: {error}")))?;
    Ok(Reply { status, body })
}
