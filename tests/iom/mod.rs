//! The IOM dialect, as its reference and the decisions describe it.

mod access;
mod accounts;
mod api_keys;
mod batches;
mod categories;
mod customers;
mod every;
mod export;
mod external;
mod hostile;
mod images;
mod inventory;
mod journey;
mod ledger;
mod lists;
mod login;
mod orders;
mod products;
mod refusals;
mod reports;
mod serials;
mod settings;
mod strict;
mod suppliers;
mod tracked;
mod variants;
mod walk;
mod warehouses;
mod zones;

use serde_json::{Value, json};
use stockbridge_domain::TenantId;
use stockbridge_domain::orders::{self as selling, Channel, NewLine, NewOrder};
use stockbridge_domain::values::Quantity;
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

/// Makes a product that is tracked in some way and returns its id.
async fn tracked(client: &Client<'_>, sku: &str, tracking: &str) -> i64 {
    let mut body = anvil(sku);
    body["tracking_type"] = json!(tracking);
    client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Opens a warehouse and returns its id.
async fn warehouse(client: &Client<'_>, code: &str) -> i64 {
    let body = json!({"name": format!("{code} Warehouse"), "code": code});
    client.post("/warehouses", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// The id of the warehouse that every shop begins with.
async fn main(client: &Client<'_>) -> i64 {
    client.get("/warehouses").await.is(200).at("/warehouses/0/id").as_i64().expect("an id")
}

/// Adds to what is on hand of a product, or removes from it.
async fn adjust(client: &Client<'_>, product: i64, warehouse: i64, quantity: impl Into<Value>) -> Reply {
    let body = json!({"product_id": product, "warehouse_id": warehouse, "quantity": quantity.into()});
    client.post("/inventory/adjust", body).await
}

/// What is on hand of a product in a warehouse, null where there is no row.
async fn on_hand(client: &Client<'_>, product: i64, warehouse: i64) -> Value {
    let path = format!("/inventory?product_id={product}&warehouse_id={warehouse}");
    client.get(&path).await.is(200).at("/inventory/0/quantity")
}

/// The values of one field in all rows of a list.
#[track_caller]
fn column(reply: &Reply, rows: &str, field: &str) -> Vec<Value> {
    let list = reply.at(&format!("/{rows}"));
    list.as_array().expect("rows").iter().map(|row| row[field].clone()).collect()
}

/// Promises stock of a product to an order.
async fn promise(shop: &Shop, product_id: i64, warehouse: i64, units: i64) -> i64 {
    let line = NewLine {
        product_id,
        quantity: Quantity::whole(units).expect("a quantity"),
        unit_price: None,
        serials: Vec::new(),
    };
    let new = NewOrder {
        customer_id: None,
        warehouse_id: Some(warehouse),
        channel: Channel::Manual,
        shipping_address: None,
        written: |_| String::new(),
        allow_backorder: false,
        lines: vec![line],
    };
    let placed = shop.store.alter(move |lobby| selling::place(&mut lobby.as_system(TenantId::new(1))?, &new));
    placed.await.expect("an order").id
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
    Claims { sub, tenant: 1, kind, role: Some("admin".to_owned()), version: None, iat: now, exp: now + 3600 }
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
