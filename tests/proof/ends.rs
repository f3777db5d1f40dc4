//! However the server ends, the books hold what it said: nothing that was acknowledged is lost, nothing is half done.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use stockbridge_domain::orders::{self, OrderFilter, Status};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::stock::movements::{self, Kind, MovementFilter};

use super::stand::{Served, WAREHOUSE};
use super::{Answer, Caller, Lost, Stand, on_each_engine};
use crate::support::Random;

const WRITERS: usize = 16;
const ROUNDS: usize = 10;

/// What was asked for, with the key under which it may be asked for again.
#[derive(Clone)]
struct Request {
    key: String,
    method: &'static str,
    path: String,
    body: Value,
}

/// A client that writes without end and keeps book of what it was told.
struct Writer {
    name: usize,
    random: Random,
    products: Vec<i64>,
    sent: usize,
    /// Asked, and not answered yet.
    pending: Option<Request>,
    /// Asked, and said to be done.
    done: Vec<(Request, Answer)>,
    /// What came of answers that broke off.
    halves: Vec<String>,
}

#[test]
fn a_killed_server_loses_nothing_that_it_acknowledged() {
    on_each_engine(|stand| {
        let mut random = Random::seeded();
        let mut writers = writers(stand, &mut random);
        for round in 0..ROUNDS {
            let served = stand.serve();
            let load = Duration::from_millis(u64::try_from(150 + random.below(450)).expect("a short time"));
            let cut = under_load(served, &mut writers, |served| {
                thread::sleep(load);
                served.kill();
            });
            assert!(cut > 0, "round {round}: the kill came when nobody asked for anything");
            stand.verify();
        }
        // What was cut off is asked for again under its key, so that all of it was done once.
        let served = stand.serve();
        for writer in &mut writers {
            let resumed = writer.resume(&mut served.caller());
            assert!(resumed.is_ok(), "a living server answers");
        }
        assert!(served.terminate().success());
        nothing_is_lost(stand, &writers);
    });
}

#[test]
fn a_server_that_is_told_to_stop_answers_what_it_accepted() {
    on_each_engine(|stand| {
        let mut writers = writers(stand, &mut Random::seeded());
        for _ in 0..3 {
            let status = Mutex::new(None);
            under_load(stand.serve(), &mut writers, |served| {
                thread::sleep(Duration::from_millis(300));
                *status.lock().expect("a status") = Some(served.terminate());
            });
            let status = status.into_inner().expect("a status").expect("it ended");
            assert_eq!(status.code(), Some(0), "{status}");
            // Never half an answer, and never an effect without one.
            for writer in &mut writers {
                assert!(writer.halves.is_empty(), "{:?}", writer.halves);
                writer.pending = None;
            }
            nothing_is_lost(stand, &writers);
        }
    });
}

fn writers(stand: &Stand, random: &mut Random) -> Vec<Writer> {
    let products = stand.products(20, 1_000_000);
    let writer = |name| {
        let (random, products) = (random.fork(), products.clone());
        Writer { name, random, products, sent: 0, pending: None, done: Vec::new(), halves: Vec::new() }
    };
    (0..WRITERS).map(writer).collect()
}

/// Lets all writers write until the server has ended. Returns how many were left without an answer.
fn under_load(served: Served, writers: &mut [Writer], end: impl FnOnce(Served)) -> usize {
    let over = AtomicBool::new(false);
    let over = &over;
    thread::scope(|scope| {
        for writer in &mut *writers {
            let mut caller = served.caller();
            scope.spawn(move || writer.write_until_cut(&mut caller, over));
        }
        end(served);
        over.store(true, Ordering::Release);
    });
    writers.iter().filter(|writer| writer.pending.is_some()).count()
}

impl Writer {
    fn write_until_cut(&mut self, caller: &mut Caller, over: &AtomicBool) {
        loop {
            match self.resume(caller) {
                Ok(()) => self.pending = Some(self.next()),
                Err(Lost::Half(part)) => return self.halves.push(part),
                Err(Lost::Silent) => return,
            }
            assert!(!over.load(Ordering::Acquire), "a server that has ended answers");
        }
    }

    /// Sends what is not answered yet, if anything.
    fn resume(&mut self, caller: &mut Caller) -> Result<(), Lost> {
        let Some(request) = self.pending.clone() else { return Ok(()) };
        let Request { key, method, path, body } = &request;
        let answer = caller.send(method, path, body, Some(key))?;
        assert!(answer.is_done(), "{method} {path} {body}: {} {}", answer.status, answer.text());
        self.done.push((request, answer));
        self.pending = None;
        Ok(())
    }

    /// Something to ask for: mostly a new order, sometimes the next step of one, sometimes a correction of stock.
    fn next(&mut self) -> Request {
        self.sent += 1;
        let key = format!("writer {} request {}", self.name, self.sent);
        let product = self.products[self.random.below(self.products.len())];
        if self.random.below(5) == 0 {
            let body = json!({"product_id": product, "warehouse_id": WAREHOUSE, "quantity": 1});
            return Request { key, method: "POST", path: "/inventory/adjust".to_owned(), body };
        }
        let last = self.done.last().filter(|(request, _)| request.path == "/orders");
        match last.map(|(_, answer)| answer.number("/id")).filter(|_| self.random.below(2) == 0) {
            Some(id) if self.random.below(2) == 0 => {
                Request { key, method: "POST", path: format!("/orders/{id}/fulfill"), body: json!({}) }
            }
            Some(id) => {
                let body = json!({"status": "cancelled"});
                Request { key, method: "PATCH", path: format!("/orders/{id}/status"), body }
            }
            None => {
                let lines = 1 + self.random.below(5);
                let line = |at: usize| json!({"product_id": self.products[at], "quantity": 1 + at});
                let body = json!({"items": (0..lines).map(line).collect::<Vec<_>>()});
                Request { key, method: "POST", path: "/orders".to_owned(), body }
            }
        }
    }
}

/// Every request that was answered had its effect, and nothing else had any.
fn nothing_is_lost(stand: &Stand, writers: &[Writer]) {
    let done = writers.iter().flat_map(|writer| &writer.done).cloned().collect::<Vec<_>>();
    let of_path = |end: &'static str| done.iter().filter(move |(request, _)| request.path.ends_with(end));
    let (placed, adjusted) = (of_path("/orders").count(), of_path("/adjust").count());
    eprintln!("{placed} orders, {adjusted} adjustments, {} steps", done.len() - placed - adjusted);
    assert!(placed > 0 && adjusted > 0, "nothing was asked for");
    let ids = of_path("/orders").map(|(_, answer)| answer.number("/id")).collect::<Vec<_>>();
    let status = |id: i64| {
        let step = |end: &str| done.iter().any(|(request, _)| request.path == format!("/orders/{id}/{end}"));
        if step("fulfill") {
            Status::Fulfilled
        } else if step("status") {
            Status::Cancelled
        } else {
            Status::Pending
        }
    };
    let expected = ids.iter().map(|id| status(*id)).collect::<Vec<_>>();
    let known = stand.run(move |tx| ids.iter().map(|id| orders::get(tx, *id)).collect());
    let known: Vec<(orders::Order, Vec<orders::Line>)> = known;
    for (((request, answer), (order, lines)), expected) in of_path("/orders").zip(&known).zip(expected) {
        assert_eq!(format!("ORD-{}", order.number), answer.at("/order_number"), "{order:?}");
        let wanted = request.body["items"].as_array().expect("lines");
        assert_eq!(lines.len(), wanted.len(), "{order:?}");
        for (line, wanted) in lines.iter().zip(wanted) {
            assert_eq!(
                (json!(line.product_id), json!(line.quantity.as_whole())),
                (wanted["product_id"].clone(), wanted["quantity"].clone())
            );
        }
        assert_eq!(order.status, expected, "{order:?}");
    }
    let window = Window { start: Start::Page(1), limit: 1 };
    let filter = MovementFilter { kind: Some(Kind::Adjustment), ..MovementFilter::default() };
    let (orders, adjustments) = stand.run(move |tx| {
        let listed = orders::list(tx, &OrderFilter::default(), &window)?.total;
        Ok((listed, movements::list(tx, &filter, &window)?.total))
    });
    let counted = |count: usize| i64::try_from(count).expect("a small number");
    assert_eq!((orders, adjustments), (counted(placed), counted(adjusted)), "an effect that nobody was told of");
}
