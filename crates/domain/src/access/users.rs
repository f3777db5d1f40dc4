//! Users: people with an e-mail and a password, each of one tenant.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::passwords::PasswordHash;
use crate::actor::{Role, TenantId};
use crate::error::{Error, Result, Thing};
use crate::schema::{logins, users};
use crate::store::{Lobby, Tx};
use crate::values::{Name, fold};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(crate::store::connection::MultiBackend))]
pub struct User {
    /// The tenant the user belongs to.
    pub tenant_id: TenantId,
    /// The user's id.
    pub id: i64,
    /// The e-mail, as it was given.
    pub email: String,
    /// The name that is shown beside what the user did.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// A banned user may do nothing.
    pub is_banned: bool,
}

/// A user to be.
#[derive(Clone)]
pub struct NewUser {
    /// The e-mail, unique on the server in any case.
    pub email: Name,
    /// The name that is shown beside what the user does.
    pub name: Name,
    /// What the user may do.
    pub role: Role,
    /// The password, hashed.
    pub password: PasswordHash,
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Insert<'a> {
    tenant_id: TenantId,
    email: &'a str,
    email_key: String,
    name: &'a str,
    role: Role,
    password_hash: &'a str,
    is_banned: bool,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// Adds a user to the tenant.
///
/// # Errors
/// [`Error::Duplicate`] when the e-mail is taken, by whichever tenant.
pub fn create(tx: &mut Tx<'_>, new: &NewUser) -> Result<i64> {
    let (tenant_id, now) = (tx.tenant_id(), tx.now());
    let email_key = fold(new.email.as_str());
    let row = Insert {
        tenant_id,
        email: new.email.as_str(),
        email_key: email_key.clone(),
        name: new.name.as_str(),
        role: new.role,
        password_hash: new.password.as_str(),
        is_banned: false,
        created_at: now,
        updated_at: now,
    };
    let id: i64 = diesel::insert_into(users::table).values(row).returning(users::id).get_result(tx.conn)?;
    diesel::insert_into(logins::table)
        .values((logins::email_key.eq(email_key), logins::tenant_id.eq(tenant_id), logins::user_id.eq(id)))
        .execute(tx.conn)?;
    Ok(id)
}

/// Gives a user a new password.
///
/// # Errors
/// [`Error::NotFound`] for an e-mail that no user of the tenant has.
pub fn set_password(tx: &mut Tx<'_>, email: &str, password: &PasswordHash) -> Result<()> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::email_key.eq(fold(email)));
    let changes = (users::password_hash.eq(password.as_str()), users::updated_at.eq(tx.now()));
    let changed = diesel::update(users::table.filter(this)).set(changes).execute(tx.conn)?;
    known(changed, email)
}

/// Bans a user, from the next request on, or lets them in again.
///
/// # Errors
/// [`Error::NotFound`] for an e-mail that no user of the tenant has.
pub fn ban(tx: &mut Tx<'_>, email: &str, is_banned: bool) -> Result<()> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::email_key.eq(fold(email)));
    let changes = (users::is_banned.eq(is_banned), users::updated_at.eq(tx.now()));
    let changed = diesel::update(users::table.filter(this)).set(changes).execute(tx.conn)?;
    known(changed, email)
}

/// The user with this e-mail, whichever the tenant, and the stored hash. `key` is folded.
pub(crate) fn by_email(lobby: &mut Lobby<'_>, key: &str) -> Result<Option<(User, PasswordHash)>> {
    let known = logins::table.filter(logins::email_key.eq(key)).select((logins::tenant_id, logins::user_id));
    let Some((tenant, id)) = known.first::<(TenantId, i64)>(lobby.conn).optional()? else { return Ok(None) };
    let found: Option<(User, String)> = users::table
        .filter(users::tenant_id.eq(tenant).and(users::id.eq(id)))
        .select((User::as_select(), users::password_hash))
        .first(lobby.conn)
        .optional()?;
    Ok(found.map(|(user, hash)| (user, PasswordHash::from_stored(hash))))
}

/// The tenant of the user with this e-mail; the command line names users by e-mail alone.
///
/// # Errors
/// [`Error::NotFound`].
pub fn tenant_of(lobby: &mut Lobby<'_>, email: &str) -> Result<TenantId> {
    let found = by_email(lobby, &fold(email))?;
    found.map(|(user, _)| user.tenant_id).ok_or_else(|| unknown(email))
}

fn known(changed: usize, email: &str) -> Result<()> {
    if changed == 0 { Err(unknown(email)) } else { Ok(()) }
}

fn unknown(email: &str) -> Error {
    Error::NotFound { thing: Thing::User, key: email.to_owned() }
}
