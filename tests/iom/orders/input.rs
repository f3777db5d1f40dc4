//! Bad input of every field: all of it is told at once, and nothing changes.

use serde_json::{Value, json};

use super::super::{fields, refused};
use super::{goods, lines, place, post, stands, status};
use crate::support::on_each_engine;

#[test]
fn every_wrong_field_of_an_order_is_told() {
    on_each_engine(async |shop| {
        let wrong = json!({
            "customer_id": "acme",
            "items": [
                {"product_id": "x", "quantity": 0, "unit_price": -1, "serials": "A"},
                {"quantity": -1, "unit_price": "cheap", "serials": ["", 5]},
                7,
                {"product_id": 1, "quantity": "1.00001", "unit_price": 1e300}
            ],
            "warehouse_id": 1.5, "channel": "web",
            "shipping_address": {"line1": 5, "line2": "x".repeat(256), "city": "a\u{0}b", "state": [], "postcode": 2000, "country": true},
            "allow_backorder": "perhaps"
        });
        let reply = shop.iom().post("/orders", wrong).await;
        assert_eq!(refused(&reply, 400, "validation_failed"), "customer_id must be a whole number such as 12");
        let told = [
            "customer_id",
            "items[0].product_id",
            "items[0].quantity",
            "items[0].unit_price",
            "items[0].serials",
            "items[1].product_id",
            "items[1].quantity",
            "items[1].unit_price",
            "items[1].serials[0]",
            "items[1].serials[1]",
            "items[2]",
            "items[3].quantity",
            "items[3].unit_price",
            "warehouse_id",
            "channel",
            "shipping_address.line1",
            "shipping_address.line2",
            "shipping_address.city",
            "shipping_address.state",
            "shipping_address.postcode",
            "shipping_address.country",
            "allow_backorder",
        ];
        assert_eq!(fields(&reply), told);
        let channel =
            reply.at("/details").as_array().and_then(|all| all.iter().find(|one| one["field"] == "channel").cloned());
        assert_eq!(channel.expect("a detail")["message"], json!("must be manual, api, pos or b2b"));
        for address in [json!("Sydney"), json!(["Sydney"]), json!(5)] {
            let items = json!([{"product_id": 1, "quantity": 1}]);
            let reply = shop.iom().post("/orders", json!({"items": items, "shipping_address": address})).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), "shipping_address must be an object");
        }
        assert_eq!(shop.iom().get("/orders").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn an_order_has_one_to_a_thousand_lines() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 1_000).await;
        let order = |count: usize| json!({"items": vec![json!({"product_id": product, "quantity": 1}); count]});
        for (body, said) in [
            (json!({}), "items is required"),
            (json!({"items": null}), "items is required"),
            (json!({"items": {}}), "items must be a list"),
            (json!({"items": []}), "items must hold 1 to 1000 lines"),
            (order(1_001), "items must hold 1 to 1000 lines"),
        ] {
            let reply = shop.iom().post("/orders", body).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), said);
        }
        assert_eq!(stands(shop, product).await, (1_000, 0));
        let reply = shop.iom().post("/orders", order(1_000)).await.is(201);
        assert_eq!(reply.at("/total_amount"), json!("1000.00"));
        assert_eq!(stands(shop, product).await, (1_000, 1_000));
        let id = reply.at("/id");
        assert_eq!(
            shop.iom().post(&format!("/orders/{id}/fulfill"), json!({})).await.is(200).at("/fulfilled_items"),
            json!(1_000)
        );
        assert_eq!(stands(shop, product).await, (0, 0));
    });
}

#[test]
fn what_does_not_exist_is_named() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let good = json!({"product_id": product, "quantity": 1});
        for (body, field, thing) in [
            (json!({"items": [good, {"product_id": 99_999, "quantity": 1}]}), "items[1].product_id", "product 99999"),
            (json!({"items": [good], "customer_id": 99_999}), "customer_id", "customer 99999"),
            (json!({"items": [good], "customer_id": -1}), "customer_id", "customer -1"),
            (json!({"items": [good], "warehouse_id": i64::MAX}), "warehouse_id", "warehouse 9223372036854775807"),
        ] {
            let reply = shop.iom().post("/orders", body).await;
            let said = refused(&reply, 404, "unknown_reference");
            assert!(said.starts_with(&format!("{field} refers to {thing}, which does not exist")), "{said}");
            assert_eq!(fields(&reply), [field]);
        }
        assert_eq!(stands(shop, product).await, (5, 0));
    });
}

#[test]
fn every_wrong_field_of_the_other_bodies_is_told() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
        let line = lines(shop, order).await[0];
        let (to, out, back) =
            (format!("/orders/{order}/status"), format!("/orders/{order}/fulfill"), format!("/orders/{order}/returns"));
        let too_many = vec![json!({"order_item_id": line, "quantity_fulfilled": 0.0001, "quantity": 0.0001}); 1_001];
        for (path, body, told) in [
            (&to, json!({}), vec!["status"]),
            (&to, json!({"status": null}), vec!["status"]),
            (&to, json!({"status": "open"}), vec!["status"]),
            (&to, json!({"status": 5}), vec!["status"]),
            (&out, json!({"items": []}), vec!["items"]),
            (&out, json!({"items": too_many}), vec!["items"]),
            (&out, json!({"items": "all"}), vec!["items"]),
            (
                &out,
                json!({"items": [{}, null]}),
                vec!["items[0].order_item_id", "items[0].quantity_fulfilled", "items[1]"],
            ),
            (
                &out,
                json!({"items": [{"order_item_id": 1.5, "quantity_fulfilled": 0, "batch_id": "x", "serials": [1]}]}),
                vec![
                    "items[0].order_item_id",
                    "items[0].quantity_fulfilled",
                    "items[0].batch_id",
                    "items[0].serials[0]",
                ],
            ),
            (&back, json!({}), vec!["items"]),
            (&back, json!({"items": []}), vec!["items"]),
            (&back, json!({"items": too_many}), vec!["items"]),
            (
                &back,
                json!({"items": [{"order_item_id": "x", "quantity": -1, "restock": "perhaps", "serials": {}}]}),
                vec!["items[0].order_item_id", "items[0].quantity", "items[0].restock", "items[0].serials"],
            ),
        ] {
            let method = if path == &to { "PATCH" } else { "POST" };
            let reply =
                shop.iom().send(method.parse().expect("a method"), path, Some(body.to_string().into_bytes())).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), told, "{path}");
        }
        for path in [&back, &to] {
            let method = if path == &to { "PATCH" } else { "POST" };
            refused(&shop.iom().send(method.parse().expect("a method"), path, None).await, 400, "body_missing");
        }
        for broken in ["{", "[]", "null", "7"] {
            refused(&shop.iom().send(post(), &out, Some(broken.into())).await, 400, "malformed_json");
        }
        assert_eq!((stands(shop, product).await, status(shop, order).await.as_str()), ((5, 2), "pending"));
    });
}

#[test]
fn an_id_that_is_no_whole_number_is_refused_and_fixed_words_win() {
    on_each_engine(async |shop| {
        for id in ["seven", "1.5", "99999999999999999999", "%20"] {
            for (method, path) in [("GET", ""), ("PATCH", "/status"), ("POST", "/fulfill"), ("POST", "/returns")] {
                let body =
                    json!({"status": "paid", "items": [{"order_item_id": 1, "quantity": 1, "quantity_fulfilled": 1}]});
                let path = format!("/orders/{id}{path}");
                let reply =
                    shop.iom().send(method.parse().expect("a method"), &path, Some(body.to_string().into())).await;
                refused(&reply, 400, "validation_failed");
                assert_eq!(fields(&reply), ["id"]);
            }
        }
        assert_eq!(shop.iom().get("/orders/stats").await.is(200).at("/total_orders"), json!(0));
        assert!(shop.iom().get("/orders/export").await.is(200).text().starts_with("id,"));
        refused(&shop.iom().get("/orders/99999").await, 404, "not_found");
        refused(&shop.iom().delete("/orders/1").await, 405, "method_not_allowed");
    });
}

#[test]
fn unknown_fields_count_where_strictness_is_asked_for() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let body: Value = json!({
            "items": [{"product_id": product, "quantity": 1, "colour": "red"}], "note": "x",
            "shipping_address": {"line1": "a", "planet": "Earth"}
        });
        let reply = shop.iom().with("Prefer", "handling=strict").post("/orders", body.clone()).await;
        refused(&reply, 400, "unknown_fields");
        let mut told = fields(&reply);
        told.sort_unstable();
        assert_eq!(told, ["items[0].colour", "note", "shipping_address.planet"]);
        shop.iom().post("/orders", body).await.is(201);
    });
}
