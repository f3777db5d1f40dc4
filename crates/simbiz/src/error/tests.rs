use actix_web::body::to_bytes;
use actix_web::http::header::RETRY_AFTER;
use actix_web::test::TestRequest;
use stockbridge_domain::{Fault, Role, Thing, Unique};

use super::*;

fn said(reason: impl Into<Reason>) -> (u16, &'static str) {
    let Wording { status, code, .. } = worded(reason.into());
    (status.as_u16(), code)
}

#[test]
fn every_refusal_of_the_domain_has_its_status_and_code() {
    let (key, field, by) = (|| "7".to_owned(), || "brand_id".to_owned(), || "it".to_owned());
    let retry_after = Duration::from_secs(9);
    for (error, status, code) in [
        (Error::Invalid(vec![Problem::new("q", "is odd")]), 422, "V3_INV_VALIDATION_FAILED"),
        (Error::NotFound { thing: Thing::Item, key: key() }, 404, "V3_INV_ITEM_NOT_FOUND"),
        (Error::NotFound { thing: Thing::Brand, key: key() }, 422, "V3_INV_REFERENCE_NOT_FOUND"),
        (
            Error::UnknownReference { field: field(), thing: Thing::Brand, key: key() },
            422,
            "V3_INV_REFERENCE_NOT_FOUND",
        ),
        (Error::Duplicate(Unique::Sku), 409, "V3_INV_ITEM_DUPLICATE_CODE"),
        (Error::Duplicate(Unique::Barcode), 409, "V3_INV_ITEM_DUPLICATE_BARCODE"),
        (Error::Duplicate(Unique::Other), 503, "V3_UNAVAILABLE"),
        (Error::TrackingInUse { sku: key(), by: by() }, 422, "V3_INV_VALIDATION_FAILED"),
        (Error::InUse { thing: Thing::Uom, key: key(), by: by() }, 422, "V3_INV_VALIDATION_FAILED"),
        (Error::TooMany { thing: Thing::Image, most: 50 }, 422, "V3_INV_VALIDATION_FAILED"),
        (Error::WrongCredentials, 401, "V3_AUTH_INVALID_CREDENTIAL"),
        (Error::AccountGone, 401, "V3_AUTH_INVALID_TOKEN"),
        (Error::Banned, 401, "V3_AUTH_INVALID_TOKEN"),
        (Error::SubscriptionExpired, 402, "V3_AUTH_SUBSCRIPTION_EXPIRED"),
        (Error::RoleLacking { needed: Role::Admin }, 403, "V3_AUTH_PERMISSION_DENIED"),
        (Error::ReadOnlyGrant, 403, "V3_AUTH_PERMISSION_DENIED"),
        (Error::OrganizationForbidden(key()), 403, "V3_AUTH_ORG_FORBIDDEN"),
        (Error::TooManyFailures { retry_after }, 429, "V3_RATE_LIMITED"),
        (Fault::Busy.into(), 503, "V3_UNAVAILABLE"),
        (Fault::Race(key()).into(), 503, "V3_UNAVAILABLE"),
        (Fault::Unavailable(key()).into(), 503, "V3_UNAVAILABLE"),
        (Fault::Full.into(), 503, "V3_UNAVAILABLE"),
        (Fault::ReferenceGone.into(), 422, "V3_INV_REFERENCE_NOT_FOUND"),
        (Fault::Internal(key()).into(), 500, "V3_INTERNAL_ERROR"),
    ] {
        assert_eq!(said(error.clone()), (status, code), "{error}");
    }
}

#[test]
fn a_list_that_is_not_there_is_told_those_that_are() {
    let reason = Reason::UnknownResource { resource: "nope".to_owned(), allowed: vec!["brands", "uoms"] };
    let Wording { status, code, message, details, .. } = worded(reason);
    assert_eq!((status.as_u16(), code), (404, "V3_INV_RESOURCE_NOT_ALLOWED"));
    assert_eq!(message, "There is no such reference data: ask for one of brands, uoms.");
    assert_eq!(details, json!({"resource": "nope", "allowed": ["brands", "uoms"]}));
}

#[test]
fn a_body_that_comes_too_slowly_is_told_the_time_it_has() {
    let fault = BodyFault::TooSlow { seconds: 30 };
    assert_eq!(said(fault.clone()), (400, "V3_REQ_INVALID_JSON"));
    assert_eq!(of_body(&fault).message, "The body did not arrive within 30 seconds: send it again.");
}

#[actix_web::test]
async fn a_panic_and_a_mistake_of_ours_tell_nothing_of_the_inside() {
    let request = TestRequest::default().to_http_request();
    let mistake = Refusal::new(Error::from(Fault::Internal("secret".to_owned())), &Trail::of(&request));
    for response in [panicked(&request), mistake.error_response()] {
        assert_eq!(response.status(), 500);
        let body = to_bytes(response.into_body()).await.unwrap();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(body.starts_with(r#"{"status":"Failed","errors":[{"code":"V3_INTERNAL_ERROR","message":""#), "{body}");
        assert!(body.ends_with(r#","details":[]}],"meta":[]}"#) && !body.contains("secret"), "{body}");
    }
}

#[test]
fn who_must_wait_is_told_how_long() {
    let request = TestRequest::default().to_http_request();
    for (error, seconds) in [
        (Error::TooManyFailures { retry_after: Duration::from_millis(8001) }, "9"),
        (Error::TooManyFailures { retry_after: Duration::ZERO }, "1"),
        (Fault::Busy.into(), "1"),
    ] {
        let response = Refusal::new(error, &Trail::of(&request)).error_response();
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), seconds);
    }
}
