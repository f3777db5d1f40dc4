//! What the one list serves, and what it documents.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Scope};
use serde_json::{Value, json};
use utoipa::{OpenApi as Spec, ToSchema};

use super::*;

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Thing {
    name: String,
    parts: Vec<Part>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Part {
    name: String,
    #[schema(no_recursion)]
    parent: Option<Box<Part>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Refusal {
    error: String,
}

/// List things
///
/// All of them.
#[utoipa::path(get, path = "/things", tag = "things", responses((status = 200, description = "Them", body = [Thing])))]
async fn list_things() -> &'static str {
    "list"
}

#[utoipa::path(post, path = "/things", tag = "things", request_body = Part,
    responses((status = 201, description = "It"), (status = 401, description = "Own words")))]
async fn create_thing(body: String) -> String {
    body
}

#[utoipa::path(get, path = "/things/{id}", tag = "things", params(("id" = i64, Path)),
    responses((status = 200, description = "It")))]
async fn get_thing(id: web::Path<String>) -> String {
    format!("thing {id}")
}

#[utoipa::path(get, path = "/things/export", tag = "things", responses((status = 200, description = "It")))]
async fn export_things() -> &'static str {
    "export"
}

#[utoipa::path(method(put, patch), path = "/things/{id}", tag = "things", params(("id" = i64, Path)),
    responses((status = 200, description = "It")))]
async fn change_thing() -> &'static str {
    panic!("changed")
}

#[utoipa::path(post, path = "/login", tag = "doors", security(()), responses((status = 200, description = "In")))]
async fn log_in() -> &'static str {
    "in"
}

#[derive(Spec)]
#[openapi(components(schemas(Refusal)), security(("bearer" = [])))]
struct Document;

fn list() -> Vec<Documented> {
    routes![create_thing, get_thing, change_thing, export_things, list_things, log_in]
}

fn wrong_method(_: &HttpRequest) -> HttpResponse {
    HttpResponse::MethodNotAllowed().body("not so")
}

fn panicked(_: &HttpRequest) -> HttpResponse {
    HttpResponse::InternalServerError().body("sorry")
}

fn scope() -> Scope {
    let answers = Answers { wrong_method, panic: panicked };
    let missing = web::to(|| async { HttpResponse::NotFound().body("nowhere") });
    web::scope("/api").configure(|cfg| serve(list(), answers, cfg)).default_service(missing)
}

async fn said(method: Method, path: &str) -> (u16, String, String) {
    let app = init_service(App::new().service(scope())).await;
    let request = TestRequest::with_uri(path).method(method).set_payload("new").to_request();
    let response = call_service(&app, request).await;
    let allow = response.headers().get(ALLOW).map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = read_body(response).await;
    (status, String::from_utf8(body.to_vec()).unwrap(), allow.unwrap_or_default())
}

async fn body(method: Method, path: &str) -> String {
    said(method, path).await.1
}

#[actix_web::test]
async fn handlers_of_one_path_share_it() {
    assert_eq!(body(Method::GET, "/api/things").await, "list");
    assert_eq!(body(Method::POST, "/api/things").await, "new");
    assert_eq!(body(Method::GET, "/api/elsewhere").await, "nowhere");
}

#[actix_web::test]
async fn fixed_words_win_over_placeholders() {
    assert_eq!(body(Method::GET, "/api/things/export").await, "export");
    assert_eq!(body(Method::GET, "/api/things/7").await, "thing 7");
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let allowed = "GET, HEAD, POST".to_owned();
    assert_eq!(said(Method::DELETE, "/api/things").await, (405, "not so".to_owned(), allowed));
    let allowed = "GET, HEAD, PUT, PATCH".to_owned();
    assert_eq!(said(Method::OPTIONS, "/api/things/7").await, (405, "not so".to_owned(), allowed));
    assert_eq!(said(Method::GET, "/api/login").await.2, "POST");
}

#[actix_web::test]
async fn head_is_served_where_get_is() {
    assert_eq!(said(Method::HEAD, "/api/things").await.0, 200);
    assert_eq!(said(Method::HEAD, "/api/login").await.0, 405);
}

#[actix_web::test]
async fn a_panic_is_answered() {
    assert_eq!(said(Method::PATCH, "/api/things/7").await, (500, "sorry".to_owned(), String::new()));
}

fn document() -> Value {
    let common = [
        Common { status: "401", description: "Who?", schema: "Refusal", of: Reach::Callers },
        Common { status: "503", description: "Busy", schema: "Refusal", of: Reach::All },
    ];
    serde_json::to_value(describe(&list(), "/api", &common, Document::openapi())).unwrap()
}

#[test]
fn every_operation_is_documented_once() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<String> = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| format!("{method} {path}")))
        .collect();
    let expected = [
        "post /api/login",
        "get /api/things",
        "post /api/things",
        "get /api/things/export",
        "get /api/things/{id}",
        "patch /api/things/{id}",
        "put /api/things/{id}",
    ];
    assert_eq!(operations, expected);
    let listing = &document["paths"]["/api/things"]["get"];
    assert_eq!(listing["tags"], json!(["things"]));
    assert_eq!(listing["operationId"], "list_things");
    assert_eq!((&listing["summary"], &listing["description"]), (&json!("List things"), &json!("All of them.")));
}

#[test]
fn components_are_collected_to_any_depth() {
    let document = document();
    let components: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(components, ["Part", "Refusal", "Thing"]);
}

#[test]
fn common_responses_are_added_where_they_apply() {
    let document = document();
    let listing = &document["paths"]["/api/things"]["get"]["responses"];
    assert_eq!(
        listing["401"],
        json!({"description": "Who?",
               "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}})
    );
    assert_eq!(listing["503"]["description"], "Busy");
    assert_eq!(document["paths"]["/api/things"]["post"]["responses"]["401"], json!({"description": "Own words"}));
    let login = &document["paths"]["/api/login"]["post"];
    assert_eq!(login["responses"]["401"], Value::Null);
    assert_eq!(login["responses"]["503"]["description"], "Busy");
}

#[test]
fn a_public_operation_needs_no_security_at_all() {
    let document = document();
    assert_eq!(document["paths"]["/api/login"]["post"]["security"], json!([]));
    assert_eq!(document["paths"]["/api/things"]["get"].get("security"), None);
    assert_eq!(document["security"], json!([{"bearer": []}]));
}
