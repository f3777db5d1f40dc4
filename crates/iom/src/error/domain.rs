//! The domain's refusals in this dialect's words.

use std::time::Duration;

use actix_web::http::StatusCode;
use stockbridge_domain::stock::sync::Skipped;
use stockbridge_domain::values::Quantity;
use stockbridge_domain::{Error, Fault, KeyFault, Problem, Role, Shortage, Thing, Unique};
use stockbridge_http::numbers::Number;

use super::ErrorDetail;
use super::wording::{Wording, detail, internal, invalid, wording};
use crate::external::sync::said_of;

/// The domain's refusals. No default arm: a new one stops the build until it is decided here.
pub(super) fn of_domain(error: Error) -> Wording {
    use StatusCode as Status;
    match error {
        Error::Invalid(problems) => invalid("validation_failed", problems),
        Error::NotFound { thing, key } => not_found(thing, &key),
        Error::UnknownReference { field, thing, key } => unknown_reference(field, thing, &key),
        Error::Duplicate(unique) => duplicate(unique),
        Error::SerialsTaken(numbers) => serials_taken(numbers),
        Error::TrackingInUse { sku, by } => {
            let message = format!("of {sku} cannot change while {by}");
            let problems = vec![Problem::new("tracking_type", message)];
            Wording { status: Status::CONFLICT, ..invalid("tracking_in_use", problems) }
        }
        Error::InUse { thing, key, by } => {
            let error = format!("{} {key} cannot be deleted while {by}.", capitalized(thing.word()));
            wording(Status::CONFLICT, "in_use", error)
        }
        Error::TooMany { thing, most } => too_many(thing, most),
        Error::LastAdmin => {
            let error = "No admin would be left who may log in: make another user an admin first.";
            wording(Status::CONFLICT, "last_admin", error)
        }
        Error::InsufficientStock(shortages) => shortage(shortages),
        Error::Unexpected { current } => unexpected(current),
        Error::NotSynced(rows) => not_synced(rows),
        Error::OutOfRange => {
            let error = "A figure would go beyond 900 billion, which cannot be recorded: send a smaller one.";
            wording(Status::BAD_REQUEST, "out_of_range", error)
        }
        Error::NoDefaultWarehouse => {
            let message = "is required, since there is no default warehouse: name one that GET /api/warehouses lists";
            invalid("no_default_warehouse", vec![Problem::new("warehouse_id", message)])
        }
        Error::IllegalStatus { from, to, allowed } => illegal_status(from, to, allowed),
        Error::OverFulfilment { line, requested, outstanding } => {
            let error = format!("Order item {line} has {outstanding} left to fulfil, not {requested}: send less.");
            too_much("over_fulfilment", "quantity_fulfilled", error, requested.into(), outstanding.into())
        }
        Error::OverReceipt { line, requested, outstanding } => {
            let error =
                format!("Purchase order item {line} has {outstanding} left to receive, not {requested}: send less.");
            too_much("over_receipt", "quantity", error, requested.into(), outstanding.into())
        }
        Error::OverReturn { line, requested, returnable } => {
            let error = format!("Order item {line} can take back {returnable}, not {requested}: send less.");
            too_much("over_return", "quantity", error, requested.into(), returnable.into())
        }
        Error::KeyReused => {
            let error = "This Idempotency-Key came with another request before: send a new key with a new request.";
            wording(Status::UNPROCESSABLE_ENTITY, "idempotency_key_reused", error)
        }
        Error::KeyInFlight => {
            let error =
                "The first request with this Idempotency-Key is still being carried out: try again in a second.";
            let wording = wording(Status::CONFLICT, "idempotency_key_in_flight", error);
            Wording { retry_after: Some(Duration::from_secs(1)), ..wording }
        }
        Error::ShownOnce => {
            let error = "This request was carried out before, and its answer is shown only once: if that is lost, \
                         revoke what was made and send a new Idempotency-Key.";
            wording(Status::CONFLICT, "shown_once", error)
        }
        Error::WrongCredentials => {
            let error = "The e-mail or the password is wrong: check both and try again.";
            wording(Status::UNAUTHORIZED, "wrong_credentials", error)
        }
        Error::AccountGone => {
            let error = "The account behind this token no longer exists: log in with another one.";
            wording(Status::UNAUTHORIZED, "account_gone", error)
        }
        Error::TokenRevoked => {
            let error = "The password was changed after this token was made: log in again with POST /api/auth/login.";
            wording(Status::UNAUTHORIZED, "token_revoked", error)
        }
        Error::Banned => {
            wording(Status::FORBIDDEN, "account_banned", "This account is banned: ask an admin of your company.")
        }
        Error::SubscriptionExpired => {
            let error = "Your company's subscription has expired: renew it to go on.";
            wording(Status::PAYMENT_REQUIRED, "subscription_expired", error)
        }
        Error::RoleLacking { needed } => role_lacking(needed),
        Error::ApiKeyRefused(fault) => api_key_refused(fault),
        Error::ScopeLacking { scope } => scope_lacking(scope),
        Error::ReadOnlyGrant => {
            wording(Status::FORBIDDEN, "read_only", "This account may only read: ask an admin of your company.")
        }
        Error::OrganizationForbidden(_) => {
            let error = "This account does not reach that company: ask one of its admins.";
            wording(Status::FORBIDDEN, "company_forbidden", error)
        }
        Error::TooManyFailures { retry_after } => {
            let error = "Too many failed attempts to log in: wait for the seconds in the header Retry-After.";
            let wording = wording(Status::TOO_MANY_REQUESTS, "too_many_attempts", error);
            Wording { retry_after: Some(retry_after), ..wording }
        }
        Error::Fault(fault) => of_fault(&fault),
    }
}

fn not_found(thing: Thing, key: &str) -> Wording {
    let (capital, list) = (capitalized(thing.word()), list_of(thing));
    wording(StatusCode::NOT_FOUND, "not_found", format!("{capital} {key} does not exist: {list}."))
}

fn unknown_reference(field: String, thing: Thing, key: &str) -> Wording {
    let message = format!("refers to {thing} {key}, which does not exist: {}", list_of(thing));
    let problems = vec![Problem::new(field, message)];
    Wording { status: StatusCode::NOT_FOUND, ..invalid("unknown_reference", problems) }
}

/// A full disk is told as one; else only files are out of reach.
pub(super) fn of_uploads(fault: Fault) -> Wording {
    match fault {
        Fault::Internal(_) => {
            let error = "The server cannot keep files now, nothing was changed: tell whoever runs it, or send a url.";
            let wording = wording(StatusCode::SERVICE_UNAVAILABLE, "uploads_unavailable", error);
            Wording { retry_after: Some(Duration::from_secs(60)), ..wording }
        }
        other => of_fault(&other),
    }
}

fn of_fault(fault: &Fault) -> Wording {
    let later = |code, error: &str, seconds| {
        let wording = wording(StatusCode::SERVICE_UNAVAILABLE, code, error);
        Wording { retry_after: Some(Duration::from_secs(seconds)), ..wording }
    };
    match fault {
        Fault::Busy | Fault::Race(_) => later("busy", "The server is busy: try again in a second.", 1),
        Fault::Unavailable(_) => later("unavailable", "The database cannot be reached: try again in a few seconds.", 5),
        Fault::Uncertain(_) => {
            let error = "It is not known whether this was carried out: read what is there before you send it again.";
            wording(StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown", error)
        }
        Fault::Full => {
            let error = "The server's disk is full, nothing was changed: tell whoever runs it.";
            wording(StatusCode::INSUFFICIENT_STORAGE, "disk_full", error)
        }
        Fault::ReferenceGone => {
            let error = "Something that this request refers to was removed meanwhile: read it again and retry.";
            wording(StatusCode::NOT_FOUND, "reference_gone", error)
        }
        Fault::Internal(_) => internal(),
    }
}

fn too_many(thing: Thing, most: usize) -> Wording {
    let error = format!("A product has at most {most} {}s: delete one of them first.", thing.word());
    wording(StatusCode::CONFLICT, "limit_reached", error)
}

fn serials_taken(numbers: Vec<(usize, String)>) -> Wording {
    let taken = |(at, number): (usize, String)| {
        Problem::new(format!("serials[{at}]"), format!("already exists for this product: {number}"))
    };
    let problems = numbers.into_iter().map(taken).collect();
    Wording { status: StatusCode::CONFLICT, ..invalid("duplicate_serial", problems) }
}

fn unexpected(current: Quantity) -> Wording {
    let message = format!("does not hold, {current} are on hand: read the stock again before you change it");
    let problem = ErrorDetail { current: Some(current.into()), ..detail("expected_quantity", &message) };
    let error = format!("expected_quantity {message}");
    Wording { details: vec![problem], ..wording(StatusCode::CONFLICT, "unexpected_quantity", error) }
}

fn shortage(shortages: Vec<Shortage>) -> Wording {
    let problem = |Shortage { sku, requested, available }: Shortage| {
        let message = format!("of {sku} is {requested}, but only {available} are available");
        let (requested, available) = (Some(requested.into()), Some(available.into()));
        ErrorDetail { sku: Some(sku), requested, available, ..detail("quantity", message) }
    };
    let details = shortages.into_iter().map(problem).collect::<Vec<_>>();
    let short = details.iter().filter_map(|detail| detail.sku.as_deref()).collect::<Vec<_>>().join(", ");
    let error = format!("Insufficient stock of {short}: ask for no more than is available, or restock first.");
    Wording { details, ..wording(StatusCode::CONFLICT, "insufficient_stock", error) }
}

fn not_synced(rows: Vec<Skipped>) -> Wording {
    let error =
        format!("Nothing was synced, since {} rows cannot be: correct or leave out those in details.", rows.len());
    let problem = |Skipped { at, sku, warehouse_id: _, obstacle }: Skipped| {
        let (field, message, current) = said_of(obstacle);
        let current = current.map(Number::from);
        ErrorDetail { sku: Some(sku), current, ..detail(format!("items[{at}].{field}"), message) }
    };
    Wording { details: rows.into_iter().map(problem).collect(), ..wording(StatusCode::CONFLICT, "not_synced", error) }
}

fn illegal_status(from: &'static str, to: &'static str, allowed: Vec<&'static str>) -> Wording {
    let message = match allowed.as_slice() {
        [] => format!("cannot be {to}: an order that is {from} stays so"),
        allowed => format!("cannot be {to}: an order that is {from} can become {}", allowed.join(", ")),
    };
    let error = format!("status {message}");
    let (from, to, allowed) = (Some(from), Some(to), Some(allowed));
    let details = vec![ErrorDetail { from, to, allowed, ..detail("status", message) }];
    Wording { details, ..wording(StatusCode::CONFLICT, "illegal_status", error) }
}

fn too_much(code: &'static str, field: &str, error: String, requested: Number, available: Number) -> Wording {
    let message = error.trim_end_matches('.');
    let problem = ErrorDetail { requested: Some(requested), available: Some(available), ..detail(field, message) };
    Wording { details: vec![problem], ..wording(StatusCode::CONFLICT, code, error) }
}

fn duplicate(unique: Unique) -> Wording {
    let (code, field, what, place) = match unique {
        Unique::Sku => ("duplicate_sku", "sku", "SKU", "for this tenant"),
        Unique::Barcode => ("duplicate_barcode", "barcode", "Barcode", "for this tenant"),
        Unique::Batch => ("duplicate_batch", "batch_number", "Batch number", "for this product"),
        Unique::Serial => ("duplicate_serial", "serial_number", "Serial number", "for this product"),
        Unique::Code => ("duplicate_code", "code", "Code", "for this tenant"),
        Unique::Email => ("duplicate_email", "email", "Email", "for this tenant"),
        Unique::Login => ("duplicate_email", "email", "Email", "on this server"),
        Unique::TenantCode => ("duplicate_code", "code", "Tenant code", "for this tenant"),
        Unique::Uid => ("duplicate_uid", "uid", "Uid", "for this tenant"),
        Unique::Other => {
            let error = "Another request made the same thing at the same moment: read it before you try again.";
            return wording(StatusCode::CONFLICT, "duplicate", error);
        }
    };
    let message = format!("already exists {place}");
    let error = format!("{what} {message}");
    Wording { details: vec![detail(field, message)], ..wording(StatusCode::CONFLICT, code, error) }
}

fn role_lacking(needed: Role) -> Wording {
    let (code, error) = match needed {
        Role::Viewer => ("viewer_role_required", "This needs the role viewer: ask an admin of your company."),
        Role::Staff => ("staff_role_required", "This needs the role staff or above: ask an admin of your company."),
        Role::Manager => {
            ("manager_role_required", "This needs the role manager or admin: ask an admin of your company.")
        }
        Role::Admin => ("admin_role_required", "This needs the role admin: ask an admin of your company."),
    };
    wording(StatusCode::FORBIDDEN, code, error)
}

fn api_key_refused(fault: KeyFault) -> Wording {
    let (code, error) = match fault {
        KeyFault::Unknown => ("api_key_unknown", "This API key is not known: check that all of it was sent."),
        KeyFault::Revoked => {
            ("api_key_revoked", "This API key was revoked: ask an admin of your company for another one.")
        }
        KeyFault::Expired => {
            ("api_key_expired", "This API key has expired: ask an admin of your company for another one.")
        }
    };
    wording(StatusCode::UNAUTHORIZED, code, error)
}

fn scope_lacking(scope: &str) -> Wording {
    let error = format!("This needs an API key with the permission {scope}: ask an admin of your company for one.");
    let details = vec![detail("permissions", format!("must include {scope}"))];
    Wording { details, ..wording(StatusCode::FORBIDDEN, "scope_lacking", error) }
}

fn list_of(thing: Thing) -> &'static str {
    match thing {
        Thing::Item => "GET /api/products lists those that do",
        Thing::Image => "GET /api/products/:id lists the product's images",
        Thing::Variant => "GET /api/products/:id lists the product's variants",
        Thing::Category => "GET /api/products/categories lists those that do",
        Thing::Warehouse => "GET /api/warehouses lists those that do",
        Thing::Batch => "GET /api/batches lists those that do",
        Thing::Order => "GET /api/orders lists those that do",
        Thing::OrderLine => "GET /api/orders/:id lists the order's items",
        Thing::Supplier => "GET /api/suppliers lists those that do",
        Thing::PurchaseOrder => "GET /api/suppliers/purchase-orders/all lists those that do",
        Thing::PurchaseLine => "GET /api/suppliers/purchase-orders/:id lists the purchase order's items",
        Thing::Customer => "GET /api/customers lists those that do",
        Thing::Address => "GET /api/customers/:id lists the customer's addresses",
        Thing::User => "GET /api/users lists those that do",
        Thing::ApiKey => "GET /api/api-keys lists those that do",
        Thing::Brand | Thing::ItemType | Thing::Uom | Thing::Tenant | Thing::Uid => "check its id",
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
