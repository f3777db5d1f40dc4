//! Adding and changing users, and giving them new passwords.

use actix_web::web;
use serde::Deserialize;
use stockbridge_domain::Role;
use stockbridge_domain::access::passwords::Password;
use stockbridge_domain::access::users::{self, NewUser, UserChanges};
use stockbridge_domain::values::Name;
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use stockbridge_http::site::Site;
use utoipa::ToSchema;

use super::UserResponse;
use crate::accounts::{UserRole, hashed, new_password};
use crate::answer::{Answer, MessageResponse, message};
use crate::auth::{Admin, Caller};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_user, change_user, reset_user_password]
}

/// Create a user
///
/// For admins. The e-mail is unique on this server, in any case.
#[utoipa::path(
    post, path = "/users", tag = "users", request_body = UserRequest,
    responses(
        (status = 201, description = "The user was added", body = UserResponse),
        BodyRefusals,
        (status = 409, description = "The e-mail is taken", body = ErrorResponse)
    )
)]
pub async fn create_user(caller: Caller<Admin>, site: web::Data<Site>, body: RawBody) -> Answer {
    let Unhashed { name, email, role, password } = caller.understand(|| UserRequest::read(&body)).await?;
    let new = NewUser { name, email, role, password: hashed(&caller, &site, password).await? };
    caller.write(move |tx| users::create(tx, &new), |user| created(&UserResponse::from(user))).await
}

/// Change a user
///
/// For admins. What is left out stays as it is. It counts from the user's next request on. There is always an admin who
/// is not banned, and nobody bans themself.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "users", request_body = UserChangeRequest,
    params(("id" = i64, Path, description = "The user's id")),
    responses(
        (status = 200, description = "The user was changed", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such user", body = ErrorResponse),
        (status = 409, description = "No admin would be left", body = ErrorResponse)
    )
)]
pub async fn change_user(caller: Caller<Admin>, id: Id, body: RawBody) -> Answer {
    let (id, changes) = caller.understand(|| Ok((id.read()?, UserChangeRequest::read(&body)?))).await?;
    caller.write(move |tx| users::amend(tx, id, &changes), |_| message("User updated")).await
}

/// Give a user a new password
///
/// For admins. All tokens that the user had stop working.
#[utoipa::path(
    post, path = "/users/{id}/password", tag = "users", request_body = PasswordRequest,
    params(("id" = i64, Path, description = "The user's id")),
    responses(
        (status = 200, description = "The password was set", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such user", body = ErrorResponse)
    )
)]
pub async fn reset_user_password(caller: Caller<Admin>, id: Id, site: web::Data<Site>, body: RawBody) -> Answer {
    let (id, password) = caller.understand(|| Ok((id.read()?, PasswordRequest::read(&body)?))).await?;
    let hash = hashed(&caller, &site, password).await?;
    caller.write(move |tx| users::reset_password(tx, id, &hash), |()| message("Password changed")).await
}

/// A user to be added.
// Not Debug: it would print the password.
#[derive(Default, Deserialize, ToSchema)]
pub struct UserRequest {
    /// The name that is shown beside what the user does
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Jane Doe")]
    name: Field<Name>,
    /// The e-mail to log in with
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 3, max_length = 255, example = "jane@acme.com")]
    email: Field<Option<Name>>,
    /// What the user may do
    #[serde(default)]
    #[schema(value_type = UserRole, required = true)]
    role: Field<UserRole>,
    /// The password, exactly
    #[serde(default)]
    #[schema(value_type = String, required = true, format = Password, min_length = 8, max_length = 200)]
    password: Field<String>,
}

/// What shall change of a user.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct UserChangeRequest {
    /// The name that is shown beside what the user does
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 255, example = "Jane Doe")]
    name: Field<Name>,
    /// What the user may do
    #[serde(default)]
    #[schema(value_type = UserRole)]
    role: Field<UserRole>,
    /// Whether the user is shut out
    #[serde(default)]
    #[schema(value_type = bool)]
    is_banned: Field<bool>,
}

/// A password to be set.
// Not Debug: it would print the password.
#[derive(Default, Deserialize, ToSchema)]
pub struct PasswordRequest {
    /// The password, exactly
    #[serde(default)]
    #[schema(value_type = String, required = true, format = Password, min_length = 8, max_length = 200)]
    password: Field<String>,
}

/// A user whose password is not hashed yet.
struct Unhashed {
    name: Name,
    email: Name,
    role: Role,
    password: Password,
}

impl UserRequest {
    fn read(body: &RawBody) -> Result<Unhashed, Reason> {
        let Self { name, email, role, password } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let email = requests::email(&mut check, email);
        let email = check.need("email", email);
        let role = check.required("role", role);
        let password = new_password(&mut check, "password", password);
        check.finish()?;
        Ok(Unhashed { name: name?, email: email?, role: role?.into(), password: password? })
    }
}

impl UserChangeRequest {
    fn read(body: &RawBody) -> Result<UserChanges, Reason> {
        let Self { name, role, is_banned } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.replace("name", name);
        let role = check.replace("role", role);
        let is_banned = check.replace("is_banned", is_banned);
        check.finish()?;
        Ok(UserChanges { name: name?, role: role?.map(Role::from), is_banned: is_banned? })
    }
}

impl PasswordRequest {
    fn read(body: &RawBody) -> Result<Password, Reason> {
        let Self { password } = requests::json(body)?;
        let mut check = Check::new();
        let password = new_password(&mut check, "password", password);
        check.finish()?;
        Ok(password?)
    }
}
