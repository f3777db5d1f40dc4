//! Logging in: an e-mail and a password for a token.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use stockbridge_domain::Result;
use stockbridge_domain::access::users::User;
use stockbridge_domain::values::Name;
use stockbridge_http::body::{RawBody, SmallBody};
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::{Reply, ok};
use stockbridge_http::routes::Documented;
use stockbridge_http::site::Site;
use stockbridge_http::trail::{Trail, peer_address};
use utoipa::ToSchema;

use super::{Token, UserRole};
use crate::answer::Answer;
use crate::error::{ErrorResponse, Reason, Refusal};
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![log_in]
}

/// Log in
///
/// Takes an e-mail, in any case, and a password for a token that is good for `expires_in` seconds. An unknown e-mail
/// and a wrong password get the same answer. After 10 failures of an account, or 100 from an address, within 15
/// minutes the next attempts are refused for a while.
#[utoipa::path(
    post, path = "/auth/login", tag = "authentication", security(()), request_body = LoginRequest,
    responses(
        (status = 200, description = "The token, and whose it is", body = LoginResponse),
        BodyRefusals,
        (status = 401, description = "Wrong e-mail or password", body = ErrorResponse),
        (status = 403, description = "The password is right, but the account is banned", body = ErrorResponse),
        (status = 429, description = "Too many failed attempts; `Retry-After` says how long", body = ErrorResponse)
    )
)]
pub async fn log_in(request: HttpRequest, site: web::Data<Site>, SmallBody(body): SmallBody) -> Answer {
    let trail = Trail::of(&request);
    enter(&request, &site, &body).await.map_err(|reason| Refusal::new(reason, &trail))
}

async fn enter(request: &HttpRequest, site: &Site, body: &RawBody) -> std::result::Result<Reply, Reason> {
    let (email, password) = LoginRequest::read(body)?;
    let from = peer_address(request, &site.proxies);
    let user = site.doorkeeper.log_in(&site.store, email.as_str(), &password, from).await?;
    let trail = Trail::of(request);
    trail.note_tenant(user.tenant_id.get());
    trail.note_caller(format!("user {}", user.id));
    Ok(ok(&LoginResponse::new(site, user)?)?.once())
}

/// Who wants in.
// Not Debug: it would print the password.
#[derive(Default, Deserialize, ToSchema)]
pub struct LoginRequest {
    /// The e-mail, in any case
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "admin@acme.com")]
    email: Field<Name>,
    /// The password, exactly
    #[serde(default)]
    #[schema(value_type = String, required = true, format = Password, example = "your-password")]
    password: Field<String>,
}

/// A token, and whose it is.
// Not Debug: it would print the token.
#[derive(Serialize, ToSchema)]
pub struct LoginResponse {
    /// To be sent as `Authorization: Bearer <token>`
    #[schema(example = "eyJhbGci...")]
    token: String,
    /// How many seconds it is good for
    #[schema(example = 28800)]
    expires_in: i64,
    /// Whose it is
    user: LoginUser,
}

/// The user who logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginUser {
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
}

impl LoginRequest {
    fn read(body: &RawBody) -> std::result::Result<(Name, String), Reason> {
        let Self { email, password } = requests::json(body)?;
        let mut check = Check::new();
        let email = check.required("email", email);
        let password = check.required("password", password);
        check.finish()?;
        Ok((email?, password?))
    }
}

impl LoginResponse {
    fn new(site: &Site, user: User) -> Result<Self> {
        let Token { token, expires_in } = Token::of(site, &user)?;
        // An excerpt by design: who it is and what they may do.
        let User { id, email, name, role, .. } = user;
        Ok(Self { token, expires_in, user: LoginUser { id, name, email, role: role.into() } })
    }
}
