//! Reading the whole book: every invariant that the rules keep in each transaction, looked at from outside. The only
//! statements that look across tenants.

mod days;
mod figures;
mod rules;
#[cfg(test)]
mod tests;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::error::Result;
use crate::store::Lobby;
use crate::store::connection::Native;

/// Findings of each rule that are told at the most.
const MOST: usize = 100;

/// Something that does not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The tenant in whose books it stands.
    pub tenant: i64,
    /// The invariant that is broken.
    pub rule: &'static str,
    /// Where, and what stands there; figures of money and quantity in ten-thousandths.
    pub what: String,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = BigInt)]
    tenant: i64,
    #[diesel(sql_type = Text)]
    what: String,
}

/// All that does not add up, at most a hundred findings for each rule. To be run on one state of the database: see
/// [`crate::Store::survey`].
///
/// # Errors
/// Only faults of the store.
pub fn verify(lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for (rule, statement) in rules::RULES {
        let statement = worded(statement, matches!(lobby.conn.0, Native::Sqlite(_)));
        let found: Vec<Finding> = diesel::sql_query(format!("{statement} LIMIT {MOST}")).load(lobby.conn)?;
        violations.extend(found.into_iter().map(|Finding { tenant, what }| Violation { tenant, rule, what }));
    }
    for check in figures::CHECKS {
        violations.extend(check.findings(lobby)?.into_iter().take(MOST));
    }
    for check in days::CHECKS {
        violations.extend(check.findings(lobby)?.into_iter().take(MOST));
    }
    Ok(violations)
}

/// Puts each engine's own words for `SUM_OF(…)`, a sum that stays within 64 bits: see [`crate::store::portable::Total`].
fn worded(statement: &str, on_sqlite: bool) -> String {
    let mut parts = statement.split("SUM_OF(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (of, rest) = part.split_once(')').unwrap_or((part, ""));
        let sum = if on_sqlite {
            let most = "9000000000000000000";
            let whole = format!("MAX(MIN(SUM(({of}) / 10000), 900000000000000), -900000000000000) * 10000");
            format!("MAX(MIN({whole} + SUM(({of}) % 10000), {most}), -{most})")
        } else {
            format!("CAST(GREATEST(LEAST(SUM({of}), 9000000000000000000), -9000000000000000000) AS BIGINT)")
        };
        text + &sum + rest
    })
}

/// How many rules are looked at.
pub fn rules() -> usize {
    rules::RULES.len() + figures::CHECKS.len() + days::CHECKS.len()
}
