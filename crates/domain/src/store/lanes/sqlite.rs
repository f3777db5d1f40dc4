//! SQLite's lanes. The writer commits up to [`GROUP`] waiting commands with one sync of the disk: each runs
//! under its own savepoint, and each is answered only after the commit that holds it.

use std::sync::Arc;
use std::thread::JoinHandle;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use super::{Attempt, Queue, Queued, fault_of, spawn};
use crate::error::Fault;
use crate::store::OpenError;
use crate::store::connection::{Conn, Connector, MultiBackend, Purpose};
use crate::store::tallies::Tallies;

/// Commands that share one commit, at the most.
const GROUP: usize = 64;

// Connections are opened here, so that a database that cannot be opened is an error of the start, not of the first
// request.

pub(super) fn start_writer(
    connector: &Connector,
    writes: Queue,
    tallies: &Arc<Tallies>,
) -> Result<JoinHandle<()>, OpenError> {
    let mut writer = Writer { holder: Holder::open(connector, Purpose::Write)?, tallies: Arc::clone(tallies) };
    let run = move || {
        while let Some(group) = next_group(&writes) {
            writer.carry_out(group);
        }
    };
    Ok(spawn("sqlite-writer", run)?)
}

pub(super) fn start_readers(
    connector: &Connector,
    count: usize,
    reads: &Queue,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let start = |_| {
        let (mut holder, reads) = (Holder::open(connector, Purpose::Read)?, reads.clone());
        let run = move || reads.iter().filter_map(Queued::in_time).for_each(|queued| read(&mut holder, queued));
        Ok(spawn("sqlite-reader", run)?)
    };
    (0..count.max(1)).map(start).collect()
}

/// Waits for a command, and takes along what else waits. `None` when the store is gone.
fn next_group(writes: &Queue) -> Option<Vec<Queued>> {
    let first = writes.recv().ok()?;
    let waiting = writes.try_iter().take(GROUP - 1);
    Some(std::iter::once(first).chain(waiting).filter_map(Queued::in_time).collect())
}

/// One snapshot for all statements of a command.
fn read(holder: &mut Holder, mut queued: Queued) {
    let began = Word("BEGIN").execute(&mut holder.conn).or_else(|_| {
        holder.recover();
        Word("BEGIN").execute(&mut holder.conn)
    });
    if let Err(error) = began {
        return queued.job.fail(fault_of(&error));
    }
    let attempt = queued.job.attempt(&mut holder.conn);
    let ended = Word("COMMIT").execute(&mut holder.conn);
    if ended.is_err() || matches!(attempt, Attempt::Refused(Some(Fault::Unavailable(_)))) {
        holder.recover();
    }
    match (attempt, ended) {
        (Attempt::Done, Err(error)) => queued.job.fail(fault_of(&error)),
        // What was refused says more than the end of a transaction that the same trouble may have ended already.
        (Attempt::Refused(_), _) | (Attempt::Done, Ok(_)) => queued.job.answer(),
    }
}

struct Writer {
    holder: Holder,
    tallies: Arc<Tallies>,
}

impl Writer {
    fn carry_out(&mut self, mut group: Vec<Queued>) {
        if group.len() > 1 {
            match self.together(&mut group) {
                Ok(()) => {
                    self.tallies.groups.add(1);
                    self.tallies.grouped.add(group.len().try_into().unwrap_or(u64::MAX));
                    return group.into_iter().for_each(|queued| queued.job.answer());
                }
                Err(error) => {
                    self.tallies.failed_groups.add(1);
                    tracing::warn!(%error, commands = group.len(), "a group commit failed; each command runs alone");
                    self.holder.recover();
                }
            }
        }
        // Each is asked again whether it is in time: another process may keep every one of them waiting.
        for queued in group.into_iter().filter_map(Queued::in_time) {
            self.alone(queued);
        }
    }

    fn together(&mut self, group: &mut [Queued]) -> diesel::QueryResult<()> {
        Word("BEGIN IMMEDIATE").execute(&mut self.holder.conn)?;
        for queued in group {
            Word("SAVEPOINT command").execute(&mut self.holder.conn)?;
            if let Attempt::Refused(_) = queued.job.attempt(&mut self.holder.conn) {
                Word("ROLLBACK TO command").execute(&mut self.holder.conn)?;
            }
            Word("RELEASE command").execute(&mut self.holder.conn)?;
        }
        Word("COMMIT").execute(&mut self.holder.conn).map(|_| ())
    }

    fn alone(&mut self, mut queued: Queued) {
        match self.transaction(&mut queued) {
            Ok(()) => queued.job.answer(),
            Err(error) => {
                let fault = fault_of(&error);
                tracing::warn!(%error, "a transaction failed");
                self.holder.recover();
                queued.job.fail(fault);
            }
        }
    }

    fn transaction(&mut self, queued: &mut Queued) -> diesel::QueryResult<()> {
        Word("BEGIN IMMEDIATE").execute(&mut self.holder.conn)?;
        match queued.job.attempt(&mut self.holder.conn) {
            Attempt::Done => Word("COMMIT").execute(&mut self.holder.conn).map(|_| ()),
            // A full or broken disk may have rolled back already; the refusal itself is the answer either way.
            Attempt::Refused(Some(Fault::Full | Fault::Unavailable(_))) => {
                self.holder.recover();
                Ok(())
            }
            Attempt::Refused(_) => self.holder.conn.batch_execute("ROLLBACK"),
        }
    }
}

/// A statement that begins or ends something: prepared once, like all that come often.
struct Word(&'static str);

impl QueryId for Word {
    type QueryId = ();
    // The text tells them apart.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<MultiBackend> for Word {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> diesel::QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl RunQueryDsl<Conn> for Word {}

/// The one connection of a thread, opened again where it is lost.
struct Holder {
    conn: Conn,
    connector: Connector,
    purpose: Purpose,
}

impl Holder {
    fn open(connector: &Connector, purpose: Purpose) -> diesel::ConnectionResult<Self> {
        Ok(Self { conn: connector.open(purpose)?, connector: connector.clone(), purpose })
    }

    /// Leaves any transaction; where that fails the connection is lost and a new one takes its place.
    fn recover(&mut self) {
        // There may be nothing to roll back; that is as good.
        if let Err(error) = self.conn.batch_execute("ROLLBACK") {
            tracing::debug!(%error, "nothing to roll back");
        }
        // Not BEGIN IMMEDIATE: that another process writes does not make this connection a bad one.
        if let Err(error) = self.conn.batch_execute("BEGIN; SELECT 1 FROM sqlite_master LIMIT 1; ROLLBACK") {
            tracing::warn!(%error, purpose = ?self.purpose, "a database connection was lost");
            match self.connector.open(self.purpose) {
                Ok(conn) => self.conn = conn,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            }
        }
    }
}
