//! SQLite's lanes. The writer commits up to [`GROUP`] waiting commands with one sync of the disk: each runs
//! under its own savepoint, and each is answered only after the commit that holds it.

use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;

use super::{Attempt, Queue, Queued, fault_of, spawn};
use crate::error::Fault;
use crate::store::OpenError;
use crate::store::connection::{Conn, Connector, Purpose};

/// Commands that share one commit, at the most.
const GROUP: usize = 64;

// Connections are opened here, so that a database that cannot be opened is an error of the start, not of the first
// request.

pub(super) fn start_writer(connector: &Connector, writes: Queue) -> Result<JoinHandle<()>, OpenError> {
    let mut writer = Writer { conn: connector.open(Purpose::Write)?, connector: connector.clone() };
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
        let (mut conn, reads) = (connector.open(Purpose::Read)?, reads.clone());
        let run = move || reads.iter().filter_map(Queued::in_time).for_each(|queued| read(&mut conn, queued));
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
fn read(conn: &mut Conn, mut queued: Queued) {
    let began = conn.batch_execute("BEGIN");
    if let Err(error) = began {
        return queued.job.fail(fault_of(&error));
    }
    let attempt = queued.job.attempt(conn);
    let ended = conn.batch_execute("COMMIT");
    if ended.is_err() {
        roll_back(conn);
    }
    match (attempt, ended) {
        (Attempt::Done, Err(error)) => queued.job.fail(fault_of(&error)),
        // What was refused says more than the end of a transaction that the same trouble may have ended already.
        (Attempt::Refused(_), _) | (Attempt::Done, Ok(())) => queued.job.answer(),
    }
}

struct Writer {
    conn: Conn,
    connector: Connector,
}

impl Writer {
    fn carry_out(&mut self, mut group: Vec<Queued>) {
        if group.len() > 1 {
            match self.together(&mut group) {
                Ok(()) => return group.into_iter().for_each(|queued| queued.job.answer()),
                Err(error) => {
                    tracing::warn!(%error, commands = group.len(), "a group commit failed; each command runs alone");
                    self.recover();
                }
            }
        }
        // Each is asked again whether it is in time: another process may keep every one of them waiting.
        for queued in group.into_iter().filter_map(Queued::in_time) {
            self.alone(queued);
        }
    }

    fn together(&mut self, group: &mut [Queued]) -> diesel::QueryResult<()> {
        self.conn.batch_execute("BEGIN IMMEDIATE")?;
        for queued in group {
            self.conn.batch_execute("SAVEPOINT command")?;
            match queued.job.attempt(&mut self.conn) {
                Attempt::Done => self.conn.batch_execute("RELEASE command")?,
                Attempt::Refused(_) => self.conn.batch_execute("ROLLBACK TO command; RELEASE command")?,
            }
        }
        self.conn.batch_execute("COMMIT")
    }

    fn alone(&mut self, mut queued: Queued) {
        match self.transaction(&mut queued) {
            Ok(()) => queued.job.answer(),
            Err(error) => {
                let fault = fault_of(&error);
                tracing::warn!(%error, "a transaction failed");
                self.recover();
                queued.job.fail(fault);
            }
        }
    }

    fn transaction(&mut self, queued: &mut Queued) -> diesel::QueryResult<()> {
        self.conn.batch_execute("BEGIN IMMEDIATE")?;
        match queued.job.attempt(&mut self.conn) {
            Attempt::Done => self.conn.batch_execute("COMMIT"),
            // A full or broken disk may have rolled back already; the refusal itself is the answer either way.
            Attempt::Refused(Some(Fault::Full | Fault::Unavailable(_))) => {
                self.recover();
                Ok(())
            }
            Attempt::Refused(_) => self.conn.batch_execute("ROLLBACK"),
        }
    }

    /// Leaves any transaction; where that fails the connection is lost and a new one takes its place.
    fn recover(&mut self) {
        roll_back(&mut self.conn);
        // Not BEGIN IMMEDIATE: that another process writes does not make this connection a bad one.
        if self.conn.batch_execute("BEGIN; SELECT 1 FROM sqlite_master LIMIT 1; ROLLBACK").is_err() {
            match self.connector.open(Purpose::Write) {
                Ok(conn) => self.conn = conn,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            }
        }
    }
}

/// There may be nothing to roll back; that is as good.
fn roll_back(conn: &mut Conn) {
    if let Err(error) = conn.batch_execute("ROLLBACK") {
        tracing::debug!(%error, "nothing to roll back");
    }
}
