//! Threads that own the connections, fed by bounded queues. SQLite has one writer, which commits what waits in
//! groups, and a few readers; PostgreSQL has one thread per pooled connection.

mod postgres;
mod sqlite;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::oneshot;

use super::connection::{Conn, Connector, Target};
use super::{OpenError, Settings};
use crate::error::{Error, Fault, Result};

/// Whether a command may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Read,
    Write,
}

/// The queues of a store and the threads behind them.
pub(super) struct Lanes {
    // Both are `None` only while the store goes away: without senders the threads finish their queues and end.
    read: Option<Sender<Queued>>,
    write: Option<Sender<Queued>>,
    patience: Duration,
    readers: Vec<JoinHandle<()>>,
    writers: Vec<JoinHandle<()>>,
}

/// A command on its way, and whether it may write.
pub(super) struct Queued {
    lane: Lane,
    deadline: Instant,
    job: Box<dyn Job>,
}

/// How one run of a command ended, as far as its thread must know.
#[derive(Debug, PartialEq, Eq)]
enum Attempt {
    /// Its changes are to be kept.
    Done,
    /// Its changes are to be undone; a fault may be worth another attempt.
    Refused(Option<Fault>),
}

/// A command, its result, and the way back to who waits for it.
trait Job: Send {
    /// Runs it and keeps the result; a panic is a refusal.
    fn attempt(&mut self, conn: &mut Conn) -> Attempt;
    /// Hands over the result of the last attempt.
    fn answer(self: Box<Self>);
    /// Hands over a fault in place of any result.
    fn fail(self: Box<Self>, fault: Fault);
    /// Nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
}

impl Lanes {
    pub(super) fn start(connector: &Connector, settings: &Settings) -> std::result::Result<Self, OpenError> {
        let (read, reads) = crossbeam_channel::bounded(settings.queue);
        let patience = settings.patience;
        match connector.target() {
            Target::Sqlite(_) => {
                let (write, writes) = crossbeam_channel::bounded(settings.queue);
                let writers = vec![sqlite::start_writer(connector, writes)?];
                let readers = sqlite::start_readers(connector, settings.readers, &reads)?;
                Ok(Self { read: Some(read), write: Some(write), patience, readers, writers })
            }
            Target::Postgres(_) => {
                let writers = postgres::start(connector, settings.pool, &reads)?;
                Ok(Self { read: Some(read.clone()), write: Some(read), patience, readers: Vec::new(), writers })
            }
        }
    }

    /// Queues a command and waits for its result.
    pub(super) async fn run<T, W>(&self, lane: Lane, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let job = Box::new(Task { work, outcome: None, reply });
        let queue = match lane {
            Lane::Read => &self.read,
            Lane::Write => &self.write,
        };
        let queue = queue.as_ref().ok_or_else(|| Fault::Unavailable("the server is stopping".to_owned()))?;
        queue.try_send(Queued { lane, deadline: Instant::now() + self.patience, job }).map_err(
            |error| match error {
                TrySendError::Full(_) => Fault::Busy,
                TrySendError::Disconnected(_) => Fault::Unavailable("the database threads are gone".to_owned()),
            },
        )?;
        result.await.unwrap_or_else(|_| Err(Fault::Internal("a database thread ended in the middle".to_owned()).into()))
    }

    pub(super) fn waiting(&self) -> (usize, usize) {
        let length = |queue: &Option<Sender<Queued>>| queue.as_ref().map_or(0, Sender::len);
        (length(&self.read), length(&self.write))
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        // The writer last: SQLite folds its log into the file when the last connection closes, if that one may write.
        self.read = None;
        join(&mut self.readers);
        self.write = None;
        join(&mut self.writers);
    }
}

fn join(threads: &mut Vec<JoinHandle<()>>) {
    for thread in threads.drain(..) {
        if thread.join().is_err() {
            tracing::error!("a database thread panicked");
        }
    }
}

impl Queued {
    /// The command, unless it waited too long or for nobody.
    fn in_time(self) -> Option<Self> {
        if self.job.is_abandoned() {
            return None;
        }
        if Instant::now() > self.deadline {
            self.job.fail(Fault::Busy);
            return None;
        }
        Some(self)
    }
}

struct Task<T, W> {
    work: W,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, W: FnMut(&mut Conn) -> Result<T> + Send> Job for Task<T, W> {
    fn attempt(&mut self, conn: &mut Conn) -> Attempt {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(conn))).unwrap_or_else(|panic| {
            Err(Fault::Internal(format!("a command panicked: {}", panic_text(panic.as_ref()))).into())
        });
        let attempt = match &outcome {
            Ok(_) => Attempt::Done,
            Err(Error::Fault(fault)) => Attempt::Refused(Some(fault.clone())),
            Err(_) => Attempt::Refused(None),
        };
        self.outcome = Some(outcome);
        attempt
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Fault::Internal("a command was never run".to_owned()).into()));
        send(self.reply, outcome);
    }

    fn fail(self: Box<Self>, fault: Fault) {
        send(self.reply, Err(fault.into()));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

/// A caller who went away while the work was done does not change what was done.
fn send<T>(reply: oneshot::Sender<Result<T>>, outcome: Result<T>) {
    if reply.send(outcome).is_err() {
        tracing::debug!("nobody waits for this result any more");
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).stack_size(2 * 1024 * 1024).spawn(run)
}

/// What a statement that the lanes themselves send came to.
fn fault_of(error: &diesel::result::Error) -> Fault {
    match super::classify::classify(error) {
        Error::Fault(fault) => fault,
        other => Fault::Internal(other.to_string()),
    }
}

type Queue = Receiver<Queued>;
