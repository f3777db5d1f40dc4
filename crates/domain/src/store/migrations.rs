//! The tables, brought up to date. Several instances may start at once: one of them migrates, the others wait.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, Connector, Native, Purpose, Target};
use super::{OpenError, Settings};
use crate::access::tenants;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Any number, as long as all instances take the same lock.
const GUARD: i64 = 7_355_608_231;

/// Brings the sums of days, which SQL can only fill by the days on which documents were booked: in a zone that a tenant
/// may have left since.
const DAYS: &str = "0008";

type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(super) type Outcome = Result<Vec<String>, Failure>;

/// Brings the tables of a database up to date, creating the SQLite file where there is none.
/// Returns the names of the migrations that were run.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or a migration fails; a failed one leaves nothing behind.
pub fn run(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let failed = |error: String| OpenError::Migration(error);
    let mut conn = open(settings)?;
    let outcome = match &mut conn.0 {
        Native::Sqlite(conn) => guarded_sqlite(conn, |conn| names(conn.run_pending_migrations(SQLITE))),
        Native::Postgres(conn) => guarded_postgres(conn, |conn| names(conn.run_pending_migrations(POSTGRES))),
    };
    let run = outcome.map_err(|error| failed(error.to_string()))?;
    if run.iter().any(|name| name.starts_with(DAYS)) {
        conn.transaction(tenants::recount_days).map_err(|error| failed(error.to_string()))?;
    }
    Ok(run)
}

/// The names of the migrations that a database lacks.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or read.
pub fn pending(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let outcome = match open(settings)?.0 {
        Native::Sqlite(mut conn) => lacking(conn.pending_migrations(SQLITE)),
        Native::Postgres(mut conn) => lacking(conn.pending_migrations(POSTGRES)),
    };
    outcome.map_err(|error| OpenError::Migration(error.to_string()))
}

/// Takes the newest migration back. For tests.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or the migration cannot be taken back.
#[cfg(test)]
pub(super) fn revert_newest(settings: &Settings) -> Result<(), OpenError> {
    let outcome = match open(settings)?.0 {
        Native::Sqlite(mut conn) => conn.revert_last_migration(SQLITE).map(|_| ()),
        Native::Postgres(mut conn) => conn.revert_last_migration(POSTGRES).map(|_| ()),
    };
    outcome.map_err(|error| OpenError::Migration(error.to_string()))
}

/// Takes every migration back, newest first. For tests: it deletes all data.
///
/// # Errors
/// [`OpenError`] when the database cannot be opened or a migration cannot be taken back.
pub fn revert_all(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let outcome = match open(settings)?.0 {
        Native::Sqlite(mut conn) => guarded_sqlite(&mut conn, |conn| names(conn.revert_all_migrations(SQLITE))),
        Native::Postgres(mut conn) => guarded_postgres(&mut conn, |conn| names(conn.revert_all_migrations(POSTGRES))),
    };
    outcome.map_err(|error| OpenError::Migration(error.to_string()))
}

fn open(settings: &Settings) -> Result<Conn, OpenError> {
    Ok(Connector::new(Target::parse(&settings.url)?, None, true).open(Purpose::Write)?)
}

/// One write transaction around all of it: a second instance waits at its beginning.
pub(super) fn guarded_sqlite(
    conn: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Outcome,
) -> Outcome {
    // Rebuilding a table drops it first, which would take along or refuse what refers to it. So references are not
    // kept statement by statement but checked at the end; the switch works outside of a transaction only.
    conn.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA foreign_keys = OFF")?;
    conn.immediate_transaction(|conn| {
        let run = work(conn)?;
        // Where nothing was run there is nothing new to find: the check reads every row that refers to another.
        if !run.is_empty() {
            check_references(conn)?;
        }
        Ok(run)
    })
}

fn check_references(conn: &mut SqliteConnection) -> Result<(), Failure> {
    let orphans = r#"SELECT DISTINCT "table" || ' to ' || "parent" AS line FROM pragma_foreign_key_check"#;
    let lines = sql::<Nullable<Text>>(&format!("(SELECT group_concat(line, ', ') FROM ({orphans}))"));
    let found: Option<String> = diesel::select(lines).get_result(conn)?;
    found.map_or(Ok(()), |found| Err(format!("rows would refer to rows that are not there: {found}").into()))
}

/// One transaction around all of it, which takes the lock along when it ends. An instance that is not the first waits,
/// and finds the work done.
pub(super) fn guarded_postgres(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Outcome) -> Outcome {
    conn.transaction(|conn| {
        conn.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
        let lock = sql::<Bool>(&format!("pg_try_advisory_xact_lock({GUARD})"));
        let is_first: bool = diesel::select(lock).get_result(conn)?;
        if !is_first {
            tracing::info!("another instance migrates the database: waiting for it");
            conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({GUARD})"))?;
        }
        work(conn)
    })
}

fn names(run: diesel::migration::Result<Vec<MigrationVersion<'_>>>) -> Outcome {
    Ok(run?.iter().map(ToString::to_string).collect())
}

fn lacking<DB: diesel::backend::Backend>(pending: diesel::migration::Result<Vec<Box<dyn Migration<DB>>>>) -> Outcome {
    Ok(pending?.iter().map(|migration| migration.name().to_string()).collect())
}
