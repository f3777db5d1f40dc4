//! What integrations read.

use serde_json::{Value, json};

use super::super::{adjust, column, fields, refused, stocked, warehouse};
use super::MAIN;
use crate::support::{keys_of, on_each_engine, on_the_demo};

#[test]
fn each_list_has_the_documented_keys_and_counts() {
    on_the_demo(async |shop| {
        let key = shop.holding("iom_live_abc123xyz");
        let page = ["total", "page", "limit", "next_cursor"];
        for (list, row) in [
            ("products", &["id", "name", "sku", "price", "barcode", "vendor", "total_stock", "is_active"][..]),
            ("inventory", &["product_id", "sku", "product_name", "warehouse_id", "warehouse_name", "quantity"]),
            ("orders", &["id", "order_number", "status", "channel", "total_amount", "created_at"]),
            ("customers", &["id", "name", "email", "company", "customer_type"]),
        ] {
            let reply = key.get(&format!("/external/{list}?limit=2")).await.is(200);
            assert_eq!(reply.keys()[0], list);
            assert_eq!(reply.keys()[1..], page);
            let first = reply.text().split_once('[').and_then(|(_, rest)| rest.split_once('}')).expect("a row").0;
            assert_eq!(keys_of(&format!("{first}}}")), row, "{list}");
            // As many as a user sees.
            let active = if list == "products" { "active=true" } else { "" };
            let users = shop.iom().get(&format!("/{list}?limit=2&{active}")).await.is(200);
            assert_eq!((reply.at("/total"), reply.at("/limit")), (users.at("/total"), json!(2)), "{list}");
            assert_eq!(reply.at("/next_cursor"), users.at("/next_cursor"), "{list}");
        }
    });
}

#[test]
fn the_records_of_the_reference_are_as_documented() {
    on_the_demo(async |shop| {
        let key = shop.holding("iom_live_abc123xyz");
        let product = json!({"id": 7, "name": "Widget Pro 500", "sku": "WGT-500", "price": "49.99",
            "barcode": "9312345678901", "vendor": "WidgetCo", "total_stock": 320, "is_active": true});
        assert_eq!(key.get("/external/products").await.is(200).at("/products/0"), product);
        let reply = key.get("/external/products/WGT-500").await.is(200);
        assert_eq!(reply.keys(), ["id", "name", "sku", "price", "barcode", "stock"]);
        let stock = json!([
            {"warehouse_id": 1, "warehouse_name": "Sydney Warehouse", "quantity": 200},
            {"warehouse_id": 2, "warehouse_name": "Melbourne Warehouse", "quantity": 120}
        ]);
        assert_eq!((reply.at("/price"), reply.at("/stock")), (json!("49.99"), stock));
        let order = json!({"id": 1042, "order_number": "ORD-1042", "status": "fulfilling", "channel": "api",
            "total_amount": "149.97"});
        let mut found = key.get("/external/orders").await.is(200).at("/orders/0");
        assert!(found.as_object_mut().expect("an order").remove("created_at").is_some());
        assert_eq!(found, order);
        let customer = json!({"id": 42, "name": "Acme Corp", "email": "procurement@acme.com",
            "company": "Acme Corporation Pty Ltd", "customer_type": "b2b"});
        assert_eq!(key.get("/external/customers?search=acme").await.is(200).at("/customers"), json!([customer]));
    });
}

#[test]
fn inactive_products_are_neither_listed_nor_found() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(false).await);
        let anvil = stocked(&client, "ANVIL").await;
        stocked(&client, "HAMMER").await;
        client.patch(&format!("/products/{anvil}"), json!({"is_active": false})).await.is(200);
        let reply = key.get("/external/products").await.is(200);
        assert_eq!((column(&reply, "products", "sku"), reply.at("/total")), (vec![json!("HAMMER")], json!(1)));
        assert_eq!(key.get("/external/products?search=anvil%20anvil").await.is(200).at("/total"), json!(0));
        refused(&key.get("/external/products/ANVIL").await, 404, "not_found");
    });
}

#[test]
fn a_sku_is_looked_up_in_any_case_and_with_any_letters() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(false).await);
        for (sku, sent) in [
            ("A/B-1", "a%2fb-1"),
            ("50% off", "50%25%20OFF"),
            ("A+B", "a+b"),
            ("Größe", "GR%C3%B6SSE"),
            ("products", "PRODUCTS"),
            ("x?y#z", "x%3Fy%23z"),
        ] {
            let id = stocked(&client, sku).await;
            let reply = key.get(&format!("/external/products/{sent}")).await;
            if sku == "Größe" {
                // Folding does not change the number of letters.
                refused(&reply, 404, "not_found");
                key.get("/external/products/GR%C3%96%C3%9FE").await.is(200);
                continue;
            }
            assert_eq!(reply.is(200).at("/id"), json!(id), "{sku}");
        }
        refused(&key.get("/external/products/a/b-1").await, 404, "unknown_path");
        refused(&key.get("/external/products/a%FFb").await, 400, "malformed_path");
        refused(&key.get("/external/products/a%00b").await, 400, "malformed_path");
        refused(&key.get(&format!("/external/products/{}", "x".repeat(3_000))).await, 404, "not_found");
        refused(&key.get("/external/products/%20").await, 404, "not_found");
    });
}

#[test]
fn the_filters_narrow_and_what_is_wrong_with_them_is_told() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        let second = warehouse(&client, "SECOND").await;
        let anvil = stocked(&client, "ANVIL").await;
        for place in [MAIN, second] {
            adjust(&client, anvil, place, 5).await.is(200);
        }
        client.post("/customers", json!({"name": "Ann"})).await.is(201);
        client.post("/customers", json!({"name": "Bo", "customer_type": "b2b"})).await.is(201);
        key.post("/external/orders", json!({"items": [{"product_id": anvil, "quantity": 1}]})).await.is(201);
        for (path, total) in [
            (format!("inventory?warehouse_id={second}"), 1),
            ("inventory".to_owned(), 2),
            ("inventory?warehouse_id=99999".to_owned(), 0),
            ("orders?status=pending".to_owned(), 1),
            ("orders?status=paid".to_owned(), 0),
            ("orders?from=2020-01-01&to=2999-01-01".to_owned(), 1),
            ("orders?to=2020-01-01".to_owned(), 0),
            ("customers?type=b2b".to_owned(), 1),
            ("customers?search=AN".to_owned(), 1),
            ("products?search=anv".to_owned(), 1),
            ("products?search=%25".to_owned(), 0),
            ("products?page=9".to_owned(), 1),
        ] {
            assert_eq!(key.get(&format!("/external/{path}")).await.is(200).at("/total"), json!(total), "{path}");
        }
        for (path, named) in [
            ("products?limit=0&page=x", vec!["page", "limit"]),
            ("inventory?warehouse_id=main", vec!["warehouse_id"]),
            ("orders?status=open&from=x&to=y", vec!["status", "from", "to"]),
            ("customers?type=vip&cursor=x", vec!["type", "cursor"]),
        ] {
            let reply = key.get(&format!("/external/{path}")).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{path}");
        }
    });
}

#[test]
fn behind_a_cursor_nothing_appears_twice_or_vanishes() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(false).await);
        for number in 0..7 {
            let id = stocked(&client, &format!("SKU-{number}")).await;
            adjust(&client, id, MAIN, 1).await.is(200);
            client.post("/customers", json!({"name": format!("Customer {number}")})).await.is(201);
        }
        for list in ["products", "inventory", "customers"] {
            let field = if list == "inventory" { "product_id" } else { "id" };
            let (mut seen, mut path) = (Vec::new(), format!("/external/{list}?limit=3"));
            loop {
                let reply = key.get(&path).await.is(200);
                seen.extend(column(&reply, list, field));
                let Value::String(cursor) = reply.at("/next_cursor") else { break };
                path = format!("/external/{list}?limit=3&cursor={cursor}");
            }
            assert!(seen.len() == 7 && seen.is_sorted_by(|a, b| a.as_i64() < b.as_i64()), "{list}: {seen:?}");
        }
    });
}
