//! Returns: goods come back into stock, into the batches they left, or not at all.

use serde_json::{Value, json};

use super::super::{fields, refused};
use super::{batch, batches_of, fulfill, goods, lines, made, moved, place, stands, status, units, units_that_are};
use crate::support::on_each_engine;

#[test]
fn what_comes_back_is_booked_and_told() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!("2.50"), 10).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 4}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        let path = format!("/orders/{order}/returns");
        let reply = shop.iom().post(&path, json!({"items": [{"order_item_id": line, "quantity": 1}]})).await.is(200);
        let said = format!(
            concat!(
                r#"{{"message":"Return recorded","returned_items":1,"items":[{{"id":{},"product_id":{},"sku":"ONE","#,
                r#""product_name":"Product ONE","quantity":4,"unit_price":"2.50","quantity_fulfilled":4,"#,
                r#""quantity_returned":1,"line_total":"10.00"}}]}}"#
            ),
            line, product
        );
        assert_eq!(reply.text(), said);
        assert_eq!(stands(shop, product).await, (7, 0));
        let aside = json!({"items": [{"order_item_id": line, "quantity": 2, "restock": false}]});
        shop.iom().post(&path, aside).await.is(200);
        assert_eq!(stands(shop, product).await, (7, 0), "not restocked");
        let reply = shop.iom().post(&path, json!({"items": [{"order_item_id": line, "quantity": 2}]})).await;
        refused(&reply, 409, "over_return");
        let detail = reply.at("/details/0");
        assert_eq!((&detail["requested"], &detail["available"]), (&json!(2), &json!(1)));
        let twice = json!({"items": [{"order_item_id": line, "quantity": 1}, {"order_item_id": line, "quantity": 1}]});
        refused(&shop.iom().post(&path, twice).await, 409, "over_return");
        assert_eq!((stands(shop, product).await, status(shop, order).await.as_str()), ((7, 0), "fulfilled"));
        let order = shop.iom().get(&format!("/orders/{order}")).await.is(200);
        assert_eq!((order.at("/items/0/quantity_returned"), order.at("/total_amount")), (json!(3), json!("10.00")));
    });
}

#[test]
fn nothing_comes_back_that_has_not_left() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let items = json!([{"product_id": product, "quantity": 4}]);
        let (order, other) = (place(shop, items.clone()).await, place(shop, items).await);
        let (line, foreign) = (lines(shop, order).await[0], lines(shop, other).await[0]);
        let path = format!("/orders/{order}/returns");
        let back = |line: i64| json!({"items": [{"order_item_id": line, "quantity": 1}]});
        refused(&shop.iom().post(&path, back(line)).await, 409, "over_return");
        let reply = shop.iom().post(&path, back(foreign)).await;
        refused(&reply, 404, "unknown_reference");
        assert_eq!(fields(&reply), ["items[0].order_item_id"]);
        assert_eq!(stands(shop, product).await, (10, 8));
    });
}

#[test]
fn goods_go_back_into_the_batches_they_left_at_the_cost_they_left() {
    on_each_engine(async |shop| {
        let product = made(shop, "MILK", json!(1), "batch").await;
        let path = format!("/products/{product}");
        shop.iom().patch(&path, json!({"cost_price": "3.00"})).await.is(200);
        batch(shop, product, "A", Some(3), 2).await;
        batch(shop, product, "B", Some(90), 5).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 4}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        assert_eq!(batches_of(shop, product).await, [("A".to_owned(), 0), ("B".to_owned(), 3)]);
        shop.iom().patch(&path, json!({"cost_price": "9.00"})).await.is(200);
        let back = async |quantity: i64| {
            let body = json!({"items": [{"order_item_id": line, "quantity": quantity}]});
            shop.iom().post(&format!("/orders/{order}/returns"), body).await.is(200);
        };
        back(3).await;
        back(1).await;
        assert_eq!(batches_of(shop, product).await, [("A".to_owned(), 2), ("B".to_owned(), 5)]);
        let returned = moved(shop, product).await.into_iter().filter(|(kind, ..)| *kind == "return");
        let returned = returned.map(|(_, quantity, cost)| (quantity.parse::<i64>().expect("a number"), cost));
        let returned = returned.collect::<Vec<_>>();
        assert_eq!(returned.iter().map(|(quantity, _)| quantity).sum::<i64>(), 4);
        assert!(returned.iter().all(|(_, cost)| cost == "3.00"), "{returned:?}");
    });
}

#[test]
fn units_come_back_as_named_or_those_that_left_last() {
    on_each_engine(async |shop| {
        let product = made(shop, "UNIT", json!(1), "serial").await;
        units(shop, product, &["A", "B", "C", "D", "E"]).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 4}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        let path = format!("/orders/{order}/returns");
        let back = async |quantity: Value, serials: Value, restock: bool| {
            let part = json!({"order_item_id": line, "quantity": quantity, "serials": serials, "restock": restock});
            shop.iom().post(&path, json!({"items": [part]})).await
        };
        back(json!(1), json!(["b"]), true).await.is(200);
        assert_eq!(units_that_are(shop, product, "in_stock").await, ["B", "E"]);
        back(json!(1), json!(["A"]), false).await.is(200);
        assert_eq!(units_that_are(shop, product, "returned").await, ["A"]);
        assert_eq!(stands(shop, product).await, (2, 0));
        for (quantity, serials) in [
            (json!(1), json!(["B"])),
            (json!(1), json!(["E"])),
            (json!(1), json!(["C", "D"])),
            (json!(2), json!(["C", "C"])),
            (json!(0.5), json!([])),
        ] {
            let reply = back(quantity.clone(), serials.clone(), true).await;
            refused(&reply, 400, "validation_failed");
        }
        back(json!(1), json!([]), true).await.is(200);
        assert_eq!(units_that_are(shop, product, "sold").await, ["C"]);
        assert_eq!(stands(shop, product).await, (3, 0));
    });
}

#[test]
fn serial_numbers_of_goods_without_them_are_refused() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 1}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        let part = json!({"items": [{"order_item_id": line, "quantity": 1, "serials": ["A"]}]});
        refused(&shop.iom().post(&format!("/orders/{order}/returns"), part).await, 400, "validation_failed");
        assert_eq!(stands(shop, product).await, (9, 0));
    });
}

#[test]
fn goods_of_a_product_that_is_gone_come_back_but_into_no_stock() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        shop.iom().delete(&format!("/products/{product}")).await.is(200);
        let path = format!("/orders/{order}/returns");
        let part = |restock: bool| json!({"items": [{"order_item_id": line, "quantity": 1, "restock": restock}]});
        refused(&shop.iom().post(&path, part(true)).await, 400, "validation_failed");
        let reply = shop.iom().post(&path, part(false)).await.is(200);
        assert_eq!(reply.at("/items/0/quantity_returned"), json!(1));
    });
}

#[test]
fn a_part_of_a_unit_does_not_come_back_restocked_or_not() {
    on_each_engine(async |shop| {
        let product = made(shop, "UNIT", json!(1), "serial").await;
        units(shop, product, &["A"]).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 1}])).await;
        let line = lines(shop, order).await[0];
        fulfill(shop, order).await;
        let path = format!("/orders/{order}/returns");
        for restock in [true, false] {
            let part = json!({"order_item_id": line, "quantity": 0.5, "restock": restock});
            refused(&shop.iom().post(&path, json!({"items": [part]})).await, 400, "validation_failed");
        }
        let aside = json!({"items": [{"order_item_id": line, "quantity": 1, "restock": false}]});
        shop.iom().post(&path, aside).await.is(200);
        assert_eq!(units_that_are(shop, product, "returned").await, ["A"]);
    });
}

#[test]
fn goods_that_are_told_apart_otherwise_since_they_left_come_back_as_their_product_is_now() {
    on_each_engine(async |shop| {
        for (before, after) in [
            ("none", "serial"),
            ("none", "batch"),
            ("batch", "none"),
            ("batch", "serial"),
            ("serial", "none"),
            ("serial", "batch"),
        ] {
            let product = match before {
                "none" => goods(shop, &format!("{before}-{after}"), json!(1), 2).await,
                _ => made(shop, &format!("{before}-{after}"), json!(1), before).await,
            };
            match before {
                "batch" => drop(batch(shop, product, "B", None, 2).await),
                "serial" => units(shop, product, &["S", "T"]).await,
                _ => {}
            }
            let order = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
            let line = lines(shop, order).await[0];
            fulfill(shop, order).await;
            shop.iom().patch(&format!("/products/{product}"), json!({"tracking_type": after})).await.is(200);
            let part = json!({"items": [{"order_item_id": line, "quantity": 1}]});
            let reply = shop.iom().post(&format!("/orders/{order}/returns"), part).await;
            if after == "serial" {
                // Nobody knows which unit that would be.
                refused(&reply, 400, "validation_failed");
                assert_eq!(stands(shop, product).await, (0, 0), "{before} -> {after}");
            } else {
                reply.is(200);
                assert_eq!(stands(shop, product).await, (1, 0), "{before} -> {after}");
            }
        }
    });
}
