//! Stock: reading it and changing it.

use serde_json::json;

use super::{count, counted};
use crate::support::{Client, on_each_engine};

#[test]
fn a_list_of_stock_costs_the_same_statements_whatever_its_size() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let place = client.get("/warehouses").await.is(200).at("/warehouses/0/id");
        let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive().to_string();
        let mut serials = Vec::new();
        for number in 0..20 {
            let lot = product(&client, &format!("LOT-{number}"), "batch").await;
            let batch = json!({"product_id": lot, "batch_number": "B", "quantity": 1, "expiry_date": today});
            client.post("/batches", batch).await.is(201);
            let level = json!({"product_id": lot, "warehouse_id": place, "reorder_level": 5});
            client.put("/inventory/reorder-level", level).await.is(200);
            serials.push(format!("S-{number}"));
        }
        let unit = product(&client, "UNIT", "serial").await;
        client.post("/serials/bulk", json!({"product_id": unit, "serials": serials})).await.is(201);
        for (path, most) in [
            ("/inventory?", 4),
            ("/inventory?low_stock=true", 4),
            ("/inventory/alerts?", 4),
            ("/inventory/movements?", 3),
            ("/inventory/movements?movement_type=receive", 3),
            ("/batches?", 4),
            ("/batches?expiring_days=3", 4),
            ("/batches/expiring?", 4),
            ("/serials?", 3),
            ("/serials?status=in_stock", 3),
        ] {
            let few = count(shop, &client, &format!("{path}&limit=1")).await;
            let many = count(shop, &client, &format!("{path}&limit=20")).await;
            assert!(many <= few, "{path}: {many} statements, {few} for one row");
            assert!(few <= most, "{path}: {few} statements");
        }
        let (one, sums) = (count(shop, &client, "/warehouses").await, count(shop, &client, "/inventory/summary").await);
        for number in 0..19 {
            let body = json!({"name": "More", "code": format!("W-{number}")});
            client.post("/warehouses", body).await.is(201);
        }
        assert_eq!(count(shop, &client, "/warehouses").await, one);
        assert_eq!(count(shop, &client, "/inventory/summary").await, sums);
        assert!(one <= 3 && sums <= 6, "{one} and {sums} statements");
    });
}

#[test]
fn a_change_of_stock_costs_the_same_statements_whatever_it_touches() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let place = client.get("/warehouses").await.is(200).at("/warehouses/0/id");
        let two = client.post("/warehouses", json!({"name": "Two", "code": "TWO"})).await.is(201).at("/id");
        let (lot, unit) = (product(&client, "LOT", "batch").await, product(&client, "UNIT", "serial").await);
        for number in 0..50 {
            let batch = json!({"product_id": lot, "batch_number": format!("B-{number}"), "quantity": 1});
            client.post("/batches", batch).await.is(201);
        }
        // The first of each opens a row or a counter, and is not counted.
        let named = |of: &str, units: i64| (0..units).map(|unit| format!("{of}-{unit}")).collect::<Vec<_>>();
        let mut costs = Vec::new();
        for (turn, units) in [("warm", 1), ("one", 1), ("twenty", 20)] {
            let carried = |product: i64| {
                json!({
                    "product_id": product, "from_warehouse_id": place, "to_warehouse_id": two, "quantity": units
                })
            };
            let lowered = |product: i64| json!({"product_id": product, "warehouse_id": place, "quantity": -units});
            let made = |of: &str| json!({"product_id": unit, "serials": named(&format!("{turn}-{of}"), units)});
            let mut raised = json!({"product_id": unit, "warehouse_id": place, "quantity": units});
            raised["serials"] = json!(named(&format!("{turn}-C"), units));
            let mut cost = Vec::new();
            for (path, body) in [
                ("/serials/bulk", made("A")),
                ("/serials/bulk", made("B")),
                ("/inventory/adjust", raised),
                ("/inventory/adjust", lowered(lot)),
                ("/inventory/adjust", lowered(unit)),
                ("/inventory/transfer", carried(lot)),
                ("/inventory/transfer", carried(unit)),
            ] {
                let (statements, reply) = counted(shop, client.post(path, body)).await;
                assert!(reply.status < 300, "{path}: {}", reply.text());
                cost.push(statements);
            }
            costs.push(cost);
        }
        assert_eq!(costs[1], costs[2]);
        assert!(costs[1].iter().all(|cost| *cost <= 14), "{costs:?}");
    });
}

/// Makes a product that is tracked in some way.
async fn product(client: &Client<'_>, sku: &str, tracking: &str) -> i64 {
    let body = json!({"name": sku, "sku": sku, "base_price": 1, "tracking_type": tracking});
    client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id")
}
