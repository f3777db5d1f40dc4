//! One of each kind of thing, in any shop: what ids in paths, queries and bodies refer to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Operation, all};
use crate::support::Client;

/// An id that nobody's thing has.
pub(super) const UNKNOWN: &str = "999999999";

/// The things of one shop: the id, or the name in a path, by kind.
pub(super) struct Things(BTreeMap<&'static str, Value>);

/// An API key, while its text is known.
pub(super) struct Key {
    pub(super) id: Value,
    pub(super) key: String,
}

/// What the last word before a parameter of a path tells of its kind.
const IN_PATHS: &[(&str, &str)] = &[
    ("products", "product"),
    ("categories", "category"),
    ("orders", "order"),
    ("customers", "customer"),
    ("addresses", "address"),
    ("suppliers", "supplier"),
    ("purchase-orders", "purchase"),
    ("warehouses", "warehouse"),
    ("images", "image"),
    ("variants", "variant"),
    ("users", "user"),
    ("api-keys", "key"),
];

/// The kind of the thing that a field of a body or query names.
const IN_FIELDS: &[(&str, &str)] = &[
    ("product_id", "product"),
    ("warehouse_id", "warehouse"),
    ("from_warehouse_id", "warehouse"),
    ("to_warehouse_id", "second warehouse"),
    ("category_id", "category"),
    ("category", "category"),
    ("parent_id", "category"),
    ("customer_id", "customer"),
    ("supplier_id", "supplier"),
    ("batch_id", "batch"),
    ("order_item_id", "order line"),
    ("po_item_id", "purchase line"),
    ("api_key_id", "key"),
    ("key_id", "key"),
    ("user_id", "user"),
];

impl Things {
    /// Makes one of each kind, through the calls of the dialect. `mark` tells this shop's things from another's.
    pub(super) async fn of(client: &Client<'_>, mark: &str) -> Self {
        let mut things = Self(BTreeMap::new());
        let main = client.get("/warehouses").await.is(200).at("/warehouses/0/id");
        things.0.insert("warehouse", main.clone());
        things.0.insert("sku", json!(format!("PLAIN-{mark}")));
        let product = |sku: &str, tracking: &str| {
            let sku = format!("{sku}-{mark}");
            json!({"name": sku, "sku": sku, "base_price": 5, "cost_price": 2, "tracking_type": tracking})
        };
        for (kind, path, body) in [
            ("category", "/products/categories", json!({"name": mark})),
            ("product", "/products", product("BATCHED", "batch")),
            ("plain", "/products", product("PLAIN", "none")),
            ("serial product", "/products", product("UNIT", "serial")),
            ("second warehouse", "/warehouses", json!({"name": mark, "code": format!("TWO-{mark}")})),
            ("customer", "/customers", json!({"name": mark})),
            ("supplier", "/suppliers", json!({"name": mark})),
        ] {
            things.make(client, kind, path, body).await;
        }
        let (batched, plain, customer) = (&things.get("product"), &things.get("plain"), things.get("customer"));
        let lines = json!([{"product_id": batched, "quantity": 2}, {"product_id": plain, "quantity": 2}]);
        let stock = json!({"product_id": batched, "batch_number": mark, "quantity": 50});
        let unit = json!({"product_id": things.get("serial product"), "serial_number": mark});
        let purchase = json!({"supplier_id": things.get("supplier"), "warehouse_id": main, "items": lines});
        let order = json!({"customer_id": customer, "items": lines});
        things.make(client, "batch", "/batches", stock).await;
        things.make(client, "serial", "/serials", unit).await;
        let more = json!({"product_id": plain, "warehouse_id": main, "quantity": 50});
        client.post("/inventory/adjust", more).await.is(200);
        things.make(client, "address", &format!("/customers/{customer}/addresses"), json!({"line1": mark})).await;
        for kind in ["purchase", "draft"] {
            things.make(client, kind, "/suppliers/purchase-orders", purchase.clone()).await;
        }
        for kind in ["order", "open order", "shipped order"] {
            things.make(client, kind, "/orders", order.clone()).await;
        }
        let shipped = things.get("shipped order");
        client.post(&format!("/orders/{shipped}/fulfill"), json!({})).await.is(200);
        for (kind, path, of) in [
            ("order line", "/orders", "order"),
            ("shipped line", "/orders", "shipped order"),
            ("purchase line", "/suppliers/purchase-orders", "purchase"),
        ] {
            let whole = client.get(&format!("{path}/{}", things.get(of))).await.is(200);
            things.0.insert(kind, whole.at("/items/0/id"));
        }
        things.extend(client, mark).await;
        things
    }

    /// What only some documents know how to make: a line for each.
    async fn extend(&mut self, client: &Client<'_>, mark: &str) {
        let product = self.get("product");
        let email = format!("{mark}@users.example");
        let user = json!({"email": email, "name": mark, "role": "viewer", "password": "correct horse battery"});
        for (operation, kind, path, body) in [
            ("create_variant", "variant", format!("/products/{product}/variants"), json!({"name": mark})),
            (
                "add_product_image",
                "image",
                format!("/products/{product}/images"),
                json!({"url": "https://mail.example/a.png"}),
            ),
            ("create_user", "user", "/users".to_owned(), user),
            ("create_api_key", "key", "/api-keys".to_owned(), json!({"name": mark})),
            (
                "add_product_image",
                "image",
                format!("/products/{product}/images"),
                json!({"url": format!("https://images.example/{mark}.png")}),
            ),
            (
                "create_user",
                "user",
                "/users".to_owned(),
                json!({"name": mark, "email": format!("{mark}@mail.example"), "role": "staff", "password": "a good password"}),
            ),
        ] {
            if is_documented(operation) {
                self.make(client, kind, &path, body).await;
            }
        }
    }

    async fn make(&mut self, client: &Client<'_>, kind: &'static str, path: &str, body: Value) {
        self.0.insert(kind, client.post(path, body).await.is(201).at("/id"));
    }

    /// The thing of a kind.
    #[track_caller]
    pub(super) fn get(&self, kind: &str) -> Value {
        self.0.get(kind).unwrap_or_else(|| panic!("Things makes no {kind}")).clone()
    }

    /// The thing that a parameter of an operation's path names.
    pub(super) fn in_path(&self, operation: &Operation, parameter: &str) -> Value {
        let special = match (operation.id.as_str(), parameter) {
            (_, "sku") => "sku",
            ("return_order_items", "id") => "shipped order",
            ("update_order_status", "id") => "open order",
            ("update_purchase_order_status", "id") => "draft",
            _ => {
                let (before, _) = operation.path.split_once(&format!("/{{{parameter}}}")).expect("a parameter");
                let word = before.rsplit('/').next().expect("a word");
                let found = IN_PATHS.iter().find(|(known, _)| *known == word);
                found.unwrap_or_else(|| panic!("{word} of {} is not among IN_PATHS", operation.path)).1
            }
        };
        self.get(special)
    }

    /// The thing that a field names; nothing for fields that name none.
    pub(super) fn in_field(&self, operation: &Operation, field: &str) -> Option<Value> {
        if !(field.ends_with("_id") || IN_FIELDS.iter().any(|(known, _)| *known == field)) {
            return None;
        }
        let found = IN_FIELDS.iter().find(|(known, _)| *known == field);
        let kind = found.unwrap_or_else(|| panic!("{field} of {} is not among IN_FIELDS", operation.id)).1;
        Some(self.get(kind))
    }

    /// The path of an operation about these things.
    pub(super) fn path(&self, operation: &Operation) -> String {
        operation.filled(|parameter| plain(&self.in_path(operation, parameter)))
    }
}

/// Makes an API key.
pub(super) async fn key(client: &Client<'_>, permissions: &[&str]) -> Key {
    let reply = client.post("/api-keys", json!({"name": "Connector", "permissions": permissions})).await.is(201);
    Key { id: reply.at("/id"), key: reply.at("/key").as_str().expect("a key").to_owned() }
}

/// How a value stands in a path or query.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_documented(id: &str) -> bool {
    all().iter().any(|operation| operation.id == id)
}
