//! What a good credential gives: the way to the data. How far it leads is read afresh with every command.

use std::rc::Rc;

use actix_web::web;
use stockbridge_domain::idempotency::{self, Once};
use stockbridge_domain::{Admission, Claim, Error, Fault, Result, Role, TenantId, Tx};

use crate::reply::Reply;
use crate::site::Site;
use crate::trail::Trail;

/// The way to the data for the call of one request.
#[derive(Clone)]
pub struct Pass {
    site: web::Data<Site>,
    admission: Admission,
    trail: Rc<Trail>,
}

impl Pass {
    /// The pass of a request whose credential is good, for what takes at least this role.
    pub fn new(site: web::Data<Site>, claim: Claim, role: Role, trail: Rc<Trail>) -> Self {
        let request_id = Some(trail.request_id().to_owned());
        Self { site, admission: Admission { claim, role, request_id }, trail }
    }

    /// Reads, and says what was read on the thread that read it, before that reads for anybody else: what is said must not
    /// wait. Both closures may run again.
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T, A: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<A> + Send + 'static,
    ) -> Result<A> {
        let command = move |tx: &mut Tx<'_>| {
            let read = command(tx)?;
            Ok((Admitted::to(tx), say(read)?))
        };
        let (admitted, said) = self.site.store.read(self.admission.clone(), command).await?;
        admitted.note(&self.trail);
        Ok(said)
    }

    /// Writes in one transaction, and says inside of it what was written. Both closures may run again. A request
    /// with an idempotency key that was carried out before is answered as it was then.
    ///
    /// # Errors
    /// What admission, the command or the store refuses; then nothing was changed.
    pub async fn write<T>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<Reply> + Send + 'static,
    ) -> Result<Reply> {
        let (reply, _) = self.write_leaving(move |tx| Ok((command(tx)?, ())), say).await?;
        Ok(reply)
    }

    /// As [`Pass::write`], for a command that also leaves something to be done after the commit. Nothing is left when
    /// the reply is that of an earlier request.
    ///
    /// # Errors
    /// As [`Pass::write`].
    pub async fn write_leaving<T, L: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<(T, L)> + Send + 'static,
        say: impl Fn(T) -> Result<Reply> + Send + 'static,
    ) -> Result<(Reply, Option<L>)> {
        let once = self.understand(self.trail.once()).await?.map(|once| self.sealed(once)).transpose()?;
        let command = move |tx: &mut Tx<'_>| {
            let mut left = None;
            let work = &mut |tx: &mut Tx<'_>| {
                let (done, rest) = command(tx)?;
                left = Some(rest);
                say(done).map(idempotency::Reply::from)
            };
            let reply = idempotency::once(tx, once.as_ref(), work)?;
            Ok((Admitted::to(tx), reply, left))
        };
        let (admitted, reply, left) = self.site.store.write(self.admission.clone(), command).await?;
        admitted.note(&self.trail);
        Ok((reply.try_into()?, left))
    }

    /// Bodies hold passwords, and a plain digest of one would let who reads the database try them out.
    fn sealed(&self, Once { key, fingerprint }: Once) -> Result<Once> {
        let sealed = self.site.signer.seal(&fingerprint);
        let fingerprint = sealed.map_err(|error| Fault::Internal(format!("no seal: {error}")))?;
        Ok(Once { key, fingerprint })
    }

    /// Looks whether the caller may be here at all.
    ///
    /// # Errors
    /// What admission refuses.
    pub async fn admitted(&self) -> Result<()> {
        self.read(|_| Ok(()), Ok).await
    }

    /// Takes what was understood of the request. What is wrong with it is told only to who may be here at all.
    ///
    /// # Errors
    /// What admission refuses, or else what is wrong.
    pub async fn understand<T, E: From<Error>>(
        &self,
        understood: std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        if understood.is_err() {
            self.admitted().await?;
        }
        understood
    }

    /// The site that the request is served from.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The trail of the request.
    pub fn trail(&self) -> &Rc<Trail> {
        &self.trail
    }
}

/// Who turned out to ask, and for whose data: a key tells neither by itself.
struct Admitted {
    tenant: TenantId,
    actor: String,
}

impl Admitted {
    fn to(tx: &Tx<'_>) -> Self {
        Self { tenant: tx.tenant().id, actor: tx.actor().key() }
    }

    fn note(self, trail: &Trail) {
        trail.note_tenant(self.tenant.get());
        trail.note_caller(self.actor);
    }
}
