//! Getting in: a uid and its secret for a token, and the health of the API. Both are open to everybody.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use stockbridge_domain::access::uids::Exchanged;
use stockbridge_domain::{Organization, Result};
use stockbridge_http::body::SmallBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::ok;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use stockbridge_http::site::{Holder, Issued, Site};
use stockbridge_http::trail::{Trail, peer_address};
use utoipa::ToSchema;

use crate::TOLERANT;
use crate::auth::TOKEN_KIND;
use crate::envelope::{Answer, FailureResponse, NoMeta, Success};
use crate::error::{Reason, Refusal};
use crate::loose::{Loose, Secret, Word};
use crate::organization::OrganizationFields;
use crate::{ids, times};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Documented> {
    routes![create_token, check_health]
}

/// Get a token
///
/// Exchanges a uid and its secret for a token, which is good for one organization to begin with: the one that is
/// named, or the uid's only one or its default. Failed attempts are counted, and slowed down when there are many.
#[utoipa::path(
    post,
    path = "/token",
    tag = "auth",
    request_body = TokenRequest,
    security(()),
    responses(
        (status = 200, description = "The token", body = TokenResponse),
        (status = 400, description = "The body is not JSON", body = FailureResponse),
        (status = 401, description = "Wrong uid or secret, or the uid is disabled", body = FailureResponse),
        (status = 402, description = "The organization's subscription has ended", body = FailureResponse),
        (status = 403, description = "The organization is unknown, not granted, or must be named", body = FailureResponse),
        (status = 413, description = "The body is too large", body = FailureResponse),
        (status = 415, description = "The body says to be something else than JSON", body = FailureResponse),
        (status = 422, description = "The uid or the secret is missing", body = FailureResponse),
        (status = 429, description = "Too many failed attempts; try again after `Retry-After`", body = FailureResponse),
    )
)]
async fn create_token(request: HttpRequest, site: web::Data<Site>, SmallBody(body): SmallBody) -> Answer {
    let trail = Trail::of(&request);
    let refuse = |reason: Reason| Refusal::new(reason, &trail);
    let read = body.json::<TokenRequest>(TOLERANT).map_err(|fault| refuse(fault.into()))?;
    let Asked { uid, secret, organization } = read.judged().map_err(refuse)?;
    let from = peer_address(&request, &site.proxies);
    let exchanged = site.doorkeeper.exchange(&site.store, &uid, &secret, organization, from).await;
    let exchanged = exchanged.map_err(|error| refuse(error.into()))?;
    trail.note_tenant(exchanged.tenant.id.get());
    trail.note_caller(format!("uid {uid}"));
    let token = IssuedToken::made(&site, uid, &exchanged).map_err(|error| refuse(error.into()))?;
    let said = ok(&TokenResponse { status: Success::Ok, data: token, meta: NoMeta {} });
    said.map_err(|error| refuse(error.into()))
}

/// Ask whether the API is up
///
/// Says so as long as the server runs.
#[utoipa::path(
    get,
    path = "/health",
    tag = "system",
    security(()),
    responses(
        (status = 200, description = "It is", body = HealthResponse),
        (status = 405, description = "Another method than GET", body = FailureResponse),
    )
)]
async fn check_health(request: HttpRequest) -> Answer {
    let data = Health { name: "SimBiz 6 API V3", status: "UP" };
    let said = ok(&HealthResponse { status: Success::Ok, data, meta: NoMeta {} });
    said.map_err(|error| Refusal::new(error, &Trail::of(&request)))
}

/// Who wants a token, and for which organization
// Not Debug: it would print the secret.
#[derive(Default, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// The integration's name
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 64, example = "support")]
    uid: Field<Option<Loose<64>>>,
    /// Its secret
    #[serde(default)]
    #[schema(value_type = String, required, example = "demo-secret")]
    secret: Field<Secret>,
    /// The organization by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1-1")]
    organization_id: Field<Option<Word>>,
    /// Alias of `organization_id`, which beats it
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    org_id: Field<Option<Word>>,
    /// The organization by code; may be left out by a uid that has only one, or a default
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "BHH")]
    organization_code: Field<Option<Word>>,
    /// Alias of `organization_code`, which beats it
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    org_code: Field<Option<Word>>,
}

struct Asked {
    uid: String,
    secret: String,
    organization: Option<Organization>,
}

/// The answer to a good secret
// Not Debug, as what it holds: it would print the token.
#[derive(Serialize, ToSchema)]
pub struct TokenResponse {
    status: Success,
    data: IssuedToken,
    meta: NoMeta,
}

/// A token, and what it is good for
#[derive(Serialize, ToSchema)]
pub struct IssuedToken {
    /// Whom it was made for, to be sent as `x-uid`
    #[schema(example = "support")]
    uid: String,
    /// The organization that calls are about when they name none
    #[schema(example = "1-1")]
    organization_id: String,
    /// Its code
    #[schema(example = "BHH")]
    organization_code: String,
    /// To be sent as `Authorization: Bearer <token>`
    token: String,
    /// Until when it is good, on the organization's clock
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", example = "2026-04-09 15:55:00")]
    expires_at: String,
}

/// The answer to the question whether the API is up
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthResponse {
    status: Success,
    data: Health,
    meta: NoMeta,
}

/// How the API is
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Its name
    #[schema(example = "SimBiz 6 API V3")]
    name: &'static str,
    /// Always UP
    #[schema(example = "UP")]
    status: &'static str,
}

impl TokenRequest {
    fn judged(self) -> std::result::Result<Asked, Reason> {
        let Self { uid, secret, organization_id, org_id, organization_code, org_code } = self;
        let mut check = Check::new();
        let uid = check.required_text("uid", uid);
        let secret = check.required("secret", secret).and_then(|Secret(secret)| {
            if secret.is_empty() { Err(check.refuse("secret", "must not be empty")) } else { Ok(secret) }
        });
        let named = OrganizationFields { organization_id, org_id, organization_code, org_code }.judged(&mut check);
        match (uid, secret, named) {
            (Ok(Loose(uid)), Ok(secret), Ok(named)) => {
                Ok(Asked { uid: uid.into(), secret, organization: named.organization() })
            }
            _ => Err(Reason::TokenRequest(check.into_problems())),
        }
    }
}

impl IssuedToken {
    fn made(site: &Site, uid: String, exchanged: &Exchanged) -> Result<Self> {
        let Exchanged { tenant, version } = exchanged;
        let holder = Holder { kind: TOKEN_KIND, sub: uid.clone(), tenant: tenant.id, role: None, version: *version };
        let Issued { token, lifetime: _, expires_at } = site.issue(holder, site.uid_token_lifetime)?;
        Ok(Self {
            uid,
            organization_id: ids::organization(tenant.id),
            organization_code: tenant.code.clone(),
            token,
            expires_at: times::unix_text(expires_at, tenant.zone),
        })
    }
}
