//! The same request sent again under its Idempotency-Key: one effect, one answer.

use serde_json::{Value, json};

use super::super::{on_hand, refused, stocked};
use super::{MAIN, ORDERS, purchase, receive_all, supplier};
use crate::support::{Reply, on_each_engine};

#[track_caller]
fn replayed(first: &Reply, second: &Reply) {
    assert_eq!((first.status, first.text()), (second.status, second.text()));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
}

#[test]
fn every_write_has_one_effect_per_key() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let gone = supplier(&client, "Gone").await;
        let items = json!([{"product_id": bolt, "quantity": 3}]);
        let id = purchase(&client, one, items.clone()).await;
        let part = json!({"items": [{"product_id": bolt, "quantity": 1}]});
        for (at, (method, path, body)) in [
            ("POST", "/suppliers".to_owned(), json!({"name": "Two"})),
            ("PUT", format!("/suppliers/{one}"), json!({"name": "Uno"})),
            ("DELETE", format!("/suppliers/{gone}"), Value::Null),
            ("POST", ORDERS.to_owned(), json!({"supplier_id": one, "items": items})),
            ("POST", format!("{ORDERS}/{id}/receive"), part),
            ("PATCH", format!("{ORDERS}/{id}/status"), json!({"status": "cancelled"})),
        ]
        .into_iter()
        .enumerate()
        {
            let client = client.clone().with("Idempotency-Key", &format!("key-{at}"));
            let body = (!body.is_null()).then(|| body.to_string().into_bytes());
            let send = async || client.send(method.parse().expect("a method"), &path, body.clone()).await;
            let (first, second) = (send().await, send().await);
            assert!([200, 201].contains(&first.status), "{path}: {}", first.text());
            replayed(&first, &second);
        }
        assert_eq!(client.get("/suppliers").await.is(200).at("/total"), json!(2));
        assert_eq!(client.get(&format!("{ORDERS}/all")).await.is(200).at("/total"), json!(2));
        assert_eq!(on_hand(&client, bolt, MAIN).await, json!(1));
    });
}

#[test]
fn receiving_without_a_body_can_be_sent_again() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let id = purchase(&client, one, json!([{"product_id": bolt, "quantity": 2}])).await;
        let keyed = client.clone().with("Idempotency-Key", "in");
        let first = receive_all(&keyed, id).await.is(200);
        replayed(&first, &receive_all(&keyed, id).await);
        refused(&receive_all(&client, id).await, 409, "illegal_status");
        assert_eq!(on_hand(&client, bolt, MAIN).await, json!(2));
    });
}
