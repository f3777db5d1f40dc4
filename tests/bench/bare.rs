//! What SQLite can do by itself: the statements of a call in a loop in this process, prepared once, every column read and
//! nothing made of it. A write is one transaction with its own sync, which is what a server without groups would do; and
//! again in groups that share a sync, which is the most that the server could come to.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{LoadConnection, SimpleConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field, Row};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Untyped};
use diesel::sqlite::{Sqlite, SqliteType};
use serde_json::Value as Json;

use crate::binds::Bind;
use crate::calls::{Given, Random};
use crate::capture::{Captured, Statement};
use crate::cpu;
use crate::database::text;

/// What the server sets on its connections.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA mmap_size = 68719476736;
    PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
/// Threads that read: as many as the server has by default.
const READERS: u64 = 2;
/// Writes that share a transaction: as many as in the server.
pub(crate) const GROUP: u32 = 64;

/// What a call takes without a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bare {
    /// How often a second all threads together carried it out.
    pub(crate) rate: f64,
    /// What it took of a processor each time.
    pub(crate) spent: Duration,
}

/// The statements of a variant, cut where values are bound.
struct Prepared<'c> {
    captured: &'c Captured,
    steps: Vec<Step<'c>>,
}

struct Step<'c> {
    pieces: Vec<&'c str>,
    values: Vec<Value<'c>>,
    /// The value that it gives: its number, and its column.
    gives: Option<(usize, &'static str)>,
}

/// A value of one round.
enum Value<'c> {
    Fixed(&'c Bind),
    /// One of the two ids, or a value that was given, by its number.
    A,
    B,
    Given(usize),
    List(Vec<Value<'c>>),
}

/// What varies in one round: the two ids, and what the database gave.
struct Drawn {
    a: i64,
    b: i64,
    given: Vec<i64>,
}

/// A statement with the values of one round.
struct Bound<'r> {
    pieces: &'r [&'r str],
    values: Vec<Slot<'r>>,
}

enum Slot<'r> {
    Null(Option<i64>),
    Bool(&'r bool),
    Int(i64),
    Text(&'r str),
    /// Several values: the server binds them as JSON.
    List(String),
}

/// A call that is carried out until the time is over.
#[derive(Clone, Copy)]
pub(crate) struct Loop<'w> {
    pub(crate) file: &'w str,
    pub(crate) variants: &'w [Captured],
    pub(crate) given: &'static [Given],
    /// The ids that are drawn are from 1 to this.
    pub(crate) ids: i64,
    pub(crate) seconds: u32,
    pub(crate) seed: u64,
}

impl Loop<'_> {
    /// Whether the call writes.
    pub(crate) fn writes(&self) -> bool {
        let mut statements = self.variants.iter().flat_map(|variant| &variant.statements);
        statements.any(|statement| statement.sql.contains("INSERT "))
    }

    /// Carries the call out, each time by itself.
    ///
    /// # Errors
    /// When SQLite refuses a statement, or a read finds nothing.
    pub(crate) fn run(self) -> Result<Bare, String> {
        let threads = if self.writes() { 1 } else { READERS };
        let done = thread::scope(|scope| {
            let started = (0..threads).map(|number| scope.spawn(move || self.turn(self.seed + number, 1)));
            let started = started.collect::<Vec<_>>();
            let joined = started.into_iter().map(|thread| thread.join().map_err(|_| "the loop panicked".to_owned())?);
            joined.collect::<Result<Vec<_>, String>>()
        })?;
        let rounds = done.iter().map(|turn| turn.rounds).sum::<u32>();
        let spent = done.iter().map(|turn| turn.spent).sum::<Duration>();
        Ok(Bare { rate: done.iter().map(Turn::rate).sum(), spent: spent / rounds.max(1) })
    }

    /// Carries out a call that writes in groups, each of which is one transaction. Returns how many a second.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn run_grouped(self) -> Result<f64, String> {
        self.turn(self.seed, GROUP).map(|turn| turn.rate())
    }

    /// One thread.
    fn turn(self, seed: u64, group: u32) -> Result<Turn, String> {
        let Self { file, variants, given, ids, seconds, .. } = self;
        let time = Duration::from_secs(seconds.into());
        let mut conn = SqliteConnection::establish(file).map_err(|error| format!("{file}: {error}"))?;
        conn.batch_execute(SETTINGS).map_err(text)?;
        let prepared =
            variants.iter().map(|variant| prepare(variant, given, group > 1)).collect::<Result<Vec<_>, _>>()?;
        let mut random = Random::of(seed);
        let (begun, before, mut rounds) = (Instant::now(), cpu::own_thread()?, 0_u32);
        while begun.elapsed() < time {
            if group > 1 {
                conn.batch_execute("BEGIN IMMEDIATE").map_err(text)?;
            }
            for _ in 0..group {
                let variant = prepared.get(random.below(prepared.len())).ok_or("nothing to do")?;
                let half = ids / 2;
                let (a, b) = (random.up_to(half), half + random.up_to(half));
                if round(&mut conn, variant, a, b).map_err(text)? == 0 {
                    return Err("the statements find nothing".to_owned());
                }
                rounds += 1;
            }
            if group > 1 {
                conn.batch_execute("COMMIT").map_err(text)?;
            }
        }
        Ok(Turn { rounds, took: begun.elapsed(), spent: cpu::own_thread()?.saturating_sub(before) })
    }
}

/// What a thread came to.
struct Turn {
    rounds: u32,
    took: Duration,
    /// Its time on a processor.
    spent: Duration,
}

impl Turn {
    fn rate(&self) -> f64 {
        f64::from(self.rounds) / self.took.as_secs_f64()
    }
}

/// Carries out all statements once. Returns how many rows they gave.
fn round(conn: &mut SqliteConnection, prepared: &Prepared<'_>, a: i64, b: i64) -> QueryResult<usize> {
    let mut drawn = Drawn { a, b, given: prepared.captured.given.clone() };
    let mut rows = 0;
    for step in &prepared.steps {
        let values = step.values.iter().map(|value| value.slot(&drawn));
        let bound = Bound { pieces: &step.pieces, values: values.collect() };
        let mut new = None;
        for row in conn.load(bound)? {
            let row = row?;
            rows += 1;
            for at in 0..row.field_count() {
                let Some(field) = row.get(at) else { continue };
                let Some(mut value) = field.value() else { continue };
                match value.value_type() {
                    Some(SqliteType::Text) => black_box(value.read_text().len()),
                    _ => black_box(usize::from(value.read_long() == 0)),
                };
            }
            // The first row's: counters come in the order of their names, the series before the others.
            if let Some((at, column)) = step.gives
                && new.is_none()
                && let Some(field) = row.get(column)
                && let Some(mut value) = field.value()
            {
                new = Some((at, value.read_long()));
            }
        }
        if let Some((at, value)) = new
            && let Some(known) = drawn.given.get_mut(at)
        {
            *known = value;
        }
    }
    Ok(rows)
}

/// The statements of a variant, with those that begin and end its transaction unless it shares one.
fn prepare<'c>(captured: &'c Captured, given: &'static [Given], shares: bool) -> Result<Prepared<'c>, String> {
    let (mut steps, mut known) = (Vec::new(), vec![None; given.len()]);
    // A group of one needs no savepoint of its own.
    let is_word = |sql: &str| sql.contains("SAVEPOINT") || (shares && (sql.starts_with("BEGIN") || sql == "COMMIT"));
    let is_needed = |statement: &&Statement| !is_word(&statement.sql);
    for statement in captured.statements.iter().filter(is_needed) {
        let pieces = statement.sql.split('?').collect::<Vec<_>>();
        if pieces.len() != statement.binds.len() + 1 {
            return Err(format!("{} values are bound to {}", statement.binds.len(), statement.sql));
        }
        let values = statement.binds.iter().map(|bind| Value::of(bind, captured, &known)).collect();
        let found =
            given.iter().enumerate().find(|(at, given)| statement.gives(given) && known.get(*at) == Some(&None));
        let gives = found.map(|(at, given)| (at, given.column));
        if let Some(known) = gives.and_then(|(at, _)| known.get_mut(at)) {
            *known = gives.map(|(at, _)| at.to_string());
        }
        steps.push(Step { pieces, values, gives });
    }
    Ok(Prepared { captured, steps })
}

impl<'c> Value<'c> {
    fn of(bind: &'c Bind, captured: &Captured, known: &[Option<String>]) -> Self {
        match bind {
            Bind::Int(number) => match captured.varying(*number, known).as_deref() {
                Some("a") => Self::A,
                Some("b") => Self::B,
                Some(number) => number.parse().map_or(Self::Fixed(bind), Self::Given),
                None => Self::Fixed(bind),
            },
            Bind::List(values) => Self::List(values.iter().map(|value| Self::of(value, captured, known)).collect()),
            bind => Self::Fixed(bind),
        }
    }

    fn slot<'r>(&'r self, drawn: &Drawn) -> Slot<'r> {
        match self {
            Self::A => Slot::Int(drawn.a),
            Self::B => Slot::Int(drawn.b),
            Self::Given(at) => Slot::Int(drawn.given.get(*at).copied().unwrap_or_default()),
            Self::Fixed(bind) => Slot::of(bind),
            Self::List(values) => {
                let values = values.iter().map(|value| value.slot(drawn).json());
                Slot::List(values.collect::<Json>().to_string())
            }
        }
    }
}

impl<'r> Slot<'r> {
    fn of(bind: &'r Bind) -> Self {
        match bind {
            Bind::Bool(value) => Self::Bool(value),
            Bind::Int(value) => Self::Int(*value),
            Bind::Text(text) | Bind::Time(text) | Bind::Date(text) => Self::Text(text),
            Bind::Null | Bind::List(_) => Self::Null(None),
        }
    }

    fn json(self) -> Json {
        match self {
            Self::Null(_) => Json::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => value.into(),
            Self::Text(text) => text.into(),
            Self::List(json) => json.into(),
        }
    }
}

impl QueryId for Bound<'_> {
    type QueryId = ();

    // The text tells them apart.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Bound<'_> {
    type SqlType = Untyped;
}

impl QueryFragment<Sqlite> for Bound<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (at, piece) in self.pieces.iter().enumerate() {
            if at > 0 {
                match self.values.get(at - 1) {
                    Some(Slot::Int(value)) => out.push_bind_param::<BigInt, _>(value)?,
                    Some(Slot::Text(text)) => out.push_bind_param::<Text, _>(*text)?,
                    Some(Slot::List(json)) => out.push_bind_param::<Text, _>(json)?,
                    Some(Slot::Bool(value)) => out.push_bind_param::<Bool, _>(*value)?,
                    Some(Slot::Null(none)) => out.push_bind_param::<Nullable<BigInt>, _>(none)?,
                    None => {}
                }
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}
