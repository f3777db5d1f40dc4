//! The server: settings, the two dialects mounted over one store, and the command line around them.
//!
//! [`app`] is the only assembly: the binary and the tests serve the same one.

mod admin;
pub mod cli;
pub mod demo;
mod fill;
mod import;
pub mod observe;
mod probes;
mod secret;
mod serve;
mod uploads;
mod verify;

use std::io::Write;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, middleware, web};
use stockbridge_domain::Store;
use stockbridge_domain::store::{Settings, Target, migrations};
use stockbridge_http::site::Site;

use cli::{Cli, Command, Dialect};
use observe::Metrics;
pub use probes::Readiness;

/// What the binary allocates with. Answers are many small texts, which it makes and forgets faster than the system's
/// allocator.
pub use mimalloc::MiMalloc as Allocator;

/// All that the threads of one server share.
#[derive(Clone)]
pub struct House {
    /// What the dialects work with.
    pub site: web::Data<Site>,
    /// What is counted.
    pub metrics: web::Data<Metrics>,
    /// Whether new requests are welcome.
    pub readiness: web::Data<Readiness>,
}

impl House {
    /// A house that is ready for requests.
    pub fn new(site: Site) -> Self {
        let metrics = web::Data::new(Metrics::new(site.store.clone(), site.journal.clone()));
        Self { site: web::Data::new(site), metrics, readiness: web::Data::new(Readiness::default()) }
    }
}

/// Everything that is served.
pub fn app(
    house: &House,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(house.site.clone())
        .app_data(house.metrics.clone())
        .app_data(house.readiness.clone())
        .wrap(middleware::from_fn(observe::record))
        // The longer prefix first: both would match it.
        .configure(stockbridge_simbiz::mount)
        .configure(stockbridge_iom::mount)
        .configure(uploads::mount)
        .configure(probes::mount)
}

/// The OpenAPI document of a dialect, as it is committed under `openapi/`.
///
/// # Errors
/// Only when the document cannot be written as JSON.
pub fn openapi(dialect: Dialect) -> Result<String, String> {
    let document = match dialect {
        Dialect::Iom => stockbridge_iom::openapi(),
        Dialect::Simbiz => stockbridge_simbiz::openapi(),
    };
    document.to_pretty_json().map_err(|error| format!("cannot write the OpenAPI document: {error}"))
}

/// Does what the command line asks.
///
/// # Errors
/// A sentence for the person at the terminal.
pub fn run(cli: Cli) -> Result<(), String> {
    let settings = Settings::new(cli.database_url());
    match cli.command {
        Command::Openapi { dialect } => {
            println!("{}", openapi(dialect)?);
            Ok(())
        }
        Command::Migrate => {
            let run = migrations::run(&settings).map_err(|error| error.to_string())?;
            match run.len() {
                0 => println!("the database is up to date"),
                _ => println!("ran {}", run.join(", ")),
            }
            Ok(())
        }
        Command::Serve(serve) => serve::run(&serve, settings),
        Command::Verify => {
            exists(&settings)?;
            println!("{}", runtime()?.block_on(verify::run(&settings))?);
            Ok(())
        }
        command => {
            let runtime = runtime()?;
            exists(&settings)?;
            let said = runtime.block_on(administer(&open(&settings)?, command))?;
            // It is done, whether or not anybody reads what is said of it.
            let _ = writeln!(std::io::stdout().lock(), "{said}");
            Ok(())
        }
    }
}

async fn administer(store: &Store, command: Command) -> Result<String, String> {
    match command {
        Command::Import(command) => import::run(store, command).await,
        Command::Tenant(command) => admin::tenant(store, command).await,
        Command::User(command) => admin::user(store, command).await,
        Command::SimbizUser(command) => admin::simbiz_user(store, command).await,
        Command::ApiKey(command) => admin::api_key(store, command).await,
        Command::Fill(size) => fill::run(store, size).await,
        Command::Serve(_) | Command::Migrate | Command::Verify | Command::Openapi { .. } => {
            Err("not an administering command".to_owned())
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.map_err(|error| format!("cannot start: {error}"))
}

/// Refuses to administer a SQLite file that is not there: its name may be mistyped.
fn exists(settings: &Settings) -> Result<(), String> {
    match Target::parse(&settings.url) {
        Ok(Target::Sqlite(file)) if !file.exists() => {
            Err(format!("there is no database {}: `stockbridge migrate` makes one", file.display()))
        }
        _ => Ok(()),
    }
}

/// Brings the database up to date and opens it.
fn open(settings: &Settings) -> Result<Store, String> {
    let run = migrations::run(settings).map_err(|error| error.to_string())?;
    if !run.is_empty() {
        tracing::info!(migrations = run.join(", "), "the database is brought up to date");
    }
    Store::open(settings).map_err(|error| error.to_string())
}
