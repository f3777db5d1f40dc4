//! One list serves and documents: a path cannot be served and undocumented, nor documented and unserved.
//! [`routes!`](crate::routes!) takes handlers under `#[utoipa::path]`, which writes their path and method once.

use std::collections::BTreeMap;
use std::future::ready;

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, Route, guard, web};
use stockbridge_domain::idempotency::MAX_KEY;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema};

use crate::panics::CatchPanics;

/// One handler with everything its document says.
pub struct Documented {
    path: String,
    item: PathItem,
    schemas: Vec<(String, RefOr<Schema>)>,
    route: Route,
}

/// What a dialect says on a known path where no handler can.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// The path takes other methods. The header `Allow` is added.
    pub wrong_method: fn(&HttpRequest) -> HttpResponse,
    /// The handler panicked.
    pub panic: fn(&HttpRequest) -> HttpResponse,
}

/// A response that many operations share, so that handlers need not repeat it.
#[derive(Debug, Clone, Copy)]
pub struct Common<'a> {
    /// The HTTP status, such as `401`.
    pub status: &'a str,
    /// The description that every response must have.
    pub description: &'a str,
    /// The component that describes its JSON body.
    pub schema: &'a str,
    /// Which operations can give it.
    pub of: Reach,
}

/// Which operations share something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    All,
    /// Those that need a credential.
    Callers,
    /// Those that write for who has a credential.
    Writers,
}

/// Lists handlers of one file: `pub fn routes() -> Vec<Documented> { routes![list_things, create_thing] }`.
///
/// Each is a plain `async fn` under `#[utoipa::path(get, path = "/things", …)]`; the crate needs `utoipa`.
/// A macro, because the name of what that attribute makes can only be formed by another attribute.
#[macro_export]
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        vec![$({
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($handler))]
            struct Document;
            $crate::routes::Documented::new(<Document as utoipa::OpenApi>::openapi(), $handler)
        }),+]
    };
}

impl Documented {
    /// Joins a handler and the document of it alone; for [`routes!`](crate::routes!).
    pub fn new<F, Args>(document: OpenApi, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let (path, item) = document.paths.paths.into_iter().next().unwrap_or_default();
        let schemas = document.components.unwrap_or_default().schemas.into_iter().collect();
        let methods = methods(&item);
        let route = Route::new().guard(guard::fn_guard(move |asked| methods.contains(&asked.head().method)));
        Self { path, item, schemas, route: route.to(handler) }
    }
}

/// Serves every route of the list, on a scope or an app. Handlers of one path share it, fixed words win over
/// placeholders in whatever order they are listed, HEAD is answered wherever GET is.
///
/// `.configure(|cfg| routes::serve(things::routes(), ANSWERS, cfg))`
pub fn serve(list: Vec<Documented>, answers: Answers, cfg: &mut web::ServiceConfig) {
    for (path, routes) in by_path(list) {
        let mut known = PathItem::default();
        for documented in &routes {
            known.merge_operations(documented.item.clone());
        }
        let allowed = methods(&known);
        let refuse = web::to(move |request: HttpRequest| ready(refused(&request, &allowed, answers.wrong_method)));
        let resource = web::resource(path).wrap(CatchPanics::new(answers.panic)).default_service(refuse);
        cfg.service(routes.into_iter().fold(resource, |resource, documented| resource.route(documented.route)));
    }
}

/// Adds the list to a document, its paths behind `prefix` and every operation with the common responses.
///
/// An operation marked `security(())` becomes one with `security: []`: free for everybody.
pub fn describe(list: &[Documented], prefix: &str, common: &[Common<'_>], mut document: OpenApi) -> OpenApi {
    for documented in list {
        let mut item = documented.item.clone();
        let reads = item.get.is_some() || item.head.is_some();
        for operation in operations(&mut item) {
            open_if_public(operation);
            let public = operation.security.as_ref().is_some_and(Vec::is_empty);
            let writes = !public && !reads;
            if writes {
                operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            }
            let can = |common: &&Common<'_>| match common.of {
                Reach::All => true,
                Reach::Callers => !public,
                Reach::Writers => writes,
            };
            common.iter().filter(can).for_each(|common| add_common(operation, *common));
        }
        let path = format!("{prefix}{}", documented.path);
        document.paths.paths.entry(path).or_default().merge_operations(item);
        let components = document.components.get_or_insert_default();
        components.schemas.extend(documented.schemas.iter().cloned());
    }
    document
}

/// Groups handlers by path, in the order in which paths must be tried: at each segment words before placeholders.
fn by_path(list: Vec<Documented>) -> Vec<(String, Vec<Documented>)> {
    let mut grouped: BTreeMap<String, Vec<Documented>> = BTreeMap::new();
    for documented in list {
        grouped.entry(documented.path.clone()).or_default().push(documented);
    }
    let mut grouped: Vec<_> = grouped.into_iter().collect();
    grouped.sort_by_key(|(path, _)| path.split('/').map(|segment| segment.contains('{')).collect::<Vec<_>>());
    grouped
}

fn methods(item: &PathItem) -> Vec<Method> {
    let methods = [
        (item.get.is_some(), Method::GET),
        (item.get.is_some() || item.head.is_some(), Method::HEAD),
        (item.post.is_some(), Method::POST),
        (item.put.is_some(), Method::PUT),
        (item.patch.is_some(), Method::PATCH),
        (item.delete.is_some(), Method::DELETE),
        (item.options.is_some(), Method::OPTIONS),
        (item.trace.is_some(), Method::TRACE),
    ];
    methods.into_iter().filter_map(|(served, method)| served.then_some(method)).collect()
}

fn refused(request: &HttpRequest, allowed: &[Method], wrong_method: fn(&HttpRequest) -> HttpResponse) -> HttpResponse {
    let mut response = wrong_method(request);
    let allowed = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, options, head, trace, .. } = item;
    [get, post, put, patch, delete, options, head, trace].into_iter().flatten()
}

/// The attribute can only say "one requirement, an empty one" (`[{}]`), which generators take for a third way in.
fn open_if_public(operation: &mut Operation) {
    if let Some(security) = &mut operation.security {
        security.retain(|requirement| *requirement != SecurityRequirement::default());
    }
}

fn add_common(operation: &mut Operation, common: Common<'_>) {
    let Common { status, description, schema, of: _ } = common;
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
        RefOr::T(ResponseBuilder::new().description(description).content("application/json", content).build())
    });
}

/// The header that every write takes: see [`crate::once`].
fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX_KEY));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name of your own for this request. Sent again with the same key within 24 hours, it is answered as the \
             first time, with the header `Idempotent-Replayed: true`, and has no second effect.",
        ))
        .schema(Some(text))
        .build()
}

#[cfg(test)]
mod tests;
