//! Databases of either engine: made, copied, kept and removed.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{PgConnection, dsl::sql};

use crate::cpu::{self, Who};

/// Where a database lies.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    /// In a file.
    Sqlite,
    /// On the server of this URL, which names a database to begin with.
    Postgres(String),
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        })
    }
}

impl Engine {
    /// The processes that work for the database beside the server: none for a file.
    ///
    /// # Errors
    /// When PostgreSQL does not run on this machine.
    pub(crate) fn processes(&self) -> Result<Option<Who>, String> {
        let Self::Postgres(url) = self else { return Ok(None) };
        let pid: i32 =
            diesel::select(sql::<Integer>("pg_backend_pid()")).get_result(&mut connect(url)?).map_err(text)?;
        let first = u32::try_from(pid).map_err(|_| "no process".to_owned()).and_then(cpu::parent)?;
        Ok(Some(Who::Family(first)))
    }
}

/// A database, whether it is there or not.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    folder: PathBuf,
    name: String,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A copy that is removed with this value.
pub(crate) struct Copy(pub(crate) Database);

impl Database {
    /// The database of this name.
    pub(crate) fn named(engine: &Engine, folder: &Path, name: &str) -> Self {
        Self { engine: engine.clone(), folder: folder.to_owned(), name: name.to_owned() }
    }

    /// Where it is, as the server's command line says it.
    pub(crate) fn url(&self) -> String {
        match &self.engine {
            Engine::Sqlite => format!("sqlite://{}", self.file("").display()),
            Engine::Postgres(server) => other(server, &self.name),
        }
    }

    /// The file of SQLite, or one beside it.
    pub(crate) fn file(&self, suffix: &str) -> PathBuf {
        self.folder.join(format!("{}.db{suffix}", self.name))
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub(crate) fn exists(&self) -> Result<bool, String> {
        match &self.engine {
            Engine::Sqlite => Ok(self.file("").exists()),
            Engine::Postgres(server) => {
                let found = sql::<Bool>("EXISTS (SELECT 1 FROM pg_database WHERE datname = ")
                    .bind::<Text, _>(&self.name)
                    .sql(")");
                diesel::select(found).get_result(&mut connect(server)?).map_err(text)
            }
        }
    }

    /// Makes it anew, empty.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn create(&mut self) -> Result<(), String> {
        self.remove()?;
        match &self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(server) => administer(server, &format!("CREATE DATABASE {}", self.name)),
        }
    }

    /// Gives it another name.
    ///
    /// # Errors
    /// When somebody is connected, or has taken the name.
    pub(crate) fn rename(&mut self, name: &str) -> Result<(), String> {
        match &self.engine {
            Engine::Sqlite => {
                let to = Self::named(&self.engine, &self.folder, name).file("");
                fs::rename(self.file(""), to).map_err(|error| format!("{}: {error}", self.name))?;
            }
            Engine::Postgres(server) => administer(server, &format!("ALTER DATABASE {} RENAME TO {name}", self.name))?,
        }
        name.clone_into(&mut self.name);
        Ok(())
    }

    /// A copy of it, which nobody may be using.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn copy(&self, name: &str) -> Result<Copy, String> {
        let mut copy = Self::named(&self.engine, &self.folder, name);
        copy.remove()?;
        match &self.engine {
            Engine::Sqlite => {
                fs::copy(self.file(""), copy.file("")).map_err(|error| format!("{name}: {error}"))?;
            }
            Engine::Postgres(server) => {
                let from = &self.name;
                administer(server, &format!("CREATE DATABASE {name} TEMPLATE {from} STRATEGY file_copy"))?;
            }
        }
        Ok(Copy(copy))
    }

    /// How many bytes it takes.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn size(&self) -> Result<u64, String> {
        match &self.engine {
            Engine::Sqlite => fs::metadata(self.file("")).map(|file| file.len()).map_err(text),
            Engine::Postgres(_) => {
                let size = diesel::select(sql::<BigInt>("pg_database_size(current_database())"));
                let size: i64 = size.get_result(&mut connect(&self.url())?).map_err(text)?;
                Ok(size.unsigned_abs())
            }
        }
    }

    /// All databases whose names begin so.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub(crate) fn beginning(engine: &Engine, folder: &Path, series: &str) -> Result<Vec<Self>, String> {
        let names = match engine {
            Engine::Sqlite => {
                let files = fs::read_dir(folder).map_err(text)?.flatten().map(|file| file.file_name());
                files.filter_map(|file| file.to_str()?.strip_suffix(".db").map(str::to_owned)).collect()
            }
            Engine::Postgres(server) => {
                let names = diesel::sql_query("SELECT datname::text AS name FROM pg_database");
                let names: Vec<Name> = names.load(&mut connect(server)?).map_err(text)?;
                names.into_iter().map(|Name { name }| name).collect::<Vec<_>>()
            }
        };
        let found = names.iter().filter(|name| name.starts_with(series));
        Ok(found.map(|name| Self::named(engine, folder, name)).collect())
    }

    /// Reads all of it, so that the system has it in memory as far as there is room: files that were written long ago,
    /// or copied, may be on the disk alone.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub(crate) fn warm(&self) -> Result<(), String> {
        let files = match &self.engine {
            Engine::Sqlite => vec![self.file("")],
            Engine::Postgres(_) => {
                let folder = sql::<Text>("current_setting('data_directory') || '/base/' || oid FROM pg_database")
                    .sql(" WHERE datname = current_database()");
                let folder: String = diesel::select(folder).get_result(&mut connect(&self.url())?).map_err(text)?;
                let files = fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
                files.flatten().map(|file| file.path()).collect()
            }
        };
        for file in files {
            let read = fs::File::open(&file).and_then(|mut file| io::copy(&mut file, &mut io::sink()));
            read.map_err(|error| format!("{}: {error}", file.display()))?;
        }
        Ok(())
    }

    /// Removes it, if it is there.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) fn remove(&mut self) -> Result<(), String> {
        match &self.engine {
            Engine::Sqlite => {
                for suffix in ["", "-wal", "-shm", ".secret"] {
                    match fs::remove_file(self.file(suffix)) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(text(error)),
                        _ => {}
                    }
                }
                Ok(())
            }
            Engine::Postgres(server) => {
                administer(server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))
            }
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = self.0.remove() {
            eprintln!("a copy stays behind: {error}");
        }
    }
}

fn administer(server: &str, statement: &str) -> Result<(), String> {
    connect(server)?.batch_execute(statement).map_err(|error| format!("{statement}: {error}"))
}

fn connect(url: &str) -> Result<PgConnection, String> {
    PgConnection::establish(url).map_err(text)
}

/// What went wrong, in words.
pub(crate) fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

/// The URL of another database on the same server.
fn other(server: &str, name: &str) -> String {
    let authority = server.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!("{authority}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_leads_to_another_database_of_the_same_server() {
        assert_eq!(other("postgres://me@127.0.0.1:5432/postgres", "bench"), "postgres://me@127.0.0.1:5432/bench");
    }
}
