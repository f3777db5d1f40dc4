//! A reply remembered in the same transaction as its effect: the same request again is answered with the same
//! bytes, and has no second effect. A refusal is not remembered, since it changed nothing.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::error::{Error, Fault, Result};
use crate::schema::idempotent_replies as replies;
use crate::store::Tx;
use crate::store::portable::{ForUpdate, Portable, SkipLocked};

/// The longest key, in characters.
pub const MAX_KEY: usize = 255;
/// How long a reply is remembered.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Old replies that go with one new one: more than one, so that they get fewer.
const SWEPT: i64 = 4;

/// A request that its sender may send again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The sender's name for it, unique for the sender within a day.
    pub key: String,
    /// What tells it from every other request: a sealed digest of method, path and body.
    pub fingerprint: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// How it ended, as the dialect numbers it.
    pub status: u16,
    /// What was said.
    pub body: Vec<u8>,
    /// Whether this was said before, and nothing was done this time.
    pub is_replay: bool,
    /// Whether it holds a secret, which must not lie in the database: then only that it was said is remembered.
    pub is_secret: bool,
}

/// Does a thing once: the first time it is done and its reply remembered, later that reply is given again. Without a
/// key it is simply done.
///
/// # Errors
/// [`Error::KeyReused`] where the key came with another request before; [`Error::ShownOnce`] where the reply to it held
/// a secret; [`Error::KeyInFlight`] where the first request is still being carried out after the longest wait for a
/// lock; what `work` refuses.
pub fn once(
    tx: &mut Tx<'_>,
    request: Option<&Once>,
    work: &mut dyn FnMut(&mut Tx<'_>) -> Result<Reply>,
) -> Result<Reply> {
    let Some(request) = request else { return work(tx) };
    forget_old(tx)?;
    if !claim(tx, request)?
        && let Some(reply) = recall(tx, request)?
    {
        return Ok(reply);
    }
    let reply = work(tx)?;
    let body = std::str::from_utf8(&reply.body).map_err(|_| Fault::Internal("a reply is no text".to_owned()))?;
    let kept = if reply.is_secret { "" } else { body };
    diesel::update(replies::table.filter(replies::tenant_id.eq(tx.tenant_id()).and(this(tx, request))))
        .set((replies::status.eq(i64::from(reply.status)), replies::body.eq(kept)))
        .execute(tx.conn)?;
    Ok(reply)
}

/// Takes the key. A second sender waits here until the first has committed or given up.
fn claim(tx: &mut Tx<'_>, request: &Once) -> Result<bool> {
    let row = diesel::insert_into(replies::table)
        .values((
            replies::tenant_id.eq(tx.tenant_id()),
            replies::credential.eq(tx.actor().key()),
            replies::key.eq(&request.key),
            replies::fingerprint.eq(&request.fingerprint),
            replies::status.eq(0),
            replies::body.eq(""),
            replies::created_at.eq(tx.now()),
        ))
        .on_conflict((replies::tenant_id, replies::credential, replies::key))
        .do_nothing();
    match Portable(row).execute(tx.conn).map_err(Error::from) {
        Ok(inserted) => Ok(inserted == 1),
        Err(Error::Fault(Fault::Busy)) => Err(Error::KeyInFlight),
        Err(error) => Err(error),
    }
}

/// What was answered to the request before; `None` where that is forgotten, and the key taken anew.
fn recall(tx: &mut Tx<'_>, request: &Once) -> Result<Option<Reply>> {
    let known = replies::table.filter(replies::tenant_id.eq(tx.tenant_id()).and(this(tx, request)));
    let columns = (replies::fingerprint, replies::status, replies::body, replies::created_at);
    let found: Option<(String, i64, String, NaiveDateTime)> =
        ForUpdate(known.clone().select(columns)).get_result(tx.conn).optional()?;
    // Swept away since it was in the way: run again and take it.
    let found = found.ok_or_else(|| Fault::Race("a remembered reply was forgotten meanwhile".to_owned()))?;
    let (fingerprint, status, body, created_at) = found;
    if created_at < tx.now() - KEPT {
        diesel::update(known)
            .set((replies::fingerprint.eq(&request.fingerprint), replies::created_at.eq(tx.now())))
            .execute(tx.conn)?;
        return Ok(None);
    }
    if fingerprint != request.fingerprint {
        return Err(Error::KeyReused);
    }
    // Every reply says something, so this one was not to be kept.
    if body.is_empty() {
        return Err(Error::ShownOnce);
    }
    let status =
        u16::try_from(status).map_err(|_| Fault::Internal("a remembered status is out of range".to_owned()))?;
    Ok(Some(Reply { status, body: body.into_bytes(), is_replay: true, is_secret: false }))
}

type This = diesel::dsl::And<diesel::dsl::Eq<replies::credential, String>, diesel::dsl::Eq<replies::key, String>>;

fn this(tx: &Tx<'_>, request: &Once) -> This {
    replies::credential.eq(tx.actor().key()).and(replies::key.eq(request.key.clone()))
}

/// Replies past their day go as new ones come, a few at a time. Those that another request forgets are left to it.
fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let old = replies::tenant_id.eq(tx.tenant_id()).and(replies::created_at.lt(tx.now() - KEPT));
    let query = replies::table.filter(old).order(replies::created_at).limit(SWEPT);
    let old: Vec<(String, String)> = SkipLocked(query.select((replies::credential, replies::key))).load(tx.conn)?;
    for (credential, key) in old {
        let this = replies::credential.eq(credential).and(replies::key.eq(key));
        diesel::delete(replies::table.filter(replies::tenant_id.eq(tx.tenant_id()).and(this))).execute(tx.conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
