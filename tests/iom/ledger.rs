//! Stock as it is written: adjusting, transferring, reorder levels; what is refused changes nothing.

use actix_web::http::Method;
use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{adjust, column, fields, main, on_hand, promise, refused, stocked, tracked, warehouse};
use crate::support::{Client, Reply, on_each_engine};

#[test]
fn an_adjustment_adds_or_removes_exactly() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        for (quantity, left) in [
            ("0.1", "0.1"),
            ("0.2", "0.3"),
            ("\"199.7\"", "200"),
            ("5e1", "250"),
            ("-249.9999", "0.0001"),
            ("-0.0001", "0"),
            ("899999999999.9999", "899999999999.9999"),
            ("-899999999999.9999", "0"),
        ] {
            let body = format!(r#"{{"product_id": {product}, "warehouse_id": "{place}", "quantity": {quantity}}}"#);
            let reply = client.send(Method::POST, "/inventory/adjust", Some(body.into_bytes())).await.is(200);
            assert_eq!(reply.text(), format!(r#"{{"message":"Inventory adjusted","new_quantity":{left}}}"#));
        }
    });
}

#[test]
fn an_adjustment_takes_what_is_promised_but_never_what_is_not_there() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        adjust(&client, product, place, 10).await.is(200);
        promise(shop, product, place, 8).await;
        adjust(&client, product, place, "-9.5").await.is(200);
        let short = adjust(&client, product, place, -1).await;
        assert!(refused(&short, 409, "insufficient_stock").contains("ONE"));
        let detail = json!({
            "field": "quantity", "message": "of ONE is 1, but only 0.5 are available", "sku": "ONE", "requested": 1,
            "available": 0.5
        });
        assert_eq!(short.at("/details"), json!([detail]));
        assert_eq!(on_hand(&client, product, place).await, json!(0.5));
        let never = stocked(&client, "NEVER").await;
        refused(&adjust(&client, never, place, -1).await, 409, "insufficient_stock");
        assert_eq!(on_hand(&client, never, place).await, Value::Null, "a refusal opens no row");
    });
}

#[test]
fn what_was_expected_must_hold() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        let sure = |quantity: i64, expected: Value| {
            let body = json!({
                "product_id": product, "warehouse_id": place, "quantity": quantity, "expected_quantity": expected
            });
            client.post("/inventory/adjust", body)
        };
        // Behind nothing there is nothing: 0 is what lies where no row is.
        sure(5, json!(0)).await.is(200);
        let reply = sure(5, json!("4.5")).await;
        assert!(refused(&reply, 409, "unexpected_quantity").starts_with("expected_quantity does not hold"));
        assert_eq!((fields(&reply), reply.at("/details/0/current")), (vec!["expected_quantity".to_owned()], json!(5)));
        sure(-5, json!("5.0")).await.is(200);
        sure(1, Value::Null).await.is(200);
        assert_eq!(on_hand(&client, product, place).await, json!(1));
    });
}

#[test]
fn a_transfer_makes_two_movements_or_none() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, from) = (stocked(&client, "ONE").await, main(&client).await);
        let to = warehouse(&shop.iom(), "TWO").await;
        adjust(&client, product, from, 50).await.is(200);
        promise(shop, product, from, 15).await;
        let carry = |quantity: Value, from: i64, to: i64| {
            let body = json!({
                "product_id": product, "from_warehouse_id": from, "to_warehouse_id": to, "quantity": quantity,
                "notes": "on the way"
            });
            client.post("/inventory/transfer", body)
        };
        assert_eq!(
            carry(json!("30.0"), from, to).await.is(200).text(),
            r#"{"message":"Transfer complete","quantity":30}"#
        );
        let movements = client.get("/inventory/movements?movement_type=transfer").await.is(200);
        assert_eq!(column(&movements, "movements", "quantity"), [json!(30), json!(-30)]);
        assert_eq!(column(&movements, "movements", "balance_after"), [json!(30), json!(20)]);
        assert_eq!(column(&movements, "movements", "notes"), [json!("on the way"), json!("on the way")]);
        // 15 of the 20 that are left are promised.
        let short = carry(json!(5.5), from, to).await;
        refused(&short, 409, "insufficient_stock");
        assert_eq!((short.at("/details/0/requested"), short.at("/details/0/available")), (json!(5.5), json!(5)));
        let same = carry(json!(-1), from, from).await;
        refused(&same, 400, "validation_failed");
        assert_eq!(fields(&same), ["to_warehouse_id", "quantity"]);
        refused(&carry(json!(0), from, to).await, 400, "validation_failed");
        carry(json!(5), from, to).await.is(200);
        assert_eq!(
            (on_hand(&client, product, from).await, on_hand(&client, product, to).await),
            (json!(15), json!(35))
        );
        assert_eq!(client.get("/inventory/movements").await.at("/total"), json!(5));
    });
}

#[test]
fn a_reorder_level_opens_a_row_and_moves_nothing() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        let set = |level: Value| {
            let body = json!({"product_id": product, "warehouse_id": place, "reorder_level": level});
            client.put("/inventory/reorder-level", body)
        };
        assert_eq!(set(json!("12.5")).await.is(200).text(), r#"{"message":"Reorder level updated"}"#);
        let row = client.get("/inventory").await.is(200);
        assert_eq!((row.at("/inventory/0/quantity"), row.at("/inventory/0/reorder_level")), (json!(0), json!(12.5)));
        let negative = set(json!(-1)).await;
        refused(&negative, 400, "validation_failed");
        assert_eq!(fields(&negative), ["reorder_level"]);
        set(json!(0)).await.is(200);
        let list = client.get("/inventory").await.is(200);
        assert_eq!((list.at("/total"), list.at("/inventory/0/reorder_level")), (json!(1), json!(0)));
        assert_eq!(client.get("/inventory/movements").await.at("/total"), json!(0));
    });
}

#[test]
fn all_that_is_wrong_with_a_body_is_told_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let long = "x".repeat(2_001);
        for (method, path, body, named) in [
            (Method::POST, "/inventory/adjust", json!({}), vec!["product_id", "warehouse_id", "quantity"]),
            (
                Method::POST,
                "/inventory/adjust",
                json!({
                    "product_id": "seven", "warehouse_id": 1.5, "quantity": "many", "notes": long,
                    "expected_quantity": true, "batch_id": {}, "serials": ["ok", 5, null, " "]
                }),
                vec![
                    "product_id",
                    "warehouse_id",
                    "quantity",
                    "notes",
                    "expected_quantity",
                    "batch_id",
                    "serials[1]",
                    "serials[2]",
                    "serials[3]",
                ],
            ),
            (
                Method::POST,
                "/inventory/transfer",
                json!({"quantity": 0.00001, "notes": "a\u{0}b", "serials": "S-1"}),
                vec!["product_id", "from_warehouse_id", "to_warehouse_id", "quantity", "notes", "serials"],
            ),
            (
                Method::PUT,
                "/inventory/reorder-level",
                json!({"product_id": null, "reorder_level": 1e300}),
                vec!["product_id", "warehouse_id", "reorder_level"],
            ),
        ] {
            let reply = client.send(method, path, Some(body.to_string().into_bytes())).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{path}");
        }
        let place = main(&client).await;
        let product = stocked(&client, "ONE").await;
        for zero in [json!(0), json!("-0.0")] {
            let reply = adjust(&client, product, place, zero).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["quantity"]);
        }
        adjust(&client, product, place, 900_000_000_000_i64).await.is(200);
        refused(&adjust(&client, product, place, 1).await, 400, "out_of_range");
        assert_eq!(on_hand(&client, product, place).await, json!(900_000_000_000_i64));
        let strict = client.with("Prefer", "handling=strict");
        let odd = json!({"product_id": product, "warehouse_id": place, "quantity": 1, "reason": "x"});
        refused(&strict.post("/inventory/adjust", odd).await, 400, "unknown_fields");
    });
}

#[test]
fn unknown_ids_and_those_of_others_are_not_found_and_named() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        let (foreign, elsewhere) = (stocked(&shop.neighbour(), "ONE").await, main(&shop.neighbour()).await);
        let lot = tracked(&client, "LOT", "batch").await;
        let foreign_lot = tracked(&shop.neighbour(), "LOT", "batch").await;
        let foreign_batch = json!({"product_id": foreign_lot, "batch_number": "B", "quantity": 5});
        let foreign_batch = shop.neighbour().post("/batches", foreign_batch).await.is(201).at("/id");
        for (unknown, nowhere) in [(foreign, elsewhere), (99_999, 99_999), (0, -1), (i64::MAX, i64::MIN)] {
            let level = |product: i64, place: i64| {
                client.put(
                    "/inventory/reorder-level",
                    json!({"product_id": product, "warehouse_id": place, "reorder_level": 1}),
                )
            };
            for (reply, field) in [
                (adjust(&client, unknown, place, 1).await, "product_id"),
                (adjust(&client, product, nowhere, 1).await, "warehouse_id"),
                (transfer(&client, unknown, place, nowhere).await, "product_id"),
                (transfer(&client, product, nowhere, place).await, "from_warehouse_id"),
                (transfer(&client, product, place, nowhere).await, "to_warehouse_id"),
                (level(unknown, place).await, "product_id"),
                (level(product, nowhere).await, "warehouse_id"),
            ] {
                refused(&reply, 404, "unknown_reference");
                assert_eq!(fields(&reply), [field]);
            }
        }
        for batch in [foreign_batch, json!(99_999)] {
            let body = json!({"product_id": lot, "warehouse_id": place, "quantity": 1, "batch_id": batch});
            let reply = client.post("/inventory/adjust", body).await;
            refused(&reply, 404, "unknown_reference");
            assert_eq!(fields(&reply), ["batch_id"]);
        }
        assert_eq!(client.get("/inventory").await.at("/total"), json!(0), "nothing was opened");
    });
}

#[test]
fn only_managers_and_admins_change_stock() {
    on_each_engine(async |shop| {
        let (product, place) = (stocked(&shop.iom(), "ONE").await, main(&shop.iom()).await);
        let lot = tracked(&shop.iom(), "LOT", "batch").await;
        let unit = tracked(&shop.iom(), "UNIT", "serial").await;
        for (role, may) in [(Role::Viewer, false), (Role::Staff, false), (Role::Manager, true), (Role::Admin, true)] {
            let client = shop.iom_as(role);
            let level = json!({"product_id": product, "warehouse_id": place, "reorder_level": 1});
            let replies = [
                adjust(&client, product, place, 1).await,
                client.post("/batches", json!({"product_id": lot, "batch_number": format!("B {role}")})).await,
                client.post("/serials", json!({"product_id": unit, "serial_number": format!("S {role}")})).await,
                client.post("/serials/bulk", json!({"product_id": unit, "serials": [format!("T {role}")]})).await,
                transfer(&client, product, place, place).await,
            ];
            for reply in replies {
                if may {
                    assert!([200, 201, 400].contains(&reply.status), "{role}: {}", reply.text());
                } else {
                    refused(&reply, 403, "manager_role_required");
                }
            }
            let set = client.put("/inventory/reorder-level", level).await;
            assert_eq!(set.status, if role == Role::Viewer { 403 } else { 200 }, "{role}: {}", set.text());
            for path in ["", "/summary", "/alerts", "/movements"] {
                client.get(&format!("/inventory{path}")).await.is(200);
            }
            for path in ["/warehouses", "/batches", "/batches/expiring", "/serials"] {
                client.get(path).await.is(200);
            }
        }
    });
}

#[test]
fn a_request_with_a_key_has_one_effect() {
    on_each_engine(async |shop| {
        let client = shop.iom().with("Idempotency-Key", "count-1");
        let (product, place) = (stocked(&shop.iom(), "ONE").await, main(&shop.iom()).await);
        let first = adjust(&client, product, place, 5).await.is(200);
        let again = adjust(&client, product, place, 5).await.is(200);
        assert_eq!((first.text(), first.header("idempotent-replayed")), (again.text(), None));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        refused(&adjust(&client, product, place, 6).await, 422, "idempotency_key_reused");
        assert_eq!(on_hand(&shop.iom(), product, place).await, json!(5));
        // A refusal changed nothing, so its key stays free.
        let free = shop.iom().with("Idempotency-Key", "count-2");
        refused(&adjust(&free, product, place, -6).await, 409, "insufficient_stock");
        adjust(&shop.iom(), product, place, 1).await.is(200);
        assert_eq!(adjust(&free, product, place, -6).await.is(200).at("/new_quantity"), json!(0));
        let open = shop.iom().with("Idempotency-Key", "open-1");
        let body = json!({"name": "Two", "code": "TWO"});
        let made = open.post("/warehouses", body.clone()).await.is(201);
        assert_eq!(open.post("/warehouses", body).await.is(201).text(), made.text());
    });
}

async fn transfer(client: &Client<'_>, product: i64, from: i64, to: i64) -> Reply {
    let body = json!({"product_id": product, "from_warehouse_id": from, "to_warehouse_id": to, "quantity": 1});
    client.post("/inventory/transfer", body).await
}
