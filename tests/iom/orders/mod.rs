//! Orders, from their placing to what comes back. The books must add up after each test.

mod export;
mod fulfilment;
mod input;
mod life;
mod lists;
mod once;
mod place;
mod returns;
mod stats;

use chrono::TimeDelta;
use serde_json::{Value, json};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::stock::batches::{self, BatchFilter, Labels, NewBatch};
use stockbridge_domain::stock::movements::{self, MovementFilter};
use stockbridge_domain::stock::serials::{self, NewSerials, SerialFilter};
use stockbridge_domain::stock::warehouses::{self, Details, NewWarehouse};
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::values::{Quantity, Text};
use stockbridge_domain::{Result, TenantId, Tx};

use super::{Client, Shop};

const ALL: Window = Window { start: Start::Page(1), limit: 200 };
const MAIN: i64 = 1;

/// Makes a product.
async fn made(shop: &Shop, sku: &str, price: Value, tracking: &str) -> i64 {
    let body = json!({"name": format!("Product {sku}"), "sku": sku, "base_price": price, "tracking_type": tracking});
    shop.iom().post("/products", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Makes an untracked product of which some are on hand in the default warehouse.
async fn goods(shop: &Shop, sku: &str, price: Value, on_hand: i64) -> i64 {
    let product_id = made(shop, sku, price, "none").await;
    let opening = Opening { product_id, warehouse_id: MAIN, quantity: whole(on_hand) };
    write(shop, move |tx| stock::open(tx, &opening)).await;
    product_id
}

/// Records a batch that expires so many days from today, and what there is of it.
async fn batch(shop: &Shop, product_id: i64, number: &str, expires_in: Option<i64>, quantity: i64) -> i64 {
    let number = text(number);
    let made = write(shop, move |tx| {
        let expiry_date = expires_in.map(|days| tx.today() + TimeDelta::days(days));
        let (lot_number, manufacture_date, notes) = (None, None, None);
        let labels = Labels { batch_number: number.clone(), lot_number, manufacture_date, expiry_date, notes };
        batches::create(tx, &NewBatch { product_id, warehouse_id: None, labels, quantity: whole(quantity) })
    });
    made.await.id
}

/// Records units.
async fn units(shop: &Shop, product_id: i64, numbers: &[&str]) {
    let new = NewSerials { product_id, warehouse_id: None, numbers: numbers.iter().map(|one| text(one)).collect() };
    write(shop, move |tx| serials::create(tx, &new)).await;
}

/// Opens another warehouse of ours.
async fn warehouse(shop: &Shop, code: &str) -> i64 {
    let (code, name) = (text(code), text(code));
    let details = Details { code, name, address: None, city: None, state: None, is_default: None, is_active: None };
    let new = NewWarehouse { id: None, details };
    write(shop, move |tx| warehouses::create(tx, &new)).await.id
}

/// Makes a customer.
async fn customer(shop: &Shop, name: &str) -> i64 {
    shop.iom().post("/customers", json!({"name": name})).await.is(201).at("/id").as_i64().expect("an id")
}

/// Places an order and returns its id.
async fn place(shop: &Shop, items: Value) -> i64 {
    placed(&shop.iom(), json!({"items": items})).await
}

async fn placed(client: &Client<'_>, body: Value) -> i64 {
    client.post("/orders", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Takes an order to a status.
async fn step_to(shop: &Shop, order: i64, status: &str) {
    shop.iom().patch(&format!("/orders/{order}/status"), json!({"status": status})).await.is(200);
}

async fn fulfill(shop: &Shop, order: i64) {
    shop.iom().send(post(), &format!("/orders/{order}/fulfill"), None).await.is(200);
}

fn post() -> actix_web::http::Method {
    actix_web::http::Method::POST
}

/// The ids of an order's lines.
async fn lines(shop: &Shop, order: i64) -> Vec<i64> {
    let items = shop.iom().get(&format!("/orders/{order}")).await.is(200).at("/items");
    items.as_array().expect("items").iter().map(|item| item["id"].as_i64().expect("an id")).collect()
}

async fn status(shop: &Shop, order: i64) -> String {
    let status = shop.iom().get(&format!("/orders/{order}")).await.is(200).at("/status");
    status.as_str().expect("a status").to_owned()
}

/// What is on hand of a product, as the dialect says it, and what of it is promised.
async fn stands(shop: &Shop, product: i64) -> (i64, i64) {
    let levels = write(shop, move |tx| stock::of_item(tx, product)).await;
    let reserved: Quantity = levels.iter().map(|level| level.reserved).sum();
    let said = shop.iom().get(&format!("/products/{product}")).await.is(200);
    let rows = said.at("/stock");
    let shown = rows.as_array().expect("rows").iter().map(|row| row["quantity"].as_i64().expect("a whole quantity"));
    assert_eq!(said.at("/total_stock"), json!(shown.sum::<i64>()));
    (said.at("/total_stock").as_i64().expect("a whole quantity"), reserved.as_whole().expect("a whole quantity"))
}

/// What there is of each batch of a product, by number.
async fn batches_of(shop: &Shop, product: i64) -> Vec<(String, i64)> {
    let filter = BatchFilter { product_id: Some(product), ..BatchFilter::default() };
    let mut rows = write(shop, move |tx| batches::list(tx, &filter, &ALL)).await.rows;
    rows.sort_by(|one, other| one.batch.batch_number.cmp(&other.batch.batch_number));
    let left = |quantity: Quantity| quantity.as_whole().expect("a whole quantity");
    rows.into_iter().map(|line| (line.batch.batch_number, left(line.quantity))).collect()
}

/// The numbers of a product's units that are in a status, the oldest first.
async fn units_that_are(shop: &Shop, product: i64, status: &str) -> Vec<String> {
    let filter = SerialFilter { product_id: Some(product), ..SerialFilter::default() };
    let rows = write(shop, move |tx| serials::list(tx, &filter, &ALL)).await.rows;
    let these = rows.into_iter().rev().filter(|line| line.serial.status.as_str() == status);
    these.map(|line| line.serial.serial_number).collect()
}

/// What moved of a product, the oldest first: why, how much, at which cost.
async fn moved(shop: &Shop, product: i64) -> Vec<(&'static str, String, String)> {
    let filter = MovementFilter { product_id: Some(product), ..MovementFilter::default() };
    let rows = write(shop, move |tx| movements::list(tx, &filter, &ALL)).await.rows;
    let cost = |cost: Option<stockbridge_domain::values::Money>| cost.map(|cost| cost.to_string()).unwrap_or_default();
    rows.into_iter().rev().map(|row| (row.kind.as_str(), row.quantity.to_string(), cost(row.unit_cost))).collect()
}

/// Does something to our books that no call of this dialect does.
async fn write<T: Send + 'static>(
    shop: &Shop,
    mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    shop.store.alter(move |lobby| command(&mut lobby.as_system(TenantId::new(1))?)).await.expect("a good command")
}

fn whole(units: i64) -> Quantity {
    Quantity::whole(units).expect("a good quantity")
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
