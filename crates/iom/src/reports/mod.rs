//! Reports: a file for each, and the days that two of them are about.

pub mod cogs;
pub mod dashboard;
pub mod financial;
pub mod inventory;

use chrono::NaiveDate;
use serde::Deserialize;
use stockbridge_domain::reports::Span;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::routes::Documented;
use utoipa::IntoParams;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [dashboard::routes(), financial::routes(), inventory::routes(), cogs::routes()];
    files.into_iter().flatten().collect()
}

/// Which days a report is about; the current month if both are left out.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// The first day, in the tenant's time zone; left out: the first of the month in which `to` lies
    #[param(value_type = String, format = Date, required = false, example = "2026-04-01")]
    from: Field<Option<NaiveDate>>,
    /// The last day; left out: the last of this month, or of the month in which `from` lies if that is later
    #[param(value_type = String, format = Date, required = false, example = "2026-04-30")]
    to: Field<Option<NaiveDate>>,
}

impl SpanQuery {
    fn check(self, check: &mut Check) -> Result<Span, Gap> {
        let Self { from, to } = self;
        let (from, to) = (check.optional_text("from", from), check.optional_text("to", to));
        Ok(Span { from: from?, to: to? })
    }
}
