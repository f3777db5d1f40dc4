//! Suppliers and purchase orders: reading them, and each step of a purchase order.

use serde_json::{Value, json};
use stockbridge_domain::Costing;
use stockbridge_domain::access::tenants::{self, TenantChanges};

use super::{count, counted};
use crate::support::{Shop, on_each_engine};

const ORDERS: &str = "/suppliers/purchase-orders";

#[test]
fn a_step_of_a_purchase_order_costs_the_same_statements_however_many_lines_it_has() {
    on_each_engine(async |shop| {
        for costing in [Costing::Standard, Costing::Average] {
            let changes = TenantChanges { costing: Some(costing), ..TenantChanges::default() };
            shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a tenant");
            for tracking in ["none", "batch", "serial"] {
                // The first of a shop also make its counters.
                life(shop, &format!("{tracking}-{costing}-first"), tracking, 2).await;
                let few = life(shop, &format!("{tracking}-{costing}-few"), tracking, 2).await;
                let many = life(shop, &format!("{tracking}-{costing}-many"), tracking, 20).await;
                assert_eq!(few, many, "{tracking}, {costing}: write, receive in part, receive, write, call off");
                assert!(many.iter().all(|count| *count <= 28), "{tracking}, {costing}: {many:?}");
            }
        }
    });
}

#[test]
fn the_lists_cost_the_same_statements_however_much_is_in_them() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let products = products(shop, "list", "none", 9).await;
        for number in 0..30 {
            let body = json!({"name": format!("Supplier {number}")});
            let supplier = client.post("/suppliers", body).await.is(201).at("/id");
            let items = products.iter().take(1 + number % 9).map(|id| json!({"product_id": id, "quantity": 1}));
            let body = json!({"supplier_id": supplier, "items": items.collect::<Vec<_>>()});
            client.post(ORDERS, body).await.is(201);
        }
        for (few, many, most) in [
            ("/suppliers?limit=1", "/suppliers?limit=30", 4),
            ("/suppliers/purchase-orders/all?limit=1", "/suppliers/purchase-orders/all?limit=30", 3),
            (
                "/suppliers/purchase-orders/all?status=draft&limit=1",
                "/suppliers/purchase-orders/all?status=draft&limit=30",
                3,
            ),
            ("/suppliers/purchase-orders/1", "/suppliers/purchase-orders/9", 3),
        ] {
            let (first, wide) = (count(shop, &client, few).await, count(shop, &client, many).await);
            assert!(wide <= first, "{many}: {wide} statements, {first} for one row");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}

/// Statements of each step: written, received in part, received, another one written and called off.
async fn life(shop: &Shop, prefix: &str, tracking: &str, lines: usize) -> [usize; 5] {
    let client = shop.iom();
    let supplier = client.post("/suppliers", json!({"name": prefix})).await.is(201).at("/id");
    let products = products(shop, prefix, tracking, lines).await;
    let items = products.iter().map(|id| json!({"product_id": id, "quantity": 2, "unit_cost": 3}));
    let order = json!({"supplier_id": supplier, "items": items.collect::<Vec<_>>()});
    let (write, reply) = counted(shop, client.post(ORDERS, order.clone())).await;
    let path = format!("{ORDERS}/{}", reply.is(201).at("/id"));
    let (part, reply) = counted(shop, client.post(&format!("{path}/receive"), some(&products, tracking, "A"))).await;
    reply.is(200);
    let (rest, reply) = counted(shop, client.post(&format!("{path}/receive"), some(&products, tracking, "B"))).await;
    reply.is(200);
    let (again, reply) = counted(shop, client.post(ORDERS, order)).await;
    let path = format!("{ORDERS}/{}/status", reply.is(201).at("/id"));
    let (call_off, reply) = counted(shop, client.patch(&path, json!({"status": "cancelled"}))).await;
    reply.is(200);
    [write, part, rest, again, call_off]
}

/// One unit of each product, into a batch in the first place and into none in the second.
fn some(products: &[i64], tracking: &str, number: &str) -> Value {
    let part = |id: &i64| match (tracking, number) {
        ("batch", "A") => json!({"product_id": id, "quantity": 1, "batch_number": number}),
        ("serial", _) => json!({"product_id": id, "quantity": 1, "serials": [number]}),
        _ => json!({"product_id": id, "quantity": 1}),
    };
    json!({"items": products.iter().map(part).collect::<Vec<_>>()})
}

async fn products(shop: &Shop, prefix: &str, tracking: &str, count: usize) -> Vec<i64> {
    let mut made = Vec::new();
    for number in 0..count {
        let sku = format!("{prefix}-{number}");
        let body = json!({"name": sku, "sku": sku, "base_price": 1, "tracking_type": tracking});
        made.push(shop.iom().post("/products", body).await.is(201).at("/id").as_i64().expect("an id"));
    }
    made
}
