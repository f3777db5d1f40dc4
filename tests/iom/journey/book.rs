//! A shop's figures, kept by hand in whole numbers beside the server, and compared with everything that shows one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Reply, Shop};

/// The warehouse of the journey; a second one takes a part of the goods.
pub(super) const MAIN: i64 = 1;

/// What the books should say. Costs and prices are in ten-thousandths, amounts in cents, quantities in units.
pub(super) struct Book {
    pub(super) average: bool,
    pub(super) costs: BTreeMap<i64, i64>,
    pub(super) rows: BTreeMap<(i64, i64), Row>,
    pub(super) batches: BTreeMap<&'static str, i64>,
    pub(super) serials: BTreeMap<&'static str, &'static str>,
    pub(super) moved: Vec<Moved>,
    pub(super) orders: BTreeMap<i64, Sold>,
    pub(super) purchased: BTreeSet<i64>,
    pub(super) customer: i64,
}

/// What lies of a product in a warehouse.
#[derive(Default)]
pub(super) struct Row {
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) level: i64,
}

/// One movement.
pub(super) struct Moved {
    pub(super) product: i64,
    warehouse: i64,
    pub(super) kind: &'static str,
    pub(super) quantity: i64,
    balance: i64,
    pub(super) cost: i64,
    of: Option<i64>,
}

/// An order.
pub(super) struct Sold {
    pub(super) status: &'static str,
    pub(super) cents: i64,
    pub(super) lines: i64,
    pub(super) units: i64,
}

impl Book {
    pub(super) fn row(&mut self, product: i64, warehouse: i64) -> &mut Row {
        self.rows.entry((product, warehouse)).or_default()
    }

    /// Goods come or go, at the cost of one unit.
    pub(super) fn moves(
        &mut self,
        kind: &'static str,
        of: Option<i64>,
        product: i64,
        warehouse: i64,
        quantity: i64,
        cost: i64,
    ) {
        let row = self.row(product, warehouse);
        row.on_hand += quantity;
        let balance = row.on_hand;
        self.moved.push(Moved { product, warehouse, kind, quantity, balance, cost, of });
    }

    /// Goods come for a purchase order; with average costing they change what the product costs.
    pub(super) fn receives(&mut self, purchase: i64, product: i64, quantity: i64, cost: i64) {
        let before = self.on_hand(product);
        if self.average {
            let (value, units) = (before * self.costs[&product] + quantity * cost, before + quantity);
            self.costs.insert(product, (2 * value + units) / (2 * units));
        }
        self.moves("receive", Some(purchase), product, MAIN, quantity, cost);
    }

    /// Goods that were promised to an order leave, for what they cost today.
    pub(super) fn ships(&mut self, order: i64, product: i64, quantity: i64) {
        self.row(product, MAIN).reserved -= quantity;
        self.moves("shipment", Some(order), product, MAIN, -quantity, self.costs[&product]);
    }

    pub(super) fn on_hand(&self, product: i64) -> i64 {
        self.rows.iter().filter(|((of, _), _)| *of == product).map(|(_, row)| row.on_hand).sum()
    }

    /// What a row is worth, rounded half-up to the cent.
    pub(super) fn cents(&self, product: i64, row: &Row) -> i64 {
        (row.on_hand * self.costs[&product] + 50) / 100
    }

    pub(super) fn low(&self) -> Vec<(i64, i64, i64, i64)> {
        let low = self.rows.iter().filter(|(_, row)| row.level > 0 && row.on_hand <= row.level);
        low.map(|((product, warehouse), row)| (*product, *warehouse, row.on_hand, row.level)).collect()
    }

    /// Compares every list, record and report that shows a figure.
    pub(super) async fn check(&self, shop: &Shop, after: &str) {
        self.products(shop, after).await;
        self.stock(shop, after).await;
        self.movements(shop, after).await;
        self.tracked(shop, after).await;
        self.places(shop, after).await;
        self.sales(shop, after).await;
        self.partners(shop, after).await;
        self.simbiz(shop, after).await;
        self.check_reports(shop, after).await;
        shop.verify().await;
    }

    async fn products(&self, shop: &Shop, after: &str) {
        let listed = get(shop, "/products").await;
        let expected: Vec<_> =
            self.costs.keys().map(|id| json!([id, self.on_hand(*id), text(self.costs[id])])).collect();
        assert_eq!(rows(&listed, "products", &["id", "total_stock", "cost_price"]), expected, "products after {after}");
        for id in self.costs.keys() {
            let detail = get(shop, &format!("/products/{id}")).await;
            assert_eq!(detail.at("/total_stock"), json!(self.on_hand(*id)), "product {id} after {after}");
            let of = self.rows.iter().filter(|((of, _), _)| of == id);
            let expected: Vec<_> = of.map(|((_, warehouse), row)| json!([warehouse, row.on_hand])).collect();
            assert_eq!(rows(&detail, "stock", &["warehouse_id", "quantity"]), expected, "stock of {id} after {after}");
        }
    }

    async fn stock(&self, shop: &Shop, after: &str) {
        let keys = ["product_id", "warehouse_id", "quantity", "reserved_quantity", "reorder_level"];
        let row = |((product, warehouse), row): (&(i64, i64), &Row)| {
            json!([product, warehouse, row.on_hand, row.reserved, row.level])
        };
        let listed = get(shop, "/inventory").await;
        assert_eq!(rows(&listed, "inventory", &keys), self.rows.iter().map(row).collect::<Vec<_>>(), "after {after}");
        assert_eq!(listed.at("/total"), json!(self.rows.len()), "after {after}");
        let low: Vec<_> = self.low().into_iter().map(|row| json!(row)).collect();
        let alerts = get(shop, "/inventory/alerts").await;
        let keys = ["product_id", "warehouse_id", "quantity", "reorder_level"];
        assert_eq!(
            (rows(&alerts, "alerts", &keys), alerts.at("/total")),
            (low.clone(), json!(low.len())),
            "after {after}"
        );
        let filtered = get(shop, "/inventory?low_stock=true").await;
        assert_eq!(rows(&filtered, "inventory", &keys), low, "low stock after {after}");
        let summary = get(shop, "/inventory/summary").await;
        let value: i64 = self.rows.iter().map(|((product, _), row)| self.cents(*product, row)).sum();
        assert_eq!(cents(&summary.at("/total_stock_value")), value, "after {after}");
        let out = self.costs.keys().filter(|id| self.on_hand(**id) == 0).count();
        let counts = ["total_skus", "low_stock_count", "out_of_stock_count", "warehouses"];
        let counts = counts.map(|key| summary.at(&format!("/{key}")));
        assert_eq!(counts, [json!(self.costs.len()), json!(low.len()), json!(out), json!(2)], "after {after}");
    }

    async fn movements(&self, shop: &Shop, after: &str) {
        let listed = get(shop, "/inventory/movements?limit=200").await;
        let keys =
            ["product_id", "warehouse_id", "movement_type", "quantity", "balance_after", "unit_cost", "reference_id"];
        let moved = |moved: &Moved| {
            let Moved { product, warehouse, kind, quantity, balance, cost, of } = moved;
            json!([product, warehouse, kind, quantity, balance, text(*cost), of])
        };
        // Those of one command stand in an order of its own.
        let sorted = |mut rows: Vec<Value>| {
            rows.sort_by_key(Value::to_string);
            rows
        };
        let expected = self.moved.iter().map(moved).collect();
        assert_eq!(sorted(rows(&listed, "movements", &keys)), sorted(expected), "movements after {after}");
        assert_eq!(listed.at("/total"), json!(self.moved.len()), "after {after}");
    }

    async fn tracked(&self, shop: &Shop, after: &str) {
        let listed = get(shop, "/batches").await.json();
        let batches: BTreeMap<_, _> =
            listed["batches"].as_array().expect("batches").iter().map(pair("quantity")).collect();
        let expected = self.batches.iter().map(|(number, units)| ((*number).to_owned(), json!(units))).collect();
        assert_eq!(batches, expected, "batches after {after}");
        let listed = get(shop, "/serials").await.json();
        let serials: BTreeMap<_, _> =
            listed["serials"].as_array().expect("serials").iter().map(pair("status")).collect();
        let expected = self.serials.iter().map(|(number, status)| ((*number).to_owned(), json!(status))).collect();
        assert_eq!(serials, expected, "serial numbers after {after}");
    }

    async fn places(&self, shop: &Shop, after: &str) {
        let listed = get(shop, "/warehouses").await;
        let ids: Vec<i64> =
            rows(&listed, "warehouses", &["id"]).iter().map(|row| row[0].as_i64().expect("an id")).collect();
        let place = |id: &i64| {
            let here = || self.rows.iter().filter(move |((_, warehouse), row)| warehouse == id && row.on_hand > 0);
            let value: i64 = here().map(|((product, _), row)| self.cents(*product, row)).sum();
            json!([here().count(), text(value * 100)])
        };
        let expected: Vec<_> = ids.iter().map(place).collect();
        assert_eq!(rows(&listed, "warehouses", &["total_skus", "total_value"]), expected, "warehouses after {after}");
    }

    async fn sales(&self, shop: &Shop, after: &str) {
        let listed = get(shop, "/orders").await;
        let order = |(id, sold): (&i64, &Sold)| json!([id, sold.status, text(sold.cents * 100), sold.lines]);
        let expected: Vec<_> = self.orders.iter().rev().map(order).collect();
        assert_eq!(rows(&listed, "orders", &["id", "status", "total_amount", "item_count"]), expected, "after {after}");
        let stats = get(shop, "/orders/stats").await;
        let (count, cents) = self.sold();
        let average = if count == 0 { 0 } else { (2 * cents + count) / (2 * count) };
        let figures = ["total_orders", "total_revenue", "avg_order_value"].map(|key| stats.at(&format!("/{key}")));
        assert_eq!(figures, [json!(count), json!(text(cents * 100)), json!(text(average * 100))], "after {after}");
        for (status, shown) in stats.at("/by_status").as_object().expect("statuses") {
            let there = self.orders.values().filter(|sold| sold.status == status).count();
            assert_eq!(*shown, json!(there), "{status} after {after}");
        }
    }

    async fn partners(&self, shop: &Shop, after: &str) {
        let (count, cents) = self.sold();
        let listed = get(shop, "/customers").await;
        let detail = get(shop, &format!("/customers/{}", self.customer)).await;
        for customer in [listed.at("/customers/0"), detail.json()] {
            let figures = [&customer["total_orders"], &customer["total_spent"]];
            assert_eq!(figures, [&json!(count), &json!(text(cents * 100))], "the customer after {after}");
        }
        let suppliers = get(shop, "/suppliers").await;
        assert_eq!(suppliers.at("/suppliers/0/product_count"), json!(self.purchased.len()), "after {after}");
    }

    async fn simbiz(&self, shop: &Shop, after: &str) {
        let listed = shop.simbiz().get("/inventory/stocks/by-location").await.is(200);
        let row = |((product, warehouse), row): (&(i64, i64), &Row)| {
            let (item, place, available) =
                (format!("1-1-{product}"), format!("1-1-{warehouse}"), row.on_hand - row.reserved);
            json!([item, place, row.on_hand.to_string(), row.reserved.to_string(), available.to_string()])
        };
        let expected: Vec<_> = self.rows.iter().map(row).collect();
        let keys = ["item_id", "location_id", "qty", "reserved_qty", "available_qty"];
        assert_eq!(rows(&listed, "data", &keys), expected, "SimBiz after {after}");
    }

    /// Orders that were not called off, and what they came to.
    pub(super) fn sold(&self) -> (i64, i64) {
        let kept = self.orders.values().filter(|sold| sold.status != "cancelled");
        kept.fold((0, 0), |(count, cents), sold| (count + 1, cents + sold.cents))
    }
}

pub(super) async fn get(shop: &Shop, path: &str) -> Reply {
    shop.iom().get(path).await.is(200)
}

/// Some fields of every row of a list.
#[track_caller]
pub(super) fn rows(reply: &Reply, list: &str, keys: &[&str]) -> Vec<Value> {
    let list = reply.at(&format!("/{list}"));
    let row = |row: &Value| Value::Array(keys.iter().map(|key| row[*key].clone()).collect());
    list.as_array().expect("rows").iter().map(row).collect()
}

/// A batch's or a unit's number, and one field of it.
fn pair(key: &str) -> impl Fn(&Value) -> (String, Value) {
    move |row| {
        let number = row.get("batch_number").unwrap_or(&row["serial_number"]);
        (number.as_str().expect("a number").to_owned(), row[key].clone())
    }
}

/// Ten-thousandths as text with two decimals, or up to four where there are more.
pub(super) fn text(ten_thousandths: i64) -> String {
    let text = format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000);
    let cut = text.trim_end_matches('0').len().max(text.len() - 2);
    text[..cut].to_owned()
}

/// A JSON number in cents, exactly as it was written.
#[track_caller]
pub(super) fn cents(number: &Value) -> i64 {
    let written = number.to_string();
    let (whole, decimals) = written.split_once('.').unwrap_or((&written, ""));
    assert!(decimals.len() <= 2, "{written} has more than two decimals");
    format!("{whole}{decimals:0<2}").parse().expect("a number")
}
