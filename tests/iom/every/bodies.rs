//! A good body for each operation that takes one. What is wrong is then put into it, field by field.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::things::{self, Things, UNKNOWN};
use super::{Operation, all, with, with_bodies};
use crate::support::{Client, Shop, on_each_engine};

/// Who can call every operation: a token, and a key where the document knows of keys.
pub(super) struct Hands<'s> {
    user: Client<'s>,
    key: Option<Client<'s>>,
}

impl<'s> Hands<'s> {
    pub(super) async fn of(user: Client<'s>) -> Self {
        let key = if all().iter().any(|operation| operation.takes_a_key) {
            let made = things::key(&user, &["read", "write"]).await;
            Some(user.clone().without("Authorization").with("X-API-Key", &made.key))
        } else {
            None
        };
        Self { user, key }
    }

    /// The client that may call an operation.
    pub(super) fn for_the(&self, operation: &Operation) -> &Client<'s> {
        if operation.takes_a_key { self.key.as_ref().expect("a key") } else { &self.user }
    }
}

/// The good body of an operation. `mark` goes into what must be unique.
pub(super) fn of(operation: &Operation, things: &Things, mark: &str) -> Value {
    let id = |kind: &str| things.get(kind);
    match operation.id.as_str() {
        "log_in" => json!({"email": "admin@shop.example", "password": "your-password"}),
        "create_product" | "replace_product" => {
            json!({"name": mark, "sku": mark, "base_price": 1, "tracking_type": "batch", "category_id": id("category")})
        }
        "change_product" | "replace_category" | "change_user" | "change_settings" => json!({"name": mark}),
        "create_category" => json!({"name": mark, "parent_id": id("category")}),
        "adjust_inventory" => json!({
            "product_id": id("product"), "warehouse_id": id("warehouse"), "quantity": -1, "batch_id": id("batch"),
            "expected_quantity": null
        }),
        "transfer_inventory" => json!({
            "product_id": id("product"), "from_warehouse_id": id("warehouse"),
            "to_warehouse_id": id("second warehouse"), "quantity": 1, "batch_id": id("batch")
        }),
        "set_reorder_level" => {
            json!({"product_id": id("product"), "warehouse_id": id("warehouse"), "reorder_level": 5})
        }
        "create_order" | "create_external_order" => json!({
            "customer_id": id("customer"), "warehouse_id": id("warehouse"), "channel": "api",
            "shipping_address": {"line1": mark}, "items": [{"product_id": id("product"), "quantity": 1, "unit_price": 2}]
        }),
        "update_order_status" => json!({"status": "paid"}),
        "fulfill_order" => {
            json!({"items": [{"order_item_id": id("order line"), "quantity_fulfilled": 1, "batch_id": id("batch")}]})
        }
        "return_order_items" => json!({"items": [{"order_item_id": id("shipped line"), "quantity": 1}]}),
        "create_customer" => json!({"name": mark, "email": format!("{mark}@mail.example"), "customer_type": "b2b"}),
        "add_customer_address" => json!({"line1": mark, "type": "billing"}),
        "create_supplier" | "replace_supplier" => json!({"name": mark, "lead_time_days": 3}),
        "create_purchase_order" => json!({
            "supplier_id": id("supplier"), "warehouse_id": id("warehouse"), "expected_date": "2026-05-10",
            "items": [{"product_id": id("product"), "quantity": 1, "unit_cost": 2}]
        }),
        "receive_purchase_order" => json!({
            "items": [{"po_item_id": id("purchase line"), "quantity": 1, "batch_number": mark, "expiry_date": "2099-01-01"}]
        }),
        "update_purchase_order_status" => json!({"status": "ordered"}),
        "create_warehouse" | "replace_warehouse" => json!({"name": mark, "code": mark}),
        "create_batch" => json!({
            "product_id": id("product"), "batch_number": mark, "warehouse_id": id("warehouse"), "quantity": 1,
            "manufacture_date": "2026-01-01", "expiry_date": "2099-01-01"
        }),
        "create_serial" => {
            json!({"product_id": id("serial product"), "serial_number": mark, "warehouse_id": id("warehouse")})
        }
        "create_serials" => {
            json!({"product_id": id("serial product"), "serials": [mark], "warehouse_id": id("warehouse")})
        }
        "replace_customer" => json!({"name": mark, "email": format!("{mark}@mail.example")}),
        "replace_customer_address" => json!({"line1": mark}),
        "add_product_image" => json!({"url": format!("https://images.example/{mark}.png")}),
        "update_product_image" => json!({"is_primary": true}),
        "create_variant" | "replace_variant" => {
            json!({"name": mark, "sku": mark, "price": 1, "options": {"size": mark}})
        }
        "create_api_key" => json!({"name": mark, "permissions": ["read"], "expires_at": "2099-01-01"}),
        "change_own_password" => json!({"current_password": "your-password", "new_password": "your-password"}),
        "create_user" => json!({
            "name": mark, "email": format!("{mark}@mail.example"), "role": "viewer", "password": "a good password"
        }),
        "reset_user_password" => json!({"password": "a good password"}),
        "sync_inventory" => json!([{"sku": id("sku"), "warehouse_id": id("warehouse"), "quantity": 5}]),
        other => panic!("bodies::of has no line for {other}"),
    }
}

/// A body that names a thing in one field. Those that can be named in one of two ways are named in this one.
pub(super) fn naming(body: &Value, pointer: &str, thing: Value) -> Value {
    let mut body = with(body, pointer, thing);
    if let Some(line) = pointer.strip_suffix("/product_id").and_then(|line| body.pointer_mut(line)) {
        line.as_object_mut().expect("a line").remove("po_item_id");
    }
    body
}

#[test]
fn every_good_body_is_good() {
    on_each_engine(async |shop| {
        let things = Things::of(&shop.iom(), "ours").await;
        let hands = Hands::of(shop.iom()).await;
        for (number, operation) in with_bodies().into_iter().enumerate() {
            let body = of(&operation, &things, &format!("good-{number}"));
            let path = things.path(&operation);
            let reply = operation.send(hands.for_the(&operation), &path, Some(body.to_string())).await;
            assert!((200..300).contains(&reply.status), "{}: {}", operation.id, reply.text());
        }
        only_known_things_are_named(shop, &things).await;
    });
}

/// A table of good bodies is worth something only while a wrong id in any of them is refused.
async fn only_known_things_are_named(shop: &Shop, things: &Things) {
    let hands = Hands::of(shop.iom_as(Role::Manager)).await;
    for operation in with_bodies().iter().filter(|operation| !operation.takes_a_key) {
        for spot in operation.spots() {
            let field = spot.pointer.rsplit('/').next().expect("a field");
            if things.in_field(operation, field).is_none() {
                continue;
            }
            let unknown: i64 = UNKNOWN.parse().expect("a number");
            let body = naming(&of(operation, things, "wrong"), &spot.pointer, json!(unknown));
            let path = things.path(operation);
            let reply = operation.send(hands.for_the(operation), &path, Some(body.to_string())).await;
            assert_eq!(reply.status, 404, "{} of {}: {}", spot.name, operation.id, reply.text());
            let named = super::super::fields(&reply);
            assert_eq!(named, [spot.name.as_str()], "{}: {}", operation.id, reply.text());
        }
    }
}
