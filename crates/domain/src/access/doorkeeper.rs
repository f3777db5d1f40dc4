//! Logging in: the same care for users with passwords and integrations with secrets.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::access::passwords::{Checker, Password, PasswordHash};
use crate::access::throttle::{Limits, Throttle};
use crate::access::{uids, users};
use crate::actor::Organization;
use crate::error::{Error, Problem, Result};
use crate::store::Store;
use crate::values::fold;

/// Passwords that are hashed at the same time; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// How long a log-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks passwords and secrets, and slows down whoever guesses. One for the whole server.
#[derive(Clone)]
pub struct Doorkeeper {
    checker: Checker,
    throttle: Arc<Throttle>,
}

impl Doorkeeper {
    /// A doorkeeper who tolerates this many failures.
    pub fn new(limits: Limits) -> Self {
        Self { checker: Checker::new(AT_ONCE, PATIENCE), throttle: Arc::new(Throttle::new(limits)) }
    }

    /// Lets a user in by e-mail, in any case, and password.
    ///
    /// # Errors
    /// [`Error::TooManyFailures`]; [`Error::WrongCredentials`], whether the e-mail or the password is wrong;
    /// [`Error::Banned`] only after the right password.
    pub async fn log_in(
        &self,
        store: &Store,
        email: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<users::User> {
        let key = fold(email);
        let account = account_of(&key);
        self.throttle.check(&account, from, Instant::now())?;
        let found = store.look(move |lobby| users::by_email(lobby, &key)).await?;
        let (user, hash) = found.unzip();
        self.check(account, hash, password, from).await?;
        match user {
            Some(user) if user.is_banned => Err(Error::Banned),
            Some(user) => Ok(user),
            None => Err(Error::WrongCredentials),
        }
    }

    /// Lets an integration in by uid and secret, for the organization it names, its only one, or its default.
    ///
    /// # Errors
    /// [`Error::TooManyFailures`]; [`Error::WrongCredentials`], also for a disabled uid;
    /// [`Error::OrganizationForbidden`] when the organization is unknown or not granted, or none is named and
    /// there is no default; [`Error::SubscriptionExpired`].
    pub async fn exchange(
        &self,
        store: &Store,
        uid: &str,
        secret: &str,
        organization: Option<Organization>,
        from: Option<IpAddr>,
    ) -> Result<uids::Exchanged> {
        let account = format!("uid {uid}");
        self.throttle.check(&account, from, Instant::now())?;
        let name = uid.to_owned();
        let found = store.look(move |lobby| uids::secret_of(lobby, &name)).await?;
        let (hash, version) = found.unzip();
        self.check(account, hash, secret, from).await?;
        let (name, version) = (uid.to_owned(), version.ok_or(Error::WrongCredentials)?);
        let tenant = store.look(move |lobby| uids::organization(lobby, &name, organization.as_ref())).await?;
        Ok(uids::Exchanged { tenant, version })
    }

    /// Checks the password of who is in already, before it is changed. Guesses count like those of a log-in.
    ///
    /// # Errors
    /// [`Error::TooManyFailures`]; [`Error::Invalid`] about `current_password` for a wrong one.
    pub async fn confirm(&self, own: &users::Secret, password: &str, from: Option<IpAddr>) -> Result<()> {
        let account = account_of(&own.email_key);
        self.throttle.check(&account, from, Instant::now())?;
        let right = self.check(account, Some(own.hash.clone()), password, from).await;
        right.map_err(|error| match error {
            Error::WrongCredentials => {
                let message = "is not the password of this account: check it and try again";
                Error::Invalid(vec![Problem::new("current_password", message)])
            }
            other => other,
        })
    }

    /// Hashes a password in its turn, beside the runtime's threads and outside of any transaction.
    ///
    /// # Errors
    /// [`crate::error::Fault::Busy`] when its turn does not come.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        self.checker.turn().await?.hash(password).await
    }

    /// Checks a password in its turn, counted as a failure until it is found right: however many guesses come at once,
    /// no more than the limit are checked.
    async fn check(
        &self,
        account: String,
        stored: Option<PasswordHash>,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<()> {
        let turn = self.checker.turn().await?;
        self.throttle.attempt(&account, from, Instant::now())?;
        let throttle = Arc::clone(&self.throttle);
        let judged = move |right| {
            if right {
                throttle.succeeded(&account, from);
            }
        };
        let right = turn.check(stored, password.to_owned(), judged).await?;
        if right { Ok(()) } else { Err(Error::WrongCredentials) }
    }
}

/// The name under which a user's failures are counted, by the folded e-mail.
fn account_of(email_key: &str) -> String {
    format!("user {email_key}")
}
