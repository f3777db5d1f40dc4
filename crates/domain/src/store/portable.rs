//! What Diesel's `MultiConnection` lacks, in one place: value types for both engines, statements only one of
//! them words that way, and query nodes whose prepared form is kept.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};

use super::bulk::MOST_KEPT;
use super::connection::{Conn, MultiBackend, Native};

/// Stores newtypes over `i64` as BIGINT on every engine.
macro_rules! bigint_value {
    ($($name:ident),+) => {$(
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <i64 as diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>>::to_sql(&self.0, out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(bytes).map(Self)
            }
        }
    )+};
}
pub(crate) use bigint_value;

/// Gives an enum its words, and stores it as TEXT by them on every engine.
macro_rules! text_value {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in both dialects and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that a word stands for; words are lower case.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, DB>>::to_sql(self.as_str(), out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(bytes)?;
                Self::from_word(&word).ok_or_else(|| format!("unknown {}: {word}", stringify!($name)).into())
            }
        }
    };
}
pub(crate) use text_value;

/// A statement that both engines can build though their common backend cannot, such as `ON CONFLICT`.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct Portable<T>(pub(crate) T);

impl<T> QueryFragment<MultiBackend> for Portable<T>
where
    T: QueryFragment<diesel::sqlite::Sqlite> + QueryFragment<diesel::pg::Pg>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: Query> Query for Portable<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<Conn> for Portable<T> {}

/// Queries that lock the rows they read until the transaction ends: PostgreSQL gets the words, SQLite's single writer
/// needs no lock.
macro_rules! locking {
    ($($(#[$doc:meta])+ $name:ident = $words:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, QueryId)]
        pub(crate) struct $name<Q>(pub(crate) Q);

        impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for $name<Q> {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                self.0.walk_ast(pass.reborrow())?;
                if matches!(pass.backend(), MultiBackend::Postgres(_)) {
                    pass.push_sql($words);
                }
                Ok(())
            }
        }

        impl<Q: Query> Query for $name<Q> {
            type SqlType = Q::SqlType;
        }

        impl<Q> RunQueryDsl<Conn> for $name<Q> {}
    )+};
}

locking! {
    /// For who changes or removes the rows.
    ForUpdate = " FOR UPDATE";
    /// For who changes the rows and leaves their keys: others may go on to refer to them meanwhile.
    ForNoKeyUpdate = " FOR NO KEY UPDATE";
    /// Keeps the rows from being changed, while others may do the same.
    ForShare = " FOR SHARE";
    /// Keeps the rows from being removed or re-keyed, while others may do the same.
    ForKeyShare = " FOR KEY SHARE";
    /// The same for the products alone of what is read.
    ForKeyShareOfProducts = " FOR KEY SHARE OF products";
    /// For who changes or removes the rows, and can do without those that others have locked.
    SkipLocked = " FOR UPDATE SKIP LOCKED";
}

/// Queries of one shape, each with an order and a limit of its own, in one statement. The rows of one come together,
/// in its order.
///
/// At least one, and at most [`MOST_PARTS`].
#[derive(Debug, Clone)]
pub(crate) struct UnionAll<Q>(pub(crate) Vec<Q>);

/// Queries that one [`UnionAll`] may hold: SQLite takes 500.
pub(crate) const MOST_PARTS: usize = 250;

impl<Q> QueryId for UnionAll<Q> {
    type QueryId = ();
    // Its SQL depends on the number of queries: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for UnionAll<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.0.len() > MOST_KEPT {
            pass.unsafe_to_cache_prepared();
        }
        for (at, query) in self.0.iter().enumerate() {
            // SQLite wants a limit inside a query of its own.
            pass.push_sql(if at == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            query.walk_ast(pass.reborrow())?;
            pass.push_sql(") AS part");
        }
        Ok(())
    }
}

impl<Q: Query> Query for UnionAll<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for UnionAll<Q> {}

/// The sum of a BIGINT column as a BIGINT, 0 over no rows, and 9 × 10^18 for all beyond. Either engine alone would
/// answer a type of its own, or none.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct Total<E>(pub(crate) E);

impl<E, GB> ValidGrouping<GB> for Total<E> {
    type IsAggregate = is_aggregate::Yes;
}

impl<E: Expression> Expression for Total<E> {
    type SqlType = BigInt;
}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Total<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // What does not fit stays at the end of its type: a list must not fail over figures that were each allowed.
        if matches!(pass.backend(), MultiBackend::Sqlite(_)) {
            // Its own sum fails beyond 64 bits, so whole units and their parts are summed apart.
            pass.push_sql("MAX(MIN(MAX(MIN(COALESCE(SUM(");
            self.0.walk_ast(pass.reborrow())?;
            pass.push_sql(" / 10000), 0), 900000000000000), -900000000000000) * 10000 + COALESCE(SUM(");
            self.0.walk_ast(pass.reborrow())?;
            pass.push_sql(" % 10000), 0), 9000000000000000000), -9000000000000000000)");
        } else {
            pass.push_sql("CAST(GREATEST(LEAST(COALESCE(SUM(");
            self.0.walk_ast(pass.reborrow())?;
            pass.push_sql("), 0), 9000000000000000000), -9000000000000000000) AS BIGINT)");
        }
        Ok(())
    }
}

impl<E, QS> SelectableExpression<QS> for Total<E> where Self: AppearsOnTable<QS> {}
impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Total<E> where Total<E>: Expression {}

/// Stock rows at or below their reorder level, worded as the index of them is.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct RunsLow;

impl Expression for RunsLow {
    type SqlType = Bool;
}

impl QueryFragment<MultiBackend> for RunsLow {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("(stock_levels.reorder_level > 0 AND stock_levels.quantity <= stock_levels.reorder_level)");
        Ok(())
    }
}

impl<QS> SelectableExpression<QS> for RunsLow {}
impl<QS> AppearsOnTable<QS> for RunsLow {}
impl<GB> ValidGrouping<GB> for RunsLow {
    type IsAggregate = is_aggregate::Never;
}

/// A column that SQLite neither finds nor orders rows by: it knows too little of them to tell when its index would be the
/// longer way. PostgreSQL keeps statistics.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct Unindexed<E>(pub(crate) E);

impl<E: Expression> Expression for Unindexed<E> {
    type SqlType = E::SqlType;
}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Unindexed<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if matches!(pass.backend(), MultiBackend::Sqlite(_)) {
            pass.push_sql("+");
        }
        self.0.walk_ast(pass)
    }
}

impl<E, QS> SelectableExpression<QS> for Unindexed<E> where Self: AppearsOnTable<QS> {}
impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Unindexed<E> {}
impl<E: ValidGrouping<GB>, GB> ValidGrouping<GB> for Unindexed<E> {
    type IsAggregate = E::IsAggregate;
}

/// Texts that hold another one, the case counting: SQLite's LIKE counts no case.
#[derive(Debug, Clone, QueryId)]
pub(crate) struct Holds<E>(pub(crate) E, pub(crate) String);

impl<E> Expression for Holds<E> {
    type SqlType = Bool;
}

impl<E: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Holds<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let on_sqlite = matches!(pass.backend(), MultiBackend::Sqlite(_));
        pass.push_sql(if on_sqlite { "instr(" } else { "strpos(" });
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(", ");
        pass.push_bind_param::<Text, _>(&self.1)?;
        pass.push_sql(") > 0");
        Ok(())
    }
}

impl<E, QS> SelectableExpression<QS> for Holds<E> where Self: AppearsOnTable<QS> {}
impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Holds<E> where Holds<E>: Expression {}
impl<E, GB> ValidGrouping<GB> for Holds<E> {
    type IsAggregate = is_aggregate::Never;
}

/// Moves the sequence behind a table's ids past every id in it, after rows came with ids of their own. Never back:
/// the id of a row that is gone is not given again.
///
/// SQLite's AUTOINCREMENT does so by itself.
pub(crate) fn advance_sequence(conn: &mut Conn, table: &'static str) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    match &mut conn.0 {
        Native::Sqlite(_) => Ok(()),
        Native::Postgres(conn) => conn.batch_execute(&format!(
            "SELECT setval(sequence, GREATEST((SELECT MAX(id) FROM {table}), pg_sequence_last_value(sequence), 1))
             FROM (SELECT pg_get_serial_sequence('{table}', 'id')::regclass AS sequence) AS behind"
        )),
    }
}

/// Moves the sequence behind a table's ids so that the next one is `next`. Never back, as [`advance_sequence`].
pub(crate) fn continue_sequence(conn: &mut Conn, table: &'static str, next: i64) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    let last = next.saturating_sub(1);
    match &mut conn.0 {
        Native::Sqlite(conn) => conn.batch_execute(&format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', 0
                WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '{table}');
             UPDATE sqlite_sequence SET seq = MAX(seq, {last}) WHERE name = '{table}'"
        )),
        Native::Postgres(conn) if last > 0 => conn.batch_execute(&format!(
            "SELECT setval(sequence, GREATEST({last}, pg_sequence_last_value(sequence)))
             FROM (SELECT pg_get_serial_sequence('{table}', 'id')::regclass AS sequence) AS behind"
        )),
        Native::Postgres(_) => Ok(()),
    }
}

/// Takes the next ids of a table, so many, in their order: rows come with them, and nobody else gets them.
pub(crate) fn reserve_ids(conn: &mut Conn, table: &'static str, count: i64) -> QueryResult<Vec<i64>> {
    let query = match conn.0 {
        Native::Sqlite(_) => {
            continue_sequence(conn, table, 0)?;
            format!("UPDATE sqlite_sequence SET seq = seq + {count} WHERE name = '{table}' RETURNING seq AS id")
        }
        Native::Postgres(_) => {
            format!("SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS id FROM generate_series(1, {count})")
        }
    };
    let mut ids = diesel::sql_query(query).load::<Id>(conn)?.into_iter().map(|Id { id }| id).collect::<Vec<_>>();
    ids.sort_unstable();
    Ok(match (&conn.0, ids.last()) {
        (Native::Sqlite(_), Some(last)) => (last - count + 1..=*last).collect(),
        _ => ids,
    })
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}
