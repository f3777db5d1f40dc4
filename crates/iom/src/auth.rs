//! Who calls. The role a handler needs stands in its signature: `caller: Caller<Manager>`, always its first argument.
//!
//! The token's signature is checked before anything else of the request is looked at; what the account may do is
//! read afresh in the transaction that does it.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use stockbridge_domain::{Claim, Result, Role, TenantId, Tx};
use stockbridge_http::bearer::{Bearer, bearer};
use stockbridge_http::pass::Pass;
use stockbridge_http::reply::Reply;
use stockbridge_http::site::Site;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;

use crate::answer::Answer;
use crate::error::{CredentialFault, Reason, Refusal};

/// The kind of our tokens; one of another kind is worth nothing here.
pub(crate) const TOKEN_KIND: &str = "user";

/// A user who says to have at least a rank, by a token that is good.
pub struct Caller<R> {
    pass: Pass,
    rank: PhantomData<R>,
}

/// The least role that may call a handler.
pub trait Rank: 'static {
    /// The role.
    const ROLE: Role;
}

/// Any user: for everything that only reads.
pub struct Viewer;
/// Everything that writes and is not reserved.
pub struct Staff;
/// "Admin / Manager only".
pub struct Manager;
/// "Admin only".
pub struct Admin;

impl Rank for Viewer {
    const ROLE: Role = Role::Viewer;
}

impl Rank for Staff {
    const ROLE: Role = Role::Staff;
}

impl Rank for Manager {
    const ROLE: Role = Role::Manager;
}

impl Rank for Admin {
    const ROLE: Role = Role::Admin;
}

impl<R> Caller<R> {
    /// Reads, and says what was read: [`Pass::read`].
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T: Send + 'static>(
        &self,
        command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl FnOnce(T) -> Result<Reply>,
    ) -> Answer {
        self.pass.read(command, say).await.map_err(|error| self.refuse(error))
    }

    /// Writes in one transaction, and says inside of it what was written: [`Pass::write`].
    ///
    /// # Errors
    /// What admission, the command or the store refuses; then nothing was changed.
    pub async fn write<T>(
        &self,
        command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<Reply> + Send + 'static,
    ) -> Answer {
        self.pass.write(command, say).await.map_err(|error| self.refuse(error))
    }

    /// Writes as [`Caller::write`], and once that is committed removes the files whose names the command returned.
    ///
    /// # Errors
    /// As [`Caller::write`]; then the files stay.
    pub async fn write_discarding(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<Vec<String>> + Send + 'static,
        say: impl Fn() -> Result<Reply> + Send + 'static,
    ) -> Answer {
        let done = self.pass.write_leaving(move |tx| Ok(((), command(tx)?)), move |()| say()).await;
        let (reply, files) = done.map_err(|error| self.refuse(error))?;
        self.pass.site().uploads.remove(files.unwrap_or_default()).await;
        Ok(reply)
    }

    /// Reads the request itself: [`Pass::understand`].
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong.
    pub async fn understand<T>(
        &self,
        read: impl FnOnce() -> std::result::Result<T, Reason>,
    ) -> std::result::Result<T, Refusal> {
        self.pass.understand(read()).await.map_err(|reason| self.refuse(reason))
    }

    /// The refusal of this caller's request.
    pub fn refuse(&self, reason: impl Into<Reason>) -> Refusal {
        Refusal::new(reason, self.pass.trail())
    }

    /// The way to the data, for answers that are read slice by slice.
    pub fn pass(&self) -> &Pass {
        &self.pass
    }
}

/// Synchronous: an asynchronous extractor would lose the race against the body's, and 400 would come before 401.
impl<R: Rank> FromRequest for Caller<R> {
    type Error = Refusal;
    type Future = Ready<std::result::Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let trail = Trail::of(request);
        let pass = pass(request, &trail, R::ROLE).map_err(|reason| Refusal::new(reason, &trail));
        ready(pass.map(|pass| Self { pass, rank: PhantomData }))
    }
}

fn pass(request: &HttpRequest, trail: &Rc<Trail>, role: Role) -> std::result::Result<Pass, Reason> {
    let site = Site::of(request)?;
    let token = match bearer(request) {
        Bearer::Token(token) => token,
        Bearer::Malformed => return Err(CredentialFault::Malformed.into()),
        Bearer::Absent if request.headers().contains_key("x-api-key") => return Err(CredentialFault::KeyAlone.into()),
        Bearer::Absent => return Err(CredentialFault::Absent.into()),
    };
    let claims = site.signer.verify(token, TOKEN_KIND, Site::unix_now()).map_err(CredentialFault::Token)?;
    let user = claims.sub.parse().map_err(|_| CredentialFault::Token(TokenFault::Malformed))?;
    trail.note_tenant(claims.tenant);
    trail.note_caller(format!("user {user}"));
    // Tokens of before there were versions say none.
    let version = claims.version.unwrap_or(0);
    let claim = Claim::User { tenant: TenantId::new(claims.tenant), user, version };
    Ok(Pass::new(site, claim, role, Rc::clone(trail)))
}
