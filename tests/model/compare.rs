//! What both dialects show, held against the model: what an operation touched, after each.

use serde_json::{Value, json};

use super::play::{Held, Player, Reach};
use super::shop::{Act, Balance, Dialect, Field, Figure, Line, Model, Order, Purchase};
use super::words;
use crate::support::{Client, Reply};

/// Holds that what was found is what was expected: all of it, but for keys that are not expected.
///
/// # Errors
/// Where the two differ first.
pub fn holds(expected: &Value, found: &Value) -> Held {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let found = found.get(key).ok_or_else(|| format!("{key} is missing"))?;
                holds(value, found).map_err(|what| format!("{key}: {what}"))?;
            }
            Ok(())
        }
        (Value::Array(expected), Value::Array(found)) => {
            for (at, (value, found)) in expected.iter().zip(found).enumerate() {
                holds(value, found).map_err(|what| format!("[{at}]: {what}"))?;
            }
            match (expected.len(), found.len()) {
                (expected, found) if expected == found => Ok(()),
                (expected, found) => Err(format!("{expected} entries are expected, {found} are there")),
            }
        }
        (expected, found) if expected == found => Ok(()),
        (expected, found) => Err(format!("{expected} is expected, {found} is there")),
    }
}

/// Compares what an operation touched in the views of both dialects.
///
/// # Errors
/// What is not as the model has it.
pub async fn touched(player: &mut Player<'_>, act: &Act, reach: &Reach) -> Held {
    let [iom, simbiz] = [Dialect::Iom, Dialect::SimBiz].map(|dialect| player.client(dialect));
    if let Some(one) = reach.one {
        if reach.looks_at_item {
            // One of the ways to it each time.
            let way = player.chance.random.below(4);
            item_in_simbiz(&player.model, &simbiz, one, way).await?;
            item_in_iom(&player.model, &iom, one).await?;
        }
        if reach.looks_at_stock {
            // An item by itself shows what is on hand as well.
            if !reach.looks_at_item {
                stock_in_iom(&player.model, &iom, one).await?;
            }
            stock_in_simbiz(&player.model, &simbiz, &reach.items).await?;
        }
    }
    let model = &player.model;
    match act {
        Act::OrderStatus { order: at, .. } | Act::Fulfil { order: at, .. } | Act::Return { order: at, .. } => {
            let Some(known) = model.orders.get(*at) else { return Ok(()) };
            order(model, known, &iom.get(&format!("/orders/{}", known.id)).await.json())
        }
        Act::PurchaseStatus { purchase: at, .. } | Act::Receive { purchase: at, .. } => {
            let Some(known) = model.purchases.get(*at) else { return Ok(()) };
            purchase(model, known, &iom.get(&format!("/suppliers/purchase-orders/{}", known.id)).await.json())
        }
        _ => Ok(()),
    }
}

async fn item_in_simbiz(model: &Model, simbiz: &Client<'_>, at: usize, way: usize) -> Held {
    let item = &model.items[at];
    let (sku, barcode) = (item.text(Field::Sku), item.text(Field::Barcode));
    // Codes of removed items may be somebody else's by now; ids never are.
    let (path, owner) = match way {
        0 => (format!("by-code/{}", encoded(sku)), model.by_code(sku)),
        1 if !barcode.is_empty() => (format!("by-barcode/{}", encoded(barcode)), model.by_barcode(barcode)),
        2 => (format!("by-barcode/{}", encoded(sku)), model.by_barcode(sku)),
        _ => (format!("1-1-{}", item.id), model.is_live(at).then_some(at)),
    };
    let shown = simbiz.get(&format!("/inventory/items/{path}")).await;
    let outcome = match owner {
        Some(owner) if shown.status == 200 => whole(&words::item(model, owner), &shown.at("/data")),
        None if shown.status == 404 => holds(&json!("V3_INV_ITEM_NOT_FOUND"), &shown.at("/errors/0/code")),
        owner => Err(format!("{} is answered; the model has {owner:?}", shown.text())),
    };
    outcome.map_err(|what| format!("GET /api/v3/inventory/items/{path}: {what}"))
}

async fn item_in_iom(model: &Model, iom: &Client<'_>, at: usize) -> Held {
    let path = format!("/products/{}", model.items[at].id);
    let shown = iom.get(&path).await;
    let outcome = match model.is_live(at) {
        true if shown.status == 200 => whole(&words::product(model, at), &shown.json()),
        false if shown.status == 404 => Ok(()),
        live => Err(format!("{} is answered; in the model it is there: {live}", shown.text())),
    };
    outcome.map_err(|what| format!("GET /api{path}: {what}"))
}

async fn stock_in_iom(model: &Model, iom: &Client<'_>, at: usize) -> Held {
    let path = format!("/inventory?product_id={}", model.items[at].id);
    let rows = model.places_of(at).map(|(place, balance)| level(model, at, place, balance)).collect::<Vec<_>>();
    shown_as(iom, &path, "/inventory", &Value::Array(rows)).await
}

async fn stock_in_simbiz(model: &Model, simbiz: &Client<'_>, items: &[usize]) -> Held {
    let codes = items.iter().map(|at| encoded(model.items[*at].text(Field::Sku))).collect::<Vec<_>>().join(",");
    let owners = items.iter().filter_map(|at| model.by_code(model.items[*at].text(Field::Sku)));
    let mut owners = owners.collect::<Vec<_>>();
    owners.sort_by_key(|at| model.items[*at].id);
    owners.dedup();
    let rows = owners.iter().flat_map(|at| model.places_of(*at).map(|(place, row)| balance(model, *at, place, row)));
    let rows = rows.collect::<Vec<_>>();
    shown_as(simbiz, &format!("/inventory/stocks/by-location?item_codes={codes}"), "/data", &Value::Array(rows)).await
}

/// Holds that a path shows this at a place in its answer.
pub async fn shown_as(client: &Client<'_>, path: &str, pointer: &str, expected: &Value) -> Held {
    let shown: Reply = client.get(path).await;
    let found = if shown.status == 200 { holds(expected, &shown.at(pointer)) } else { Err(shown.text().to_owned()) };
    found.map_err(|what| format!("GET {path}: {what}"))
}

/// As [`holds`], and no key beyond those that are expected.
pub fn whole(expected: &Value, found: &Value) -> Held {
    holds(expected, found)?;
    let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
    let beyond = keys(found).unwrap_or_default().into_iter().find(|key| expected.get(key).is_none());
    beyond.map_or(Ok(()), |key| Err(format!("{key} is there, of which the model knows nothing")))
}

/// Holds that an order is shown as it is.
///
/// # Errors
/// What is shown otherwise.
pub fn order(model: &Model, order: &Order, shown: &Value) -> Held {
    let mut expected = order_row(model, order);
    expected["items"] = order.lines.iter().map(|line| order_line(model, line)).collect();
    holds(&expected, shown).map_err(|what| format!("order {}: {what}", order.id))
}

/// Holds that a purchase order is shown as it is.
///
/// # Errors
/// What is shown otherwise.
pub fn purchase(model: &Model, purchase: &Purchase, shown: &Value) -> Held {
    let mut expected = purchase_row(model, purchase);
    expected["items"] = purchase.lines.iter().map(|line| purchase_line(model, line)).collect();
    holds(&expected, shown).map_err(|what| format!("purchase order {}: {what}", purchase.id))
}

/// An order in IOM's list.
pub fn order_row(model: &Model, order: &Order) -> Value {
    json!({
        "id": order.id,
        "order_number": order.number,
        "customer_id": null,
        "status": order.status,
        "channel": "manual",
        "total_amount": order.total().money(),
        "item_count": order.lines.len(),
        "warehouse_id": model.lists.places[order.place].id,
    })
}

/// A purchase order in IOM's list.
pub fn purchase_row(model: &Model, purchase: &Purchase) -> Value {
    json!({
        "id": purchase.id,
        "po_number": purchase.number,
        "supplier_id": model.lists.supplier,
        "status": purchase.status,
        "total_amount": purchase.total().money(),
        "item_count": purchase.lines.len(),
        "warehouse_id": model.lists.places[purchase.place].id,
    })
}

fn order_line(model: &Model, line: &Line) -> Value {
    json!({
        "id": line.id,
        "product_id": model.items[line.item].id,
        "sku": line.sku,
        "product_name": line.name,
        "quantity": line.quantity.number(),
        "unit_price": line.unit_price.money(),
        "quantity_fulfilled": line.fulfilled.number(),
        "quantity_returned": line.returned.number(),
        "line_total": line.amount().money(),
    })
}

fn purchase_line(model: &Model, line: &Line) -> Value {
    json!({
        "id": line.id,
        "product_id": model.items[line.item].id,
        "sku": line.sku,
        "product_name": line.name,
        "quantity": line.quantity.number(),
        "unit_cost": line.unit_price.money(),
        "quantity_received": line.fulfilled.number(),
        "line_total": line.amount().money(),
    })
}

/// A stock row in IOM.
pub fn level(model: &Model, at: usize, place: usize, balance: &Balance) -> Value {
    let (item, place) = (&model.items[at], &model.lists.places[place]);
    json!({
        "product_id": item.id,
        "sku": item.text(Field::Sku),
        "product_name": item.text(Field::Name),
        "warehouse_id": place.id,
        "warehouse_name": place.name,
        "quantity": balance.quantity.number(),
        "reorder_level": balance.reorder_level.number(),
        "reserved_quantity": balance.reserved.number(),
    })
}

/// The same row in SimBiz.
pub fn balance(model: &Model, at: usize, place: usize, balance: &Balance) -> Value {
    let (item, place) = (&model.items[at], &model.lists.places[place]);
    let id = words::simbiz_id(Some(place.id));
    let figure = Figure::plain;
    json!({
        "item_id": words::simbiz_id(Some(item.id)),
        "item_code": item.text(Field::Sku),
        "item_name": item.text(Field::Name),
        "item_barcode": item.text(Field::Barcode),
        "organization_id": "1-1",
        "organization_code": "SHOP",
        "branch_id": id,
        "branch_code": place.code,
        "location_id": id,
        "location_code": place.code,
        "location_name": place.name,
        "uom_code": item.entry(Field::BaseUom, &model.lists).map(|entry| entry.code.as_str()).unwrap_or_default(),
        "qty": figure(balance.quantity),
        "reserved_qty": figure(balance.reserved),
        "available_qty": figure(balance.quantity - balance.reserved),
        "updated": words::simbiz_time(balance.updated_at),
    })
}

/// A text as a path or a query can hold it.
pub fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}
