//! Test support: each test runs on both engines, in a database of its own, through the same store as the server.
//!
//! ```ignore
//! #[test]
//! fn a_new_item_is_counted() {
//!     on_both(|fixture| {
//!         let shop = Shop::open(fixture, "BHH");
//!         shop.item("ANVIL");
//!         assert_eq!(shop.list(&ItemFilter::default()).total, 1);
//!     });
//! }
//! ```
//! Every statement that went through the store is checked at the end: see [`statements`].

mod shop;
pub(crate) mod statements;
pub(crate) mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
pub(crate) use stockbridge_fixtures::Engine;
use stockbridge_fixtures::{Database, Recipe, engines};

use crate::error::Result;
use crate::store::connection::{Conn, Connector, Purpose};
use crate::store::{Lobby, Seen, Settings, Store, Target, migrations};
pub(crate) use shop::{
    PASSWORD, Shop, code, details, fields, id_of, money, name, new_order, password, reference, text, whole,
};
use statements::Statements;

/// The tables, and nothing in them.
const MIGRATED: Recipe = Recipe {
    name: "migrated",
    prepare: |url| {
        migrations::run(&Settings::new(url)).expect("the database migrates");
    },
};

/// A migrated database, empty, and a store on it.
pub(crate) struct Fixture {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    settings: Settings,
    statements: Arc<Statements>,
    runtime: tokio::runtime::Runtime,
    // Last: the store is closed before its database goes.
    _database: Database,
}

/// Runs a test on SQLite, and on PostgreSQL where the environment names one.
pub(crate) fn on_both(test: impl Fn(&Fixture)) {
    on_sqlite(&test);
    on_postgres(&test);
}

/// Runs a test of something that only SQLite has.
pub(crate) fn on_sqlite(test: impl Fn(&Fixture)) {
    on(Engine::Sqlite, test);
}

/// Runs a test of something that only PostgreSQL has.
pub(crate) fn on_postgres(test: impl Fn(&Fixture)) {
    on(Engine::Postgres, test);
}

fn on(engine: Engine, test: impl Fn(&Fixture)) {
    if engines().contains(&engine) {
        run(engine, Database::prepared(engine, MIGRATED), test);
    }
}

fn run(engine: Engine, database: Database, test: impl Fn(&Fixture)) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let fixture = Fixture::new(engine, database);
        test(&fixture);
        fixture.statements.check();
    }));
    if let Err(panic) = outcome {
        eprintln!("the test failed on {engine}");
        resume_unwind(panic);
    }
}

impl Fixture {
    fn new(engine: Engine, database: Database) -> Self {
        let statements = Arc::new(Statements::default());
        let watched = Arc::clone(&statements);
        let mut settings = Settings::new(database.url());
        settings.observer = Some(Arc::new(move |seen: Seen<'_>| {
            if let Seen::Sent(text) = seen {
                watched.add(text);
            }
        }));
        settings.pool = 4;
        let store = Store::open(&settings).expect("the store opens");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        Self { engine, store, settings, statements, runtime, _database: database }
    }

    pub(crate) fn url(&self) -> &str {
        &self.settings.url
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// Another store on the same database, with other settings.
    pub(crate) fn open(&self, tune: impl FnOnce(&mut Settings)) -> Store {
        let mut settings = self.settings.clone();
        tune(&mut settings);
        Store::open(&settings).expect("the store opens")
    }

    /// A connection past the store, as another program would have; nothing of it is checked.
    pub(crate) fn connect(&self) -> Conn {
        let target = Target::parse(self.url()).expect("a good URL");
        Connector::new(target, None, true).open(Purpose::Write).expect("the database answers")
    }

    /// Waits for a result.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Carries out a writing command.
    pub(crate) fn alter<T: Send + 'static>(
        &self,
        command: impl FnMut(&mut Lobby<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.wait(self.store.alter(command))
    }

    /// Carries out a reading command.
    pub(crate) fn look<T: Send + 'static>(
        &self,
        command: impl FnMut(&mut Lobby<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.wait(self.store.look(command))
    }

    /// The first column of every row of a query, as text, past the store.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        texts(&mut self.connect(), query)
    }

    /// Runs statements past the store.
    pub(crate) fn execute(&self, statements: &str) {
        self.connect().batch_execute(statements).expect("the statements run");
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The column `line` of every row of a query.
pub(crate) fn texts(conn: &mut Conn, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(conn).expect("the query runs");
    rows.into_iter().map(|row| row.line).collect()
}

/// A command that is queued, and perhaps already running, while the test does something else.
pub(crate) struct Started<F: Future> {
    future: Pin<Box<F>>,
    ready: Option<F::Output>,
}

/// Queues a command without waiting for it. Dropped, its caller has gone away.
pub(crate) fn start<F: Future>(future: F) -> Started<F> {
    let mut future = Box::pin(future);
    let ready = match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    };
    Started { future, ready }
}

impl<F: Future> Started<F> {
    pub(crate) fn wait(self, fixture: &Fixture) -> F::Output {
        match self.ready {
            Some(output) => output,
            None => fixture.wait(self.future),
        }
    }
}

/// Waits until something is so, for ten seconds at the most.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
