//! The users of a company, for its admins.

pub mod list;
pub mod write;

use serde::Serialize;
use stockbridge_domain::access::users::User;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::accounts::UserRole;
use crate::answer::instant;

/// The routes of this room.
pub fn routes() -> Vec<Documented> {
    let files = [list::routes(), write::routes()];
    files.into_iter().flatten().collect()
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// The user's id
    #[schema(example = 2)]
    id: i64,
    /// The name that is shown beside what the user does
    #[schema(example = "Jane Doe")]
    name: String,
    /// The e-mail that the user logs in with
    #[schema(example = "jane@acme.com")]
    email: String,
    /// What the user may do
    role: UserRole,
    /// Whether the user is shut out
    is_banned: bool,
    /// When the user was added
    #[schema(format = DateTime, example = "2025-11-03T08:14:22Z")]
    created_at: String,
    /// When something of the user changed last
    #[schema(format = DateTime, example = "2026-04-09T10:22:11Z")]
    updated_at: String,
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        let User { tenant_id: _, id, email, name, role, is_banned, token_version: _, created_at, updated_at } = user;
        let (created_at, updated_at) = (instant(created_at), instant(updated_at));
        Self { id, name, email, role: role.into(), is_banned, created_at, updated_at }
    }
}
