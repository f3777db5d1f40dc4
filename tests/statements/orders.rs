//! Orders and customers: reading them, and each step of an order.

use serde_json::{Value, json};
use stockbridge_domain::TenantId;
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::values::Quantity;

use super::{count, counted};
use crate::support::{Shop, on_each_engine};

#[test]
fn a_step_of_an_order_costs_the_same_statements_however_many_lines_it_has() {
    on_each_engine(async |shop| {
        for tracking in ["none", "batch", "serial"] {
            let products = products(shop, tracking, 20).await;
            // The first order of a shop also makes its counters.
            let mut steps = Vec::new();
            for lines in [2, 2, 20] {
                let items = products.iter().take(lines).map(|id| json!({"product_id": id, "quantity": 2}));
                steps.push(life(shop, json!({"items": items.collect::<Vec<_>>()})).await);
            }
            assert_eq!(steps[1], steps[2], "{tracking}: place, fulfil in part, fulfil, take back, place, cancel");
            assert!(steps[2].iter().all(|count| *count <= 24), "{tracking}: {:?}", steps[2]);
        }
    });
}

#[test]
fn orders_and_customers_cost_the_same_statements_however_many_there_are() {
    on_each_engine(async |shop| {
        let product = products(shop, "none", 1).await[0];
        for number in 0..30 {
            let body = json!({"name": format!("Customer {number}")});
            let customer = shop.iom().post("/customers", body).await.is(201).at("/id");
            let items = vec![json!({"product_id": product, "quantity": 1}); 1 + number % 9];
            shop.iom().post("/orders", json!({"items": items, "customer_id": customer})).await.is(201);
        }
        let client = shop.iom();
        for (few, many, most) in [
            ("/orders?limit=1", "/orders?limit=30", 4),
            ("/orders?status=pending&limit=1", "/orders?status=pending&limit=30", 4),
            ("/customers?limit=1", "/customers?limit=30", 4),
            ("/customers?search=customer&limit=1", "/customers?search=customer&limit=30", 4),
            ("/orders/1", "/orders/9", 4),
            ("/customers/1", "/customers/30", 4),
            ("/orders/stats?period=2020-01", "/orders/stats", 3),
        ] {
            let (first, wide) = (count(shop, &client, few).await, count(shop, &client, many).await);
            assert!(wide <= first, "{many}: {wide} statements, {first} for one row");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}

/// Statements of each step of an order's life: placed, fulfilled in part, fulfilled, taken back, another one placed
/// and cancelled.
async fn life(shop: &Shop, order: Value) -> [usize; 6] {
    let client = shop.iom();
    let (place, reply) = counted(shop, client.post("/orders", order.clone())).await;
    let path = format!("/orders/{}", reply.is(201).at("/id"));
    let items = client.get(&path).await.is(200).at("/items");
    let ids = items.as_array().expect("items").iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    let part = |id: &Value| json!({"order_item_id": id, "quantity_fulfilled": 1, "quantity": 1});
    let parts = json!({"items": ids.iter().map(part).collect::<Vec<_>>()});
    let (fulfil_parts, reply) = counted(shop, client.post(&format!("{path}/fulfill"), parts.clone())).await;
    reply.is(200);
    let (fulfil, reply) = counted(shop, client.patch(&format!("{path}/status"), json!({"status": "fulfilled"}))).await;
    reply.is(200);
    let (take_back, reply) = counted(shop, client.post(&format!("{path}/returns"), parts)).await;
    reply.is(200);
    let (again, reply) = counted(shop, client.post("/orders", order)).await;
    let path = format!("/orders/{}/status", reply.is(201).at("/id"));
    let (cancel, reply) = counted(shop, client.patch(&path, json!({"status": "cancelled"}))).await;
    reply.is(200);
    [place, fulfil_parts, fulfil, take_back, again, cancel]
}

/// Makes products, of each of which there is more than orders take.
async fn products(shop: &Shop, tracking: &str, count: usize) -> Vec<i64> {
    let mut made = Vec::new();
    for number in 0..count {
        let sku = format!("{tracking}-{number}");
        let body = json!({"name": sku, "sku": sku, "base_price": 1, "tracking_type": tracking});
        let product_id = shop.iom().post("/products", body).await.is(201).at("/id").as_i64().expect("an id");
        if tracking == "serial" {
            let serials = (0..20).map(|unit| format!("S-{unit}")).collect::<Vec<_>>();
            shop.iom().post("/serials/bulk", json!({"product_id": product_id, "serials": serials})).await.is(201);
        } else {
            let quantity = Quantity::whole(1_000).expect("a quantity");
            let opening = Opening { product_id, warehouse_id: 1, quantity };
            let opened =
                shop.store.alter(move |lobby| stock::open(&mut lobby.as_system(TenantId::new(1))?, &opening)).await;
            opened.expect("stock");
        }
        made.push(product_id);
    }
    made
}
