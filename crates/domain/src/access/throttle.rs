//! Failed log-ins, counted per account and per address. Kept in memory: a restart forgives, and each instance
//! of a cluster counts for itself.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// How many failures are tolerated, and for how long they count.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Failures per account.
    pub per_account: u32,
    /// Failures per address.
    pub per_address: u32,
    /// How long a failure counts.
    pub window: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_account: 10, per_address: 100, window: Duration::from_secs(15 * 60) }
    }
}

/// Accounts and addresses that are remembered at once; beyond that the oldest windows go first.
const REMEMBERED: usize = 100_000;

/// Counts failures.
pub(crate) struct Throttle {
    limits: Limits,
    failures: Mutex<HashMap<Key, Failures>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The SHA-256 of its name: names of any length take the same room.
    Account([u8; 32]),
    Address(IpAddr),
}

impl Key {
    /// Whoever has one IPv6 address has the 2^64 beside it too: they count as one.
    fn address(address: IpAddr) -> Self {
        match address {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
                Self::Address(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into())
            }
            address => Self::Address(address.to_canonical()),
        }
    }

    fn account(name: &str) -> Self {
        Self::Account(Sha256::digest(name.as_bytes()).into())
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Instant,
}

impl Throttle {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, failures: Mutex::default() }
    }

    /// Refuses where too many attempts have failed.
    pub(crate) fn check(&self, account: &str, address: Option<IpAddr>, now: Instant) -> Result<()> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        self.judge(&failures, &self.keys(account, address), now)
    }

    /// Refuses as [`Throttle::check`] does, or else counts an attempt as failed before it is made: however many are
    /// made at once, no more than the limit fail. [`Throttle::succeeded`] takes it back.
    pub(crate) fn attempt(&self, account: &str, address: Option<IpAddr>, now: Instant) -> Result<()> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = self.keys(account, address);
        self.judge(&failures, &keys, now)?;
        if failures.len() + keys.len() > REMEMBERED {
            forget_some(&mut failures, now, self.limits.window);
        }
        for (key, limit) in keys {
            let by = if matches!(key, Key::Account(_)) { "account" } else { "address" };
            let seen = failures.entry(key).or_insert(Failures { count: 0, since: now });
            if now.duration_since(seen.since) >= self.limits.window {
                *seen = Failures { count: 0, since: now };
            }
            seen.count = seen.count.saturating_add(1);
            if seen.count == limit {
                tracing::warn!(account, ?address, by, "the last attempt before further ones must wait");
            }
        }
        Ok(())
    }

    /// Clears the account's count, and takes this attempt off the address's: its others stay, since one right password
    /// does not excuse guessing at others.
    pub(crate) fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&Key::account(account));
        if let Some(seen) = address.and_then(|address| failures.get_mut(&Key::address(address))) {
            seen.count = seen.count.saturating_sub(1);
        }
    }

    fn judge(&self, failures: &HashMap<Key, Failures>, keys: &[(Key, u32)], now: Instant) -> Result<()> {
        for (key, limit) in keys {
            let current = failures.get(key).filter(|seen| now.duration_since(seen.since) < self.limits.window);
            if let Some(seen) = current.filter(|seen| seen.count >= *limit) {
                let retry_after = self.limits.window.saturating_sub(now.duration_since(seen.since));
                return Err(Error::TooManyFailures { retry_after });
            }
        }
        Ok(())
    }

    /// Accounts and addresses that are remembered.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> usize {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn keys(&self, account: &str, address: Option<IpAddr>) -> Vec<(Key, u32)> {
        let account = (Key::account(account), self.limits.per_account);
        let address = address.map(|address| (Key::address(address), self.limits.per_address));
        std::iter::once(account).chain(address).collect()
    }
}

/// Drops what no longer counts; if that is not enough, the older half.
fn forget_some(failures: &mut HashMap<Key, Failures>, now: Instant, window: Duration) {
    failures.retain(|_, seen| now.duration_since(seen.since) < window);
    if failures.len() > REMEMBERED / 2 {
        let mut instants = failures.values().map(|seen| seen.since).collect::<Vec<_>>();
        instants.sort_unstable();
        let middle = instants[instants.len() / 2];
        failures.retain(|_, seen| seen.since > middle);
    }
}
