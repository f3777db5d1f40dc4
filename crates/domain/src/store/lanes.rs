//! Threads that own the connections, fed by queues with a limit. SQLite has one writer, which commits what waits in
//! groups, and a few readers; PostgreSQL has one thread per pooled connection.

mod postgres;
mod sqlite;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use super::connection::{Conn, Connector, Target};
use super::tallies::Tallies;
use super::{OpenError, Settings};
use crate::error::{Error, Fault, Result};

/// Whether a command may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Read,
    Write,
    /// Reads one state of the whole database, for as long as it takes.
    Snapshot,
}

/// The queues of a store and the threads behind them.
pub(super) struct Lanes {
    // Written once, to close: until then its readers never wait.
    open: RwLock<Option<Open>>,
    limit: usize,
    patience: Duration,
    tallies: Arc<Tallies>,
}

/// What a store has until it is closed.
struct Open {
    // Channels without a bound, because those alone forget what waits in them when their last thread ends: in a
    // bounded one it would wait forever. The limit is kept by a look at the length.
    read: Sender<Queued>,
    write: Sender<Queued>,
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
    /// Says that it waited too long to be run.
    fn expire(self: Box<Self>);
    /// Nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
}

impl Lanes {
    pub(super) fn start(connector: &Connector, settings: &Settings) -> std::result::Result<Self, OpenError> {
        let tallies = Arc::new(Tallies::default());
        let (read, reads) = crossbeam_channel::unbounded();
        let open = match connector.target() {
            Target::Sqlite(_) => {
                let (write, writes) = crossbeam_channel::unbounded();
                let writers = vec![sqlite::start_writer(connector, writes, &tallies)?];
                let readers = sqlite::start_readers(connector, settings.readers, &reads)?;
                Open { read, write, readers, writers }
            }
            Target::Postgres(_) => {
                let writers = postgres::start(connector, settings.pool, &reads, &tallies)?;
                Open { read: read.clone(), write: read, readers: Vec::new(), writers }
            }
        };
        Ok(Self { open: RwLock::new(Some(open)), limit: settings.queue, patience: settings.patience, tallies })
    }

    /// Queues a command and waits for its result.
    pub(super) async fn run<T, W>(&self, lane: Lane, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        self.queue(lane, Box::new(Task { work, outcome: None, reply, tallies: Arc::clone(&self.tallies) }))?;
        result.await.unwrap_or_else(|_| Err(unanswered(lane).into()))
    }

    fn queue(&self, lane: Lane, job: Box<dyn Job>) -> Result<()> {
        let open = self.open();
        let open = open.as_ref().ok_or_else(|| Fault::Unavailable("the server is stopping".to_owned()))?;
        let queue = match lane {
            Lane::Read | Lane::Snapshot => &open.read,
            Lane::Write => &open.write,
        };
        if queue.len() >= self.limit {
            self.tallies.busy_full.add(1);
            return Err(Fault::Busy.into());
        }
        let queued = Queued { lane, deadline: Instant::now() + self.patience, job };
        queue.send(queued).map_err(|_| Fault::Unavailable("the database threads are gone".to_owned()).into())
    }

    pub(super) fn waiting(&self) -> (usize, usize) {
        self.open().as_ref().map_or((0, 0), |open| (open.read.len(), open.write.len()))
    }

    pub(super) fn is_alive(&self) -> bool {
        let is_running = |open: &Open| !open.readers.iter().chain(&open.writers).any(JoinHandle::is_finished);
        self.open().as_ref().is_some_and(is_running)
    }

    pub(super) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// Takes no more commands, and returns when those that were accepted are done.
    pub(super) fn close(&self) {
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Open { read, write, readers, writers }) = open {
            // Without senders the threads finish their queues and end. The writer last: SQLite folds its log into the
            // file when the last connection closes, if that one may write.
            drop(read);
            join(readers);
            drop(write);
            join(writers);
        }
    }

    fn open(&self) -> RwLockReadGuard<'_, Option<Open>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.close();
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if let Err(panic) = thread.join() {
            tracing::error!(panic = panic_text(panic.as_ref()), "a database thread had panicked");
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
            self.job.expire();
            return None;
        }
        Some(self)
    }
}

/// What is known of a command whose thread ended before it was answered. It may have waited still, or its group may
/// have been committed.
fn unanswered(lane: Lane) -> Fault {
    let reason = "a database thread ended in the middle".to_owned();
    tracing::error!(?lane, reason, "a command has no result");
    match lane {
        Lane::Read | Lane::Snapshot => Fault::Internal(reason),
        Lane::Write => Fault::Uncertain(reason),
    }
}

struct Task<T, W> {
    work: W,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    tallies: Arc<Tallies>,
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

    fn answer(mut self: Box<Self>) {
        let outcome =
            self.outcome.take().unwrap_or_else(|| Err(Fault::Internal("a command was never run".to_owned()).into()));
        self.hand_over(outcome);
    }

    fn fail(self: Box<Self>, fault: Fault) {
        self.hand_over(Err(fault.into()));
    }

    fn expire(self: Box<Self>) {
        self.tallies.busy_late.add(1);
        send(self.reply, Err(Fault::Busy.into()));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

impl<T, W> Task<T, W> {
    fn hand_over(self, outcome: Result<T>) {
        if matches!(outcome, Err(Error::Fault(Fault::Busy))) {
            self.tallies.busy_locked.add(1);
        }
        send(self.reply, outcome);
    }
}

/// A caller who went away while the work was done does not change what was done.
fn send<T>(reply: oneshot::Sender<Result<T>>, outcome: Result<T>) {
    if reply.send(outcome).is_err() {
        tracing::debug!("nobody waits for this result any more");
    }
}

/// What a panic said.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
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
