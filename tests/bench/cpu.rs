//! What processes cost, as Linux counts it in /proc: time on the processor, and memory that is theirs alone.

use std::fs;
use std::time::Duration;

/// What one tick of the counters lasts; Linux shows a hundred a second to programs, whatever it counts with itself.
const TICK: Duration = Duration::from_millis(10);

/// A process, or one with all that it started.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    /// The process with this id.
    One(u32),
    /// A PostgreSQL server by its first process: those that it started are its own, and those that ended are in its sums.
    Family(u32),
}

impl Who {
    /// The time that it has spent on processors until now.
    ///
    /// # Errors
    /// When it is gone, or this is not Linux.
    pub(crate) fn spent(self) -> Result<Duration, String> {
        match self {
            Self::One(pid) => Ok(own(&stat(pid)?)?.spent),
            Self::Family(first) => {
                let mut all = own(&stat(first)?)?.with_ended();
                for entry in fs::read_dir("/proc").map_err(|error| format!("/proc: {error}"))?.flatten() {
                    let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                    // One that ended meanwhile is in the sums of the first.
                    let Ok(seen) = stat(pid).and_then(|stat| own(&stat)) else { continue };
                    if seen.parent == first {
                        all += seen.with_ended();
                    }
                }
                Ok(all)
            }
        }
    }
}

/// The time that this thread has spent on processors until now.
///
/// # Errors
/// When this is not Linux.
pub(crate) fn own_thread() -> Result<Duration, String> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").map_err(|error| format!("schedstat: {error}"))?;
    let nanos = text.split_whitespace().next().and_then(|first| first.parse().ok());
    nanos.map(Duration::from_nanos).ok_or_else(|| format!("schedstat says {text}"))
}

/// The memory of a process in bytes, without the files that it has mapped.
///
/// # Errors
/// When it is gone, or this is not Linux.
pub(crate) fn memory(pid: u32) -> Result<u64, String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(|error| format!("{pid}: {error}"))?;
    anonymous(&status).ok_or_else(|| format!("process {pid} does not say how much memory it has"))
}

/// The parent of a process.
///
/// # Errors
/// When it is gone, or this is not Linux.
pub(crate) fn parent(pid: u32) -> Result<u32, String> {
    Ok(own(&stat(pid)?)?.parent)
}

fn stat(pid: u32) -> Result<String, String> {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| format!("process {pid}: {error}"))
}

struct Seen {
    parent: u32,
    spent: Duration,
    /// What children spent that have ended.
    ended: Duration,
}

impl Seen {
    fn with_ended(&self) -> Duration {
        self.spent + self.ended
    }
}

/// Reads a line of /proc/PID/stat. The name stands in parentheses and may hold anything, so that fields count from its
/// end: the state, the parent, and from the twelfth on four times in ticks.
fn own(stat: &str) -> Result<Seen, String> {
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect::<Vec<_>>()).unwrap_or_default();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
    let read = || {
        let spent = TICK * number(11)?.checked_add(number(12)?)?;
        Some(Seen { parent: number(1)?, spent, ended: TICK * number(13)?.checked_add(number(14)?)? })
    };
    read().ok_or_else(|| format!("no times in {stat}"))
}

fn anonymous(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_stat_is_read_past_any_name() {
        let line = "4711 (a) name ( x) S 17 1 1 0 -1 4194304 100 0 0 0 250 50 30 20 20 0 9 0 12345 1 2 3";
        let seen = own(line).unwrap();
        assert_eq!((seen.parent, seen.spent, seen.ended), (17, 3 * Duration::from_secs(1), Duration::from_millis(500)));
        assert!(own("4711 (name) S").is_err());
    }

    #[test]
    fn memory_is_what_is_not_mapped() {
        let status = "VmRSS:\t  90000 kB\nRssAnon:\t   12345 kB\nRssFile:\t   70000 kB\n";
        assert_eq!(anonymous(status), Some(12_345 * 1024));
        assert_eq!(anonymous("VmRSS: 1 kB"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn work_is_seen() {
        let (begun, own_begun) = (Who::One(std::process::id()).spent().unwrap(), own_thread().unwrap());
        let mut sum = 0_u64;
        while own_thread().unwrap() < own_begun + 5 * TICK {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(Who::One(std::process::id()).spent().unwrap() > begun);
        assert!(memory(std::process::id()).unwrap() > 0);
    }
}
