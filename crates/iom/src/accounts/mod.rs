//! One's own account: logging in, who one is, and one's password. What accounts of others share with it.

pub mod log_in;
pub mod own;

use serde::Serialize;
use stockbridge_domain::Role;
use stockbridge_domain::access::passwords::{Password, PasswordHash};
use stockbridge_domain::access::users::User;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use stockbridge_http::site::{Holder, Issued, Site};
use utoipa::ToSchema;

use crate::auth::{Caller, Rank, TOKEN_KIND};
use crate::error::Refusal;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [log_in::routes(), own::routes()];
    files.into_iter().flatten().collect()
}

/// What a user may do, each including the ones before: viewer, staff, manager, admin
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// Reads
    Viewer,
    /// Writes what is not reserved
    Staff,
    /// Writes what is "Admin / Manager only"
    Manager,
    /// Writes what is "Admin only"
    Admin,
}

/// A token that was just made, and how many seconds it is good for.
// Not Debug: it would print the token.
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) expires_in: i64,
}

impl Token {
    /// A token of a user, good until the user's password changes.
    pub(crate) fn of(site: &Site, user: &User) -> stockbridge_domain::Result<Self> {
        let (sub, role) = (user.id.to_string(), Some(user.role.to_string()));
        let holder = Holder { kind: TOKEN_KIND, sub, tenant: user.tenant_id, role, version: user.token_version };
        let Issued { token, lifetime, expires_at: _ } = site.issue(holder, site.token_lifetime)?;
        Ok(Self { token, expires_in: lifetime })
    }
}

/// A password that is to be set.
pub(crate) fn new_password(check: &mut Check, name: &str, field: Field<String>) -> Result<Password, Gap> {
    let password = check.required(name, field)?;
    check.accept(name, Password::new(password))
}

/// Hashes a password for a caller who may set it; who may not is refused before that work is done.
pub(crate) async fn hashed<R: Rank>(
    caller: &Caller<R>,
    site: &Site,
    password: Password,
) -> std::result::Result<PasswordHash, Refusal> {
    caller.pass().read(|_| Ok(()), Ok).await.map_err(|error| caller.refuse(error))?;
    site.doorkeeper.hash(password).await.map_err(|error| caller.refuse(error))
}

impl From<Role> for UserRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Staff => Self::Staff,
            Role::Manager => Self::Manager,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<UserRole> for Role {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Viewer => Self::Viewer,
            UserRole::Staff => Self::Staff,
            UserRole::Manager => Self::Manager,
            UserRole::Admin => Self::Admin,
        }
    }
}

impl FromScalar for UserRole {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = if let Scalar::Text(text) = scalar { text } else { "".into() };
        let word = Role::from_word(text.trim());
        word.map(Self::from).ok_or_else(|| "must be viewer, staff, manager or admin".to_owned())
    }
}
