//! The SimBiz V3 dialect, as its reference and the decisions describe it.

mod access;
mod changes;
mod envelope;
mod examples;
mod floor;
mod hostile;
mod idempotency;
mod legacy;
mod lists;
mod lookups;
mod manners;
mod pairs;
mod reference_data;
mod refusals;
mod stocks;
mod token;
mod writes;

use serde_json::{Value, json};
use stockbridge_http::tokens::Claims;

use crate::support::{Client, Reply, Shop};

const ITEMS: &str = "/inventory/items";

/// A body that makes an item with nothing but what is required.
fn anvil(code: &str) -> Value {
    json!({"data": {"header": {"item_code": code, "item_name": format!("Anvil {code}")}}})
}

/// A body with this header and this line.
fn body(header: Value, line: Value) -> Value {
    let mut body = json!({"data": {}});
    body["data"]["header"] = header;
    body["data"]["line"] = line;
    body
}

/// Makes an item and returns its id.
async fn stocked(client: &Client<'_>, code: &str) -> String {
    text(&client.post(ITEMS, anvil(code)).await.is(201).at("/data/item_id"))
}

/// What a good token of `support` says.
fn claims() -> Claims {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp();
    let (sub, kind) = ("support".to_owned(), "simbiz".to_owned());
    Claims { sub, tenant: 1, kind, role: None, version: None, iat: now, exp: now + 3600 }
}

/// A client that says to be `support`, with whatever for a token.
fn bearer<'s>(shop: &'s Shop, token: &str) -> Client<'s> {
    shop.simbiz().with("Authorization", &format!("Bearer {token}"))
}

/// Holds that this is a refusal in the envelope, byte for byte, and returns its details.
#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) -> Value {
    let said = reply.text();
    assert_eq!((reply.status, reply.at("/errors/0/code")), (status, json!(code)), "{said}");
    assert_eq!(reply.header("content-type"), Some("application/json"), "{said}");
    let (message, details) = (reply.at("/errors/0/message"), reply.at("/errors/0/details"));
    let envelope = format!(
        r#"{{"status":"Failed","errors":[{{"code":"{code}","message":{message},"details":{details}}}],"meta":[]}}"#
    );
    assert_eq!(said, envelope);
    assert!(details == json!([]) || details.is_object(), "{said}");
    let message = message.as_str().expect("a message").to_owned();
    assert!(!message.is_empty() && !message.contains('\n'), "{said}");
    details
}

/// The codes of a list, in its order.
#[track_caller]
fn codes(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.at("/data").as_array().expect("rows").iter().map(|row| text(&row["item_code"])).collect()
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
