//! What integrations ask, and the log of it.

use serde_json::{Value, json};

use super::{count, counted};
use crate::support::{Client, Shop, on_each_engine};

#[test]
fn a_list_for_an_integration_costs_the_same_statements_whatever_its_size() {
    on_each_engine(async |shop| {
        let (client, key) = (shop.iom(), shop.key(true).await);
        goods(shop, "list", "none", 40).await;
        push(shop, &key, figures("list", 40, 3)).await;
        for number in 0..40 {
            client.post("/customers", json!({"name": format!("Customer {number}")})).await.is(201);
            key.post("/external/orders", json!({"items": [{"product_id": 1, "quantity": 0.01}]})).await.is(201);
        }
        shop.logged().await;
        // Who asks, the rows, perhaps their stock, and how many there are, which the last page tells by itself.
        for (client, path, expected) in [
            (&key, "/external/products", 4),
            (&key, "/external/inventory", 4),
            (&key, "/external/orders", 3),
            (&key, "/external/customers", 3),
            (&client, "/api-keys/logs/all", 3),
        ] {
            for limit in [1, 40] {
                let statements = count(shop, client, &format!("{path}?limit={limit}")).await;
                // The log is written meanwhile.
                shop.logged().await;
                let is_last = usize::from(limit > 1 && statements < expected);
                assert_eq!(statements + is_last, expected, "{path}, {limit} rows");
            }
        }
        assert_eq!(count(shop, &key, "/external/products/LIST-7").await, 3);
    });
}

#[test]
fn a_sync_costs_the_same_statements_however_many_rows_it_has() {
    on_each_engine(async |shop| {
        let key = shop.key(true).await;
        for tracking in ["none", "batch"] {
            let [few, many] = [1, 200].map(|rows| (format!("{tracking}-{rows}"), rows));
            for (prefix, rows) in [&few, &many] {
                goods(shop, prefix, tracking, *rows).await;
            }
            // The first of a shop also makes its counters.
            goods(shop, &format!("{tracking}-first"), tracking, 1).await;
            push(shop, &key, figures(&format!("{tracking}-first"), 1, 1)).await;
            // Into places without a row, more, less, and nothing new.
            for units in [5, 9, 4, 4] {
                let first = push(shop, &key, figures(&few.0, few.1, units)).await;
                let wide = push(shop, &key, figures(&many.0, many.1, units)).await;
                assert_eq!(first, wide, "{tracking}, to {units}");
                assert!(wide <= 18, "{tracking}, to {units}: {wide} statements");
            }
        }
    });
}

async fn goods(shop: &Shop, prefix: &str, tracking: &str, count: usize) {
    for number in 0..count {
        let sku = format!("{prefix}-{number}");
        let body = json!({"name": sku, "sku": sku, "base_price": 1, "tracking_type": tracking});
        shop.iom().post("/products", body).await.is(201);
    }
}

fn figures(prefix: &str, count: usize, units: i64) -> Value {
    let row = |number: usize| json!({"sku": format!("{prefix}-{number}"), "warehouse_id": 1, "quantity": units});
    (0..count).map(row).collect()
}

/// Statements of a sync, those of the log aside.
async fn push(shop: &Shop, key: &Client<'_>, rows: Value) -> usize {
    let (statements, reply) = counted(shop, key.post("/external/inventory/sync", rows)).await;
    shop.logged().await;
    assert_eq!(reply.is(200).at("/skipped"), json!(0));
    statements
}
