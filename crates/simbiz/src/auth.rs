//! Who calls: a uid with a token made for it, acting for one organization.
//!
//! The token's signature is checked before anything else of the request is looked at; what the uid may do is read
//! afresh in the transaction that does it.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use stockbridge_domain::{Admission, Claim, Fault, Organization, Result, Role, Store, TenantId, Tx};
use stockbridge_http::bearer::{Bearer, bearer};
use stockbridge_http::query::Query;
use stockbridge_http::site::Site;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;

use crate::envelope::{Answer, Reply};
use crate::error::{CredentialFault, Reason, Refusal};
use crate::organization::{Named, OrganizationQuery};

/// The kind of our tokens; one of another kind is worth nothing here.
pub(crate) const TOKEN_KIND: &str = "simbiz";

/// A uid by a token that is good, not yet acting for any organization.
pub struct Caller {
    uid: String,
    home: TenantId,
    site: web::Data<Site>,
    trail: Rc<Trail>,
}

/// A call for one organization.
pub struct Call {
    admission: Admission,
    site: web::Data<Site>,
    trail: Rc<Trail>,
}

impl Caller {
    /// A call that only reads, for the organization its query names, else the token's own; and how it is named.
    ///
    /// # Errors
    /// None that is known: a query of fields can be read, whatever it says.
    pub fn reading(self, query: Query<OrganizationQuery>) -> std::result::Result<(Call, Named), Refusal> {
        let query = query.read().map_err(|error| Refusal::new(error, &self.trail))?;
        let named = query.named();
        Ok((self.acting(named.organization(), Role::Viewer), named))
    }

    /// A call that writes items, for the organization it names, else the token's own.
    pub fn writing(self, organization: Option<Organization>) -> Call {
        self.acting(organization, Role::Manager)
    }

    fn acting(self, organization: Option<Organization>, role: Role) -> Call {
        let Self { uid, home, site, trail } = self;
        Call { admission: Admission { claim: Claim::Uid { uid, home, organization }, role }, site, trail }
    }
}

impl Call {
    /// Reads, and says what was read.
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl FnOnce(T) -> Result<Reply>,
    ) -> Answer {
        let command = move |tx: &mut Tx<'_>| Ok((tx.tenant().id, command(tx)?));
        let done = self.site.store.read(self.admission.clone(), command).await;
        let said = done.and_then(|(tenant, read)| {
            self.trail.note_tenant(tenant.get());
            say(read)
        });
        said.map_err(|error| self.refuse(error))
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
        let command = move |tx: &mut Tx<'_>| Ok((tx.tenant().id, command(tx).and_then(&say)?));
        let (tenant, reply) =
            self.site.store.write(self.admission.clone(), command).await.map_err(|error| self.refuse(error))?;
        self.trail.note_tenant(tenant.get());
        Ok(reply)
    }

    /// Takes what was understood of the request. What is wrong with it is told only to who may be here at all.
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong.
    pub async fn understand<T>(&self, read: std::result::Result<T, Reason>) -> std::result::Result<T, Refusal> {
        match read {
            Ok(understood) => Ok(understood),
            Err(reason) => match self.site.store.read(self.admission.clone(), |_| Ok(())).await {
                Ok(()) => Err(self.refuse(reason)),
                Err(refused) => Err(self.refuse(refused)),
            },
        }
    }

    /// The refusal of this call.
    pub fn refuse(&self, reason: impl Into<Reason>) -> Refusal {
        Refusal::new(reason, &self.trail)
    }

    /// The way to the data, and the leave to take it: for answers that are read slice by slice.
    pub fn pass(&self) -> (Store, Admission) {
        (self.site.store.clone(), self.admission.clone())
    }
}

/// Synchronous: an asynchronous extractor would lose the race against the body's, and 400 would come before 401.
impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Ready<std::result::Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let trail = Trail::of(request);
        ready(caller(request, &trail).map_err(|reason| Refusal::new(reason, &trail)))
    }
}

fn caller(request: &HttpRequest, trail: &Rc<Trail>) -> std::result::Result<Caller, Reason> {
    let site = site(request)?;
    let uid = uid(request).ok_or(CredentialFault::Missing)?;
    let token = match bearer(request) {
        Bearer::Token(token) => token,
        Bearer::Malformed => return Err(CredentialFault::Invalid.into()),
        Bearer::Absent => return Err(CredentialFault::Missing.into()),
    };
    let claims = site.signer.verify(token, TOKEN_KIND, Site::unix_now()).map_err(|fault| match fault {
        TokenFault::Expired => CredentialFault::Expired,
        TokenFault::Malformed | TokenFault::BadSignature | TokenFault::WrongKind => CredentialFault::Invalid,
    })?;
    if uid != claims.sub {
        return Err(CredentialFault::UidMismatch.into());
    }
    trail.note_tenant(claims.tenant);
    trail.note_caller(format!("uid {uid}"));
    Ok(Caller { uid, home: TenantId::new(claims.tenant), site, trail: Rc::clone(trail) })
}

/// The header `x-uid`; what is not UTF-8 is nobody's uid, but there.
fn uid(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get("x-uid")?;
    let uid = String::from_utf8_lossy(header.as_bytes()).trim().to_owned();
    (!uid.is_empty()).then_some(uid)
}

fn site(request: &HttpRequest) -> std::result::Result<web::Data<Site>, Reason> {
    let site = request.app_data::<web::Data<Site>>().cloned();
    site.ok_or_else(|| Reason::Domain(Fault::Internal("the app holds no site".to_owned()).into()))
}
