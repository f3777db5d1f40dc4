//! Getting in: a uid and its secret for a token, and the health of the API. Both are open to everybody.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use stockbridge_domain::{Fault, Organization, Result, Tenant};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use stockbridge_http::site::Site;
use stockbridge_http::tokens::Claims;
use stockbridge_http::trail::{Trail, peer_address};
use utoipa::ToSchema;

use crate::TOLERANT;
use crate::auth::TOKEN_KIND;
use crate::envelope::{self, Answer, FailureResponse, NoMeta, Success};
use crate::error::{Reason, Refusal};
use crate::loose::{Loose, Secret, Word};
use crate::organization::Named;
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
async fn create_token(request: HttpRequest, site: web::Data<Site>, body: RawBody) -> Answer {
    let trail = Trail::of(&request);
    let refuse = |reason: Reason| Refusal::new(reason, &trail);
    let read = body.json::<TokenRequest>(TOLERANT).map_err(|fault| refuse(fault.into()))?;
    let Asked { uid, secret, organization } = read.judged().map_err(refuse)?;
    let from = peer_address(&request, &site.proxies);
    let exchanged = site.doorkeeper.exchange(&site.store, &uid, &secret, organization, from).await;
    let tenant = exchanged.map_err(|error| refuse(error.into()))?;
    trail.note_tenant(tenant.id.get());
    trail.note_caller(format!("uid {uid}"));
    let token = IssuedToken::made(&site, uid, &tenant).map_err(|error| refuse(error.into()))?;
    let said = envelope::ok(&TokenResponse { status: Success::Ok, data: token, meta: NoMeta {} });
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
    let said = envelope::ok(&HealthResponse { status: Success::Ok, data, meta: NoMeta {} });
    said.map_err(|error| Refusal::new(error, &Trail::of(&request)))
}

/// Who wants a token, and for which organization
#[derive(Default, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// The integration's name
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 64, example = "support")]
    uid: Field<Option<Loose<64>>>,
    /// Its secret
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1000, example = "demo-secret")]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenResponse {
    status: Success,
    data: IssuedToken,
    meta: NoMeta,
}

/// A token, and what it is good for
#[derive(Debug, Serialize, ToSchema)]
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

/// The longest secret that is worth checking, in characters.
const LONGEST_SECRET: usize = 1000;

impl TokenRequest {
    fn judged(self) -> std::result::Result<Asked, Reason> {
        let Self { uid, secret, organization_id, org_id, organization_code, org_code } = self;
        let mut check = Check::new();
        let uid = check.required_text("uid", uid);
        let secret = check.required("secret", secret).and_then(|Secret(secret)| match secret.chars().count() {
            0 => Err(check.refuse("secret", "must not be empty")),
            length if length > LONGEST_SECRET => {
                Err(check.refuse("secret", format!("must be at most {LONGEST_SECRET} characters long")))
            }
            _ => Ok(secret),
        });
        let named = Named::judged(&mut check, [organization_id, org_id, organization_code, org_code]);
        match (uid, secret, named) {
            (Ok(Loose(uid)), Ok(secret), Ok(named)) => {
                Ok(Asked { uid: uid.into(), secret, organization: named.organization() })
            }
            _ => Err(Reason::TokenRequest(check.into_problems())),
        }
    }
}

impl IssuedToken {
    fn made(site: &Site, uid: String, tenant: &Tenant) -> Result<Self> {
        let now = Site::unix_now();
        let lifetime = i64::try_from(site.token_lifetime.as_secs()).unwrap_or(i64::MAX);
        let exp = now.saturating_add(lifetime);
        let kind = TOKEN_KIND.to_owned();
        let claims = Claims { sub: uid.clone(), tenant: tenant.id.get(), kind, role: None, iat: now, exp };
        Ok(Self {
            uid,
            organization_id: ids::organization(tenant.id),
            organization_code: tenant.code.clone(),
            token: site.signer.sign(&claims).map_err(Fault::Internal)?,
            expires_at: times::unix_text(exp, tenant.zone),
        })
    }
}
