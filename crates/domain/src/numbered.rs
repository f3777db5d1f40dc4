//! Documents that bear the next number of a series, and their lines. The number is taken as late as can be, after all sums
//! that were gathered: whoever else writes such a document waits for it until this transaction ends.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};

use crate::counters;
use crate::error::{Fault, Result};
use crate::rollups;
use crate::store::Tx;
use crate::store::bulk::{self, Bulk, Cell, Work};
use crate::store::connection::{Conn, MultiBackend, Native};

/// Stands for the number, in the row of the document.
pub(crate) const NUMBER: Cell = Cell::Given("(SELECT value FROM number)");
/// Stands for the document's id, in the rows of its lines.
pub(crate) const DOCUMENT: Cell = Cell::Given("(SELECT id FROM document)");

/// A document to be written.
pub(crate) struct Document {
    /// The counter of its series.
    pub(crate) series: &'static str,
    pub(crate) table: bulk::Into,
    pub(crate) row: Vec<Cell>,
    pub(crate) lines_table: bulk::Into,
    /// At least one, and no more than a statement binds.
    pub(crate) lines: Vec<Vec<Cell>>,
}

/// What a document got.
pub(crate) struct Written {
    pub(crate) id: i64,
    pub(crate) number: i64,
    /// The ids of its lines, in their order.
    pub(crate) lines: Vec<i64>,
}

/// Writes a document and its lines.
///
/// # Errors
/// Only faults of the store.
pub(crate) fn write(tx: &mut Tx<'_>, document: Document) -> Result<Written> {
    rollups::settle_sums(tx.conn, tx.gathered)?;
    if matches!(tx.conn.0, Native::Postgres(_))
        && let Some(moved) = counters::rising_with(tx, document.series)
    {
        return together(tx, &document, &moved);
    }
    one_by_one(tx, document)
}

/// In three statements.
fn one_by_one(tx: &mut Tx<'_>, document: Document) -> Result<Written> {
    let Document { series, table, mut row, lines_table, mut lines } = document;
    let number = rollups::take(tx, series, 1)?;
    put(&mut row, &NUMBER, number);
    let made = bulk::insert_returning(tx.conn, tx.tenant_id(), table, &[row])?;
    let id = made.first().copied().ok_or_else(lost)?;
    for line in &mut lines {
        put(line, &DOCUMENT, id);
    }
    let lines = bulk::insert_returning(tx.conn, tx.tenant_id(), lines_table, &lines)?;
    Ok(Written { id, number, lines })
}

/// In one statement, as only PostgreSQL knows it: others wait for the number no longer than for it and the
/// commit.
fn together(tx: &mut Tx<'_>, document: &Document, moved: &[Vec<Cell>]) -> Result<Written> {
    let Document { series, table, row, lines_table, lines } = document;
    let (tenant, counted) = (tx.tenant_id(), counters::UPSERT);
    let bulk = |work, rows, returning| Bulk { tenant, work, rows, returning };
    let statement = Together {
        moved: bulk(counted, moved, &["name", "value"]),
        series,
        document: bulk(Work::Insert(*table), std::slice::from_ref(row), &["id", "number"]),
        lines: bulk(Work::Insert(*lines_table), lines, &["id"]),
    };
    let made: Vec<(i64, i64, i64)> = statement.load(tx.conn)?;
    let (id, number, _) = made.first().copied().ok_or_else(lost)?;
    Ok(Written { id, number, lines: made.into_iter().map(|(.., line)| line).collect() })
}

fn put(row: &mut [Cell], place: &Cell, value: i64) {
    row.iter_mut().filter(|cell| *cell == place).for_each(|cell| *cell = Cell::from(value));
}

fn lost() -> Fault {
    Fault::Internal("a document that was written has no id".to_owned())
}

/// Counters that move, the document that bears one of them, and its lines. Answers the document's id and number and a
/// line's id, for each line, in their order.
struct Together<'r> {
    moved: Bulk<'r>,
    series: &'r str,
    document: Bulk<'r>,
    lines: Bulk<'r>,
}

impl QueryId for Together<'_> {
    type QueryId = ();
    // Its SQL depends on the tables and the number of lines: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Together<'_> {
    type SqlType = (BigInt, BigInt, BigInt);
}

impl RunQueryDsl<Conn> for Together<'_> {}

impl QueryFragment<MultiBackend> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("WITH moved AS (");
        self.moved.walk_ast(pass.reborrow())?;
        pass.push_sql("), number AS (SELECT value FROM moved WHERE name = ");
        pass.push_bind_param::<Text, _>(self.series)?;
        pass.push_sql("), document AS (");
        self.document.walk_ast(pass.reborrow())?;
        pass.push_sql("), lines AS (");
        self.lines.walk_ast(pass.reborrow())?;
        pass.push_sql(") SELECT document.id, document.number, lines.id FROM document, lines ORDER BY lines.id");
        Ok(())
    }
}
