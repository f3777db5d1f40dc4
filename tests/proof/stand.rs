//! Where a proof takes place: a database of its own, and the built server on it as often as it is started.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::store::Settings;
use stockbridge_domain::values::{Change, Price, Quantity, Text};
use stockbridge_domain::{Result, Store, TenantId, Tx};
use stockbridge_fixtures::{Database, Recipe, engines};
use tempfile::NamedTempFile;

use super::Caller;
use crate::support::{DEMO, OURS, SHOP, SIGNING_SECRET};

/// The server that cargo builds with the tests, unless `TEST_SERVER` names another.
static BINARY: LazyLock<OsString> = LazyLock::new(|| {
    std::env::var_os("TEST_SERVER").unwrap_or_else(|| env!("CARGO_BIN_EXE_stockbridge-served").into())
});
/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// The one warehouse of the shop.
pub(super) const WAREHOUSE: i64 = 1;

/// A database, and the log of the servers on it.
pub(super) struct Stand {
    pub(super) database: Database,
    log: NamedTempFile,
}

/// A running server. Dropped, it is killed.
pub(super) struct Served {
    child: Child,
    pub(super) address: SocketAddr,
}

/// Runs a proof once per engine, one proof at a time: each wants the whole machine.
pub(super) fn on_each_engine(proof: impl Fn(&Stand)) {
    run(SHOP, proof);
}

/// The same on the demo's data.
pub(super) fn on_the_demo(proof: impl Fn(&Stand)) {
    run(DEMO, proof);
}

fn run(recipe: Recipe, proof: impl Fn(&Stand)) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for engine in engines() {
        let begun = Instant::now();
        let database = Database::prepared(engine, recipe);
        let stand = Stand { database, log: NamedTempFile::new().expect("a file") };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            proof(&stand);
            stand.verify();
        }));
        eprintln!("{engine}: {:.1} s", begun.elapsed().as_secs_f32());
        if let Err(panic) = outcome {
            eprintln!("the proof failed on {engine}; the end of the server's log:\n{}", stand.log_since(0));
            resume_unwind(panic);
        }
    }
}

impl Stand {
    /// Starts the server and waits until it serves, on a port that it found free.
    pub(super) fn serve(&self) -> Served {
        let begin = self.log_since(0).len();
        let log = OpenOptions::new().append(true).open(self.log.path()).expect("the log");
        let child = self
            .command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--log", "warn,stockbridge::serve=info", "--secret", SIGNING_SECRET])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let mut served = Served { child: child.expect("the server starts"), address: ([127, 0, 0, 1], 0).into() };
        let begun = Instant::now();
        served.address = loop {
            let log = self.log_since(begin);
            let line =
                |line: &str| serde_json::from_str::<Value>(line).ok().filter(|line| line["message"] == "serving");
            if let Some(line) = log.lines().find_map(line) {
                break line["address"].as_str().and_then(|address| address.parse().ok()).expect("an address");
            }
            let ended = served.child.try_wait().expect("a child");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "the server does not serve: {ended:?}\n{log}");
            std::thread::sleep(Duration::from_millis(5));
        };
        served
    }

    /// Fails unless `stockbridge verify` finds that the books add up.
    pub(super) fn verify(&self) {
        let output = self.command(&["verify"]).output().expect("the command runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.starts_with("the books add up"), "{said}");
    }

    /// The built binary, on this database.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        command(&self.database.url(), arguments)
    }

    /// Carries out a command of the domain on a store that is open for it alone: a killed server leaves the database
    /// to nobody, as a real one does.
    pub(super) fn run<T: Send + 'static>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        let mut settings = Settings::new(self.database.url());
        (settings.readers, settings.pool) = (1, 1);
        actix_web::rt::System::new().block_on(async {
            let store = Store::open(&settings).expect("the store opens");
            let done = store.alter(move |lobby| work(&mut lobby.as_system(TenantId::new(OURS))?)).await;
            store.close().await;
            done.expect("the command is carried out")
        })
    }

    /// Makes products without tracking at 2.50, each with so many units in the warehouse. Returns their ids.
    pub(super) fn products(&self, count: usize, units: i64) -> Vec<i64> {
        self.run(move |tx| (0..count).map(|number| stocked(tx, &format!("GOODS-{number}"), units)).collect())
    }

    /// Writes to the database past everything that keeps its rules.
    pub(super) fn break_books(&self, statements: &str) {
        self.database.execute(statements);
    }

    fn log_since(&self, begin: usize) -> String {
        let log = std::fs::read(self.log.path()).expect("the log");
        String::from_utf8_lossy(log.get(begin..).unwrap_or_default()).into_owned()
    }
}

impl Served {
    /// Ends it as a power cut would: nothing it could still do.
    pub(super) fn kill(mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("the server is killed");
    }

    /// Asks it to stop, and says how it ended.
    pub(super) fn terminate(mut self) -> ExitStatus {
        // The shell's own word: not every system has a program for it.
        let kill = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(kill.expect("a shell").success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A client of it.
    pub(super) fn caller(&self) -> Caller {
        Caller::new(self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already where it was killed or terminated.
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().and_then(|()| self.child.wait()).expect("the server is killed");
        }
    }
}

/// The built binary, on any database and with no settings but those given.
pub(super) fn command(database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(&*BINARY);
    let settings = std::env::vars_os().map(|(name, _)| name);
    for name in settings.filter(|name| name.to_string_lossy().starts_with("STOCKBRIDGE_")) {
        command.env_remove(name);
    }
    command.args(arguments).args(["--database-url", database]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

fn stocked(tx: &mut Tx<'_>, sku: &str, units: i64) -> Result<i64> {
    let (price, quantity) = (Price::parse("2.50").expect("a price"), Quantity::whole(units).expect("a quantity"));
    let rest = ItemChanges { base_price: Change::Set(price), ..ItemChanges::default() };
    let new = NewItem { sku: text(sku), name: text(sku), rest };
    let product_id = items::create(tx, &new)?.id;
    stock::open(tx, &Opening { product_id, warehouse_id: WAREHOUSE, quantity })?;
    Ok(product_id)
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
