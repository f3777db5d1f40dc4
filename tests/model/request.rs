//! Operations as requests: method, path and body.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::shop::{Act, Dialect, Figure, Model, Named, Of, Receipt, Way};
use super::words::{self, NOBODY, figure};
use crate::support::Random;

/// A request, of which a person can make another.
#[derive(Debug, Clone)]
pub struct Request {
    pub dialect: Dialect,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
}

impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = if self.dialect == Dialect::Iom { "/api" } else { "/api/v3" };
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        write!(f, "{} {prefix}{} {body}", self.method, self.path)
    }
}

/// How an operation is asked for, as the shop stands.
pub fn of(model: &Model, act: &Act, random: &mut Random) -> Request {
    let ids = Ids(model);
    let (method, path, body) = match act {
        Act::Create { through, words } => {
            let path = if *through == Dialect::Iom { "/products" } else { "/inventory/items" };
            (Method::POST, path.to_owned(), Some(words::body(&model.lists, *through, words, random)))
        }
        Act::Write { item, way, changes } => written(model, *item, *way, changes, random),
        Act::Delete { item } => (Method::DELETE, format!("/products/{}", ids.item(*item)), None),
        Act::Adjust { item, place, quantity, expected, named } => {
            let mut body = object(json!({"product_id": ids.item(*item), "warehouse_id": ids.place(*place)}));
            body.insert("quantity".to_owned(), figure(*quantity, random));
            if let Some(expected) = expected {
                body.insert("expected_quantity".to_owned(), expected.number());
            }
            match named {
                Named::Nothing => {}
                Named::Lot(lot) => {
                    let lot = model.items.get(*item).and_then(|item| item.lots.get(*lot)?.id);
                    body.insert("batch_id".to_owned(), json!(lot.unwrap_or(NOBODY)));
                }
                Named::Serials(numbers) => {
                    body.insert("serials".to_owned(), json!(numbers));
                }
            }
            post("/inventory/adjust", Value::Object(body))
        }
        Act::Transfer { item, from, to, quantity } => {
            let (from, to) = (ids.place(*from), ids.place(*to));
            let body = json!({"product_id": ids.item(*item), "from_warehouse_id": from, "to_warehouse_id": to,
                "quantity": figure(*quantity, random), "notes": "to be nearer"});
            post("/inventory/transfer", body)
        }
        Act::Reorder { item, place, level } => {
            let body = json!({"product_id": ids.item(*item), "warehouse_id": ids.place(*place),
                "reorder_level": figure(*level, random)});
            (Method::PUT, "/inventory/reorder-level".to_owned(), Some(body))
        }
        Act::Batch { item, place, number, expiry, quantity } => {
            let body = json!({"product_id": ids.item(*item), "warehouse_id": ids.place(*place), "batch_number": number,
                "expiry_date": expiry, "quantity": figure(*quantity, random)});
            post("/batches", body)
        }
        Act::Serials { item, place, numbers } => {
            let body = json!({"product_id": ids.item(*item), "warehouse_id": ids.place(*place), "serials": numbers});
            post("/serials/bulk", body)
        }
        Act::Order { place, lines, backorder } => {
            let mut body = object(json!({"items": ids.lines(lines, "unit_price", random)}));
            if let Some(place) = place {
                body.insert("warehouse_id".to_owned(), json!(ids.place(*place)));
            }
            if *backorder {
                body.insert("allow_backorder".to_owned(), json!(true));
            }
            post("/orders", Value::Object(body))
        }
        Act::OrderStatus { order, to } => {
            (Method::PATCH, format!("/orders/{}/status", ids.order(*order)), Some(json!({"status": to})))
        }
        Act::Fulfil { order, parts } => {
            let part = |(line, quantity): &(usize, Figure)| {
                let line = ids.order_line(*order, *line);
                json!({"order_item_id": line, "quantity_fulfilled": quantity.number()})
            };
            let body = parts.as_ref().map_or_else(|| json!({}), |parts| json!({"items": list(parts, part)}));
            post(&format!("/orders/{}/fulfill", ids.order(*order)), body)
        }
        Act::Return { order, parts } => {
            let part = |(line, quantity, restock): &(usize, Figure, bool)| {
                let line = ids.order_line(*order, *line);
                json!({"order_item_id": line, "quantity": quantity.number(), "restock": restock})
            };
            post(&format!("/orders/{}/returns", ids.order(*order)), json!({"items": list(parts, part)}))
        }
        Act::Purchase { place, lines } => {
            let lines = ids.lines(lines, "unit_cost", random);
            let body = json!({"supplier_id": model.lists.supplier, "warehouse_id": ids.place(*place), "items": lines});
            post("/suppliers/purchase-orders", body)
        }
        Act::PurchaseStatus { purchase, to } => {
            let path = format!("/suppliers/purchase-orders/{}/status", ids.purchase(*purchase));
            (Method::PATCH, path, Some(json!({"status": to})))
        }
        Act::Receive { purchase, parts } => {
            let part = |part: &Receipt| ids.receipt(*purchase, part);
            let body = parts.as_ref().map_or_else(|| json!({}), |parts| json!({"items": list(parts, part)}));
            post(&format!("/suppliers/purchase-orders/{}/receive", ids.purchase(*purchase)), body)
        }
    };
    Request { dialect: act.dialect(), method, path, body }
}

type Parts = (Method, String, Option<Value>);

fn written(model: &Model, item: usize, way: Way, changes: &super::shop::Changes, random: &mut Random) -> Parts {
    let id = Ids(model).item(item);
    match way {
        Way::Put => {
            let body = words::body(&model.lists, Dialect::Iom, changes, random);
            (Method::PUT, format!("/products/{id}"), Some(body))
        }
        Way::Patch(Dialect::Iom) => {
            let body = words::body(&model.lists, Dialect::Iom, changes, random);
            (Method::PATCH, format!("/products/{id}"), Some(body))
        }
        Way::Patch(Dialect::SimBiz) => {
            let body = words::body(&model.lists, Dialect::SimBiz, changes, random);
            let id = random.pick(&[format!("1-1-{id}"), id.to_string()]).clone();
            (Method::PATCH, format!("/inventory/items/{id}"), Some(body))
        }
    }
}

fn post(path: &str, body: Value) -> Parts {
    (Method::POST, path.to_owned(), Some(body))
}

fn list<T>(parts: &[T], part: impl Fn(&T) -> Value) -> Vec<Value> {
    parts.iter().map(part).collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// The server's ids of what the model knows by handles.
struct Ids<'m>(&'m Model);

impl Ids<'_> {
    fn item(&self, at: usize) -> i64 {
        self.0.items.get(at).map_or(NOBODY, |item| item.id)
    }

    fn place(&self, at: usize) -> i64 {
        self.0.lists.places.get(at).map_or(NOBODY, |place| place.id)
    }

    fn order(&self, at: usize) -> i64 {
        self.0.orders.get(at).map_or(NOBODY, |order| order.id)
    }

    fn order_line(&self, order: usize, line: usize) -> i64 {
        self.0.orders.get(order).and_then(|order| order.lines.get(line)).map_or(NOBODY, |line| line.id)
    }

    fn purchase(&self, at: usize) -> i64 {
        self.0.purchases.get(at).map_or(NOBODY, |purchase| purchase.id)
    }

    fn lines(&self, lines: &[(usize, Figure, Option<Figure>)], price: &str, random: &mut Random) -> Vec<Value> {
        let mut line = |(item, quantity, each): &(usize, Figure, Option<Figure>)| {
            let mut line = json!({"product_id": self.item(*item), "quantity": figure(*quantity, random)});
            if let Some(each) = each {
                line[price] = figure(*each, random);
            }
            line
        };
        lines.iter().map(&mut line).collect()
    }

    fn receipt(&self, purchase: usize, Receipt { of, quantity, lot, serials }: &Receipt) -> Value {
        let mut part = json!({"quantity": quantity.number()});
        match of {
            Of::Line(line) => {
                let lines = self.0.purchases.get(purchase).map(|purchase| purchase.lines.as_slice());
                let id = lines.and_then(|lines| lines.get(*line)).map_or(NOBODY, |line| line.id);
                part["po_item_id"] = json!(id);
            }
            Of::Item(item) => part["product_id"] = json!(self.item(*item)),
        }
        if let Some((number, expiry)) = lot {
            (part["batch_number"], part["expiry_date"]) = (json!(number), json!(expiry));
        }
        if !serials.is_empty() {
            part["serials"] = json!(serials);
        }
        part
    }
}
