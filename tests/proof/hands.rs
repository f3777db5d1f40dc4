//! Many hands on one thing: each effect happens once.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stockbridge_domain::orders::{self, Line, Order, Status};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::stock::levels;
use stockbridge_domain::values::Quantity;

use super::sales::all_at_once;
use super::stand::Served;
use super::{Caller, Stand, on_each_engine};

const ORDERS: usize = 12;

#[test]
fn fulfilling_cancelling_and_returning_one_order_at_once_has_each_effect_once() {
    on_each_engine(|stand| {
        let product = stand.products(1, 1_000)[0];
        let served = stand.serve();
        let mut gone = 0;
        for _ in 0..ORDERS {
            let mut caller = served.caller();
            let order = json!({"items": [{"product_id": product, "quantity": 10}]});
            let id = caller.post("/orders", &order).is(201).number("/id");
            let item = caller.get(&format!("/orders/{id}")).is(200).number("/items/0/id");
            let fulfilled = scramble(&served, id, item);
            let (order, line) = read(stand, id);
            assert_eq!(line.fulfilled, units(fulfilled), "what was said to leave is what left: {order:?}");
            let ended = if fulfilled == 10 { Status::Fulfilled } else { Status::Cancelled };
            assert_eq!((order.status, line.is_open), (ended, false));
            gone += fulfilled - give_back(&served, id, item, &line);
        }
        let filter = levels::LevelFilter { product_id: Some(product), ..levels::LevelFilter::default() };
        let window = Window { start: Start::Page(1), limit: 1 };
        let level = stand.run(move |tx| levels::list(tx, &filter, &window)).rows.remove(0);
        assert_eq!((level.quantity, level.reserved), (units(1_000 - gone), units(0)));
    });
}

/// Eight hands at once: all of it, a part of it, none of it. Returns how many units were said to leave.
fn scramble(served: &Served, id: i64, item: i64) -> i64 {
    let (fulfil, status) = (format!("/orders/{id}/fulfill"), format!("/orders/{id}/status"));
    let part = json!({"items": [{"order_item_id": item, "quantity_fulfilled": 4}]});
    let answers = all_at_once(served, 8, |number, caller| match number % 4 {
        0 => ("all", caller.post(&fulfil, &json!({}))),
        1 => ("cancel", caller.patch(&status, &json!({"status": "cancelled"}))),
        _ => ("part", caller.post(&fulfil, &part)),
    });
    for (what, answer) in &answers {
        assert!(answer.status == 200 || answer.status == 409, "{what}: {} {}", answer.status, answer.text());
    }
    let count = |wanted: &str| answers.iter().filter(|(what, answer)| *what == wanted && answer.is_done()).count();
    assert!(count("all") <= 1, "all of it left twice");
    assert!(count("part") <= 2, "more left than was ordered");
    assert!(count("all") == 0 || count("cancel") == 0, "it was fulfilled and cancelled");
    if count("all") == 1 { 10 } else { 4 * i64::try_from(count("part")).expect("a small number") }
}

/// Everything that left comes back, four times at once. Returns how many units came back.
fn give_back(served: &Served, id: i64, item: i64, line: &Line) -> i64 {
    let all = line.fulfilled.as_whole().expect("whole units");
    if all == 0 {
        return 0;
    }
    let body = json!({"items": [{"order_item_id": item, "quantity": all, "restock": true}]});
    let answers = all_at_once(served, 4, |_, caller| caller.post(&format!("/orders/{id}/returns"), &body));
    for answer in &answers {
        assert!(answer.is_done() || answer.status == 409, "{} {}", answer.status, answer.text());
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_done()).count(), 1, "it came back once");
    all
}

fn read(stand: &Stand, id: i64) -> (Order, Line) {
    let (order, mut lines) = stand.run(move |tx| orders::get(tx, id));
    (order, lines.remove(0))
}

fn units(units: i64) -> Quantity {
    Quantity::whole(units).expect("a small number")
}

const KEYS: usize = 200;
const SENDERS: usize = 5;

#[test]
fn five_senders_of_one_idempotency_key_get_the_same_bytes_and_one_order() {
    on_each_engine(|stand| {
        let products = stand.products(5, 10_000);
        let served = stand.serve();
        // Ten groups of five, each group at its own keys: five senders meet at every key.
        let groups = 10;
        let answers = all_at_once(&served, groups * SENDERS, |number, caller| {
            let keys = (0..KEYS).filter(|key| key % groups == number / SENDERS);
            keys.map(|key| (key, send(caller, key, &products))).collect::<Vec<_>>()
        });
        let mut by_key: BTreeMap<usize, Vec<(bool, Vec<u8>)>> = BTreeMap::new();
        for (key, answer) in answers.into_iter().flatten() {
            by_key.entry(key).or_default().push(answer);
        }
        assert_eq!(by_key.len(), KEYS);
        for (key, answers) in by_key {
            assert_eq!(answers.len(), SENDERS);
            assert_eq!(answers.iter().filter(|(is_replay, _)| !is_replay).count(), 1, "key {key} was new once");
            assert!(answers.iter().all(|(_, body)| *body == answers[0].1), "key {key}: other bytes");
        }
        let window = Window { start: Start::Page(1), limit: 1 };
        let listed = stand.run(move |tx| orders::list(tx, &orders::OrderFilter::default(), &window));
        assert_eq!(usize::try_from(listed.total).expect("a small number"), KEYS, "one order for each key");
        // The same key for something else is refused, and does nothing.
        let other: Value = json!({"items": [{"product_id": products[0], "quantity": 9}]});
        let refused = served.caller().send("POST", "/orders", &other, Some("key 0")).expect("an answer");
        assert_eq!(refused.status, 422, "{}", refused.text());
    });
}

fn send(caller: &mut Caller, key: usize, products: &[i64]) -> (bool, Vec<u8>) {
    let order = json!({"items": [{"product_id": products[key % products.len()], "quantity": 1 + key % 3}]});
    let answer = caller.send("POST", "/orders", &order, Some(&format!("key {key}"))).expect("an answer").is(201);
    (answer.is_replay, answer.body)
}
