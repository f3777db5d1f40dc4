//! SimBiz uids: integrations with a secret, granted one or more organizations.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::subscribed;
use super::tenants::TenantRow;
use crate::access::passwords::PasswordHash;
use crate::actor::{Organization, Tenant, TenantId};
use crate::error::{Error, Result, Thing};
use crate::schema::{simbiz_uid_grants as grants, simbiz_uids as uids, tenants};
use crate::store::Lobby;
use crate::store::portable::Portable;
use crate::values::Code;

#[derive(Insertable)]
#[diesel(table_name = uids, treat_none_as_default_value = false)]
struct Insert<'a> {
    uid: &'a str,
    secret_hash: &'a str,
    is_disabled: bool,
    default_tenant_id: Option<TenantId>,
    created_at: NaiveDateTime,
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
    };
    diesel::insert_into(uids::table).values(row).execute(lobby.conn)?;
    Ok(())
}

/// Grants a uid an organization, or changes what it may do there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn grant(lobby: &mut Lobby<'_>, uid: &str, tenant: TenantId, is_read_only: bool) -> Result<()> {
    exists(lobby, uid)?;
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

/// Takes an organization away from a uid, from the next request on.
///
/// # Errors
/// [`Error::NotFound`] for an unknown uid.
pub fn revoke(lobby: &mut Lobby<'_>, uid: &str, tenant: TenantId) -> Result<()> {
    exists(lobby, uid)?;
    let this = grants::tenant_id.eq(tenant).and(grants::uid.eq(uid));
    diesel::delete(grants::table.filter(this)).execute(lobby.conn)?;
    Ok(())
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

/// The stored hash of a uid that is not disabled.
pub(crate) fn secret_of(lobby: &mut Lobby<'_>, uid: &str) -> Result<Option<PasswordHash>> {
    let enabled = uids::uid.eq(uid).and(uids::is_disabled.eq(false));
    let hash = uids::table.filter(enabled).select(uids::secret_hash).first(lobby.conn).optional()?;
    Ok(hash.map(PasswordHash::from_stored))
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

fn exists(lobby: &mut Lobby<'_>, uid: &str) -> Result<()> {
    let found: Option<String> = uids::table.filter(uids::uid.eq(uid)).select(uids::uid).first(lobby.conn).optional()?;
    found.map(|_| ()).ok_or_else(|| unknown(uid))
}

fn unknown(uid: &str) -> Error {
    Error::NotFound { thing: Thing::Uid, key: uid.to_owned() }
}
