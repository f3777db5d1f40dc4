//! Tenants: the companies that share one server and never see each other.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::prelude::*;

use crate::actor::{Costing, Tenant, TenantId};
use crate::error::{Error, Fault, Result, Thing};
use crate::rollups::days;
use crate::schema::tenants;
use crate::store::connection::Conn;
use crate::store::portable::{ForNoKeyUpdate, ForShare, advance_sequence};
use crate::store::{Lobby, Tx};
use crate::values::{Code, Name, fold};

/// A tenant as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(crate::store::connection::MultiBackend))]
pub(crate) struct TenantRow {
    pub(crate) id: TenantId,
    pub(crate) code: String,
    pub(crate) code_key: String,
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) subscription_ends_at: Option<NaiveDateTime>,
    pub(crate) allow_backorder: bool,
    pub(crate) costing: Costing,
}

/// A tenant to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its number, where it comes with one; else the next.
    pub id: Option<TenantId>,
    /// Its short code, unique on the server in any case.
    pub code: Code,
    /// Its name.
    pub name: Name,
    /// The time zone in which its days begin.
    pub zone: Tz,
    /// When its subscription ends, in UTC; `None`: never.
    pub subscription_ends_at: Option<NaiveDateTime>,
}

/// What may change of a tenant; `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantChanges {
    /// Its name.
    pub name: Option<Name>,
    /// The time zone in which its days begin.
    pub zone: Option<Tz>,
    /// When its subscription ends, in UTC; `Some(None)`: never.
    pub subscription_ends_at: Option<Option<NaiveDateTime>>,
    /// Whether its orders may promise more than is there.
    pub allow_backorder: Option<bool>,
    /// How its products get their costs.
    pub costing: Option<Costing>,
}

#[derive(Insertable)]
#[diesel(table_name = tenants, treat_none_as_default_value = false)]
struct Insert<'a> {
    code: &'a str,
    code_key: String,
    name: &'a str,
    zone: &'a str,
    subscription_ends_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    allow_backorder: bool,
    costing: Costing,
}

/// Opens the books of a new tenant.
///
/// # Errors
/// [`Error::Duplicate`] when its code is taken.
pub fn create(lobby: &mut Lobby<'_>, new: &NewTenant) -> Result<TenantId> {
    let row = Insert {
        code: new.code.as_str(),
        code_key: fold(new.code.as_str()),
        name: new.name.as_str(),
        zone: new.zone.name(),
        subscription_ends_at: new.subscription_ends_at,
        created_at: lobby.now,
        allow_backorder: false,
        costing: Costing::Standard,
    };
    let insert = diesel::insert_into(tenants::table);
    let id = match new.id {
        Some(id) => {
            insert.values((tenants::id.eq(id), row)).execute(lobby.conn)?;
            advance_sequence(lobby.conn, "tenants")?;
            id
        }
        None => insert.values(row).returning(tenants::id).get_result(lobby.conn)?,
    };
    Ok(id)
}

/// One tenant by its number.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(lobby: &mut Lobby<'_>, id: TenantId) -> Result<Tenant> {
    let row = tenants::table.filter(tenants::id.eq(id)).select(TenantRow::as_select()).first(lobby.conn).optional()?;
    row.ok_or_else(|| unknown(&id.get().to_string()))?.try_into()
}

/// One tenant by its code, in any case.
///
/// # Errors
/// [`Error::NotFound`].
pub fn by_code(lobby: &mut Lobby<'_>, code: &str) -> Result<Tenant> {
    let row = tenants::table
        .filter(tenants::code_key.eq(fold(code)))
        .select(TenantRow::as_select())
        .first(lobby.conn)
        .optional()?;
    row.ok_or_else(|| unknown(code))?.try_into()
}

/// All tenants, by number.
///
/// # Errors
/// Only faults of the store.
pub fn list(lobby: &mut Lobby<'_>) -> Result<Vec<Tenant>> {
    let rows: Vec<TenantRow> = tenants::table.order(tenants::id).select(TenantRow::as_select()).load(lobby.conn)?;
    rows.into_iter().map(Tenant::try_from).collect()
}

/// Changes what is given of the tenant with this code: for the command line. The zone that it has already counts its days
/// anew.
///
/// # Errors
/// [`Error::NotFound`] for an unknown code.
pub fn set(lobby: &mut Lobby<'_>, code: &str, changes: &TenantChanges) -> Result<Tenant> {
    let before = by_code(lobby, code)?;
    let after = amend(&mut lobby.as_system(before.id)?, changes)?;
    if changes.zone == Some(before.zone) {
        days::recount(lobby.conn, after.id, after.zone)?;
    }
    Ok(after)
}

/// Counts all days of all tenants anew.
pub(crate) fn recount_days(conn: &mut Conn) -> Result<()> {
    let rows: Vec<(TenantId, String)> = tenants::table.select((tenants::id, tenants::zone)).load(conn)?;
    rows.iter().try_for_each(|(id, zone)| days::recount(conn, *id, parse_zone(*id, zone)?))
}

/// Changes what is given of the transaction's own tenant, which goes on as it is then.
///
/// The one way in which a tenant changes. Requests write no shared table otherwise: an admin who changes the settings
/// is rare enough for all instances to wait for. Only what is given is written, so that two changes at once both hold.
/// In another zone all days are counted anew, those of before too.
///
/// # Errors
/// Only faults of the store.
pub fn amend(tx: &mut Tx<'_>, changes: &TenantChanges) -> Result<Tenant> {
    if *changes == TenantChanges::default() {
        return Ok(tx.tenant.clone());
    }
    let TenantChanges { name, zone, subscription_ends_at, allow_backorder, costing } = changes;
    let given = (
        name.as_ref().map(|name| tenants::name.eq(name.as_str())),
        zone.map(|zone| tenants::zone.eq(zone.name())),
        subscription_ends_at.map(|end| tenants::subscription_ends_at.eq(end)),
        allow_backorder.map(|allow| tenants::allow_backorder.eq(allow)),
        costing.map(|costing| tenants::costing.eq(costing)),
    );
    let this = tenants::table.filter(tenants::id.eq(tx.tenant_id()));
    let before = match zone {
        // Whoever counts something into a day holds the tenant until it is written.
        Some(_) => ForNoKeyUpdate(this.select(tenants::zone)).get_result(tx.conn)?,
        None => String::new(),
    };
    diesel::update(this).set(given).execute(tx.conn)?;
    if let Some(zone) = zone.filter(|zone| zone.name() != before) {
        days::recount(tx.conn, tx.tenant_id(), zone)?;
    }
    tx.tenant = this.select(TenantRow::as_select()).first(tx.conn)?.try_into()?;
    Ok(tx.tenant.clone())
}

/// Whether there is any tenant yet.
///
/// # Errors
/// Only faults of the store.
pub fn any(lobby: &mut Lobby<'_>) -> Result<bool> {
    let first: Option<TenantId> = tenants::table.select(tenants::id).first(lobby.conn).optional()?;
    Ok(first.is_some())
}

/// The zone of a tenant as it is now, which stays so until the transaction ends.
pub(crate) fn hold_zone(conn: &mut Conn, id: TenantId) -> Result<Tz> {
    let query = tenants::table.filter(tenants::id.eq(id)).select(tenants::zone);
    let zone: String = ForShare(query).get_result(conn)?;
    parse_zone(id, &zone)
}

fn parse_zone(id: TenantId, zone: &str) -> Result<Tz> {
    zone.parse().map_err(|_| Fault::Internal(format!("tenant {} has the unknown time zone {zone}", id.get())).into())
}

fn unknown(key: &str) -> Error {
    Error::NotFound { thing: Thing::Tenant, key: key.to_owned() }
}

impl TryFrom<TenantRow> for Tenant {
    type Error = Error;

    fn try_from(row: TenantRow) -> Result<Self> {
        let TenantRow { id, code, code_key: _, name, zone, subscription_ends_at, allow_backorder, costing } = row;
        let zone = parse_zone(id, &zone)?;
        Ok(Self { id, code, name, zone, subscription_ends_at, allow_backorder, costing })
    }
}
