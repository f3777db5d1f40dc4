//! What products cost after goods came: the moving average, and shipments at the cost of their day.

use serde_json::json;
use stockbridge_domain::Costing;
use stockbridge_domain::access::tenants::{self, TenantChanges};

use super::super::{adjust, anvil, column, warehouse};
use super::{MAIN, purchase, receive, receive_all, supplier};
use crate::support::{Shop, on_each_engine};

async fn average(shop: &Shop) {
    let changes = TenantChanges { costing: Some(Costing::Average), ..TenantChanges::default() };
    shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a tenant");
}

#[test]
fn the_average_moves_and_shipments_keep_the_cost_of_their_day() {
    on_each_engine(async |shop| {
        average(shop).await;
        let client = shop.iom();
        let two = warehouse(&client, "TWO").await;
        let mut body = anvil("BOLT");
        body["cost_price"] = json!(4);
        let bolt = client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id");
        adjust(&client, bolt, MAIN, 3).await.is(200);
        adjust(&client, bolt, two, 7).await.is(200);
        let one = supplier(&client, "One").await;
        let id = purchase(&client, one, json!([{"product_id": bolt, "quantity": 30, "unit_cost": 5}])).await;
        let cost = async || client.get(&format!("/products/{bolt}")).await.is(200).at("/cost_price");
        receive(&client, id, json!([{"product_id": bolt, "quantity": 10}])).await.is(200);
        assert_eq!(cost().await, json!("4.50"), "10 at 4 and 10 at 5");
        let order = client.post("/orders", json!({"items": [{"product_id": bolt, "quantity": 5}]})).await.is(201);
        client.post(&format!("/orders/{}/fulfill", order.at("/id")), json!({})).await.is(200);
        receive_all(&client, id).await.is(200);
        // 15 at 4.50 and 20 at 5 are 167.50 for 35.
        assert_eq!(cost().await, json!("4.7857"));
        let worth = column(&client.get("/warehouses").await.is(200), "warehouses", "total_value");
        assert_eq!(worth, [json!("134.00"), json!("33.50")], "28 and 7 at 4.7857");
        let movements = client.get(&format!("/inventory/movements?product_id={bolt}")).await.is(200);
        let costs = column(&movements, "movements", "unit_cost");
        assert_eq!(costs, ["5.00", "4.50", "5.00", "4.00", "4.00"].map(|cost| json!(cost)));
    });
}

#[test]
fn the_first_goods_cost_what_was_paid_and_the_standard_never_moves() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = supplier(&client, "One").await;
        for (sku, is_average, expected) in [("STANDARD", false, json!("4.00")), ("AVERAGE", true, json!("0.3333"))] {
            if is_average {
                average(shop).await;
            }
            let mut body = anvil(sku);
            body["cost_price"] = json!(4);
            let product = client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id");
            let items = json!([
                {"product_id": product, "quantity": 1, "unit_cost": 1}, {"product_id": product, "quantity": 2, "unit_cost": 0}
            ]);
            let id = purchase(&client, one, items).await;
            receive_all(&client, id).await.is(200);
            assert_eq!(client.get(&format!("/products/{product}")).await.is(200).at("/cost_price"), expected, "{sku}");
        }
    });
}
