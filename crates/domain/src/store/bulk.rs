//! One statement for many rows, worded for both engines: Diesel knows no such insert or update for their common backend.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Timestamp};

use super::columns::Columns;
use super::connection::{Conn, MultiBackend};
use crate::actor::TenantId;
use crate::values::{Money, Quantity};

/// Values that one statement may bind: fewer than the limit of either engine.
pub(crate) const MOST_VALUES: usize = 30_000;
/// Rows up to which a statement's prepared form is kept; beyond, each number of rows would be a statement of its own.
pub(super) const MOST_KEPT: usize = 8;

/// One value of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(bool),
    Time(NaiveDateTime),
    Date(Option<NaiveDate>),
}

/// A row of cells.
macro_rules! cells {
    ($($value:expr),+ $(,)?) => { vec![$($crate::store::bulk::Cell::from($value)),+] };
}
pub(crate) use cells;

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
        && let Conn::Postgres(conn) = conn
        && let Some(columns) = Columns::of(into, tenant, rows)
    {
        return columns.execute(conn);
    }
    let mut added = 0;
    for rows in chunks(rows) {
        added += Bulk { tenant, work: Work::Insert { into, returning: false }, rows }.execute(conn)?;
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
        let made: Vec<i64> = Bulk { tenant, work: Work::Insert { into, returning: true }, rows }.load(conn)?;
        ids.extend(made);
    }
    // Neither engine promises the order of RETURNING.
    ids.sort_unstable();
    Ok(ids)
}

/// Adds rows where none has their key, without waiting for trouble. Returns how many.
pub(crate) fn insert_missing(conn: &mut Conn, tenant: TenantId, into: Into, rows: &[Vec<Cell>]) -> QueryResult<usize> {
    let mut added = 0;
    for rows in chunks(rows) {
        added += Bulk { tenant, work: Work::InsertMissing { into, returning: None }, rows }.execute(conn)?;
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
        let work = Work::InsertMissing { into, returning: Some(column) };
        added.append(&mut Bulk { tenant, work, rows }.load(conn)?);
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
        Bulk { tenant, work: Work::Upsert { into, keys, add }, rows }.execute(conn)?;
    }
    Ok(())
}

/// Adds rows of a key and a number, or adds the number to that of the row that has the key. Returns each key with what
/// its number is then.
pub(crate) fn upsert_returning(
    conn: &mut Conn,
    tenant: TenantId,
    into: Into,
    (key, number): (&'static str, &'static str),
    rows: &[Vec<Cell>],
) -> QueryResult<Vec<(i64, i64)>> {
    let (keys, add) = (&[key], &[number]);
    let mut after = Vec::with_capacity(rows.len());
    for rows in chunks(rows) {
        let pairs =
            Pairs { bulk: Bulk { tenant, work: Work::Upsert { into, keys, add }, rows }, columns: [key, number] };
        after.append(&mut pairs.load(conn)?);
    }
    Ok(after)
}

/// Changes rows. Returns how many there were.
pub(crate) fn update(conn: &mut Conn, tenant: TenantId, change: Change, rows: &[Vec<Cell>]) -> QueryResult<usize> {
    let mut changed = 0;
    for rows in chunks(rows) {
        changed += Bulk { tenant, work: Work::Update(change), rows }.execute(conn)?;
    }
    Ok(changed)
}

fn chunks(rows: &[Vec<Cell>]) -> impl Iterator<Item = &[Vec<Cell>]> {
    let width = rows.first().map_or(1, Vec::len) + 1;
    rows.chunks((MOST_VALUES / width).max(1))
}

struct Bulk<'r> {
    tenant: TenantId,
    work: Work<'r>,
    rows: &'r [Vec<Cell>],
}

enum Work<'r> {
    Insert { into: Into, returning: bool },
    InsertMissing { into: Into, returning: Option<&'static str> },
    Upsert { into: Into, keys: &'r [&'static str], add: &'r [&'static str] },
    Update(Change),
}

/// A statement that answers two numbers for each row.
struct Pairs<'r> {
    bulk: Bulk<'r>,
    columns: [&'static str; 2],
}

impl QueryId for Pairs<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Pairs<'_> {
    type SqlType = (BigInt, BigInt);
}

impl RunQueryDsl<Conn> for Pairs<'_> {}

impl QueryFragment<MultiBackend> for Pairs<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.bulk.walk_ast(pass.reborrow())?;
        let [first, second] = self.columns;
        pass.push_sql(" RETURNING ");
        pass.push_identifier(first)?;
        pass.push_sql(", ");
        pass.push_identifier(second)
    }
}

impl QueryId for Bulk<'_> {
    type QueryId = ();
    // Its SQL depends on the number of rows: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Bulk<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for Bulk<'_> {}

impl QueryFragment<MultiBackend> for Bulk<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.rows.len() > MOST_KEPT {
            pass.unsafe_to_cache_prepared();
        }
        match self.work {
            Work::Insert { into, returning } => {
                self.insert(into, pass.reborrow())?;
                if returning {
                    pass.push_sql(" RETURNING ");
                    pass.push_identifier("id")?;
                }
                Ok(())
            }
            Work::InsertMissing { into, returning } => {
                self.insert(into, pass.reborrow())?;
                pass.push_sql(" ON CONFLICT DO NOTHING");
                if let Some(column) = returning {
                    pass.push_sql(" RETURNING ");
                    pass.push_identifier(column)?;
                }
                Ok(())
            }
            Work::Upsert { into, keys, add } => {
                self.insert(into, pass.reborrow())?;
                pass.push_sql(" ON CONFLICT (");
                pass.push_identifier("tenant_id")?;
                for key in keys {
                    pass.push_sql(", ");
                    pass.push_identifier(key)?;
                }
                pass.push_sql(") DO UPDATE SET ");
                for (at, column) in add.iter().enumerate() {
                    pass.push_sql(if at == 0 { "" } else { ", " });
                    pass.push_identifier(column)?;
                    pass.push_sql(" = ");
                    qualified(into.table, column, pass.reborrow())?;
                    pass.push_sql(" + excluded.");
                    pass.push_identifier(column)?;
                }
                Ok(())
            }
            Work::Update(change) => self.update(change, pass),
        }
    }
}

impl Bulk<'_> {
    fn insert<'b>(&'b self, into: Into, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("INSERT INTO ");
        pass.push_identifier(into.table)?;
        pass.push_sql(" (");
        for (at, column) in into.columns.iter().enumerate() {
            pass.push_sql(if at == 0 { "" } else { ", " });
            pass.push_identifier(column)?;
        }
        pass.push_sql(") VALUES ");
        self.values(true, pass)
    }

    fn update<'b>(&'b self, change: Change, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let Change { table, keys, set, add } = change;
        pass.push_sql("UPDATE ");
        pass.push_identifier(table)?;
        pass.push_sql(" SET ");
        for (at, column) in set.iter().chain(add).enumerate() {
            pass.push_sql(if at == 0 { "" } else { ", " });
            pass.push_identifier(column)?;
            pass.push_sql(" = ");
            if at >= set.len() {
                qualified(table, column, pass.reborrow())?;
                pass.push_sql(" + ");
            }
            pass.push_sql(&given(keys.len() + at));
        }
        pass.push_sql(" FROM (VALUES ");
        self.values(false, pass.reborrow())?;
        pass.push_sql(") AS given WHERE ");
        qualified(table, "tenant_id", pass.reborrow())?;
        pass.push_sql(" = ");
        pass.push_bind_param::<BigInt, _>(&self.tenant)?;
        for (at, key) in keys.iter().enumerate() {
            pass.push_sql(" AND ");
            qualified(table, key, pass.reborrow())?;
            pass.push_sql(" = ");
            pass.push_sql(&given(at));
        }
        Ok(())
    }

    fn values<'b>(&'b self, with_tenant: bool, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (at, row) in self.rows.iter().enumerate() {
            pass.push_sql(if at == 0 { "(" } else { ", (" });
            if with_tenant {
                pass.push_bind_param::<BigInt, _>(&self.tenant)?;
            }
            for (at, cell) in row.iter().enumerate() {
                pass.push_sql(if at == 0 && !with_tenant { "" } else { ", " });
                cell.bind(pass.reborrow())?;
            }
            pass.push_sql(")");
        }
        Ok(())
    }
}

fn qualified(table: &str, column: &str, mut pass: AstPass<'_, '_, MultiBackend>) -> QueryResult<()> {
    pass.push_identifier(table)?;
    pass.push_sql(".");
    pass.push_identifier(column)
}

/// The name that both engines give a column of VALUES.
fn given(at: usize) -> String {
    format!("given.column{}", at + 1)
}

impl Cell {
    fn bind<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Int(value) => pass.push_bind_param::<Nullable<BigInt>, _>(value),
            Self::Text(value) => pass.push_bind_param::<Nullable<Text>, _>(value),
            Self::Bool(value) => pass.push_bind_param::<Bool, _>(value),
            Self::Time(value) => pass.push_bind_param::<Timestamp, _>(value),
            Self::Date(value) => pass.push_bind_param::<Nullable<Date>, _>(value),
        }
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<Quantity> for Cell {
    fn from(value: Quantity) -> Self {
        Self::Int(Some(value.raw()))
    }
}

impl From<Money> for Cell {
    fn from(value: Money) -> Self {
        Self::Int(Some(value.raw()))
    }
}

impl From<Option<Money>> for Cell {
    fn from(value: Option<Money>) -> Self {
        Self::Int(value.map(Money::raw))
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<NaiveDateTime> for Cell {
    fn from(value: NaiveDateTime) -> Self {
        Self::Time(value)
    }
}

impl From<NaiveDate> for Cell {
    fn from(value: NaiveDate) -> Self {
        Self::Date(Some(value))
    }
}
