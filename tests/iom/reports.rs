//! Reports as they are told: their shapes, and that they agree with each other and with every list.

use serde_json::{Value, json};

use super::fields;
use crate::support::{Client, Shop, on_each_engine, on_the_demo};

/// Figures as text, as the answer has them.
async fn raw(client: &Client<'_>, path: &str, key: &str) -> String {
    let text = client.get(path).await.is(200).text().to_owned();
    let (_, rest) = text.split_once(&format!("\"{key}\":")).expect("the key");
    rest.split([',', '}']).next().expect("a figure").trim_matches('"').to_owned()
}

async fn sold(shop: &Shop) -> Value {
    let client = shop.iom();
    let body = json!({"name": "Anvil", "sku": "ANVIL", "base_price": 4, "cost_price": "1.5"});
    let product = client.post("/products", body).await.is(201).at("/id");
    let stock = json!({"product_id": product, "warehouse_id": 1, "quantity": 10});
    client.post("/inventory/adjust", stock).await.is(200);
    let order = client.post("/orders", json!({"items": [{"product_id": product, "quantity": 3}]})).await.is(201);
    client.post(&format!("/orders/{}/fulfill", order.at("/id")), json!({})).await.is(200);
    product
}

#[test]
fn reports_are_written_as_documented() {
    on_each_engine(async |shop| {
        let product = sold(shop).await;
        let client = shop.iom();
        let today = client.get("/reports/inventory").await.is(200).at("/valuation_date");
        let day = today.as_str().expect("a day");
        let report = client.get(&format!("/reports/financial?from={day}&to={day}")).await.is(200);
        let expected = format!(
            "{{\"from\":\"{day}\",\"to\":\"{day}\",\"summary\":{{\"revenue\":12.00,\"cogs\":4.50,\"gross_margin\":7.50,\
             \"gross_margin_pct\":62.5}},\"periods\":[{{\"period\":\"{day}\",\"revenue\":12.00,\"cogs\":4.50,\
             \"gross_margin\":7.50}}]}}"
        );
        assert_eq!(report.text(), expected);
        let report = client.get(&format!("/reports/cogs?from={day}&to={day}")).await.is(200);
        let expected = format!(
            "{{\"from\":\"{day}\",\"to\":\"{day}\",\"total_cogs\":4.50,\"items\":[{{\"product_id\":{product},\
             \"sku\":\"ANVIL\",\"product_name\":\"Anvil\",\"units_sold\":3,\"cost_price\":\"1.50\",\"total_cogs\":4.50}}]}}"
        );
        assert_eq!(report.text(), expected);
        let report = client.get("/reports/inventory").await.is(200);
        let expected = format!(
            "{{\"valuation_date\":\"{day}\",\"total_value\":10.50,\"items\":[{{\"product_id\":{product},\"sku\":\"ANVIL\",\
             \"product_name\":\"Anvil\",\"warehouse_id\":1,\"warehouse_name\":\"Main Warehouse\",\"quantity\":7,\
             \"cost_price\":\"1.50\",\"total_value\":10.50}}],\"total\":1,\"page\":1,\"limit\":50,\"next_cursor\":null}}"
        );
        assert_eq!(report.text(), expected);
        let report = client.get("/reports/dashboard").await.is(200);
        let today = "{\"today\":{\"revenue\":12.00,\"orders\":1,\"units_sold\":3},\"open_orders\":0,\
                     \"low_stock_count\":0,\"out_of_stock_count\":0,\"recent_orders\":[{\"id\":1,";
        assert!(report.text().starts_with(today), "{}", report.text());
        let keys = ["id", "order_number", "customer_name", "total_amount", "status", "created_at"];
        let newest = report.at("/recent_orders/0");
        assert!(keys.iter().all(|key| newest.get(key).is_some()), "{newest}");
    });
}

#[test]
fn a_shop_without_anything_has_reports_of_zeros() {
    on_each_engine(async |shop| {
        let client = shop.neighbour();
        let report = client.get("/reports/financial?from=2026-04-01&to=2026-04-30&group_by=month").await.is(200);
        let zeros = "{\"from\":\"2026-04-01\",\"to\":\"2026-04-30\",\"summary\":{\"revenue\":0.00,\"cogs\":0.00,\
                     \"gross_margin\":0.00,\"gross_margin_pct\":0.0},\"periods\":[{\"period\":\"2026-04-01\",\
                     \"revenue\":0.00,\"cogs\":0.00,\"gross_margin\":0.00}]}";
        assert_eq!(report.text(), zeros);
        assert_eq!(client.get("/reports/cogs").await.is(200).at("/items"), json!([]));
        assert_eq!(client.get("/reports/inventory").await.is(200).at("/items"), json!([]));
        assert_eq!(client.get("/reports/dashboard").await.is(200).at("/recent_orders"), json!([]));
    });
}

#[test]
fn a_cancelled_order_counts_in_neither_revenue_nor_cost() {
    on_each_engine(async |shop| {
        let product = sold(shop).await;
        let client = shop.iom();
        let before = client.get("/reports/financial").await.is(200).at("/summary");
        let order = client.post("/orders", json!({"items": [{"product_id": product, "quantity": 4}]})).await.is(201);
        let path = format!("/orders/{}", order.at("/id"));
        let line = client.get(&path).await.is(200).at("/items/0/id");
        let part = json!({"items": [{"order_item_id": line, "quantity_fulfilled": 3}]});
        client.post(&format!("{path}/fulfill"), part).await.is(200);
        client.patch(&format!("{path}/status"), json!({"status": "cancelled"})).await.is(200);
        assert_eq!(client.get("/reports/financial").await.is(200).at("/summary"), before);
        let back = json!({"items": [{"order_item_id": line, "quantity": 2}]});
        client.post(&format!("{path}/returns"), back).await.is(200);
        assert_eq!(client.get("/reports/financial").await.is(200).at("/summary"), before);
        assert_eq!(client.get("/reports/cogs").await.is(200).at("/items/0/units_sold"), json!(3));
    });
}

#[test]
fn a_wrong_span_or_period_is_told() {
    on_each_engine(async |shop| {
        for (query, wrong) in [
            ("from=2026-02-30", &["from"][..]),
            ("from=yesterday&to=2026-13-01&group_by=year", &["from", "to", "group_by"]),
            ("from=2026-05-02&to=2026-05-01", &["from"]),
            ("from=2000-01-01&to=2026-05-01", &["from"]),
            ("group_by=Day", &["group_by"]),
        ] {
            let refused = shop.iom().get(&format!("/reports/financial?{query}")).await.is(400);
            assert_eq!(fields(&refused), wrong, "{query}");
        }
        for path in [
            "/reports/cogs?group_by=year",
            "/reports/cogs?from=2026-05-02&to=2026-05-01",
            "/reports/cogs?to=x",
            "/reports/inventory?limit=0",
        ] {
            shop.iom().get(path).await.is(400);
        }
    });
}

#[test]
fn reports_and_lists_agree_to_the_cent() {
    on_the_demo(async |shop| {
        let client = shop.iom();
        let total = raw(&client, "/reports/inventory", "total_value").await;
        assert_eq!(raw(&client, "/inventory/summary", "total_stock_value").await, total);
        let places = client.get("/warehouses").await.is(200).at("/warehouses");
        let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("a figure with two decimals");
        let values = places.as_array().expect("warehouses").iter();
        let values = values.map(|place| cents(place["total_value"].as_str().expect("text"))).sum::<i64>();
        assert_eq!(values, cents(&total));
        let month = raw(&client, "/orders/stats", "period").await;
        let revenue = raw(&client, "/orders/stats", "total_revenue").await;
        let financial = client.get("/reports/financial").await.is(200);
        assert!(financial.at("/from").as_str().expect("a day").starts_with(&month));
        assert_eq!(raw(&client, "/reports/financial", "revenue").await, revenue);
        assert!(cents(&revenue) > 0, "the demo has orders of this month");
        let cogs = raw(&client, "/reports/financial", "cogs").await;
        assert_eq!(raw(&client, "/reports/cogs", "total_cogs").await, cogs);
        for group_by in ["week", "month"] {
            let path = format!("/reports/financial?group_by={group_by}");
            assert_eq!(raw(&client, &path, "revenue").await, revenue, "{group_by}");
            assert_eq!(raw(&client, &path, "cogs").await, cogs, "{group_by}");
        }
        let board = client.get("/reports/dashboard").await.is(200);
        let mut open = 0;
        for status in ["pending", "paid", "fulfilling"] {
            let list = client.get(&format!("/orders?status={status}&limit=200")).await.is(200);
            let rows = list.at("/orders").as_array().expect("orders").len();
            assert_eq!(list.at("/total"), json!(rows), "{status}");
            open += rows;
        }
        assert_eq!(board.at("/open_orders"), json!(open));
        let summary = client.get("/inventory/summary").await.is(200);
        assert_eq!(board.at("/low_stock_count"), summary.at("/low_stock_count"));
        assert_eq!(board.at("/out_of_stock_count"), summary.at("/out_of_stock_count"));
        assert_eq!(client.get("/inventory/alerts").await.is(200).at("/total"), summary.at("/low_stock_count"));
    });
}
