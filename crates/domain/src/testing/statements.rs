//! Every statement binds the tenant of each table it touches. A textual check, of what the store was really sent.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Tables that belong to no tenant, or lead to one.
pub(crate) const SHARED: &[&str] =
    &["tenants", "logins", "simbiz_uids", "simbiz_uid_grants", "key_owners", "server_secrets"];

/// Begins a statement that a test sends on purpose as no command would.
pub(crate) const UNCHECKED: &str = "/* unchecked */ ";

/// What a store was sent.
#[derive(Default)]
pub(crate) struct Statements(Mutex<BTreeSet<String>>);

impl Statements {
    pub(crate) fn add(&self, text: &str) {
        let text = text.split(" -- binds").next().unwrap_or(text).replace('`', "\"");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
    }

    /// Fails on the first statement that leaves a tenant out.
    pub(crate) fn check(&self) {
        let statements = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for statement in statements.iter() {
            if let Some(table) = unbound(statement) {
                panic!("a statement touches \"{table}\" without binding its tenant_id:\n{statement}");
            }
        }
    }
}

/// A tenant's table that a statement touches without binding its tenant.
fn unbound(statement: &str) -> Option<String> {
    // A sequence is one for all tenants.
    if statement.starts_with(UNCHECKED) || statement.contains("pg_get_serial_sequence") {
        return None;
    }
    let words = statement.split([' ', '(', ')', ',', ';', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let touched = words
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| matches!(pair[0].to_ascii_uppercase().as_str(), "FROM" | "JOIN" | "INTO" | "UPDATE"));
    for (at, pair) in touched {
        let table = pair[1].trim_matches('"');
        if !tenant_tables().contains(table) {
            continue;
        }
        let alias = match words.get(at + 2) {
            Some(word) if word.eq_ignore_ascii_case("AS") => words.get(at + 3),
            next => next,
        };
        let alias = alias.filter(|word| word.starts_with('"') && !pair[0].eq_ignore_ascii_case("INTO"));
        let known_as = alias.map_or(table, |alias| alias.trim_matches('"'));
        let is_bound = if pair[0].eq_ignore_ascii_case("INTO") {
            let columns = statement.split_once(&format!("INTO \"{table}\" (")).map(|(_, columns)| columns);
            let columns = columns.and_then(|columns| columns.split(')').next()).unwrap_or_default();
            columns.split(", ").any(|column| column == "\"tenant_id\"")
        } else {
            statement.contains(&format!("\"{known_as}\".\"tenant_id\" ="))
        };
        if !is_bound {
            return Some(known_as.to_owned());
        }
    }
    None
}

fn tenant_tables() -> &'static BTreeSet<String> {
    static TABLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let names = super::tables::tables().into_iter().map(|table| table.name);
        names.filter(|name| !SHARED.contains(&name.as_str())).collect()
    });
    &TABLES
}

#[test]
fn a_statement_without_its_tenant_is_noticed() {
    let good = [
        r#"SELECT "users"."id" FROM "users" WHERE ("users"."tenant_id" = $1)"#,
        r#"UPDATE "users" SET "name" = $1 WHERE (("users"."tenant_id" = $2) AND ("users"."id" = $3))"#,
        r#"INSERT INTO "users" ("tenant_id", "email") VALUES ($1, $2)"#,
        r#"INSERT INTO "users" ("id", "tenant_id") VALUES ($1, $2) ON CONFLICT ("id") DO NOTHING"#,
        r#"SELECT 1 FROM ("uoms" LEFT OUTER JOIN "uoms" AS "s" ON "s"."tenant_id" = $1) WHERE "uoms"."tenant_id" = 1"#,
        r#"SELECT "tenants"."id" FROM "tenants""#,
        "BEGIN IMMEDIATE",
    ];
    for statement in good {
        assert_eq!(unbound(statement), None, "{statement}");
    }
    let bad = [
        (r#"SELECT "users"."id" FROM "users" WHERE ("users"."id" = $1)"#, "users"),
        (r#"DELETE  FROM "users" WHERE ("users"."id" = $1)"#, "users"),
        (r#"UPDATE "users" SET "name" = $1"#, "users"),
        (r#"INSERT INTO "users" ("email") VALUES ($1)"#, "users"),
        (
            r#"WITH made AS (INSERT INTO "users" ("tenant_id") VALUES ($1)) INSERT INTO "brands" ("id") VALUES ($2)"#,
            "brands",
        ),
        (
            r#"SELECT 1 FROM ("uoms" LEFT OUTER JOIN "uoms" AS "s" ON ("s"."id" = 1)) WHERE "uoms"."tenant_id" = $2"#,
            "s",
        ),
        (
            r#"SELECT 1 FROM ("users" INNER JOIN "brands" ON "brands"."id" = 1) WHERE "users"."tenant_id" = $1"#,
            "brands",
        ),
        ("SELECT count(*) FROM products", "products"),
    ];
    for (statement, table) in bad {
        assert_eq!(unbound(statement).as_deref(), Some(table), "{statement}");
    }
}
