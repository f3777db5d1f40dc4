//! Many buy at once: nothing is sold twice, and nobody is turned away for a reason of ours.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::json;

use super::stand::Served;
use super::{Answer, Caller, on_each_engine};
use crate::support::Random;

const CLIENTS: usize = 64;

#[test]
fn a_thousand_units_go_to_exactly_a_thousand_of_64_clients_orders() {
    on_each_engine(|stand| {
        let product = stand.products(1, 1_000)[0];
        let served = stand.serve();
        let sold = all_at_once(&served, CLIENTS, |_, caller| {
            let order = json!({"items": [{"product_id": product, "quantity": 1}]});
            let mut numbers = Vec::new();
            // One refusal is the end: stock never comes back here.
            while let Some(number) = placed(&caller.post("/orders", &order)) {
                numbers.push(number);
            }
            numbers
        });
        let numbers = sold.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(numbers.len(), 1_000, "accepted");
        let numbers = numbers.into_iter().collect::<BTreeSet<_>>();
        let expected = (1..=1_000).map(|number| format!("ORD-{number}")).collect::<BTreeSet<_>>();
        assert_eq!(numbers, expected, "each number once, and none left out");
    });
}

#[test]
fn crossing_orders_of_twenty_lines_never_meet_a_deadlock() {
    on_each_engine(|stand| {
        let products = stand.products(30, 100_000);
        let served = stand.serve();
        let mut random = Random::seeded();
        let sources = (0..32).map(|_| random.fork()).collect::<Vec<_>>();
        all_at_once(&served, sources.len(), |number, caller| {
            let (mut random, mut products) = (sources[number].clone(), products.clone());
            for _ in 0..12 {
                random.shuffle(&mut products);
                let line = |product: &i64| json!({"product_id": product, "quantity": 1 + random.clone().below(3)});
                let order = json!({"items": products.iter().take(20).map(line).collect::<Vec<_>>()});
                let id = caller.post("/orders", &order).is(201).number("/id");
                match random.below(4) {
                    0 => caller.post(&format!("/orders/{id}/fulfill"), &json!({})).is(200),
                    1 => caller.patch(&format!("/orders/{id}/status"), &json!({"status": "cancelled"})).is(200),
                    _ => continue,
                };
            }
        });
    });
}

#[test]
fn the_same_product_twice_in_an_order_is_summed_before_it_is_judged() {
    on_each_engine(|stand| {
        let products = stand.products(2, 20);
        let twice = |product: i64, quantity: i64| {
            let line = json!({"product_id": product, "quantity": quantity});
            json!({"items": [line, line]})
        };
        let served = stand.serve();
        let refused = served.caller().post("/orders", &twice(products[0], 11)).is(409);
        let expected = json!({"sku": "GOODS-0", "requested": 22, "available": 20});
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(refused.at(&format!("/details/0/{key}")), *value, "{}", refused.text());
        }
        served.caller().post("/orders", &twice(products[0], 10)).is(201);
        let sold = all_at_once(&served, 32, |_, caller| placed(&caller.post("/orders", &twice(products[1], 1))));
        assert_eq!(sold.iter().flatten().count(), 10, "two units each of twenty");
    });
}

/// Runs the same work in as many threads, each with a client of its own, from the same moment on.
pub(super) fn all_at_once<T: Send>(
    served: &Served,
    clients: usize,
    work: impl Fn(usize, &mut Caller) -> T + Sync,
) -> Vec<T> {
    let start = Barrier::new(clients);
    let (start, work) = (&start, &work);
    thread::scope(|scope| {
        let client = |number: usize| {
            let mut caller = served.caller();
            scope.spawn(move || {
                start.wait();
                work(number, &mut caller)
            })
        };
        let threads = (0..clients).map(client).collect::<Vec<_>>();
        threads.into_iter().map(|thread| thread.join().expect("no client fails")).collect()
    })
}

/// The number of an order that was accepted; `None` where stock is short, and nothing else will do.
fn placed(answer: &Answer) -> Option<String> {
    if answer.status == 201 {
        let number = answer.at("/order_number");
        return Some(number.as_str().unwrap_or_else(|| panic!("no order number: {}", answer.text())).to_owned());
    }
    assert_eq!(answer.status, 409, "{}", answer.text());
    None
}
