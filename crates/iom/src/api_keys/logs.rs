//! The request log: what was asked with API keys.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::access::requests::{self, Request, RequestFilter};
use stockbridge_domain::page::Slice;
use stockbridge_domain::values::Notes;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, instant};
use crate::auth::{Caller, Manager};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, days, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_api_key_logs]
}

/// List what was asked with API keys
///
/// For admins and managers. The newest first, a page at a time. Every request that showed a key of the tenant stands
/// here within a second, those that were refused included, until it is older than the server keeps its log.
#[utoipa::path(
    get, path = "/api-keys/logs/all", tag = "api_keys", params(ApiKeyLogQuery, PageQuery),
    responses(
        (status = 200, description = "The requests that match", body = ApiKeyLogListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_api_key_logs(
    caller: Caller<Manager>,
    filter: Query<ApiKeyLogQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, ApiKeyLogQuery::check)).await?;
    let say = move |logs| ok(&ApiKeyLogListResponse::new(logs, page));
    caller.read(move |tx| requests::list(tx, &filter, &page.window), say).await
}

/// Which requests are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyLogQuery {
    /// The id of the key
    #[param(value_type = i64, required = false)]
    api_key_id: Field<Option<i64>>,
    /// The same as `api_key_id`, which counts where both are sent
    #[param(value_type = i64, required = false)]
    key: Field<Option<i64>>,
    /// The status that was answered
    #[param(value_type = i64, required = false, example = 200)]
    status_code: Field<Option<i64>>,
    /// The same as `status_code`, which counts where both are sent
    #[param(value_type = i64, required = false)]
    status: Field<Option<i64>>,
    /// Part of the path; upper and lower case differ
    #[param(value_type = String, required = false, example = "/api/external")]
    path: Field<Option<Notes>>,
    /// Asked on this day or later, in the tenant's time zone
    #[param(value_type = String, format = Date, required = false, example = "2026-05-01")]
    from: Field<Option<NaiveDate>>,
    /// Asked on this day or earlier
    #[param(value_type = String, format = Date, required = false, example = "2026-05-31")]
    to: Field<Option<NaiveDate>>,
}

/// A part of the request log.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyLogListResponse {
    /// The requests, the newest first
    logs: Vec<ApiKeyLogRow>,
    /// Requests that match in all
    #[schema(example = 4821)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows after these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A request that was made with an API key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyLogRow {
    /// Its id
    #[schema(example = 4821)]
    id: i64,
    /// The id of the key
    #[schema(example = 3)]
    api_key_id: i64,
    /// The key's name
    #[schema(example = "Shopify Connector")]
    key_name: String,
    /// The method
    #[schema(example = "GET")]
    method: String,
    /// The path, without a query
    #[schema(example = "/api/external/products")]
    path: String,
    /// The status that was answered
    #[schema(example = 200)]
    status_code: i64,
    /// Milliseconds until the answer began
    #[schema(example = 14)]
    response_time_ms: i64,
    /// Where it came from; null where that is not known
    #[schema(required = true, example = "203.0.113.5")]
    ip_address: Option<String>,
    /// When it was answered
    #[schema(format = DateTime, example = "2026-05-06T08:42:00Z")]
    created_at: String,
}

impl ApiKeyLogQuery {
    fn check(self, check: &mut Check) -> Result<RequestFilter, Gap> {
        let Self { api_key_id, key, status_code, status, path, from, to } = self;
        let api_key_id = check.optional_text("api_key_id", api_key_id);
        let key = check.optional_text("key", key);
        let status_code = check.optional_text("status_code", status_code);
        let status = check.optional_text("status", status);
        let path = check.optional_text("path", path);
        let days = days(check, from, to);
        let (api_key_id, status_code, (from, to)) = (api_key_id?.or(key?), status_code?.or(status?), days?);
        Ok(RequestFilter { api_key_id, status_code, path: path?.map(String::from), from, to })
    }
}

impl ApiKeyLogListResponse {
    fn new(logs: Slice<Request>, page: Page) -> Self {
        let Slice { rows, total, next } = logs;
        Self {
            logs: rows.into_iter().map(ApiKeyLogRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Request> for ApiKeyLogRow {
    fn from(request: Request) -> Self {
        let Request { id, api_key_id, key_name, method, path, status_code, response_time_ms, ip_address, created_at } =
            request;
        Self {
            id,
            api_key_id,
            key_name,
            method,
            path,
            status_code,
            response_time_ms,
            ip_address,
            created_at: instant(created_at),
        }
    }
}
