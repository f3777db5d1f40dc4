//! The demo holds what the references name, on both engines: their calls can be followed line by line. Its books add up,
//! as those of every test.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Reply, Shop, on_the_demo};

#[test]
fn stock_lies_as_documented() {
    on_the_demo(async |shop| {
        let rows = get(shop, "/inventory?limit=200").await;
        let row = |product: i64, warehouse: i64| {
            let is_it = |row: &&Value| row["product_id"] == product && row["warehouse_id"] == warehouse;
            let rows = rows.json();
            let row = rows["inventory"].as_array().expect("rows").iter().find(is_it).cloned().expect("a stock row");
            let figure = |key: &str| row[key].as_i64().expect("a whole number");
            (figure("quantity"), figure("reserved_quantity"), figure("reorder_level"))
        };
        assert_eq!((row(7, 1), row(7, 2)), ((200, 12, 50), (120, 0, 30)));
        assert_eq!((row(12, 1), row(12, 2)), ((500, 20, 40), (40, 0, 60)));
        assert_eq!(row(14, 1), (18, 5, 50));
        assert_eq!((row(22, 1), row(22, 2)), ((45, 0, 20), (25, 0, 0)));
        assert_eq!((row(31, 1), row(31, 2)), ((2, 1, 0), (1, 0, 0)));
        assert_eq!((row(1001, 1), row(1002, 1)), ((60, 0, 0), (25, 0, 25)));
        assert_eq!((row(1003, 1), row(1003, 2)), ((140, 0, 30), (24, 0, 0)));
        let alerts = get(shop, "/inventory/alerts").await;
        assert_eq!(alerts.at("/total"), json!(3), "{}", alerts.text());
        assert_eq!(alerts.at("/alerts/1/sku"), json!("BLT-M820"));
    });
}

#[test]
fn order_1042_is_the_newest_and_as_documented() {
    on_the_demo(async |shop| {
        let listed = get(shop, "/orders?limit=1").await;
        assert_eq!((listed.at("/orders/0/id"), listed.at("/orders/0/item_count")), (json!(1042), json!(1)));
        let order = get(shop, "/orders/1042").await.json();
        let documented = json!({
            "id": 1042, "order_number": "ORD-1042", "customer_id": 42, "customer_name": "Acme Corp",
            "status": "fulfilling", "channel": "api", "total_amount": "149.97"
        });
        holds(&order, &documented);
        let address = json!({
            "line1": "123 George St", "city": "Sydney", "state": "NSW", "postcode": "2000", "country": "AU"
        });
        holds(&order["shipping_address"], &address);
        let line = json!({
            "id": 2081, "product_id": 7, "sku": "WGT-500", "product_name": "Widget Pro 500", "quantity": 3,
            "unit_price": "49.99", "quantity_fulfilled": 0
        });
        holds(&order["items"][0], &line);
        let before = get(shop, "/orders/1041").await.json();
        holds(&before, &json!({"id": 1041, "order_number": "ORD-1041", "status": "fulfilled"}));
    });
}

#[test]
fn customer_42_is_as_documented() {
    on_the_demo(async |shop| {
        let customer = get(shop, "/customers/42").await.json();
        let documented = json!({
            "id": 42, "name": "Acme Corp", "email": "procurement@acme.com", "phone": "+61 2 9000 0000",
            "company": "Acme Corporation Pty Ltd", "customer_type": "b2b", "total_orders": 18, "total_spent": "4820.40",
            "created_at": "2025-09-12T00:00:00Z"
        });
        holds(&customer, &documented);
        let address = json!({
            "id": 5, "type": "shipping", "line1": "123 George St", "city": "Sydney", "state": "NSW", "postcode": "2000",
            "country": "AU", "is_default": true
        });
        holds(&customer["addresses"][0], &address);
    });
}

#[test]
fn batches_and_serial_numbers_are_as_documented() {
    on_the_demo(async |shop| {
        let batches = get(shop, "/batches?limit=200").await.json();
        let batch = |id: i64| {
            let rows = batches["batches"].as_array().expect("rows");
            rows.iter().find(|batch| batch["id"] == id).cloned().expect("a batch")
        };
        let documented = json!({
            "id": 14, "product_id": 7, "sku": "WGT-500", "product_name": "Widget Pro 500",
            "batch_number": "BTH-2026-041", "lot_number": "L04-A", "manufacture_date": "2026-02-10",
            "expiry_date": "2028-02-10", "quantity": 200, "notes": null
        });
        holds(&batch(14), &documented);
        assert_eq!((&batch(8)["quantity"], &batch(12)["quantity"]), (&json!(0), &json!(0)), "gone by now");
        let expiring = get(shop, "/batches/expiring").await;
        // Loaded perhaps before midnight, read after it.
        let days = expiring.at("/batches/0/days_until_expiry").as_i64().expect("days");
        assert!((21..=22).contains(&days), "{}", expiring.text());
        let documented =
            json!({"id": 9, "product_id": 22, "sku": "CHM-001", "batch_number": "BTH-2026-009", "quantity": 45});
        holds(&expiring.json()["batches"][0], &documented);

        let serials = get(shop, "/serials?limit=200").await.json();
        let serials = serials["serials"].as_array().expect("rows");
        let unit = serials.iter().find(|unit| unit["id"] == 201).expect("unit 201");
        let documented = json!({
            "id": 201, "product_id": 31, "sku": "EQP-PRO-X1", "product_name": "ProX1 Equipment",
            "serial_number": "SN-20260401-0001", "warehouse_id": 1, "status": "in_stock",
            "created_at": "2026-04-01T00:00:00Z"
        });
        holds(unit, &documented);
        for status in ["in_stock", "reserved", "sold", "returned", "scrapped"] {
            assert!(serials.iter().any(|unit| unit["status"] == status), "no unit is {status}");
        }
    });
}

#[test]
fn supplier_3_and_purchase_order_88_are_as_documented() {
    on_the_demo(async |shop| {
        let suppliers = get(shop, "/suppliers").await.json();
        let documented = json!({
            "id": 3, "name": "FastenersPro Pty Ltd", "email": "orders@fastenerspro.com.au", "phone": "+61 3 9000 1234",
            "payment_terms": "Net 30", "lead_time_days": 7, "product_count": 2
        });
        assert_eq!(suppliers["suppliers"][0], documented);
        let listed = get(shop, "/suppliers/purchase-orders/all?limit=1").await.json();
        let documented = json!({
            "id": 88, "po_number": "PO-0088", "supplier_id": 3, "supplier_name": "FastenersPro Pty Ltd",
            "warehouse_id": 1, "status": "partial", "total_amount": "3240.00", "expected_date": "2026-05-10",
            "created_at": "2026-04-28T00:00:00Z"
        });
        holds(&listed["purchase_orders"][0], &documented);
        let purchase = get(shop, "/suppliers/purchase-orders/88").await.json();
        holds(&purchase, &documented);
        holds(&purchase["items"][0], &json!({"product_id": 12, "quantity": 100, "quantity_received": 60}));
        holds(&purchase["items"][1], &json!({"product_id": 14, "quantity": 3600, "quantity_received": 0}));
        let body = json!({"supplier_id": 3, "warehouse_id": 1, "items": [{"product_id": 14, "quantity": 6000, "unit_cost": 0.3}]});
        let reply = shop.iom().post("/suppliers/purchase-orders", body).await.is(201);
        holds(&reply.json(), &json!({"id": 89, "po_number": "PO-0089", "status": "draft", "total_amount": "1800.00"}));
        let reply = shop.iom().post("/suppliers", json!({"name": "FastenersPro Pty Ltd"})).await.is(201);
        assert_eq!(reply.at("/id"), json!(9));
    });
}

#[test]
fn the_next_of_everything_has_the_documented_id() {
    on_the_demo(async |shop| {
        let (iom, number) = (shop.iom(), |reply: Reply| (reply.at("/id"), reply.at("/order_number")));
        let body = json!({"customer_id": 42, "channel": "api", "items": [{"product_id": 7, "quantity": 3, "unit_price": 49.99}]});
        assert_eq!(number(iom.post("/orders", body).await.is(201)), (json!(1043), json!("ORD-1043")));
        for (path, body, id) in [
            ("/customers", json!({"name": "Acme Corp"}), 95),
            ("/customers/42/addresses", json!({"type": "shipping", "line1": "45 Pitt St", "city": "Sydney"}), 18),
            ("/warehouses", json!({"name": "Brisbane Warehouse", "code": "BNE", "city": "Rocklea"}), 3),
            ("/batches", json!({"product_id": 7, "batch_number": "BTH-2026-042", "quantity": 500}), 39),
            ("/serials", json!({"product_id": 31, "serial_number": "SN-20260506-0001"}), 285),
            ("/products", json!({"name": "Anvil", "sku": "ANV-25", "base_price": 129.5}), 1004),
        ] {
            assert_eq!(iom.post(path, body).await.is(201).at("/id"), json!(id), "{path}");
        }
    });
}

#[test]
fn both_months_have_something_to_show() {
    on_the_demo(async |shop| {
        let kinds = ["opening", "receive", "adjustment", "transfer", "shipment", "return"];
        let movements = get(shop, "/inventory/movements?limit=200").await.json();
        let movements = movements["movements"].as_array().expect("rows");
        for kind in kinds {
            assert!(movements.iter().any(|movement| movement["movement_type"] == kind), "no {kind}");
        }
        let counted = movements.iter().find(|movement| movement["notes"] == "Cycle count correction").expect("a count");
        let documented =
            json!({"product_id": 7, "movement_type": "adjustment", "quantity": 50, "created_by_name": "Jane Doe"});
        holds(counted, &documented);
        let today = today();
        let first = today.with_day(1).expect("a first");
        for (from, to, orders) in [(first, today, 9), (last_month(first), first - TimeDelta::days(1), 12)] {
            let listed = get(shop, &format!("/orders?from={from}&to={to}")).await;
            assert_eq!(listed.at("/total"), json!(orders), "from {from} to {to}: {}", listed.text());
        }
        let stats = get(shop, "/orders/stats").await;
        for status in ["pending", "paid", "fulfilling", "fulfilled", "cancelled"] {
            assert!(stats.at(&format!("/by_status/{status}")).as_i64() > Some(0), "{}", stats.text());
        }
    });
}

async fn get(shop: &Shop, path: &str) -> Reply {
    shop.iom().get(path).await.is(200)
}

/// Fails unless all that is expected of an object is in it.
#[track_caller]
fn holds(object: &Value, expected: &Value) {
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(object[key], *value, "{key} of {object}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the day on which the demo was loaded")]
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

fn last_month(first: NaiveDate) -> NaiveDate {
    (first - TimeDelta::days(1)).with_day(1).expect("a first")
}
