//! The IOM dialect, as its reference and the decisions describe it.

mod access;
mod categories;
mod customers;
mod export;
mod hostile;
mod lists;
mod login;
mod orders;
mod products;
mod refusals;

use serde_json::{Value, json};
use stockbridge_http::tokens::Claims;

use crate::support::{Client, Reply, Shop};

/// A body that makes a product with nothing but what is required.
fn anvil(sku: &str) -> Value {
    json!({"name": format!("Anvil {sku}"), "sku": sku, "base_price": 9})
}

/// Makes a product and returns its id.
async fn stocked(client: &Client<'_>, sku: &str) -> i64 {
    client.post("/products", anvil(sku)).await.is(201).at("/id").as_i64().expect("an id")
}

/// A client with a token of any user of any tenant.
fn user(shop: &Shop, tenant: i64, user: i64) -> Client<'_> {
    let claims = Claims { sub: user.to_string(), tenant, ..claims() };
    bearer(shop, &shop.signer().sign(&claims).expect("a token"))
}

/// A client with whatever for a token.
fn bearer<'s>(shop: &'s Shop, token: &str) -> Client<'s> {
    shop.iom().with("Authorization", &format!("Bearer {token}"))
}

/// What a good token of our admin says.
fn claims() -> Claims {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp();
    let (sub, kind) = ("1".to_owned(), "user".to_owned());
    Claims { sub, tenant: 1, kind, role: Some("admin".to_owned()), iat: now, exp: now + 3600 }
}

/// Holds that this is a refusal in the dialect's own shape, and returns its sentence.
#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) -> String {
    let said = reply.text();
    assert_eq!((reply.status, reply.at("/code")), (status, json!(code)), "{said}");
    assert_eq!(reply.header("content-type"), Some("application/json"), "{said}");
    assert_eq!(reply.keys(), ["error", "code", "details", "request_id"], "{said}");
    assert_eq!(reply.at("/request_id"), json!(reply.header("x-request-id")), "{said}");
    for detail in reply.at("/details").as_array().expect("a list of details") {
        assert!(detail["field"].is_string() && detail["message"].is_string(), "{said}");
    }
    let sentence = reply.at("/error").as_str().expect("a sentence").to_owned();
    assert!(!sentence.is_empty() && !sentence.contains('\n'), "{said}");
    sentence
}

/// The fields that a refusal names.
fn fields(reply: &Reply) -> Vec<String> {
    let details = reply.at("/details");
    details
        .as_array()
        .expect("details")
        .iter()
        .map(|detail| detail["field"].as_str().expect("a field").to_owned())
        .collect()
}
