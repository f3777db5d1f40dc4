//! The keys of integrations: listing, making and revoking them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::access::keys::{self, Issued, Key, NewKey};
use stockbridge_domain::values::Name;
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List};
use stockbridge_http::reply::{Reply, created, ok};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{ApiKeyPermission, permissions};
use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_api_keys, create_api_key, revoke_api_key]
}

/// List API keys
///
/// For admins and managers. All of them by id, revoked ones included; a key itself is never answered again.
#[utoipa::path(
    get, path = "/api-keys", tag = "api_keys",
    responses(
        (status = 200, description = "The keys", body = ApiKeyListResponse),
        (status = 403, description = "The account is banned, or neither admin nor manager", body = ErrorResponse)
    )
)]
pub async fn list_api_keys(caller: Caller<Manager>) -> Answer {
    let say = |keys: Vec<Key>| {
        let api_keys = keys.into_iter().map(ApiKeyRow::from).collect();
        ok(&ApiKeyListResponse { api_keys })
    };
    caller.read(keys::list, say).await
}

/// Create an API key
///
/// For admins and managers. The key is answered this once; the server keeps only its SHA-256. So a request that is sent
/// again under its `Idempotency-Key` makes no second key, and does not get the first one again either: it is a 409 with
/// the code `shown_once`.
#[utoipa::path(
    post, path = "/api-keys", tag = "api_keys", request_body = ApiKeyRequest,
    responses(
        (status = 201, description = "The key was made", body = ApiKeyCreatedResponse),
        BodyRefusals,
        (status = 409, description = "The first request with this `Idempotency-Key` is still being carried out, or was, \
            and its key was shown", body = ErrorResponse)
    )
)]
pub async fn create_api_key(caller: Caller<Manager>, body: RawBody) -> Answer {
    let new = caller.understand(|| ApiKeyRequest::read(&body)).await?;
    let said = new.clone();
    let say = move |issued| created(&ApiKeyCreatedResponse::new(said.clone(), issued)).map(Reply::once);
    caller.write(move |tx| keys::create(tx, &new), say).await
}

/// Revoke an API key
///
/// For admins and managers. Whoever shows it is refused from the next request on. It stays in the list, and cannot be
/// made good again; to revoke it once more changes nothing.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "api_keys",
    params(("id" = i64, Path, description = "The key's id")),
    responses(
        (status = 200, description = "The key is worth nothing now", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such key", body = ErrorResponse)
    )
)]
pub async fn revoke_api_key(caller: Caller<Manager>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write(move |tx| keys::revoke(tx, id), |()| message("API key revoked")).await
}

/// All API keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyListResponse {
    /// The keys, by id
    api_keys: Vec<ApiKeyRow>,
}

/// An API key, all but its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyRow {
    /// Its id
    #[schema(example = 3)]
    id: i64,
    /// What it is for
    #[schema(example = "Shopify Connector")]
    name: String,
    /// Its first 13 characters, to tell it from others
    #[schema(example = "iom_live_abc1")]
    key_prefix: String,
    /// What it may do
    permissions: Vec<ApiKeyPermission>,
    /// When it was last shown to the server, refused requests included
    #[schema(required = true, format = DateTime, example = "2026-05-06T08:42:00Z")]
    last_used_at: Option<String>,
    /// The last day on which it is good, in the tenant's time zone; null: no end
    #[schema(required = true, format = Date)]
    expires_at: Option<String>,
    /// Whether it was not revoked
    is_active: bool,
    /// When it was made
    #[schema(format = DateTime, example = "2026-01-10T00:00:00Z")]
    created_at: String,
}

/// An API key to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ApiKeyRequest {
    /// What it is for
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Shopify Connector")]
    name: Field<Name>,
    /// What it may do; `read` if it is left out
    #[serde(default)]
    #[schema(value_type = Option<Vec<ApiKeyPermission>>, min_items = 1)]
    permissions: Field<List<ApiKeyPermission>>,
    /// The last day on which it is good, in the tenant's time zone; no end if it is left out
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2027-12-31")]
    expires_at: Field<Option<NaiveDate>>,
}

/// An API key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyCreatedResponse {
    /// Its id
    #[schema(example = 4)]
    id: i64,
    /// What it is for
    #[schema(example = "Shopify Connector")]
    name: String,
    /// The key itself, for the header `X-API-Key`; shown only here
    #[schema(example = "iom_live_abc123xyz789fullkeyshownonce")]
    key: String,
    /// What it may do
    permissions: Vec<ApiKeyPermission>,
    /// The last day on which it is good; null: no end
    #[schema(required = true, format = Date)]
    expires_at: Option<String>,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T12:45:00Z")]
    created_at: String,
}

impl ApiKeyRequest {
    fn read(body: &RawBody) -> Result<NewKey, Reason> {
        let Self { name, permissions, expires_at } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let can_write = can_write(&mut check, permissions);
        let expires_on = check.optional_text("expires_at", expires_at);
        check.finish()?;
        Ok(NewKey { id: None, name: name?, can_write: can_write?, expires_on: expires_on? })
    }
}

fn can_write(check: &mut Check, permissions: Field<List<ApiKeyPermission>>) -> Result<bool, Gap> {
    match check.values("permissions", permissions)? {
        Some(permissions) if permissions.is_empty() => {
            Err(check.refuse("permissions", "must hold read or write; leave it out for a key that reads"))
        }
        Some(permissions) => Ok(permissions.contains(&ApiKeyPermission::Write)),
        None => Ok(false),
    }
}

impl From<Key> for ApiKeyRow {
    fn from(key: Key) -> Self {
        let Key { id, name, key_prefix, can_write, last_used_at, expires_on, is_active, created_at } = key;
        Self {
            id,
            name,
            key_prefix,
            permissions: permissions(can_write),
            last_used_at: last_used_at.map(instant),
            expires_at: expires_on.map(|day| day.to_string()),
            is_active,
            created_at: instant(created_at),
        }
    }
}

impl ApiKeyCreatedResponse {
    fn new(new: NewKey, issued: Issued) -> Self {
        let NewKey { id: _, name, can_write, expires_on } = new;
        let Issued { id, key, created_at } = issued;
        Self {
            id,
            name: name.into(),
            key,
            permissions: permissions(can_write),
            expires_at: expires_on.map(|day| day.to_string()),
            created_at: instant(created_at),
        }
    }
}
