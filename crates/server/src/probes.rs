//! What the people and programs that run the server ask it: is it alive, is it ready, what does it count, where
//! is the documentation.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, web};
use stockbridge_domain::access::tenants;
use stockbridge_domain::{Error, Fault};
use stockbridge_http::site::Site;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use crate::observe::Metrics;

/// Whether new requests are welcome: yes, until the server begins to stop.
#[derive(Default)]
pub struct Readiness {
    stopping: AtomicBool,
}

impl Readiness {
    /// Tells load balancers to look elsewhere.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

/// Serves them all, and a signpost for every other path.
pub(crate) fn mount(cfg: &mut web::ServiceConfig) {
    let iom = (Url::new("IOM", "/openapi/iom.json"), stockbridge_iom::openapi());
    let simbiz = (Url::new("SimBiz V3", "/openapi/simbiz.json"), stockbridge_simbiz::openapi());
    cfg.service(web::resource("/healthz").get(alive).route(web::head().to(alive)))
        .service(web::resource("/readyz").get(ready).route(web::head().to(ready)))
        .service(web::resource("/metrics").get(metrics))
        .service(web::redirect("/docs", "/docs/"))
        .service(
            SwaggerUi::new("/docs/{_:.*}")
                .urls(vec![iom, simbiz])
                .config(Config::default().persist_authorization(true)),
        )
        .default_service(web::to(signpost));
}

async fn alive() -> HttpResponse {
    plain("alive")
}

/// The database answers and has its tables, which a read of any of them shows.
async fn ready(site: web::Data<Site>, readiness: web::Data<Readiness>) -> HttpResponse {
    if readiness.is_stopping() {
        return unavailable("stopping");
    }
    if !site.store.is_alive() {
        tracing::error!("not ready: a database thread has ended, restart the server");
        return unavailable("a database thread has ended");
    }
    match site.store.look(tenants::any).await {
        Ok(_) => plain("ready"),
        Err(error) => not_answered(&error),
    }
}

fn not_answered(error: &Error) -> HttpResponse {
    // An instance with more work than it can queue keeps its place: pulled, its load would fall on the others.
    if *error == Fault::Busy.into() {
        return plain("ready");
    }
    tracing::warn!(%error, "not ready");
    unavailable("the database does not answer")
}

async fn metrics(metrics: web::Data<Metrics>) -> HttpResponse {
    match metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
            .body(text),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

async fn signpost() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type(ContentType::plaintext())
        .body("Nothing is here. The IOM API is under /api, the SimBiz V3 API under /api/v3, their documentation under /docs/.\n")
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(text)
}

fn unavailable(why: &'static str) -> HttpResponse {
    HttpResponse::ServiceUnavailable().content_type(ContentType::plaintext()).body(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overloaded_server_is_ready_and_one_without_its_database_is_not() {
        let status = |fault: Fault| not_answered(&fault.into()).status().as_u16();
        assert_eq!(status(Fault::Busy), 200);
        assert_eq!(status(Fault::Unavailable("away".to_owned())), 503);
        assert_eq!(status(Fault::Internal("no such table".to_owned())), 503);
    }
}
