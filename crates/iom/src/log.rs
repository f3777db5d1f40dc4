//! The request log: whatever is asked under `/api` with an API key is noted for the key's owner, refusals included.
//! Which key it was, and whether there is such a key at all, is looked up later, off the request's path.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use stockbridge_domain::access::journal::Noted;
use stockbridge_http::site::Site;
use stockbridge_http::trail::peer_address;

use crate::auth::{Shown, shown};

/// Goes around the whole dialect, and notes a request that shows one key when its answer begins.
pub(crate) async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let noted = match shown(request.request()) {
        Shown::Key { hash } | Shown::Several { hash } => request.app_data::<web::Data<Site>>().cloned().zip(Some(hash)),
        Shown::Nothing => None,
    };
    let Some((site, key_hash)) = noted else { return next.call(request).await };
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let address = peer_address(request.request(), &site.proxies);
    let answered = next.call(request).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let (status, took) = (status.as_u16(), begun.elapsed());
    site.journal.note(Noted { key_hash, method, path, status, took, address });
    answered
}
