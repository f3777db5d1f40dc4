//! Orders that integrations place: the rules of every order, under a key's name.

use serde_json::{Value, json};

use super::super::{adjust, column, fields, refused, stocked};
use super::MAIN;
use crate::support::on_each_engine;

#[test]
fn an_order_is_placed_as_documented_and_came_through_the_api() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        adjust(&client, anvil, MAIN, 10).await.is(200);
        let body = json!({"items": [{"product_id": anvil, "quantity": 2, "unit_price": 49.99}]});
        let reply = key.post("/external/orders", body.clone()).await.is(201);
        assert_eq!(reply.keys(), ["id", "order_number", "status", "total_amount", "created_at"]);
        assert_eq!((reply.at("/status"), reply.at("/total_amount")), (json!("pending"), json!("99.98")));
        let mut at_the_till = body;
        at_the_till["channel"] = json!("pos");
        key.post("/external/orders", at_the_till).await.is(201);
        let listed = key.get("/external/orders").await.is(200);
        assert_eq!(column(&listed, "orders", "channel"), ["pos", "api"]);
        let level = client.get("/inventory").await.is(200);
        assert_eq!(
            (level.at("/inventory/0/quantity"), level.at("/inventory/0/reserved_quantity")),
            (json!(10), json!(4))
        );
    });
}

#[test]
fn the_rules_are_those_of_every_order() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        adjust(&client, anvil, MAIN, 3).await.is(200);
        let line = |quantity: i64| json!({"items": [{"product_id": anvil, "quantity": quantity}]});
        for (body, status, code) in [
            (json!({}), 400, "validation_failed"),
            (json!({"items": []}), 400, "validation_failed"),
            (line(0), 400, "validation_failed"),
            (line(4), 409, "insufficient_stock"),
            (json!({"items": [{"product_id": 99_999, "quantity": 1}]}), 404, "unknown_reference"),
            (json!({"customer_id": 99_999, "items": line(1)["items"]}), 404, "unknown_reference"),
            (json!({"channel": "fax", "items": line(1)["items"]}), 400, "validation_failed"),
            (json!("order"), 400, "malformed_json"),
        ] {
            let external = key.post("/external/orders", body.clone()).await;
            refused(&external, status, code);
            let users = client.post("/orders", body.clone()).await;
            // Each is sent to calls that its credential opens.
            let said = users.at("/error").to_string().replace("GET /api/", "GET /api/external/");
            assert_eq!((external.at("/error").to_string(), fields(&external)), (said, fields(&users)), "{body}");
        }
        assert_eq!(key.get("/external/orders").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn an_idempotency_key_is_each_credentials_own() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        adjust(&client, anvil, MAIN, 10).await.is(200);
        let body = json!({"items": [{"product_id": anvil, "quantity": 1}]});
        let mut numbers = Vec::new();
        for key in [shop.key(true).await, shop.key(true).await] {
            let key = key.with("Idempotency-Key", "basket-7");
            let first = key.post("/external/orders", body.clone()).await.is(201);
            let second = key.post("/external/orders", body.clone()).await.is(201);
            assert_eq!((first.text(), second.header("idempotent-replayed")), (second.text(), Some("true")));
            refused(&key.post("/external/orders", json!({"items": []})).await, 400, "validation_failed");
            let mut other = body.clone();
            other["channel"] = json!("pos");
            refused(&key.post("/external/orders", other).await, 422, "idempotency_key_reused");
            numbers.push(first.at("/order_number"));
        }
        assert_ne!(numbers[0], numbers[1]);
        assert_eq!(shop.iom().get("/orders").await.is(200).at("/total"), json!(2));
    });
}

#[test]
fn a_replay_to_a_revoked_key_is_refused() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        adjust(&client, anvil, MAIN, 10).await.is(200);
        let key = shop.key(true).await.with("Idempotency-Key", "basket-7");
        let body = json!({"items": [{"product_id": anvil, "quantity": 1}]});
        key.post("/external/orders", body.clone()).await.is(201);
        let id = client.get("/api-keys").await.is(200).at("/api_keys/0/id");
        client.delete(&format!("/api-keys/{id}")).await.is(200);
        refused(&key.post("/external/orders", body).await, 401, "api_key_revoked");
        assert_ne!(id, Value::Null);
    });
}
