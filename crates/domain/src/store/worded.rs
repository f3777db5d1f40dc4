//! The connection that statements go through. Diesel's connection to several engines words a statement anew for each step
//! of sending it, even when its prepared form is found by its type: half as much work as SQLite has with a small one. Here
//! each is worded once, and one that is found by its type once for each thread and engine.

use std::any::TypeId;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::backend::Backend;
use diesel::connection::{CacheSize, Instrumentation, LoadConnection, SimpleConnection, TransactionManager};
use diesel::connection::{Connection, TransactionManagerStatus};
use diesel::expression::QueryMetadata;
use diesel::internal::derives::multiconnection::ConnectionSealed;
use diesel::pg::PgQueryBuilder;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::query_builder::SqliteQueryBuilder;

use super::connection::{MultiBackend, Native};

/// What a statement is worded into.
type Words = <MultiBackend as Backend>::QueryBuilder;

/// A connection to whichever database the settings name, which words each statement once.
pub(crate) struct Conn(pub(crate) Native);

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, statements: &str) -> QueryResult<()> {
        self.0.batch_execute(statements)
    }
}

impl ConnectionSealed for Conn {}

impl Connection for Conn {
    type Backend = MultiBackend;
    type TransactionManager = Self;

    fn establish(url: &str) -> ConnectionResult<Self> {
        Native::establish(url).map(Self)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<MultiBackend> + QueryId,
    {
        self.0.execute_returning_count(&Worded::new(source))
    }

    fn transaction_state(&mut self) -> &mut Self {
        self
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.0.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.0.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.0.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection for Conn {
    type Cursor<'conn, 'query> = <Native as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = <Native as LoadConnection>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<MultiBackend> + QueryId + 'query,
        MultiBackend: QueryMetadata<T::SqlType>,
    {
        self.0.load(Worded::new(source))
    }
}

impl TransactionManager<Self> for Conn {
    type TransactionStateData = Self;

    fn begin_transaction(conn: &mut Self) -> QueryResult<()> {
        Native::begin_transaction(&mut conn.0)
    }

    fn rollback_transaction(conn: &mut Self) -> QueryResult<()> {
        Native::rollback_transaction(&mut conn.0)
    }

    fn commit_transaction(conn: &mut Self) -> QueryResult<()> {
        Native::commit_transaction(&mut conn.0)
    }

    fn transaction_manager_status_mut(conn: &mut Self) -> &mut TransactionManagerStatus {
        Native::transaction_manager_status_mut(&mut conn.0)
    }
}

/// What is known of a statement after it was walked once.
#[derive(Debug, Clone)]
struct Known {
    sql: Box<str>,
    may_be_kept: bool,
}

/// A statement, which remembers its words.
struct Worded<T> {
    statement: T,
    known: OnceCell<Known>,
}

thread_local! {
    /// The words of statements that are found by their type, for each engine: as many as there are in the code.
    static BY_TYPE: RefCell<HashMap<(TypeId, bool), Known>> = RefCell::default();
}

impl<T: QueryFragment<MultiBackend> + QueryId> Worded<T> {
    const fn new(statement: T) -> Self {
        Self { statement, known: OnceCell::new() }
    }

    /// Tells a reader what is known of the statement, which is found out first if need be.
    fn with<R>(&self, backend: &MultiBackend, read: impl FnOnce(&Known) -> R) -> QueryResult<R> {
        let Some(type_id) = T::query_id() else {
            if let Some(known) = self.known.get() {
                return Ok(read(known));
            }
            let known = self.find_out(backend)?;
            return Ok(read(self.known.get_or_init(|| known)));
        };
        let key = (type_id, matches!(backend, MultiBackend::Postgres(_)));
        BY_TYPE.with_borrow_mut(|by_type| match by_type.entry(key) {
            Entry::Occupied(known) => Ok(read(known.get())),
            Entry::Vacant(place) => Ok(read(place.insert(self.find_out(backend)?))),
        })
    }

    fn find_out(&self, backend: &MultiBackend) -> QueryResult<Known> {
        let mut words = match backend {
            MultiBackend::Sqlite(_) => Words::Sqlite(SqliteQueryBuilder::default()),
            MultiBackend::Postgres(_) => Words::Postgres(PgQueryBuilder::default()),
        };
        self.statement.to_sql(&mut words, backend)?;
        let may_be_kept = self.statement.is_safe_to_cache_prepared(backend)?;
        Ok(Known { sql: words.finish().into_boxed_str(), may_be_kept })
    }
}

impl<T: QueryFragment<MultiBackend> + QueryId> QueryFragment<MultiBackend> for Worded<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn to_sql(&self, out: &mut Words, backend: &MultiBackend) -> QueryResult<()> {
        self.with(backend, |known| out.push_sql(&known.sql))
    }

    fn is_safe_to_cache_prepared(&self, backend: &MultiBackend) -> QueryResult<bool> {
        self.with(backend, |known| known.may_be_kept)
    }
}

impl<T: Query> Query for Worded<T> {
    type SqlType = T::SqlType;
}

impl<T: QueryId> QueryId for Worded<T> {
    type QueryId = T::QueryId;

    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}
