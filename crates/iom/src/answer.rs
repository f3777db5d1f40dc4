//! What every answer is made of: its instants and its messages.

use chrono::{NaiveDateTime, SubsecRound};
use serde::Serialize;
use stockbridge_domain::Result;
use stockbridge_http::reply::{Reply, ok};
use utoipa::ToSchema;

use crate::error::Refusal;

/// What a handler comes to.
pub type Answer = std::result::Result<Reply, Refusal>;

/// It is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageResponse {
    /// What was done
    #[schema(example = "Product updated")]
    pub message: &'static str,
}

/// 200 with a message.
///
/// # Errors
/// None that is known.
pub fn message(message: &'static str) -> Result<Reply> {
    ok(&MessageResponse { message })
}

/// An instant as it is written: UTC, to the second. By chrono's own text, since a format is read anew each time, which a
/// list feels.
pub fn instant(at: NaiveDateTime) -> String {
    format!("{:?}Z", at.trunc_subsecs(0))
}
