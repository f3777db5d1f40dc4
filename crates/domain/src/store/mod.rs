//! The way to the data: a command goes in with who asks, one transaction carries it out, its result comes back.
//!
//! Nobody outside this room says begin, commit, pool or thread.

pub(crate) mod among;
pub(crate) mod bulk;
mod classify;
#[allow(missing_docs, unreachable_pub, reason = "the derive of Diesel documents nothing of what it makes")]
pub(crate) mod connection;
mod lanes;
pub mod migrations;
pub(crate) mod portable;
pub(crate) mod search;
mod tallies;
#[cfg(test)]
mod tests;
pub(crate) mod worded;

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, SubsecRound, Utc};

use crate::access::{self, keys::WRITE};
use crate::actor::{Actor, Admission, Role, Tenant, TenantId};
use crate::error::{Error, Result};
use crate::rollups::{self, Gathered};
use crate::zone::{self, day_of};
pub use connection::{BadUrl, Observer, Seen, Target};
use connection::{Conn, Connector};
pub use lanes::panic_text;
use lanes::{Lane, Lanes};
pub use tallies::{Tallies, Tally};

/// How the store is opened.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite://FILE` or `postgres://…`.
    pub url: String,
    /// Threads that read, on SQLite. It has one more that writes.
    pub readers: usize,
    /// Connections, each with a thread, on PostgreSQL.
    pub pool: u32,
    /// Commands that may wait in each queue before the store is [`crate::error::Fault::Busy`].
    pub queue: usize,
    /// How long a command may wait in a queue.
    pub patience: Duration,
    /// Whether prepared statements are kept: off for poolers that hand each transaction another connection.
    pub cache_statements: bool,
    /// Sees what becomes of every statement; for tests.
    pub observer: Option<Observer>,
}

impl Settings {
    /// The settings for a database, as a server runs with them.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers: 2,
            pool: 8,
            queue: 1024,
            patience: Duration::from_secs(3),
            cache_statements: true,
            observer: None,
        }
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database this server knows.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// The database does not answer as it should.
    #[error("cannot open the database: {0}")]
    Connection(#[from] diesel::ConnectionError),
    /// Its tables could not be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migration(String),
    /// The operating system gave no thread.
    #[error("cannot start a database thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The handle to the data. Cheap to clone; the last one to go waits until all accepted commands are done, as
/// [`Store::close`] does without blocking its thread.
#[derive(Clone)]
pub struct Store {
    lanes: Arc<Lanes>,
}

impl Store {
    /// Opens the store on a database that is migrated already.
    ///
    /// # Errors
    /// [`OpenError`] when the URL is unknown or the database does not answer.
    pub fn open(settings: &Settings) -> std::result::Result<Self, OpenError> {
        let target = Target::parse(&settings.url)?;
        let connector = Connector::new(target, settings.observer.clone(), settings.cache_statements);
        Ok(Self { lanes: Arc::new(Lanes::start(&connector, settings)?) })
    }

    /// Carries out a command that only reads, once its caller is admitted.
    ///
    /// # Errors
    /// What admission or the command refuses, or a [`crate::error::Fault`].
    pub async fn read<T, F>(&self, admission: Admission, mut command: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.look(move |lobby| command(&mut lobby.admit(&admission)?)).await
    }

    /// Carries out a command in one transaction, once its caller is admitted. It may run more than once until one
    /// run is kept, so it only borrows what it needs; it returns after the commit.
    ///
    /// # Errors
    /// What admission or the command refuses, or a [`crate::error::Fault`]; then nothing was changed. Only after
    /// [`crate::error::Fault::Uncertain`] everything or nothing was: the connection was lost during the commit.
    pub async fn write<T, F>(&self, admission: Admission, mut command: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.alter(move |lobby| command(&mut lobby.admit(&admission)?)).await
    }

    /// Reads before anybody is admitted: log-ins, readiness, the command line.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn look<T, F>(&self, mut command: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Lobby<'_>) -> Result<T> + Send + 'static,
    {
        self.lanes.run(Lane::Read, move |conn| command(&mut Lobby::new(conn))).await
    }

    /// Reads one state of the whole database, however long that takes and whatever is written meanwhile.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn survey<T, F>(&self, mut command: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Lobby<'_>) -> Result<T> + Send + 'static,
    {
        self.lanes.run(Lane::Snapshot, move |conn| command(&mut Lobby::new(conn))).await
    }

    /// Writes before anybody is admitted: the command line.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn alter<T, F>(&self, mut command: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Lobby<'_>) -> Result<T> + Send + 'static,
    {
        let work = move |conn: &mut Conn| {
            let mut lobby = Lobby::new(conn);
            let done = command(&mut lobby)?;
            rollups::settle(lobby.conn, &mut lobby.gathered)?;
            Ok(done)
        };
        self.lanes.run(Lane::Write, work).await
    }

    /// Takes no more commands, and waits for those that were accepted, whoever else has a handle still: what they ask
    /// for from now on is [`crate::error::Fault::Unavailable`].
    pub async fn close(self) {
        // Not on this thread, which others may need to get the answers they wait for.
        let closed = tokio::task::spawn_blocking(move || self.lanes.close()).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the store could not be closed");
        }
    }

    /// Whether all threads of the store are there: one that ended takes a lane with it, or a part, until a restart.
    pub fn is_alive(&self) -> bool {
        self.lanes.is_alive()
    }

    /// What was counted so far.
    pub fn tallies(&self) -> &Tallies {
        self.lanes.tallies()
    }

    /// Commands that wait for a thread right now, reading and writing; both are the same queue on PostgreSQL.
    pub fn waiting(&self) -> (usize, usize) {
        self.lanes.waiting()
    }
}

/// A transaction in which nobody is admitted yet.
pub struct Lobby<'c> {
    pub(crate) conn: &'c mut Conn,
    pub(crate) now: NaiveDateTime,
    gathered: Gathered,
}

impl<'c> Lobby<'c> {
    pub(crate) fn new(conn: &'c mut Conn) -> Self {
        Self { conn, now: now(), gathered: Gathered::default() }
    }

    /// Lets in who may come in, with everything about them read afresh.
    ///
    /// # Errors
    /// In this order: the account is gone, banned, its subscription expired, its role too low.
    pub fn admit<'a>(&'a mut self, admission: &Admission) -> Result<Tx<'a>>
    where
        'c: 'a,
    {
        let (tenant, actor) = access::admit(self.conn, admission, self.now)?;
        let (gathered, request_id) = (&mut self.gathered, admission.request_id.clone());
        Ok(Tx { conn: self.conn, gathered, tenant, actor, now: self.now, request_id })
    }

    /// Acts for a tenant from the command line, which needs no leave.
    ///
    /// # Errors
    /// [`crate::error::Error::NotFound`] for an unknown tenant.
    pub fn as_system(&mut self, tenant: TenantId) -> Result<Tx<'_>> {
        let tenant = access::tenants::get(self, tenant)?;
        let (gathered, actor) = (&mut self.gathered, Actor::System);
        Ok(Tx { conn: self.conn, gathered, tenant, actor, now: self.now, request_id: None })
    }

    /// Acts for a tenant in somebody's name and at another instant: demo data, and books that come from elsewhere.
    ///
    /// # Errors
    /// [`crate::error::Error::NotFound`] for an unknown tenant.
    pub fn as_if(&mut self, tenant: TenantId, actor: Actor, now: NaiveDateTime) -> Result<Tx<'_>> {
        let tenant = access::tenants::get(self, tenant)?;
        Ok(Tx { conn: self.conn, gathered: &mut self.gathered, tenant, actor, now, request_id: None })
    }

    /// The instant of this transaction, in UTC, to the microsecond.
    pub fn now(&self) -> NaiveDateTime {
        self.now
    }
}

/// A transaction for one tenant: what it may touch, who acts, and the one instant at which all of it happens.
pub struct Tx<'c> {
    pub(crate) conn: &'c mut Conn,
    pub(crate) gathered: &'c mut Gathered,
    pub(crate) tenant: Tenant,
    actor: Actor,
    now: NaiveDateTime,
    request_id: Option<String>,
}

impl Tx<'_> {
    /// The tenant whose data this is.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of this transaction, in UTC, to the microsecond.
    pub fn now(&self) -> NaiveDateTime {
        self.now
    }

    /// Today in the tenant's time zone: the day on which documents of this transaction are booked.
    pub fn today(&self) -> NaiveDate {
        day_of(self.now, self.tenant.zone)
    }

    /// The instant, in UTC, at which a day begins in the tenant's time zone.
    pub(crate) fn start_of(&self, day: NaiveDate) -> NaiveDateTime {
        zone::start_of(day, self.tenant.zone)
    }

    /// The instant, in UTC, at which a day is over in the tenant's time zone.
    pub(crate) fn end_of(&self, day: NaiveDate) -> NaiveDateTime {
        // Years of five digits are no text that SQLite could compare.
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).and_then(|day| day.and_hms_opt(23, 59, 59));
        let end = day.succ_opt().map_or(NaiveDateTime::MAX, |next| self.start_of(next));
        last.map_or(end, |last| end.min(last))
    }

    /// The request that this transaction carries out.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Refuses an actor whose role does not reach, where only a part of a command needs more.
    pub(crate) fn require(&self, needed: Role) -> Result<()> {
        match &self.actor {
            Actor::User { role, .. } if *role < needed => Err(Error::RoleLacking { needed }),
            Actor::Key { can_write: false, .. } if needed > Role::Viewer => Err(Error::ScopeLacking { scope: WRITE }),
            Actor::User { .. } | Actor::Uid { .. } | Actor::Key { .. } | Actor::System => Ok(()),
        }
    }

    /// The number every statement binds.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.tenant.id
    }
}

/// The only place that asks the clock on behalf of data. Microseconds: what both databases keep.
#[expect(clippy::disallowed_methods, reason = "the one clock that transactions read")]
pub(crate) fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}
