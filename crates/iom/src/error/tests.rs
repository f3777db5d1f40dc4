//! Refusals that no request can provoke at will.

use actix_web::body::to_bytes;
use actix_web::http::header::{HeaderMap, RETRY_AFTER};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use serde_json::Value;
use stockbridge_domain::{Fault, Role};
use stockbridge_http::routes::{self, Answers};

use super::*;

#[utoipa::path(get, path = "/broken", tag = "test", responses((status = 200, description = "Never")))]
async fn break_down() -> &'static str {
    panic!("the secret is 42")
}

async fn refused(reason: impl Into<Reason>) -> (u16, HeaderMap, Value) {
    let trail = Trail::of(&TestRequest::get().insert_header(("x-request-id", "r-1")).to_http_request());
    let response = Refusal::new(reason, &trail).error_response();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = to_bytes(response.into_body()).await.expect("a body");
    (status, headers, serde_json::from_slice(&body).expect("JSON"))
}

#[actix_web::test]
async fn a_panicking_handler_is_answered_in_our_shape_without_its_inside() {
    let answers = Answers { wrong_method, panic: panicked };
    let broken = || stockbridge_http::routes![break_down];
    let scope = web::scope("/api").configure(|cfg| routes::serve(broken(), answers, cfg));
    let app = init_service(App::new().service(scope)).await;
    let response = call_service(&app, TestRequest::with_uri("/api/broken").to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = to_bytes(response.into_body()).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["code"], "internal");
    assert!(body["request_id"].is_string() && !body.to_string().contains("42"), "{body}");
}

#[actix_web::test]
async fn faults_say_when_to_try_again_and_nothing_of_the_inside() {
    let inside = || "table products at db7:5432".to_owned();
    for (fault, status, code, wait) in [
        (Fault::Busy, 503, "busy", Some("1")),
        (Fault::Race(inside()), 503, "busy", Some("1")),
        (Fault::Unavailable(inside()), 503, "unavailable", Some("5")),
        (Fault::Full, 507, "disk_full", None),
        (Fault::ReferenceGone, 404, "reference_gone", None),
        (Fault::Uncertain(inside()), 503, "outcome_unknown", None),
        (Fault::Internal(inside()), 500, "internal", None),
    ] {
        let (answered, headers, body) = refused(Error::Fault(fault)).await;
        assert_eq!((answered, body["code"].as_str()), (status, Some(code)));
        assert_eq!(headers.get(RETRY_AFTER).map(|wait| wait.to_str().expect("text")), wait, "{code}");
        assert_eq!(body["request_id"], "r-1");
        assert!(!body.to_string().contains("db7"), "{body}");
    }
}

#[actix_web::test]
async fn files_that_cannot_be_kept_are_told_without_their_place() {
    for (fault, status, code) in [
        (Fault::Full, 507, "disk_full"),
        (Fault::Internal("cannot keep a file in /var/pictures".to_owned()), 503, "uploads_unavailable"),
    ] {
        let (answered, _, body) = refused(Reason::Uploads(fault)).await;
        assert_eq!((answered, body["code"].as_str()), (status, Some(code)));
        assert!(!body.to_string().contains("/var"), "{body}");
    }
}

#[actix_web::test]
async fn who_must_wait_is_told_how_long() {
    let (status, headers, body) = refused(Error::TooManyFailures { retry_after: Duration::from_millis(8_001) }).await;
    assert_eq!((status, body["code"].as_str()), (429, Some("too_many_attempts")));
    assert_eq!(headers.get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()), Some("9"));
}

#[actix_web::test]
async fn a_body_that_comes_too_slowly_is_told_the_time_it_has() {
    let (status, _, body) = refused(BodyFault::TooSlow { seconds: 30 }).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("body_too_slow")));
    assert_eq!(body["error"], "The body did not arrive within 30 seconds: send it again.");
}

#[actix_web::test]
async fn every_role_that_may_lack_has_a_code_of_its_own() {
    for role in Role::ALL {
        let (status, _, body) = refused(Error::RoleLacking { needed: *role }).await;
        assert_eq!((status, body["code"].as_str()), (403, Some(format!("{role}_role_required").as_str())));
    }
}
