//! The statements themselves, as either engine reads them.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use super::{Cell, Change, Into, MOST_KEPT};
use crate::actor::TenantId;
use crate::store::connection::{Conn, MultiBackend};

/// One statement for some rows.
#[derive(Clone, Copy)]
pub(crate) struct Bulk<'r> {
    pub(crate) tenant: TenantId,
    pub(crate) work: Work<'r>,
    pub(crate) rows: &'r [Vec<Cell>],
    /// The columns that it answers of each row.
    pub(crate) returning: &'r [&'static str],
}

#[derive(Clone, Copy)]
pub(crate) enum Work<'r> {
    Insert(Into),
    InsertMissing(Into),
    Upsert { into: Into, keys: &'r [&'static str], add: &'r [&'static str] },
    Update(Change),
}

/// A statement that answers columns of these types.
pub(crate) struct Answering<'r, ST>(Bulk<'r>, PhantomData<ST>);

impl<ST> QueryId for Answering<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Answering<'_, ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<Conn> for Answering<'_, ST> {}

impl<ST> QueryFragment<MultiBackend> for Answering<'_, ST> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}

impl QueryId for Bulk<'_> {
    type QueryId = ();
    // Its SQL depends on the number of rows: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Bulk<'_> {}

impl QueryFragment<MultiBackend> for Bulk<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.rows.len() > MOST_KEPT {
            pass.unsafe_to_cache_prepared();
        }
        match self.work {
            Work::Insert(into) => self.insert(into, pass.reborrow())?,
            Work::InsertMissing(into) => {
                self.insert(into, pass.reborrow())?;
                pass.push_sql(" ON CONFLICT DO NOTHING");
            }
            Work::Upsert { into, keys, add } => {
                self.insert(into, pass.reborrow())?;
                add_up(into.table, keys, add, pass.reborrow());
            }
            Work::Update(change) => self.update(change, pass.reborrow())?,
        }
        for (at, column) in self.returning.iter().enumerate() {
            pass.push_sql(if at == 0 { " RETURNING " } else { ", " });
            name(column, &mut pass);
        }
        Ok(())
    }
}

impl<'r> Bulk<'r> {
    pub(super) fn answers<ST>(self) -> Answering<'r, ST> {
        Answering(self, PhantomData)
    }

    fn insert<'b>(&'b self, into: Into, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        debug_assert!(self.rows.iter().all(|row| row.len() + 1 == into.columns.len()), "a value for each column");
        pass.push_sql("INSERT INTO ");
        name(into.table, &mut pass);
        for (at, column) in into.columns.iter().enumerate() {
            pass.push_sql(if at == 0 { " (" } else { ", " });
            name(column, &mut pass);
        }
        pass.push_sql(") VALUES ");
        self.values(true, pass)
    }

    fn update<'b>(&'b self, change: Change, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let Change { table, keys, set, add } = change;
        pass.push_sql("UPDATE ");
        name(table, &mut pass);
        pass.push_sql(" SET ");
        for (at, column) in set.iter().chain(add).enumerate() {
            pass.push_sql(if at == 0 { "" } else { ", " });
            name(column, &mut pass);
            pass.push_sql(" = ");
            if at >= set.len() {
                qualified(table, column, &mut pass);
                pass.push_sql(" + ");
            }
            pass.push_sql(&given(keys.len() + at));
        }
        pass.push_sql(" FROM (VALUES ");
        self.values(false, pass.reborrow())?;
        pass.push_sql(") AS given WHERE ");
        qualified(table, "tenant_id", &mut pass);
        pass.push_sql(" = ");
        pass.push_bind_param::<BigInt, _>(&self.tenant)?;
        for (at, key) in keys.iter().enumerate() {
            pass.push_sql(" AND ");
            qualified(table, key, &mut pass);
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

/// What becomes of the rows whose key is there.
fn add_up(table: &str, keys: &[&str], add: &[&str], mut pass: AstPass<'_, '_, MultiBackend>) {
    pass.push_sql(" ON CONFLICT (");
    name("tenant_id", &mut pass);
    for key in keys {
        pass.push_sql(", ");
        name(key, &mut pass);
    }
    pass.push_sql(") DO UPDATE SET ");
    for (at, column) in add.iter().enumerate() {
        pass.push_sql(if at == 0 { "" } else { ", " });
        name(column, &mut pass);
        pass.push_sql(" = ");
        qualified(table, column, &mut pass);
        pass.push_sql(" + excluded.");
        name(column, &mut pass);
    }
}

/// A name of the schema, which holds no quotes: so none need be looked for each time.
fn name(name: &str, pass: &mut AstPass<'_, '_, MultiBackend>) {
    pass.push_sql("\"");
    pass.push_sql(name);
    pass.push_sql("\"");
}

fn qualified(table: &str, column: &str, pass: &mut AstPass<'_, '_, MultiBackend>) {
    name(table, pass);
    pass.push_sql(".");
    name(column, pass);
}

/// The name that both engines give a column of VALUES.
fn given(at: usize) -> String {
    format!("given.column{}", at + 1)
}
