//! One connection, to either database: how each is named by its URL, opened, set up and pooled. What the lanes, the
//! migrations and `portable.rs` do differently for each they decide by the kinds that are told apart here.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types;
use diesel::{PgConnection, SqliteConnection};

use super::classify::classify;
pub(crate) use super::worded::Conn;
use crate::error::Fault;

/// How long SQLite waits for another process to finish writing, and how often the switch to WAL is tried meanwhile.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// A connection to either database, as Diesel makes it. Statements go through [`Conn`].
#[derive(diesel::MultiConnection)]
pub enum Native {
    /// The bundled SQLite.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

/// Which database, read off its URL.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its whole URL.
    Postgres(String),
}

/// Without the URL, which may hold a password.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => f.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres(_) => f.debug_tuple("Postgres").finish_non_exhaustive(),
        }
    }
}

/// Why a database URL cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database URL must begin with sqlite:// (a file, such as sqlite://stockbridge.db) or postgres://")]
pub struct BadUrl;

impl Target {
    /// Reads `sqlite://FILE`, `sqlite:FILE`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// [`BadUrl`] for every other scheme, and for an in-memory SQLite, which several connections cannot share.
    pub fn parse(url: &str) -> Result<Self, BadUrl> {
        let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match file {
            Some(file) if file.is_empty() || file.contains(":memory:") => Err(BadUrl),
            Some(file) => Ok(Self::Sqlite(PathBuf::from(file))),
            None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Postgres(url.to_owned()))
            }
            None => Err(BadUrl),
        }
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Reads only; SQLite refuses anything else.
    Read,
    /// Reads and writes.
    Write,
}

/// What becomes of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'s> {
    /// It is sent: its SQL text and what is bound.
    Sent(&'s str),
    /// Its prepared form is kept for the next time: its SQL text.
    Kept(&'s str),
}

/// Sees what becomes of every statement; tests count and inspect them.
pub type Observer = Arc<dyn Fn(Seen<'_>) + Send + Sync>;

/// Opens connections, each with the settings this server relies on.
#[derive(Clone)]
pub struct Connector {
    target: Target,
    observer: Option<Observer>,
    cache_statements: bool,
}

impl Connector {
    /// A connector to one database.
    pub fn new(target: Target, observer: Option<Observer>, cache_statements: bool) -> Self {
        Self { target, observer, cache_statements }
    }

    /// The database it opens.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// What the database says: no such server, no rights, not a database file.
    pub fn open(&self, purpose: Purpose) -> diesel::ConnectionResult<Conn> {
        let mut conn = Conn(match &self.target {
            Target::Sqlite(file) => Native::Sqlite(open_sqlite(file, purpose)?),
            Target::Postgres(url) => Native::Postgres(open_postgres(url)?),
        });
        if !self.cache_statements {
            conn.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
        }
        if let Some(observer) = self.observer.clone() {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
                InstrumentationEvent::StartQuery { query, .. } => observer(Seen::Sent(&query.to_string())),
                InstrumentationEvent::CacheQuery { sql, .. } => observer(Seen::Kept(sql)),
                _ => {}
            });
        }
        Ok(conn)
    }
}

fn open_sqlite(file: &std::path::Path, purpose: Purpose) -> diesel::ConnectionResult<SqliteConnection> {
    let mut conn = SqliteConnection::establish(&file.to_string_lossy())?;
    conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    switch_to_wal(&mut conn).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    conn.batch_execute(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384; PRAGMA mmap_size = 68719476736;
         PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
    )
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    if purpose == Purpose::Read {
        conn.batch_execute("PRAGMA query_only = ON").map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(conn)
}

/// Instances that open a new file at once all switch it, and SQLite lets the losers fail without the busy timeout.
fn switch_to_wal(conn: &mut SqliteConnection) -> QueryResult<()> {
    let begin = Instant::now();
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if begin.elapsed() < BUSY_TIMEOUT && is_busy(&error) => std::thread::sleep(PAUSE),
            switched => return switched,
        }
    }
}

fn is_busy(error: &diesel::result::Error) -> bool {
    classify(error) == Fault::Busy.into()
}

fn open_postgres(url: &str) -> diesel::ConnectionResult<PgConnection> {
    let mut conn = PgConnection::establish(&with_timeouts(url))?;
    conn.batch_execute("SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET TIME ZONE 'UTC'")
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    // Some refusals are told apart by their English text. Only a superuser may set this; others get by where the
    // server speaks English anyway, and elsewhere lose the retry of a deadlock, not its error.
    if let Err(error) = conn.batch_execute("SET lc_messages = 'C'") {
        tracing::debug!(%error, "this user may not choose the language of messages");
        check_language(&mut conn);
    }
    Ok(conn)
}

/// Warns of a server that speaks another language; once, not for each connection.
fn check_language(conn: &mut PgConnection) {
    static CHECKED: Once = Once::new();
    CHECKED.call_once(|| {
        let language = diesel::select(sql::<sql_types::Text>("current_setting('lc_messages')"));
        match language.get_result::<String>(conn) {
            Ok(language) if is_english(&language) => {}
            Ok(language) => tracing::warn!(
                language,
                "the database speaks another language than English, so that a command that loses a race fails instead \
                 of running again: let a superuser run ALTER ROLE … SET lc_messages = 'C' for the user of this server"
            ),
            Err(error) => tracing::warn!(%error, "the database does not say which language it speaks"),
        }
    });
}

/// Whether messages are English under this locale, as Unix or Windows names it.
pub(super) fn is_english(locale: &str) -> bool {
    let (language, _) = locale.split_once(['.', '_']).unwrap_or((locale, ""));
    matches!(language, "C" | "POSIX" | "en" | "English")
}

/// Lets a dead server be noticed in seconds, unless the URL says otherwise.
fn with_timeouts(url: &str) -> String {
    let defaults = [
        ("connect_timeout", "5"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"),
        ("application_name", "stockbridge"),
    ];
    defaults.iter().fold(url.to_owned(), |url, (name, value)| {
        let joint = if url.contains('?') { '&' } else { '?' };
        if url.contains(&format!("{name}=")) { url } else { format!("{url}{joint}{name}={value}") }
    })
}

/// r2d2's way to open and judge PostgreSQL connections.
pub(crate) struct Manager {
    connector: Connector,
    generation: Arc<AtomicU64>,
}

/// A pooled connection and the generation it was opened in.
pub(crate) struct Pooled {
    pub(crate) conn: Conn,
    generation: u64,
    broken: bool,
}

impl Manager {
    pub(crate) fn new(connector: Connector) -> Self {
        Self { connector, generation: Arc::default() }
    }

    /// A handle that retires every connection opened so far, for when one was found dead or read-only:
    /// its siblings lead to the same lost server.
    pub(crate) fn retirement(&self) -> Retirement {
        Retirement(Arc::clone(&self.generation))
    }
}

/// Retires the connections of a pool.
#[derive(Clone)]
pub(crate) struct Retirement(Arc<AtomicU64>);

impl Retirement {
    /// Whether the connection was in use until now.
    pub(crate) fn retire(&self, pooled: &mut Pooled) -> bool {
        let was_broken = std::mem::replace(&mut pooled.broken, true);
        // Only the first to notice: connections that were opened since may be good.
        let _raced =
            self.0.compare_exchange(pooled.generation, pooled.generation + 1, Ordering::AcqRel, Ordering::Acquire);
        !was_broken
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let generation = self.generation.load(Ordering::Acquire);
        Ok(Pooled { conn: self.connector.open(Purpose::Write)?, generation, broken: false })
    }

    // Asked on every checkout: a look at a number, not a round trip.
    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if self.has_broken(pooled) {
            return Err(diesel::ConnectionError::BadConnection("retired".to_owned()));
        }
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken || pooled.generation < self.generation.load(Ordering::Acquire)
    }
}
