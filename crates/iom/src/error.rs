//! Every refusal, worded once: a status, a sentence that says what to do, a stable code.
//!
//! Rules: decisions for the IOM dialect, "Errors".

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use stockbridge_domain::orders::Status as OrderStatus;
use stockbridge_domain::{Error, Fault, Problem, Role, Shortage, Thing, Unique};
use stockbridge_http::body::BodyFault;
use stockbridge_http::check::Gap;
use stockbridge_http::numbers::Number;
use stockbridge_http::path::PathFault;
use stockbridge_http::reply;
use stockbridge_http::tokens::TokenFault;
use stockbridge_http::trail::Trail;
use utoipa::ToSchema;

/// Why a request is refused.
#[derive(Debug)]
pub enum Reason {
    /// The domain refuses.
    Domain(Error),
    /// Nobody knows who asks.
    Credential(CredentialFault),
    /// The body cannot be read.
    Body(BodyFault),
    /// The path cannot be read.
    Path(PathFault),
    /// Nothing is served there.
    UnknownPath,
    /// Something is served there, but not by that method.
    WrongMethod,
    /// The handler panicked; it is logged already.
    Panic,
}

/// Why a credential is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFault {
    /// There is none.
    Absent,
    /// There is an API key where only a token counts.
    KeyAlone,
    /// The header does not hold one bearer token.
    Malformed,
    /// The token is not good.
    Token(TokenFault),
}

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Box<ErrorResponse>,
}

/// What every refusal says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorResponse {
    /// One sentence for people
    #[schema(example = "SKU already exists for this tenant")]
    pub error: String,
    /// The same for programs; stable
    #[schema(example = "duplicate_sku")]
    pub code: &'static str,
    /// Every field that is wrong; empty when it is not about fields
    pub details: Vec<ErrorDetail>,
    /// The request's id, as it stands in the server's log and in the header `X-Request-Id`
    pub request_id: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// The field, as the request names it
    #[schema(example = "base_price")]
    pub field: String,
    /// The end of a sentence that begins with the field
    #[schema(example = "must not be negative")]
    pub message: String,
    /// Of a shortage: the product's SKU
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sku: Option<String>,
    /// What was asked for, in all lines together
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub requested: Option<Number>,
    /// What there is for it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub available: Option<Number>,
    /// Of an `expected_quantity` that does not hold: what is on hand
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub current: Option<Number>,
    /// Of a change of status: what the order is
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<&'static str>,
    /// What it was to become
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<&'static str>,
    /// What it can become
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allowed: Option<Vec<&'static str>>,
}

/// What is said of a reason, before it is known to whom.
struct Wording {
    status: StatusCode,
    code: &'static str,
    error: String,
    details: Vec<ErrorDetail>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// The refusal of the request that left this trail.
    pub fn new(reason: impl Into<Reason>, trail: &Trail) -> Self {
        let reason = reason.into();
        if let Reason::Domain(Error::Fault(fault)) = &reason {
            trail.log(fault);
        }
        let Wording { status, code, error, details, retry_after } = match reason {
            Reason::Domain(error) => of_domain(error),
            Reason::Credential(fault) => of_credential(fault),
            Reason::Body(fault) => of_body(fault),
            Reason::Path(fault) => of_path(fault),
            Reason::UnknownPath => wording(
                StatusCode::NOT_FOUND,
                "unknown_path",
                "Nothing is served at this path: compare it with /openapi/iom.json or read /docs.",
            ),
            Reason::WrongMethod => wording(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This path does not take that method: the header Allow names those it takes.",
            ),
            Reason::Panic => internal(),
        };
        let body = ErrorResponse { error, code, details, request_id: trail.request_id().to_owned() };
        Self { status, retry_after, body: Box::new(body) }
    }
}

/// Refuses a path that nothing is served at.
pub(crate) async fn unknown_path(request: HttpRequest) -> HttpResponse {
    Refusal::new(Reason::UnknownPath, &Trail::of(&request)).error_response()
}

/// Refuses a method that a path does not take.
pub(crate) fn wrong_method(request: &HttpRequest) -> HttpResponse {
    Refusal::new(Reason::WrongMethod, &Trail::of(request)).error_response()
}

/// Answers in place of a handler that panicked.
pub(crate) fn panicked(request: &HttpRequest) -> HttpResponse {
    Refusal::new(Reason::Panic, &Trail::of(request)).error_response()
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.body.error)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        reply::refused(self.status, self.retry_after, &self.body)
    }
}

impl From<Error> for Reason {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<Gap> for Reason {
    fn from(gap: Gap) -> Self {
        Self::Domain(gap.into())
    }
}

impl From<CredentialFault> for Reason {
    fn from(fault: CredentialFault) -> Self {
        Self::Credential(fault)
    }
}

impl From<BodyFault> for Reason {
    fn from(fault: BodyFault) -> Self {
        Self::Body(fault)
    }
}

impl From<PathFault> for Reason {
    fn from(fault: PathFault) -> Self {
        Self::Path(fault)
    }
}

/// The domain's refusals. No default arm: a new one stops the build until it is decided here.
fn of_domain(error: Error) -> Wording {
    use StatusCode as Status;
    match error {
        Error::Invalid(problems) => invalid("validation_failed", problems),
        Error::NotFound { thing, key } => {
            let (capital, list) = (capitalized(thing.word()), list_of(thing));
            wording(Status::NOT_FOUND, "not_found", format!("{capital} {key} does not exist: {list}."))
        }
        Error::UnknownReference { field, thing, key } => {
            let message = format!("refers to {thing} {key}, which does not exist: {}", list_of(thing));
            let problems = vec![Problem::new(field, message)];
            Wording { status: Status::NOT_FOUND, ..invalid("unknown_reference", problems) }
        }
        Error::Duplicate(unique) => duplicate(unique),
        Error::TrackingInUse { sku, on_hand } => {
            let message = format!("of {sku} cannot change while {on_hand} are on hand: take them out of stock first");
            let problems = vec![Problem::new("tracking_type", message)];
            Wording { status: Status::CONFLICT, ..invalid("tracking_in_use", problems) }
        }
        Error::InUse { thing, key, by } => {
            let error =
                format!("{} {key} cannot be deleted while {by}: move or delete that first.", capitalized(thing.word()));
            wording(Status::CONFLICT, "in_use", error)
        }
        Error::InsufficientStock(shortages) => shortage(shortages),
        Error::Unexpected { current } => {
            let message = format!("does not hold, {current} are on hand: read the stock again before you change it");
            let problem = ErrorDetail { current: Some(current.into()), ..detail("expected_quantity", &message) };
            let error = format!("expected_quantity {message}");
            Wording { details: vec![problem], ..wording(Status::CONFLICT, "unexpected_quantity", error) }
        }
        Error::OutOfRange => {
            let error = "A figure would go beyond 900 billion, which cannot be recorded: send a smaller one.";
            wording(Status::BAD_REQUEST, "out_of_range", error)
        }
        Error::NoDefaultWarehouse => {
            let message = "is required, since there is no default warehouse: name one that GET /api/warehouses lists";
            invalid("no_default_warehouse", vec![Problem::new("warehouse_id", message)])
        }
        Error::IllegalStatus { from, to } => illegal_status(from, to),
        Error::OverFulfilment { line, requested, outstanding } => {
            let error = format!("Order item {line} has {outstanding} left to fulfil, not {requested}: send less.");
            too_much("over_fulfilment", "quantity_fulfilled", error, requested.into(), outstanding.into())
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
        Error::WrongCredentials => {
            let error = "The e-mail or the password is wrong: check both and try again.";
            wording(Status::UNAUTHORIZED, "wrong_credentials", error)
        }
        Error::AccountGone => {
            let error = "The account behind this token no longer exists: log in with another one.";
            wording(Status::UNAUTHORIZED, "account_gone", error)
        }
        Error::Banned => {
            wording(Status::FORBIDDEN, "account_banned", "This account is banned: ask an admin of your company.")
        }
        Error::SubscriptionExpired => {
            let error = "Your company's subscription has expired: renew it to go on.";
            wording(Status::PAYMENT_REQUIRED, "subscription_expired", error)
        }
        Error::RoleLacking { needed } => role_lacking(needed),
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

fn of_credential(fault: CredentialFault) -> Wording {
    let (code, error) = match fault {
        CredentialFault::Absent => {
            ("token_missing", "Send Authorization: Bearer <token>, with a token from POST /api/auth/login.")
        }
        CredentialFault::KeyAlone => {
            ("token_missing", "An API key opens /api/external only: send a token from POST /api/auth/login.")
        }
        CredentialFault::Malformed => {
            ("token_malformed", "The header must be Authorization: Bearer <token>, with one token in it.")
        }
        CredentialFault::Token(TokenFault::Malformed | TokenFault::BadSignature) => {
            ("token_invalid", "The token is not one of this server: log in with POST /api/auth/login.")
        }
        CredentialFault::Token(TokenFault::Expired) => {
            ("token_expired", "The token has expired: log in again with POST /api/auth/login.")
        }
        CredentialFault::Token(TokenFault::WrongKind) => {
            ("token_of_another_kind", "The token is for another API: log in with POST /api/auth/login.")
        }
    };
    wording(StatusCode::UNAUTHORIZED, code, error)
}

fn of_body(fault: BodyFault) -> Wording {
    use StatusCode as Status;
    match fault {
        BodyFault::Empty => wording(Status::BAD_REQUEST, "body_missing", "The body is empty: send a JSON object."),
        BodyFault::UnsupportedType(found) => {
            let error = format!("The body must be JSON, not {found}: send it as Content-Type: application/json.");
            wording(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", error)
        }
        BodyFault::UnknownFields(names) => {
            let error =
                format!("The body has unknown fields: {}; leave them out, or do without Prefer.", names.join(", "));
            let unknown = names.into_iter().map(|field| detail(field, "is not known"));
            Wording { details: unknown.collect(), ..wording(Status::BAD_REQUEST, "unknown_fields", error) }
        }
        BodyFault::Malformed(sentence) => wording(Status::BAD_REQUEST, "malformed_json", sentence),
        BodyFault::TooLarge { limit } => {
            let error = format!("The body is larger than {limit} bytes: send less at once.");
            wording(Status::PAYLOAD_TOO_LARGE, "body_too_large", error)
        }
        BodyFault::Incomplete => {
            wording(Status::BAD_REQUEST, "body_incomplete", "The body broke off before its end: send it again.")
        }
        BodyFault::TooSlow { seconds } => {
            let error = format!("The body did not arrive within {seconds} seconds: send it again.");
            wording(Status::BAD_REQUEST, "body_too_slow", error)
        }
    }
}

fn of_path(fault: PathFault) -> Wording {
    let error = match fault {
        PathFault::NotUtf8 => "The path is not UTF-8: encode it again.",
        PathFault::Nul => "The path holds a NUL character: leave it out.",
    };
    wording(StatusCode::BAD_REQUEST, "malformed_path", error)
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

fn illegal_status(from: OrderStatus, to: OrderStatus) -> Wording {
    let allowed = from.next().iter().map(|status| status.as_str()).collect::<Vec<_>>();
    let message = match allowed.as_slice() {
        [] => format!("cannot be {to}: an order that is {from} stays so"),
        allowed => format!("cannot be {to}: an order that is {from} can become {}", allowed.join(", ")),
    };
    let error = format!("status {message}");
    let (from, to, allowed) = (Some(from.as_str()), Some(to.as_str()), Some(allowed));
    let details = vec![ErrorDetail { from, to, allowed, ..detail("status", message) }];
    Wording { details, ..wording(StatusCode::CONFLICT, "illegal_status", error) }
}

fn too_much(code: &'static str, field: &str, error: String, requested: Number, available: Number) -> Wording {
    let message = error.trim_end_matches('.');
    let problem = ErrorDetail { requested: Some(requested), available: Some(available), ..detail(field, message) };
    Wording { details: vec![problem], ..wording(StatusCode::CONFLICT, code, error) }
}

fn duplicate(unique: Unique) -> Wording {
    let (code, field, what) = match unique {
        Unique::Sku => ("duplicate_sku", "sku", "SKU"),
        Unique::Barcode => ("duplicate_barcode", "barcode", "Barcode"),
        Unique::Batch => ("duplicate_batch", "batch_number", "Batch number"),
        Unique::Serial => ("duplicate_serial", "serial_number", "Serial number"),
        Unique::Code => ("duplicate_code", "code", "Code"),
        Unique::Email => ("duplicate_email", "email", "Email"),
        Unique::TenantCode => ("duplicate_code", "code", "Tenant code"),
        Unique::Uid => ("duplicate_uid", "uid", "Uid"),
        Unique::Other => {
            let error = "Another request made the same thing at the same moment: read it before you try again.";
            return wording(StatusCode::CONFLICT, "duplicate", error);
        }
    };
    let message = "already exists for this tenant";
    let details = vec![detail(field, message)];
    Wording { details, ..wording(StatusCode::CONFLICT, code, format!("{what} {message}")) }
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

/// Nothing of the inside is told; the log has it under the request's id.
fn internal() -> Wording {
    let error = "The server made a mistake: try again, or tell whoever runs it the request_id.";
    wording(StatusCode::INTERNAL_SERVER_ERROR, "internal", error)
}

fn invalid(code: &'static str, problems: Vec<Problem>) -> Wording {
    let error = problems.first().map(|Problem { field, message }| format!("{field} {message}")).unwrap_or_default();
    let details = problems.into_iter().map(|Problem { field, message }| detail(field, message)).collect();
    Wording { details, ..wording(StatusCode::BAD_REQUEST, code, error) }
}

fn detail(field: impl Into<String>, message: impl Into<String>) -> ErrorDetail {
    ErrorDetail { field: field.into(), message: message.into(), ..ErrorDetail::default() }
}

fn wording(status: StatusCode, code: &'static str, error: impl Into<String>) -> Wording {
    Wording { status, code, error: error.into(), details: Vec::new(), retry_after: None }
}

fn list_of(thing: Thing) -> &'static str {
    match thing {
        Thing::Item => "GET /api/products lists those that do",
        Thing::Category => "GET /api/products/categories lists those that do",
        Thing::Warehouse => "GET /api/warehouses lists those that do",
        Thing::Batch => "GET /api/batches lists those that do",
        Thing::Order => "GET /api/orders lists those that do",
        Thing::OrderLine => "GET /api/orders/:id lists the order's items",
        Thing::Customer => "GET /api/customers lists those that do",
        Thing::Brand | Thing::ItemType | Thing::Uom | Thing::Tenant | Thing::User | Thing::Uid => "check its id",
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
