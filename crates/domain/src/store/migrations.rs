//! The tables, brought up to date. Several instances may start at once: one of them migrates, the others wait.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationVersion;
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, Connector, Purpose, Target};
use super::{OpenError, Settings};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Any number, as long as all instances take the same lock.
const GUARD: i64 = 7_355_608_231;

type Outcome = Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>;

/// Brings the tables of a database up to date, creating the SQLite file where there is none.
/// Returns the names of the migrations that were run.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or a migration fails; a failed one leaves nothing behind.
pub fn run(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let outcome = match open(settings)? {
        Conn::Sqlite(mut conn) => guarded_sqlite(&mut conn, |conn| names(conn.run_pending_migrations(SQLITE))),
        Conn::Postgres(mut conn) => guarded_postgres(&mut conn, |conn| names(conn.run_pending_migrations(POSTGRES))),
    };
    outcome.map_err(|error| OpenError::Migration(error.to_string()))
}

/// Takes every migration back, newest first. For tests: it deletes all data.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or a migration cannot be taken back.
pub fn revert_all(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let outcome = match open(settings)? {
        Conn::Sqlite(mut conn) => guarded_sqlite(&mut conn, |conn| names(conn.revert_all_migrations(SQLITE))),
        Conn::Postgres(mut conn) => guarded_postgres(&mut conn, |conn| names(conn.revert_all_migrations(POSTGRES))),
    };
    outcome.map_err(|error| OpenError::Migration(error.to_string()))
}

fn open(settings: &Settings) -> Result<Conn, OpenError> {
    Ok(Connector::new(Target::parse(&settings.url)?, None, true).open(Purpose::Write)?)
}

/// One write transaction around all of it: a second instance waits at its beginning.
fn guarded_sqlite(conn: &mut SqliteConnection, work: impl FnOnce(&mut SqliteConnection) -> Outcome) -> Outcome {
    // Rebuilding a table drops it first; the transaction as a whole keeps the references true.
    conn.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA foreign_keys = OFF")?;
    conn.immediate_transaction(work)
}

/// The lock ends with the connection, right after this.
fn guarded_postgres(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Outcome) -> Outcome {
    let guard = format!("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock({GUARD})");
    conn.batch_execute(&guard)?;
    work(conn)
}

fn names(run: diesel::migration::Result<Vec<MigrationVersion<'_>>>) -> Outcome {
    Ok(run?.iter().map(ToString::to_string).collect())
}
