//! Columns among values of which there are any number: bound as one, so that the statement's text stays the same and
//! its prepared form is kept. Diesel binds each value by itself for SQLite, and prepares that anew each time.

use std::fmt::{self, Write};

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Array, BigInt, Bool, HasSqlType, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::connection::MultiBackend;

/// What [`Among::among`] makes of a column.
#[derive(Debug, Clone)]
pub(crate) struct IsAmong<C, V> {
    column: C,
    values: Values<V>,
}

/// Values that are bound as one: an array for PostgreSQL, and JSON for SQLite, which knows no arrays.
#[derive(Debug, Clone)]
pub(crate) struct Values<V>(Vec<V>);

/// A type of columns, and what is compared with them.
pub(crate) trait Kind {
    type Value: Valued;
}

/// A type of values, and what it is in SQL.
pub(crate) trait Valued {
    type Type: 'static;
}

impl Valued for i64 {
    type Type = BigInt;
}

impl Valued for String {
    type Type = Text;
}

impl Kind for BigInt {
    type Value = i64;
}

impl Kind for Nullable<BigInt> {
    type Value = i64;
}

impl Kind for Text {
    type Value = String;
}

impl Kind for Nullable<Text> {
    type Value = String;
}

/// Columns that can be looked for among values.
pub(crate) trait Among: Expression<SqlType: Kind> + Sized {
    /// Whether it is one of these; among none it is none. For conditions: of a column that may be empty it is no answer.
    fn among<I>(self, values: I) -> IsAmong<Self, <Self::SqlType as Kind>::Value>
    where
        I: IntoIterator<Item: Into<<Self::SqlType as Kind>::Value>>,
    {
        IsAmong { column: self, values: Values(values.into_iter().map(Into::into).collect()) }
    }
}

impl<C: Expression<SqlType: Kind>> Among for C {}

// The text is told by the column alone.
impl<C: QueryId, V> QueryId for IsAmong<C, V> {
    type QueryId = IsAmong<C::QueryId, ()>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C, V> Expression for IsAmong<C, V> {
    type SqlType = Bool;
}

impl<C, V> QueryFragment<MultiBackend> for IsAmong<C, V>
where
    Self: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, pass)
    }
}

impl<C, V> QueryFragment<Pg> for IsAmong<C, V>
where
    C: QueryFragment<Pg>,
    V: Valued,
    Pg: HasSqlType<Array<V::Type>>,
    Vec<V>: ToSql<Array<V::Type>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" = ANY(");
        pass.push_bind_param::<Array<V::Type>, _>(&self.values.0)?;
        pass.push_sql(")");
        Ok(())
    }
}

impl<C, V> QueryFragment<Sqlite> for IsAmong<C, V>
where
    C: QueryFragment<Sqlite>,
    Values<V>: ToSql<Text, Sqlite>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" IN (SELECT value FROM json_each(");
        pass.push_bind_param::<Text, _>(&self.values)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl ToSql<Text, Sqlite> for Values<i64> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(array(&self.0, |number, json| write!(json, "{number}"))?);
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Values<String> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(array(&self.0, |text, json| quote(text, json))?);
        Ok(IsNull::No)
    }
}

/// A JSON array.
fn array<V>(values: &[V], write: impl Fn(&V, &mut String) -> fmt::Result) -> Result<String, fmt::Error> {
    let mut json = String::with_capacity(2 + values.len() * 12);
    for (at, value) in values.iter().enumerate() {
        json.push(if at == 0 { '[' } else { ',' });
        write(value, &mut json)?;
    }
    json.push_str(if values.is_empty() { "[]" } else { "]" });
    Ok(json)
}

/// A text in JSON.
fn quote(text: &str, json: &mut String) -> fmt::Result {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..='\u{1f}' => write!(json, "\\u{:04x}", u32::from(letter))?,
            _ => json.push(letter),
        }
    }
    json.push('"');
    Ok(())
}

impl<C: AppearsOnTable<QS>, V, QS> AppearsOnTable<QS> for IsAmong<C, V> {}
impl<C, V, QS> SelectableExpression<QS> for IsAmong<C, V> where Self: AppearsOnTable<QS> {}
impl<C, V, GB> ValidGrouping<GB> for IsAmong<C, V> {
    type IsAggregate = is_aggregate::Never;
}
