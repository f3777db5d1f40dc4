//! One schema: both engines' tables have the same shape, which is the one Diesel believes in.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::testing::statements::SHARED;
use crate::testing::tables::tables;
use crate::testing::{Engine, Fixture, on_both, on_postgres, on_sqlite, texts};

/// Everything about the tables, in words that do not depend on the engine, one fact a line.
pub(super) fn facts(fixture: &Fixture) -> BTreeSet<String> {
    let facts = match fixture.engine {
        Engine::Sqlite => texts(&mut fixture.connect(), SQLITE),
        Engine::Postgres => texts(&mut fixture.connect(), POSTGRES),
    };
    let facts = facts.into_iter().collect::<BTreeSet<_>>();
    // AUTOINCREMENT wants a key of its own; the tenant's key beside it is the one that PostgreSQL has.
    let is_only_sqlite = |fact: &String| {
        let table = fact.strip_prefix("unique ").and_then(|fact| fact.strip_suffix(" (id)"));
        table.is_some_and(|table| facts.contains(&format!("unique {table} (tenant_id, id)")))
    };
    facts.iter().filter(|fact| !is_only_sqlite(fact)).cloned().collect()
}

const SQLITE: &str = "
WITH t AS (SELECT name, sql FROM sqlite_schema WHERE type = 'table'
    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'products_grams%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'),
keys AS (
    SELECT t.name AS tab, group_concat(c.name, ', ' ORDER BY c.pk) AS cols
    FROM t, pragma_table_info(t.name) AS c WHERE c.pk > 0 GROUP BY t.name
)
SELECT 'column ' || t.name || '.' || c.name || ' ' ||
    CASE upper(c.type) WHEN 'INTEGER' THEN 'BIGINT' ELSE upper(c.type) END ||
    CASE WHEN c.\"notnull\" THEN '' ELSE ' NULL' END AS line
FROM t, pragma_table_info(t.name) AS c
UNION ALL SELECT 'unique ' || tab || ' (' || cols || ')' FROM keys
UNION ALL SELECT CASE WHEN i.\"unique\" THEN 'unique ' ELSE 'index ' END || t.name || ' (' ||
    (SELECT group_concat(name, ', ' ORDER BY seqno) FROM pragma_index_info(i.name)) || ')' ||
    CASE WHEN i.partial THEN ' partly' ELSE '' END
FROM t, pragma_index_list(t.name) AS i
UNION ALL SELECT 'reference ' || t.name || ' (' || group_concat(f.\"from\", ', ' ORDER BY f.seq) || ') to ' ||
    f.\"table\" || ' (' || group_concat(f.\"to\", ', ' ORDER BY f.seq) || ') ' ||
    lower(f.on_delete) || ', ' || lower(f.on_update)
FROM t, pragma_foreign_key_list(t.name) AS f GROUP BY t.name, f.id";

const POSTGRES: &str = "
WITH t AS (SELECT oid, relname AS name FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_%'),
named AS (
    SELECT attrelid, attnum, attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
)
SELECT 'column ' || t.name || '.' || c.attname || ' ' ||
    CASE c.atttypid::regtype::text WHEN 'timestamp without time zone' THEN 'TIMESTAMP'
        ELSE upper(c.atttypid::regtype::text) END ||
    CASE WHEN c.attnotnull THEN '' ELSE ' NULL' END AS line
FROM t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
UNION ALL SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' END || t.name || ' (' ||
    (SELECT string_agg(n.attname, ', ' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY AS k (num, place)
        JOIN named AS n ON n.attrelid = t.oid AND n.attnum = k.num) || ')' ||
    CASE WHEN i.indpred IS NULL THEN '' ELSE ' partly' END
FROM t JOIN pg_index AS i ON i.indrelid = t.oid JOIN pg_class AS x ON x.oid = i.indexrelid
WHERE x.relname <> 'products_grams'
UNION ALL SELECT 'reference ' || t.name || ' (' ||
    (SELECT string_agg(n.attname, ', ' ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY AS k (num, place)
        JOIN named AS n ON n.attrelid = f.conrelid AND n.attnum = k.num) ||
    ') to ' || f.confrelid::regclass::text || ' (' ||
    (SELECT string_agg(n.attname, ', ' ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY AS k (num, place)
        JOIN named AS n ON n.attrelid = f.confrelid AND n.attnum = k.num) || ') ' ||
    CASE f.confdeltype WHEN 'a' THEN 'no action' ELSE f.confdeltype::text END || ', ' ||
    CASE f.confupdtype WHEN 'a' THEN 'no action' ELSE f.confupdtype::text END
FROM t JOIN pg_constraint AS f ON f.conrelid = t.oid AND f.contype = 'f'";

/// The columns of facts of one kind, by table: `("products", "tenant_id, id")`.
fn columns_of<'f>(facts: &'f BTreeSet<String>, kind: &str) -> Vec<(&'f str, &'f str)> {
    let of_kind = facts.iter().filter_map(|fact| fact.strip_prefix(kind));
    let split = of_kind.filter_map(|fact| fact.trim_start().split_once(" ("));
    split.map(|(table, columns)| (table, columns.split(')').next().unwrap())).collect()
}

#[test]
fn both_engines_have_the_same_tables() {
    let shapes = std::cell::RefCell::new(Vec::new());
    on_both(|fixture| shapes.borrow_mut().push(facts(fixture)));
    let shapes = shapes.into_inner();
    assert!(shapes[0].len() > 150, "only {} facts", shapes[0].len());
    if let [sqlite, postgres] = &shapes[..] {
        let only =
            |these: &BTreeSet<String>, those: &BTreeSet<String>| these.difference(those).cloned().collect::<Vec<_>>();
        assert_eq!(only(sqlite, postgres), [""; 0], "on SQLite only");
        assert_eq!(only(postgres, sqlite), [""; 0], "on PostgreSQL only");
    }
}

#[test]
fn diesel_believes_in_the_same_tables() {
    on_both(|fixture| {
        let facts = facts(fixture);
        let real = facts.iter().filter(|fact| fact.starts_with("column ")).cloned().collect::<BTreeSet<_>>();
        let believed = tables().into_iter().flat_map(|table| {
            table.columns.into_iter().map(move |column| {
                let sql_type = match column.sql_type.as_str() {
                    "Bool" => "BOOLEAN".to_owned(),
                    other => other.to_uppercase(),
                };
                let null = if column.is_nullable { " NULL" } else { "" };
                format!("column {}.{} {sql_type}{null}", table.name, column.name)
            })
        });
        assert_eq!(believed.collect::<BTreeSet<_>>(), real);
        for table in tables() {
            let key = format!("unique {} ({})", table.name, table.key.join(", "));
            assert!(facts.contains(&key), "no {key}");
        }
    });
}

#[test]
fn every_key_and_index_of_a_tenants_table_leads_with_its_tenant() {
    on_both(|fixture| {
        let facts = facts(fixture);
        for table in tables().into_iter().filter(|table| !SHARED.contains(&table.name.as_str())) {
            let name = table.name.as_str();
            assert!(facts.contains(&format!("column {name}.tenant_id BIGINT")), "{name} has no tenant");
            for kind in ["unique", "index", "reference"] {
                for (_, columns) in columns_of(&facts, kind).into_iter().filter(|(of, _)| *of == name) {
                    assert!(columns.starts_with("tenant_id"), "{kind} {name} ({columns})");
                }
            }
            if table.columns.iter().any(|column| column.name == "id") {
                assert!(columns_of(&facts, "unique").contains(&(name, "tenant_id, id")), "{name}");
            }
        }
    });
}

#[test]
fn nothing_is_deleted_or_emptied_behind_the_rules() {
    on_both(|fixture| {
        let facts = facts(fixture);
        let references = facts.iter().filter(|fact| fact.starts_with("reference ")).collect::<Vec<_>>();
        assert!(references.len() > 10);
        for reference in references {
            assert!(reference.ends_with("no action, no action"), "{reference}");
        }
    });
}

#[test]
fn triggers_are_there_for_the_search_index_alone() {
    on_sqlite(|fixture| {
        let triggers = fixture.texts("SELECT name AS line FROM sqlite_schema WHERE type = 'trigger' ORDER BY name");
        assert_eq!(triggers, ["products_grams_delete", "products_grams_insert", "products_grams_update"]);
    });
    on_postgres(|fixture| {
        let triggers = fixture.texts("SELECT tgname::text AS line FROM pg_trigger WHERE NOT tgisinternal");
        assert_eq!(triggers, [""; 0]);
        let index = fixture.texts("SELECT indexdef AS line FROM pg_indexes WHERE indexname = 'products_grams'");
        assert!(index[0].contains("gin (search_grams(tenant_id, search_text))"), "{index:?}");
    });
}

#[test]
fn every_number_holds_64_bits() {
    on_both(|fixture| {
        fixture
            .alter(|lobby| {
                let text = i64::MAX.to_string();
                let row = (super::notes::name.eq("most"), super::notes::value.eq(text));
                diesel::insert_into(super::notes::table).values(row).execute(lobby.conn)?;
                Ok(())
            })
            .unwrap();
        let most = fixture.texts("SELECT CAST(CAST(value AS BIGINT) AS TEXT) AS line FROM server_secrets");
        assert_eq!(most, ["9223372036854775807"]);
        assert!(!facts(fixture).iter().any(|fact| fact.starts_with("column ") && fact.contains(" INT")));
    });
}

#[test]
fn sqlite_is_built_with_the_options_of_this_workspace() {
    on_sqlite(|fixture| {
        let options = fixture.texts("SELECT compile_options AS line FROM pragma_compile_options");
        for option in [
            "THREADSAFE=2",
            "DEFAULT_MEMSTATUS=0",
            "DQS=0",
            "ENABLE_QPSG",
            "LIKE_DOESNT_MATCH_BLOBS",
            "MAX_MMAP_SIZE=68719476736",
            "ENABLE_FTS5",
        ] {
            assert!(options.iter().any(|built| built == option), "no {option} among {options:?}");
        }
    });
}
