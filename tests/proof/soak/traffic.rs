//! What goes on beside the work of a soak: others write without end, and the server is watched.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use stockbridge_fixtures::Database;

use super::super::stand::{Served, Stand, WAREHOUSE};
use super::goods::stocked;
use crate::proof::Caller;
use crate::support::Random;

const WRITERS: usize = 2;
/// How often the server is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// What was seen meanwhile.
pub(super) struct Seen {
    /// The server's memory in KiB, without the files it has mapped, when it began and at the most.
    pub(super) before: u64,
    pub(super) peak: u64,
    /// SQLite's log in KiB at the most.
    pub(super) log: u64,
    /// How long each write took, in order of length.
    pub(super) writes: Vec<Duration>,
}

impl Seen {
    /// The time within which so many of a hundred writes were answered.
    pub(super) fn within(&self, percent: usize) -> Duration {
        self.writes[(self.writes.len() * percent / 100).min(self.writes.len() - 1)]
    }
}

/// Does something while others write, and says what was seen.
pub(super) fn beside<T>(stand: &Stand, served: &Served, work: impl FnOnce() -> T) -> (T, Seen) {
    let over = Over(AtomicBool::new(false));
    let (mut random, over) = (Random::seeded(), &over);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(stand, served.pid(), over));
        let writer = |_| {
            let (mut caller, mut random) = (served.caller(), random.fork());
            scope.spawn(move || write(&mut caller, &mut random, over))
        };
        let writers = (0..WRITERS).map(writer).collect::<Vec<_>>();
        let done = {
            let _ends = Ends(over);
            work()
        };
        let writes = writers.into_iter().flat_map(|writer| writer.join().expect("every write is answered"));
        let mut seen = Seen { writes: writes.collect(), ..watcher.join().expect("the server can be watched") };
        seen.writes.sort_unstable();
        (done, seen)
    })
}

struct Over(AtomicBool);

impl Over {
    fn is(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Ends the traffic when the work is done, or has failed.
struct Ends<'o>(&'o Over);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

/// Orders and corrections in turn, one after the other.
fn write(caller: &mut Caller, random: &mut Random, over: &Over) -> Vec<Duration> {
    let mut writes = Vec::new();
    while !over.is() {
        let [first, second] = [stocked(random), stocked(random)];
        let order = json!({"items": [{"product_id": first, "quantity": 1}, {"product_id": second, "quantity": 1}]});
        let more = json!({"product_id": first, "warehouse_id": WAREHOUSE, "quantity": 1});
        for (path, body, status) in [("/orders", order, 201), ("/inventory/adjust", more, 200)] {
            let begun = Instant::now();
            caller.post(path, &body).is(status);
            writes.push(begun.elapsed());
        }
    }
    writes
}

fn watch(stand: &Stand, server: u32, over: &Over) -> Seen {
    let before = memory(server);
    let mut seen = Seen { before, peak: before, log: 0, writes: Vec::new() };
    while !over.is() {
        seen.peak = seen.peak.max(memory(server));
        seen.log = seen.log.max(log(&stand.database));
        thread::sleep(PAUSE);
    }
    seen
}

/// What a process holds in memory in KiB, without the files it has mapped: those the system takes back as it likes.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a system with /proc, such as Linux");
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).expect("a number of KiB")
    };
    figure("VmRSS:") - figure("RssFile:")
}

/// How long SQLite's log is, in KiB.
fn log(database: &Database) -> u64 {
    match database {
        Database::File { file, .. } => {
            fs::metadata(format!("{}-wal", file.display())).map_or(0, |log| log.len() / 1024)
        }
        Database::Server { .. } => 0,
    }
}
