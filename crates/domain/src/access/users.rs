//! Users: people with an e-mail and a password, each of one tenant.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::passwords::PasswordHash;
use crate::actor::{Actor, Role, TenantId};
use crate::error::{Error, Problem, Result, Thing};
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{logins, users};
use crate::store::connection::MultiBackend;
use crate::store::portable::ForUpdate;
use crate::store::search::contains;
use crate::store::{Lobby, Tx};
use crate::values::{Name, fold};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(MultiBackend))]
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
    /// The version that the user's tokens are made in; those of another one are worth nothing.
    pub token_version: i64,
    /// When the user was added, in UTC.
    pub created_at: NaiveDateTime,
    /// When something of the user changed last, in UTC.
    pub updated_at: NaiveDateTime,
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

/// What may change of a user; `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct UserChanges {
    /// The name that is shown beside what the user does.
    pub name: Option<Name>,
    /// What the user may do.
    pub role: Option<Role>,
    /// A banned user may do nothing.
    pub is_banned: Option<bool>,
}

/// Which users are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the name or e-mail, in any case.
    pub search: Option<String>,
}

/// What a user's own password is checked by.
// Not Debug: it would print the hash.
pub struct Secret {
    id: i64,
    token_version: i64,
    pub(crate) email_key: String,
    pub(crate) hash: PasswordHash,
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Insert<'a> {
    tenant_id: TenantId,
    email: &'a str,
    email_key: String,
    name: &'a str,
    name_key: String,
    role: Role,
    password_hash: &'a str,
    is_banned: bool,
    token_version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// Adds a user to the tenant.
///
/// # Errors
/// [`Error::Duplicate`] when the e-mail is taken, by whichever tenant.
pub fn create(tx: &mut Tx<'_>, new: &NewUser) -> Result<User> {
    let (tenant_id, now) = (tx.tenant_id(), tx.now());
    let email_key = fold(new.email.as_str());
    let row = Insert {
        tenant_id,
        email: new.email.as_str(),
        email_key: email_key.clone(),
        name: new.name.as_str(),
        name_key: fold(new.name.as_str()),
        role: new.role,
        password_hash: new.password.as_str(),
        is_banned: false,
        token_version: 0,
        created_at: now,
        updated_at: now,
    };
    let id: i64 = diesel::insert_into(users::table).values(row).returning(users::id).get_result(tx.conn)?;
    diesel::insert_into(logins::table)
        .values((logins::email_key.eq(email_key), logins::tenant_id.eq(tenant_id), logins::user_id.eq(id)))
        .execute(tx.conn)?;
    get(tx, id)
}

/// Users by id. They are counted, and not kept in a counter: a company has few.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &UserFilter, window: &Window) -> Result<Slice<User>> {
    let rows = matching(tx, filter)
        .filter(users::id.gt(window.after_id()?.unwrap_or(0)))
        .order(users::id)
        .select(User::as_select())
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let part = Part::cut(rows, window, |user: &User| Cursor::Id(user.id));
    part.counted(window, || Ok(matching(tx, filter).count().get_result(tx.conn)?))
}

/// One user.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<User> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(id));
    let found = users::table.filter(this).select(User::as_select()).first(tx.conn).optional()?;
    found.ok_or_else(|| unknown(&id.to_string()))
}

/// The user who acts.
///
/// # Errors
/// [`Error::AccountGone`] where no user does.
pub fn own(tx: &mut Tx<'_>) -> Result<User> {
    let id = own_id(tx)?;
    get(tx, id)
}

/// Changes what is given of a user, from the next request on. Where a user acts, it is an admin's.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::RoleLacking`]; [`Error::Invalid`] for who would ban themself; [`Error::LastAdmin`].
pub fn amend(tx: &mut Tx<'_>, id: i64, changes: &UserChanges) -> Result<User> {
    let held = hold(tx, id)?;
    let before = held.iter().find(|user| user.id == id).ok_or_else(|| unknown(&id.to_string()))?;
    let mut after = before.clone();
    let UserChanges { name, role, is_banned } = changes;
    after.name = name.as_ref().map_or(after.name, |name| name.as_str().to_owned());
    after.role = role.unwrap_or(after.role);
    after.is_banned = is_banned.unwrap_or(after.is_banned);
    if after == *before {
        return Ok(after);
    }
    if let Ok(own) = own_id(tx) {
        // Whoever acts may have been demoted or banned while this command waited.
        if !held.iter().any(|user| user.id == own && is_admin(user)) {
            return Err(Error::RoleLacking { needed: Role::Admin });
        }
        if own == id && after.is_banned {
            let message = "cannot be set for your own account: ask another admin";
            return Err(Error::Invalid(vec![Problem::new("is_banned", message)]));
        }
    }
    if is_admin(before) && !is_admin(&after) && held.iter().filter(|user| is_admin(user)).count() == 1 {
        return Err(Error::LastAdmin);
    }
    after.updated_at = tx.now();
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(id));
    diesel::update(users::table.filter(this))
        .set((
            users::name.eq(&after.name),
            users::name_key.eq(fold(&after.name)),
            users::role.eq(after.role),
            users::is_banned.eq(after.is_banned),
            users::updated_at.eq(after.updated_at),
        ))
        .execute(tx.conn)?;
    Ok(after)
}

/// Gives a user a new password, and ends all tokens made before.
///
/// # Errors
/// [`Error::NotFound`].
pub fn reset_password(tx: &mut Tx<'_>, id: i64, password: &PasswordHash) -> Result<()> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(id));
    let changed = diesel::update(users::table.filter(this))
        .set((
            users::password_hash.eq(password.as_str()),
            users::token_version.eq(users::token_version + 1),
            users::updated_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    known(changed, &id.to_string())
}

/// What the password of the user who acts is checked by.
///
/// # Errors
/// [`Error::AccountGone`] where no user acts.
pub fn own_secret(tx: &mut Tx<'_>) -> Result<Secret> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(own_id(tx)?));
    let columns = (users::id, users::token_version, users::email_key, users::password_hash);
    let found: Option<(i64, i64, String, String)> =
        users::table.filter(this).select(columns).first(tx.conn).optional()?;
    let (id, token_version, email_key, hash) = found.ok_or(Error::AccountGone)?;
    Ok(Secret { id, token_version, email_key, hash: PasswordHash::from_stored(hash) })
}

/// Gives a user who knew the old one a new password, and ends all tokens made before.
///
/// # Errors
/// [`Error::TokenRevoked`] when the password was changed since the old one was looked at.
pub fn change_password(tx: &mut Tx<'_>, own: &Secret, password: &PasswordHash) -> Result<User> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(own.id));
    let held = ForUpdate(users::table.filter(this).select(users::token_version)).get_result(tx.conn).optional()?;
    if held != Some(own.token_version) {
        return Err(Error::TokenRevoked);
    }
    reset_password(tx, own.id, password)?;
    get(tx, own.id)
}

/// Gives the user with this e-mail a new password, as [`reset_password`] does: for the command line.
///
/// # Errors
/// [`Error::NotFound`] for an e-mail that no user of the tenant has.
pub fn set_password(tx: &mut Tx<'_>, email: &str, password: &PasswordHash) -> Result<()> {
    let this = users::tenant_id.eq(tx.tenant_id()).and(users::email_key.eq(fold(email)));
    let found: Option<i64> = users::table.filter(this).select(users::id).first(tx.conn).optional()?;
    reset_password(tx, found.ok_or_else(|| unknown(email))?, password)
}

/// Bans a user, from the next request on, or lets them in again: for the command line, which may ban any.
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

/// A user and all admins who are not banned, held by id: whoever might leave the tenant without one waits here.
fn hold(tx: &mut Tx<'_>, id: i64) -> Result<Vec<User>> {
    let admins = users::role.eq(Role::Admin).and(users::is_banned.eq(false));
    let these = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(id).or(admins));
    Ok(ForUpdate(users::table.filter(these).order(users::id).select(User::as_select())).load(tx.conn)?)
}

fn is_admin(user: &User) -> bool {
    user.role == Role::Admin && !user.is_banned
}

fn own_id(tx: &Tx<'_>) -> Result<i64> {
    let Actor::User { id, .. } = tx.actor() else { return Err(Error::AccountGone) };
    Ok(*id)
}

fn matching(tx: &Tx<'_>, filter: &UserFilter) -> users::BoxedQuery<'static, MultiBackend> {
    let query = users::table.into_boxed().filter(users::tenant_id.eq(tx.tenant_id()));
    let Some(search) = &filter.search else { return query };
    let pattern = contains(&fold(search));
    let in_name = users::name_key.like(pattern.clone()).escape('\\');
    query.filter(in_name.or(users::email_key.like(pattern).escape('\\')))
}

fn known(changed: usize, key: &str) -> Result<()> {
    if changed == 0 { Err(unknown(key)) } else { Ok(()) }
}

fn unknown(key: &str) -> Error {
    Error::NotFound { thing: Thing::User, key: key.to_owned() }
}
