//! A shop of one's own: every test gets a server in process, on a database of its own, on each engine.
//!
//! ```ignore
//! #[test]
//! fn a_sku_is_unique() {
//!     on_each_engine(async |shop| {
//!         shop.iom().post("/products", json!({"name": "Anvil", "sku": "ANVIL", "base_price": 9})).await.is(201);
//!         shop.iom().post("/products", json!({"name": "Anvil", "sku": "anvil", "base_price": 9})).await.is(409);
//!     });
//! }
//! ```

mod client;
mod random;
mod reply;
mod setup;

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::test;
use serde_json::json;
use stockbridge::House;
use stockbridge_domain::access::doorkeeper::Doorkeeper;
use stockbridge_domain::access::journal::Journal;
use stockbridge_domain::access::throttle::Limits;
use stockbridge_domain::store::{Seen, Settings};
use stockbridge_domain::{Role, Store, verify};
use stockbridge_fixtures::{Database, Engine, Recipe, Witness, engines};
use stockbridge_http::site::Site;
use stockbridge_http::tokens::Signer;
use stockbridge_http::trail::TrustedProxies;
use stockbridge_http::uploads::Uploads;
use tempfile::TempDir;

pub use client::{Client, admin_token};
pub use random::Random;
pub use reply::{Reply, keys_of};
pub use setup::{ADMIN, DEMO, OURS, PASSWORD, SECRET, SHOP, SIGNING_SECRET};

type Call = Box<dyn Fn(actix_http::Request) -> Pin<Box<dyn Future<Output = Reply>>>>;

/// A server in process, with two tenants in it: ours (code SHOP) and a neighbour (code NEXT).
pub struct Shop {
    /// The way to its data, past the dialects.
    pub store: Store,
    call: Call,
    signer: Signer,
    statements: Arc<Mutex<Vec<String>>>,
    kept: Arc<Mutex<BTreeSet<String>>>,
    uploads: TempDir,
    journal: Journal,
    // Last: the store is closed before its database goes.
    database: Database,
}

/// Runs a test on a fresh shop, once per engine.
pub fn on_each_engine(test: impl AsyncFn(&Shop)) {
    run(setup::SHOP, |_| {}, test);
}

/// Runs a test on a fresh shop whose store does one thing at a time, lets one more wait, and not for long.
pub fn on_a_narrow_one(test: impl AsyncFn(&Shop)) {
    let narrow = |settings: &mut Settings| {
        (settings.readers, settings.pool, settings.queue) = (1, 1, 1);
        settings.patience = Duration::from_millis(500);
    };
    run(setup::SHOP, narrow, test);
}

/// Runs a test on the demo data, once per engine.
pub fn on_the_demo(test: impl AsyncFn(&Shop)) {
    run(setup::DEMO, |_| {}, test);
}

/// Runs a test on a fresh shop, on SQLite alone: where the engine does not matter, and time does.
pub fn on_sqlite(test: impl AsyncFn(&Shop)) {
    run_on(&[Engine::Sqlite], setup::SHOP, |_| {}, test);
}

/// Runs a test on what a recipe prepares, with a store whose settings are tuned, once per engine.
pub fn run(recipe: Recipe, tune: fn(&mut Settings), test: impl AsyncFn(&Shop)) {
    run_on(&engines(), recipe, tune, test);
}

fn run_on(engines: &[Engine], recipe: Recipe, tune: fn(&mut Settings), test: impl AsyncFn(&Shop)) {
    for engine in engines.iter().copied() {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            // Prepared outside: preparing has a runtime of its own.
            let database = Database::prepared(engine, recipe);
            actix_web::rt::System::new().block_on(async {
                let shop = Shop::open(database, tune).await;
                test(&shop).await;
                shop.verify().await;
            });
        }));
        if let Err(panic) = outcome {
            eprintln!("the test failed on {engine}");
            resume_unwind(panic);
        }
    }
}

impl Shop {
    async fn open(database: Database, tune: fn(&mut Settings)) -> Self {
        let statements = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&statements);
        let mut settings = Settings::new(database.url());
        settings.pool = 3;
        settings.patience = Duration::from_secs(20);
        let kept = Arc::new(Mutex::new(BTreeSet::new()));
        let keeps = Arc::clone(&kept);
        settings.observer = Some(Arc::new(move |what: Seen<'_>| match what {
            Seen::Sent(text) => seen.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned()),
            Seen::Kept(text) => {
                keeps.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
            }
        }));
        tune(&mut settings);
        let store = Store::open(&settings).expect("the store opens");
        let uploads = tempfile::tempdir().expect("a folder");
        let journal = Journal::start(store.clone());
        let house = House::new(Site {
            store: store.clone(),
            journal: journal.clone(),
            doorkeeper: Doorkeeper::new(Limits::default()),
            signer: Signer::new(setup::SIGNING_SECRET.as_bytes()),
            token_lifetime: Duration::from_secs(28_800),
            uid_token_lifetime: Duration::from_secs(8 * 3600),
            proxies: TrustedProxies::default(),
            uploads: Uploads::new(uploads.path()),
        });
        let service = std::rc::Rc::new(test::init_service(stockbridge::app(&house)).await);
        let call: Call = Box::new(move |request| {
            let service = std::rc::Rc::clone(&service);
            Box::pin(async move { Reply::read(test::call_service(&*service, request).await).await })
        });
        let signer = Signer::new(setup::SIGNING_SECRET.as_bytes());
        Self { store, call, signer, statements, kept, uploads, journal, database }
    }

    /// An IOM client of our admin.
    pub fn iom(&self) -> Client<'_> {
        self.iom_as(Role::Admin)
    }

    /// An IOM client of our user with a role.
    pub fn iom_as(&self, role: Role) -> Client<'_> {
        Client::iom(self, setup::OURS, setup::user_of(role))
    }

    /// An IOM client of the neighbour's admin.
    pub fn neighbour(&self) -> Client<'_> {
        Client::iom(self, setup::NEIGHBOUR, setup::NEIGHBOURS_ADMIN)
    }

    /// A SimBiz client of the uid `support`, in our organization.
    pub fn simbiz(&self) -> Client<'_> {
        Client::simbiz(self, "support", setup::OURS)
    }

    /// A SimBiz client of any uid, with a token for any tenant.
    pub fn simbiz_as(&self, uid: &str, tenant: i64) -> Client<'_> {
        Client::simbiz(self, uid, tenant)
    }

    /// A client that shows an API key.
    pub fn holding(&self, key: &str) -> Client<'_> {
        Client::external(self, key)
    }

    /// A client with a new key of ours that may only read, or write as well.
    pub async fn key(&self, can_write: bool) -> Client<'_> {
        let permissions = if can_write { json!(["read", "write"]) } else { json!(["read"]) };
        let made = self.iom().post("/api-keys", json!({"name": "Connector", "permissions": permissions})).await.is(201);
        self.holding(made.at("/key").as_str().expect("a key"))
    }

    /// Waits until what was asked with keys is in the request log.
    pub async fn logged(&self) {
        self.journal.flush().await;
    }

    /// A client without credentials.
    pub fn nobody(&self) -> Client<'_> {
        Client::nobody(self)
    }

    /// Hands over a request as it is.
    pub async fn ask(&self, request: actix_http::Request) -> Reply {
        (self.call)(request).await
    }

    /// Signs claims as the server does.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The folder of uploaded files.
    pub fn uploads(&self) -> &Path {
        self.uploads.path()
    }

    /// Fails unless the books add up. Every test ends with it.
    pub async fn verify(&self) {
        let found = self.store.survey(verify::verify).await.expect("the books can be read");
        assert!(found.is_empty(), "the books do not add up: {found:#?}");
    }

    /// Whether it is served from PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database.url().starts_with("postgres")
    }

    /// Sees every row of its database. The time at which a key was last used is noted when it suits, and overlooked.
    pub fn witness(&self) -> Witness {
        Witness::of(&self.database, "last_used_at")
    }

    /// The statements that `work` sends to the database.
    pub async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        self.take_statements();
        let result = work.await;
        (result, self.take_statements())
    }

    /// Those of some statements that were sent which are prepared anew each time. What was only sent for the first time
    /// is not among them.
    pub fn unprepared<'s>(&self, sent: &'s [String]) -> Vec<&'s str> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = sent.iter().filter_map(|sent| sent.split(" -- binds").next());
        texts.filter(|text| !kept.contains(*text)).collect()
    }

    fn take_statements(&self) -> Vec<String> {
        std::mem::take(&mut *self.statements.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
