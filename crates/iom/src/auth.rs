//! Who calls. What a handler needs stands in its signature, always as its first argument: `caller: Caller<Manager>` is a
//! user with at least that role, `caller: Caller<Write>` an integration whose API key may write.
//!
//! The credential is checked before anything else of the request is looked at; what the account or key behind it may do
//! is read afresh in the transaction that does it.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use stockbridge_domain::access::keys;
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

/// The header that carries an API key.
const API_KEY: &str = "x-api-key";

/// A user who says to have at least a rank, by a token that is good, or an integration that shows an API key.
pub struct Caller<R> {
    pass: Pass,
    rank: PhantomData<R>,
}

/// Who may call a handler.
pub trait Rank: 'static {
    /// The least role; of a key, `Viewer` stands for its permission to read, and all above for that to write.
    const ROLE: Role;
    /// The one credential that counts, whatever else is sent.
    const CREDENTIAL: Credential = Credential::Token;
}

/// What callers identify themselves by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A user's token, as `Authorization: Bearer`.
    Token,
    /// An integration's key, as `X-API-Key`.
    Key,
}

/// Any user: for everything that only reads.
pub struct Viewer;
/// Everything that writes and is not reserved.
pub struct Staff;
/// "Admin / Manager only".
pub struct Manager;
/// "Admin only".
pub struct Admin;
/// Any API key.
pub struct Read;
/// An API key that may write.
pub struct Write;

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

impl Rank for Read {
    const ROLE: Role = Role::Viewer;
    const CREDENTIAL: Credential = Credential::Key;
}

impl Rank for Write {
    const ROLE: Role = Role::Staff;
    const CREDENTIAL: Credential = Credential::Key;
}

impl<R: Rank> Caller<R> {
    /// Reads, and says what was read: [`Pass::read`].
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T>(
        &self,
        command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<Reply> + Send + 'static,
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
        let refusal = Refusal::new(reason, self.pass.trail());
        match R::CREDENTIAL {
            Credential::Token => refusal,
            Credential::Key => refusal.for_an_integration(),
        }
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
        let pass = pass::<R>(request, &trail).map_err(|reason| Refusal::new(reason, &trail));
        ready(pass.map(|pass| Self { pass, rank: PhantomData }))
    }
}

fn pass<R: Rank>(request: &HttpRequest, trail: &Rc<Trail>) -> std::result::Result<Pass, Reason> {
    let site = Site::of(request)?;
    let claim = match R::CREDENTIAL {
        Credential::Token => user(request, &site, trail)?,
        Credential::Key => integration(request)?,
    };
    Ok(Pass::new(site, claim, R::ROLE, Rc::clone(trail)))
}

fn user(request: &HttpRequest, site: &Site, trail: &Trail) -> std::result::Result<Claim, Reason> {
    let token = match bearer(request) {
        Bearer::Token(token) => token,
        Bearer::Malformed => return Err(CredentialFault::Malformed.into()),
        Bearer::Absent if request.headers().contains_key(API_KEY) => return Err(CredentialFault::KeyAlone.into()),
        Bearer::Absent => return Err(CredentialFault::Absent.into()),
    };
    let claims = site.signer.verify(token, TOKEN_KIND, Site::unix_now()).map_err(CredentialFault::Token)?;
    let user = claims.sub.parse().map_err(|_| CredentialFault::Token(TokenFault::Malformed))?;
    trail.note_tenant(claims.tenant);
    trail.note_caller(format!("user {user}"));
    // Tokens of before there were versions say none.
    let version = claims.version.unwrap_or(0);
    Ok(Claim::User { tenant: TenantId::new(claims.tenant), user, version })
}

fn integration(request: &HttpRequest) -> std::result::Result<Claim, Reason> {
    match shown(request) {
        Shown::Key { hash } => Ok(Claim::Key { hash }),
        Shown::Several { hash: _ } => Err(CredentialFault::SeveralKeys.into()),
        Shown::Nothing if bearer(request) == Bearer::Absent => Err(CredentialFault::KeyAbsent.into()),
        Shown::Nothing => Err(CredentialFault::TokenAlone.into()),
    }
}

/// What the header `X-API-Key` holds.
pub(crate) enum Shown {
    /// There is no such header, or nothing in it.
    Nothing,
    /// More than one; the first of them is who asks, as far as logs go.
    Several { hash: String },
    /// A key, good or not. Its text goes no further.
    Key { hash: String },
}

pub(crate) fn shown(request: &HttpRequest) -> Shown {
    let mut headers = request.headers().get_all(API_KEY);
    match (headers.next().map(|header| header.as_bytes().trim_ascii()), headers.next()) {
        (None | Some([]), None) => Shown::Nothing,
        (Some(key), None) => Shown::Key { hash: keys::hash(key) },
        (first, Some(_)) => Shown::Several { hash: keys::hash(first.unwrap_or_default()) },
    }
}
