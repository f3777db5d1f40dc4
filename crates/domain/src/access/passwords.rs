//! Passwords and secrets as argon2id hashes. Hashing takes milliseconds and megabytes, so few run at once.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash as Phc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Fault, Result};

/// The longest password that is hashed, in bytes.
pub const MAX_BYTES: usize = 1024;

/// A password as it is stored: argon2id with its salt, in PHC text form.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password with a fresh salt; slow on purpose.
    ///
    /// # Errors
    /// A fault when the system gives no randomness or memory.
    pub fn new(password: &str) -> Result<Self> {
        let hash = Argon2::default().hash_password(password.as_bytes());
        Ok(Self(hash.map_err(|error| Fault::Internal(format!("hashing: {error}")))?.to_string()))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn matches(&self, password: &str) -> Result<bool> {
        let stored = Phc::new(&self.0).map_err(|error| Fault::Internal(format!("stored hash: {error}")))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
    }
}

/// The hash that is checked when there is no account, so that the answer takes as long as a wrong password.
static NOBODY: LazyLock<Option<PasswordHash>> = LazyLock::new(|| PasswordHash::new("nobody has this password").ok());

/// Checks passwords, a few at a time.
#[derive(Clone)]
pub(crate) struct Checker {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Checker {
    pub(crate) fn new(at_once: usize, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)), patience }
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        Ok(Turn { _place: place.map_err(|_| Fault::Busy)?.map_err(|_| Fault::Busy)? })
    }
}

/// Leave to check one password.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
}

impl Turn {
    /// Whether the password is the stored one; `None` stored costs the same and is never right. `judged` hears of it
    /// before the turn ends, also when the caller has gone away meanwhile.
    pub(crate) async fn check(
        self,
        stored: Option<PasswordHash>,
        password: String,
        judged: impl FnOnce(bool) + Send + 'static,
    ) -> Result<bool> {
        let checked = tokio::task::spawn_blocking(move || {
            let known = stored.is_some();
            let hash = stored.or_else(|| NOBODY.clone());
            let right = known & hash.map_or(Ok(false), |hash| hash.matches(&password))?;
            judged(right);
            drop(self);
            Ok(right)
        });
        checked.await.map_err(|error| Fault::Internal(format!("hashing ended: {error}")))?
    }
}
