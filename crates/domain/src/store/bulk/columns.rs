//! Many new rows for PostgreSQL: an array for each column instead of a parameter for each value. The statement's text
//! does not depend on the number of rows, so that it is parsed and planned once, and holds as many as there are.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Timestamp};

use super::{Cell, Into};
use crate::actor::TenantId;

/// Rows, turned into columns.
pub(super) struct Columns<'r> {
    into: Into,
    tenant: TenantId,
    values: Vec<Column<'r>>,
}

/// The values of one column, from the first row to the last.
enum Column<'r> {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<&'r str>>),
    Bool(Vec<bool>),
    Time(Vec<NaiveDateTime>),
    Date(Vec<Option<NaiveDate>>),
}

impl<'r> Columns<'r> {
    /// `None` where a column holds values of several types, which no array can.
    pub(super) fn of(into: Into, tenant: TenantId, rows: &'r [Vec<Cell>]) -> Option<Self> {
        let (first, others) = rows.split_first()?;
        let mut columns = first.iter().map(|cell| Column::new(cell, rows.len())).collect::<Option<Vec<_>>>()?;
        for row in others {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.push(cell)?;
            }
        }
        Some(Self { into, tenant, values: columns })
    }
}

impl<'r> Column<'r> {
    fn new(first: &'r Cell, count: usize) -> Option<Self> {
        fn begin<T>(first: T, count: usize) -> Vec<T> {
            let mut values = Vec::with_capacity(count);
            values.push(first);
            values
        }
        Some(match first {
            Cell::Int(value) => Self::Int(begin(*value, count)),
            Cell::Text(value) => Self::Text(begin(value.as_deref(), count)),
            Cell::Bool(value) => Self::Bool(begin(*value, count)),
            Cell::Time(value) => Self::Time(begin(*value, count)),
            Cell::Date(value) => Self::Date(begin(*value, count)),
            Cell::Given(_) => return None,
        })
    }

    fn push(&mut self, cell: &'r Cell) -> Option<()> {
        match (self, cell) {
            (Self::Int(values), Cell::Int(value)) => values.push(*value),
            (Self::Text(values), Cell::Text(value)) => values.push(value.as_deref()),
            (Self::Bool(values), Cell::Bool(value)) => values.push(*value),
            (Self::Time(values), Cell::Time(value)) => values.push(*value),
            (Self::Date(values), Cell::Date(value)) => values.push(*value),
            _ => return None,
        }
        Some(())
    }

    const fn sql_type(&self) -> &'static str {
        match self {
            Self::Int(_) => "bigint[]",
            Self::Text(_) => "text[]",
            Self::Bool(_) => "boolean[]",
            Self::Time(_) => "timestamp[]",
            Self::Date(_) => "date[]",
        }
    }
}

impl QueryId for Columns<'_> {
    type QueryId = ();
    // Its SQL depends on the table: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Columns<'_> {}

impl QueryFragment<Pg> for Columns<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("INSERT INTO ");
        pass.push_identifier(self.into.table)?;
        pass.push_sql(" (");
        for (at, column) in self.into.columns.iter().enumerate() {
            pass.push_sql(if at == 0 { "" } else { ", " });
            pass.push_identifier(column)?;
        }
        pass.push_sql(") SELECT ");
        pass.push_bind_param::<BigInt, _>(&self.tenant)?;
        pass.push_sql(", given.* FROM unnest(");
        for (at, column) in self.values.iter().enumerate() {
            pass.push_sql(if at == 0 { "" } else { ", " });
            match column {
                Column::Int(values) => pass.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
                Column::Text(values) => pass.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
                Column::Bool(values) => pass.push_bind_param::<Array<Bool>, _>(values)?,
                Column::Time(values) => pass.push_bind_param::<Array<Timestamp>, _>(values)?,
                Column::Date(values) => pass.push_bind_param::<Array<Nullable<Date>>, _>(values)?,
            }
            pass.push_sql("::");
            pass.push_sql(column.sql_type());
        }
        pass.push_sql(") AS given");
        Ok(())
    }
}
