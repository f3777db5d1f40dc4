//! API keys: a file for the keys themselves, one for what was done with them, and what those files share.

pub mod keys;
pub mod logs;

use serde::Serialize;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

/// The routes of this room. The fixed word `logs` comes before the keys' ids.
pub fn routes() -> Vec<Documented> {
    let files = [keys::routes(), logs::routes()];
    files.into_iter().flatten().collect()
}

/// What an API key may do
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyPermission {
    /// Read
    Read,
    /// Write, which includes reading
    Write,
}

/// What a key may do that can write, or only read.
fn permissions(can_write: bool) -> Vec<ApiKeyPermission> {
    if can_write { vec![ApiKeyPermission::Read, ApiKeyPermission::Write] } else { vec![ApiKeyPermission::Read] }
}

impl FromScalar for ApiKeyPermission {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { text } else { "".into() };
        match word.trim() {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            _ => Err("must be read or write".to_owned()),
        }
    }
}
