//! Reports: as many statements over many days as over one.

use serde_json::json;

use super::count;
use crate::support::on_each_engine;

#[test]
fn a_report_costs_the_same_statements_whatever_it_is_about() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for number in 0..12 {
            let body = json!({"name": "Anvil", "sku": format!("ANVIL-{number}"), "base_price": 1, "cost_price": 1});
            let product = client.post("/products", body).await.is(201).at("/id");
            let stock = json!({"product_id": product, "warehouse_id": 1, "quantity": 9});
            client.post("/inventory/adjust", stock).await.is(200);
            let order = json!({"items": [{"product_id": product, "quantity": 1}]});
            let order = client.post("/orders", order).await.is(201).at("/id");
            client.post(&format!("/orders/{order}/fulfill"), json!({})).await.is(200);
        }
        for (few, many, most) in [
            ("/reports/dashboard", "/reports/dashboard", 5),
            ("/reports/financial?from=2020-01-01&to=2020-01-01", "/reports/financial", 3),
            ("/reports/cogs?from=2020-01-01&to=2020-01-01", "/reports/cogs", 3),
            ("/reports/inventory?limit=1", "/reports/inventory?limit=12", 3),
            ("/reports/inventory?warehouse_id=1&limit=1", "/reports/inventory?warehouse_id=1", 3),
            ("/inventory?limit=1", "/inventory?limit=12", 4),
            ("/orders?from=2020-01-01&to=2020-01-01", "/orders?from=2020-01-01", 3),
        ] {
            let (first, wide) = (count(shop, &client, few).await, count(shop, &client, many).await);
            assert!(wide <= first, "{many}: {wide} statements, {first} for one row");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}
