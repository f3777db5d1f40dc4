//! Passwords and secrets as argon2id hashes. Hashing takes milliseconds and megabytes, so few run at once.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::phc::{Output, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Fault, Result};

/// The longest password that is hashed, in bytes.
pub const MAX_BYTES: usize = 1024;
/// The fewest characters of a password that is set.
pub const MIN_LENGTH: usize = 8;
/// The most characters of a password that is set; fewer than [`MAX_BYTES`] however they are written.
pub const MAX_LENGTH: usize = 200;

/// A password to be set, exactly as it was given: 8 to 200 characters.
// Not Debug: it would print the password.
#[derive(Clone)]
pub struct Password(String);

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have {MIN_LENGTH} to {MAX_LENGTH} characters")]
pub struct PasswordFault;

impl Password {
    /// Takes a password that keeps the rule.
    ///
    /// # Errors
    /// [`PasswordFault`] for one that is too short or too long.
    pub fn new(password: String) -> std::result::Result<Self, PasswordFault> {
        let length = password.chars().count();
        if (MIN_LENGTH..=MAX_LENGTH).contains(&length) { Ok(Self(password)) } else { Err(PasswordFault) }
    }

    /// The password itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password as it is stored: argon2id with its salt, in PHC text form.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password with a fresh salt; slow on purpose.
    ///
    /// # Errors
    /// A fault when the system gives no randomness.
    pub fn new(password: &str) -> Result<Self> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(internal)?;
        let argon = Argon2::default();
        let phc = Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::default().into()),
            params: argon.params().try_into().map_err(internal)?,
            salt: Some(Salt::new(&salt).map_err(internal)?),
            hash: Some(digest(&argon, password.as_bytes(), &salt, Params::DEFAULT_OUTPUT_LEN)?),
        };
        Ok(Self(phc.to_string()))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn matches(&self, password: &[u8]) -> Result<bool> {
        let stored = Phc::new(&self.0).map_err(internal)?;
        let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else {
            return Err(internal("a stored hash is incomplete").into());
        };
        let params = Params::try_from(&stored).map_err(internal)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::default(), params);
        // Two outputs are compared in constant time.
        Ok(digest(&argon, password, salt, hash.len())? == *hash)
    }
}

/// The memory of one hash is asked for in one piece of this size, of which 19 MiB are touched: allocators give so
/// large a piece back at once, and keep a smaller one for every thread that ever checked a password.
const ROOM: usize = 40 * 1024 * 1024;

fn digest(argon: &Argon2<'_>, password: &[u8], salt: &[u8], length: usize) -> Result<Output> {
    let mut memory = Vec::with_capacity(ROOM / Block::SIZE);
    memory.resize(argon.params().block_count(), Block::default());
    let mut bytes = vec![0; length];
    argon.hash_password_into_with_memory(password, salt, &mut bytes, &mut memory).map_err(internal)?;
    Ok(Output::new(&bytes).map_err(internal)?)
}

fn internal(error: impl std::fmt::Display) -> Fault {
    Fault::Internal(format!("hashing: {error}"))
}

/// The hash that is checked when there is no account, so that the answer takes as long as a wrong password.
static NOBODY: LazyLock<Result<PasswordHash>> = LazyLock::new(|| PasswordHash::new("nobody has this password"));

/// Checks and hashes passwords, a few at a time.
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

/// Leave to check or hash one password.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
}

impl Turn {
    /// The password as it is stored.
    pub(crate) async fn hash(self, password: Password) -> Result<PasswordHash> {
        let hashed = tokio::task::spawn_blocking(move || {
            let hash = PasswordHash::new(password.as_str());
            drop(self);
            hash
        });
        hashed.await.map_err(|error| Fault::Internal(format!("hashing ended: {error}")))?
    }

    /// Whether the password is the stored one; `None` stored costs the same and is never right. `judged` hears of it
    /// before the turn ends, also when the caller has gone away meanwhile.
    pub(crate) async fn check(
        self,
        stored: Option<PasswordHash>,
        password: String,
        judged: impl FnOnce(bool) + Send + 'static,
    ) -> Result<bool> {
        let checked = tokio::task::spawn_blocking(move || {
            // No stored password is longer than that, so a longer one is wrong; it is cut to cost no more than others.
            let can_be_right = stored.is_some() && password.len() <= MAX_BYTES;
            let hash = stored.map_or_else(|| NOBODY.clone(), Ok)?;
            let right = hash.matches(password.as_bytes().get(..MAX_BYTES).unwrap_or(password.as_bytes()))?;
            let right = right && can_be_right;
            judged(right);
            drop(self);
            Ok(right)
        });
        checked.await.map_err(|error| Fault::Internal(format!("hashing ended: {error}")))?
    }
}
