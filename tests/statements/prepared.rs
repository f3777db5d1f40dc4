//! The calls that come most often: how many statements each is, and that all of them are prepared once.

use std::future::Future;

use serde_json::json;

use crate::support::{Reply, Shop, on_each_engine};

/// Texts that group statements: no engine takes long over them.
const WORDS: &[&str] =
    &["BEGIN", "BEGIN IMMEDIATE", "COMMIT", "SELECT; COMMIT", "SAVEPOINT command", "RELEASE command"];

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
        for path in ["/products/1", "/products?limit=50", "/products?search=anvil", "/inventory?limit=50"] {
            is_prepared(shop, path, iom.get(path)).await.is(200);
        }
        for path in ["/inventory/items?per_page=50", &format!("/inventory/stocks/by-location?item_codes={codes}")] {
            is_prepared(shop, path, simbiz.get(path)).await.is(200);
        }
        is_prepared(shop, "order", order(1)).await.is(201);
        is_prepared(shop, "adjust", adjust(3)).await.is(200);
    });
}

/// Fails when a statement of the call is prepared anew each time.
async fn is_prepared(shop: &Shop, what: &str, call: impl Future<Output = Reply>) -> Reply {
    let (reply, unprepared) = shop.unprepared_of(call).await;
    let unprepared = unprepared.into_iter().filter(|text| !WORDS.contains(&text.as_str())).collect::<Vec<_>>();
    assert_eq!(unprepared, Vec::<String>::new(), "{what}");
    reply
}
