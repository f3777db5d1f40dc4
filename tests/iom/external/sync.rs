//! Stock set to the figures of another system.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::{adjust, column, fields, on_hand, refused, stocked, tracked};
use super::{MAIN, SYNC, push};
use crate::support::on_each_engine;

fn row(sku: &str, quantity: impl Into<Value>) -> Value {
    json!({"sku": sku, "warehouse_id": MAIN, "quantity": quantity.into()})
}

#[test]
fn figures_come_as_a_list_or_under_one_of_three_names() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        for (units, body) in [
            (1, json!([row("ANVIL", 1)])),
            (2, json!({"items": [row("anvil", 2)]})),
            (3, json!({"inventory": [row("ANVIL", "3")]})),
            (4, json!({"updates": [row(" ANVIL ", 4)], "atomic": true, "source": "ERP"})),
        ] {
            let reply = push(&key, body).await.is(200);
            let expected = json!({"message": "Inventory synced", "updated": 1, "skipped": 0});
            assert_eq!(reply.json(), expected);
            assert_eq!(reply.keys(), ["message", "updated", "skipped"]);
            assert_eq!(on_hand(&client, anvil, MAIN).await, json!(units));
        }
        let none = json!({"message": "Inventory synced", "updated": 0, "skipped": 0});
        for empty in [json!([]), json!({"items": []})] {
            assert_eq!(push(&key, empty).await.is(200).json(), none);
        }
        let movements = client.get("/inventory/movements").await.is(200);
        assert_eq!(column(&movements, "movements", "movement_type"), ["sync"; 4]);
        assert_eq!(column(&movements, "movements", "created_by_name"), ["Connector"; 4]);
    });
}

#[test]
fn what_cannot_be_done_is_skipped_and_told() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        let unit = tracked(&client, "UNIT", "serial").await;
        client.post("/serials", json!({"product_id": unit, "serial_number": "S-1"})).await.is(201);
        adjust(&client, anvil, MAIN, 10).await.is(200);
        let expecting = json!({"sku": "ANVIL", "warehouse_id": MAIN, "quantity": 1, "expected_quantity": 9});
        let elsewhere = json!({"sku": "ANVIL", "warehouse_id": 99_999, "quantity": 1});
        let rows = json!([row("NUT", 1), elsewhere, row("ANVIL", 7), row("UNIT", 2), row("UNIT", 1), expecting]);
        let reply = push(&key, rows).await.is(200);
        assert_eq!((reply.at("/updated"), reply.at("/skipped")), (json!(1), json!(5)));
        let codes = ["unknown_sku", "unknown_warehouse", "superseded", "superseded", "unexpected_quantity"];
        assert_eq!(column(&reply, "results", "code"), codes);
        assert_eq!(column(&reply, "results", "index"), [0, 1, 2, 3, 5]);
        let last = json!({"index": 5, "sku": "ANVIL", "warehouse_id": MAIN, "code": "unexpected_quantity", "current": 10,
            "message": "expected_quantity does not hold, 10 are on hand: read the stock again before you set it"});
        assert_eq!(reply.at("/results/4"), last);
        let reply = push(&key, json!([row("UNIT", 2), row("ANVIL", -1)])).await.is(200);
        assert_eq!(column(&reply, "results", "code"), ["serial_tracked", "negative_quantity"]);
        assert_eq!((on_hand(&client, anvil, MAIN).await, on_hand(&client, unit, MAIN).await), (json!(10), json!(1)));
    });
}

#[test]
fn as_a_whole_all_rows_are_done_or_none() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        let expecting = json!({"sku": "ANVIL", "warehouse_id": MAIN, "quantity": 5, "expected_quantity": 4});
        let rows = json!([row("NUT", 1), row("ANVIL", 3), row("BOLT", -2), expecting]);
        let wrapped = json!({"items": rows, "atomic": true});
        for (path, body) in [(format!("{SYNC}?atomic=true"), rows.clone()), (SYNC.to_owned(), wrapped)] {
            let reply = key.post(&path, body).await;
            assert!(refused(&reply, 409, "not_synced").contains("3 rows"), "{}", reply.text());
            assert_eq!(fields(&reply), ["items[0].sku", "items[2].sku", "items[3].expected_quantity"]);
            assert_eq!(reply.at("/details/2/current"), json!(0));
            assert_eq!(on_hand(&client, anvil, MAIN).await, Value::Null);
        }
        // The query counts where both say something.
        let body = json!({"items": rows, "atomic": true});
        assert_eq!(key.post(&format!("{SYNC}?atomic=false"), body).await.is(200).at("/updated"), json!(0));
        let body = json!([row("ANVIL", 3), row("ANVIL", 4)]);
        let reply = key.post(&format!("{SYNC}?atomic=1"), body).await.is(200);
        assert_eq!((reply.at("/updated"), reply.at("/results/0/code")), (json!(1), json!("superseded")));
        assert_eq!(on_hand(&client, anvil, MAIN).await, json!(4));
    });
}

#[test]
fn a_malformed_row_refuses_the_whole_body() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        let good = row("ANVIL", 1);
        for (bad, named) in [
            (row("ANVIL", "abc"), vec!["items[1].quantity"]),
            (json!({"quantity": 1}), vec!["items[1].sku", "items[1].warehouse_id"]),
            (
                json!({"sku": "", "warehouse_id": "x", "quantity": null, "expected_quantity": []}),
                vec!["items[1].sku", "items[1].warehouse_id", "items[1].quantity", "items[1].expected_quantity"],
            ),
            (row("ANVIL", json!(900_000_000_001_i64)), vec!["items[1].quantity"]),
            (row("ANVIL", json!(0.00001)), vec!["items[1].quantity"]),
            (row(&"x".repeat(65), 1), vec!["items[1].sku"]),
            (row("a\u{0}", 1), vec!["items[1].sku"]),
            (json!(5), vec!["items[1]"]),
            (Value::Null, vec!["items[1]"]),
        ] {
            for body in [json!([good, bad]), json!({"items": [good, bad]}), json!({"updates": [good, bad]})] {
                let reply = push(&key, body).await;
                refused(&reply, 400, "validation_failed");
                assert_eq!(fields(&reply), named, "{bad}");
            }
        }
        for (body, named) in [
            (json!({}), vec!["items"]),
            (json!({"items": null}), vec!["items"]),
            (json!({"items": {}}), vec!["items"]),
            (json!({"items": [good], "updates": [good]}), vec!["items"]),
            (json!({"items": [good], "atomic": "perhaps"}), vec!["atomic"]),
        ] {
            let reply = push(&key, body.clone()).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{body}");
        }
        refused(&push(&key, json!("rows")).await, 400, "malformed_json");
        refused(&key.send(Method::POST, SYNC, None).await, 400, "body_missing");
        refused(&key.post(&format!("{SYNC}?atomic=perhaps"), json!([])).await, 400, "validation_failed");
        let strict = key.clone().with("Prefer", "handling=strict");
        refused(
            &push(&strict, json!([{"sku": "ANVIL", "warehouse_id": 1, "quantity": 1, "colour": 1}])).await,
            400,
            "unknown_fields",
        );
        push(&strict, json!([good])).await.is(200);
        assert_eq!(on_hand(&client, anvil, MAIN).await, json!(1));
    });
}

#[test]
fn ten_thousand_wide_rows_come_in_one_body_and_one_more_is_too_many() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let anvil = stocked(&client, "ANVIL").await;
        let wide = |number: usize| {
            let sku = format!("{number:0>64}");
            json!({"sku": sku, "warehouse_id": MAIN, "quantity": 1.25, "expected_quantity": null, "note": "x".repeat(200)})
        };
        let mut rows = (1..10_000).map(wide).collect::<Vec<_>>();
        rows.push(row("ANVIL", 2.5));
        let reply = push(&key, json!(rows)).await.is(200);
        assert_eq!((reply.at("/updated"), reply.at("/skipped")), (json!(1), json!(9_999)));
        assert_eq!(reply.at("/results").as_array().map(Vec::len), Some(9_999));
        rows.push(row("ANVIL", 3));
        let reply = push(&key, json!(rows)).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["items"]);
        let blank = Some(vec![b' '; 8 * 1024 * 1024 + 1]);
        refused(&key.send(Method::POST, SYNC, blank).await, 413, "body_too_large");
        assert_eq!(on_hand(&client, anvil, MAIN).await, json!(2.5));
    });
}

#[test]
fn a_sync_that_is_sent_again_has_one_effect() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await.with("Idempotency-Key", "night-1"));
        let anvil = stocked(&client, "ANVIL").await;
        let rows = json!([row("ANVIL", 5), row("NUT", 1)]);
        let first = push(&key, rows.clone()).await.is(200);
        adjust(&client, anvil, MAIN, -2).await.is(200);
        let second = push(&key, rows).await.is(200);
        assert_eq!((first.text(), second.header("idempotent-replayed")), (second.text(), Some("true")));
        assert_eq!(on_hand(&client, anvil, MAIN).await, json!(3));
    });
}
