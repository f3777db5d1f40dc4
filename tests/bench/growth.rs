//! The same calls in shops of several sizes, one at a time: what grows with the shop, and what does not.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use crate::Growth as Asked;
use crate::calls::{Call, Ids, Random, filled, hot};
use crate::database::Engine;
use crate::http::Client;
use crate::measure::median;
use crate::shop::Shop;
use crate::stand::{Served, Size, Stand};
use crate::table::{Table, megabytes, millis, ratio};

/// Warehouses in which each product lies.
const WAREHOUSES: i64 = 3;
/// How deep the deep page is, where the list is long enough.
const DEEP: i64 = 1_000;
/// How long the pages of deep lists are.
const PAGE: i64 = 20;
/// How often a whole list is taken, which is long.
const EXPORTS: u32 = 3;

/// One row of the table: a call, and the time of each size.
type Line = (String, Vec<Duration>);

/// Measures all calls on each engine, and returns the results as Markdown.
///
/// # Errors
/// When something cannot be measured, or an answer is wrong.
pub(crate) fn run(stand: &Stand, engines: &[Engine], asked: &Asked, only: &str, seed: u64) -> Result<String, String> {
    let Asked { sizes, rounds } = asked;
    let bigger = sizes.iter().skip(1).map(|size| format!("{size} ÷ {}", sizes.first().copied().unwrap_or(0)));
    let times = sizes.iter().map(|size| format!("ms at {size}"));
    let columns = ["engine", "call"].map(str::to_owned).into_iter().chain(bigger).chain(times).collect();
    let mut table = Table { columns, rows: Vec::new() };
    let mut room = String::new();
    for engine in engines {
        let mut lines: Vec<Line> = Vec::new();
        for size in sizes {
            let size = Size { products: *size, warehouses: WAREHOUSES, orders: *size, seed };
            let database = stand.filled(engine, size)?;
            // Writing to a text cannot fail.
            let _written = write!(room, " {engine} with {}: {} MB.", size.products, megabytes(database.size()?));
            let served = stand.serve(&database)?;
            for (name, time) in all(&served, *rounds, only, seed)? {
                eprintln!("{engine}, {}: {name} {} ms", size.products, millis(time));
                match lines.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, times)) => times.push(time),
                    None => lines.push((name, vec![time])),
                }
            }
            served.stop()?;
        }
        table.rows.extend(lines.into_iter().map(|(name, times)| row(engine, name, &times)));
    }
    Ok(format!(
        "So many products × {WAREHOUSES} warehouses and as many orders; one connection, the median of {rounds} calls.{room}\n\n{}",
        table.markdown()
    ))
}

fn row(engine: &Engine, name: String, times: &[Duration]) -> Vec<String> {
    let first = times.first().copied().unwrap_or_default().as_secs_f64();
    let ratios = times.iter().skip(1).map(|time| ratio(time.as_secs_f64(), first));
    let times = times.iter().map(|time| millis(*time));
    [engine.to_string(), name].into_iter().chain(ratios).chain(times).collect()
}

/// Every call once around, as often as asked for.
fn all(served: &Served, rounds: u32, only: &str, seed: u64) -> Result<Vec<(String, Duration)>, String> {
    let shop = Shop::visit(served.address, seed)?;
    let mut client = Client::new(served.address)?;
    let mut random = Random::of(seed);
    let mut times = Vec::new();
    let mut calls = hot(&shop);
    calls.extend(wide(&mut client, &shop)?);
    let calls = calls.into_iter().filter(|call| call.name.contains(only)).collect::<Vec<_>>();
    let mut taken = vec![Vec::new(); calls.len()];
    // Round by round, so that a noisy moment hits a bit of each. The first of two in a row warms up: else a short call
    // would pay for what a long one before it left in the processor's caches.
    for _ in 0..rounds {
        for (call, taken) in calls.iter().zip(&mut taken) {
            ask(&mut client, call, &shop, &mut random)?;
            taken.push(ask(&mut client, call, &shop, &mut random)?.1);
        }
    }
    for (call, taken) in calls.iter().zip(taken) {
        times.extend(middle(taken).map(|time| (call.name.to_owned(), time)));
    }
    for call in exports(&shop).iter().filter(|call| call.name.contains(only)) {
        let (mut first, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..EXPORTS.min(rounds) {
            let taken = ask(&mut client, call, &shop, &mut random)?;
            first.push(taken.0);
            whole.push(taken.1);
        }
        let rows = u32::try_from(shop.products).unwrap_or(u32::MAX).max(1);
        times.extend(middle(first).map(|time| (format!("{}, first byte", call.name), time)));
        times.extend(middle(whole).map(|time| (format!("{}, whole, per 1,000 rows", call.name), time * 1_000 / rows)));
    }
    Ok(times)
}

fn middle(times: Vec<Duration>) -> Option<Duration> {
    median(times, Duration::as_secs_f64)
}

/// Asks once, and holds the answer. Returns when its first byte came, and its last.
fn ask(client: &mut Client, call: &Call, shop: &Shop, random: &mut Random) -> Result<(Duration, Duration), String> {
    let half = shop.products / 2;
    let ids = Ids { a: random.up_to(half), b: half + random.up_to(half) };
    let variant = call.variants.get(random.below(call.variants.len())).ok_or("nothing to ask")?;
    let body = variant.body.as_ref().map(|body| filled(body, ids));
    let answer = client.send(call.method, &filled(&variant.path, ids), &call.headers, body.as_deref())?;
    if !call.is_answered(variant, ids, answer.status, &answer.body) {
        let begin = answer.body.chars().take(300).collect::<String>();
        return Err(format!("{}: {} {begin}", call.name, answer.status));
    }
    Ok((answer.first, answer.whole))
}

/// Deep pages, totals of filters, and reports.
fn wide(client: &mut Client, shop: &Shop) -> Result<Vec<Call>, String> {
    let Shop { iom, simbiz, common, words, .. } = shop;
    let few = words.first().map(|words| words.replace(' ', "%20")).unwrap_or_default();
    let code = shop.codes.iter().flatten().next().ok_or("no codes")?;
    let one = |name, path: String, part: &str| Call::get(name, iom, vec![(path, part.to_owned())]);
    let items = |name, query: String| {
        let path = format!("/api/v3/inventory/items?{query}");
        Call::get(name, simbiz, vec![(path, "\"total\":".to_owned())])
    };
    let total = "\"total\":";
    let deep = |rows: i64| DEEP.min((rows + PAGE - 1) / PAGE).max(1);
    let mut calls = vec![
        items("SimBiz items, q of few", format!("q={few}")),
        items("SimBiz items, q of many", format!("q={common}")),
        items("SimBiz items, updated_from of all", "updated_from=2001-01-01".to_owned()),
        items("SimBiz items, page 1,000", format!("page={}&per_page={PAGE}", deep(shop.products))),
        one("search of one", format!("/api/products?search={code}"), code),
        one("search of many", format!("/api/products?search={common}"), total),
        one("products, active", "/api/products?active=true".to_owned(), total),
        one("stock of one product", "/api/inventory?product_id={a}".to_owned(), "\"product_id\":{a},"),
        one("stock, low", "/api/inventory?low_stock=true".to_owned(), total),
        one("orders, first page", "/api/orders".to_owned(), total),
        one("orders, pending", "/api/orders?status=pending".to_owned(), total),
        one("movements, first page", "/api/inventory/movements".to_owned(), total),
        one("report: dashboard", "/api/reports/dashboard".to_owned(), "{"),
        one("report: financial", "/api/reports/financial".to_owned(), "{"),
        one("report: cogs", "/api/reports/cogs".to_owned(), "{"),
        one("report: valuation, first page", "/api/reports/inventory".to_owned(), "\"items\":["),
    ];
    let lists = [
        ("products, page 1,000", "products, after page 1,000 by cursor", "/api/products", shop.products),
        ("stock, page 1,000", "stock, after page 1,000 by cursor", "/api/inventory", shop.stock_rows),
        ("orders, page 1,000", "orders, after page 1,000 by cursor", "/api/orders", shop.orders),
    ];
    for (by_number, by_cursor, path, rows) in lists {
        // The page before the last one of a short list, so that another follows it.
        let page = DEEP.min(deep(rows) - 1).max(1);
        let path = format!("{path}?limit={PAGE}");
        let numbered = format!("{path}&page={page}");
        let answer = client.json("GET", &numbered, iom, None)?;
        calls.push(one(by_number, numbered, total));
        let cursor = answer.get("next_cursor").and_then(Value::as_str);
        let cursor = cursor.ok_or_else(|| format!("{path}&page={page} tells no next_cursor"))?;
        calls.push(one(by_cursor, format!("{path}&cursor={cursor}"), total));
    }
    Ok(calls)
}

/// Whole lists.
fn exports(shop: &Shop) -> Vec<Call> {
    let all = [("export of products", "/api/products/export", ","), ("export of orders", "/api/orders/export", "ORD-")];
    all.map(|(name, path, part)| Call::get(name, &shop.iom, vec![(path.to_owned(), part.to_owned())])).into()
}
