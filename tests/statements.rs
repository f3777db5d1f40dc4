//! The same small number of statements for a call, whatever it finds.

use serde_json::json;

use crate::support::{Client, Shop, on_each_engine};

#[test]
fn a_list_costs_the_same_statements_whatever_its_size() {
    on_each_engine(async |shop| {
        for number in 0..60 {
            let body =
                json!({"name": format!("Anvil {number}"), "sku": format!("ANVIL-{number}"), "base_price": number});
            shop.iom().post("/products", body).await.is(201);
        }
        for (client, few, many, most) in [
            (shop.iom(), "/products?limit=1", "/products?limit=60", 4),
            (shop.iom(), "/products?search=anvil&limit=1", "/products?search=anvil&limit=60", 4),
            (shop.iom(), "/products?active=true&limit=2", "/products?active=true&limit=60", 4),
            (shop.simbiz(), "/inventory/items?per_page=1", "/inventory/items?per_page=60", 3),
            (shop.simbiz(), "/inventory/items?q=anvil&per_page=1", "/inventory/items?q=anvil&per_page=60", 3),
        ] {
            let (first, again) = (count(shop, &client, few).await, count(shop, &client, few).await);
            let wide = count(shop, &client, many).await;
            assert_eq!(first, again, "{few}");
            assert_eq!(first, wide, "{many}");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}

#[test]
fn one_item_costs_the_same_statements_whatever_it_holds() {
    on_each_engine(async |shop| {
        let id = shop
            .iom()
            .post("/products", json!({"name": "Anvil", "sku": "ANVIL", "base_price": 1}))
            .await
            .is(201)
            .at("/id");
        assert_eq!(count(shop, &shop.iom(), &format!("/products/{id}")).await, 4);
        assert_eq!(count(shop, &shop.simbiz(), &format!("/inventory/items/{id}")).await, 2);
    });
}

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
            ("/inventory?", 3),
            ("/inventory?low_stock=true", 3),
            ("/inventory/alerts?", 3),
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
            assert_eq!(few, many, "{path}");
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
                let (reply, statements) = shop.statements_of(client.post(path, body)).await;
                assert!(reply.status < 300, "{path}: {}", reply.text());
                cost.push(without_words(&statements));
            }
            costs.push(cost);
        }
        assert_eq!(costs[1], costs[2]);
        assert!(costs[1].iter().all(|cost| *cost <= 20), "{costs:?}");
    });
}

/// Makes a product that is tracked in some way.
async fn product(client: &Client<'_>, sku: &str, tracking: &str) -> i64 {
    let body = json!({"name": sku, "sku": sku, "base_price": 1, "tracking_type": tracking});
    client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Statements of one call, the transaction's own words aside.
async fn count(shop: &Shop, client: &Client<'_>, path: &str) -> usize {
    let (reply, statements) = shop.statements_of(client.get(path)).await;
    reply.is(200);
    without_words(&statements)
}

fn without_words(statements: &[String]) -> usize {
    let words = ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"];
    statements.iter().filter(|statement| !words.iter().any(|word| statement.starts_with(word))).count()
}
