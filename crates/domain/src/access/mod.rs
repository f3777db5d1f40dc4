//! Who may come in: log-ins, and the state of every account, read afresh with each call.

pub mod doorkeeper;
pub mod journal;
pub mod keys;
pub mod passwords;
pub mod requests;
pub mod secrets;
pub mod tenants;
#[cfg(test)]
pub(crate) mod tests;
pub mod throttle;
pub mod uids;
pub mod users;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::actor::{Actor, Admission, Claim, Organization, Role, Tenant, TenantId};
use crate::error::{Error, KeyFault, Result};
use crate::schema::{
    api_keys as key_table, key_owners as owners, simbiz_uid_grants as grants, simbiz_uids, tenants as tenant_table,
    users as user_table,
};
use crate::store::connection::Conn;
use crate::values::fold;
use crate::zone::day_of;
use tenants::TenantRow;

/// Reads the account behind a claim, and refuses in the decided order: gone, revoked, banned, subscription, role.
pub(crate) fn admit(conn: &mut Conn, admission: &Admission, now: NaiveDateTime) -> Result<(Tenant, Actor)> {
    match &admission.claim {
        Claim::User { tenant, user, version } => admit_user(conn, *tenant, *user, *version, admission.role, now),
        Claim::Uid { uid, home, version, organization } => {
            let asked = organization.clone().unwrap_or(Organization::Id(*home));
            admit_uid(conn, (uid, *version), *home, &asked, admission.role, now)
        }
        Claim::Key { hash } => admit_key(conn, hash, admission.role, now),
    }
}

fn admit_user(
    conn: &mut Conn,
    tenant: TenantId,
    id: i64,
    version: i64,
    needed: Role,
    now: NaiveDateTime,
) -> Result<(Tenant, Actor)> {
    let of_user = (user_table::name, user_table::role, user_table::is_banned, user_table::token_version);
    let found: Option<(TenantRow, (String, Role, bool, i64))> = tenant_table::table
        .inner_join(user_table::table.on(user_table::tenant_id.eq(tenant_table::id)))
        .filter(tenant_table::id.eq(tenant).and(user_table::tenant_id.eq(tenant)).and(user_table::id.eq(id)))
        .select((TenantRow::as_select(), of_user))
        .first(conn)
        .optional()?;
    let (tenant, (name, role, is_banned, current)) = found.ok_or(Error::AccountGone)?;
    if version != current {
        return Err(Error::TokenRevoked);
    }
    if is_banned {
        return Err(Error::Banned);
    }
    let tenant = subscribed(tenant.try_into()?, now)?;
    if role < needed {
        return Err(Error::RoleLacking { needed });
    }
    Ok((tenant, Actor::User { id, name, role }))
}

/// A uid reaches an organization only while its token's own organization and the one asked for are both granted.
fn admit_uid(
    conn: &mut Conn,
    (uid, version): (&str, i64),
    home: TenantId,
    asked: &Organization,
    needed: Role,
    now: NaiveDateTime,
) -> Result<(Tenant, Actor)> {
    let granted: Vec<(bool, i64, Option<TenantRow>, Option<bool>)> = simbiz_uids::table
        .left_join(
            grants::table
                .on(grants::uid.eq(simbiz_uids::uid))
                .inner_join(tenant_table::table.on(tenant_table::id.eq(grants::tenant_id))),
        )
        .filter(simbiz_uids::uid.eq(uid))
        .select((
            simbiz_uids::is_disabled,
            simbiz_uids::token_version,
            Option::<TenantRow>::as_select(),
            grants::is_read_only.nullable(),
        ))
        .load(conn)?;
    match granted.first() {
        None | Some((true, ..)) => return Err(Error::AccountGone),
        Some((false, current, ..)) if *current != version => return Err(Error::TokenRevoked),
        Some(_) => {}
    }
    let mut organizations =
        granted.into_iter().filter_map(|(_, _, tenant, read_only)| tenant.zip(read_only)).collect::<Vec<_>>();
    if !organizations.iter().any(|(tenant, _)| tenant.id == home) {
        return Err(Error::OrganizationForbidden(home.get().to_string()));
    }
    let position = organizations.iter().position(|(tenant, _)| tenant.is(asked));
    let (tenant, is_read_only) = match position {
        Some(position) => organizations.swap_remove(position),
        None => return Err(Error::OrganizationForbidden(asked.to_string())),
    };
    let tenant = subscribed(tenant.try_into()?, now)?;
    if is_read_only && needed > Role::Viewer {
        return Err(Error::ReadOnlyGrant);
    }
    if needed > Role::Manager {
        return Err(Error::RoleLacking { needed });
    }
    Ok((tenant, Actor::Uid { uid: uid.to_owned() }))
}

/// A key may read, and whatever asks for more than a viewer takes one that may write.
fn admit_key(conn: &mut Conn, hash: &str, needed: Role, now: NaiveDateTime) -> Result<(Tenant, Actor)> {
    let found: Option<(TenantRow, i64, String, bool, bool, Option<NaiveDate>)> = owners::table
        .inner_join(tenant_table::table.on(tenant_table::id.eq(owners::tenant_id)))
        .inner_join(
            key_table::table.on(key_table::tenant_id.eq(owners::tenant_id).and(key_table::id.eq(owners::key_id))),
        )
        .filter(owners::key_hash.eq(hash))
        .select((
            TenantRow::as_select(),
            key_table::id,
            key_table::name,
            key_table::can_write,
            key_table::is_active,
            key_table::expires_on,
        ))
        .first(conn)
        .optional()?;
    let (tenant, id, name, can_write, is_active, expires_on) = found.ok_or(Error::ApiKeyRefused(KeyFault::Unknown))?;
    if !is_active {
        return Err(Error::ApiKeyRefused(KeyFault::Revoked));
    }
    let tenant = Tenant::try_from(tenant)?;
    if expires_on.is_some_and(|last_day| last_day < day_of(now, tenant.zone)) {
        return Err(Error::ApiKeyRefused(KeyFault::Expired));
    }
    let tenant = subscribed(tenant, now)?;
    if needed > Role::Viewer && !can_write {
        return Err(Error::ScopeLacking { scope: keys::WRITE });
    }
    Ok((tenant, Actor::Key { id, name, can_write }))
}

fn subscribed(tenant: Tenant, now: NaiveDateTime) -> Result<Tenant> {
    match tenant.subscription_ends_at {
        Some(end) if end <= now => Err(Error::SubscriptionExpired),
        _ => Ok(tenant),
    }
}

impl TenantRow {
    fn is(&self, asked: &Organization) -> bool {
        match asked {
            Organization::Id(id) => self.id == *id,
            Organization::Code(code) => self.code_key == fold(code),
            Organization::Unreadable(_) => false,
        }
    }
}
