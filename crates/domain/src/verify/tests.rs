//! Every rule notices what breaks it: one row is changed past the store, in a transaction that is then given up.

mod books;
mod breaks;

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;

use super::{Violation, rules, verify};
use crate::store::Lobby;
use crate::store::connection::{Conn, Native};
use crate::testing::{Fixture, on_both};
use books::books;
use breaks::{BREAKS, COUNTED, COUNTERS, GUARDED};

#[test]
fn books_kept_by_the_rules_add_up() {
    on_both(|fixture| {
        books(fixture);
        assert_eq!(found(&mut fixture.connect()), Vec::new());
    });
}

#[test]
fn every_rule_notices_what_breaks_it() {
    on_both(|fixture| {
        books(fixture);
        let conn = &mut fixture.connect();
        for (rule, what, statement) in BREAKS {
            notices(conn, rule, what, statement);
        }
        for counter in COUNTED {
            let wrong =
                format!("UPDATE tenant_counters SET value = value + 1 WHERE name = '{counter}' AND tenant_id = 1");
            notices(conn, COUNTERS, &format!("{counter}: "), &wrong);
        }
        let stale = "INSERT INTO tenant_counters (tenant_id, name, value) VALUES (2, 'orders', 1)";
        notices(conn, COUNTERS, "orders: 1, rows: 0", stale);
    });
}

#[test]
fn what_a_constraint_refuses_is_noticed_all_the_same() {
    on_both(|fixture| {
        books(fixture);
        for (rule, what, table, constraint, statement) in GUARDED {
            let conn = &mut fixture.connect();
            let refused = conn.batch_execute(statement).expect_err("the constraint refuses");
            assert!(
                refused.to_string().contains(constraint) || refused.to_string().contains("FOREIGN KEY"),
                "{refused}"
            );
            let without = match conn.0 {
                Native::Sqlite(_) => {
                    conn.batch_execute("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
                        .expect("a connection that guards nothing");
                    (*statement).to_owned()
                }
                Native::Postgres(_) => format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}; {statement}"),
            };
            notices(conn, rule, what, &without);
        }
    });
}

#[test]
fn no_rule_is_left_out_here() {
    let names = rules::RULES.iter().map(|(rule, _)| *rule);
    let tried = BREAKS.iter().map(|(rule, ..)| *rule).chain(GUARDED.iter().map(|(rule, ..)| *rule)).chain([COUNTERS]);
    let tried = tried.collect::<BTreeSet<_>>();
    let missing = names.filter(|rule| !tried.contains(rule)).collect::<Vec<_>>();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(tried.len(), super::rules());
}

/// Breaks the books, looks at them, and gives the transaction up.
#[track_caller]
fn notices(conn: &mut Conn, rule: &str, what: &str, statement: &str) {
    conn.batch_execute("BEGIN").expect("a transaction");
    conn.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    let found = found(conn);
    let is_named = found.iter().any(|violation| violation.rule == rule && violation.what.starts_with(what));
    assert!(is_named, "{statement}\nis not found as \"{rule}: {what}\" but as {found:#?}");
    conn.batch_execute("ROLLBACK").expect("the end of it");
}

fn found(conn: &mut Conn) -> Vec<Violation> {
    verify(&mut Lobby::new(conn)).expect("the books can be read")
}

#[test]
fn sums_of_books_from_before_there_were_any_add_up_too() {
    const AWAY: &str = include_str!("../../../../migrations/sqlite/0008_rollups/down.sql");
    const BACK: &str = include_str!("../../../../migrations/sqlite/0008_rollups/up.sql");
    on_both(|fixture: &Fixture| {
        books(fixture);
        fixture.execute(AWAY);
        fixture.execute(BACK);
        assert_eq!(found(&mut fixture.connect()), Vec::new());
    });
}
