//! The external API, for integrations that show an API key: a file for each thing they read or write. Its bodies and
//! rules are those of the users' API; its rows show less.

pub mod customers;
pub mod inventory;
pub mod orders;
pub mod products;
pub mod sync;

use stockbridge_http::routes::Documented;
use utoipa::IntoResponses;

use crate::error::ErrorResponse;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [products::routes(), inventory::routes(), orders::routes(), sync::routes(), customers::routes()];
    files.into_iter().flatten().collect()
}

/// How a key can be refused that is to read.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the documents only")]
pub(crate) enum ReadRefusals {
    /// The key is missing, unknown, revoked or expired; `code` says which. A token does not count here
    #[response(status = 401)]
    Unknown(ErrorResponse),
    /// The key lacks the permission to read; every key that there is has it
    #[response(status = 403)]
    Lacking(ErrorResponse),
}

/// How a key can be refused that is to write.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the documents only")]
pub(crate) enum WriteRefusals {
    /// The key is missing, unknown, revoked or expired; `code` says which. A token does not count here
    #[response(status = 401)]
    Unknown(ErrorResponse),
    /// The key lacks the permission to write
    #[response(status = 403)]
    Lacking(ErrorResponse),
}
