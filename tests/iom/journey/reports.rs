//! The figures of reports and of the external API, from the same books.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::book::{Book, Moved, Row, cents, get, rows, text};
use crate::support::Shop;

/// Units sold of a product, and what they had cost, in cents.
type Sold = BTreeMap<i64, (i64, i64)>;

impl Book {
    /// Compares every report.
    pub(super) async fn check_reports(&self, shop: &Shop, after: &str) {
        self.dashboard(shop, after).await;
        self.earnings(shop, after).await;
        self.cost_of_goods(shop, after).await;
        self.valuation(shop, after).await;
        self.external(shop, after).await;
    }

    async fn dashboard(&self, shop: &Shop, after: &str) {
        let board = get(shop, "/reports/dashboard").await;
        let (count, revenue) = self.sold();
        assert_eq!(cents(&board.at("/today/revenue")), revenue, "today's revenue after {after}");
        assert_eq!(board.at("/today/orders"), json!(count), "today's orders after {after}");
        let kept = self.orders.values().filter(|order| order.status != "cancelled");
        let units: i64 = kept.map(|order| order.units).sum();
        assert_eq!(board.at("/today/units_sold"), json!(units), "units sold after {after}");
        let is_open = |status: &str| ["pending", "paid", "fulfilling"].contains(&status);
        let open = self.orders.values().filter(|order| is_open(order.status)).count();
        assert_eq!(board.at("/open_orders"), json!(open), "open orders after {after}");
        let out = self.costs.keys().filter(|id| self.on_hand(**id) == 0).count();
        let counts = [board.at("/low_stock_count"), board.at("/out_of_stock_count")];
        assert_eq!(counts, [json!(self.low().len()), json!(out)], "low and out after {after}");
        let newest: Vec<_> = self.orders.iter().rev().map(|(id, order)| json!([id, order.status])).collect();
        assert_eq!(rows(&board, "recent_orders", &["id", "status"]), newest, "the newest orders after {after}");
    }

    async fn earnings(&self, shop: &Shop, after: &str) {
        let (_, revenue) = self.sold();
        let cogs: i64 = self.shipped().values().map(|(_, cost)| cost).sum();
        for group_by in ["day", "week", "month"] {
            let report = get(shop, &format!("/reports/financial?group_by={group_by}")).await;
            let keys = ["revenue", "cogs", "gross_margin"];
            let shown = keys.map(|key| cents(&report.at(&format!("/summary/{key}"))));
            assert_eq!(shown, [revenue, cogs, revenue - cogs], "by {group_by} after {after}");
            let periods = rows(&report, "periods", &keys);
            let sum = |at: usize| periods.iter().map(|period| cents(&period[at])).sum::<i64>();
            assert_eq!([sum(0), sum(1), sum(2)], shown, "by {group_by} after {after}");
            let permille = if revenue == 0 { 0 } else { (2_000 * (revenue - cogs) + revenue) / (2 * revenue) };
            let percent = json!(format!("{}.{}", permille / 10, permille % 10));
            assert_eq!(report.at("/summary/gross_margin_pct").to_string(), percent, "after {after}");
        }
    }

    async fn cost_of_goods(&self, shop: &Shop, after: &str) {
        let report = get(shop, "/reports/cogs").await;
        let shipped = self.shipped();
        assert_eq!(cents(&report.at("/total_cogs")), shipped.values().map(|(_, cost)| cost).sum::<i64>(), "{after}");
        let item = |(product, (units, cost)): (&i64, &(i64, i64))| {
            // What one of them had cost, with four decimals, rounded half-up.
            let each = (2 * cost * 100 + units) / (2 * units);
            json!([product, units, text(each)])
        };
        let expected: Vec<Value> = shipped.iter().map(item).collect();
        assert_eq!(rows(&report, "items", &["product_id", "units_sold", "cost_price"]), expected, "COGS after {after}");
        let costs = rows(&report, "items", &["total_cogs"]);
        let costs: Vec<_> = costs.iter().map(|row| cents(&row[0])).collect();
        assert_eq!(costs, shipped.values().map(|(_, cost)| *cost).collect::<Vec<_>>(), "COGS after {after}");
    }

    async fn valuation(&self, shop: &Shop, after: &str) {
        let report = get(shop, "/reports/inventory").await;
        let here = || self.rows.iter().filter(|(_, row)| row.on_hand > 0);
        let row = |((product, warehouse), row): (&(i64, i64), &Row)| {
            json!([product, warehouse, row.on_hand, text(self.costs[product])])
        };
        let keys = ["product_id", "warehouse_id", "quantity", "cost_price"];
        assert_eq!(rows(&report, "items", &keys), here().map(row).collect::<Vec<_>>(), "valuation after {after}");
        let worth: Vec<i64> = here().map(|((product, _), row)| self.cents(*product, row)).collect();
        let shown = rows(&report, "items", &["total_value"]);
        assert_eq!(shown.iter().map(|row| cents(&row[0])).collect::<Vec<_>>(), worth, "valuation after {after}");
        assert_eq!(cents(&report.at("/total_value")), worth.iter().sum::<i64>(), "valuation after {after}");
        assert_eq!(report.at("/total"), json!(worth.len()), "valuation after {after}");
    }

    async fn external(&self, shop: &Shop, after: &str) {
        let body = json!({"name": "Connector"});
        let key = shop.iom().post("/api-keys", body).await.is(201).at("/key");
        let client = shop.iom().without("Authorization").with("X-API-Key", key.as_str().expect("a key"));
        let listed = client.get("/external/products").await.is(200);
        let expected: Vec<_> = self.costs.keys().map(|id| json!([id, self.on_hand(*id)])).collect();
        assert_eq!(rows(&listed, "products", &["id", "total_stock"]), expected, "with a key after {after}");
        let listed = client.get("/external/inventory").await.is(200);
        let row = |((product, warehouse), row): (&(i64, i64), &Row)| json!([product, warehouse, row.on_hand]);
        let expected: Vec<_> = self.rows.iter().map(row).collect();
        let keys = ["product_id", "warehouse_id", "quantity"];
        assert_eq!(rows(&listed, "inventory", &keys), expected, "with a key after {after}");
        let listed = client.get("/external/orders").await.is(200);
        assert_eq!(listed.at("/total"), json!(self.orders.len()), "with a key after {after}");
    }

    /// What left for customers and did not come back, at what it had cost on that day.
    fn shipped(&self) -> Sold {
        let mut sold = Sold::new();
        for Moved { product, kind, quantity, cost, .. } in &self.moved {
            if ["shipment", "return"].contains(kind) {
                let (units, cents) = sold.entry(*product).or_default();
                *units -= quantity;
                *cents -= quantity.signum() * ((quantity.abs() * cost + 50) / 100);
            }
        }
        sold
    }
}
