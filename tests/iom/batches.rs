//! Batches: recorded with what there is of them, listed, and found before they expire.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{adjust, column, fields, main, on_hand, refused, stocked, tracked, warehouse};
use crate::support::{Client, Reply, on_each_engine};

#[test]
fn the_documented_body_makes_the_documented_batch() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, place) = (tracked(&client, "WGT-500", "batch").await, main(&client).await);
        let body = json!({
            "product_id": product, "batch_number": "BTH-2026-042", "expiry_date": "2028-03-01", "quantity": 500
        });
        let reply = client.post("/batches", body).await.is(201);
        let documented = format!(
            concat!(
                r#"{{"id":{},"product_id":{},"batch_number":"BTH-2026-042","expiry_date":"2028-03-01","#,
                r#""quantity":500,"created_at":{},"lot_number":null,"manufacture_date":null,"notes":null}}"#
            ),
            reply.at("/id"),
            product,
            reply.at("/created_at")
        );
        assert_eq!(reply.text(), documented);
        let at = reply.at("/created_at");
        let format = "%Y-%m-%dT%H:%M:%SZ";
        assert!(chrono::NaiveDateTime::parse_from_str(at.as_str().expect("text"), format).is_ok(), "{at}");
        // Received into the default warehouse, by a movement.
        assert_eq!(on_hand(&client, product, place).await, json!(500));
        let receipt = client.get("/inventory/movements").await.at("/movements/0");
        assert_eq!((&receipt["movement_type"], &receipt["quantity"]), (&json!("receive"), &json!(500)));
        assert_eq!(receipt["batch_id"], reply.at("/id"));
    });
}

#[test]
fn batches_are_listed_newest_first_as_documented() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (lot, other) = (tracked(&client, "WGT-500", "batch").await, tracked(&client, "OTHER", "batch").await);
        let two = warehouse(&client, "TWO").await;
        let body = json!({
            "product_id": lot, "batch_number": "BTH-2026-041", "lot_number": "L04-A", "manufacture_date": "2026-02-10",
            "expiry_date": "2028-02-10", "quantity": 200, "warehouse_id": two, "notes": ""
        });
        let first = client.post("/batches", body).await.is(201);
        let reply = shop.iom_as(Role::Viewer).get("/batches").await.is(200);
        let documented = format!(
            concat!(
                r#"{{"batches":[{{"id":{},"product_id":{},"sku":"WGT-500","product_name":"Anvil WGT-500","#,
                r#""batch_number":"BTH-2026-041","lot_number":"L04-A","manufacture_date":"2026-02-10","#,
                r#""expiry_date":"2028-02-10","quantity":200,"notes":null,"created_at":{}}}],"#,
                r#""total":1,"page":1,"limit":50,"next_cursor":null}}"#
            ),
            first.at("/id"),
            lot,
            first.at("/created_at")
        );
        assert_eq!(reply.text(), documented);
        // Spread over two warehouses it is one batch; used up or expired ones are listed too.
        let carried = json!({"product_id": lot, "from_warehouse_id": two,
            "to_warehouse_id": main(&client).await, "quantity": 50});
        client.post("/inventory/transfer", carried).await.is(200);
        let old = batch(&client, other, "OLD", Some("2020-01-01"), json!(1)).await.is(201).at("/id");
        let empty = batch(&client, lot, "EMPTY", None, Value::Null).await.is(201);
        assert_eq!((empty.at("/quantity"), empty.at("/expiry_date")), (json!(0), Value::Null));
        let all = client.get("/batches").await.is(200);
        assert_eq!(column(&all, "batches", "id"), [empty.at("/id"), old, first.at("/id")]);
        assert_eq!(column(&all, "batches", "quantity"), [json!(0), json!(1), json!(200)]);
        let of_one = client.get(&format!("/batches?product_id={other}")).await.is(200);
        assert_eq!((column(&of_one, "batches", "batch_number"), of_one.at("/total")), (vec![json!("OLD")], json!(1)));
        assert_eq!(shop.neighbour().get("/batches").await.at("/total"), json!(0));
    });
}

#[test]
fn what_expires_soon_is_found_soonest_first() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let product = tracked(&client, "CHM-001", "batch").await;
        let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
        let in_days = |days: i64| (today + TimeDelta::days(days)).to_string();
        for (number, days) in [("LATE", 31), ("EDGE", 30), ("SOON", 22), ("TWIN", 22), ("TODAY", 0), ("GONE", -1)] {
            batch(&client, product, number, Some(&in_days(days)), json!(45)).await.is(201);
        }
        batch(&client, product, "EMPTY", Some(&in_days(1)), json!(0)).await.is(201);
        batch(&client, product, "NEVER", None, json!(1)).await.is(201);
        batch(&client, product, "END", Some("9999-12-31"), json!(1)).await.is(201);
        let reply = shop.iom_as(Role::Viewer).get("/batches/expiring").await.is(200);
        let row = format!(
            concat!(
                r#"{{"batches":[{{"id":{},"product_id":{},"sku":"CHM-001","product_name":"Anvil CHM-001","#,
                r#""batch_number":"TODAY","expiry_date":"{}","days_until_expiry":0,"quantity":45}},"#
            ),
            reply.at("/batches/0/id"),
            product,
            today
        );
        assert!(reply.text().starts_with(&row), "{}", reply.text());
        assert_eq!(column(&reply, "batches", "days_until_expiry"), [json!(0), json!(22), json!(22), json!(30)]);
        for (query, expected) in [
            ("/expiring", vec!["TODAY", "SOON", "TWIN", "EDGE"]),
            ("/expiring?days=21", vec!["TODAY"]),
            ("/expiring?days=0", vec!["TODAY"]),
            ("/expiring?expiring_days=22", vec!["TODAY", "SOON", "TWIN"]),
            ("/expiring?days=0&expiring_days=22", vec!["TODAY"]),
            ("/expiring?days=9223372036854775807", vec!["TODAY", "SOON", "TWIN", "EDGE", "LATE", "END"]),
            ("/expiring?days=9999999", vec!["TODAY", "SOON", "TWIN", "EDGE", "LATE", "END"]),
            ("/expiring?limit=2&page=2", vec!["TWIN", "EDGE"]),
            ("?expiring_days=22", vec!["TODAY", "SOON", "TWIN"]),
            ("?expiring_days=22&product_id=99999", vec![]),
        ] {
            let reply = client.get(&format!("/batches{query}")).await.is(200);
            assert_eq!(column(&reply, "batches", "batch_number"), expected, "{query}");
            let total = if query.contains("limit=2") { 4 } else { expected.len() };
            assert_eq!(reply.at("/total"), json!(total), "{query}");
        }
    });
}

#[test]
fn lists_go_on_behind_a_cursor_while_batches_come() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let product = tracked(&client, "LOT", "batch").await;
        let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
        for number in 0..5_i64 {
            let expiry = today + TimeDelta::days(number / 2 + 1);
            batch(&client, product, &format!("B-{number}"), Some(&expiry.to_string()), json!(1)).await.is(201);
        }
        for (path, expected) in [
            ("/batches", ["B-4", "B-3", "B-2", "B-1", "B-0"]),
            ("/batches/expiring", ["B-0", "B-1", "B-2", "B-3", "B-4"]),
        ] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let reply = client.get(&format!("{path}?limit=2{cursor}")).await.is(200);
                seen.extend(column(&reply, "batches", "batch_number"));
                let Some(next) = reply.at("/next_cursor").as_str().map(str::to_owned) else { break };
                cursor = format!("&cursor={next}");
                let late = format!("LATE {path} {}", seen.len());
                let expiry = NaiveDate::to_string(&today);
                let made = batch(&client, product, &late, Some(&expiry), json!(1)).await.is(201);
                assert_ne!(made.at("/id"), Value::Null);
            }
            // The late ones of the first round expire today, and so come first in the second.
            let seen: Vec<_> =
                seen.iter().filter(|number| number.as_str().is_some_and(|number| number.starts_with('B'))).collect();
            assert_eq!(seen, expected, "{path}");
        }
    });
}

#[test]
fn a_number_is_unique_for_its_product_in_any_case() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (tracked(&client, "ONE", "batch").await, tracked(&client, "TWO", "batch").await);
        batch(&client, one, "Lot-Ä", None, json!(5)).await.is(201);
        let again = batch(&client, one, " lOT-ä ", None, json!(7)).await;
        assert_eq!(refused(&again, 409, "duplicate_batch"), "Batch number already exists for this product");
        assert_eq!(fields(&again), ["batch_number"]);
        assert_eq!(on_hand(&client, one, main(&client).await).await, json!(5));
        assert_eq!(client.get("/batches").await.at("/total"), json!(1));
        batch(&client, two, "Lot-Ä", None, json!(5)).await.is(201);
    });
}

#[test]
fn only_products_tracked_by_batch_have_batches() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for (product, sku) in
            [(stocked(&client, "PLAIN").await, "PLAIN"), (tracked(&client, "UNIT", "serial").await, "UNIT")]
        {
            let reply = batch(&client, product, "B", None, json!(1)).await;
            let sentence = refused(&reply, 400, "validation_failed");
            assert_eq!(sentence, format!("product_id must name a product tracked by batch, which {sku} is not"));
            adjust(&client, product, main(&client).await, 0).await.is(400);
        }
        assert_eq!(client.get("/batches").await.at("/total"), json!(0));
    });
}

#[test]
fn all_that_is_wrong_with_a_body_is_told_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let product = tracked(&client, "LOT", "batch").await;
        let wrong = json!({
            "product_id": "x", "batch_number": "x".repeat(65), "expiry_date": "2026-02-30",
            "manufacture_date": "10.02.2026", "quantity": "some", "lot_number": 4, "notes": "x".repeat(2_001),
            "warehouse_id": true
        });
        let all = vec![
            "product_id",
            "batch_number",
            "expiry_date",
            "manufacture_date",
            "quantity",
            "lot_number",
            "notes",
            "warehouse_id",
        ];
        for (body, named) in [
            (json!({}), vec!["product_id", "batch_number"]),
            (json!({"product_id": product, "batch_number": " "}), vec!["batch_number"]),
            (json!({"product_id": product, "batch_number": "B", "quantity": -0.5}), vec!["quantity"]),
            (wrong, all),
        ] {
            let reply = client.post("/batches", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named);
        }
        let (foreign, elsewhere) = (tracked(&shop.neighbour(), "LOT", "batch").await, main(&shop.neighbour()).await);
        for (body, named) in [
            (json!({"product_id": foreign, "batch_number": "B"}), "product_id"),
            (json!({"product_id": -1, "batch_number": "B"}), "product_id"),
            (json!({"product_id": product, "batch_number": "B", "warehouse_id": elsewhere}), "warehouse_id"),
        ] {
            let reply = client.post("/batches", body).await;
            refused(&reply, 404, "unknown_reference");
            assert_eq!(fields(&reply), [named]);
        }
        assert_eq!(client.get("/batches").await.at("/total"), json!(0));
    });
}

async fn batch(client: &Client<'_>, product: i64, number: &str, expiry: Option<&str>, quantity: Value) -> Reply {
    let body = json!({"product_id": product, "batch_number": number, "expiry_date": expiry, "quantity": quantity});
    client.post("/batches", body).await
}
