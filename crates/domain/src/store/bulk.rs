//! One statement for many rows, worded for both engines: Diesel knows no such insert or update for their common backend.

mod cell;
mod columns;
mod statement;

use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::BigInt;

pub(crate) use cell::{Cell, cells};
use columns::Columns;
pub(crate) use statement::{Answering, Bulk, Work};

use super::connection::{Conn, Native};
use crate::actor::TenantId;

/// Values that one statement may bind: fewer than the limit of either engine.
const MOST_VALUES: usize = 30_000;
/// Rows up to which a statement's prepared form is kept; beyond, each number of rows would be a statement of its own.
pub(crate) const MOST_KEPT: usize = 8;

/// Where new rows go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Into {
    pub(crate) table: &'static str,
    /// The columns of every row, `tenant_id` first: it is bound for all of them.
    pub(crate) columns: &'static [&'static str],
}

/// Which rows change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) table: &'static str,
    /// What tells a row, beside its tenant: the first values of each row.
    pub(crate) keys: &'static [&'static str],
    /// What each row gets: the values that follow.
    pub(crate) set: &'static [&'static str],
    /// Numbers that move by what follows.
    pub(crate) add: &'static [&'static str],
}

/// Adds rows, in as few statements as the engines allow. Returns how many.
pub(crate) fn insert(conn: &mut Conn, tenant: TenantId, into: Into, rows: &[Vec<Cell>]) -> QueryResult<usize> {
    if rows.len() > MOST_KEPT
        && let Native::Postgres(conn) = &mut conn.0
        && let Some(columns) = Columns::of(into, tenant, rows)
    {
        return columns.execute(conn);
    }
    let mut added = 0;
    for rows in chunks(rows) {
        added += Bulk { tenant, work: Work::Insert(into), rows, returning: &[] }.execute(conn)?;
    }
    Ok(added)
}

/// Adds rows with ids of their own, and returns those in the order of the rows: ids are given in that order.
pub(crate) fn insert_returning(
    conn: &mut Conn,
    tenant: TenantId,
    into: Into,
    rows: &[Vec<Cell>],
) -> QueryResult<Vec<i64>> {
    let mut ids = Vec::with_capacity(rows.len());
    for rows in chunks(rows) {
        let made = Bulk { tenant, work: Work::Insert(into), rows, returning: &["id"] };
        ids.append(&mut made.answers::<BigInt>().load(conn)?);
    }
    // Neither engine promises the order of RETURNING.
    ids.sort_unstable();
    Ok(ids)
}

/// Adds rows where none has their key, without waiting for trouble. Returns how many.
pub(crate) fn insert_missing(conn: &mut Conn, tenant: TenantId, into: Into, rows: &[Vec<Cell>]) -> QueryResult<usize> {
    let mut added = 0;
    for rows in chunks(rows) {
        added += Bulk { tenant, work: Work::InsertMissing(into), rows, returning: &[] }.execute(conn)?;
    }
    Ok(added)
}

/// Adds rows where none has their key. Returns a column of those that were added.
pub(crate) fn insert_missing_returning(
    conn: &mut Conn,
    tenant: TenantId,
    into: Into,
    column: &'static str,
    rows: &[Vec<Cell>],
) -> QueryResult<Vec<i64>> {
    let mut added = Vec::new();
    for rows in chunks(rows) {
        let insert = Bulk { tenant, work: Work::InsertMissing(into), rows, returning: &[column] };
        added.append(&mut insert.answers::<BigInt>().load(conn)?);
    }
    Ok(added)
}

/// Adds rows, or adds their numbers to those of the rows that have their key.
pub(crate) fn upsert(
    conn: &mut Conn,
    tenant: TenantId,
    into: Into,
    keys: &[&'static str],
    add: &[&'static str],
    rows: &[Vec<Cell>],
) -> QueryResult<()> {
    for rows in chunks(rows) {
        Bulk { tenant, work: Work::Upsert { into, keys, add }, rows, returning: &[] }.execute(conn)?;
    }
    Ok(())
}

/// Adds rows of a key and a number, or adds the number to that of the row that has the key. Returns each key, of the
/// type that it has in SQL, with what its number is then.
pub(crate) fn upsert_returning<ST, K>(
    conn: &mut Conn,
    tenant: TenantId,
    into: Into,
    (key, number): (&'static str, &'static str),
    rows: &[Vec<Cell>],
) -> QueryResult<Vec<(K, i64)>>
where
    for<'q> Answering<'q, (ST, BigInt)>: LoadQuery<'q, Conn, (K, i64)>,
{
    let mut after = Vec::with_capacity(rows.len());
    for rows in chunks(rows) {
        let work = Work::Upsert { into, keys: &[key], add: &[number] };
        after.append(&mut Bulk { tenant, work, rows, returning: &[key, number] }.answers::<(ST, BigInt)>().load(conn)?);
    }
    Ok(after)
}

/// Changes rows. Returns how many there were.
pub(crate) fn update(conn: &mut Conn, tenant: TenantId, change: Change, rows: &[Vec<Cell>]) -> QueryResult<usize> {
    let mut changed = 0;
    for rows in chunks(rows) {
        changed += Bulk { tenant, work: Work::Update(change), rows, returning: &[] }.execute(conn)?;
    }
    Ok(changed)
}

fn chunks(rows: &[Vec<Cell>]) -> impl Iterator<Item = &[Vec<Cell>]> {
    let width = rows.first().map_or(1, Vec::len) + 1;
    rows.chunks((MOST_VALUES / width).max(1))
}
