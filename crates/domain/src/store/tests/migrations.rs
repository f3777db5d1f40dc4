//! Tables that come, go and come again, also when several instances bring them at once.

use std::sync::mpsc::channel;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use stockbridge_fixtures::{Database, engines};

use super::schema::facts;
use super::{ORPHAN, kept};
use crate::items::{self, ItemChanges, ItemFilter, NewItem};
use crate::page::{Start, Window};
use crate::store::connection::Native;
use crate::store::{OpenError, Settings, Store, migrations};
use crate::testing::{Fixture, Shop, code, name, on_both, on_postgres, on_sqlite};

/// An empty database of each engine there is.
fn empty() -> Vec<Database> {
    engines().into_iter().map(Database::empty).collect()
}

#[test]
fn down_and_up_again_leaves_the_same_tables() {
    on_both(|fixture| {
        let settings = Settings::new(fixture.url());
        let before = facts(fixture);
        assert!(migrations::run(&settings).unwrap().is_empty(), "nothing was pending");
        let down = migrations::revert_all(&settings).unwrap();
        assert!(!down.is_empty());
        assert_eq!(facts(fixture).len(), 0);
        let left = if fixture.is_postgres() {
            "SELECT relname::text AS line FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'"
        } else {
            "SELECT name AS line FROM sqlite_schema
             WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'"
        };
        assert_eq!(fixture.texts(left), [""; 0]);
        let mut up = migrations::run(&settings).unwrap();
        up.reverse();
        assert_eq!(up, down);
        assert_eq!(facts(fixture), before);
        let store = fixture.open(|_| {});
        assert_eq!(fixture.wait(store.look(|_| Ok(()))), Ok(()));
    });
}

#[test]
fn down_works_on_a_database_that_is_not_empty() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.category("Bolts");
        let (item, warehouse) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(item, warehouse, crate::testing::whole(1));
        migrations::revert_all(&Settings::new(fixture.url())).unwrap();
        assert_eq!(facts(fixture).len(), 0);
    });
}

#[test]
fn what_is_there_is_found_through_an_index_that_comes_later() {
    on_both(|fixture| {
        let settings = Settings::new(fixture.url());
        let shop = Shop::open(fixture, "BHH");
        for (sku, title) in [("ANVIL-1", "Steel anvil"), ("X", "o'ring \\ 5\""), ("T", "tab\tinside")] {
            let new = NewItem { sku: code(sku), name: name(title), rest: ItemChanges::default() };
            shop.write(move |tx| items::create(tx, &new)).unwrap();
        }
        migrations::revert_newest(&settings).unwrap();
        assert_eq!(migrations::run(&settings).unwrap().len(), 1);
        for (needle, sku) in
            [("eel anvi", "ANVIL-1"), ("anv", "ANVIL-1"), ("'ring \\", "X"), ("tab\tin", "T"), ("nside", "T")]
        {
            let filter = ItemFilter { search: Some(needle.to_owned()), ..ItemFilter::default() };
            let window = Window { start: Start::Page(1), limit: 50 };
            let found = shop.read(move |tx| items::list_heads(tx, &filter, &window)).unwrap();
            assert_eq!(found.rows.iter().map(|head| head.sku.as_str()).collect::<Vec<_>>(), [sku], "{needle:?}");
        }
    });
}

#[test]
fn six_instances_that_start_at_once_all_find_the_tables() {
    for database in empty() {
        let url = database.url();
        let instances = (0..6)
            .map(|_| {
                let url = url.clone();
                std::thread::spawn(move || {
                    let settings = Settings::new(url);
                    let ran = migrations::run(&settings).map_err(|error| error.to_string())?;
                    drop(Store::open(&settings).map_err(|error| error.to_string())?);
                    Ok::<_, String>(ran.len())
                })
            })
            .collect::<Vec<_>>();
        let ran = instances.into_iter().map(|instance| instance.join().unwrap()).collect::<Result<Vec<_>, _>>();
        let mut ran = ran.unwrap_or_else(|error| panic!("{url}: {error}"));
        ran.sort_unstable();
        assert_eq!(ran[..5], [0; 5], "{url}: one of them migrates, the others wait");
        assert!(ran[5] > 0, "{url}");
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_an_error_not_a_panic() {
    for url in ["sqlite:///no/such/directory/stock.db", "postgres://127.0.0.1:1/nothing?connect_timeout=1"] {
        let failed = migrations::run(&Settings::new(url));
        assert!(matches!(failed, Err(OpenError::Connection(_))), "{url}: {failed:?}");
    }
    assert!(matches!(migrations::run(&Settings::new("mysql://here")), Err(OpenError::Url(_))));
}

const NOTE: &str = "INSERT INTO server_secrets VALUES ('half', '0')";

/// Does something as a migration would.
fn migrate(
    fixture: &Fixture,
    statements: &str,
    outcome: migrations::Outcome,
    meanwhile: impl FnOnce(),
) -> migrations::Outcome {
    let work = |conn: &mut dyn SimpleConnection| {
        conn.batch_execute(statements)?;
        meanwhile();
        outcome
    };
    match fixture.connect().0 {
        Native::Sqlite(mut conn) => migrations::guarded_sqlite(&mut conn, |conn| work(conn)),
        Native::Postgres(mut conn) => migrations::guarded_postgres(&mut conn, |conn| work(conn)),
    }
}

#[test]
fn migrations_are_kept_together_or_not_at_all() {
    on_both(|fixture| {
        let failed = migrate(fixture, NOTE, Err("on purpose".into()), || {});
        assert_eq!(failed.unwrap_err().to_string(), "on purpose");
        assert_eq!(kept(fixture), [""; 0]);
        assert_eq!(migrate(fixture, NOTE, Ok(Vec::new()), || {}).unwrap(), [""; 0]);
        assert_eq!(kept(fixture), ["half"]);
    });
}

#[test]
fn a_migration_that_leaves_rows_without_what_they_refer_to_is_undone() {
    on_sqlite(|fixture| {
        let failed = migrate(fixture, &format!("{NOTE}; {ORPHAN}"), Ok(vec!["0099".to_owned()]), || {});
        let why = failed.unwrap_err().to_string();
        assert!(why.contains("logins to users"), "{why}");
        assert_eq!(kept(fixture), [""; 0]);
        assert!(migrations::run(&Settings::new(fixture.url())).unwrap().is_empty());
    });
}

#[test]
fn an_instance_waits_for_another_that_migrates() {
    on_postgres(|fixture| {
        let (done, is_done) = channel();
        let settings = Settings::new(fixture.url());
        let meanwhile = || {
            std::thread::spawn(move || done.send(migrations::run(&settings).map_err(|error| error.to_string())));
            is_done.recv_timeout(Duration::from_millis(200)).expect_err("the other one waits");
        };
        migrate(fixture, NOTE, Ok(Vec::new()), meanwhile).unwrap();
        assert_eq!(is_done.recv_timeout(Duration::from_secs(10)), Ok(Ok(Vec::new())));
    });
}
