//! Journeys through the whole shop: after every step, every figure that is shown anywhere is recomputed by hand.

mod book;
mod reports;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stockbridge_domain::Costing;
use stockbridge_domain::access::tenants::{self, TenantChanges};

use super::warehouse;
use crate::support::{Client, Shop, on_each_engine};
use book::{Book, MAIN, Sold};

#[test]
fn from_purchase_to_return_every_figure_holds_at_standard_cost() {
    on_each_engine(async |shop| journey(shop, false).await);
}

#[test]
fn from_purchase_to_return_every_figure_holds_at_average_cost() {
    on_each_engine(async |shop| {
        let changes = TenantChanges { costing: Some(Costing::Average), ..TenantChanges::default() };
        shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a tenant");
        journey(shop, true).await;
    });
}

/// The goods of a journey, and where a part of them goes.
struct Floor<'s> {
    shop: &'s Shop,
    client: Client<'s>,
    book: Book,
    bolt: i64,
    paint: i64,
    drill: i64,
    two: i64,
    supplier: i64,
}

async fn journey(shop: &Shop, average: bool) {
    let mut floor = Floor::open(shop, average).await;
    floor.check("opening").await;
    floor.find().await;
    let purchase = floor.purchase().await;
    floor.receive_in_part(purchase).await;
    let order = floor.order().await;
    floor.fulfil_in_part(order).await;
    floor.receive_the_rest(purchase).await;
    floor.carry_away().await;
    floor.ship_the_rest(order).await;
    floor.take_back(order).await;
    floor.call_off().await;
    floor.lose().await;
    floor.call_off_a_purchase().await;
}

impl<'s> Floor<'s> {
    async fn open(shop: &'s Shop, average: bool) -> Self {
        let client = shop.iom();
        let two = warehouse(&client, "TWO").await;
        let mut made = Vec::new();
        for (sku, price, cost, tracking) in
            [("BOLT", 9.0, 4.0, "none"), ("PAINT", 20.0, 6.0, "batch"), ("DRILL", 100.0, 50.0, "serial")]
        {
            let body = json!({
                "name": sku, "sku": sku, "base_price": price, "cost_price": cost, "tracking_type": tracking
            });
            made.push(id(&client, "/products", body).await);
        }
        let [bolt, paint, drill] = made[..] else { unreachable!("three products") };
        let supplier = id(&client, "/suppliers", json!({"name": "One"})).await;
        let customer = id(&client, "/customers", json!({"name": "Acme"})).await;
        let book = Book {
            average,
            costs: BTreeMap::from([(bolt, 40_000), (paint, 60_000), (drill, 500_000)]),
            rows: BTreeMap::new(),
            batches: BTreeMap::new(),
            serials: BTreeMap::new(),
            moved: Vec::new(),
            orders: BTreeMap::new(),
            purchased: BTreeSet::new(),
            customer,
        };
        let mut floor = Self { shop, client, book, bolt, paint, drill, two, supplier };
        for (product, level) in [(bolt, 20), (paint, 5)] {
            let body = json!({"product_id": product, "warehouse_id": MAIN, "reorder_level": level});
            floor.client.put("/inventory/reorder-level", body).await.is(200);
            floor.book.row(product, MAIN).level = level;
        }
        floor
    }

    async fn check(&self, after: &str) {
        self.book.check(self.shop, after).await;
    }

    /// Goods that nobody bought: they have the cost of the product's record.
    async fn find(&mut self) {
        let body = json!({"product_id": self.bolt, "warehouse_id": MAIN, "quantity": 7});
        self.client.post("/inventory/adjust", body).await.is(200);
        self.book.moves("adjustment", None, self.bolt, MAIN, 7, 40_000);
        self.check("a find").await;
    }

    async fn purchase(&mut self) -> i64 {
        let line = |product: i64, quantity: i64, cost: f64| json!({"product_id": product, "quantity": quantity, "unit_cost": cost});
        let lines = json!([line(self.bolt, 30, 5.0), line(self.paint, 10, 7.3333), line(self.drill, 2, 60.0)]);
        let body = json!({"supplier_id": self.supplier, "warehouse_id": MAIN, "items": lines});
        let purchase = id(&self.client, "/suppliers/purchase-orders", body).await;
        self.book.purchased.extend([self.bolt, self.paint, self.drill]);
        self.check("a purchase order").await;
        let path = format!("/suppliers/purchase-orders/{purchase}/status");
        self.client.patch(&path, json!({"status": "ordered"})).await.is(200);
        self.check("ordering it").await;
        purchase
    }

    async fn receive_in_part(&mut self, purchase: i64) {
        let items = json!([
            {"product_id": self.bolt, "quantity": 12},
            {"product_id": self.paint, "quantity": 4, "batch_number": "LOT-1", "expiry_date": "2099-03-01"},
            {"product_id": self.drill, "quantity": 1, "serials": ["A"]}
        ]);
        self.receive(purchase, json!({"items": items})).await;
        self.book.receives(purchase, self.bolt, 12, 50_000);
        self.book.receives(purchase, self.paint, 4, 73_333);
        self.book.receives(purchase, self.drill, 1, 600_000);
        self.book.batches.insert("LOT-1", 4);
        self.book.serials.insert("A", "in_stock");
        self.check("receiving a part").await;
    }

    async fn order(&mut self) -> i64 {
        let lines = json!([
            {"product_id": self.bolt, "quantity": 5}, {"product_id": self.paint, "quantity": 3, "unit_price": 19.99},
            {"product_id": self.bolt, "quantity": 2, "unit_price": 8.3333}
        ]);
        let order = id(&self.client, "/orders", json!({"customer_id": self.book.customer, "items": lines})).await;
        // 5 × 9, 3 × 19.99 and 2 × 8.3333, which is rounded.
        self.book.orders.insert(order, Sold { status: "pending", cents: 4_500 + 5_997 + 1_667, lines: 3, units: 10 });
        self.book.row(self.bolt, MAIN).reserved += 7;
        self.book.row(self.paint, MAIN).reserved += 3;
        self.check("an order").await;
        order
    }

    async fn fulfil_in_part(&mut self, order: i64) {
        let lines = self.lines(order).await;
        let items = json!([
            {"order_item_id": lines[0], "quantity_fulfilled": 2}, {"order_item_id": lines[1], "quantity_fulfilled": 3}
        ]);
        self.client.post(&format!("/orders/{order}/fulfill"), json!({"items": items})).await.is(200);
        self.book.ships(order, self.bolt, 2);
        self.book.ships(order, self.paint, 3);
        self.book.batches.insert("LOT-1", 1);
        self.sold(order, "fulfilling");
        self.check("fulfilling a part").await;
    }

    async fn receive_the_rest(&mut self, purchase: i64) {
        let items = json!([
            {"product_id": self.paint, "quantity": 6, "batch_number": "LOT-2", "expiry_date": "2099-01-01"},
            {"product_id": self.drill, "quantity": 1, "serials": ["B"]}, {"product_id": self.bolt, "quantity": 18}
        ]);
        self.receive(purchase, json!({"items": items})).await;
        self.book.receives(purchase, self.paint, 6, 73_333);
        self.book.receives(purchase, self.drill, 1, 600_000);
        self.book.receives(purchase, self.bolt, 18, 50_000);
        self.book.batches.insert("LOT-2", 6);
        self.book.serials.insert("B", "in_stock");
        self.check("receiving the rest").await;
    }

    async fn carry_away(&mut self) {
        let body = json!({
            "product_id": self.bolt, "from_warehouse_id": MAIN, "to_warehouse_id": self.two, "quantity": 6
        });
        self.client.post("/inventory/transfer", body).await.is(200);
        let cost = self.book.costs[&self.bolt];
        self.book.moves("transfer", None, self.bolt, MAIN, -6, cost);
        self.book.moves("transfer", None, self.bolt, self.two, 6, cost);
        self.check("a transfer").await;
    }

    async fn ship_the_rest(&mut self, order: i64) {
        self.client.post(&format!("/orders/{order}/fulfill"), json!({})).await.is(200);
        self.book.ships(order, self.bolt, 3);
        self.book.ships(order, self.bolt, 2);
        self.sold(order, "fulfilled");
        self.check("fulfilling the rest").await;
        self.client.patch(&format!("/orders/{order}/status"), json!({"status": "shipped"})).await.is(200);
        self.sold(order, "shipped");
        self.check("shipping").await;
    }

    async fn take_back(&mut self, order: i64) {
        let lines = self.lines(order).await;
        let items = json!([
            {"order_item_id": lines[1], "quantity": 1}, {"order_item_id": lines[2], "quantity": 1, "restock": false}
        ]);
        let left_at = if self.book.average { 73_333 } else { 60_000 };
        self.client.post(&format!("/orders/{order}/returns"), json!({"items": items})).await.is(200);
        self.book.moves("return", Some(order), self.paint, MAIN, 1, left_at);
        self.book.batches.insert("LOT-1", 2);
        self.check("a return").await;
    }

    async fn call_off(&mut self) {
        let lines = json!([{"product_id": self.drill, "quantity": 1, "serials": ["A"]}]);
        let order = id(&self.client, "/orders", json!({"customer_id": self.book.customer, "items": lines})).await;
        self.book.orders.insert(order, Sold { status: "pending", cents: 10_000, lines: 1, units: 1 });
        self.book.row(self.drill, MAIN).reserved += 1;
        self.book.serials.insert("A", "reserved");
        self.check("a second order").await;
        self.client.patch(&format!("/orders/{order}/status"), json!({"status": "cancelled"})).await.is(200);
        self.sold(order, "cancelled");
        self.book.row(self.drill, MAIN).reserved -= 1;
        self.book.serials.insert("A", "in_stock");
        self.check("calling it off").await;
    }

    async fn lose(&mut self) {
        let lost = |product: i64, quantity: i64| json!({"product_id": product, "warehouse_id": MAIN, "quantity": quantity, "notes": "Water damage"});
        self.client.post("/inventory/adjust", lost(self.bolt, -4)).await.is(200);
        // The batch that expires first is lost first.
        self.client.post("/inventory/adjust", lost(self.paint, -2)).await.is(200);
        let (bolt, paint) = (self.book.costs[&self.bolt], self.book.costs[&self.paint]);
        self.book.moves("adjustment", None, self.bolt, MAIN, -4, bolt);
        self.book.moves("adjustment", None, self.paint, MAIN, -2, paint);
        self.book.batches.insert("LOT-2", 4);
        self.check("a loss").await;
    }

    async fn call_off_a_purchase(&mut self) {
        let body = json!({"name": "NUT", "sku": "NUT", "base_price": 1});
        let nut = id(&self.client, "/products", body).await;
        let lines = json!([{"product_id": nut, "quantity": 5, "unit_cost": 1}]);
        let body = json!({"supplier_id": self.supplier, "warehouse_id": MAIN, "items": lines});
        let purchase = id(&self.client, "/suppliers/purchase-orders", body).await;
        self.client.delete(&format!("/products/{nut}")).await.is(409);
        let path = format!("/suppliers/purchase-orders/{purchase}/status");
        self.client.patch(&path, json!({"status": "cancelled"})).await.is(200);
        self.client.delete(&format!("/products/{nut}")).await.is(200);
        self.check("calling a purchase order off").await;
    }

    async fn receive(&self, purchase: i64, body: Value) {
        self.client.post(&format!("/suppliers/purchase-orders/{purchase}/receive"), body).await.is(200);
    }

    /// The ids of an order's lines.
    async fn lines(&self, order: i64) -> Vec<Value> {
        super::column(&self.client.get(&format!("/orders/{order}")).await.is(200), "items", "id")
    }

    fn sold(&mut self, order: i64, status: &'static str) {
        self.book.orders.get_mut(&order).expect("an order").status = status;
    }
}

async fn id(client: &Client<'_>, path: &str, body: Value) -> i64 {
    client.post(path, body).await.is(201).at("/id").as_i64().expect("an id")
}
