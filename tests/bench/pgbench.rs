//! What PostgreSQL can do by itself: pgbench with the statements of a call, prepared, and random ids in their places.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::binds::Bind;
use crate::calls::Given;
use crate::capture::{Captured, Statement};
use crate::cpu::Who;
use crate::load::Loader;

/// Threads that send.
const THREADS: usize = 2;

/// Scripts, each with how many variants it stands for, and the values that they name: text as pgbench hands it on, by
/// its name.
pub(crate) struct Scripts {
    texts: Vec<(String, usize)>,
    values: BTreeMap<String, String>,
}

/// Seconds that do not count.
const WARM: u32 = 2;

/// What a call takes without a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Run {
    /// Transactions a second.
    pub(crate) rate: f64,
    /// What each took of a processor.
    pub(crate) spent: Duration,
}

impl Scripts {
    /// Fails unless the tool is there.
    ///
    /// # Errors
    /// With what to install.
    pub(crate) fn check() -> Result<(), String> {
        let there = Command::new("pgbench").arg("--version").output();
        there.map(|_| ()).map_err(|_| "pgbench is missing; get it with: apt-get install postgresql-contrib".to_owned())
    }

    /// The scripts of a call, for products with ids from 1 to `ids`: one for all variants that send the same statements,
    /// so that each connection prepares them once, as the server does.
    ///
    /// # Errors
    /// When a statement holds what cannot be written in a script.
    pub(crate) fn of(variants: &[Captured], given: &[Given], ids: i64) -> Result<Self, String> {
        let mut scripts = Self { texts: Vec::new(), values: BTreeMap::new() };
        let mut groups: Vec<Vec<&Captured>> = Vec::new();
        for variant in variants {
            match groups.iter_mut().find(|group| group.iter().all(|known| known.is_like(variant))) {
                Some(group) => group.push(variant),
                None => groups.push(vec![variant]),
            }
        }
        for group in &groups {
            let text = scripts.script(group, given, ids)?;
            scripts.texts.push((text, group.len()));
        }
        Ok(scripts)
    }

    fn script(&mut self, group: &[&Captured], given: &[Given], ids: i64) -> Result<String, String> {
        let first = group.first().ok_or("no variant")?;
        let half = ids / 2;
        let mut text = format!("\\set a random(1, {half})\n\\set b random({}, {})\n", half + 1, 2 * half);
        if group.len() > 1 {
            // Writing to a text cannot fail.
            let _written = writeln!(text, "\\set k random(1, {})", group.len());
        }
        let mut known = vec![None; given.len()];
        for (place, statement) in first.statements.iter().enumerate() {
            let alike = group.iter().filter_map(|variant| variant.statements.get(place)).collect::<Vec<_>>();
            let sql = self.worded(&alike, first, &known)?;
            // pgbench sends statements one by one: of several in one text the last does the work.
            let sql = if statement.binds.is_empty() { sql.rsplit("; ").next().unwrap_or_default() } else { &sql };
            let returns = given.iter().position(|given| statement.gives(given));
            match returns.and_then(|at| Some((at, known.get_mut(at)?, given.get(at)?))) {
                Some((at, known, given)) if known.is_none() => {
                    *known = Some(format!("g{at}_{}", given.column));
                    let _written = writeln!(text, "{sql} \\gset g{at}_");
                }
                _ => {
                    let _written = writeln!(text, "{sql};");
                }
            }
        }
        Ok(text)
    }

    /// The statement with variables in place of what is bound, each of the type that it is bound with.
    fn worded(
        &mut self,
        alike: &[&Statement],
        captured: &Captured,
        known: &[Option<String>],
    ) -> Result<String, String> {
        let statement = alike.first().ok_or("no statement")?;
        let (mut sql, mut rest) = (String::new(), statement.sql.as_str());
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
            let (number, after) = after.split_at_checked(digits).unwrap_or((after, ""));
            let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let binds = place.map(|place| alike.iter().filter_map(move |statement| statement.binds.get(place)));
            let binds = binds.into_iter().flatten().collect::<Vec<_>>();
            let bind = binds.first().ok_or_else(|| format!("nothing is bound to ${number}: {}", statement.sql))?;
            let is_one = binds.iter().all(|other| other == bind);
            let written = if is_one { self.variable(bind, captured, known) } else { picked(&binds) };
            sql.push_str(before);
            sql.push_str(&written.ok_or_else(|| format!("cannot write {binds:?}"))?);
            rest = after;
        }
        sql.push_str(rest);
        Ok(sql)
    }

    fn variable(&mut self, bind: &Bind, captured: &Captured, known: &[Option<String>]) -> Option<String> {
        match bind {
            Bind::Null => return Some("NULL".to_owned()),
            Bind::Int(number) => {
                if let Some(name) = captured.varying(*number, known) {
                    return Some(format!(":{name}::int8"));
                }
            }
            Bind::List(values) => {
                let varies = |value: &Bind| matches!(value, Bind::Int(one) if captured.varying(*one, known).is_some());
                if values.iter().any(varies) {
                    let values = values.iter().map(|value| self.variable(value, captured, known));
                    return Some(format!("ARRAY[{}]", values.collect::<Option<Vec<_>>>()?.join(", ")));
                }
            }
            _ => {}
        }
        let (text, kind) = constant(bind)?;
        Some(format!(":{}::{kind}", self.named(text)))
    }

    /// The name of a constant, the same for the same.
    fn named(&mut self, text: String) -> String {
        let next = self.values.len();
        self.values.entry(text).or_insert_with(|| format!("v{next}")).clone()
    }

    /// Carries the scripts out until the time is over.
    ///
    /// # Errors
    /// When pgbench fails, with what it says.
    pub(crate) fn run(&self, url: &str, processes: Who, clients: usize, loader: &Loader) -> Result<Run, String> {
        let Loader { folder, seconds, seed, .. } = loader;
        let mut command = Command::new("pgbench");
        command.args(["--no-vacuum", "--protocol", "prepared", "--random-seed", &seed.to_string()]);
        command.args(["--client", &clients.to_string(), "--jobs", &THREADS.min(clients).to_string()]);
        command.args(["--time", &(WARM + *seconds + 1).to_string(), "--progress", "1"]);
        for (at, (text, weight)) in self.texts.iter().enumerate() {
            let file = folder.join(format!("pgbench-{at}.sql"));
            fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            command.arg("--file").arg(format!("{}@{weight}", file.display()));
        }
        for (value, name) in &self.values {
            command.args(["--define", &format!("{name}={value}")]);
        }
        let child = command.arg(url).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("pgbench: {error}"))?;
        let watched = child
            .stderr
            .take()
            .ok_or("pgbench says nothing".to_owned())
            .and_then(|said| watch(BufReader::new(said), *seconds, || processes.spent()));
        let status = child.wait().map_err(|error| format!("pgbench: {error}"))?;
        if status.success() { watched } else { Err(watched.err().unwrap_or_else(|| format!("pgbench: {status}"))) }
    }
}

/// Follows what pgbench says each second. The first seconds do not count: connections prepare their statements, and
/// plan them anew a few times.
fn watch(said: impl BufRead, seconds: u32, mut spent: impl FnMut() -> Result<Duration, String>) -> Result<Run, String> {
    let (mut second, mut transactions) = (0, 0.0);
    let (mut before, mut after, mut all) = (None, None, String::new());
    for line in said.lines() {
        let line = line.map_err(|error| format!("pgbench: {error}"))?;
        if let Some(rate) = rate(&line) {
            second += 1;
            if (WARM + 1..=WARM + seconds).contains(&second) {
                transactions += rate;
            }
            if second == WARM {
                before = Some(spent()?);
            } else if second == WARM + seconds {
                after = Some(spent()?);
            }
        }
        all = all + &line + "\n";
    }
    let (Some(before), Some(after)) = (before, after) else { return Err(format!("pgbench: {all}")) };
    if transactions < 1.0 {
        return Err(format!("pgbench does nothing: {all}"));
    }
    Ok(Run { rate: transactions / f64::from(seconds), spent: after.saturating_sub(before).div_f64(transactions) })
}

/// The transactions of a second; none where the line tells something else, or of a failure.
fn rate(line: &str) -> Option<f64> {
    let fields = line.strip_prefix("progress: ")?.split(", ").collect::<Vec<_>>();
    let failed = fields.iter().find_map(|field| field.strip_suffix(" failed")).unwrap_or("0");
    let rate = fields.iter().find_map(|field| field.strip_suffix(" tps"))?;
    if failed == "0" { rate.parse().ok() } else { None }
}

/// One of several values, by the variable `k`. They are written into the statement, so that no time goes into reading
/// them again.
fn picked(binds: &[&Bind]) -> Option<String> {
    let constants = binds.iter().map(|bind| constant(bind)).collect::<Option<Vec<_>>>()?;
    let (_, kind) = constants.first()?;
    let quoted = constants.iter().map(|(text, _)| element(text)).collect::<Vec<_>>().join(",");
    // pgbench sees variables in texts as well.
    let quoted = quoted.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a");
    Some(format!("(E'{{{quoted}}}'::text[])[:k::int4]::{kind}"))
}

/// A value as text, and its type.
fn constant(bind: &Bind) -> Option<(String, &'static str)> {
    Some(match bind {
        Bind::Int(number) => (number.to_string(), "int8"),
        Bind::Bool(value) => (value.to_string(), "bool"),
        Bind::Text(value) => (value.clone(), "text"),
        Bind::Time(value) => (value.clone(), "timestamp"),
        Bind::Date(value) => (value.clone(), "date"),
        Bind::List(values) => {
            let kind = if values.iter().all(|value| matches!(value, Bind::Int(_))) { "int8[]" } else { "text[]" };
            let elements = values.iter().map(|value| constant(value).map(|(text, _)| element(&text)));
            (format!("{{{}}}", elements.collect::<Option<Vec<_>>>()?.join(",")), kind)
        }
        Bind::Null => return None,
    })
}

/// A text as it stands in an array.
fn element(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Ids;

    const SAID: &str = "pgbench (15.18 (Debian 15.18-0+deb12u1))\n\
        progress: 1.0 s, 100.0 tps, lat 9.1 ms stddev 1.9, 0 failed\n\
        progress: 2.0 s, 800.0 tps, lat 2.1 ms stddev 1.9, 0 failed\n\
        progress: 3.0 s, 1000.0 tps, lat 2.0 ms stddev 1.9, 0 failed\n\
        progress: 4.0 s, 1200.0 tps, lat 2.0 ms stddev 1.9, 0 failed\n\
        progress: 5.0 s, 300.0 tps, lat 2.0 ms stddev 1.9, 0 failed\n";

    fn watched(said: &str, seconds: u32) -> Result<Run, String> {
        let mut ticks = 0;
        watch(said.as_bytes(), seconds, || {
            ticks += 1;
            Ok(Duration::from_millis(550) * ticks)
        })
    }

    #[test]
    fn the_seconds_after_the_first_ones_count() {
        assert_eq!(watched(SAID, 2), Ok(Run { rate: 1100.0, spent: Duration::from_micros(250) }));
        let failed = SAID.replace("stddev 1.9, 0 failed\nprogress: 4", "stddev 1.9, 2 failed\nprogress: 4");
        assert!(watched(&failed, 3).is_err());
        assert!(watched(SAID, 4).unwrap_err().contains("300.0 tps"));
        let error = watched("pgbench: error: connection failed\n", 1).unwrap_err();
        assert!(error.contains("connection failed"), "{error}");
    }

    #[test]
    fn what_varies_becomes_a_variable_and_what_is_given_is_kept() {
        let statement = |sql: &str, binds: Vec<Bind>| Statement { sql: sql.to_owned(), binds };
        let statements = vec![
            statement("BEGIN", Vec::new()),
            statement(
                "SELECT 1 FROM \"p\" WHERE \"id\" = ANY($1) AND \"name\" = $2 AND \"id\" > $3",
                vec![Bind::List(vec![Bind::Int(31), Bind::Int(5)]), Bind::Text("o:k".to_owned()), Bind::Null],
            ),
            statement("INSERT INTO \"orders\" (\"n\") VALUES ($1) RETURNING \"id\"", vec![Bind::Int(900)]),
            statement("SELECT; COMMIT", Vec::new()),
            statement(
                "INSERT INTO \"lines\" VALUES ($1, $2, $3)",
                vec![Bind::Int(900), Bind::Int(5), Bind::List(vec![Bind::Int(6), Bind::Int(7)])],
            ),
        ];
        let captured = Captured { statements, ids: Ids { a: 31, b: 78 }, given: vec![900] };
        let given = [Given { table: "orders", column: "id", pointer: "/id" }];
        let scripts = Scripts::of(&[captured], &given, 101).unwrap();
        let expected = "\\set a random(1, 50)\n\\set b random(51, 100)\nBEGIN;\n\
            SELECT 1 FROM \"p\" WHERE \"id\" = ANY(ARRAY[:a::int8, :v0::int8]) AND \"name\" = :v1::text AND \"id\" > NULL;\n\
            INSERT INTO \"orders\" (\"n\") VALUES (:v2::int8) RETURNING \"id\" \\gset g0_\nCOMMIT;\n\
            INSERT INTO \"lines\" VALUES (:g0_id::int8, :v0::int8, :v3::int8[]);\n";
        assert_eq!(scripts.texts, [(expected.to_owned(), 1)]);
        let value =
            |name: &str| scripts.values.iter().find(|(_, known)| *known == name).map(|(value, _)| value.as_str());
        assert_eq!([value("v0"), value("v1"), value("v3")], [Some("5"), Some("o:k"), Some(r#"{"6","7"}"#)]);
    }

    #[test]
    fn variants_with_the_same_statements_are_one_script() {
        let variant = |sql: &str, bind: Bind| Captured {
            statements: vec![Statement { sql: sql.to_owned(), binds: vec![bind, Bind::Int(9)] }],
            ids: Ids { a: 31, b: 78 },
            given: Vec::new(),
        };
        let text = |text: &str| Bind::Text(text.to_owned());
        let found = "SELECT $1 LIMIT $2";
        let variants = [
            variant(found, text("it's \"a\":b")),
            variant("SELECT $1, $2", Bind::List(vec![text("x"), text("y")])),
            variant(found, text("c\\")),
        ];
        let scripts = Scripts::of(&variants, &[], 10).unwrap();
        let ids = "\\set a random(1, 5)\n\\set b random(6, 10)\n";
        let picked = r#"(E'{"it''s \\"a\\"\x3ab","c\\\\"}'::text[])[:k::int4]::text"#;
        let expected = [
            (format!("{ids}\\set k random(1, 2)\nSELECT {picked} LIMIT :v0::int8;\n"), 2),
            (format!("{ids}SELECT :v1::text[], :v0::int8;\n"), 1),
        ];
        assert_eq!(scripts.texts, expected);
        assert_eq!(scripts.values.get(r#"{"x","y"}"#).map(String::as_str), Some("v1"));
    }
}
