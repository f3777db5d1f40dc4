//! Fulfilling: in part, by batch, by serial number, and never more than is ordered or there.

use serde_json::{Value, json};

use super::super::{fields, refused};
use super::{
    batch, batches_of, fulfill, goods, lines, made, moved, place, placed, post, stands, status, units, units_that_are,
};
use crate::support::on_each_engine;

#[test]
fn an_order_is_fulfilled_part_by_part() {
    on_each_engine(async |shop| {
        let (one, two) = (goods(shop, "ONE", json!(1), 10).await, goods(shop, "TWO", json!(1), 10).await);
        let order = place(shop, json!([{"product_id": one, "quantity": 4}, {"product_id": two, "quantity": 3}])).await;
        let path = format!("/orders/{order}/fulfill");
        let [first, second] = lines(shop, order).await[..] else { panic!("two lines") };
        let fulfil = async |items: Value| shop.iom().post(&path, json!({"items": items})).await;
        let reply = fulfil(json!([{"order_item_id": first, "quantity_fulfilled": 1.5}])).await.is(200);
        let said = r#"{"message":"Fulfillment recorded","fulfilled_items":1,"order_status":"fulfilling"}"#;
        assert_eq!(reply.text(), said);
        let seen = shop.iom().get(&format!("/orders/{order}")).await.is(200);
        assert_eq!(
            (seen.at("/items/0/quantity_fulfilled"), seen.at("/items/1/quantity_fulfilled")),
            (json!(1.5), json!(0))
        );
        // A line that is named twice is touched once, and its parts count together.
        let twice = json!([{"order_item_id": first, "quantity_fulfilled": 2}, {"order_item_id": first, "quantity_fulfilled": "0.6"}]);
        let reply = fulfil(twice).await;
        refused(&reply, 409, "over_fulfilment");
        let detail = reply.at("/details/0");
        assert_eq!((&detail["requested"], &detail["available"]), (&json!(0.6), &json!(0.5)));
        let twice = json!([
            {"order_item_id": first, "quantity_fulfilled": 2}, {"order_item_id": second, "quantity_fulfilled": 1},
            {"order_item_id": first, "quantity_fulfilled": "0.5"}
        ]);
        assert_eq!(fulfil(twice).await.is(200).at("/fulfilled_items"), json!(2));
        assert_eq!((stands(shop, one).await, stands(shop, two).await), ((6, 0), (9, 2)));
        for over in [first, second] {
            let reply = fulfil(json!([{"order_item_id": over, "quantity_fulfilled": 3}])).await;
            refused(&reply, 409, "over_fulfilment");
        }
        assert_eq!((status(shop, order).await.as_str(), stands(shop, two).await), ("fulfilling", (9, 2)));
        let rest = shop.iom().post(&path, json!({"items": null})).await.is(200);
        assert_eq!((rest.at("/fulfilled_items"), rest.at("/order_status")), (json!(1), json!("fulfilled")));
        assert_eq!(stands(shop, two).await, (7, 0));
    });
}

#[test]
fn without_a_body_everything_leaves() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        for body in
            [None, Some(Vec::new()), Some(b"  ".to_vec()), Some(b"{}".to_vec()), Some(b"{\"items\":null}".to_vec())]
        {
            let order =
                place(shop, json!([{"product_id": product, "quantity": 1}, {"product_id": product, "quantity": 1}]))
                    .await;
            let reply = shop.iom().send(post(), &format!("/orders/{order}/fulfill"), body).await.is(200);
            assert_eq!((reply.at("/fulfilled_items"), reply.at("/order_status")), (json!(2), json!("fulfilled")));
        }
        assert_eq!(stands(shop, product).await, (0, 0));
    });
}

#[test]
fn a_line_of_another_order_is_unknown() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let items = json!([{"product_id": product, "quantity": 1}]);
        let (order, other) = (place(shop, items.clone()).await, place(shop, items).await);
        let (own, foreign) = (lines(shop, order).await[0], lines(shop, other).await[0]);
        for line in [foreign, 99_999] {
            let parts = json!([{"order_item_id": own, "quantity_fulfilled": 1}, {"order_item_id": line, "quantity_fulfilled": 1}]);
            let reply = shop.iom().post(&format!("/orders/{order}/fulfill"), json!({"items": parts})).await;
            refused(&reply, 404, "unknown_reference");
            assert_eq!(fields(&reply), ["items[1].order_item_id"]);
        }
        assert_eq!(stands(shop, product).await, (10, 2));
    });
}

#[test]
fn what_expires_first_leaves_first_and_what_has_expired_stays() {
    on_each_engine(async |shop| {
        let product = made(shop, "MILK", json!(1), "batch").await;
        for (number, expires_in, quantity) in [
            ("LATE", Some(90), 5),
            ("NONE", None, 5),
            ("GONE", Some(-1), 5),
            ("SOON", Some(3), 5),
            ("TODAY", Some(0), 5),
        ] {
            batch(shop, product, number, expires_in, quantity).await;
        }
        let left = async || batches_of(shop, product).await.into_iter().map(|(_, left)| left).collect::<Vec<_>>();
        // In the order of their numbers: GONE, LATE, NONE, SOON, TODAY.
        for (quantity, expected) in
            [(3, [5, 5, 5, 5, 2]), (3, [5, 5, 5, 4, 0]), (8, [5, 1, 5, 0, 0]), (4, [5, 0, 2, 0, 0])]
        {
            let order = place(shop, json!([{"product_id": product, "quantity": quantity}])).await;
            fulfill(shop, order).await;
            assert_eq!(left().await, expected, "after {quantity} more");
        }
        // Seven are on hand, five of them expired: they can be promised, since they are there, but not shipped.
        let order = place(shop, json!([{"product_id": product, "quantity": 3}])).await;
        let reply = shop.iom().post(&format!("/orders/{order}/fulfill"), json!({})).await;
        refused(&reply, 409, "insufficient_stock");
        assert_eq!(reply.at("/details/0/available"), json!(2));
        assert_eq!((left().await, stands(shop, product).await), (vec![5, 0, 2, 0, 0], (7, 3)));
    });
}

#[test]
fn a_batch_that_is_named_is_the_one_that_leaves() {
    on_each_engine(async |shop| {
        let product = made(shop, "MILK", json!(1), "batch").await;
        batch(shop, product, "A", Some(3), 5).await;
        let later = batch(shop, product, "B", Some(90), 5).await;
        let plain = goods(shop, "PLAIN", json!(1), 5).await;
        let order =
            place(shop, json!([{"product_id": product, "quantity": 7}, {"product_id": plain, "quantity": 1}])).await;
        let [milk, other] = lines(shop, order).await[..] else { panic!("two lines") };
        let path = format!("/orders/{order}/fulfill");
        let named = |line: i64, quantity: i64, batch: i64| json!({"items": [{"order_item_id": line, "quantity_fulfilled": quantity, "batch_id": batch}]});
        shop.iom().post(&path, named(milk, 4, later)).await.is(200);
        assert_eq!(batches_of(shop, product).await, [("A".to_owned(), 5), ("B".to_owned(), 1)]);
        let reply = shop.iom().post(&path, named(milk, 2, later)).await;
        refused(&reply, 409, "insufficient_stock");
        let reply = shop.iom().post(&path, named(milk, 1, 99_999)).await;
        refused(&reply, 404, "unknown_reference");
        let reply = shop.iom().post(&path, named(other, 1, later)).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(stands(shop, product).await, (6, 3));
        // A named batch and a free pick of the same product do not get in each other's way.
        let parts = json!({"items": [
            {"order_item_id": milk, "quantity_fulfilled": 2},
            {"order_item_id": milk, "quantity_fulfilled": 1, "batch_id": later}
        ]});
        shop.iom().post(&path, parts).await.is(200);
        assert_eq!(batches_of(shop, product).await, [("A".to_owned(), 3), ("B".to_owned(), 0)]);
    });
}

#[test]
fn the_oldest_units_leave_unless_others_are_named() {
    on_each_engine(async |shop| {
        let product = made(shop, "UNIT", json!(1), "serial").await;
        units(shop, product, &["E", "D", "C", "B", "A"]).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 4}])).await;
        let line = lines(shop, order).await[0];
        let path = format!("/orders/{order}/fulfill");
        let part = |quantity: i64, serials: Value| json!({"items": [{"order_item_id": line, "quantity_fulfilled": quantity, "serials": serials}]});
        shop.iom().post(&path, part(1, json!(["b"]))).await.is(200);
        assert_eq!(units_that_are(shop, product, "sold").await, ["B"]);
        for (quantity, serials) in [(2, json!(["A"])), (1, json!(["B"])), (1, json!(["X"])), (2, json!(["A", "a"]))] {
            let reply = shop.iom().post(&path, part(quantity, serials.clone())).await;
            refused(&reply, 400, "validation_failed");
        }
        assert_eq!(stands(shop, product).await, (4, 3));
        shop.iom().post(&path, part(2, json!([]))).await.is(200);
        assert_eq!(units_that_are(shop, product, "sold").await, ["E", "D", "B"]);
        fulfill(shop, order).await;
        assert_eq!(units_that_are(shop, product, "in_stock").await, ["A"]);
        assert_eq!(stands(shop, product).await, (1, 0));
    });
}

#[test]
fn a_shipment_keeps_the_cost_of_its_day() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(10), 10).await;
        let cost = async |cost: Value| {
            shop.iom().patch(&format!("/products/{product}"), json!({"cost_price": cost})).await.is(200);
        };
        let order = placed(&shop.iom(), json!({"items": [{"product_id": product, "quantity": 2}]})).await;
        let line = lines(shop, order).await[0];
        let one = json!({"items": [{"order_item_id": line, "quantity_fulfilled": 1}]});
        cost(json!("3.5")).await;
        shop.iom().post(&format!("/orders/{order}/fulfill"), one.clone()).await.is(200);
        cost(json!(4)).await;
        shop.iom().post(&format!("/orders/{order}/fulfill"), one).await.is(200);
        cost(json!(5)).await;
        let shipped = moved(shop, product).await.split_off(1);
        let expected = [("shipment", "-1", "3.50"), ("shipment", "-1", "4.00")];
        assert_eq!(shipped, expected.map(|(kind, quantity, cost)| (kind, quantity.to_owned(), cost.to_owned())));
    });
}
