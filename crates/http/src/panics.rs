//! A panic while a request is answered ends that request, not the connection or the worker.
//! It goes around a resource; [`crate::routes::serve`] puts it around each. What the caller reads is the dialect's.

use std::any::Any;
use std::future::{Future, Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::FutureExt;

use stockbridge_domain::store::panic_text;

use crate::trail::Trail;

/// Middleware for a resource or a route that catches panics of handlers and extractors, logs them and answers.
///
/// Not for a scope or an app: routing inside needs to be the only holder of the request, which is kept here for the
/// answer. A body that is streamed panics outside of it, when the answer has begun already.
#[derive(Debug, Clone, Copy)]
pub struct CatchPanics {
    answer: fn(&HttpRequest) -> HttpResponse,
}

impl CatchPanics {
    /// Takes what is answered in place of the handler.
    pub fn new(answer: fn(&HttpRequest) -> HttpResponse) -> Self {
        Self { answer }
    }
}

impl<S, B> Transform<S, ServiceRequest> for CatchPanics
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Catching<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Catching { service, answer: self.answer }))
    }
}

/// A service inside [`CatchPanics`].
#[derive(Debug)]
pub struct Catching<S> {
    service: S,
    answer: fn(&HttpRequest) -> HttpResponse,
}

impl<S, B> Service<ServiceRequest> for Catching<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    // The state that a panic may leave half done belongs to the request, and goes with it.
    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (answer, kept) = (self.answer, request.request().clone());
        let begun = catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        Box::pin(async move {
            let done = match begun {
                Ok(running) => AssertUnwindSafe(running).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            match done {
                Ok(answered) => answered.map(ServiceResponse::map_into_left_body),
                Err(panic) => {
                    log(&kept, panic.as_ref());
                    let response = answer(&kept);
                    Ok(ServiceResponse::new(kept, response).map_into_right_body())
                }
            }
        })
    }
}

fn log(request: &HttpRequest, panic: &(dyn Any + Send)) {
    let trail = Trail::of(request);
    tracing::error!(
        request_id = trail.request_id(),
        tenant = trail.tenant(),
        method = %request.method(),
        path = request.match_pattern().as_deref(),
        panic = panic_text(panic),
        "a handler panicked"
    );
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use actix_web::{App, HttpMessage, HttpServer, test, web};

    use super::*;

    fn answer(request: &HttpRequest) -> HttpResponse {
        HttpResponse::InternalServerError().body(format!("sorry, {}", Trail::of(request).request_id()))
    }

    async fn late_panic(request: HttpRequest) -> HttpResponse {
        ready(()).await;
        let _held = request.extensions_mut();
        panic!("late");
    }

    fn early_panic() -> Ready<HttpResponse> {
        panic!("early {}", 1);
    }

    async fn fine() -> HttpResponse {
        HttpResponse::Ok().body("fine")
    }

    fn routes(cfg: &mut web::ServiceConfig) {
        let caught = || CatchPanics::new(answer);
        cfg.service(web::resource("/late/{id}").wrap(caught()).route(web::to(late_panic)))
            .service(web::resource("/early").wrap(caught()).route(web::to(early_panic)))
            .service(web::resource("/fine").wrap(caught()).route(web::to(fine)));
    }

    #[actix_web::test]
    async fn a_panic_is_answered_in_the_dialects_words() {
        let app = test::init_service(App::new().service(web::scope("/api").configure(routes))).await;
        for path in ["/api/late/7", "/api/early"] {
            let request = test::TestRequest::with_uri(path).insert_header(("x-request-id", "r1")).to_request();
            let response = test::call_service(&app, request).await;
            assert_eq!(response.status(), 500, "{path}");
            assert_eq!(test::read_body(response).await, "sorry, r1", "{path}");
        }
        let response = test::call_service(&app, test::TestRequest::with_uri("/api/fine").to_request()).await;
        assert_eq!(test::read_body(response).await, "fine");
    }

    #[actix_web::test]
    async fn the_connection_survives() {
        let server = HttpServer::new(|| App::new().service(web::scope("/api").configure(routes)));
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);
        let talk = std::thread::spawn(move || {
            let mut connection = TcpStream::connect(address).unwrap();
            let mut said = String::new();
            for (path, end) in [("late/1", ""), ("early", ""), ("fine", "Connection: close\r\n")] {
                let head = format!("GET /api/{path} HTTP/1.1\r\nHost: a\r\nx-request-id: r-1\r\n{end}\r\n");
                connection.write_all(head.as_bytes()).unwrap();
                let mut part = [0; 4096];
                let read = connection.read(&mut part).unwrap();
                said.push_str(std::str::from_utf8(&part[..read]).unwrap());
            }
            said
        });
        let said = actix_web::rt::task::spawn_blocking(move || talk.join().unwrap()).await.unwrap();
        handle.stop(false).await;
        running.await.unwrap().unwrap();
        assert_eq!(said.matches("HTTP/1.1 500").count(), 2, "{said}");
        assert_eq!(said.matches("sorry, r-1").count(), 2, "{said}");
        assert!(said.ends_with("fine"), "{said}");
    }
}
