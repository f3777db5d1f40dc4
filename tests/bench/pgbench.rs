//! What PostgreSQL can do by itself: pgbench with the statements of a call, prepared, and random ids in their places.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::binds::Bind;
use crate::calls::Given;
use crate::capture::{Captured, Statement};

/// Threads that send.
const THREADS: usize = 2;

/// Scripts, one for each variant, and the values that they name: text as pgbench hands it on, by its name.
pub(crate) struct Scripts {
    texts: Vec<String>,
    values: BTreeMap<String, String>,
}

/// How often the statements were carried out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Run {
    pub(crate) transactions: u32,
    /// Transactions a second.
    pub(crate) rate: f64,
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

    /// The scripts of a call, for products with ids from 1 to `ids`.
    ///
    /// # Errors
    /// When a statement holds what cannot be written in a script.
    pub(crate) fn of(variants: &[Captured], given: &[Given], ids: i64) -> Result<Self, String> {
        let mut scripts = Self { texts: Vec::new(), values: BTreeMap::new() };
        for captured in variants {
            let half = ids / 2;
            let mut text = format!("\\set a random(1, {half})\n\\set b random({}, {})\n", half + 1, 2 * half);
            let mut known = vec![None; given.len()];
            for statement in &captured.statements {
                let sql = scripts.worded(statement, captured, &known)?;
                let returns = given.iter().position(|given| statement.gives(given));
                // Writing to a text cannot fail.
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
            scripts.texts.push(text);
        }
        Ok(scripts)
    }

    /// The statement with variables in place of what is bound, each of the type that it is bound with.
    fn worded(
        &mut self,
        statement: &Statement,
        captured: &Captured,
        known: &[Option<String>],
    ) -> Result<String, String> {
        let (mut sql, mut rest) = (String::new(), statement.sql.as_str());
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
            let (number, after) = after.split_at_checked(digits).unwrap_or((after, ""));
            let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let bind = place.and_then(|place| statement.binds.get(place));
            let bind = bind.ok_or_else(|| format!("nothing is bound to ${number}: {}", statement.sql))?;
            sql.push_str(before);
            sql.push_str(&self.variable(bind, captured, known).ok_or_else(|| format!("cannot write {bind:?}"))?);
            rest = after;
        }
        sql.push_str(rest);
        Ok(sql)
    }

    fn variable(&mut self, bind: &Bind, captured: &Captured, known: &[Option<String>]) -> Option<String> {
        let (text, kind) = match bind {
            Bind::Null => return Some("NULL".to_owned()),
            Bind::Int(number) => match captured.varying(*number, known) {
                Some(name) => return Some(format!(":{name}::int8")),
                None => (number.to_string(), "int8"),
            },
            Bind::Bool(value) => (value.to_string(), "bool"),
            Bind::Text(value) => (value.clone(), "text"),
            Bind::Time(value) => (value.clone(), "timestamp"),
            Bind::Date(value) => (value.clone(), "date"),
            Bind::List(values) => return self.list(values, captured, known),
        };
        Some(format!(":{}::{kind}", self.named(text)))
    }

    /// A list: a constant where nothing in it varies.
    fn list(&mut self, values: &[Bind], captured: &Captured, known: &[Option<String>]) -> Option<String> {
        let kind = if values.iter().all(|value| matches!(value, Bind::Int(_))) { "int8" } else { "text" };
        let varies = |value: &Bind| matches!(value, Bind::Int(number) if captured.varying(*number, known).is_some());
        if values.iter().any(varies) {
            let values =
                values.iter().map(|value| self.variable(value, captured, known)).collect::<Option<Vec<_>>>()?;
            return Some(format!("ARRAY[{}]", values.join(", ")));
        }
        let element = |value: &Bind| match value {
            Bind::Int(number) => Some(number.to_string()),
            Bind::Text(text) => Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))),
            _ => None,
        };
        let elements = values.iter().map(element).collect::<Option<Vec<_>>>()?;
        Some(format!(":{}::{kind}[]", self.named(format!("{{{}}}", elements.join(",")))))
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
    pub(crate) fn run(&self, url: &str, folder: &Path, clients: usize, seconds: u32, seed: u64) -> Result<Run, String> {
        let mut command = Command::new("pgbench");
        command.args(["--no-vacuum", "--protocol", "prepared", "--random-seed", &seed.to_string()]);
        command.args(["--client", &clients.to_string(), "--jobs", &THREADS.min(clients).to_string()]);
        command.args(["--time", &seconds.to_string()]);
        for (at, text) in self.texts.iter().enumerate() {
            let file = folder.join(format!("pgbench-{at}.sql"));
            fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            command.arg("--file").arg(file);
        }
        for (value, name) in &self.values {
            command.args(["--define", &format!("{name}={value}")]);
        }
        let output = command.arg(url).output().map_err(|error| format!("pgbench: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let run = if output.status.success() { read(&said) } else { None };
        run.ok_or_else(|| format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Reads what pgbench says at the end; none where a transaction failed.
fn read(said: &str) -> Option<Run> {
    let after = |label: &str| said.lines().find_map(|line| line.strip_prefix(label)?.split(' ').next());
    let failed = after("number of failed transactions: ").unwrap_or("0");
    let transactions = after("number of transactions actually processed: ")?.parse().ok()?;
    let rate = after("tps = ")?.parse().ok()?;
    (failed == "0" && transactions > 0).then_some(Run { transactions, rate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Ids;

    const SAID: &str = "pgbench (15.18 (Debian 15.18-0+deb12u1))\ntransaction type: x.sql\nduration: 2 s\n\
        number of transactions actually processed: 6421\nnumber of failed transactions: 0 (0.000%)\n\
        latency average = 4.979 ms\ninitial connection time = 31.271 ms\n\
        tps = 3213.401938 (without initial connection time)\n";

    #[test]
    fn what_pgbench_says_is_read() {
        assert_eq!(read(SAID), Some(Run { transactions: 6421, rate: 3213.401_938 }));
        assert_eq!(read(&SAID.replace("transactions: 0 (0", "transactions: 2 (0")), None);
        assert_eq!(read(&SAID.replace("6421", "0")), None);
        assert_eq!(read("pgbench: error: connection failed"), None);
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
            INSERT INTO \"orders\" (\"n\") VALUES (:v2::int8) RETURNING \"id\" \\gset g0_\n\
            INSERT INTO \"lines\" VALUES (:g0_id::int8, :v0::int8, :v3::int8[]);\n";
        assert_eq!(scripts.texts, [expected]);
        let value =
            |name: &str| scripts.values.iter().find(|(_, known)| *known == name).map(|(value, _)| value.as_str());
        assert_eq!([value("v0"), value("v1"), value("v3")], [Some("5"), Some("o:k"), Some("{6,7}")]);
    }
}
