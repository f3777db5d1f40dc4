//! Tracked stock through adjustments and transfers: which batches and units go, and where they come to lie.

use serde_json::{Value, json};

use super::{adjust, column, fields, main, on_hand, refused, stocked, tracked, warehouse};
use crate::support::{Client, Reply, Shop, on_each_engine};

#[test]
fn lowering_a_batch_product_takes_what_expires_first() {
    on_each_engine(async |shop| {
        let (client, product, place) = lots(shop).await;
        // Expired ones go too, undated ones after dated ones, and those that nobody told apart last.
        assert_eq!(adjust(&client, product, place, -7).await.is(200).at("/new_quantity"), json!(14));
        assert_eq!(left(&client).await, [("NEW", 5), ("OLD", 0), ("SOON", 4), ("UNASSIGNED", 2), ("UNDATED", 3)]);
        let movements = client.get("/inventory/movements?limit=2").await.is(200);
        assert_eq!(column(&movements, "movements", "quantity"), [json!(-2), json!(-5)]);
        assert_eq!(column(&movements, "movements", "balance_after"), [json!(14), json!(16)]);
        adjust(&client, product, place, -11).await.is(200);
        assert_eq!(left(&client).await, [("NEW", 0), ("OLD", 0), ("SOON", 0), ("UNASSIGNED", 2), ("UNDATED", 1)]);
        refused(&adjust(&client, product, place, -4).await, 409, "insufficient_stock");
        adjust(&client, product, place, -3).await.is(200);
        assert_eq!(on_hand(&client, product, place).await, json!(0));
    });
}

#[test]
fn a_named_batch_is_the_one_that_changes() {
    on_each_engine(async |shop| {
        let (client, product, place) = lots(shop).await;
        let new = id_of(&client, "NEW").await;
        let change = |quantity: i64, batch: Value| {
            let body = json!({"product_id": product, "warehouse_id": place, "quantity": quantity, "batch_id": batch});
            client.post("/inventory/adjust", body)
        };
        change(-3, new.clone()).await.is(200);
        change(1, new.clone()).await.is(200);
        assert_eq!(left(&client).await, [("NEW", 3), ("OLD", 5), ("SOON", 6), ("UNASSIGNED", 2), ("UNDATED", 3)]);
        assert_eq!(client.get("/inventory/movements?limit=1").await.at("/movements/0/batch_id"), new);
        // More than lies of that batch, though there is enough of others.
        let short = change(-4, new.clone()).await;
        refused(&short, 409, "insufficient_stock");
        assert_eq!(short.at("/details/0/available"), json!(3));
        let other = tracked(&client, "OTHER", "batch").await;
        let body = json!({"product_id": other, "warehouse_id": place, "quantity": 1, "batch_id": new});
        refused(&client.post("/inventory/adjust", body).await, 404, "unknown_reference");
        // Raised without a name, it goes into UNASSIGNED.
        adjust(&client, product, place, 8).await.is(200);
        assert_eq!(left(&client).await, [("NEW", 3), ("OLD", 5), ("SOON", 6), ("UNASSIGNED", 10), ("UNDATED", 3)]);
    });
}

#[test]
fn a_transfer_keeps_the_batches() {
    on_each_engine(async |shop| {
        let (client, product, place) = lots(shop).await;
        let two = warehouse(&client, "TWO").await;
        let carry = |quantity: i64, from: i64, to: i64, batch: Value| {
            let body = json!({
                "product_id": product, "from_warehouse_id": from, "to_warehouse_id": to, "quantity": quantity,
                "batch_id": batch
            });
            client.post("/inventory/transfer", body)
        };
        let (old, soon, new) = (id_of(&client, "OLD").await, id_of(&client, "SOON").await, id_of(&client, "NEW").await);
        carry(7, place, two, Value::Null).await.is(200);
        carry(2, place, two, new.clone()).await.is(200);
        let here = client.get(&format!("/inventory/movements?warehouse_id={two}")).await.is(200);
        assert_eq!(column(&here, "movements", "batch_id"), [new, soon.clone(), old.clone()]);
        assert_eq!(column(&here, "movements", "quantity"), [json!(2), json!(2), json!(5)]);
        assert_eq!(left(&client).await, [("NEW", 5), ("OLD", 5), ("SOON", 6), ("UNASSIGNED", 2), ("UNDATED", 3)]);
        // All that lay of OLD went: there is none left to go, and back it can come.
        refused(&carry(1, place, two, old.clone()).await, 409, "insufficient_stock");
        carry(5, two, place, old).await.is(200);
        assert_eq!(
            (on_hand(&client, product, place).await, on_hand(&client, product, two).await),
            (json!(17), json!(4))
        );
        refused(&carry(5, two, place, soon).await, 409, "insufficient_stock");
    });
}

#[test]
fn lowering_a_serial_product_takes_the_oldest_units() {
    on_each_engine(async |shop| {
        let (client, product, place) = units(shop).await;
        adjust(&client, product, place, -2).await.is(200);
        assert_eq!(standing(&client, "scrapped").await, ["S-1", "S-2"]);
        let named = named(&client, product, place, -1, json!([" s-5 "])).await.is(200);
        assert_eq!(named.at("/new_quantity"), json!(2));
        assert_eq!(standing(&client, "in_stock").await, ["S-3", "S-4"]);
        refused(&adjust(&client, product, place, -3).await, 409, "insufficient_stock");
    });
}

#[test]
fn raising_a_serial_product_names_its_units() {
    on_each_engine(async |shop| {
        let (client, product, place) = units(shop).await;
        let unnamed = adjust(&client, product, place, 2).await;
        refused(&unnamed, 400, "validation_failed");
        assert_eq!(fields(&unnamed), ["serials"]);
        adjust(&client, product, place, -1).await.is(200);
        // One that was lost turns up again, and one that nobody knew.
        named(&client, product, place, 2, json!(["S-1", "S-9"])).await.is(200);
        assert_eq!(standing(&client, "in_stock").await, ["S-1", "S-2", "S-3", "S-4", "S-5", "S-9"]);
        for (quantity, serials) in [
            (1, json!(["S-2"])),
            (2, json!(["S-10", "s-10"])),
            (2, json!(["S-10"])),
            (1, json!(["S-10", "S-11"])),
            (-1, json!(["S-10"])),
            (-2, json!(["S-2", "s-2"])),
            (-2, json!(["S-2"])),
        ] {
            let reply = named(&client, product, place, quantity, serials.clone()).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["serials"], "{quantity} {serials}");
        }
        for half in ["0.5", "-1.5"] {
            let reply = adjust(&client, product, place, half).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["quantity"]);
        }
        assert_eq!(on_hand(&client, product, place).await, json!(6));
    });
}

#[test]
fn a_transfer_carries_units_from_warehouse_to_warehouse() {
    on_each_engine(async |shop| {
        let (client, product, place) = units(shop).await;
        let two = warehouse(&client, "TWO").await;
        let carry = |quantity: i64, from: i64, to: i64, serials: Value| {
            let body = json!({
                "product_id": product, "from_warehouse_id": from, "to_warehouse_id": to, "quantity": quantity,
                "serials": serials
            });
            client.post("/inventory/transfer", body)
        };
        carry(2, place, two, json!([])).await.is(200);
        carry(1, place, two, json!(["S-5"])).await.is(200);
        let there = client.get(&format!("/serials?warehouse_id={two}&status=in_stock")).await.is(200);
        assert_eq!(column(&there, "serials", "serial_number"), [json!("S-5"), json!("S-2"), json!("S-1")]);
        let elsewhere = carry(1, place, two, json!(["S-1"])).await;
        assert!(refused(&elsewhere, 400, "validation_failed").contains("Main Warehouse"));
        refused(&carry(3, place, two, Value::Null).await, 409, "insufficient_stock");
        carry(1, two, place, json!(["S-1"])).await.is(200);
        assert_eq!(
            (on_hand(&client, product, place).await, on_hand(&client, product, two).await),
            (json!(3), json!(2))
        );
    });
}

#[test]
fn a_name_that_its_tracking_does_not_know_is_refused() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (place, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let plain = stocked(&client, "PLAIN").await;
        let (lot, unit) = (tracked(&client, "LOT", "batch").await, tracked(&client, "UNIT", "serial").await);
        adjust(&client, plain, place, 5).await.is(200);
        for (product, extra, field) in [
            (plain, json!({"batch_id": 1}), "batch_id"),
            (plain, json!({"serials": ["S"]}), "serials"),
            (lot, json!({"serials": ["S"]}), "serials"),
            (unit, json!({"batch_id": 1}), "batch_id"),
            (unit, json!({"batch_id": 1, "serials": ["S"]}), "batch_id"),
        ] {
            let mut body = json!({
                "product_id": product, "warehouse_id": place, "from_warehouse_id": place, "to_warehouse_id": two,
                "quantity": 1
            });
            for (key, value) in extra.as_object().expect("an object") {
                body[key] = value.clone();
            }
            for path in ["/inventory/adjust", "/inventory/transfer"] {
                let reply = client.post(path, body.clone()).await;
                refused(&reply, 400, "validation_failed");
                assert_eq!(fields(&reply), [field], "{path} {extra}");
            }
        }
    });
}

/// A product with 21 units: 2 in UNASSIGNED, 3 undated, 5 good for long, 6 soon to expire, 5 expired.
async fn lots(shop: &Shop) -> (Client<'_>, i64, i64) {
    let client = shop.iom();
    let (product, place) = (tracked(&client, "LOT", "batch").await, main(&client).await);
    adjust(&client, product, place, 2).await.is(200);
    for (number, expiry, quantity) in [
        ("UNDATED", None, 3),
        ("NEW", Some("2998-01-01"), 5),
        ("SOON", Some("2997-01-01"), 6),
        ("OLD", Some("2020-01-01"), 5),
    ] {
        let body = json!({"product_id": product, "batch_number": number, "expiry_date": expiry, "quantity": quantity});
        client.post("/batches", body).await.is(201);
    }
    (client, product, place)
}

/// A product with the units S-1 to S-5.
async fn units(shop: &Shop) -> (Client<'_>, i64, i64) {
    let client = shop.iom();
    let (product, place) = (tracked(&client, "UNIT", "serial").await, main(&client).await);
    let body = json!({"product_id": product, "serials": ["S-1", "S-2", "S-3", "S-4", "S-5"]});
    client.post("/serials/bulk", body).await.is(201);
    (client, product, place)
}

/// What is on hand of each batch, by number.
async fn left(client: &Client<'_>) -> Vec<(&'static str, i64)> {
    let list = client.get("/batches").await.is(200);
    let (numbers, quantities) = (column(&list, "batches", "batch_number"), column(&list, "batches", "quantity"));
    let on_hand = |wanted: &str| {
        let at = numbers.iter().position(|number| number == wanted).expect("the batch");
        quantities[at].as_i64().expect("a whole quantity")
    };
    ["NEW", "OLD", "SOON", "UNASSIGNED", "UNDATED"].map(|number| (number, on_hand(number))).to_vec()
}

async fn id_of(client: &Client<'_>, number: &str) -> Value {
    let list = client.get("/batches").await.is(200);
    let at = column(&list, "batches", "batch_number").iter().position(|known| known == number);
    column(&list, "batches", "id")[at.expect("the batch")].clone()
}

async fn named(client: &Client<'_>, product: i64, place: i64, quantity: i64, serials: Value) -> Reply {
    let body = json!({"product_id": product, "warehouse_id": place, "quantity": quantity, "serials": serials});
    client.post("/inventory/adjust", body).await
}

/// The numbers of the units that have become this, sorted.
async fn standing(client: &Client<'_>, status: &str) -> Vec<String> {
    let list = client.get(&format!("/serials?status={status}")).await.is(200);
    let numbers = column(&list, "serials", "serial_number");
    let mut numbers: Vec<_> = numbers.iter().map(|number| number.as_str().expect("a number").to_owned()).collect();
    numbers.sort();
    numbers
}
