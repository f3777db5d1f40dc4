//! What the server sends to the database for a call: the very statements with their values, seen by a store of this
//! process that serves the call once. So the engine's limit is measured with what is really sent, whenever that changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::{self, TestRequest};
use serde_json::Value;
use stockbridge::House;
use stockbridge_domain::Store;
use stockbridge_domain::access::doorkeeper::Doorkeeper;
use stockbridge_domain::access::journal::Journal;
use stockbridge_domain::access::throttle::Limits;
use stockbridge_domain::store::{Seen, Settings};
use stockbridge_http::site::Site;
use stockbridge_http::tokens::Signer;
use stockbridge_http::trail::TrustedProxies;
use stockbridge_http::uploads::Uploads;

use crate::binds::{Bind, read};
use crate::calls::{Call, Given, Ids, filled};
use crate::stand::SECRET;

/// A statement and what was bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) binds: Vec<Bind>,
}

/// What one variant of a call comes to, and which of the values would differ another time.
#[derive(Debug, Clone)]
pub(crate) struct Captured {
    pub(crate) statements: Vec<Statement>,
    /// The ids that were asked for.
    pub(crate) ids: Ids,
    /// The values that the database gave while it went on, in the order of [`Call::given`].
    pub(crate) given: Vec<i64>,
}

impl Statement {
    /// Whether it returns a value that later statements name: it reads the table, or returns what it writes. One that
    /// does several things at once hands values on by itself.
    pub(crate) fn gives(&self, given: &Given) -> bool {
        let sql = self.sql.replace('`', "\"");
        if sql.starts_with("WITH ") {
            return false;
        }
        let touches =
            ["FROM", "INTO", "UPDATE"].iter().any(|verb| sql.contains(&format!("{verb} \"{}\"", given.table)));
        touches && (sql.starts_with("SELECT") || sql.contains("RETURNING"))
    }
}

impl Captured {
    /// Whether another variant sends the same statements.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.statements.iter().map(|one| &one.sql).eq(other.statements.iter().map(|one| &one.sql))
    }

    /// What a number stands for where it varies: the name of what was given, the latest first, or `a` or `b`.
    pub(crate) fn varying(&self, number: i64, known: &[Option<String>]) -> Option<String> {
        let mut given = self.given.iter().zip(known).rev();
        let given = given.find_map(|(value, name)| name.clone().filter(|_| *value == number));
        let asked = || match number {
            _ if number == self.ids.a => Some("a".to_owned()),
            _ if number == self.ids.b => Some("b".to_owned()),
            _ => None,
        };
        given.or_else(asked)
    }
}

/// Serves each variant of each call from this database and returns their statements. Writes are carried out.
///
/// # Errors
/// When a call is not answered as it should be, or a statement cannot be read.
pub(crate) fn capture(url: &str, calls: &[Call], ids: Ids) -> Result<Vec<Vec<Captured>>, String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = Arc::clone(&seen);
    let mut settings = Settings::new(url);
    (settings.readers, settings.pool) = (1, 1);
    settings.observer = Some(Arc::new(move |seen: Seen<'_>| {
        if let Seen::Sent(text) = seen {
            watch.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        }
    }));
    let take = move || std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    actix_web::rt::System::new().block_on(async {
        let store = Store::open(&settings).map_err(|error| error.to_string())?;
        let service = test::init_service(stockbridge::app(&house(store.clone()))).await;
        let mut all = Vec::new();
        for call in calls {
            let mut variants = Vec::new();
            for variant in &call.variants {
                let mut request = TestRequest::with_uri(&filled(&variant.path, ids)).method(method(call.method)?);
                for (name, value) in &call.headers {
                    request = request.insert_header((name.as_str(), value.as_str()));
                }
                if let Some(body) = &variant.body {
                    request = request.insert_header(("Content-Type", "application/json"));
                    request = request.set_payload(filled(body, ids));
                }
                take();
                let response = test::call_service(&service, request.to_request()).await;
                let (status, body) = (response.status().as_u16(), test::read_body(response).await);
                let body = String::from_utf8_lossy(&body).into_owned();
                if !call.is_answered(variant, ids, status, &body) {
                    return Err(format!("{}: {status} {body}", call.name));
                }
                let statements = take().iter().map(|text| statement(text)).collect::<Result<Vec<_>, _>>()?;
                variants.push(Captured { statements, ids, given: given(call, &body)? });
            }
            all.push(variants);
        }
        drop(service);
        store.close().await;
        Ok(all)
    })
}

/// A server in this process, as the command line makes it.
fn house(store: Store) -> House {
    House::new(Site {
        journal: Journal::start(store.clone()),
        store,
        doorkeeper: Doorkeeper::new(Limits::default()),
        signer: Signer::new(SECRET.as_bytes()),
        token_lifetime: Duration::from_secs(8 * 3600),
        uid_token_lifetime: Duration::from_secs(8 * 3600),
        proxies: TrustedProxies::default(),
        uploads: Uploads::new("uploads"),
    })
}

fn method(name: &str) -> Result<Method, String> {
    Method::from_bytes(name.as_bytes()).map_err(|error| error.to_string())
}

/// Reads what an observer is shown.
fn statement(text: &str) -> Result<Statement, String> {
    let (sql, binds) = text.split_once(" -- binds: ").unwrap_or((text, "[]"));
    match read(binds) {
        Some(Bind::List(binds)) => Ok(Statement { sql: sql.to_owned(), binds }),
        _ => Err(format!("cannot read what is bound: {text}")),
    }
}

/// The numbers that an answer gives away: the digits at the end of each value.
fn given(call: &Call, body: &str) -> Result<Vec<i64>, String> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let number = |pointer: &str| {
        let value = body.pointer(pointer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    };
    let numbers = call.given.iter().map(|given| {
        number(given.pointer).ok_or_else(|| format!("{}: the answer holds no {}: {body}", call.name, given.pointer))
    });
    numbers.collect()
}
