//! Bad input of every field of a purchase order: all of it is told at once, and nothing changes.

use actix_web::http::Method;
use serde_json::json;

use super::super::{fields, refused, stocked};
use super::{ORDERS, came, purchase, receive, status, step_to, supplier};
use crate::support::on_each_engine;

#[test]
fn every_wrong_field_of_a_purchase_order_is_told() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let wrong = json!({
            "supplier_id": "acme", "warehouse_id": 1.5, "expected_date": "2026-02-30", "notes": "x".repeat(2_001),
            "items": [
                {"product_id": "x", "quantity": 0, "unit_cost": -1}, {"quantity": -1, "unit_cost": "cheap"}, 7,
                {"product_id": 1, "quantity": "1.00001", "unit_cost": 1e300}
            ]
        });
        let reply = client.post(ORDERS, wrong).await;
        assert_eq!(refused(&reply, 400, "validation_failed"), "supplier_id must be a whole number such as 12");
        let told = [
            "supplier_id",
            "warehouse_id",
            "items[0].product_id",
            "items[0].quantity",
            "items[0].unit_cost",
            "items[1].product_id",
            "items[1].quantity",
            "items[1].unit_cost",
            "items[2]",
            "items[3].quantity",
            "items[3].unit_cost",
            "expected_date",
            "notes",
        ];
        assert_eq!(fields(&reply), told);
        assert_eq!(client.get(&format!("{ORDERS}/all")).await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn a_purchase_order_has_one_to_a_thousand_lines_within_what_can_be_recorded() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let body = |count: usize, quantity: i64, cost: i64| {
            let line = json!({"product_id": bolt, "quantity": quantity, "unit_cost": cost});
            json!({"supplier_id": one, "items": vec![line; count]})
        };
        for (body, said) in [
            (json!({"supplier_id": one}), "items is required"),
            (json!({"supplier_id": one, "items": {}}), "items must be a list"),
            (body(0, 1, 1), "items must hold 1 to 1000 lines"),
            (body(1_001, 1, 1), "items must hold 1 to 1000 lines"),
        ] {
            assert_eq!(refused(&client.post(ORDERS, body).await, 400, "validation_failed"), said);
        }
        for body in [body(1, 900_000_000_000, 2), body(2, 1, 900_000_000_000)] {
            refused(&client.post(ORDERS, body).await, 400, "out_of_range");
        }
        let id = client.post(ORDERS, body(1_000, 1, 1)).await.is(201).at("/id").as_i64().expect("an id");
        receive(&client, id, json!([{"product_id": bolt, "quantity": 1_000}])).await.is(200);
        assert_eq!(status(&client, id).await, "received");
    });
}

#[test]
fn what_does_not_exist_is_named() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let good = json!({"product_id": bolt, "quantity": 1});
        for (body, field, thing) in [
            (json!({"supplier_id": 99_999, "items": [good]}), "supplier_id", "supplier 99999"),
            (json!({"supplier_id": one, "warehouse_id": -1, "items": [good]}), "warehouse_id", "warehouse -1"),
            (
                json!({"supplier_id": one, "items": [good, {"product_id": 99_999, "quantity": 1}]}),
                "items[1].product_id",
                "product 99999",
            ),
        ] {
            let reply = client.post(ORDERS, body).await;
            let said = refused(&reply, 404, "unknown_reference");
            assert!(said.starts_with(&format!("{field} refers to {thing}, which does not exist")), "{said}");
            assert_eq!(fields(&reply), [field]);
        }
        let id = purchase(&client, one, json!([good])).await;
        for (part, field) in [
            (json!([{"po_item_id": 99_999, "quantity": 1}]), "items[0].po_item_id"),
            (
                json!([{"product_id": bolt, "quantity": 1}, {"product_id": 99_999, "quantity": 1}]),
                "items[1].product_id",
            ),
        ] {
            let reply = receive(&client, id, part).await;
            refused(&reply, 404, "unknown_reference");
            assert_eq!(fields(&reply), [field]);
        }
        assert_eq!(came(&client, id).await, [json!(0)]);
    });
}

#[test]
fn every_wrong_field_of_the_other_bodies_is_told() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let id = purchase(&client, one, json!([{"product_id": bolt, "quantity": 2}])).await;
        let path = format!("{ORDERS}/{id}/receive");
        let too_many = vec![json!({"product_id": bolt, "quantity": 0.0001}); 1_001];
        for (body, told) in [
            (json!({"items": []}), vec!["items"]),
            (json!({"items": too_many}), vec!["items"]),
            (json!({"items": "all"}), vec!["items"]),
            (json!({"items": [{}, null]}), vec!["items[0].po_item_id", "items[0].quantity", "items[1]"]),
            (json!({"items": [{"po_item_id": 1, "product_id": 1, "quantity": 1}]}), vec!["items[0].product_id"]),
            (
                json!({"items": [{
                    "po_item_id": 1.5, "quantity": 0, "batch_number": "x".repeat(65), "expiry_date": "soon", "serials": [1]
                }]}),
                vec![
                    "items[0].po_item_id",
                    "items[0].quantity",
                    "items[0].batch_number",
                    "items[0].expiry_date",
                    "items[0].serials[0]",
                ],
            ),
        ] {
            let reply = client.post(&path, body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), told);
        }
        for broken in ["{", "[]", "null", "7"] {
            refused(&client.send(Method::POST, &path, Some(broken.into())).await, 400, "malformed_json");
        }
        for wrong in ["", "open", "Draft"] {
            refused(&step_to(&client, id, wrong).await, 400, "validation_failed");
        }
        refused(&client.patch(&format!("{ORDERS}/{id}/status"), json!({})).await, 400, "validation_failed");
        for path in [format!("{ORDERS}/x"), format!("{ORDERS}/1.5")] {
            refused(&client.get(&path).await, 400, "validation_failed");
        }
        assert_eq!((status(&client, id).await.as_str(), came(&client, id).await), ("draft", vec![json!(0)]));
    });
}
