//! What a good credential gives: the way to the data. How far it leads is read afresh with every command.

use std::rc::Rc;

use actix_web::web;
use stockbridge_domain::{Admission, Error, Result, Tx};

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
    /// The pass of a request whose credential is good.
    pub fn new(site: web::Data<Site>, admission: Admission, trail: Rc<Trail>) -> Self {
        Self { site, admission, trail }
    }

    /// Reads, and says what was read.
    ///
    /// # Errors
    /// What admission, the command or the store refuses.
    pub async fn read<T: Send + 'static, A>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl FnOnce(T) -> Result<A>,
    ) -> Result<A> {
        let command = move |tx: &mut Tx<'_>| Ok((tx.tenant().id, command(tx)?));
        let (tenant, read) = self.site.store.read(self.admission.clone(), command).await?;
        self.trail.note_tenant(tenant.get());
        say(read)
    }

    /// Writes in one transaction, and says inside of it what was written. Both closures may run again.
    ///
    /// # Errors
    /// What admission, the command or the store refuses; then nothing was changed.
    pub async fn write<T, A: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        say: impl Fn(T) -> Result<A> + Send + 'static,
    ) -> Result<A> {
        let command = move |tx: &mut Tx<'_>| Ok((tx.tenant().id, command(tx).and_then(&say)?));
        let (tenant, said) = self.site.store.write(self.admission.clone(), command).await?;
        self.trail.note_tenant(tenant.get());
        Ok(said)
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
            self.read(|_| Ok(()), Ok).await?;
        }
        understood
    }

    /// The trail of the request.
    pub fn trail(&self) -> &Rc<Trail> {
        &self.trail
    }
}
