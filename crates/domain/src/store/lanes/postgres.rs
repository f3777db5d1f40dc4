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

/// Runs of one command at the most.
const ATTEMPTS: u32 = 5;
/// How long a command waits for a connection.
const POOL_WAIT: Duration = Duration::from_secs(2);

pub(super) fn start(connector: &Connector, size: u32, queue: &Queue) -> Result<Vec<JoinHandle<()>>, OpenError> {
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
    let worker = Arc::new(Worker { pool, retirement });
    let thread = |_| {
        let (worker, queue) = (Arc::clone(&worker), queue.clone());
        spawn("postgres", move || queue.iter().filter_map(Queued::in_time).for_each(|queued| worker.carry_out(queued)))
    };
    Ok((0..size.max(1)).map(thread).collect::<Result<_, _>>()?)
}

struct Worker {
    pool: r2d2::Pool<Manager>,
    retirement: Retirement,
}

/// How one run in a transaction ended.
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
            let mut pooled = match self.pool.get() {
                Ok(pooled) => pooled,
                Err(error) => return queued.job.fail(Fault::Unavailable(error.to_string())),
            };
            match run(&mut pooled, &mut queued) {
                Run::Settled => return queued.job.answer(),
                Run::Failed(fault) => {
                    self.retirement.retire(&mut pooled);
                    return queued.job.fail(fault);
                }
                Run::Again(fault) => {
                    if let Fault::Unavailable(reason) = &fault {
                        tracing::warn!(%reason, "a database connection was lost");
                        self.retirement.retire(&mut pooled);
                    }
                    last = fault;
                }
            }
            drop(pooled);
            std::thread::sleep(jitter(attempt));
        }
        tracing::warn!(fault = %last, "gave up after {ATTEMPTS} attempts");
        queued.job.fail(if matches!(last, Fault::Race(_)) { Fault::Busy } else { last });
    }
}

fn run(pooled: &mut Pooled, queued: &mut Queued) -> Run {
    let conn = &mut pooled.conn;
    let writes = queued.lane == Lane::Write;
    // A read of one statement is its own snapshot; under READ COMMITTED a BEGIN would add two round trips and no more.
    if writes && let Err(error) = conn.batch_execute("BEGIN") {
        return Run::Again(fault_of(&error));
    }
    let attempt = queued.job.attempt(conn);
    match attempt {
        Attempt::Done if !writes => Run::Settled,
        Attempt::Done => match conn.batch_execute("COMMIT").map_err(|error| fault_of(&error)) {
            Ok(()) => Run::Settled,
            Err(fault @ Fault::Race(_)) => Run::Again(fault),
            Err(fault) => Run::Failed(fault),
        },
        Attempt::Refused(fault) => {
            let undone = if writes { conn.batch_execute("ROLLBACK") } else { Ok(()) };
            match (fault, undone) {
                (Some(fault @ (Fault::Race(_) | Fault::Unavailable(_))), _) => Run::Again(fault),
                (Some(_), Err(error)) => Run::Failed(fault_of(&error)),
                (None, Err(_)) | (_, Ok(())) => Run::Settled,
            }
        }
    }
}

/// 5 to 10 ms, doubled each time; the low bits of the clock keep the losers of one race apart.
fn jitter(attempt: u32) -> Duration {
    let noise = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    Duration::from_micros((5_000 + u64::from(noise / 1000 % 5_000)) << attempt)
}

#[derive(Debug)]
struct LogErrors;

impl<E: std::error::Error> r2d2::HandleError<E> for LogErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a database connection could not be had");
    }
}
