//! What a month of orders came to.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use stockbridge_domain::Tx;
use stockbridge_domain::orders::{self, Statistics, Status};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::judged;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_order_stats]
}

/// Order statistics
///
/// Of one month in the tenant's time zone, by the day on which orders were placed. Cancelled orders count in nothing
/// but their own status.
#[utoipa::path(
    get, path = "/orders/stats", tag = "orders", params(StatsQuery),
    responses(
        (status = 200, description = "What the month came to", body = OrderStatsResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn get_order_stats(caller: Caller<Viewer>, query: Query<StatsQuery>) -> Answer {
    let month = caller.understand(|| judged(query, StatsQuery::month)).await?;
    let command = move |tx: &mut Tx<'_>| {
        let day = month.unwrap_or_else(|| tx.today());
        orders::statistics(tx, day)
    };
    caller.read(command, |statistics| ok(&OrderStatsResponse::from(statistics))).await
}

/// Which month is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct StatsQuery {
    /// The month; the current one if it is left out
    #[param(value_type = String, required = false, pattern = r"^\d{4}-\d{2}$", example = "2026-05")]
    period: Field<Option<Month>>,
}

/// A month, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month(NaiveDate);

/// What a month came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderStatsResponse {
    /// The month
    #[schema(pattern = r"^\d{4}-\d{2}$", example = "2026-05")]
    period: String,
    /// Orders that were not cancelled
    #[schema(example = 382)]
    total_orders: i64,
    /// What they came to
    #[schema(pattern = r"^\d+\.\d{2}$", example = "28450.80")]
    total_revenue: String,
    /// What one came to on average; 0.00 without orders
    #[schema(pattern = r"^\d+\.\d{2}$", example = "74.48")]
    avg_order_value: String,
    /// Orders of each status
    by_status: OrdersByStatus,
}

/// Orders of each status.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrdersByStatus {
    /// Placed
    #[schema(example = 14)]
    pending: i64,
    /// Paid for
    #[schema(example = 8)]
    paid: i64,
    /// Shipped in part
    #[schema(example = 22)]
    fulfilling: i64,
    /// Everything has left stock
    #[schema(example = 190)]
    fulfilled: i64,
    /// On their way
    #[schema(example = 148)]
    shipped: i64,
    /// Called off
    #[schema(example = 3)]
    cancelled: i64,
}

impl StatsQuery {
    fn month(self, check: &mut Check) -> Result<Option<NaiveDate>, Gap> {
        let Self { period } = self;
        Ok(check.optional_text("period", period)?.map(|Month(first)| first))
    }
}

impl FromScalar for Month {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = if let Scalar::Text(text) = scalar { format!("{}-01", text.trim()) } else { String::new() };
        let first = NaiveDate::from_scalar(Scalar::Text(text.into()));
        first.map(Self).map_err(|_| "must be a month such as 2026-05".to_owned())
    }
}

impl From<Statistics> for OrderStatsResponse {
    fn from(statistics: Statistics) -> Self {
        let average = statistics.average();
        let Statistics { month, orders, revenue, by_status } = statistics;
        let of = |status| by_status.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
        Self {
            period: format!("{:04}-{:02}", month.year(), month.month()),
            total_orders: orders,
            total_revenue: revenue.to_string(),
            avg_order_value: average.to_string(),
            by_status: OrdersByStatus {
                pending: of(Status::Pending),
                paid: of(Status::Paid),
                fulfilling: of(Status::Fulfilling),
                fulfilled: of(Status::Fulfilled),
                shipped: of(Status::Shipped),
                cancelled: of(Status::Cancelled),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_year_and_two_digits() {
        let month = |text: &str| Month::from_scalar(Scalar::Text(text.to_owned().into())).ok();
        assert_eq!(month(" 2026-05 "), NaiveDate::from_ymd_opt(2026, 5, 1).map(Month));
        for odd in ["2026-5", "2026-13", "2026-00", "2026", "2026-05-01", "0000-01", "05-2026", "+026-05", ""] {
            assert_eq!(month(odd), None, "{odd}");
        }
    }
}
