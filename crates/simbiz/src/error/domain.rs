//! The domain's refusals in this dialect's words.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::json;
use stockbridge_domain::{Error, Fault, Problem, Thing, Unique};

use super::{ITEM_NOT_FOUND, Wording, internal, invalid, wording};

/// The domain's refusals. No default arm: a new one stops the build until it is decided here.
pub(super) fn of_domain(error: Error) -> Wording {
    use StatusCode as Status;
    match error {
        Error::Invalid(problems) => invalid("V3_INV_VALIDATION_FAILED", &problems),
        Error::NotFound { thing: Thing::Item, key } => {
            Wording { details: json!({ "id": key }), ..wording(Status::NOT_FOUND, ITEM_NOT_FOUND, "Item not found") }
        }
        Error::NotFound { thing, key } => unknown_reference(word_for(thing), word_for(thing), &key),
        Error::UnknownReference { field, thing, key } => unknown_reference(&field, word_for(thing), &key),
        Error::Duplicate(unique) => duplicate(unique),
        Error::TrackingInUse { sku, by } => {
            let message = format!("of {sku} cannot change while {by}");
            invalid("V3_INV_VALIDATION_FAILED", &[Problem::new("tracking", message)])
        }
        Error::InUse { thing, key, by } => {
            let message = format!("{key} cannot be removed while {by}");
            invalid("V3_INV_VALIDATION_FAILED", &[Problem::new(word_for(thing), message)])
        }
        Error::KeyReused => {
            let message = "This Idempotency-Key came with another request before: send a new key with a new request.";
            wording(Status::UNPROCESSABLE_ENTITY, "V3_REQ_IDEMPOTENCY_MISMATCH", message)
        }
        Error::KeyInFlight => {
            let message =
                "The first request with this Idempotency-Key is still being carried out: try again in a second.";
            let wording = wording(Status::CONFLICT, "V3_REQ_IDEMPOTENCY_IN_FLIGHT", message);
            Wording { retry_after: Some(Duration::from_secs(1)), ..wording }
        }
        Error::OutOfRange => {
            let message = "would lead to a figure beyond what can be recorded: send a smaller one";
            invalid("V3_INV_VALIDATION_FAILED", &[Problem::new("data", message)])
        }
        // This dialect neither moves stock nor orders anything, and has no images or variants.
        error @ (Error::InsufficientStock(_)
        | Error::SerialsTaken(_)
        | Error::Unexpected { .. }
        | Error::TooMany { .. }
        | Error::NotSynced(_)
        | Error::NoDefaultWarehouse
        | Error::LastAdmin
        | Error::IllegalStatus { .. }
        | Error::OverFulfilment { .. }
        | Error::OverReceipt { .. }
        | Error::OverReturn { .. }) => invalid("V3_INV_VALIDATION_FAILED", &[Problem::new("data", error.to_string())]),
        Error::WrongCredentials => {
            let message = "Wrong uid or secret: check both, and that the uid is enabled.";
            wording(Status::UNAUTHORIZED, "V3_AUTH_INVALID_CREDENTIAL", message)
        }
        Error::TokenRevoked => {
            let message = "The token was made with a secret that was replaced: get a new one with POST /api/v3/token.";
            wording(Status::UNAUTHORIZED, "V3_AUTH_INVALID_TOKEN", message)
        }
        Error::AccountGone | Error::Banned => {
            let message = "The token's uid is disabled or gone: ask whoever runs the server to enable it.";
            wording(Status::UNAUTHORIZED, "V3_AUTH_INVALID_TOKEN", message)
        }
        Error::SubscriptionExpired => {
            let message = "The organization's subscription has ended: renew it.";
            wording(Status::PAYMENT_REQUIRED, "V3_AUTH_SUBSCRIPTION_EXPIRED", message)
        }
        // This dialect knows no keys.
        Error::ApiKeyRefused(_) => {
            let message = "The API key is not good: this API takes a token and x-uid.";
            wording(Status::UNAUTHORIZED, "V3_AUTH_INVALID_CREDENTIAL", message)
        }
        Error::ShownOnce => {
            let message = "This request was carried out before, and its answer is shown only once.";
            wording(Status::CONFLICT, "V3_REQ_IDEMPOTENCY_MISMATCH", message)
        }
        Error::RoleLacking { .. } | Error::ScopeLacking { .. } | Error::ReadOnlyGrant => {
            let message = "This uid may only read in this organization: ask whoever runs the server for more.";
            wording(Status::FORBIDDEN, "V3_AUTH_PERMISSION_DENIED", message)
        }
        Error::OrganizationForbidden(named) if named.is_empty() => {
            let message = "This uid reaches several organizations: name one with organization_code.";
            wording(Status::FORBIDDEN, "V3_AUTH_ORG_FORBIDDEN", message)
        }
        Error::OrganizationForbidden(_) => {
            let message = "This uid is not granted that organization: name one it is granted, by its id or code.";
            wording(Status::FORBIDDEN, "V3_AUTH_ORG_FORBIDDEN", message)
        }
        Error::TooManyFailures { retry_after } => {
            let message = "Too many failed attempts: wait for the seconds in the header Retry-After.";
            let wording = wording(Status::TOO_MANY_REQUESTS, "V3_RATE_LIMITED", message);
            Wording { retry_after: Some(retry_after), ..wording }
        }
        Error::Fault(fault) => of_fault(&fault),
    }
}

fn of_fault(fault: &Fault) -> Wording {
    let later = |message: &str, seconds| {
        let wording = wording(StatusCode::SERVICE_UNAVAILABLE, "V3_UNAVAILABLE", message);
        Wording { retry_after: Some(Duration::from_secs(seconds)), ..wording }
    };
    match fault {
        Fault::Busy | Fault::Race(_) => later("The server is busy: try again in a second.", 1),
        Fault::Unavailable(_) => later("The database cannot be reached: try again in a few seconds.", 5),
        Fault::Uncertain(_) => {
            let message = "It is not known whether this was carried out: read what is there before you send it again.";
            wording(StatusCode::SERVICE_UNAVAILABLE, "V3_UNAVAILABLE", message)
        }
        Fault::Full => later("The server's disk is full, nothing was changed: tell whoever runs it.", 60),
        Fault::ReferenceGone => {
            let message = "Something that this request refers to was removed meanwhile: read it again and retry.";
            wording(StatusCode::UNPROCESSABLE_ENTITY, "V3_INV_REFERENCE_NOT_FOUND", message)
        }
        Fault::Internal(_) => internal(),
    }
}

fn duplicate(unique: Unique) -> Wording {
    let (code, message) = match unique {
        Unique::Sku => {
            ("V3_INV_ITEM_DUPLICATE_CODE", "Another item has this item_code: choose another, or PATCH that item.")
        }
        Unique::Barcode => {
            ("V3_INV_ITEM_DUPLICATE_BARCODE", "Another item has this item_barcode: choose another, or PATCH that item.")
        }
        // Nothing that this dialect writes; a race over a row, as far as it can tell.
        Unique::Batch
        | Unique::Serial
        | Unique::Email
        | Unique::Login
        | Unique::Code
        | Unique::TenantCode
        | Unique::Uid
        | Unique::Other => {
            return of_fault(&Fault::Busy);
        }
    };
    wording(StatusCode::CONFLICT, code, message)
}

fn unknown_reference(field: &str, thing: &str, key: &str) -> Wording {
    let message =
        format!("{field} names the {thing} {key}, which this organization does not have: name another or none.");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Wording { details: json!({ field: key }), ..wording(status, "V3_INV_REFERENCE_NOT_FOUND", message) }
}

fn word_for(thing: Thing) -> &'static str {
    match thing {
        Thing::Item => "item",
        Thing::Uom => "uom",
        Thing::Warehouse => "location",
        Thing::Tenant => "organization",
        Thing::Image
        | Thing::Variant
        | Thing::Category
        | Thing::Brand
        | Thing::ItemType
        | Thing::Batch
        | Thing::Order
        | Thing::OrderLine
        | Thing::Customer
        | Thing::Address
        | Thing::Supplier
        | Thing::PurchaseOrder
        | Thing::PurchaseLine
        | Thing::User
        | Thing::Uid
        | Thing::ApiKey => thing.word(),
    }
}
