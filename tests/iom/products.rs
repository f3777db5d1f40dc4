//! One product: read, made, replaced, changed and deleted.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{anvil, fields, refused, stocked};
use crate::support::{Client, on_each_engine, on_the_demo};

#[test]
fn a_product_is_answered_as_documented() {
    on_the_demo(async |shop| {
        let reply = shop.iom_as(Role::Viewer).get("/products/7").await.is(200);
        let documented = concat!(
            r#"{"id":7,"name":"Widget Pro 500","sku":"WGT-500","base_price":"49.99","cost_price":"18.00","#,
            r#""compare_at_price":"59.99","barcode":"9312345678901","vendor":"WidgetCo","#,
            r#""description":"Heavy-duty widget with 500N load rating.","category_id":3,"tracking_type":"batch","#,
            r#""weight":"0.450","taxable":true,"requires_shipping":true,"is_active":true,"#,
            r#""images":[{"id":12,"url":"/uploads/products/wgt500.jpg","is_primary":true}],"#,
            r#""stock":[{"warehouse_id":1,"warehouse_name":"Sydney Warehouse","quantity":200},"#,
            r#"{"warehouse_id":2,"warehouse_name":"Melbourne Warehouse","quantity":120}],"#,
            r#""created_at":"2025-11-03T08:14:22Z","variants":[],"category_name":"Hardware","total_stock":320,"#,
            r#""updated_at":"2026-04-09T10:22:11Z"}"#
        );
        assert_eq!(reply.text(), documented);
    });
}

#[test]
fn the_documented_body_makes_the_documented_product() {
    on_each_engine(async |shop| {
        let body = concat!(
            r#"{"name": "Widget Pro 500", "sku": "WGT-500", "base_price": 49.99, "cost_price": 18.00, "#,
            r#""tracking_type": "batch"}"#
        );
        let reply = shop.iom().send("POST".parse().expect("a method"), "/products", Some(body.into())).await.is(201);
        let documented = ["id", "name", "sku", "base_price", "cost_price", "tracking_type", "is_active", "created_at"];
        assert_eq!(reply.keys(), documented);
        let (id, created_at) = (reply.at("/id"), reply.at("/created_at"));
        assert!(id.is_i64());
        let format = "%Y-%m-%dT%H:%M:%SZ";
        assert!(
            chrono::NaiveDateTime::parse_from_str(created_at.as_str().expect("text"), format).is_ok(),
            "{created_at}"
        );
        let rest = json!({
            "id": id, "name": "Widget Pro 500", "sku": "WGT-500", "base_price": "49.99", "cost_price": "18.00",
            "tracking_type": "batch", "is_active": true, "created_at": created_at
        });
        assert_eq!(reply.json(), rest);
        let again = shop.iom().post("/products", serde_json::from_str(body).expect("JSON")).await;
        assert_eq!(refused(&again, 409, "duplicate_sku"), "SKU already exists for this tenant");
    });
}

#[test]
fn figures_keep_every_digit_and_take_numbers_and_texts() {
    on_each_engine(async |shop| {
        for (number, (given, printed)) in [
            ("1", "1.00"),
            ("1.5e3", "1500.00"),
            ("0.1", "0.10"),
            ("\"49.99\"", "49.99"),
            ("0.615", "0.615"),
            ("0.1234", "0.1234"),
            ("899999999999.9999", "899999999999.9999"),
            ("900000000000", "900000000000.00"),
            ("-0", "0.00"),
            ("0.10000000000000000000", "0.10"),
        ]
        .into_iter()
        .enumerate()
        {
            let body = format!(r#"{{"name": "A", "sku": "S{number}", "base_price": {given}}}"#);
            let reply =
                shop.iom().send("POST".parse().expect("a method"), "/products", Some(body.into_bytes())).await.is(201);
            assert_eq!(reply.at("/base_price"), json!(printed), "{given}");
        }
        for (number, (given, printed)) in
            [("0.45", "0.450"), ("\"2\"", "2.000"), ("0.0004", "0.000"), ("0.0005", "0.001")].into_iter().enumerate()
        {
            let body = format!(r#"{{"name": "A", "sku": "W{number}", "base_price": 1, "weight": {given}}}"#);
            let reply =
                shop.iom().send("POST".parse().expect("a method"), "/products", Some(body.into_bytes())).await.is(201);
            assert_eq!(product(&shop.iom(), &reply.at("/id")).await["weight"], json!(printed), "{given}");
        }
    });
}

#[test]
fn all_fields_that_are_wrong_are_told_at_once() {
    on_each_engine(async |shop| {
        let empty = shop.iom().post("/products", json!({})).await;
        assert_eq!(refused(&empty, 400, "validation_failed"), "name is required");
        assert_eq!(fields(&empty), ["name", "sku", "base_price"]);
        let wrong = json!({
            "name": " ", "sku": "x".repeat(65), "base_price": -0.01, "cost_price": "cheap", "compare_at_price": 1e300,
            "category_id": 1.5, "barcode": 931, "vendor": {"name": "x"}, "tracking_type": "Batch", "weight": -1,
            "description": "a\u{0}b", "taxable": "yes", "requires_shipping": 2, "is_active": []
        });
        let messages = json!([
            {"field": "name", "message": "must not be empty"},
            {"field": "sku", "message": "must be at most 64 characters long"},
            {"field": "base_price", "message": "must not be negative"},
            {"field": "cost_price", "message": "must be a number such as 12 or 12.5"},
            {"field": "compare_at_price", "message": "must lie between -900 billion and 900 billion"},
            {"field": "category_id", "message": "must be a whole number such as 12"},
            {"field": "barcode", "message": "must be text"},
            {"field": "vendor", "message": "must be text"},
            {"field": "tracking_type", "message": "must be none, batch or serial"},
            {"field": "weight", "message": "must not be negative"},
            {"field": "description", "message": "must not contain NUL characters"},
            {"field": "taxable", "message": "must be true or false"},
            {"field": "requires_shipping", "message": "must be true or false"},
            {"field": "is_active", "message": "must be true or false"}
        ]);
        let id = stocked(&shop.iom(), "ONE").await;
        for reply in [
            shop.iom().post("/products", wrong.clone()).await,
            shop.iom().put(&format!("/products/{id}"), wrong.clone()).await,
            shop.iom().patch(&format!("/products/{id}"), wrong.clone()).await,
        ] {
            assert_eq!(refused(&reply, 400, "validation_failed"), "name must not be empty");
            assert_eq!(reply.at("/details"), messages);
        }
        assert_eq!(shop.iom().get("/products").await.is(200).at("/products/0/name"), json!("Anvil ONE"));
    });
}

#[test]
fn unknown_fields_are_ignored_unless_strictness_is_asked_for() {
    on_each_engine(async |shop| {
        let mut body = anvil("ONE");
        body["colour"] = json!("red");
        body["options"] = json!([{"size": 5}]);
        let strict = shop.iom().with("Prefer", "handling=strict").post("/products", body.clone()).await;
        refused(&strict, 400, "unknown_fields");
        assert_eq!(fields(&strict), ["colour", "options"]);
        shop.iom().post("/products", body).await.is(201);
        shop.iom().with("Prefer", "handling=strict").post("/products", anvil("TWO")).await.is(201);
    });
}

#[test]
fn a_sku_and_a_barcode_are_unique_whatever_their_case() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let mut first = anvil("Straße-1");
        first["barcode"] = json!("931");
        client.post("/products", first).await.is(201);
        let other = stocked(&client, "OTHER").await;
        let path = format!("/products/{other}");
        for (body, code, sentence) in [
            (json!({"sku": " sTRAßE-1 "}), "duplicate_sku", "SKU already exists for this tenant"),
            (json!({"barcode": "931"}), "duplicate_barcode", "Barcode already exists for this tenant"),
        ] {
            let mut whole = anvil("NEW");
            for (key, value) in body.as_object().expect("an object") {
                whole[key] = value.clone();
            }
            for reply in [
                client.post("/products", whole.clone()).await,
                client.put(&path, whole.clone()).await,
                client.patch(&path, body.clone()).await,
            ] {
                assert_eq!(refused(&reply, 409, code), sentence);
            }
        }
        assert_eq!(client.get("/products").await.is(200).at("/total"), json!(2));
        // A product does not stand in its own way, and many have no barcode.
        client.patch(&path, json!({"sku": "other", "barcode": ""})).await.is(200);
        assert_eq!(product(&client, &json!(other)).await["sku"], "other");
    });
}

#[test]
fn replacing_sets_what_is_left_out_back_but_keeps_the_tracking() {
    on_the_demo(async |shop| {
        let body = json!({"name": "Widget", "sku": "WGT-500", "base_price": "50"});
        let reply = shop.iom_as(Role::Manager).put("/products/7", body).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Product updated"}"#);
        let after = product(&shop.iom(), &json!(7)).await;
        for key in ["cost_price", "compare_at_price", "barcode", "vendor", "description", "category_id", "weight"] {
            assert_eq!(after[key], Value::Null, "{key}");
        }
        for (key, value) in [
            ("name", json!("Widget")),
            ("base_price", json!("50.00")),
            ("tracking_type", json!("batch")),
            ("taxable", json!(true)),
            ("total_stock", json!(320)),
            ("images", json!([{"id": 12, "url": "/uploads/products/wgt500.jpg", "is_primary": true}])),
            ("created_at", json!("2025-11-03T08:14:22Z")),
        ] {
            assert_eq!(after[key], value, "{key}");
        }
        assert_ne!(after["updated_at"], json!("2026-04-09T10:22:11Z"));
        let item = shop.simbiz().get("/inventory/items/7").await.is(200);
        assert!(item.text().contains("BRAND001"), "fields outside the table are kept: {}", item.text());
    });
}

#[test]
fn changing_touches_only_what_is_given() {
    on_the_demo(async |shop| {
        let client = shop.iom();
        let mut expected = product(&client, &json!(7)).await;
        client.patch("/products/7", json!({})).await.is(200);
        assert_eq!(product(&client, &json!(7)).await, expected, "nothing changed, updated_at neither");
        let change = json!({"base_price": 51, "vendor": null, "weight": "1.5", "taxable": false, "category_id": 2});
        let reply = client.patch("/products/7", change).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Product updated"}"#);
        let after = product(&client, &json!(7)).await;
        expected["base_price"] = json!("51.00");
        expected["vendor"] = Value::Null;
        expected["weight"] = json!("1.500");
        expected["taxable"] = json!(false);
        expected["category_id"] = json!(2);
        expected["category_name"] = json!("Bolts");
        expected["updated_at"] = after["updated_at"].clone();
        assert_eq!(after, expected);
        let cleared = client.patch("/products/7", json!({"name": null, "base_price": null, "is_active": null})).await;
        refused(&cleared, 400, "validation_failed");
        assert_eq!(fields(&cleared), ["name", "base_price", "is_active"]);
    });
}

#[test]
fn tracking_cannot_change_while_there_is_stock() {
    on_the_demo(async |shop| {
        let reply = shop.iom().patch("/products/7", json!({"tracking_type": "serial"})).await;
        let sentence = refused(&reply, 409, "tracking_in_use");
        assert_eq!(
            sentence,
            "tracking_type of WGT-500 cannot change while 320 are on hand: take them out of stock first"
        );
        let mut body = json!({"name": "Widget", "sku": "WGT-500", "base_price": 1, "tracking_type": "none"});
        refused(&shop.iom().put("/products/7", body.clone()).await, 409, "tracking_in_use");
        body["tracking_type"] = json!("batch");
        shop.iom().put("/products/7", body).await.is(200);
        let id = stocked(&shop.iom(), "NEW").await;
        shop.iom().patch(&format!("/products/{id}"), json!({"tracking_type": "serial"})).await.is(200);
        assert_eq!(product(&shop.iom(), &json!(id)).await["tracking_type"], "serial");
    });
}

#[test]
fn a_category_that_does_not_exist_is_not_found_and_named() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.iom(), "ONE").await;
        let mut whole = anvil("TWO");
        for unknown in [99_999, 0, -1, i64::MAX] {
            whole["category_id"] = json!(unknown);
            for reply in [
                shop.iom().post("/products", whole.clone()).await,
                shop.iom().put(&format!("/products/{id}"), whole.clone()).await,
                shop.iom().patch(&format!("/products/{id}"), json!({"category_id": unknown})).await,
            ] {
                refused(&reply, 404, "unknown_reference");
                assert_eq!(fields(&reply), ["category_id"]);
            }
        }
        assert_eq!(product(&shop.iom(), &json!(id)).await["sku"], "ONE");
    });
}

#[test]
fn a_deleted_product_is_gone_and_its_sku_and_barcode_are_free() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let mut body = anvil("ONE");
        body["barcode"] = json!("931");
        let id = client.post("/products", body.clone()).await.is(201).at("/id");
        let path = format!("/products/{id}");
        assert_eq!(client.delete(&path).await.is(200).text(), r#"{"message":"Product deleted"}"#);
        for reply in [
            client.get(&path).await,
            client.put(&path, anvil("ONE")).await,
            client.patch(&path, json!({})).await,
            client.delete(&path).await,
        ] {
            let sentence = refused(&reply, 404, "not_found");
            assert_eq!(sentence, format!("Product {id} does not exist: GET /api/products lists those that do."));
        }
        let list = client.get("/products").await.is(200);
        assert_eq!((list.at("/total"), list.at("/products")), (json!(0), json!([])));
        let again = client.post("/products", body).await.is(201).at("/id");
        assert_ne!(again, id, "an id is never given twice");
    });
}

async fn product(client: &Client<'_>, id: &Value) -> Value {
    client.get(&format!("/products/{id}")).await.is(200).json()
}
