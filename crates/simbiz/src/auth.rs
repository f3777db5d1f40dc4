//! Who calls: a uid with a token made for it, acting for one organization.
//!
//! The token's signature is checked before anything else of the request is looked at; what the uid may do is read
//! afresh in the transaction that does it.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use stockbridge_domain::{Claim, Error, Organization, Result, Role, TenantId, Tx};
use stockbridge_http::bearer::{Bearer, bearer};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::pass::Pass;
use stockbridge_http::query::Query;
use stockbridge_http::reply::Reply;
use stockbridge_http::site::Site;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;

use crate::TOLERANT;
use crate::envelope::Answer;
use crate::error::{CredentialFault, Reason, Refusal};
use crate::organization::{Named, OrganizationFields};

/// The kind of our tokens; one of another kind is worth nothing here.
pub(crate) const TOKEN_KIND: &str = "simbiz";

/// A uid by a token that is good, not yet acting for any organization.
pub struct Caller {
    uid: String,
    home: TenantId,
    version: i64,
    site: web::Data<Site>,
    trail: Rc<Trail>,
}

/// A call for one organization.
pub struct Call {
    pass: Pass,
}

impl Caller {
    /// A call that only reads, for the organization its query names, else the token's own; and how it is named.
    ///
    /// # Errors
    /// What admission refuses, or else a query that names several.
    pub async fn reading(self, query: Query<OrganizationFields>) -> std::result::Result<(Call, Named), Refusal> {
        let query = query.read().map_err(|error| Refusal::new(error, &self.trail))?;
        let call = self.acting(query.named().organization(), Role::Viewer);
        let named = call.understand(query.one().map_err(Reason::from)).await?;
        Ok((call, named))
    }

    /// A call that writes items, for the organization its body names, else its query, else the token's own; and what
    /// else the body says, as `judge` finds it.
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong with the body.
    pub async fn writing<B: DeserializeOwned, T>(
        self,
        query: Query<OrganizationFields>,
        body: &RawBody,
        judge: impl FnOnce(B, &mut Check) -> std::result::Result<T, Gap>,
    ) -> std::result::Result<(Call, T), Refusal> {
        // Read twice, because fields cannot stand behind `#[serde(flatten)]`.
        let read = body.json::<OrganizationFields>(TOLERANT);
        let read = read.and_then(|fields| Ok((fields, body.json::<B>(TOLERANT)?)));
        let query = query.read().map_err(|error| Refusal::new(error, &self.trail))?;
        let in_body = read.as_ref().ok().and_then(|(fields, _)| fields.named().organization());
        let organization = in_body.or_else(|| query.named().organization());
        let call = self.acting(organization, Role::Manager);
        let judged = read.map_err(Reason::from).and_then(|(fields, rest)| {
            let mut check = Check::new();
            let named = (query.judged(&mut check), fields.judged(&mut check));
            let judged = judge(rest, &mut check);
            check.finish()?;
            Ok(named.0.and(named.1).and(judged).map_err(Error::from)?)
        });
        let judged = call.understand(judged).await?;
        Ok((call, judged))
    }

    fn acting(self, organization: Option<Organization>, role: Role) -> Call {
        let Self { uid, home, version, site, trail } = self;
        Call { pass: Pass::new(site, Claim::Uid { uid, home, version, organization }, role, trail) }
    }
}

impl Call {
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

    /// Takes what was understood of the request: [`Pass::understand`].
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong.
    pub async fn understand<T>(&self, read: std::result::Result<T, Reason>) -> std::result::Result<T, Refusal> {
        self.pass.understand(read).await.map_err(|reason| self.refuse(reason))
    }

    /// The refusal of this call.
    pub fn refuse(&self, reason: impl Into<Reason>) -> Refusal {
        Refusal::new(reason, self.pass.trail())
    }

    /// The way to the data, for answers that are read slice by slice.
    pub fn pass(&self) -> &Pass {
        &self.pass
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
    let site = Site::of(request)?;
    let mut uids = uids(request);
    let uid = uids.next().ok_or(CredentialFault::Missing)?;
    let token = match bearer(request) {
        Bearer::Token(token) => token,
        Bearer::Malformed => return Err(CredentialFault::Malformed.into()),
        Bearer::Absent => return Err(CredentialFault::Missing.into()),
    };
    let claims = site.signer.verify(token, TOKEN_KIND, Site::unix_now()).map_err(|fault| match fault {
        TokenFault::Expired => CredentialFault::Expired,
        TokenFault::Malformed | TokenFault::BadSignature | TokenFault::WrongKind => CredentialFault::Invalid,
    })?;
    if uid != claims.sub || uids.any(|uid| uid != claims.sub) {
        return Err(CredentialFault::UidMismatch.into());
    }
    trail.note_tenant(claims.tenant);
    trail.note_caller(format!("uid {uid}"));
    let (home, version) = (TenantId::new(claims.tenant), claims.version.unwrap_or(0));
    Ok(Caller { uid, home, version, site, trail: Rc::clone(trail) })
}

/// The headers `x-uid`, which may be sent twice if both say the same; what is not UTF-8 is nobody's uid, but there.
fn uids(request: &HttpRequest) -> impl Iterator<Item = String> {
    let headers = request.headers().get_all("x-uid");
    let uids = headers.map(|header| String::from_utf8_lossy(header.as_bytes()).trim().to_owned());
    uids.filter(|uid| !uid.is_empty())
}
