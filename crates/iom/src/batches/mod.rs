//! Batches: goods of one make, with their dates. A file for each thing that is done with them, and what those share.

pub mod create;
pub mod expiring;
pub mod list;

use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::routes::Documented;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    [list::routes(), expiring::routes(), create::routes()].into_iter().flatten().collect()
}

/// How many days from today on are meant.
fn days(check: &mut Check, name: &str, field: Field<Option<i64>>) -> Result<Option<i64>, Gap> {
    match check.optional_text(name, field)? {
        Some(days) if days < 0 => Err(check.refuse(name, "must not be negative")),
        days => Ok(days),
    }
}
