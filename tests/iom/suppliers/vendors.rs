//! Suppliers: the documented shapes, changing and removing them.

use serde_json::{Value, json};

use super::super::{column, fields, refused, stocked};
use super::{purchase, receive_all, step_to, supplier};
use crate::support::{keys_of, on_each_engine};

#[test]
fn the_documented_body_makes_the_documented_supplier() {
    on_each_engine(async |shop| {
        let body = json!({
            "name": " FastenersPro Pty Ltd ", "email": "orders@fastenerspro.com.au", "payment_terms": "Net 30"
        });
        let reply = shop.iom().post("/suppliers", body.clone()).await.is(201);
        let documented = format!(
            concat!(
                r#"{{"id":{},"name":"FastenersPro Pty Ltd","email":"orders@fastenerspro.com.au","#,
                r#""payment_terms":"Net 30","created_at":{},"phone":null,"lead_time_days":null}}"#
            ),
            reply.at("/id"),
            reply.at("/created_at")
        );
        assert_eq!(reply.text(), documented);
        // Neither name nor e-mail need be unique.
        shop.iom().post("/suppliers", body).await.is(201);
    });
}

#[test]
fn the_list_has_the_documented_shape() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        assert_eq!(
            client.get("/suppliers").await.is(200).text(),
            r#"{"suppliers":[],"total":0,"page":1,"limit":50,"next_cursor":null}"#
        );
        let body =
            json!({"name": "One", "email": "a@b.c", "phone": "1", "payment_terms": "Net 7", "lead_time_days": "7"});
        let one = client.post("/suppliers", body).await.is(201).at("/id").as_i64().expect("an id");
        supplier(&client, "Two").await;
        let (bolt, nut) = (stocked(&client, "BOLT").await, stocked(&client, "NUT").await);
        let line = |product: i64| json!({"product_id": product, "quantity": 1});
        let id = purchase(&client, one, json!([line(bolt), line(bolt), line(nut)])).await;
        purchase(&client, one, json!([line(bolt)])).await;
        let reply = client.get("/suppliers").await.is(200);
        let row = format!(
            r#"{{"id":{one},"name":"One","email":"a@b.c","phone":"1","payment_terms":"Net 7","lead_time_days":7,"product_count":2}}"#
        );
        assert!(reply.text().starts_with(&format!(r#"{{"suppliers":[{row},"#)), "{}", reply.text());
        assert_eq!((reply.at("/total"), reply.at("/suppliers/1/product_count")), (json!(2), json!(0)));
        step_to(&client, id, "cancelled").await.is(200);
        assert_eq!(column(&client.get("/suppliers").await, "suppliers", "product_count"), [json!(1), json!(0)]);
    });
}

#[test]
fn a_supplier_is_replaced_as_a_whole_and_its_purchase_orders_keep_its_name() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = client.post("/suppliers", json!({"name": "One", "phone": "1"})).await.is(201).at("/id");
        let bolt = stocked(&client, "BOLT").await;
        let line = json!([{"product_id": bolt, "quantity": 1}]);
        purchase(&client, one.as_i64().expect("an id"), line).await;
        let reply = client.put(&format!("/suppliers/{one}"), json!({"name": "Uno", "lead_time_days": 0})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Supplier updated"}"#);
        let row = client.get("/suppliers").await.is(200).at("/suppliers/0");
        let (name, phone, days) = (&row["name"], &row["phone"], &row["lead_time_days"]);
        assert_eq!((name, phone, days), (&json!("Uno"), &Value::Null, &json!(0)));
        let listed = client.get("/suppliers/purchase-orders/all").await.is(200);
        assert_eq!(listed.at("/purchase_orders/0/supplier_name"), json!("One"));
        refused(&client.put("/suppliers/99999", json!({"name": "Uno"})).await, 404, "not_found");
    });
}

#[test]
fn a_supplier_goes_away_once_nothing_is_to_come_from_it() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = supplier(&client, "One").await;
        let bolt = stocked(&client, "BOLT").await;
        let id = purchase(&client, one, json!([{"product_id": bolt, "quantity": 1}])).await;
        let path = format!("/suppliers/{one}");
        let said = refused(&client.delete(&path).await, 409, "in_use");
        assert!(said.contains("purchase orders to it are open"), "{said}");
        refused(&client.delete(&format!("/products/{bolt}")).await, 409, "in_use");
        refused(&client.delete("/warehouses/1").await, 409, "in_use");
        receive_all(&client, id).await.is(200);
        assert_eq!(client.delete(&path).await.is(200).text(), r#"{"message":"Supplier deleted"}"#);
        refused(&client.delete(&path).await, 404, "not_found");
        let listed = client.get(&format!("/suppliers/purchase-orders/all?supplier_id={one}")).await.is(200);
        assert_eq!(listed.at("/purchase_orders/0/supplier_name"), json!("One"));
        client.delete(&format!("/products/{bolt}")).await.is(200);
    });
}

#[test]
fn every_wrong_field_of_a_supplier_is_told() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = supplier(&client, "One").await;
        let wrong = json!({
            "name": "x".repeat(256), "email": "nobody", "payment_terms": 30, "phone": "a\u{0}b", "lead_time_days": -1
        });
        let told = ["name", "email", "payment_terms", "phone", "lead_time_days"];
        for reply in [
            client.post("/suppliers", wrong.clone()).await,
            client.put(&format!("/suppliers/{one}"), wrong.clone()).await,
        ] {
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), told);
        }
        for (body, said) in [
            (json!({}), "name is required"),
            (json!({"name": " "}), "name must not be empty"),
            (json!({"name": "a", "lead_time_days": 1.5}), "lead_time_days must be a whole number such as 12"),
            (json!({"name": "a", "lead_time_days": "soon"}), "lead_time_days must be a whole number such as 12"),
        ] {
            assert_eq!(refused(&client.post("/suppliers", body).await, 400, "validation_failed"), said);
        }
        assert_eq!(client.get("/suppliers").await.is(200).at("/total"), json!(1));
        assert_eq!(
            keys_of(client.get("/suppliers").await.text()),
            ["suppliers", "total", "page", "limit", "next_cursor"]
        );
    });
}
