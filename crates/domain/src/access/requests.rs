//! The request log: what was asked with each API key, and what came of it. Written in batches by [`super::journal`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{api_keys as keys, api_requests as requests, key_owners as owners};
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForNoKeyUpdate, Holds, SkipLocked};
use crate::store::{Lobby, Tx};
use crate::zone::start_of;

/// A request that was made with a key of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = requests, check_for_backend(MultiBackend))]
pub struct Request {
    /// Its id.
    pub id: i64,
    /// The id of the key.
    pub api_key_id: i64,
    /// The key's name on that day.
    pub key_name: String,
    /// The method.
    pub method: String,
    /// The path as it was sent, without a query.
    pub path: String,
    /// How it ended, as HTTP numbers it.
    pub status_code: i64,
    /// Milliseconds until the answer began.
    pub response_time_ms: i64,
    /// Where it came from, where that is known.
    pub ip_address: Option<String>,
    /// When it was answered, in UTC.
    pub created_at: NaiveDateTime,
}

/// A request to be recorded; what [`Request`] says of each field holds here too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// The id of the key.
    pub api_key_id: i64,
    /// The key's name.
    pub key_name: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// How it ended.
    pub status_code: u16,
    /// Milliseconds until the answer began.
    pub response_time_ms: i64,
    /// Where it came from.
    pub ip_address: Option<String>,
    /// When it was answered, in UTC.
    pub created_at: NaiveDateTime,
}

/// Which requests are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Made with this key.
    pub api_key_id: Option<i64>,
    /// That ended with this status.
    pub status_code: Option<i64>,
    /// With this in their path, the case counting.
    pub path: Option<String>,
    /// Answered on this day or later, in the tenant's time zone.
    pub from: Option<NaiveDate>,
    /// Answered on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) tenant: TenantId,
    pub(super) key: i64,
    pub(super) name: String,
}

const RECORDED: bulk::Into = bulk::Into {
    table: "api_requests",
    columns: &[
        "tenant_id",
        "api_key_id",
        "key_name",
        "method",
        "path",
        "status_code",
        "response_time_ms",
        "ip_address",
        "created_at",
    ],
};
const USED: bulk::Change = bulk::Change { table: "api_keys", keys: &["id"], set: &["last_used_at"], add: &[] };

/// The log, the newest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &RequestFilter, window: &Window) -> Result<Slice<Request>> {
    let mut query = matching(tx, filter).order((requests::created_at.desc(), requests::id.desc()));
    if let Some((at, id)) = window.after_time()? {
        let later = requests::created_at.lt(at).or(requests::created_at.eq(at).and(requests::id.lt(id)));
        // The first condition follows from the other, and lets an index begin there.
        query = query.filter(requests::created_at.le(at)).filter(later);
    }
    let rows = query.select(Request::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let part = Part::cut(rows, window, |row: &Request| Cursor::Time(row.created_at, row.id));
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == RequestFilter::default() => counters::read(tx, counters::API_REQUESTS)?,
            filter => matching(tx, filter).count().get_result(tx.conn)?,
        })
    })
}

/// Records requests in the order in which they are given, and when their keys were last used.
///
/// # Errors
/// Only faults of the store.
pub fn record(tx: &mut Tx<'_>, made: &[NewRequest]) -> Result<()> {
    let row = |request: &NewRequest| {
        let NewRequest { api_key_id, key_name, method, path, status_code, response_time_ms, ip_address, created_at } =
            request;
        cells![
            *api_key_id,
            key_name.as_str(),
            method.as_str(),
            path.as_str(),
            i64::from(*status_code),
            *response_time_ms,
            ip_address.clone(),
            *created_at,
        ]
    };
    let rows = made.iter().map(row).collect::<Vec<_>>();
    bulk::insert(tx.conn, tx.tenant_id(), RECORDED, &rows)?;
    counters::add(tx, counters::API_REQUESTS, counters::rows(rows.len()));
    let mut used = BTreeMap::new();
    for request in made {
        let last: &mut NaiveDateTime = used.entry(request.api_key_id).or_insert(request.created_at);
        *last = (*last).max(request.created_at);
    }
    note_use(tx, &used)
}

/// Forgets a part of what was answered before an instant, the oldest first. Returns how many requests that were.
///
/// # Errors
/// Only faults of the store.
pub fn forget(tx: &mut Tx<'_>, before: NaiveDateTime, most: i64) -> Result<usize> {
    let of_tenant = requests::tenant_id.eq(tx.tenant_id());
    let old = requests::table.filter(of_tenant.and(requests::created_at.lt(before)));
    let query = old.order((requests::created_at, requests::id)).limit(most).select(requests::id);
    // What another instance of the server is forgetting is left to it.
    let ids: Vec<i64> = SkipLocked(query).load(tx.conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let gone = diesel::delete(requests::table.filter(of_tenant.and(requests::id.among(ids)))).execute(tx.conn)?;
    counters::add(tx, counters::API_REQUESTS, -counters::rows(gone));
    Ok(gone)
}

/// Whose keys these are, by their hashes; unknown ones are left out.
///
/// # Errors
/// Only faults of the store.
pub(super) fn owners(lobby: &mut Lobby<'_>, hashes: &BTreeSet<String>) -> Result<BTreeMap<String, Owner>> {
    let found: Vec<(String, TenantId, i64, String)> = owners::table
        .inner_join(keys::table.on(keys::tenant_id.eq(owners::tenant_id).and(keys::id.eq(owners::key_id))))
        .filter(owners::key_hash.among(hashes))
        .select((owners::key_hash, owners::tenant_id, keys::id, keys::name))
        .load(lobby.conn)?;
    Ok(found.into_iter().map(|(hash, tenant, key, name)| (hash, Owner { tenant, key, name })).collect())
}

/// Never back: batches of several instances of the server come in any order.
fn note_use(tx: &mut Tx<'_>, used: &BTreeMap<i64, NaiveDateTime>) -> Result<()> {
    let these = keys::tenant_id.eq(tx.tenant_id()).and(keys::id.among(used.keys().copied()));
    let query = keys::table.filter(these).order(keys::id).select((keys::id, keys::last_used_at));
    let known: Vec<(i64, Option<NaiveDateTime>)> = ForNoKeyUpdate(query).load(tx.conn)?;
    let later = |(id, before): (i64, Option<NaiveDateTime>)| {
        let at = *used.get(&id)?;
        before.is_none_or(|before| before < at).then(|| cells![id, at])
    };
    let rows = known.into_iter().filter_map(later).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), USED, &rows)?;
    Ok(())
}

fn matching(tx: &Tx<'_>, filter: &RequestFilter) -> requests::BoxedQuery<'static, MultiBackend> {
    let RequestFilter { api_key_id, status_code, path, from, to } = filter.clone();
    let zone = tx.tenant().zone;
    let mut query = requests::table.into_boxed().filter(requests::tenant_id.eq(tx.tenant_id()));
    if let Some(key) = api_key_id {
        query = query.filter(requests::api_key_id.eq(key));
    }
    if let Some(status) = status_code {
        query = query.filter(requests::status_code.eq(status));
    }
    if let Some(path) = path {
        query = query.filter(Holds(requests::path, path));
    }
    if let Some(from) = from {
        query = query.filter(requests::created_at.ge(start_of(from, zone)));
    }
    // Beyond the year 9999 SQLite's texts no longer sort as instants do, and nothing is logged.
    if let Some(after) = to.and_then(|to| to.succ_opt()).filter(|after| after.year() <= 9_999) {
        query = query.filter(requests::created_at.lt(start_of(after, zone)));
    }
    query
}
