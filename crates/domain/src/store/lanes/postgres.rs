//! PostgreSQL's lane: one thread per connection of the pool. Commands that lose a race, or whose connection dies
//! before its commit was sent, run again.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::{Attempt, Lane, Queue, Queued, fault_of, spawn};
use crate::error::Fault;
use crate::store::OpenError;
use crate::store::connection::{Connector, Manager, Pooled, Purpose, Retirement};
use crate::store::tallies::Tallies;

/// Runs of one command at the most.
const ATTEMPTS: u32 = 5;
/// How long a command waits for a connection.
const POOL_WAIT: Duration = Duration::from_secs(2);

pub(super) fn start(
    connector: &Connector,
    size: u32,
    queue: &Queue,
    tallies: &Arc<Tallies>,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    // One connection first: its error says what is wrong, the pool's only that it waited.
    drop(connector.open(Purpose::Write)?);
    let manager = Manager::new(connector.clone());
    let retirement = manager.retirement();
    let pool = r2d2::Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .connection_timeout(POOL_WAIT)
        .test_on_check_out(true)
        .error_handler(Box::new(LogErrors))
        .build_unchecked(manager);
    let worker = Arc::new(Worker { pool, retirement, tallies: Arc::clone(tallies) });
    let thread = |_| {
        let (worker, queue) = (Arc::clone(&worker), queue.clone());
        spawn("postgres", move || queue.iter().filter_map(Queued::in_time).for_each(|queued| worker.carry_out(queued)))
    };
    Ok((0..size.max(1)).map(thread).collect::<Result<_, _>>()?)
}

struct Worker {
    pool: r2d2::Pool<Manager>,
    retirement: Retirement,
    tallies: Arc<Tallies>,
}

/// How one run of a command ended.
enum Run {
    /// The command has its result, kept or undone.
    Settled,
    /// Nothing was kept, and another run may fare better.
    Again(Fault),
    /// No further run: nothing was kept, or nobody can tell.
    Failed(Fault),
}

impl Worker {
    fn carry_out(&self, mut queued: Queued) {
        let mut last = Fault::Busy;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.tallies.retries.add(1);
                std::thread::sleep(jitter(attempt));
            }
            let mut pooled = match self.pool.get() {
                Ok(pooled) => pooled,
                Err(error) => return queued.job.fail(Fault::Unavailable(error.to_string())),
            };
            match self.run(&mut pooled, &mut queued) {
                Run::Settled => return queued.job.answer(),
                Run::Failed(fault) => return queued.job.fail(fault),
                Run::Again(fault) => {
                    if let Fault::Unavailable(reason) = &fault {
                        self.retire(&mut pooled, reason);
                    }
                    last = fault;
                }
            }
        }
        tracing::warn!(fault = %last, "gave up after {ATTEMPTS} attempts");
        queued.job.fail(if matches!(last, Fault::Race(_)) { Fault::Busy } else { last });
    }

    fn run(&self, pooled: &mut Pooled, queued: &mut Queued) -> Run {
        let begin = match queued.lane {
            // A read of one statement is its own snapshot; under READ COMMITTED a BEGIN would add two round trips and
            // no more.
            Lane::Read => None,
            Lane::Write => Some("BEGIN"),
            Lane::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0"),
        };
        if let Some(begin) = begin
            && let Err(error) = pooled.conn.batch_execute(begin)
        {
            self.retire(pooled, &error);
            return Run::Again(fault_of(&error));
        }
        match queued.job.attempt(&mut pooled.conn) {
            Attempt::Done if begin.is_some() => self.commit(pooled),
            Attempt::Done => Run::Settled,
            Attempt::Refused(fault) => {
                if begin.is_some() {
                    self.roll_back(pooled);
                }
                match fault {
                    Some(fault @ (Fault::Race(_) | Fault::Unavailable(_))) => Run::Again(fault),
                    _ => Run::Settled,
                }
            }
        }
    }

    /// PostgreSQL answers the COMMIT of a transaction that an error has aborted with a silent rollback. The SELECT in
    /// front is refused in such a transaction, so that a command that went on after an error is not taken for done.
    fn commit(&self, pooled: &mut Pooled) -> Run {
        let Err(error) = pooled.conn.batch_execute("SELECT; COMMIT") else { return Run::Settled };
        // A session that is still there has refused, and undone it all. From one that is gone there is no telling, but
        // for a lost race: that the server said itself.
        let has_refused = self.roll_back(pooled);
        match fault_of(&error) {
            fault @ Fault::Race(_) => Run::Again(fault),
            fault if has_refused => Run::Failed(fault),
            _ => {
                tracing::error!(%error, "a connection was lost during a commit: it may have been carried out or not");
                Run::Failed(Fault::Uncertain(error.to_string()))
            }
        }
    }

    /// Leaves the transaction, or the connection: it must not go back to the pool in the middle of one.
    fn roll_back(&self, pooled: &mut Pooled) -> bool {
        let undone = pooled.conn.batch_execute("ROLLBACK");
        if let Err(error) = &undone {
            self.retire(pooled, error);
        }
        undone.is_ok()
    }

    fn retire(&self, pooled: &mut Pooled, why: &impl std::fmt::Display) {
        if self.retirement.retire(pooled) {
            self.tallies.retired.add(1);
            tracing::warn!(reason = %why, "a database connection was given up");
        }
    }
}

/// 5 to 10 ms before the first repetition, doubled each time; the low bits of the clock keep the losers of one race
/// apart.
fn jitter(attempt: u32) -> Duration {
    let noise = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    Duration::from_micros((5_000 + u64::from(noise / 1000 % 5_000)) << (attempt - 1))
}

#[derive(Debug)]
struct LogErrors;

impl<E: std::error::Error> r2d2::HandleError<E> for LogErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a database connection could not be had");
    }
}
