//! The IOM dialect: what is said under `/api`. It translates its reference's words into commands of the domain and
//! the outcome back; it holds no rule of the warehouse and no SQL.
//!
//! A guided tour, in the order in which a request meets the rooms:
//! - [`auth`]: who calls, with which role, and what is said to whom may not.
//! - [`requests`]: what requests have in common: the id in a path, the part of a list, a JSON body.
//! - [`log`]: what was asked with API keys, for their owners to read.
//! - [`accounts`]: logging in, and one's own account.
//! - [`products`]: products, their categories and their export.
//! - [`inventory`]: what lies where, what runs low, what happened to it, and changing it.
//! - [`warehouses`], [`batches`], [`serials`]: where stock lies and how its parts are told apart.
//! - [`orders`]: orders, from their placing to what comes back of them.
//! - [`customers`]: who orders, and where they live.
//! - [`suppliers`]: who sells to us, purchase orders, and what comes of them.
//! - [`reports`]: what all of it comes to.
//! - [`users`], [`settings`]: what an admin does for a company.
//! - [`api_keys`]: the keys of integrations, and what was done with them.
//! - [`external`]: what integrations may do with a key, under `/api/external`.
//! - [`download`]: lists as CSV files.
//! - [`answer`]: what every answer is made of.
//! - [`error`]: every refusal, worded once.
//!
//! A handler, the bodies it takes and gives, and the conversions between them and the domain stand in one file, in
//! that order.

pub mod accounts;
pub mod answer;
pub mod api_keys;
pub mod auth;
pub mod batches;
pub mod customers;
pub mod download;
pub mod error;
pub mod external;
pub mod inventory;
pub mod log;
pub mod orders;
pub mod products;
pub mod reports;
pub mod requests;
pub mod serials;
pub mod settings;
pub mod suppliers;
pub mod users;
pub mod warehouses;

use actix_web::{middleware, web};
use stockbridge_http::routes::{self, Answers, Common, Documented, Reach};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Where this dialect is mounted.
const PREFIX: &str = "/api";

/// Mounts the dialect. The app holds a `web::Data<Site>`.
pub fn mount(cfg: &mut web::ServiceConfig) {
    let answers = Answers { wrong_method: error::wrong_method, panic: error::panicked };
    let scope = web::scope(PREFIX).configure(|cfg| routes::serve(routes(), answers, cfg));
    cfg.service(scope.default_service(web::to(error::unknown_path)).wrap(middleware::from_fn(log::note)));
}

/// The document of exactly what [`mount`] serves.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes::describe(&routes(), PREFIX, COMMON, Document::openapi())
}

/// The one list that serves and documents.
fn routes() -> Vec<Documented> {
    let rooms = [
        accounts::routes(),
        products::routes(),
        inventory::routes(),
        warehouses::routes(),
        batches::routes(),
        serials::routes(),
        orders::routes(),
        customers::routes(),
        suppliers::routes(),
        reports::routes(),
        users::routes(),
        settings::routes(),
        api_keys::routes(),
        external::routes(),
    ];
    rooms.into_iter().flatten().collect()
}

/// What any operation can answer; what belongs to one stands at that one.
const COMMON: &[Common<'static>] = &[
    refusal("400", "The header `Idempotency-Key` cannot be one", Reach::Writers),
    refusal(
        "401",
        "The token is missing, malformed, expired, ended by a new password or of another kind: log in (again)",
        Reach::Callers,
    ),
    refusal("402", "The tenant's subscription has expired", Reach::Callers),
    refusal("403", "The account is banned, or its role does not reach; `code` says which", Reach::Callers),
    refusal("409", "The first request with this `Idempotency-Key` is still being carried out", Reach::Writers),
    refusal("422", "This `Idempotency-Key` came with another request before", Reach::Writers),
    refusal("500", "A mistake in the server; its log has the details under `request_id`", Reach::All),
    refusal("503", "The server is too busy; try again after the seconds in `Retry-After`", Reach::All),
    refusal("507", "The server's disk is full", Reach::All),
];

const fn refusal(status: &'static str, description: &'static str, of: Reach) -> Common<'static> {
    Common { status, description, schema: "ErrorResponse", of }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stockbridge IOM API",
        description = "Inventory, orders and everything around them. Log in with `POST /api/auth/login`, then send the \
                       token as `Authorization: Bearer <token>`. Integrations send an API key as `X-API-Key` to \
                       `/api/external` instead.\n\n\
                       Every refusal is an `ErrorResponse`. Numbers in a request may also come as numeric text. \
                       Unknown fields of a body are ignored, unless the header `Prefer: handling=strict` asks to \
                       refuse them: all of them are then named, such as `items[0].colour`, and the answer says \
                       `Preference-Applied: handling=strict`. `X-Request-Id` is taken or made, and answered.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "http://127.0.0.1:8080", description = "A server on this machine")),
    tags(
        (name = "authentication", description = "Logging in, and one's own account"),
        (name = "products", description = "Products with their prices and what is on hand of them"),
        (name = "categories", description = "The tree of product categories"),
        (name = "inventory", description = "What lies where, what runs low, what happened to it, and changing it"),
        (name = "warehouses", description = "Where stock lies"),
        (name = "batches", description = "Goods of one make with their dates, of products tracked by batch"),
        (name = "serials", description = "Single units, of products tracked by serial number"),
        (name = "orders", description = "What customers want, how far it has come, and what came back of it"),
        (name = "customers", description = "Who orders, and their addresses"),
        (name = "suppliers", description = "Who sells to us, purchase orders, and what comes of them"),
        (name = "reports", description = "What all of it comes to: revenue, cost of goods sold, what stock is worth"),
        (name = "users", description = "Who may log in for the company, and as what"),
        (name = "settings", description = "What holds for the whole company"),
        (name = "api_keys", description = "The keys of integrations, and what was done with them"),
        (name = "external", description = "What integrations may do, with an API key in place of a token")
    ),
    components(schemas(error::ErrorResponse, reports::financial::ReportPeriod)),
    modifiers(&SecuritySchemes),
    security(("bearer" = []))
)]
struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let bearer = bearer.description(Some("The token of a user, from `POST /api/auth/login`")).build();
        let key = ApiKeyValue::with_description("X-API-Key", "The key of an integration, for `/api/external` only");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(key)));
    }
}
