//! Where it is measured: the built server, on databases that were filled once and are kept for the next time.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::database::{Database, Engine};
use crate::http::Client;

/// What signs the tokens of the measured server.
pub(crate) const SECRET: &str = "only benchmarks are signed with this secret";
/// Who calls IOM.
pub(crate) const EMAIL: &str = "bench@example.com";
/// Who calls SimBiz.
pub(crate) const UID: &str = "bench";
/// The password of both.
pub(crate) const PASSWORD: &str = "your-password";
const TENANT: &str = "BENCH";
/// How long the server may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// What decides what is filled in: changed, the kept databases are of no use any more.
const SOURCES: &[&str] = &["migrations", "crates/domain/src/fill"];

/// How big a shop is, and its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) products: i64,
    pub(crate) warehouses: i64,
    pub(crate) orders: i64,
    pub(crate) seed: u64,
}

/// The built server, and the folder for all that is written.
pub(crate) struct Stand {
    pub(crate) server: PathBuf,
    pub(crate) folder: PathBuf,
    /// Where the server listens; port 0: one that is free.
    pub(crate) listen: SocketAddr,
    /// What the server logs, in its own words.
    pub(crate) log: String,
}

/// A running server. Dropped, it is killed.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Kept where it did not end well.
    log: PathBuf,
}

impl Stand {
    /// The database of a shop: the one that is kept, or a new one.
    ///
    /// # Errors
    /// When it cannot be filled.
    pub(crate) fn filled(&self, engine: &Engine, size: Size) -> Result<Database, String> {
        let Size { products, warehouses, orders, seed } = size;
        let series = format!("bench_{products}_{warehouses}_{orders}_{seed}_");
        let name = format!("{series}{:08x}", fingerprint()? >> 32);
        let kept = Database::named(engine, &self.folder, &name);
        if kept.exists()? {
            return Ok(kept);
        }
        // What was filled in otherwise is of no use any more, and may be gigabytes.
        for mut old in Database::beginning(engine, &self.folder, &series)? {
            old.remove()?;
        }
        eprintln!("{engine}: filling {products} products and {orders} orders");
        let begun = Instant::now();
        let mut new = Database::named(engine, &self.folder, &format!("{name}_unfinished"));
        new.create()?;
        let text = |number: i64| number.to_string();
        let (products, warehouses, orders, seed) = (text(products), text(warehouses), text(orders), seed.to_string());
        self.run(&new, &["migrate"])?;
        self.run(&new, &["tenant", "create", "--code", TENANT, "--name", "Bench"])?;
        let user = ["user", "create", "--tenant", TENANT, "--email", EMAIL, "--role", "admin", "--password", PASSWORD];
        self.run(&new, &user)?;
        self.run(&new, &["simbiz-user", "create", "--uid", UID, "--tenant", TENANT, "--secret", PASSWORD])?;
        let size = ["--products", &products, "--warehouses", &warehouses, "--orders", &orders, "--seed", &seed];
        eprint!("{engine}: {}", self.run(&new, &[&["fill", "--tenant", TENANT][..], &size].concat())?);
        new.rename(&name)?;
        eprintln!("{engine}: filled in {:.0?}", begun.elapsed());
        Ok(kept)
    }

    /// Fails unless the books of a database add up.
    ///
    /// # Errors
    /// With what does not.
    pub(crate) fn verify(&self, database: &Database) -> Result<(), String> {
        self.run(database, &["verify"]).map(|_| ())
    }

    /// Starts the server, with these settings beside the default ones, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn serve(&self, database: &Database, settings: &[&str]) -> Result<Served, String> {
        let free = TcpListener::bind(self.listen).and_then(|listener| listener.local_addr());
        let address = free.map_err(|error| format!("{}: {error}", self.listen))?;
        let log = database.file(".log");
        let into = fs::File::create(&log).map_err(|error| error.to_string())?;
        let listen = address.to_string();
        let serve = ["serve", "--listen", &listen, "--secret", SECRET, "--log", &self.log];
        let mut command = self.command(database, &[&serve, settings].concat());
        let child = command.stdout(Stdio::null()).stderr(into).spawn();
        let mut served = Served { child: child.map_err(|error| self.failed(&error))?, address, log };
        let begun = Instant::now();
        loop {
            let ready = Client::new(address).and_then(|mut client| client.send("GET", "/readyz", &[], None));
            if ready.is_ok_and(|answer| answer.status == 200) {
                return Ok(served);
            }
            let ended = served.child.try_wait().map_err(|error| error.to_string())?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                return Err(format!("the server does not start; see {}", served.log.display()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn run(&self, database: &Database, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(database, arguments).output().map_err(|error| self.failed(&error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        Err(format!("{}: {}{}", arguments.join(" "), text(&output.stdout), text(&output.stderr)))
    }

    /// The built server with no settings but those given.
    fn command(&self, database: &Database, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.server);
        let settings = std::env::vars_os().map(|(name, _)| name);
        for name in settings.filter(|name| name.to_string_lossy().starts_with("STOCKBRIDGE_")) {
            command.env_remove(name);
        }
        command.args(arguments).args(["--database-url", &database.url()]).stdin(Stdio::null());
        command
    }

    fn failed(&self, error: &std::io::Error) -> String {
        format!("{}: {error}; `cargo build --release --package stockbridge` builds it", self.server.display())
    }
}

impl Served {
    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// When it does not, or not well.
    pub(crate) fn stop(mut self) -> Result<(), String> {
        // The shell's own word: not every system has a program for it.
        let kill = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        kill.map_err(|error| error.to_string())?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => {
                    return fs::remove_file(&self.log).map_err(|error| error.to_string());
                }
                Some(status) => return Err(format!("the server ended with {status}")),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Err("the server does not stop".to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail where it was stopped, which is what is wanted.
        if self.child.kill().is_ok() {
            let _ended = self.child.wait();
        }
    }
}

/// A number that changes with what is filled in.
fn fingerprint() -> Result<u64, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for source in SOURCES {
        gather(&root.join(source), &mut files).map_err(|error| format!("{source}: {error}"))?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(&fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?);
    }
    Ok(hasher.finish())
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
