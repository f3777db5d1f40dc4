//! API keys: making and revoking them, what they open, and the log of what was asked with them.

mod access;
mod keys;
mod log;

use serde_json::Value;

use crate::support::{Client, Shop};

/// What the only key of the list says of itself.
async fn listed(client: &Client<'_>, id: &Value) -> Value {
    let all = client.get("/api-keys").await.is(200).json();
    let rows = all["api_keys"].as_array().expect("rows").clone();
    rows.into_iter().find(|row| row["id"] == *id).expect("the key")
}

/// The log, once everything is in it.
async fn log(shop: &Shop, query: &str) -> crate::support::Reply {
    shop.logged().await;
    shop.iom().get(&format!("/api-keys/logs/all?{query}")).await.is(200)
}
