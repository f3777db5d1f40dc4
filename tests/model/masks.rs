//! What one server says, without what another cannot say alike: ids become the order in which things were made,
//! instants and names of requests go. A refused operation uses up an id on one engine and not on the other.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::request::Request;
use super::shop::{Act, Model};
use crate::support::Reply;

/// What was answered to an operation.
pub fn answer(model: &Model, act: &Act, request: &Request, reply: &Reply) -> String {
    let body = view(model, &reply.json());
    format!("{} {:?} {} {body}", act.kind(), request.dialect, reply.status)
}

/// What was shown.
pub fn view(model: &Model, shown: &Value) -> Value {
    Masks::of(model).value(shown)
}

/// Handles by ids.
struct Masks {
    items: BTreeMap<i64, usize>,
    orders: BTreeMap<i64, usize>,
}

impl Masks {
    fn of(model: &Model) -> Self {
        let items = model.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let orders = model.orders.iter().enumerate().map(|(at, order)| (order.id, at)).collect();
        Self { items, orders }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|value| self.value(value)).collect(),
            Value::Object(object) => self.object(object),
            other => other.clone(),
        }
    }

    fn object(&self, object: &Map<String, Value>) -> Value {
        let mut masked = Map::new();
        for (key, value) in object {
            let handle = |handles: &BTreeMap<i64, usize>| json!(number(value).and_then(|id| handles.get(&id)));
            let value = match key.as_str() {
                "created_at" | "updated_at" | "updated" | "request_id" | "next_cursor" | "expires_at" | "ids" => {
                    continue;
                }
                "item_id" | "product_id" => handle(&self.items),
                "id" if object.contains_key("order_number") => handle(&self.orders),
                "id" if object.contains_key("base_price") => handle(&self.items),
                // Of lines, batches and purchase orders the rest tells which they are; what was looked up is no id.
                "id" | "order_item_id" | "po_item_id" | "batch_id" => continue,
                "error" | "message" => json!(without_digits(value)),
                _ => self.value(value),
            };
            masked.insert(key.clone(), value);
        }
        Value::Object(masked)
    }
}

fn number(value: &Value) -> Option<i64> {
    let text = value.as_str().and_then(|text| text.rsplit('-').next()?.parse().ok());
    value.as_i64().or(text)
}

/// Figures of a text become one sign each: they may be ids.
fn without_digits(value: &Value) -> String {
    let mut masked = String::new();
    for letter in value.as_str().unwrap_or_default().chars() {
        match letter {
            '0'..='9' if masked.ends_with('#') => {}
            '0'..='9' => masked.push('#'),
            letter => masked.push(letter),
        }
    }
    masked
}
