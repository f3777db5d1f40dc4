//! Revenue, cost of goods sold and gross margin, by period.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::reports::{self, Figures, Financial, GroupBy};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::{IntoParams, ToSchema};

use super::SpanQuery;
use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{both, one_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_financial_report]
}

/// Get the financial summary
///
/// Revenue is what orders came to that are not cancelled, by the day on which they were placed; returns do not change
/// it. Cost of goods sold counts on the day of shipment, at the cost of that day, and is lower by what comes back into
/// stock, on the day on which it does; cancelled orders count in neither. Days are those of the tenant's time zone, weeks begin on Monday. A report spans
/// at most 3,660 days.
#[utoipa::path(
    get, path = "/reports/financial", tag = "reports", params(SpanQuery, GroupByQuery),
    responses(
        (status = 200, description = "What was earned", body = FinancialReportResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn get_financial_report(
    caller: Caller<Viewer>,
    span: Query<SpanQuery>,
    group_by: Query<GroupByQuery>,
) -> Answer {
    let read = || both(span, SpanQuery::check, group_by, GroupByQuery::check);
    let (span, group_by) = caller.understand(read).await?;
    let say = |report| ok(&FinancialReportResponse::from(report));
    caller.read(move |tx| reports::financial(tx, span, group_by), say).await
}

/// How long a period is.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct GroupByQuery {
    /// How long a period is
    #[param(value_type = ReportPeriod, required = false, default = "day")]
    group_by: Field<Option<ReportPeriod>>,
}

/// How long a period of a report is
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportPeriod {
    /// A day
    Day,
    /// A week, from Monday
    Week,
    /// A month
    Month,
}

/// What was earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct FinancialReportResponse {
    /// The first day
    #[schema(format = Date, example = "2026-04-01")]
    from: String,
    /// The last day
    #[schema(format = Date, example = "2026-04-30")]
    to: String,
    /// In all
    summary: FinancialSummary,
    /// Each period, also those without anything
    periods: Vec<FinancialPeriod>,
}

/// What was earned in all.
#[derive(Debug, Serialize, ToSchema)]
pub struct FinancialSummary {
    /// What orders came to
    #[schema(value_type = f64, example = 28_450.80)]
    revenue: Number,
    /// What the goods had cost
    #[schema(value_type = f64, example = 10_842.30)]
    cogs: Number,
    /// What is left
    #[schema(value_type = f64, example = 17_608.50)]
    gross_margin: Number,
    /// That in percent of the revenue, with 1 decimal; 0.0 without revenue
    #[schema(value_type = f64, example = 61.9)]
    gross_margin_pct: Number,
}

/// What was earned in a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct FinancialPeriod {
    /// Its first day; days outside of the report do not count in it
    #[schema(format = Date, example = "2026-04-01")]
    period: String,
    /// What orders came to
    #[schema(value_type = f64, example = 920.00)]
    revenue: Number,
    /// What the goods had cost
    #[schema(value_type = f64, example = 350.40)]
    cogs: Number,
    /// What is left
    #[schema(value_type = f64, example = 569.60)]
    gross_margin: Number,
}

impl GroupByQuery {
    pub(super) fn check(self, check: &mut Check) -> Result<GroupBy, Gap> {
        let Self { group_by } = self;
        Ok(check.optional_text("group_by", group_by)?.map(GroupBy::from).unwrap_or_default())
    }
}

impl From<ReportPeriod> for GroupBy {
    fn from(period: ReportPeriod) -> Self {
        match period {
            ReportPeriod::Day => Self::Day,
            ReportPeriod::Week => Self::Week,
            ReportPeriod::Month => Self::Month,
        }
    }
}

impl From<GroupBy> for ReportPeriod {
    fn from(group_by: GroupBy) -> Self {
        match group_by {
            GroupBy::Day => Self::Day,
            GroupBy::Week => Self::Week,
            GroupBy::Month => Self::Month,
        }
    }
}

impl FromScalar for ReportPeriod {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let word = if let Scalar::Text(text) = scalar { GroupBy::from_word(text.trim()) } else { None };
        word.map(Self::from).ok_or_else(|| one_of(GroupBy::ALL.iter().map(|group_by| group_by.as_str())))
    }
}

impl From<Financial> for FinancialReportResponse {
    fn from(report: Financial) -> Self {
        let Financial { from, to, summary, periods } = report;
        let Figures { revenue, cogs } = summary;
        let summary = FinancialSummary {
            revenue: Number::money(revenue),
            cogs: Number::money(cogs),
            gross_margin: Number::money(summary.margin()),
            gross_margin_pct: Number::percent(summary.margin_permille()),
        };
        let (from, to) = (from.to_string(), to.to_string());
        Self { from, to, summary, periods: periods.into_iter().map(FinancialPeriod::from).collect() }
    }
}

impl From<(NaiveDate, Figures)> for FinancialPeriod {
    fn from((period, figures): (NaiveDate, Figures)) -> Self {
        let gross_margin = Number::money(figures.margin());
        let Figures { revenue, cogs } = figures;
        let (revenue, cogs) = (Number::money(revenue), Number::money(cogs));
        Self { period: period.to_string(), revenue, cogs, gross_margin }
    }
}
