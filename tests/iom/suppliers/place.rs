//! Writing purchase orders: shapes, costs and numbers.

use serde_json::{Value, json};

use super::super::{anvil, on_hand, refused, stocked, tracked, warehouse};
use super::{MAIN, ORDERS, purchase, supplier};
use crate::support::on_each_engine;

#[test]
fn the_documented_body_writes_the_documented_draft() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = supplier(&client, "FastenersPro Pty Ltd").await;
        let bolt = stocked(&client, "BOLT").await;
        let body = json!({
            "supplier_id": one, "warehouse_id": MAIN, "expected_date": "2026-05-10", "notes": " Dock 2 ",
            "items": [{"product_id": bolt, "quantity": 6000, "unit_cost": 0.3}]
        });
        let reply = client.post(ORDERS, body).await.is(201);
        let (id, at) = (reply.at("/id"), reply.at("/created_at"));
        let documented = format!(
            r#"{{"id":{id},"po_number":"PO-0001","status":"draft","total_amount":"1800.00","created_at":{at}}}"#
        );
        assert_eq!(reply.text(), documented);
        assert_eq!(on_hand(&client, bolt, MAIN).await, Value::Null, "nothing has come");
        let row = format!(
            concat!(
                r#"{{"id":{id},"po_number":"PO-0001","supplier_id":{one},"supplier_name":"FastenersPro Pty Ltd","#,
                r#""warehouse_id":1,"status":"draft","total_amount":"1800.00","expected_date":"2026-05-10","#
            ),
            id = id,
            one = one
        );
        let listed = client.get(&format!("{ORDERS}/all")).await.is(200);
        assert!(
            listed.text().starts_with(&format!(r#"{{"purchase_orders":[{row}"created_at":{at}"#)),
            "{}",
            listed.text()
        );
        let whole = client.get(&format!("{ORDERS}/{id}")).await.is(200);
        assert!(whole.text().starts_with(&row), "{}", whole.text());
        let line = format!(
            concat!(
                r#"[{{"id":{},"product_id":{},"sku":"BOLT","product_name":"Anvil BOLT","quantity":6000,"#,
                r#""unit_cost":"0.30","quantity_received":0,"line_total":"1800.00"}}]"#
            ),
            whole.at("/items/0/id"),
            bolt
        );
        assert!(whole.text().contains(&format!(r#""items":{line},"created_at":{at}"#)), "{}", whole.text());
        assert_eq!((whole.at("/notes"), whole.at("/item_count")), (json!("Dock 2"), json!(1)));
    });
}

#[test]
fn what_is_left_out_comes_from_the_product_and_the_default_warehouse() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        warehouse(&client, "TWO").await;
        let one = supplier(&client, "One").await;
        let mut body = anvil("BOLT");
        body["cost_price"] = json!("0.3335");
        let bolt = client.post("/products", body).await.is(201).at("/id");
        let free = stocked(&client, "FREE").await;
        let items = json!([
            {"product_id": bolt, "quantity": 3}, {"product_id": bolt, "quantity": "0.5", "unit_cost": "0.01"},
            {"product_id": free, "quantity": 7}
        ]);
        let reply = client.post(ORDERS, json!({"supplier_id": one, "items": items})).await.is(201);
        // 1.0005 and 0.005, each rounded half-up.
        assert_eq!(reply.at("/total_amount"), json!("1.01"));
        let whole = client.get(&format!("{ORDERS}/{}", reply.at("/id"))).await.is(200);
        assert_eq!((whole.at("/warehouse_id"), whole.at("/expected_date")), (json!(MAIN), Value::Null));
        assert_eq!((whole.at("/items/0/unit_cost"), whole.at("/items/2/unit_cost")), (json!("0.3335"), json!("0.00")));
    });
}

#[test]
fn numbers_are_consecutive_for_each_tenant() {
    on_each_engine(async |shop| {
        for client in [shop.iom(), shop.neighbour()] {
            let one = supplier(&client, "One").await;
            let bolt = stocked(&client, "BOLT").await;
            for number in ["PO-0001", "PO-0002", "PO-0003"] {
                let items = json!([{"product_id": bolt, "quantity": 1}]);
                let reply = client.post(ORDERS, json!({"supplier_id": one, "items": items})).await.is(201);
                assert_eq!(reply.at("/po_number"), json!(number));
                let bad = json!({"supplier_id": one, "items": [{"product_id": 99_999, "quantity": 1}]});
                refused(&client.post(ORDERS, bad).await, 404, "unknown_reference");
            }
        }
    });
}

#[test]
fn half_a_serial_number_cannot_be_ordered() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = supplier(&client, "One").await;
        let drill = tracked(&client, "DRILL", "serial").await;
        let items = json!([{"product_id": drill, "quantity": 1.5}]);
        let reply = client.post(ORDERS, json!({"supplier_id": one, "items": items})).await;
        let said = refused(&reply, 400, "validation_failed");
        assert_eq!(said, "items[0].quantity must be a whole number: DRILL is tracked by serial number");
        purchase(&client, one, json!([{"product_id": drill, "quantity": 2}])).await;
    });
}
