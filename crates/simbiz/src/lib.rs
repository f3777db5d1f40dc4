//! The SimBiz V3 dialect: what is said under `/api/v3`. It translates its reference's words into commands of the
//! domain and the outcome back; it holds no rule of the warehouse and no SQL.
//!
//! A guided tour, in the order in which a request meets the rooms:
//! - [`auth`]: who calls, and for which organization.
//! - [`organization`]: how a call names it.
//! - [`token`]: getting a token, and the health of the API.
//! - [`items`]: items: lists, lookups, writes.
//! - [`stocks`]: what lies of them where.
//! - [`reference_data`]: the lists that describe them.
//! - [`lists`]: pages, and everything in one answer.
//! - [`ids`], [`times`], [`loose`]: ids, date-times and values as this dialect's clients write them.
//! - [`envelope`]: what every answer is made of.
//! - [`error`]: every refusal, worded once.
//!
//! A handler, the bodies it takes and gives, and the conversions between them and the domain stand in one file, in
//! that order.

pub mod auth;
pub mod envelope;
pub mod error;
pub mod ids;
pub mod items;
pub mod lists;
pub mod loose;
pub mod organization;
pub mod reference_data;
pub mod stocks;
pub mod times;
pub mod token;

use actix_web::middleware::NormalizePath;
use actix_web::web;
use stockbridge_http::body::Reading;
use stockbridge_http::routes::{self, Answers, Common, Documented, Reach};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Where this dialect is mounted.
const PREFIX: &str = "/api/v3";

/// How every body is read: unknown fields mean nothing, and old clients call their JSON a form or plain text.
const TOLERANT: Reading = Reading { strict: false, misnamed: true };

/// Mounts the dialect, before anything else that begins with `/api`. The app holds a `web::Data<Site>`.
pub fn mount(cfg: &mut web::ServiceConfig) {
    let answers = Answers { wrong_method: error::wrong_method, panic: error::panicked };
    let scope = web::scope(PREFIX).configure(|cfg| routes::serve(routes(), answers, cfg));
    // Old clients end a path with a slash now and then.
    cfg.service(scope.default_service(web::to(error::unknown_path)).wrap(NormalizePath::trim()));
}

/// The document of exactly what [`mount`] serves.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes::describe(&routes(), PREFIX, COMMON, Document::openapi())
}

/// The one list that serves and documents.
fn routes() -> Vec<Documented> {
    [token::routes(), items::routes(), stocks::routes(), reference_data::routes()].into_iter().flatten().collect()
}

/// What any operation can answer; what belongs to one stands at that one.
const COMMON: &[Common<'static>] = &[
    refusal(
        "401",
        "Token or uid is missing, wrong or expired, they do not belong together, or the uid is disabled",
        Reach::Callers,
    ),
    refusal("402", "The organization's subscription has ended", Reach::Callers),
    refusal(
        "403",
        "The organization is unknown or not granted to the uid, or granted for reading only",
        Reach::Callers,
    ),
    refusal("409", "The first request with this `Idempotency-Key` is still being carried out", Reach::Writers),
    refusal("422", "The `Idempotency-Key` cannot be one, or came with another request before", Reach::Writers),
    refusal("500", "A mistake in the server; its log has the details under the answer's `X-Request-Id`", Reach::All),
    refusal("503", "The server is too busy; try again after the seconds in `Retry-After`", Reach::All),
];

const fn refusal(status: &'static str, description: &'static str, of: Reach) -> Common<'static> {
    Common { status, description, schema: "FailureResponse", of }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stockbridge SimBiz V3 API",
        description = "Inventory for third-party systems. Get a token with `POST /api/v3/token`, then send it as \
                       `Authorization: Bearer <token>` together with the uid it was made for as `x-uid`.\n\n\
                       Every success has `status`, `data` and `meta`; every refusal is a `FailureResponse`. Values are \
                       text, flags \"1\" and \"0\", no value is \"\". A request may also hold numbers and true or false \
                       in place of text; null and \"\" mean no value. Unknown fields are ignored. Date-times are on the \
                       organization's clock.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "http://127.0.0.1:8080", description = "A server on this machine")),
    tags(
        (name = "auth", description = "Getting a token"),
        (name = "items", description = "Inventory items"),
        (name = "stocks", description = "Stock balances"),
        (name = "reference data", description = "The lists that items and stock refer to"),
        (name = "system", description = "The API itself")
    ),
    components(schemas(envelope::FailureResponse, reference_data::Resource)),
    modifiers(&SecuritySchemes),
    security(("bearer" = [], "uid" = []))
)]
struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let bearer = bearer.description(Some("The token of a uid, from `POST /api/v3/token`")).build();
        let uid = ApiKeyValue::with_description("x-uid", "The uid that the token was made for");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("uid", SecurityScheme::ApiKey(ApiKey::Header(uid)));
    }
}
