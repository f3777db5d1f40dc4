//! Batches: goods of one make, with their dates. A file for each thing that is done with them, and what those share.

pub mod create;
pub mod expiring;
pub mod list;

use stockbridge_domain::stock::batches::BatchFilter;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::routes::Documented;

use crate::error::Reason;
use crate::requests::{Page, PageQuery};

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    [list::routes(), expiring::routes(), create::routes()].into_iter().flatten().collect()
}

/// The part of a list that two queries ask for; `judge` reads the first.
fn part_of<Q>(
    filter: Query<Q>,
    page: Query<PageQuery>,
    judge: impl FnOnce(Q, &mut Check) -> Result<BatchFilter, Gap>,
) -> Result<(BatchFilter, Page), Reason> {
    let (filter, page) = (filter.read()?, page.read()?);
    let mut check = Check::new();
    let (filter, page) = (judge(filter, &mut check), page.check(&mut check));
    check.finish()?;
    Ok((filter?, page?))
}

/// How many days from today on are meant.
fn days(check: &mut Check, name: &str, field: Field<Option<i64>>) -> Result<Option<i64>, Gap> {
    match check.optional_text(name, field)? {
        Some(days) if days < 0 => Err(check.refuse(name, "must not be negative")),
        days => Ok(days),
    }
}
