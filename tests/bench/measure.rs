//! Calls under load, each beside what the engine does with the same statements: first one, then the other, so that a
//! noisy machine slows down both.

use std::fmt::Write as _;
use std::time::Duration;

use crate::Load as Asked;
use crate::bare::{self, Bare};
use crate::calls::{Call, Ids, hot};
use crate::capture::{Captured, Statement, capture};
use crate::cpu::{self, Who};
use crate::database::{Database, Engine};
use crate::load::{Load, Loader};
use crate::pgbench::Scripts;
use crate::shop::Shop;
use crate::stand::{Size, Stand};
use crate::table::{Table, megabytes, micros, millis, ratio};

/// Warehouses in which each product lies.
const WAREHOUSES: i64 = 3;
/// Seconds for which the server is warmed up with each call.
const WARM: u32 = 1;
const COLUMNS: &[&str] = &[
    "engine",
    "call",
    "connections",
    "rate ÷ limit",
    "CPU ÷ limit",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "server CPU µs",
    "database CPU µs",
    "memory MB",
    "limit/s",
    "limit CPU µs",
    "grouped limit/s",
];

/// What a request took.
#[derive(Clone, Copy)]
struct Cost {
    load: Load,
    /// The server's time on a processor, for each request.
    server: Duration,
    /// That of the database, where it has processes of its own.
    database: Duration,
}

/// What the engine does alone.
#[derive(Clone, Copy)]
struct Limit {
    rate: f64,
    /// Its time on a processor, each time.
    spent: Duration,
}

/// Measures all calls on each engine, and returns the results as Markdown.
///
/// # Errors
/// When something cannot be measured, or an answer is wrong.
pub(crate) fn run(stand: &Stand, engines: &[Engine], asked: &Asked, only: &str, seed: u64) -> Result<String, String> {
    Loader::check()?;
    let mut table = Table { columns: COLUMNS.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() };
    for engine in engines {
        if matches!(engine, Engine::Postgres(_)) {
            Scripts::check()?;
        }
        on(stand, engine, asked, only, seed, &mut table)?;
    }
    let Asked { products, seconds, rounds, .. } = asked;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    Ok(format!(
        "{products} products × {WAREHOUSES} warehouses, {products} orders; the median of {rounds} measurements of {seconds} s \
         each; {cores} cores, shared by the server, the database and the load.\n\n{}",
        table.markdown()
    ))
}

fn on(stand: &Stand, engine: &Engine, asked: &Asked, only: &str, seed: u64, table: &mut Table) -> Result<(), String> {
    let Asked { products, ref connections, seconds, rounds } = *asked;
    let kept = stand.filled(engine, Size { products, warehouses: WAREHOUSES, orders: products, seed })?;
    // Writes of the server and of the engine alone do not meet, and what is kept stays as it is.
    let (work, alone) = (kept.copy("bench_work")?, kept.copy("bench_alone")?);
    let (work, alone) = (&work.0, &alone.0);
    let served = stand.serve(work, &[])?;
    let shop = Shop::visit(served.address, seed)?;
    let calls = hot(&shop).into_iter().filter(|call| call.name.contains(only)).collect::<Vec<_>>();
    let captured = capture(&alone.url(), &calls, asked_for(products))?;
    let processes = engine.processes()?;
    let loader = |seconds| Loader { folder: stand.folder.clone(), seconds, seed, ids: products };
    let (loader, warm) = (loader(seconds), loader(WARM));
    for (call, variants) in calls.iter().zip(&captured) {
        let grouped = grouped(&loader, &kept, call, variants)?;
        for clients in connections {
            warm.send(served.address, call, *clients)?;
            let (mut costs, mut limits) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                costs.push(cost(&loader, served.pid(), served.address, processes, call, *clients)?);
                limits.push(limit(&loader, alone, processes, call, variants, *clients)?);
            }
            let cost = median(costs, |cost| cost.load.rate()).ok_or("nothing was measured")?;
            let limit = median(limits, |limit| limit.rate).ok_or("nothing was measured")?;
            let mut row = row(engine, call.name, *clients, cost, limit, cpu::memory(served.pid())?);
            row.push(grouped.map(|rate| format!("{rate:.0}")).unwrap_or_default());
            eprintln!("{}", row.join(" | "));
            table.rows.push(row);
        }
    }
    served.stop()?;
    stand.verify(work)
}

/// What each call sends to the database, as Markdown.
///
/// # Errors
/// When a call is not answered as it should be.
pub(crate) fn statements(
    stand: &Stand,
    engines: &[Engine],
    products: i64,
    only: &str,
    seed: u64,
) -> Result<String, String> {
    let mut text = String::new();
    for engine in engines {
        let kept = stand.filled(engine, Size { products, warehouses: WAREHOUSES, orders: products, seed })?;
        let alone = kept.copy("bench_alone")?;
        let served = stand.serve(&alone.0, &[])?;
        let calls = hot(&Shop::visit(served.address, seed)?);
        served.stop()?;
        let calls = calls.into_iter().filter(|call| call.name.contains(only)).collect::<Vec<_>>();
        for (call, variants) in calls.iter().zip(capture(&alone.0.url(), &calls, asked_for(products))?) {
            let statements = variants.into_iter().next().map(|variant| variant.statements).unwrap_or_default();
            // Writing to a text cannot fail.
            let _written = writeln!(text, "## {engine}: {}, {} statements\n", call.name, statements.len());
            for Statement { sql, binds } in statements {
                let _written = writeln!(text, "- `{sql}`\n  {binds:?}");
            }
            text.push('\n');
        }
    }
    Ok(text)
}

/// Ids that are not to be mistaken for anything else that is bound.
fn asked_for(products: i64) -> Ids {
    Ids { a: products * 3 / 10 + 7, b: products * 8 / 10 + 9 }
}

fn cost(
    loader: &Loader,
    server: u32,
    address: std::net::SocketAddr,
    database: Option<Who>,
    call: &Call,
    clients: usize,
) -> Result<Cost, String> {
    let spent = || Ok::<_, String>((Who::One(server).spent()?, database.map_or(Ok(Duration::ZERO), Who::spent)?));
    let before = spent()?;
    let load = loader.send(address, call, clients)?;
    let after = spent()?;
    let each = |before: Duration, after: Duration| after.saturating_sub(before) / load.requests;
    Ok(Cost { load, server: each(before.0, after.0), database: each(before.1, after.1) })
}

fn limit(
    loader: &Loader,
    alone: &Database,
    processes: Option<Who>,
    call: &Call,
    variants: &[Captured],
    clients: usize,
) -> Result<Limit, String> {
    let Loader { seconds, seed, ids, .. } = loader;
    let Some(processes) = processes else {
        let file = alone.file("").display().to_string();
        let (given, ids, seconds, seed) = (call.given, *ids, *seconds, *seed);
        let bare = bare::Loop { file: &file, variants, given, ids, seconds, seed };
        return bare.run().map(|Bare { rate, spent }| Limit { rate, spent }).map_err(|error| named(call, &error));
    };
    let scripts = Scripts::of(variants, call.given, *ids)?;
    let run = scripts.run(&alone.url(), processes, clients, loader).map_err(|error| named(call, &error))?;
    Ok(Limit { rate: run.rate, spent: run.spent })
}

/// How often a second SQLite carries out a call that writes, in groups that share a commit: on a copy of its own, since
/// that leaves many more rows than the rest.
fn grouped(loader: &Loader, kept: &Database, call: &Call, variants: &[Captured]) -> Result<Option<f64>, String> {
    if matches!(kept.engine, Engine::Postgres(_)) || call.method == "GET" {
        return Ok(None);
    }
    let copy = kept.copy("bench_grouped")?;
    let file = copy.0.file("").display().to_string();
    let Loader { seconds, seed, ids, .. } = *loader;
    let bare = bare::Loop { file: &file, variants, given: call.given, ids, seconds, seed };
    bare.run_grouped().map(Some).map_err(|error| named(call, &error))
}

fn named(call: &Call, error: &str) -> String {
    format!("{}: {error}", call.name)
}

fn row(engine: &Engine, name: &str, clients: usize, cost: Cost, limit: Limit, memory: u64) -> Vec<String> {
    let Cost { load, server, database } = cost;
    vec![
        engine.to_string(),
        name.to_owned(),
        clients.to_string(),
        ratio(load.rate(), limit.rate),
        ratio((server + database).as_secs_f64(), limit.spent.as_secs_f64()),
        format!("{:.0}", load.rate()),
        millis(load.half),
        millis(load.most),
        micros(server),
        if database.is_zero() { String::new() } else { micros(database) },
        megabytes(memory),
        format!("{:.0}", limit.rate),
        micros(limit.spent),
    ]
}

/// The one in the middle, by a figure of each.
pub(crate) fn median<T>(mut all: Vec<T>, figure: impl Fn(&T) -> f64) -> Option<T> {
    all.sort_by(|one, other| figure(one).total_cmp(&figure(other)));
    let middle = all.len() / 2;
    all.into_iter().nth(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(vec![3, 1, 2], |number| f64::from(*number)), Some(2));
        assert_eq!(median(vec![9, 1], |number| f64::from(*number)), Some(9));
        assert_eq!(median(Vec::<i32>::new(), |number| f64::from(*number)), None);
    }

    #[test]
    fn a_row_begins_with_its_ratios() {
        let (second, micros) = (Duration::from_secs(1), Duration::from_micros);
        let load = Load { requests: 500, took: second, half: micros(1_500), most: micros(4_000) };
        let cost = Cost { load, server: micros(120), database: micros(80) };
        let limit = Limit { rate: 1_000.0, spent: micros(100) };
        let row = row(&Engine::Sqlite, "one", 16, cost, limit, 50_000_000);
        assert_eq!(row.len(), COLUMNS.len() - 1);
        let expected = ["SQLite", "one", "16", "0.50", "2.00", "500", "1.50", "4.00", "120", "80", "50", "1000", "100"];
        assert_eq!(row, expected);
    }
}
