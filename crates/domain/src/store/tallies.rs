//! What the store counts of itself, for whoever watches over it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts from zero, since the store was opened.
#[derive(Debug, Default)]
pub struct Tallies {
    /// Runs after the first, of commands that lost a race or their connection. PostgreSQL only.
    pub retries: Tally,
    /// Connections given up: found dead or read-only, or nobody could tell in which state they were. Those of the
    /// same age go with them, uncounted. PostgreSQL only.
    pub retired: Tally,
    /// Commits that more than one command shared. SQLite only, as all about groups.
    pub groups: Tally,
    /// Commands in those commits.
    pub grouped: Tally,
    /// Groups that could not be committed; each of their commands ran once more alone.
    pub failed_groups: Tally,
    /// Commands refused as busy because the queue was full.
    pub busy_full: Tally,
    /// Commands refused as busy because they waited in the queue for too long.
    pub busy_late: Tally,
    /// Commands refused as busy by the database: a lock held too long, a statement that took too long, or a race lost
    /// again and again.
    pub busy_locked: Tally,
}

/// A count that only grows.
#[derive(Debug, Default)]
pub struct Tally(AtomicU64);

impl Tally {
    /// How many there were so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}
