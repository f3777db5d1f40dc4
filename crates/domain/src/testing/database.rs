//! A database for one test: a copy of one that was migrated once, and gone when the test is over.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once, PoisonError, Weak};
use std::time::UNIX_EPOCH;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use tempfile::TempDir;

use crate::store::{Settings, migrations};

/// A database that is dropped with this value.
pub(crate) enum Database {
    File { file: PathBuf, _dir: TempDir },
    Server { server: String, name: String, template: Option<Arc<Template>> },
}

/// The migrated database that the others are copied from. It lives as long as any of them, and so leaves nothing.
pub(crate) struct Template(Database);

impl Database {
    /// A migrated SQLite file.
    pub(crate) fn sqlite() -> Self {
        static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let empty = Database::empty_sqlite();
            migrations::run(&Settings::new(empty.url())).expect("SQLite migrates");
            let Database::File { file, .. } = &empty else { unreachable!("a file") };
            std::fs::read(file).expect("the file can be read")
        });
        let database = Self::empty_sqlite();
        if let Self::File { file, .. } = &database {
            std::fs::write(file, &*MIGRATED).expect("the file can be written");
        }
        database
    }

    /// The name of a SQLite file that does not exist yet.
    pub(crate) fn empty_sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self::File { file: dir.path().join("test.db"), _dir: dir }
    }

    /// A migrated PostgreSQL database, where the environment names a server.
    pub(crate) fn postgres() -> Option<Self> {
        static SHARED: Mutex<Weak<Template>> = Mutex::new(Weak::new());
        let server = server()?;
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let template = shared.upgrade().unwrap_or_else(|| {
            let database = Self::create(&server, None);
            migrations::run(&Settings::new(database.url())).expect("PostgreSQL migrates");
            Arc::new(Template(database))
        });
        *shared = Arc::downgrade(&template);
        drop(shared);
        Some(Self::create(&server, Some(template)))
    }

    /// A PostgreSQL database without tables, where the environment names a server.
    pub(crate) fn empty_postgres() -> Option<Self> {
        Some(Self::create(&server()?, None))
    }

    fn create(server: &str, template: Option<Arc<Template>>) -> Self {
        let name = unique_name();
        let source = match &template {
            Some(template) => match &template.0 {
                Self::Server { name, .. } => format!(" TEMPLATE {name} STRATEGY file_copy"),
                Self::File { .. } => unreachable!("a template is a database of the server"),
            },
            None => String::new(),
        };
        administer(server, &format!("CREATE DATABASE {name}{source}"));
        Self::Server { server: server.to_owned(), name, template }
    }

    /// Where it is, as the settings of a store say it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File { file, .. } => format!("sqlite://{}", file.display()),
            Self::Server { server, name, .. } => named(server, name),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Server { server, name, template } = self {
            administer(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            drop(template.take());
        }
    }
}

/// The server that the environment names. Without one there is SQLite alone, which is not enough where it counts.
fn server() -> Option<String> {
    static NOTICE: Once = Once::new();
    let server = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if server.is_none() {
        let strict = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!strict, "TEST_POSTGRES_URL is not set, and with CI=true the tests must run on PostgreSQL too");
        NOTICE
            .call_once(|| eprintln!("TEST_POSTGRES_URL is not set: tests run on SQLite only (scripts/with-postgres)"));
    }
    server
}

/// Unique even where several runs share one server.
fn unique_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    static RUN: LazyLock<u128> = LazyLock::new(|| UNIX_EPOCH.elapsed().expect("a clock past 1970").as_micros());
    let (run, process, number) = (*RUN, std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    format!("stockbridge_test_{run:x}_{process}_{number}")
}

fn administer(server: &str, statement: &str) {
    let mut conn = PgConnection::establish(server).expect("TEST_POSTGRES_URL answers");
    conn.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The URL of another database on the same server.
fn named(server: &str, database: &str) -> String {
    let (path, query) = server.split_once('?').map_or((server, String::new()), |(path, q)| (path, format!("?{q}")));
    let authority = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!("{authority}/{database}{query}")
}
