//! A soak: a million products leave in a stream while others write. Memory stays flat, the first byte comes at once,
//! nobody is held up, and the last rows come as fast as the first. Takes minutes: `make soak` runs it.

mod download;
mod goods;
mod traffic;

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::download::{Download, download};
use self::goods::{FIRST_SKU, ORDERS, PRODUCTS, STOCKED};
use self::traffic::{Seen, beside};
use super::stand::Served;
use super::{Caller, on_each_engine};

/// How long the writers are alone, for a comparison.
const ALONE: Duration = Duration::from_secs(10);
/// How long the reader of the products rests when it has half of them: what it does not take must not pile up.
const REST: Duration = Duration::from_secs(5);
/// How long the first byte may take, and a write beside an export.
const AT_ONCE: Duration = Duration::from_secs(1);
/// What the server may hold more of while it answers, in KiB: less than any of the lists is long.
const FLAT: u64 = 32 * 1024;
/// How long SQLite's log may become, in KiB: the server keeps 64 MB of it when it begins anew.
const LOG: u64 = 128 * 1024;

#[test]
#[ignore = "fills a million rows on each engine: make soak"]
fn a_million_products_leave_in_a_stream_that_holds_nobody_up() {
    on_each_engine(|stand| {
        let begun = Instant::now();
        goods::fill(&stand.database);
        eprintln!("{PRODUCTS} products, {STOCKED} stock rows and {ORDERS} orders in {:.0?}", begun.elapsed());
        let served = stand.serve();
        let ((), alone) = beside(stand, &served, || thread::sleep(ALONE));
        alone.tell("writers alone");
        let (sent, seen) = beside(stand, &served, || products(&served));
        sent.tell("products");
        seen.hold("products", &alone);
        sent.hold(AT_ONCE);
        let (sent, seen) = beside(stand, &served, || orders(&served));
        sent.tell("orders");
        seen.hold("orders", &alone);
        sent.hold(AT_ONCE);
        let (pages, seen) = beside(stand, &served, || valuation(&mut served.caller()));
        pages.tell("valuation");
        seen.hold("valuation", &alone);
        pages.hold(AT_ONCE);
        assert!(served.terminate().success());
    });
}

/// Every SKU comes once.
fn products(served: &Served) -> Download {
    let mut missing = vec![true; PRODUCTS];
    let sent = download(served, "/products/export", |row, line| {
        let sku = line.split(',').nth(2).and_then(|sku| sku.strip_prefix("SOAK-"));
        let number = sku.and_then(|sku| sku.parse::<usize>().ok()).unwrap_or_else(|| panic!("no SKU: {line}"));
        let is_new = missing.get_mut(number - FIRST_SKU).map(std::mem::take);
        assert_eq!(is_new, Some(true), "SKU {number} came twice, or is none of ours");
        if row == PRODUCTS / 2 {
            thread::sleep(REST);
        }
    });
    assert_eq!(missing.iter().filter(|is_missing| **is_missing).count(), 0, "SKUs that did not come");
    sent
}

/// Every order comes once that was placed before the export began; they are read from the newest on.
fn orders(served: &Served) -> Download {
    let placed = || usize::try_from(served.caller().get("/orders?limit=1").is(200).number("/total")).expect("a number");
    let (before, mut numbers) = (placed(), BTreeSet::new());
    let sent = download(served, "/orders/export", |_, line| {
        let number = line.split(',').nth(1).and_then(|number| number.strip_prefix("ORD-"));
        let number =
            number.and_then(|number| number.parse::<usize>().ok()).unwrap_or_else(|| panic!("no number: {line}"));
        assert!(numbers.insert(number), "it came twice: {line}");
    });
    let after = placed();
    assert!((before..=after).contains(&sent.rows), "{} of {before} to {after} orders", sent.rows);
    assert!((1..=before).all(|number| numbers.contains(&number)), "an order did not come");
    sent
}

/// Every stock row comes once, page by page.
fn valuation(caller: &mut Caller) -> Download {
    let begun = Instant::now();
    let (mut pages, mut last, mut cursor) = (Download::default(), 0, String::new());
    loop {
        let page = caller.get(&format!("/reports/inventory?limit=200{cursor}")).is(200);
        pages.arrived.push(begun.elapsed());
        pages.bytes += page.body.len();
        for item in page.at("/items").as_array().expect("items") {
            let product = item["product_id"].as_i64().expect("an id");
            assert!(product > last, "product {product} behind {last}");
            (last, pages.rows) = (product, pages.rows + 1);
        }
        let Value::String(next) = page.at("/next_cursor") else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(pages.rows, STOCKED);
    pages
}

impl Download {
    fn tell(&self, what: &str) {
        let Self { rows, bytes, .. } = self;
        let [first, whole] = [self.arrived.first(), self.arrived.last()].map(|at| at.copied().unwrap_or_default());
        let (early, late) = self.tenths();
        eprintln!(
            "{what}: {rows} rows, {} MB in {whole:.1?}, the first byte after {first:.1?}, a tenth of it in {early:.1?} at \
             the beginning and {late:.1?} at the end",
            bytes / 1_000_000
        );
    }

    /// Holds that it began in time, and that its end was no slower than its beginning: each row costs the same.
    fn hold(&self, in_time: Duration) {
        assert!(self.arrived[0] < in_time, "the first byte came after {:?}", self.arrived[0]);
        let (early, late) = self.tenths();
        assert!(late < early * 3 + AT_ONCE, "a tenth of it took {early:?} at the beginning and {late:?} at the end");
    }
}

impl Seen {
    fn tell(&self, what: &str) {
        let Self { before, peak, log, writes } = self;
        eprintln!(
            "{what}: {} writes, half of them within {:.1?}, 99 of 100 within {:.1?}, the slowest {:.1?}; memory {} MB \
             before, {} MB at most; SQLite's log {} MB at most",
            writes.len(),
            self.within(50),
            self.within(99),
            self.within(100),
            before / 1024,
            peak / 1024,
            log / 1024
        );
    }

    /// Holds that memory stayed flat, the log short, and that no write waited longer than without what was done.
    fn hold(&self, what: &str, alone: &Self) {
        self.tell(what);
        let (slowest, usual) = (self.within(100), alone.within(100));
        eprintln!("{what}: the slowest write took {:.1} of what it took alone", slowest.div_duration_f64(usual));
        assert!(self.peak < self.before + FLAT, "{what}: {} KiB grew to {} KiB", self.before, self.peak);
        assert!(self.log < LOG, "{what}: SQLite's log grew to {} KiB", self.log);
        assert!(slowest < AT_ONCE.max(usual * 3), "{what}: a write took {slowest:?}, alone {usual:?}");
    }
}
