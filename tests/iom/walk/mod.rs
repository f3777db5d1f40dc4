//! The reference, walked from its first call to its last on the demo data. Every answer is made as documented, and the
//! records that the reference names are as documented too.

mod shape;

use serde_json::{Value, json};
use stockbridge::demo::KEY;

use crate::support::{Client, Reply, Shop, on_the_demo};

/// The reference's calls with their examples, in its order: facts of the contract.
const REFERENCE: &str = include_str!("../../fixtures/iom/reference.json");

/// One call of the walk.
struct Step {
    call: &'static str,
    path: String,
    body: Option<Value>,
    /// The record that must be as documented: the list it stands in, or "" for the answer itself, and the fields in
    /// which it cannot be, since the examples contradict each other or belong to different days.
    record: Option<(&'static str, &'static [&'static str])>,
}

fn step(call: &'static str, path: &str) -> Step {
    Step { call, path: path.to_owned(), body: None, record: None }
}

impl Step {
    fn sending(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn holds(self, list: &'static str, but: &'static [&'static str]) -> Self {
        Self { record: Some((list, but)), ..self }
    }
}

/// The walk; `made` is the id of the product that it makes, so that the documented ones stay.
fn steps(made: i64) -> Vec<Step> {
    let rest =
        [products(made), inventory(), orders(), customers(), suppliers(), places(), reports(), keys(), external()];
    let login = json!({"email": "admin@acme.com", "password": "your-password"});
    let first = step("POST /api/auth/login", "/auth/login").sending(login);
    std::iter::once(first).chain(rest.into_iter().flatten()).collect()
}

fn products(made: i64) -> Vec<Step> {
    let new = json!({"name": "Widget Pro 600", "sku": "WGT-600", "base_price": 49.99, "cost_price": 18.00, "tracking_type": "batch"});
    let made = format!("/products/{made}");
    vec![
        step("GET /api/products", "/products").holds("products", &[]),
        step("GET /api/products/:id", "/products/7").holds("", &["warehouse_name"]),
        step("POST /api/products", "/products").sending(new.clone()).holds("", &["id", "name", "sku", "created_at"]),
        step("PUT /api/products/:id", &made).sending(new).holds("", &[]),
        step("DELETE /api/products/:id", &made).holds("", &[]),
        step("GET /api/products/categories", "/products/categories").holds("categories", &["product_count"]),
        step("GET /api/products/export", "/products/export"),
    ]
}

fn inventory() -> Vec<Step> {
    let adjust =
        json!({"product_id": 7, "warehouse_id": 1, "quantity": 50, "batch_id": 14, "notes": "Cycle count correction"});
    let transfer = json!({"product_id": 7, "from_warehouse_id": 1, "to_warehouse_id": 2, "quantity": 30});
    vec![
        step("GET /api/inventory", "/inventory").holds("inventory", &["warehouse_name"]),
        step("GET /api/inventory/summary", "/inventory/summary"),
        step("GET /api/inventory/alerts", "/inventory/alerts").holds("alerts", &["warehouse_name"]),
        step("GET /api/inventory/movements", "/inventory/movements")
            .holds("movements", &["id", "warehouse_name", "created_at"]),
        step("POST /api/inventory/adjust", "/inventory/adjust").sending(adjust).holds("", &[]),
        step("POST /api/inventory/transfer", "/inventory/transfer").sending(transfer).holds("", &[]),
    ]
}

fn orders() -> Vec<Step> {
    let new =
        json!({"customer_id": 42, "channel": "api", "items": [{"product_id": 7, "quantity": 3, "unit_price": 49.99}]});
    vec![
        step("GET /api/orders", "/orders").holds("orders", &["created_at"]),
        step("GET /api/orders/:id", "/orders/1042").holds("", &["created_at"]),
        step("POST /api/orders", "/orders").sending(new).holds("", &["created_at"]),
        step("PATCH /api/orders/:id/status", "/orders/1041/status")
            .sending(json!({"status": "shipped"}))
            .holds("", &[]),
        step("POST /api/orders/:id/fulfill", "/orders/1043/fulfill").sending(json!({})).holds("", &[]),
        step("GET /api/orders/stats", "/orders/stats"),
        step("GET /api/orders/export", "/orders/export"),
    ]
}

fn customers() -> Vec<Step> {
    let new = json!({"name": "Acme Corp", "email": "second@acme.com", "customer_type": "b2b"});
    let address = json!({
        "type": "shipping", "line1": "45 Pitt St", "city": "Sydney", "state": "NSW", "postcode": "2000", "country": "AU"
    });
    vec![
        // They ordered once more on this walk; `demo` holds what their totals were before.
        step("GET /api/customers", "/customers").holds("customers", &["total_orders", "total_spent"]),
        step("GET /api/customers/:id", "/customers/42").holds("", &["total_orders", "total_spent"]),
        step("POST /api/customers", "/customers").sending(new).holds("", &["email", "created_at"]),
        step("POST /api/customers/:id/addresses", "/customers/42/addresses").sending(address).holds("", &[]),
    ]
}

fn suppliers() -> Vec<Step> {
    let supplier =
        json!({"name": "FastenersPro Pty Ltd", "email": "orders@fastenerspro.com.au", "payment_terms": "Net 30"});
    let line = |product: i64, quantity: i64| json!({"product_id": product, "quantity": quantity, "unit_cost": 0.3});
    let lines = json!([line(14, 3000), line(12, 2000), line(1003, 1000)]);
    vec![
        step("GET /api/suppliers", "/suppliers").holds("suppliers", &["product_count"]),
        step("POST /api/suppliers", "/suppliers").sending(supplier).holds("", &["created_at"]),
        step("GET /api/suppliers/purchase-orders/all", "/suppliers/purchase-orders/all").holds("purchase_orders", &[]),
        step("POST /api/suppliers/purchase-orders", "/suppliers/purchase-orders")
            .sending(json!({"supplier_id": 3, "warehouse_id": 1, "items": lines}))
            .holds("", &["created_at"]),
        step("POST /api/suppliers/purchase-orders/:id/receive", "/suppliers/purchase-orders/89/receive").holds("", &[]),
    ]
}

/// Warehouses, batches and serial numbers.
fn places() -> Vec<Step> {
    let brisbane = json!({"name": "Brisbane Warehouse", "code": "BNE", "city": "Rocklea", "state": "QLD"});
    let batch = json!({"product_id": 7, "batch_number": "BTH-2026-042", "expiry_date": "2028-03-01", "quantity": 500});
    let serial = json!({"product_id": 31, "serial_number": "SN-20260506-0001", "warehouse_id": 1});
    let numbers: Vec<_> = (2..12).map(|number| format!("SN-20260506-{number:04}")).collect();
    vec![
        step("GET /api/warehouses", "/warehouses").holds("warehouses", &["total_skus", "total_value"]),
        step("POST /api/warehouses", "/warehouses").sending(brisbane).holds("", &["created_at"]),
        // Counted and sold from on this walk; `demo` holds the 200 units that were in it.
        step("GET /api/batches", "/batches").holds("batches", &["quantity"]),
        step("GET /api/batches/expiring", "/batches/expiring").holds("batches", &["expiry_date", "days_until_expiry"]),
        step("POST /api/batches", "/batches").sending(batch).holds("", &["created_at"]),
        step("GET /api/serials", "/serials?limit=200").holds("serials", &["warehouse_name"]),
        step("POST /api/serials", "/serials").sending(serial).holds("", &["created_at"]),
        step("POST /api/serials/bulk", "/serials/bulk")
            .sending(json!({"product_id": 31, "warehouse_id": 1, "serials": numbers}))
            .holds("", &[]),
    ]
}

fn reports() -> Vec<Step> {
    let span = "?from=2026-04-01&to=2026-04-30";
    vec![
        step("GET /api/reports/dashboard", "/reports/dashboard"),
        step("GET /api/reports/financial", &format!("/reports/financial{span}")),
        step("GET /api/reports/inventory", "/reports/inventory"),
        step("GET /api/reports/cogs", &format!("/reports/cogs{span}")),
    ]
}

fn keys() -> Vec<Step> {
    let new = json!({"name": "Shopify Connector", "permissions": ["read", "write"]});
    vec![
        step("GET /api/api-keys", "/api-keys").holds("api_keys", &["last_used_at", "created_at"]),
        step("POST /api/api-keys", "/api-keys").sending(new).holds("", &["key", "created_at"]),
        step("DELETE /api/api-keys/:id", "/api-keys/4").holds("", &[]),
        step("GET /api/api-keys/logs/all", "/api-keys/logs/all"),
    ]
}

/// What integrations ask for with a key.
fn external() -> Vec<Step> {
    let new = json!({"channel": "api", "items": [{"product_id": 12, "quantity": 2, "unit_price": 49.99}]});
    let row = |sku: &str, quantity: i64| json!({"sku": sku, "warehouse_id": 1, "quantity": quantity});
    vec![
        step("GET /api/external/products", "/external/products").holds("products", &["total_stock"]),
        step("GET /api/external/products/:sku", "/external/products/WGT-500")
            .holds("", &["warehouse_name", "quantity"]),
        step("GET /api/external/inventory", "/external/inventory").holds("inventory", &["warehouse_name", "quantity"]),
        step("GET /api/external/orders", "/external/orders").holds("orders", &["created_at"]),
        step("POST /api/external/orders", "/external/orders")
            .sending(new)
            .holds("", &["id", "order_number", "created_at"]),
        step("POST /api/external/inventory/sync", "/external/inventory/sync")
            .sending(json!([row("BRK-040", 480), row("BLT-M820", 40), row("ITEM001", 61)]))
            .holds("", &[]),
        step("GET /api/external/customers", "/external/customers").holds("customers", &[]),
    ]
}

#[test]
fn every_call_of_the_reference_is_answered_as_documented() {
    on_the_demo(async |shop| {
        let reference: Vec<Value> = serde_json::from_str(REFERENCE).expect("the reference");
        // The next product's id, which no example names.
        let steps = steps(1004);
        let walked: Vec<_> = steps.iter().map(|step| json!(step.call)).collect();
        let documented: Vec<_> = reference.iter().map(|call| call["call"].clone()).collect();
        assert_eq!(walked, documented, "the walk follows the reference");
        assert_eq!(walked.len(), 53);
        let mut client = shop.iom().without("Authorization");
        for (step, documented) in steps.iter().zip(&reference) {
            let reply = step.take(shop, &client).await;
            step.judge(documented, &reply);
            if let Some(token) = reply_token(step, &reply) {
                client = client.with("Authorization", &format!("Bearer {token}"));
            }
        }
    });
}

#[test]
fn the_documented_refusal_of_a_second_sku_is_said_word_for_word() {
    on_the_demo(async |shop| {
        let reference: Vec<Value> = serde_json::from_str(REFERENCE).expect("the reference");
        let call = reference.iter().find(|call| call["call"] == "POST /api/products").expect("the call");
        let reply = shop.iom().post("/products", call["request"].clone()).await.is(409);
        assert_eq!(reply.at("/error"), json!("SKU already exists for this tenant"));
    });
}

impl Step {
    /// Calls as the reference says: integrations with a key alone.
    async fn take(&self, shop: &Shop, client: &Client<'_>) -> Reply {
        let (method, _) = self.call.split_once(' ').expect("a method");
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        let key = shop.iom().without("Authorization").with("X-API-Key", KEY);
        let client = if self.path.starts_with("/external/") { &key } else { client };
        client.send(method.parse().expect("a method"), &self.path, body).await
    }

    #[track_caller]
    fn judge(&self, documented: &Value, reply: &Reply) {
        let call = self.call;
        assert_eq!(json!(reply.status), documented["status"], "{call}: {}", reply.text());
        let Some(example) = documented.get("response") else {
            assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"), "{call}");
            let disposition = reply.header("content-disposition").unwrap_or_default();
            assert!(disposition.starts_with("attachment"), "{call}: {disposition}");
            assert!(reply.text().lines().count() > 1, "{call}: {}", reply.text());
            return;
        };
        let answer = reply.json();
        let differences = shape::differences(example, &answer);
        assert!(differences.is_empty(), "{call}: {differences:#?}\n{}", reply.text());
        for key in ["page", "limit"].iter().filter(|_| !self.path.contains("limit")) {
            assert!(example.get(key).is_none_or(|value| *value == answer[key]), "{call}: {key} is {}", answer[key]);
        }
        if let Some((list, but)) = self.record {
            self.hold(list, but, example, &answer);
        }
    }

    /// Holds that the record which the reference names is there, with the documented values.
    #[track_caller]
    fn hold(&self, list: &str, but: &[&str], example: &Value, answer: &Value) {
        let (record, answered) = match list {
            "" => (example, vec![answer]),
            list => (&example[list][0], answer[list].as_array().expect("rows").iter().collect()),
        };
        let fields: Vec<_> = record.as_object().expect("a record").iter().collect();
        let differing = |row: &Value| {
            let differs = |(key, value): &&(&String, &Value)| {
                !but.contains(&key.as_str()) && !agrees(value, &row[key.as_str()], but)
            };
            fields.iter().filter(differs).map(|(key, _)| (*key).clone()).collect::<Vec<_>>()
        };
        let best = answered.iter().map(|row| differing(row)).min_by_key(Vec::len);
        let best = best.unwrap_or_else(|| panic!("{}: no rows", self.call));
        assert!(best.is_empty(), "{}: {best:?} are not as documented in {answer:#}", self.call);
    }
}

/// Whether an answer says what is documented, in all fields but some; what it says beside does not count.
fn agrees(documented: &Value, answered: &Value, but: &[&str]) -> bool {
    match (documented, answered) {
        (Value::Object(documented), Value::Object(answered)) => documented.iter().all(|(key, value)| {
            but.contains(&key.as_str()) || answered.get(key).is_some_and(|answered| agrees(value, answered, but))
        }),
        (Value::Array(documented), Value::Array(answered)) => {
            let pairs = documented.iter().zip(answered);
            documented.len() <= answered.len() && pairs.into_iter().all(|(one, other)| agrees(one, other, but))
        }
        _ => documented == answered,
    }
}

/// The token of a log-in, for the calls that follow.
fn reply_token(step: &Step, reply: &Reply) -> Option<String> {
    (step.path == "/auth/login").then(|| reply.at("/token").as_str().expect("a token").to_owned())
}
