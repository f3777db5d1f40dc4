//! What this server costs, beside what its database can do: `make bench` and `make bench-growth`.
//!
//! A guided tour, in reading order:
//! - `stand`, `database`: the built server, on databases that were filled once and are kept.
//! - `shop`, `calls`, `growth`: whom the server knows, what is asked, and how its answers are checked.
//! - `load`: wrk sends it. `cpu`: what that took.
//! - `capture`, `binds`: the statements that a call sends. `pgbench`, `bare`: what the engines make of them alone.
//! - `measure`, `table`: one beside the other.

mod bare;
mod binds;
mod calls;
mod capture;
mod cpu;
mod database;
mod growth;
mod http;
mod load;
mod measure;
mod pgbench;
mod shop;
mod stand;
mod table;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use database::Engine;
use stand::Stand;

/// Measures Stockbridge beside what its database can do.
#[derive(Parser)]
struct Cli {
    /// The built server.
    #[arg(long, global = true, default_value = "target/release/stockbridge")]
    server: PathBuf,
    /// Where databases are kept, and results written.
    #[arg(long, global = true, default_value = "target/bench")]
    folder: PathBuf,
    /// Where the server listens; port 0: one that is free.
    #[arg(long, global = true, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// What the server logs: as much as it does by default.
    #[arg(long, global = true, default_value = "info,actix_server=warn")]
    log: String,
    /// sqlite or postgres; absent: both, PostgreSQL where `TEST_POSTGRES_URL` names one.
    #[arg(long, global = true)]
    engine: Option<String>,
    /// Only calls with this in their names.
    #[arg(long, global = true, default_value = "", hide_default_value = true)]
    only: String,
    /// Decides what is filled in and asked for.
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Calls under load, beside the engine's own limit.
    Load(Load),
    /// Print what each call sends to the database.
    Statements {
        /// Products of the shop.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(200..))]
        products: i64,
    },
    /// Calls one by one, in shops of several sizes.
    Growth(Growth),
}

#[derive(Args)]
struct Load {
    /// Products, each in three warehouses, and as many orders.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(200..))]
    products: i64,
    /// How many connections send at once.
    #[arg(long, value_delimiter = ',', default_value = "16,64")]
    connections: Vec<usize>,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// How often each is repeated; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=25))]
    rounds: u32,
}

#[derive(Args)]
struct Growth {
    /// Products of each shop, and as many orders; the others are compared with the first.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000,1000000")]
    sizes: Vec<i64>,
    /// How often each call is repeated; the median counts.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), String> {
    let Cli { server, folder, listen, log, engine, only, seed, command } = cli;
    let engines = engines(engine.as_deref())?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let stand = Stand { server, folder, listen, log };
    let (name, text) = match command {
        Command::Load(load) => ("bench.md", measure::run(&stand, &engines, &load, &only, seed)?),
        Command::Statements { products } => {
            ("statements.md", measure::statements(&stand, &engines, products, &only, seed)?)
        }
        Command::Growth(growth) => ("bench-growth.md", growth::run(&stand, &engines, &growth, &only, seed)?),
    };
    let file = stand.folder.join(name);
    fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{text}");
    eprintln!("written to {}", file.display());
    Ok(())
}

fn engines(asked: Option<&str>) -> Result<Vec<Engine>, String> {
    let server = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()).map(Engine::Postgres);
    let missing = "TEST_POSTGRES_URL names no server: run this with scripts/with-postgres";
    match asked {
        None => {
            if server.is_none() {
                eprintln!("{missing}; SQLite only");
            }
            Ok([Engine::Sqlite].into_iter().chain(server).collect())
        }
        Some("sqlite") => Ok(vec![Engine::Sqlite]),
        Some("postgres") => Ok(vec![server.ok_or(missing)?]),
        Some(other) => Err(format!("--engine is sqlite or postgres, not {other}")),
    }
}
