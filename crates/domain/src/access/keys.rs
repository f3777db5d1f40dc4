//! API keys: stored and found by their SHA-256 alone; the key itself is shown once and never kept.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::secrets::{hex, random_hex};
use crate::actor::TenantId;
use crate::error::Result;
use crate::schema::{api_keys as keys, key_owners as owners};
use crate::store::Tx;
use crate::store::portable::advance_sequence;
use crate::values::Name;

/// How every key begins.
const PREFIX: &str = "iom_live_";
/// Characters of a key that are kept to tell keys apart.
const SHOWN: usize = 13;

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

/// Makes a key with 160 random bits.
///
/// # Errors
/// A fault when the system gives no randomness.
pub fn create(tx: &mut Tx<'_>, new: &NewKey) -> Result<Issued> {
    enter(tx, new, format!("{PREFIX}{}", random_hex(20)?))
}

/// Records a key whose text is given: the documented one of the demo.
///
/// # Errors
/// [`crate::error::Error::Duplicate`] when that key exists.
pub fn enter(tx: &mut Tx<'_>, new: &NewKey, key: String) -> Result<Issued> {
    let tenant_id = tx.tenant_id();
    let key_hash = hex(&Sha256::digest(key.as_bytes()));
    let row = Insert {
        tenant_id,
        name: new.name.as_str(),
        key_prefix: key.get(..SHOWN).unwrap_or(&key),
        key_hash: &key_hash,
        can_write: new.can_write,
        expires_on: new.expires_on,
        is_active: true,
        last_used_at: None,
        created_at: tx.now(),
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
    Ok(Issued { id, key })
}
