//! The same request sent again under its Idempotency-Key: one effect, one answer.

use serde_json::{Value, json};

use super::super::refused;
use super::{customer, goods, lines, place, stands};
use crate::support::{Reply, on_each_engine};

#[track_caller]
fn replayed(first: &Reply, second: &Reply) {
    assert_eq!((first.status, first.text()), (second.status, second.text()));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
}

#[test]
fn every_write_has_one_effect_per_key() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 100).await;
        let acme = customer(shop, "Acme").await;
        let order = place(shop, json!([{"product_id": product, "quantity": 4}])).await;
        let line = lines(shop, order).await[0];
        let one = json!({"items": [{"order_item_id": line, "quantity_fulfilled": 1, "quantity": 1}]});
        for (at, (method, path, body)) in [
            ("POST", "/orders".to_owned(), json!({"items": [{"product_id": product, "quantity": 2}]})),
            ("POST", format!("/orders/{order}/fulfill"), one.clone()),
            ("POST", format!("/orders/{order}/returns"), one),
            ("PATCH", format!("/orders/{order}/status"), json!({"status": "cancelled"})),
            ("POST", "/customers".to_owned(), json!({"name": "Again", "email": "again@example.com"})),
            ("POST", format!("/customers/{acme}/addresses"), json!({"line1": "Again"})),
        ]
        .into_iter()
        .enumerate()
        {
            let client = shop.iom().with("Idempotency-Key", &format!("key-{at}"));
            let send = async |body: &Value| {
                client.send(method.parse().expect("a method"), &path, Some(body.to_string().into_bytes())).await
            };
            let (first, second) = (send(&body).await, send(&body).await);
            assert!([200, 201].contains(&first.status), "{path}: {}", first.text());
            replayed(&first, &second);
            let mut other = body.clone();
            other["more"] = json!(true);
            refused(&send(&other).await, 422, "idempotency_key_reused");
        }
        // One order more, one unit out and back again, the rest released.
        assert_eq!(stands(shop, product).await, (100, 2));
        assert_eq!(shop.iom().get("/orders").await.is(200).at("/total"), json!(2));
        assert_eq!(shop.iom().get("/customers").await.is(200).at("/total"), json!(2));
        let acme = shop.iom().get(&format!("/customers/{acme}")).await.is(200);
        assert_eq!(acme.at("/addresses").as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_refused_request_leaves_its_key_free() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 1).await;
        let client = shop.iom().with("Idempotency-Key", "again");
        let body = |quantity: i64| json!({"items": [{"product_id": product, "quantity": quantity}]});
        refused(&client.post("/orders", body(2)).await, 409, "insufficient_stock");
        refused(&client.post("/orders", body(0)).await, 400, "validation_failed");
        let first = client.post("/orders", body(1)).await.is(201);
        replayed(&first, &client.post("/orders", body(1)).await);
        assert_eq!(stands(shop, product).await, (1, 1));
    });
}

#[test]
fn fulfilling_without_a_body_can_be_sent_again() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
        let client = shop.iom().with("Idempotency-Key", "out");
        let path = format!("/orders/{order}/fulfill");
        let first = client.send(super::post(), &path, None).await.is(200);
        replayed(&first, &client.send(super::post(), &path, None).await);
        assert_eq!(stands(shop, product).await, (3, 0));
    });
}
