//! The list of users, and one of them.

use serde::{Deserialize, Serialize};
use stockbridge_domain::access::users::{self, User, UserFilter};
use stockbridge_domain::page::Slice;
use stockbridge_domain::values::Name;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::UserResponse;
use crate::answer::Answer;
use crate::auth::{Admin, Caller};
use crate::error::ErrorResponse;
use crate::requests::{Id, Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_users, get_user]
}

/// List users
///
/// For admins. By id, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no user
/// then appears twice or is left out because others come.
#[utoipa::path(
    get, path = "/users", tag = "users", params(UserQuery, PageQuery),
    responses(
        (status = 200, description = "The users that match", body = UserListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_users(caller: Caller<Admin>, filter: Query<UserQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, UserQuery::check)).await?;
    let say = move |users| ok(&UserListResponse::new(users, page));
    caller.read(move |tx| users::list(tx, &filter, &page.window), say).await
}

/// Get a user
///
/// For admins.
#[utoipa::path(
    get, path = "/users/{id}", tag = "users", params(("id" = i64, Path, description = "The user's id")),
    responses(
        (status = 200, description = "The user", body = UserResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such user", body = ErrorResponse)
    )
)]
pub async fn get_user(caller: Caller<Admin>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.read(move |tx| users::get(tx, id), |user| ok(&UserResponse::from(user))).await
}

/// Which users are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Part of the name or e-mail, in any case
    #[param(value_type = String, required = false, example = "jane")]
    search: Field<Option<Name>>,
}

/// A part of the list of users.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserListResponse {
    /// The users, by id
    users: Vec<UserResponse>,
    /// Users that match in all
    #[schema(example = 5)]
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

impl UserQuery {
    fn check(self, check: &mut Check) -> Result<UserFilter, Gap> {
        let Self { search } = self;
        Ok(UserFilter { search: check.optional_text("search", search)?.map(String::from) })
    }
}

impl UserListResponse {
    fn new(users: Slice<User>, page: Page) -> Self {
        let Slice { rows, total, next } = users;
        Self {
            users: rows.into_iter().map(UserResponse::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}
