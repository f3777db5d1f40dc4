//! The calls that come most often: how many statements each is, and that all of them are prepared once.

use std::future::Future;

use serde_json::json;

use super::is_word;
use crate::support::{Reply, Shop, on_each_engine};

#[test]
fn what_comes_often_is_prepared_once() {
    on_each_engine(async |shop| {
        let (iom, simbiz) = (shop.iom(), shop.simbiz());
        for number in 0..60 {
            let body =
                json!({"name": format!("Anvil {number}"), "sku": format!("ANVIL-{number}"), "base_price": number});
            iom.post("/products", body).await.is(201);
        }
        let adjust = |product: i64| {
            let body = json!({"product_id": product, "warehouse_id": 1, "quantity": 9, "notes": "count"});
            iom.post("/inventory/adjust", body)
        };
        let order = |first: i64| {
            let line = |product: i64| json!({"product_id": product, "quantity": 1, "unit_price": 2});
            iom.post("/orders", json!({"customer_id": null, "items": [line(first), line(first + 1)]}))
        };
        for product in 1..=6 {
            adjust(product).await.is(200);
        }
        order(5).await.is(201);
        let codes = (0..50).map(|number| format!("ANVIL-{number}")).collect::<Vec<_>>().join(",");
        let codes = format!("/inventory/stocks/by-location?item_codes={codes}");
        for (client, path, most) in [
            (&iom, "/products/1", 5),
            (&iom, "/products?limit=50", 4),
            (&iom, "/products?search=anvil", 4),
            (&iom, "/inventory?limit=5", 4),
            (&simbiz, "/inventory/items?per_page=50", 3),
            (&simbiz, &codes, 5),
        ] {
            is_prepared(shop, path, most, client.get(path)).await.is(200);
        }
        // PostgreSQL writes an order with its number and its lines in one of them, SQLite in three.
        let most = if shop.is_postgres() { 8 } else { 10 };
        is_prepared(shop, "order", most, order(1)).await.is(201);
        is_prepared(shop, "adjust", 8, adjust(3)).await.is(200);
    });
}

/// Fails when a statement of the call is prepared anew each time, or when there are more than this.
async fn is_prepared(shop: &Shop, what: &str, most: usize, call: impl Future<Output = Reply>) -> Reply {
    let (reply, sent) = shop.statements_of(call).await;
    let unprepared = shop.unprepared(&sent).into_iter().filter(|text| !is_word(text)).collect::<Vec<_>>();
    assert_eq!(unprepared, Vec::<&str>::new(), "{what}");
    let count = sent.iter().filter(|text| !is_word(text)).count();
    assert!(count <= most, "{what}: {count} statements");
    reply
}
