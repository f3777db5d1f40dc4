//! The same calls in shops of several sizes, one at a time: what grows with the shop, and what does not.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use crate::Growth as Asked;
use crate::calls::{Call, Ids, Random, filled, hot};
use crate::database::{Database, Engine};
use crate::http::{Answer, Client};
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
/// Nobody else asks: on SQLite the reader that answers a call is the one that has just answered the same. PostgreSQL has no
/// readers.
const ALONE: &[&str] = &["--readers", "1"];
/// How often a whole list is taken, which takes long.
const WHOLE: u32 = 3;

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
        let filled = |products: &i64| {
            stand.filled(engine, Size { products: *products, warehouses: WAREHOUSES, orders: *products, seed })
        };
        // All of them first: a server closes a connection on which nothing comes for a while.
        let databases = sizes.iter().map(filled).collect::<Result<Vec<_>, _>>()?;
        databases.iter().try_for_each(Database::warm)?;
        let mut stages = Vec::new();
        for (size, database) in sizes.iter().zip(databases) {
            // Writing to a text cannot fail.
            let _written = write!(room, " {engine} with {size}: {} MB.", megabytes(database.size()?));
            stages.push(Stage::open(stand.serve(&database, ALONE)?, only, seed)?);
        }
        let lines = all(&mut stages, *rounds)?;
        for stage in stages {
            stage.served.stop()?;
        }
        table.rows.extend(lines.into_iter().map(|(name, times)| row(engine, name, &times)));
    }
    Ok(format!(
        "So many products × {WAREHOUSES} warehouses and as many orders; one connection, the median of {rounds} calls.{room}\n\n{}",
        table.markdown()
    ))
}

fn row(engine: &Engine, name: String, times: &[Duration]) -> Vec<String> {
    eprintln!("{engine}: {name} {} ms", times.iter().map(|time| millis(*time)).collect::<Vec<_>>().join(", "));
    let first = times.first().copied().unwrap_or_default().as_secs_f64();
    let ratios = times.iter().skip(1).map(|time| ratio(time.as_secs_f64(), first));
    let times = times.iter().map(|time| millis(*time));
    [engine.to_string(), name].into_iter().chain(ratios).chain(times).collect()
}

/// A shop of one size, served.
struct Stage {
    served: Served,
    shop: Shop,
    client: Client,
    random: Random,
    calls: Vec<Call>,
    wholes: Vec<Call>,
}

impl Stage {
    fn open(served: Served, only: &str, seed: u64) -> Result<Self, String> {
        let shop = Shop::visit(served.address, seed)?;
        let mut client = Client::new(served.address)?;
        let mut calls = hot(&shop);
        calls.extend(wide(&mut client, &shop)?);
        let mut wholes = wholes(&shop);
        for calls in [&mut calls, &mut wholes] {
            calls.retain(|call| call.name.contains(only));
        }
        Ok(Self { served, shop, client, random: Random::of(seed), calls, wholes })
    }

    /// Makes one of the calls twice in a row, and times the second: else a short one would pay for what another before it
    /// left in the processor's caches.
    fn time(&mut self, at: usize) -> Result<Duration, String> {
        let Self { shop, client, random, calls, .. } = self;
        let call = calls.get(at).ok_or("another size has more calls")?;
        ask(client, call, shop, random)?;
        ask(client, call, shop, random).map(|answer| answer.whole)
    }

    /// Takes a whole list: when it begins to come, and how long a thousand of its rows take.
    fn whole(&mut self, at: usize, rounds: u32) -> Result<[Duration; 2], String> {
        let Self { served, shop, random, wholes, .. } = self;
        let call = wholes.get(at).ok_or("another size has more whole lists")?;
        let mut client = Client::new(served.address)?;
        let (mut first, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..WHOLE.min(rounds) {
            let Answer { first: began, whole: took, body, .. } = ask(&mut client, call, shop, random)?;
            let rows = call.variants.iter().map(|variant| body.matches(&variant.part).count()).sum::<usize>();
            first.push(began);
            whole.push(took * 1_000 / u32::try_from(rows).unwrap_or(u32::MAX).max(1));
        }
        Ok([middle(first), middle(whole)])
    }
}

/// Every call once around, as often as asked for, in each shop in turn: a noisy moment hits a bit of everything.
fn all(stages: &mut [Stage], rounds: u32) -> Result<Vec<Line>, String> {
    let first = stages.first().ok_or("no sizes")?;
    let name = |call: &Call| call.name.to_owned();
    let names = first.calls.iter().map(name).collect::<Vec<_>>();
    let wholes = first.wholes.iter().map(name).collect::<Vec<_>>();
    let mut taken = vec![vec![Vec::new(); stages.len()]; names.len()];
    for _ in 0..rounds {
        for (at, taken) in taken.iter_mut().enumerate() {
            for (stage, taken) in stages.iter_mut().zip(taken) {
                taken.push(stage.time(at)?);
            }
        }
    }
    let middles = taken.into_iter().map(|sizes| sizes.into_iter().map(middle).collect());
    let mut lines = names.into_iter().zip(middles).collect::<Vec<Line>>();
    for (at, name) in wholes.into_iter().enumerate() {
        let sizes = stages.iter_mut().map(|stage| stage.whole(at, rounds)).collect::<Result<Vec<_>, _>>()?;
        lines.push((format!("{name}, first byte"), sizes.iter().map(|[first, _]| *first).collect()));
        lines.push((format!("{name}, whole, per 1,000 rows"), sizes.iter().map(|[_, whole]| *whole).collect()));
    }
    Ok(lines)
}

fn middle(times: Vec<Duration>) -> Duration {
    median(times, Duration::as_secs_f64).unwrap_or_default()
}

/// Asks once, and holds the answer.
fn ask(client: &mut Client, call: &Call, shop: &Shop, random: &mut Random) -> Result<Answer, String> {
    let half = shop.products / 2;
    let ids = Ids { a: random.up_to(half), b: half + random.up_to(half) };
    let variant = call.variants.get(random.below(call.variants.len())).ok_or("nothing to ask")?;
    let body = variant.body.as_ref().map(|body| filled(body, ids));
    let answer = client.send(call.method, &filled(&variant.path, ids), &call.headers, body.as_deref())?;
    if !call.is_answered(variant, ids, answer.status, &answer.body) {
        let begin = answer.body.chars().take(300).collect::<String>();
        return Err(format!("{}: {} {begin}", call.name, answer.status));
    }
    Ok(answer)
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

/// Whole lists: each answer holds what is given here once for each of its rows (an export of products once more, for what
/// stands above them).
fn wholes(shop: &Shop) -> Vec<Call> {
    let all = [
        ("export of products", "/api/products/export", "\r\n"),
        ("export of orders", "/api/orders/export", "ORD-"),
        ("report: cogs", "/api/reports/cogs", "\"product_id\":"),
    ];
    all.map(|(name, path, row)| Call::get(name, &shop.iom, vec![(path.to_owned(), row.to_owned())])).into()
}
