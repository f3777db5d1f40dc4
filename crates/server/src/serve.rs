//! Serving: from the settings to the last answer.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::HttpServer;
use stockbridge_domain::Store;
use stockbridge_domain::access::doorkeeper::Doorkeeper;
use stockbridge_domain::access::journal::{self, Journal};
use stockbridge_domain::access::throttle::Limits;
use stockbridge_domain::store::{Settings, Target};
use stockbridge_http::site::Site;
use stockbridge_http::tokens::Signer;
use stockbridge_http::trail::TrustedProxies;
use stockbridge_http::uploads::Uploads;
use tokio::time::timeout;

use crate::cli::Serve;
use crate::{House, app, demo, observe, open, secret, uploads};

/// How long requests in flight may take once the server is told to stop, and then what is left of their log.
const GRACE_SECONDS: u64 = 30;

/// Serves until told to stop.
pub(crate) fn run(serve: &Serve, mut settings: Settings) -> Result<(), String> {
    if serve.demo && !serve.listen.ip().is_loopback() {
        return Err(format!(
            "--demo has public passwords, so it serves a loopback address only, not {}: \
             listen on 127.0.0.1, or leave --demo out",
            serve.listen
        ));
    }
    observe::start_logging(serve.log_format, &serve.log)?;
    settings.readers = serve.readers.into();
    settings.pool = serve.pool;
    settings.cache_statements = !serve.no_statement_cache;
    actix_web::rt::System::new().block_on(serve_until_stopped(serve, &settings))
}

async fn serve_until_stopped(serve: &Serve, settings: &Settings) -> Result<(), String> {
    // Before anything is written: these two would stop the server afterwards as well.
    secret::check(serve.secret.as_deref())?;
    drop(TcpListener::bind(serve.listen).map_err(|error| taken(serve, &error))?);
    let store = open(settings)?;
    let is_demo = serve.demo && demo::load(&store).await?;
    let site = site(serve, settings, store).await?;
    if is_demo {
        demo::show(&site.uploads).await;
    }
    let house = House::new(site);
    let (store, journal) = (house.site.store.clone(), house.site.journal.clone());
    let (served, readiness) = (house.clone(), house.readiness.clone());
    let mut server = HttpServer::new(move || app(&served)).disable_signals().shutdown_timeout(GRACE_SECONDS);
    // The system would keep the last piece of an answer back until the client acknowledges the one before: 40 ms.
    server = server.tcp_nodelay(true);
    server = server.workers(serve.workers.map_or_else(workers, usize::from));
    // Before anybody can see that it serves, and then asks it to stop.
    let stop = stop_signal()?;
    let server = server.bind(serve.listen).map_err(|error| taken(serve, &error))?;
    let addresses = server.addrs();
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        stop.await;
        tracing::info!("stopping: answering what was accepted");
        readiness.stop();
        handle.stop(true).await;
    });
    for address in &addresses {
        tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), database = engine(settings), "serving");
        if is_demo {
            println!("{}", demo::greeting(&address.to_string()));
        }
    }
    let tidying = (serve.log_retention_days > 0)
        .then(|| actix_web::rt::spawn(journal::forget_after(store.clone(), serve.log_retention_days)));
    server.await.map_err(|error| format!("the server ended: {error}"))?;
    // Nobody asks for anything any more: what was asked is written down, and then the books are closed.
    if timeout(Duration::from_secs(GRACE_SECONDS), journal.flush()).await.is_err() {
        tracing::error!("the database does not take the request log: requests are missing from it");
    }
    if let Some(tidying) = tidying {
        tidying.abort();
    }
    // A worker that is still about its last request may hold another handle to the store.
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// How many threads serve HTTP where nobody says it. Answers are worded on the threads of the store: a thread of HTTP for
/// each core would only take turns with these.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

fn taken(serve: &Serve, error: &std::io::Error) -> String {
    format!("cannot listen on {}: {error}; choose another address with --listen", serve.listen)
}

/// Which database, without its address: that may hold a password.
fn engine(settings: &Settings) -> &'static str {
    match Target::parse(&settings.url) {
        Ok(Target::Sqlite(_)) => "SQLite",
        Ok(Target::Postgres(_)) => "PostgreSQL",
        Err(_) => "unknown",
    }
}

async fn site(serve: &Serve, settings: &Settings, store: Store) -> Result<Site, String> {
    let target = Target::parse(&settings.url).map_err(|error| error.to_string())?;
    let secret = secret::signing_secret(serve.secret.as_deref(), &target, &store).await?;
    let limits = Limits {
        per_account: serve.login_failures_per_account,
        per_address: serve.login_failures_per_address,
        window: Duration::from_secs(60 * u64::from(serve.login_window_minutes)),
    };
    let hours = |hours: u16| Duration::from_secs(3600 * u64::from(hours));
    Ok(Site {
        journal: Journal::start(store.clone()),
        store,
        doorkeeper: Doorkeeper::new(limits),
        signer: Signer::new(secret.as_bytes()),
        token_lifetime: hours(serve.token_hours),
        uid_token_lifetime: hours(serve.simbiz_token_hours.unwrap_or(serve.token_hours)),
        proxies: TrustedProxies::parse(&serve.trusted_proxies)
            .map_err(|error| format!("--trusted-proxies: {error}"))?,
        uploads: Uploads::new(uploads::folder(serve.uploads.as_ref(), &target)),
    })
}

/// Listens for SIGTERM and SIGINT from now on; what it returns waits for one of them.
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| format!("cannot listen for signals: {error}"));
        let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for Ctrl-C: stop the server by force");
            std::future::pending::<()>().await;
        }
    })
}
