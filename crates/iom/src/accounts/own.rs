//! Who one is, and changing one's own password.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use stockbridge_domain::Tenant;
use stockbridge_domain::access::passwords::Password;
use stockbridge_domain::access::users::{self, User};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::{Reply, ok};
use stockbridge_http::routes::Documented;
use stockbridge_http::site::Site;
use stockbridge_http::trail::peer_address;
use utoipa::ToSchema;

use super::{Token, UserRole, new_password};
use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_own_account, change_own_password]
}

/// Get the own account
///
/// Whose token this is, and for which company.
#[utoipa::path(
    get, path = "/auth/me", tag = "authentication",
    responses((status = 200, description = "The user who asks", body = OwnAccountResponse))
)]
pub async fn get_own_account(caller: Caller<Viewer>) -> Answer {
    let own = |tx: &mut stockbridge_domain::Tx<'_>| Ok((users::own(tx)?, tx.tenant().clone()));
    caller.read(own, |(user, tenant)| ok(&OwnAccountResponse::new(user, tenant))).await
}

/// Change the own password
///
/// For every role. All tokens made before stop working, this one too: the answer has a new one. A wrong
/// `current_password` is a 400, and counts like a failed log-in. The answer holds a token and is therefore given once,
/// whatever the `Idempotency-Key`; sent again, the request is refused, because its token has ended.
#[utoipa::path(
    post, path = "/auth/password", tag = "authentication", request_body = OwnPasswordRequest,
    responses(
        (status = 200, description = "The password was changed", body = PasswordChangedResponse),
        BodyRefusals,
        (status = 429, description = "Too many failed attempts; `Retry-After` says how long", body = ErrorResponse)
    )
)]
pub async fn change_own_password(
    caller: Caller<Viewer>,
    request: HttpRequest,
    site: web::Data<Site>,
    body: RawBody,
) -> Answer {
    let (current, new) = caller.understand(|| OwnPasswordRequest::read(&body)).await?;
    let secret = caller.pass().read(users::own_secret, Ok).await.map_err(|error| caller.refuse(error))?;
    let from = peer_address(&request, &site.proxies);
    site.doorkeeper.confirm(&secret, &current, from).await.map_err(|error| caller.refuse(error))?;
    let hash = site.doorkeeper.hash(new).await.map_err(|error| caller.refuse(error))?;
    let say = move |user| ok(&PasswordChangedResponse::from(Token::of(&site, &user)?)).map(Reply::once);
    caller.write(move |tx| users::change_password(tx, &secret, &hash), say).await
}

/// The user who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAccountResponse {
    /// The user's id
    #[schema(example = 1)]
    id: i64,
    /// The user's name
    #[schema(example = "Alex Admin")]
    name: String,
    /// The user's e-mail
    #[schema(example = "admin@acme.com")]
    email: String,
    /// What the user may do
    role: UserRole,
    /// The company of the user
    tenant: OwnTenant,
}

/// The company of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnTenant {
    /// Its number
    #[schema(example = 1)]
    id: i64,
    /// Its short code
    #[schema(example = "BHH")]
    code: String,
    /// Its name
    #[schema(example = "Acme")]
    name: String,
    /// The time zone in which its days begin, by its IANA name
    #[schema(example = "Australia/Sydney")]
    zone: String,
}

/// The old password and the new one.
// Not Debug: it would print them.
#[derive(Default, Deserialize, ToSchema)]
pub struct OwnPasswordRequest {
    /// The password that counts so far, exactly
    #[serde(default)]
    #[schema(value_type = String, required = true, format = Password, example = "your-password")]
    current_password: Field<String>,
    /// The password to be, exactly
    #[serde(default)]
    #[schema(value_type = String, required = true, format = Password, min_length = 8, max_length = 200)]
    new_password: Field<String>,
}

/// A password that was changed, and the token to go on with.
// Not Debug: it would print the token.
#[derive(Serialize, ToSchema)]
pub struct PasswordChangedResponse {
    /// What was done
    #[schema(example = "Password changed")]
    message: &'static str,
    /// To be sent as `Authorization: Bearer <token>` from now on
    #[schema(example = "eyJhbGci...")]
    token: String,
    /// How many seconds it is good for
    #[schema(example = 28800)]
    expires_in: i64,
}

impl OwnPasswordRequest {
    fn read(body: &RawBody) -> Result<(String, Password), Reason> {
        let Self { current_password, new_password: new } = requests::json(body)?;
        let mut check = Check::new();
        let current = check.required("current_password", current_password);
        let new = new_password(&mut check, "new_password", new);
        check.finish()?;
        Ok((current?, new?))
    }
}

impl OwnAccountResponse {
    fn new(user: User, tenant: Tenant) -> Self {
        // Excerpts by design: who it is, and where they belong.
        let User { id, name, email, role, .. } = user;
        let Tenant { id: tenant_id, code, name: tenant_name, zone, .. } = tenant;
        let tenant = OwnTenant { id: tenant_id.get(), code, name: tenant_name, zone: zone.name().to_owned() };
        Self { id, name, email, role: role.into(), tenant }
    }
}

impl From<Token> for PasswordChangedResponse {
    fn from(Token { token, expires_in }: Token) -> Self {
        Self { message: "Password changed", token, expires_in }
    }
}
