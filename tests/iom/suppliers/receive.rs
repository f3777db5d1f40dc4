//! Receiving: in parts, by line and by product, into batches and by serial numbers.

use serde_json::{Value, json};

use super::super::{column, fields, on_hand, refused, stocked, tracked, warehouse};
use super::{MAIN, ORDERS, came, lines, purchase, receive, receive_all, status, step_to, supplier};
use crate::support::on_each_engine;

#[test]
fn goods_come_in_parts_with_a_batch_and_then_the_rest() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let paint = tracked(&client, "PAINT", "batch").await;
        let items = json!([
            {"product_id": paint, "quantity": 10, "unit_cost": 4}, {"product_id": bolt, "quantity": 5.5, "unit_cost": 1}
        ]);
        let id = purchase(&client, one, items).await;
        step_to(&client, id, "ordered").await.is(200);
        let first = lines(&client, id).await[0];
        let part = json!([{"po_item_id": first, "quantity": 4, "batch_number": "LOT-1", "expiry_date": "2099-03-01"}]);
        let reply = receive(&client, id, part).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Stock received","received_lines":1,"inventory_updated":true}"#);
        assert_eq!(
            (status(&client, id).await.as_str(), came(&client, id).await),
            ("partial", vec![json!(4), json!(0)])
        );
        let batch = client.get("/batches").await.is(200).at("/batches/0");
        let figures = (&batch["batch_number"], &batch["expiry_date"], &batch["quantity"]);
        assert_eq!(figures, (&json!("LOT-1"), &json!("2099-03-01"), &json!(4)));
        let part = json!([{"po_item_id": first, "quantity": 1, "batch_number": "lot-1"}]);
        receive(&client, id, part).await.is(200);
        let other = json!([{"po_item_id": first, "quantity": 1, "batch_number": "lot-1", "expiry_date": "2099-03-02"}]);
        let reply = receive(&client, id, other).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["items[0].expiry_date"]);

        let reply = receive_all(&client, id).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Stock received","received_lines":2,"inventory_updated":true}"#);
        assert_eq!(
            (status(&client, id).await.as_str(), came(&client, id).await),
            ("received", vec![json!(10), json!(5.5)])
        );
        let batches = client.get("/batches").await.is(200);
        assert_eq!(column(&batches, "batches", "batch_number"), [json!("UNASSIGNED"), json!("LOT-1")]);
        assert_eq!(column(&batches, "batches", "quantity"), [json!(5), json!(5)]);
        assert_eq!((on_hand(&client, paint, MAIN).await, on_hand(&client, bolt, MAIN).await), (json!(10), json!(5.5)));
        let movement = client.get(&format!("/inventory/movements?product_id={bolt}")).await.is(200).at("/movements/0");
        let figures = (&movement["movement_type"], &movement["quantity"], &movement["reference_type"]);
        assert_eq!(figures, (&json!("receive"), &json!(5.5), &json!("purchase_order")));
        assert_eq!(movement["reference_id"], json!(id));
    });
}

#[test]
fn a_draft_can_be_received_at_once_into_its_own_warehouse() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let two = warehouse(&client, "TWO").await;
        for body in [None, Some("  "), Some("{}"), Some(r#"{"items":null}"#)] {
            let items = json!([{"product_id": bolt, "quantity": 2}]);
            let new = json!({"supplier_id": one, "warehouse_id": two, "items": items});
            let id = client.post(ORDERS, new).await.is(201).at("/id");
            let path = format!("{ORDERS}/{id}/receive");
            client.send(actix_web::http::Method::POST, &path, body.map(|text| text.as_bytes().to_vec())).await.is(200);
        }
        assert_eq!((on_hand(&client, bolt, two).await, on_hand(&client, bolt, MAIN).await), (json!(8), Value::Null));
    });
}

#[test]
fn what_comes_of_a_product_fills_its_lines_in_their_order() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let items = json!([
            {"product_id": bolt, "quantity": 3, "unit_cost": 1}, {"product_id": bolt, "quantity": 4, "unit_cost": 2}
        ]);
        let id = purchase(&client, one, items).await;
        let part = |quantity: i64| json!([{"product_id": bolt, "quantity": quantity}]);
        let reply = receive(&client, id, part(5)).await.is(200);
        assert_eq!((reply.at("/received_lines"), came(&client, id).await), (json!(2), vec![json!(3), json!(2)]));
        let reply = receive(&client, id, part(3)).await;
        refused(&reply, 409, "over_receipt");
        let detail = reply.at("/details/0");
        assert_eq!((&detail["requested"], &detail["available"]), (&json!(3), &json!(2)));
        // Two receipts of one body count together.
        let line = lines(&client, id).await[1];
        let both = json!([{"po_item_id": line, "quantity": 1}, {"product_id": bolt, "quantity": 2}]);
        refused(&receive(&client, id, both).await, 409, "over_receipt");
        let first = lines(&client, id).await[0];
        refused(&receive(&client, id, json!([{"po_item_id": first, "quantity": 1}])).await, 409, "over_receipt");
        assert_eq!(on_hand(&client, bolt, MAIN).await, json!(5));
        receive(&client, id, part(2)).await.is(200);
        assert_eq!((status(&client, id).await.as_str(), on_hand(&client, bolt, MAIN).await), ("received", json!(7)));
    });
}

#[test]
fn units_come_by_their_serial_numbers() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, drill) = (supplier(&client, "One").await, tracked(&client, "DRILL", "serial").await);
        let items = json!([{"product_id": drill, "quantity": 2}, {"product_id": drill, "quantity": 2}]);
        let id = purchase(&client, one, items).await;
        let part =
            |quantity: i64, serials: Value| json!([{"product_id": drill, "quantity": quantity, "serials": serials}]);
        refused(&receive_all(&client, id).await, 400, "validation_failed");
        refused(&step_to(&client, id, "received").await, 400, "validation_failed");
        for (quantity, serials) in [(1, json!([])), (1, json!(["A", "B"])), (3, json!(["A", "B", "b"]))] {
            refused(&receive(&client, id, part(quantity, serials)).await, 400, "validation_failed");
        }
        assert_eq!(client.get("/serials").await.is(200).at("/total"), json!(0));
        receive(&client, id, part(3, json!(["A", "B", "C"]))).await.is(200);
        refused(&receive(&client, id, part(1, json!(["c"]))).await, 400, "validation_failed");
        receive(&client, id, part(1, json!(["D"]))).await.is(200);
        let serials = client.get("/serials").await.is(200);
        assert_eq!(column(&serials, "serials", "serial_number"), ["D", "C", "B", "A"].map(|number| json!(number)));
        assert_eq!((on_hand(&client, drill, MAIN).await, status(&client, id).await.as_str()), (json!(4), "received"));
    });
}

#[test]
fn what_is_said_against_the_tracking_is_told_all_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let (drill, paint) = (tracked(&client, "DRILL", "serial").await, tracked(&client, "PAINT", "batch").await);
        let line = |product: i64| json!({"product_id": product, "quantity": 2});
        let id = purchase(&client, one, json!([line(bolt), line(drill), line(paint)])).await;
        let parts = json!([
            {"product_id": bolt, "quantity": 1, "batch_number": "LOT-1", "serials": ["A"]},
            {"product_id": drill, "quantity": 0.5, "batch_number": "LOT-1"},
            {"product_id": paint, "quantity": 1, "expiry_date": "2099-01-01", "serials": ["A"]}
        ]);
        let reply = receive(&client, id, parts).await;
        refused(&reply, 400, "validation_failed");
        let told = [
            "items[0].batch_number",
            "items[0].serials",
            "items[1].batch_number",
            "items[1].quantity",
            "items[2].expiry_date",
            "items[2].serials",
        ];
        assert_eq!(fields(&reply), told);
        assert_eq!(came(&client, id).await, [json!(0), json!(0), json!(0)]);
        assert_eq!(client.get("/batches").await.is(200).at("/total"), json!(0));
    });
}
