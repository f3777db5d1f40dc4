//! Who calls. The role a handler needs stands in its signature: `caller: Caller<Manager>`, always its first argument.
//!
//! The token's signature is checked before anything else of the request is looked at; what the account may do is
//! read afresh in the transaction that does it.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use stockbridge_domain::{Admission, Claim, Error, Fault, Result, Role, Store, TenantId, Tx};
use stockbridge_http::bearer::{Bearer, bearer};
use stockbridge_http::site::Site;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;

use crate::answer::{Answer, Reply};
use crate::error::{CredentialFault, Reason, Refusal};

/// The kind of our tokens; one of another kind is worth nothing here.
pub(crate) const TOKEN_KIND: &str = "user";

/// A user who says to have at least a rank, by a token that is good.
pub struct Caller<R> {
    admission: Admission,
    site: web::Data<Site>,
    trail: Rc<Trail>,
    rank: PhantomData<R>,
}

/// The least role that may call a handler.
pub trait Rank: 'static {
    /// The role.
    const ROLE: Role;
}

/// Any user: for everything that only reads.
pub struct Viewer;
/// "Admin / Manager only".
pub struct Manager;
/// "Admin only".
pub struct Admin;

impl Rank for Viewer {
    const ROLE: Role = Role::Viewer;
}

impl Rank for Manager {
    const ROLE: Role = Role::Manager;
}

impl Rank for Admin {
    const ROLE: Role = Role::Admin;
}

impl<R> Caller<R> {
    /// Reads, and says what was read.
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T: Send + 'static>(
        &self,
        command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl FnOnce(T) -> Result<Reply>,
    ) -> Answer {
        let done = self.site.store.read(self.admission.clone(), command).await;
        done.and_then(say).map_err(|error| self.refuse(error))
    }

    /// Writes in one transaction, and says inside of it what was written. Both closures may run again.
    ///
    /// # Errors
    /// What admission, the command or the store refuses; then nothing was changed.
    pub async fn write<T>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<Reply> + Send + 'static,
    ) -> Answer {
        let done = self.site.store.write(self.admission.clone(), move |tx| command(tx).and_then(&say)).await;
        done.map_err(|error| self.refuse(error))
    }

    /// Reads the request itself. What is wrong with it is told only to a caller who may be here at all.
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong.
    pub async fn understand<T>(
        &self,
        read: impl FnOnce() -> std::result::Result<T, Reason>,
    ) -> std::result::Result<T, Refusal> {
        match read() {
            Ok(understood) => Ok(understood),
            Err(reason) => match self.site.store.read(self.admission.clone(), |_| Ok(())).await {
                Ok(()) => Err(self.refuse(reason)),
                Err(refused) => Err(self.refuse(refused)),
            },
        }
    }

    /// The refusal of this caller's request.
    pub fn refuse(&self, reason: impl Into<Reason>) -> Refusal {
        Refusal::new(reason, &self.trail)
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        self.trail.request_id()
    }

    /// The way to the data, and the leave to take it: for answers that are read slice by slice.
    pub fn pass(&self) -> (Store, Admission) {
        (self.site.store.clone(), self.admission.clone())
    }
}

/// Synchronous: an asynchronous extractor would lose the race against the body's, and 400 would come before 401.
impl<R: Rank> FromRequest for Caller<R> {
    type Error = Refusal;
    type Future = Ready<std::result::Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let trail = Trail::of(request);
        let caller = admission(request, &trail, R::ROLE).map_err(|reason| Refusal::new(reason, &trail));
        ready(caller.map(|(admission, site)| Self { admission, site, trail, rank: PhantomData }))
    }
}

fn admission(
    request: &HttpRequest,
    trail: &Trail,
    role: Role,
) -> std::result::Result<(Admission, web::Data<Site>), Reason> {
    let site = request.app_data::<web::Data<Site>>().ok_or_else(no_site)?;
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
    let claim = Claim::User { tenant: TenantId::new(claims.tenant), user };
    Ok((Admission { claim, role }, site.clone()))
}

fn no_site() -> Reason {
    Error::from(Fault::Internal("the app holds no site".to_owned())).into()
}
