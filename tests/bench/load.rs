//! The load: wrk on as many connections as are asked for, with answers that are looked at.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::calls::{Call, Variant};

/// The part of the script that is the same for all calls.
const SCRIPT: &str = include_str!("calls.lua");
/// Threads that send.
const THREADS: usize = 2;

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Load {
    pub(crate) requests: u32,
    pub(crate) took: Duration,
    /// Half of the answers came within this time.
    pub(crate) half: Duration,
    /// 99 of 100 came within this time.
    pub(crate) most: Duration,
}

impl Load {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.requests) / self.took.as_secs_f64()
    }
}

/// Who sends the load, and how.
pub(crate) struct Loader {
    pub(crate) folder: PathBuf,
    pub(crate) seconds: u32,
    pub(crate) seed: u64,
    /// The ids of products: 1 to this.
    pub(crate) ids: i64,
}

impl Loader {
    /// Fails unless the tool is there.
    ///
    /// # Errors
    /// With what to install.
    pub(crate) fn check() -> Result<(), String> {
        // It says its version and ends as after a mistake.
        let there = Command::new("wrk").arg("--version").output();
        there.map(|_| ()).map_err(|_| "wrk is missing; get it with: apt-get install wrk".to_owned())
    }

    /// Sends a call to the server until the time is over.
    ///
    /// # Errors
    /// When it cannot be sent, or an answer is wrong or missing.
    pub(crate) fn send(&self, address: SocketAddr, call: &Call, connections: usize) -> Result<Load, String> {
        let script = self.folder.join("calls.lua");
        let text = format!("{}\n{SCRIPT}", self.plan(call));
        fs::write(&script, text).map_err(|error| format!("{}: {error}", script.display()))?;
        let (threads, connections) = (THREADS.min(connections).to_string(), connections.to_string());
        let output = Command::new("wrk")
            .args(["--threads", &threads, "--connections", &connections, "--timeout", "20s"])
            .args(["--duration", &format!("{}s", self.seconds), "--script"])
            .arg(&script)
            .arg(format!("http://{address}"))
            .output();
        let output = output.map_err(|error| format!("wrk: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        read(&said)
            .map_err(|error| format!("{}: {error}: {said}{}", call.name, String::from_utf8_lossy(&output.stderr)))
    }

    fn plan(&self, call: &Call) -> String {
        let Call { method, headers, status, variants, .. } = call;
        let mut plan = format!("plan = {{seed = {}, ids = {}, method = {},\n", self.seed, self.ids, quoted(method));
        let mut headers = headers.clone();
        if variants.iter().any(|variant| variant.body.is_some()) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let pairs = headers.iter().map(|(name, value)| format!("[{}] = {}", quoted(name), quoted(value)));
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        // Writing to a text cannot fail.
        let _written = writeln!(plan, "headers = {{{pairs}}}, status = {status}, variants = {{");
        for Variant { path, body, part } in variants {
            let body = body.as_ref().map_or("nil".to_owned(), |body| quoted(body));
            let _written = writeln!(plan, "{{path = {}, body = {body}, part = {}}},", quoted(path), quoted(part));
        }
        plan + "}}"
    }
}

/// A text as Lua writes it: JSON's way does for what is sent here.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Reads the line that the script prints at the end.
fn read(said: &str) -> Result<Load, String> {
    let line = said.lines().find_map(|line| line.strip_prefix("bench ")).ok_or("wrk did not end well")?;
    let (figures, example) = line.split_once(" example=").unwrap_or((line, ""));
    let figure = |name: &str| {
        let mut fields = figures.split(' ').filter_map(|field| field.split_once('='));
        let value = fields.find(|(known, _)| *known == name).and_then(|(_, value)| value.parse::<u32>().ok());
        value.ok_or_else(|| format!("wrk did not say {name}"))
    };
    let micros = |name: &str| figure(name).map(|micros| Duration::from_micros(micros.into()));
    let (wrong, lost) = (figure("wrong")?, figure("lost")?);
    if wrong > 0 || lost > 0 {
        return Err(format!("{wrong} wrong answers, {lost} lost: {example}"));
    }
    let load =
        Load { requests: figure("requests")?, took: micros("micros")?, half: micros("p50")?, most: micros("p99")? };
    if load.requests == 0 || load.took.is_zero() { Err("nothing was answered".to_owned()) } else { Ok(load) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Given;

    const SAID: &str = "Running 2s test @ http://127.0.0.1:1\n  2 threads and 16 connections\nRequests/sec:   1000.00\n\
                        bench requests=2000 micros=2000000 p50=1500 p99=9000 wrong=0 lost=0 example=\n";

    #[test]
    fn what_the_tool_says_is_read() {
        let millis = Duration::from_millis;
        let load = read(SAID).unwrap();
        let expected = Load { requests: 2000, took: millis(2000), half: Duration::from_micros(1500), most: millis(9) };
        assert_eq!(load, expected);
        assert!((load.rate() - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn a_wrong_answer_fails() {
        let wrong = SAID.replace("wrong=0", "wrong=3").replace("example=", "example=404 1-2-3 {}");
        let error = read(&wrong).unwrap_err();
        assert!(error.contains("3 wrong answers") && error.contains("404 1-2-3 {}"), "{error}");
        assert!(read(&SAID.replace("lost=0", "lost=1")).is_err());
        assert!(read(&SAID.replace("requests=2000", "requests=0")).is_err());
        assert!(read("unable to connect to 127.0.0.1:1 Connection refused").is_err());
        assert!(read(&SAID.replace("p99=9000 ", "")).is_err());
    }

    #[test]
    fn a_plan_is_lua() {
        let variant =
            Variant { path: "/a?b".to_owned(), body: Some("{\"id\":{a}}".to_owned()), part: "\"id\"".to_owned() };
        let given: &[Given] = &[];
        let headers = vec![("x-uid".to_owned(), "me".to_owned())];
        let call = Call { name: "one", method: "POST", headers, status: 201, variants: vec![variant], given };
        let loader = Loader { folder: PathBuf::new(), seconds: 1, seed: 7, ids: 9 };
        let expected = "plan = {seed = 7, ids = 9, method = \"POST\",\n\
                        headers = {[\"x-uid\"] = \"me\", [\"Content-Type\"] = \"application/json\"}, status = 201, \
                        variants = {\n{path = \"/a?b\", body = \"{\\\"id\\\":{a}}\", part = \"\\\"id\\\"\"},\n}}";
        assert_eq!(loader.plan(&call), expected);
    }
}
