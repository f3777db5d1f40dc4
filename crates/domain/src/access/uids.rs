//! SimBiz uids: integrations with a secret, granted one or more organizations.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::subscribed;
use super::tenants::TenantRow;
use crate::access::passwords::PasswordHash;
use crate::actor::{Organization, Tenant, TenantId};
use crate::error::{Error, Result, Thing};
use crate::schema::{simbiz_uid_grants as grants, simbiz_uids as uids, tenants};
use crate::store::Lobby;
use crate::store::portable::{ForNoKeyUpdate, Portable};
use crate::values::Code;

#[derive(Insertable)]
#[diesel(table_name = uids, treat_none_as_default_value = false)]
struct Insert<'a> {
    uid: &'a str,
    secret_hash: &'a str,
    is_disabled: bool,
    default_tenant_id: Option<TenantId>,
    created_at: NaiveDateTime,
    token_version: i64,
}

/// A uid and what it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uid {
    /// Its name, as integrations send it.
    pub name: String,
    /// Whether it is shut out.
    pub is_disabled: bool,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// Its organizations, by their numbers.
    pub granted: Vec<Granted>,
}

/// An organization that a uid reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The organization's code.
    pub code: String,
    /// Whether the uid may only read there.
    pub is_read_only: bool,
    /// Whether it is the uid's default.
    pub is_default: bool,
}

/// The columns of a uid that a list shows.
type Known = (String, bool, NaiveDateTime, Option<TenantId>);

/// What a good secret is exchanged for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// The organization a token is made for.
    pub tenant: Tenant,
    /// The version of the uid's tokens as the secret was read: another one since ends the token.
    pub version: i64,
}

/// Adds a uid, which is granted nothing yet. Its default organization, if any, must be granted beside.
///
/// # Errors
/// [`Error::Duplicate`] when there is one of that name.
pub fn create(lobby: &mut Lobby<'_>, uid: &Code, secret: &PasswordHash, default: Option<TenantId>) -> Result<()> {
    let row = Insert {
        uid: uid.as_str(),
        secret_hash: secret.as_str(),
        is_disabled: false,
        default_tenant_id: default,
        created_at: lobby.now,
        token_version: 0,
    };
    diesel::insert_into(uids::table).values(row).execute(lobby.conn)?;
    Ok(())
}

/// Every uid, by name, with the organizations it reaches.
///
/// # Errors
/// Only faults.
pub fn list(lobby: &mut Lobby<'_>) -> Result<Vec<Uid>> {
    let of_uid = (uids::uid, uids::is_disabled, uids::created_at, uids::default_tenant_id);
    let known: Vec<Known> = uids::table.order(uids::uid).select(of_uid).load(lobby.conn)?;
    let granted: Vec<(String, TenantId, String, bool)> = grants::table
        .inner_join(tenants::table.on(tenants::id.eq(grants::tenant_id)))
        .order((grants::uid, grants::tenant_id))
        .select((grants::uid, grants::tenant_id, tenants::code, grants::is_read_only))
        .load(lobby.conn)?;
    let mut by_uid: BTreeMap<String, Vec<(TenantId, String, bool)>> = BTreeMap::new();
    for (uid, tenant, code, is_read_only) in granted {
        by_uid.entry(uid).or_default().push((tenant, code, is_read_only));
    }
    let with_grants = |(name, is_disabled, created_at, default): Known| {
        let granted = by_uid.remove(&name).unwrap_or_default().into_iter();
        let granted = granted.map(|(tenant, code, is_read_only)| {
            let is_default = default == Some(tenant);
            Granted { code, is_read_only, is_default }
        });
        Uid { granted: granted.collect(), name, is_disabled, created_at }
    };
    Ok(known.into_iter().map(with_grants).collect())
}

/// Grants a uid an organization, or changes what it may do there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn grant(lobby: &mut Lobby<'_>, uid: &str, tenant: TenantId, is_read_only: bool) -> Result<()> {
    hold(lobby, uid)?;
    let row = (
        grants::tenant_id.eq(tenant),
        grants::uid.eq(uid),
        grants::is_read_only.eq(is_read_only),
        grants::created_at.eq(lobby.now),
    );
    let granted = diesel::insert_into(grants::table)
        .values(row)
        .on_conflict((grants::tenant_id, grants::uid))
        .do_update()
        .set(grants::is_read_only.eq(is_read_only));
    Portable(granted).execute(lobby.conn)?;
    Ok(())
}

/// Takes an organization away from a uid, from the next request on. If it was the default, there is none any more:
/// another one may be the only one left, or has to be chosen.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn revoke(lobby: &mut Lobby<'_>, uid: &str, tenant: TenantId) -> Result<()> {
    hold(lobby, uid)?;
    let default = uids::uid.eq(uid).and(uids::default_tenant_id.eq(tenant));
    diesel::update(uids::table.filter(default))
        .set(uids::default_tenant_id.eq(None::<TenantId>))
        .execute(lobby.conn)?;
    let this = grants::tenant_id.eq(tenant).and(grants::uid.eq(uid));
    diesel::delete(grants::table.filter(this)).execute(lobby.conn)?;
    Ok(())
}

/// Makes an organization the one that a token is for when none is named.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid; [`Error::OrganizationForbidden`] when it is not granted.
pub fn set_default(lobby: &mut Lobby<'_>, uid: &str, tenant: TenantId) -> Result<()> {
    hold(lobby, uid)?;
    let this = grants::tenant_id.eq(tenant).and(grants::uid.eq(uid));
    if !diesel::select(exists(grants::table.filter(this))).get_result::<bool>(lobby.conn)? {
        return Err(Error::OrganizationForbidden(tenant.get().to_string()));
    }
    diesel::update(uids::table.filter(uids::uid.eq(uid)))
        .set(uids::default_tenant_id.eq(tenant))
        .execute(lobby.conn)?;
    Ok(())
}

/// Gives a uid a new secret, and ends all tokens made with the old one, from the next request on.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn set_secret(lobby: &mut Lobby<'_>, uid: &str, secret: &PasswordHash) -> Result<()> {
    let changed = diesel::update(uids::table.filter(uids::uid.eq(uid)))
        .set((uids::secret_hash.eq(secret.as_str()), uids::token_version.eq(uids::token_version + 1)))
        .execute(lobby.conn)?;
    if changed == 0 { Err(unknown(uid)) } else { Ok(()) }
}

/// Shuts a uid out, from the next request on, or lets it in again.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn disable(lobby: &mut Lobby<'_>, uid: &str, is_disabled: bool) -> Result<()> {
    let changed = diesel::update(uids::table.filter(uids::uid.eq(uid)))
        .set(uids::is_disabled.eq(is_disabled))
        .execute(lobby.conn)?;
    if changed == 0 { Err(unknown(uid)) } else { Ok(()) }
}

/// The stored hash of a uid that is not disabled, and the version of its tokens.
pub(crate) fn secret_of(lobby: &mut Lobby<'_>, uid: &str) -> Result<Option<(PasswordHash, i64)>> {
    let enabled = uids::uid.eq(uid).and(uids::is_disabled.eq(false));
    let columns = (uids::secret_hash, uids::token_version);
    let found: Option<(String, i64)> = uids::table.filter(enabled).select(columns).first(lobby.conn).optional()?;
    Ok(found.map(|(hash, version)| (PasswordHash::from_stored(hash), version)))
}

/// The organization a token is made for: the one named, the only one, or the default.
pub(crate) fn organization(lobby: &mut Lobby<'_>, uid: &str, named: Option<&Organization>) -> Result<Tenant> {
    let granted: Vec<(Option<TenantId>, TenantRow)> = uids::table
        .inner_join(grants::table.on(grants::uid.eq(uids::uid)))
        .inner_join(tenants::table.on(tenants::id.eq(grants::tenant_id)))
        .filter(uids::uid.eq(uid))
        .select((uids::default_tenant_id, TenantRow::as_select()))
        .load(lobby.conn)?;
    let alone = granted.len() == 1;
    let wanted = |(default, tenant): &(Option<TenantId>, TenantRow)| match named {
        Some(named) => tenant.is(named),
        None => alone || *default == Some(tenant.id),
    };
    let asked = || named.map_or_else(String::new, ToString::to_string);
    let (_, tenant) = granted.into_iter().find(wanted).ok_or_else(|| Error::OrganizationForbidden(asked()))?;
    subscribed(tenant.try_into()?, lobby.now)
}

/// Holds a uid, so that its default and its grants change one after the other.
fn hold(lobby: &mut Lobby<'_>, uid: &str) -> Result<()> {
    let this = uids::table.filter(uids::uid.eq(uid)).select(uids::uid);
    let found: Option<String> = ForNoKeyUpdate(this).get_result(lobby.conn).optional()?;
    found.map(|_| ()).ok_or_else(|| unknown(uid))
}

fn unknown(uid: &str) -> Error {
    Error::NotFound { thing: Thing::Uid, key: uid.to_owned() }
}
