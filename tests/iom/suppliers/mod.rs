//! Suppliers and purchase orders, from their writing to what comes of them.

mod access;
mod costing;
mod input;
mod life;
mod lists;
mod once;
mod place;
mod receive;
mod vendors;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::column;
use crate::support::{Client, Reply};

const MAIN: i64 = 1;
const ORDERS: &str = "/suppliers/purchase-orders";

/// Makes a supplier and returns its id.
async fn supplier(client: &Client<'_>, name: &str) -> i64 {
    client.post("/suppliers", json!({"name": name})).await.is(201).at("/id").as_i64().expect("an id")
}

/// Writes a purchase order and returns its id.
async fn purchase(client: &Client<'_>, supplier: i64, items: Value) -> i64 {
    let body = json!({"supplier_id": supplier, "warehouse_id": MAIN, "items": items});
    client.post(ORDERS, body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Receives what is named of a purchase order.
async fn receive(client: &Client<'_>, id: i64, items: Value) -> Reply {
    client.post(&format!("{ORDERS}/{id}/receive"), json!({"items": items})).await
}

/// Receives all that is outstanding, without a body.
async fn receive_all(client: &Client<'_>, id: i64) -> Reply {
    client.send(Method::POST, &format!("{ORDERS}/{id}/receive"), None).await
}

/// Takes a purchase order to a status.
async fn step_to(client: &Client<'_>, id: i64, status: &str) -> Reply {
    client.patch(&format!("{ORDERS}/{id}/status"), json!({"status": status})).await
}

async fn status(client: &Client<'_>, id: i64) -> String {
    let status = client.get(&format!("{ORDERS}/{id}")).await.is(200).at("/status");
    status.as_str().expect("a status").to_owned()
}

/// The ids of a purchase order's lines.
async fn lines(client: &Client<'_>, id: i64) -> Vec<i64> {
    let purchase = client.get(&format!("{ORDERS}/{id}")).await.is(200);
    column(&purchase, "items", "id").iter().map(|id| id.as_i64().expect("an id")).collect()
}

/// How much of each line has come.
async fn came(client: &Client<'_>, id: i64) -> Vec<Value> {
    column(&client.get(&format!("{ORDERS}/{id}")).await.is(200), "items", "quantity_received")
}
