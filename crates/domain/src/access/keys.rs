//! API keys: stored and found by their SHA-256 alone; the key itself is shown once and never kept.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::secrets::{hex, random_hex};
use crate::actor::TenantId;
use crate::error::{Error, Problem, Result, Thing};
use crate::schema::{api_keys as keys, key_owners as owners};
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::advance_sequence;
use crate::values::Name;

/// The permission to write; every key may read.
pub const WRITE: &str = "write";
/// How every key begins.
const PREFIX: &str = "iom_live_";
/// Characters of a key that are kept to tell keys apart.
const SHOWN: usize = 13;

/// A key as it is known: all but its text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = keys, check_for_backend(MultiBackend))]
pub struct Key {
    /// Its id.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// Its first characters, to tell it from others.
    pub key_prefix: String,
    /// Whether it may write; every key may read.
    pub can_write: bool,
    /// When it was last used, refused uses included, in UTC.
    pub last_used_at: Option<NaiveDateTime>,
    /// The last day on which it is valid, in the tenant's time zone; `None`: no end.
    pub expires_on: Option<NaiveDate>,
    /// Whether it was not revoked.
    pub is_active: bool,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
}

/// A key to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, where it comes with one; else the next.
    pub id: Option<i64>,
    /// What it is for.
    pub name: Name,
    /// Whether it may write; every key may read.
    pub can_write: bool,
    /// The last day on which it is valid, in the tenant's time zone; `None`: no end.
    pub expires_on: Option<NaiveDate>,
}

/// A key that was made: the only time its text is known.
pub struct Issued {
    /// The key's id.
    pub id: i64,
    /// The key itself.
    pub key: String,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
struct Insert<'a> {
    tenant_id: TenantId,
    name: &'a str,
    key_prefix: &'a str,
    key_hash: &'a str,
    can_write: bool,
    expires_on: Option<NaiveDate>,
    is_active: bool,
    last_used_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

/// What a key is known by: its SHA-256, in hexadecimal.
pub fn hash(key: &[u8]) -> String {
    hex(&Sha256::digest(key))
}

/// All keys of the tenant by id, revoked ones included.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Key>> {
    let all = keys::table.filter(keys::tenant_id.eq(tx.tenant_id())).order(keys::id);
    Ok(all.select(Key::as_select()).load(tx.conn)?)
}

/// Makes a key with 160 random bits.
///
/// # Errors
/// [`Error::Invalid`] for a last day that is over; a fault when the system gives no randomness.
pub fn create(tx: &mut Tx<'_>, new: &NewKey) -> Result<Issued> {
    if new.expires_on.is_some_and(|last_day| last_day < tx.today()) {
        let message = format!("must not be in the past: today is {}", tx.today());
        return Err(Error::Invalid(vec![Problem::new("expires_at", message)]));
    }
    enter(tx, new, format!("{PREFIX}{}", random_hex(20)?))
}

/// Records a key whose text is given: the documented one of the demo.
///
/// # Errors
/// [`Error::Duplicate`] when that key exists.
pub fn enter(tx: &mut Tx<'_>, new: &NewKey, key: String) -> Result<Issued> {
    let (tenant_id, created_at) = (tx.tenant_id(), tx.now());
    let key_hash = hash(key.as_bytes());
    let row = Insert {
        tenant_id,
        name: new.name.as_str(),
        key_prefix: key.get(..SHOWN).unwrap_or(&key),
        key_hash: &key_hash,
        can_write: new.can_write,
        expires_on: new.expires_on,
        is_active: true,
        last_used_at: None,
        created_at,
    };
    let insert = diesel::insert_into(keys::table);
    let id = match new.id {
        Some(id) => {
            let id = insert.values((keys::id.eq(id), row)).returning(keys::id).get_result(tx.conn)?;
            advance_sequence(tx.conn, "api_keys")?;
            id
        }
        None => insert.values(row).returning(keys::id).get_result(tx.conn)?,
    };
    diesel::insert_into(owners::table)
        .values((owners::key_hash.eq(&key_hash), owners::tenant_id.eq(tenant_id), owners::key_id.eq(id)))
        .execute(tx.conn)?;
    Ok(Issued { id, key, created_at })
}

/// Takes a key back for good: whoever shows it is refused from the next call on. Once more changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub fn revoke(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let this = keys::tenant_id.eq(tx.tenant_id()).and(keys::id.eq(id));
    let revoked = diesel::update(keys::table.filter(this)).set(keys::is_active.eq(false)).execute(tx.conn)?;
    if revoked == 0 {
        return Err(Error::NotFound { thing: Thing::ApiKey, key: id.to_string() });
    }
    Ok(())
}
