//! The request log's way into the books: a request that is noted waits for nobody, and a task writes what was noted in
//! batches. Beyond what can wait, it is dropped and counted: the log never holds up or swells what it logs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use super::requests::{self, NewRequest, Owner};
use super::tenants;
use crate::actor::TenantId;
use crate::error::{Error, Fault, Result};
use crate::store::{Store, now};

/// Requests that may wait to be written.
const WAITING: usize = 10_000;
/// Requests that are written at once.
const AT_ONCE: usize = 500;
/// How long the first one of a batch waits for others.
const PAUSE: Duration = Duration::from_millis(200);
/// How often a batch is tried, and how long it rests after the first attempt; each rest is twice the one before.
const ATTEMPTS: u32 = 5;
const REST: Duration = Duration::from_millis(100);
/// The longest method and path that are kept; no served one is longer.
const LONGEST: usize = 2_000;

/// Old requests that go in one transaction, the rest after each, and how often they are looked for.
const SLICE: i64 = 500;
const BREATH: Duration = Duration::from_millis(20);
const ROUND: Duration = Duration::from_secs(3_600);

/// A request that was answered.
#[derive(Debug, Clone)]
pub struct Noted {
    /// What the key it showed is known by: [`super::keys::hash`]. An unknown one is not logged.
    pub key_hash: String,
    /// Its method.
    pub method: String,
    /// Its path, without a query.
    pub path: String,
    /// How it ended, as HTTP numbers it.
    pub status: u16,
    /// How long its answer took to begin.
    pub took: Duration,
    /// Where it came from, where that is known.
    pub address: Option<IpAddr>,
}

/// Where requests are noted. One for the whole server; cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    inbox: mpsc::Sender<Entry>,
    lost: Arc<AtomicU64>,
    is_full: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Entry {
    Made(Noted, NaiveDateTime),
    Flush(oneshot::Sender<()>),
}

/// The task behind a [`Journal`]; it ends with the last handle.
struct Writer {
    store: Store,
    inbox: mpsc::Receiver<Entry>,
    lost: Arc<AtomicU64>,
}

impl Journal {
    /// A journal with its task, on the runtime of who calls.
    pub fn start(store: Store) -> Self {
        let (inbox, outbox) = mpsc::channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        tokio::spawn(Writer { store, inbox: outbox, lost: Arc::clone(&lost) }.run());
        Self { inbox, lost, is_full: Arc::default() }
    }

    /// Notes a request, without waiting.
    pub fn note(&self, noted: Noted) {
        let is_taken = self.inbox.try_send(Entry::Made(noted, now())).is_ok();
        let was_full = self.is_full.swap(!is_taken, Ordering::Relaxed);
        if !is_taken {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        if !is_taken && !was_full {
            tracing::warn!("the request log cannot keep up: requests are missing from it");
        }
    }

    /// Waits until everything that was noted before is written, or was given up.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        // Without its task there is nothing to wait for.
        if self.inbox.send(Entry::Flush(done)).await.is_ok() {
            drop(written.await);
        }
    }

    /// Requests that are missing from the log, since it was started.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Writer {
    async fn run(mut self) {
        while let Some(first) = self.inbox.recv().await {
            let mut batch = Vec::new();
            let mut asked = gather(first, &mut batch);
            let due = Instant::now() + PAUSE;
            while asked.is_none() && batch.len() < AT_ONCE {
                match timeout_at(due, self.inbox.recv()).await {
                    Ok(Some(entry)) => asked = gather(entry, &mut batch),
                    Ok(None) | Err(_) => break,
                }
            }
            self.write(batch).await;
            if let Some(done) = asked {
                // Who asked may have gone away.
                let _ = done.send(());
            }
        }
    }

    /// Writes a batch, each tenant's part in a transaction of its own.
    async fn write(&self, batch: Vec<(Noted, NaiveDateTime)>) {
        if batch.is_empty() {
            return;
        }
        let hashes = Arc::new(batch.iter().map(|(noted, _)| noted.key_hash.clone()).collect::<BTreeSet<_>>());
        let find = || {
            let hashes = Arc::clone(&hashes);
            self.store.look(move |lobby| requests::owners(lobby, &hashes))
        };
        let owners = match patiently(find).await {
            Ok(owners) => owners,
            Err(error) => return self.give_up(batch.len(), &error),
        };
        for (tenant, made) in by_tenant(batch, &owners) {
            let made = Arc::new(made);
            let record = || {
                let made = Arc::clone(&made);
                self.store.alter(move |lobby| requests::record(&mut lobby.as_system(tenant)?, &made))
            };
            if let Err(error) = patiently(record).await {
                self.give_up(made.len(), &error);
            }
        }
    }

    fn give_up(&self, count: usize, error: &Error) {
        self.lost.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        tracing::error!(count, %error, "requests could not be logged");
    }
}

/// Forgets what was logged more than so many days ago, now and every hour from then on.
pub async fn forget_after(store: Store, days: u32) {
    loop {
        if let Err(error) = forget_old(&store, days).await {
            tracing::warn!(%error, "old requests stay in the log for now");
        }
        sleep(ROUND).await;
    }
}

/// Forgets what was logged more than so many days ago, in slices that hold nobody up.
///
/// # Errors
/// Only faults of the store.
pub async fn forget_old(store: &Store, days: u32) -> Result<()> {
    for tenant in store.look(tenants::list).await? {
        let forget = move |lobby: &mut crate::Lobby<'_>| {
            let before = lobby.now() - TimeDelta::days(days.into());
            requests::forget(&mut lobby.as_system(tenant.id)?, before, SLICE)
        };
        let forget = Arc::new(forget);
        loop {
            let slice = Arc::clone(&forget);
            if store.alter(move |lobby| slice(lobby)).await? == 0 {
                break;
            }
            sleep(BREATH).await;
        }
    }
    Ok(())
}

/// Takes an entry into a batch; one that asks for the batch to be written is returned.
fn gather(entry: Entry, batch: &mut Vec<(Noted, NaiveDateTime)>) -> Option<oneshot::Sender<()>> {
    match entry {
        Entry::Made(noted, at) => {
            batch.push((noted, at));
            None
        }
        Entry::Flush(done) => Some(done),
    }
}

fn by_tenant(
    batch: Vec<(Noted, NaiveDateTime)>,
    owners: &BTreeMap<String, Owner>,
) -> BTreeMap<TenantId, Vec<NewRequest>> {
    let mut made: BTreeMap<TenantId, Vec<NewRequest>> = BTreeMap::new();
    for (noted, created_at) in batch {
        let Noted { key_hash, method, path, status, took, address } = noted;
        let Some(Owner { tenant, key, name }) = owners.get(&key_hash) else { continue };
        made.entry(*tenant).or_default().push(NewRequest {
            api_key_id: *key,
            key_name: name.clone(),
            method: shortened(method),
            path: shortened(path),
            status_code: status,
            response_time_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            ip_address: address.map(|address| address.to_string()),
            created_at,
        });
    }
    made
}

fn shortened(text: String) -> String {
    if text.len() > LONGEST { text.chars().take(LONGEST).collect() } else { text }
}

/// Tries again what another moment can mend.
async fn patiently<T, F: Future<Output = Result<T>>>(attempt: impl Fn() -> F) -> Result<T> {
    let mut rest = REST;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(Error::Fault(Fault::Busy | Fault::Race(_) | Fault::Unavailable(_))) => sleep(rest).await,
            done => return done,
        }
        rest *= 2;
    }
    attempt().await
}
