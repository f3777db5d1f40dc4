//! PostgreSQL's pool: connections that die, and transactions that race each other.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{REFUSED, Runs, kept, note, notes};
use crate::error::{Error, Fault, Result};
use crate::stock;
use crate::store::connection::{Connector, Purpose};
use crate::store::{Lobby, OpenError, Settings, Store, Target};
use crate::testing::{Fixture, Shop, on_postgres, start, texts, whole};

const END_ALL_OTHERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Ends every other connection to this database, as a restart of the server would.
fn end_connections(url: &str) {
    let target = Target::parse(url).unwrap();
    let mut conn = Connector::new(target, None, true).open(Purpose::Write).unwrap();
    conn.batch_execute(END_ALL_OTHERS).unwrap();
    // The signal is sent; let it arrive.
    std::thread::sleep(Duration::from_millis(50));
}

/// Adds one to the number in a note.
fn add_one(lobby: &mut Lobby<'_>, name: &str) -> Result<()> {
    let this = notes::table.filter(notes::name.eq(name));
    let value: String = this.select(notes::value).first(lobby.conn)?;
    let more = value.parse::<i64>().unwrap() + 1;
    diesel::update(this).set(notes::value.eq(more.to_string())).execute(lobby.conn)?;
    Ok(())
}

fn values(fixture: &Fixture) -> Vec<String> {
    fixture.texts("SELECT name || '=' || value AS line FROM server_secrets ORDER BY name")
}

/// Two commands that first both do their first half, and then their second.
fn crosswise(
    fixture: &Fixture,
    half: impl Fn(&mut Lobby<'_>, usize, &dyn Fn()) -> Result<()> + Copy + Send + 'static,
) -> [Result<()>; 2] {
    let barrier = Arc::new(Barrier::new(2));
    let command = |side: usize| {
        let (barrier, runs) = (Arc::clone(&barrier), Runs::default());
        start(fixture.store.alter(move |lobby| {
            let is_first = runs.again() == 1;
            let meet = || {
                if is_first {
                    barrier.wait();
                }
            };
            half(lobby, side, &meet)
        }))
    };
    let both = [command(0), command(1)];
    both.map(|started| started.wait(fixture))
}

#[test]
fn connections_that_died_idle_are_replaced_unnoticed() {
    on_postgres(|fixture| {
        for round in 0..3 {
            let commands = (0..8)
                .map(|n| start(fixture.store.alter(move |lobby| note(lobby, &format!("{round}{n}")))))
                .collect::<Vec<_>>();
            for command in commands {
                assert_eq!(command.wait(fixture), Ok(()));
            }
            end_connections(fixture.url());
            assert_eq!(fixture.look(|_| Ok(())), Ok(()));
        }
        assert_eq!(kept(fixture).len(), 24);
    });
}

#[test]
fn a_connection_that_dies_in_the_middle_of_a_command_costs_one_run() {
    on_postgres(|fixture| {
        let (runs, url) = (Runs::default(), fixture.url().to_owned());
        let counted = runs.clone();
        let answer = fixture.alter(move |lobby| {
            note(lobby, "first half")?;
            if counted.again() == 1 {
                end_connections(&url);
            }
            note(lobby, "second half")
        });
        assert_eq!((answer, runs.count()), (Ok(()), 2));
        assert_eq!(kept(fixture), ["first half", "second half"]);
    });
}

#[test]
fn a_connection_that_dies_in_the_middle_of_a_read_costs_one_run() {
    on_postgres(|fixture| {
        let (runs, url) = (Runs::default(), fixture.url().to_owned());
        let counted = runs.clone();
        let answer = fixture.look(move |lobby| {
            if counted.again() == 1 {
                end_connections(&url);
            }
            Ok(notes::table.count().get_result::<i64>(lobby.conn)?)
        });
        assert_eq!((answer, runs.count()), (Ok(0), 2));
    });
}

#[test]
fn a_commit_whose_answer_is_lost_is_uncertain_and_not_tried_again() {
    on_postgres(|fixture| {
        let (runs, url) = (Runs::default(), fixture.url().to_owned());
        let counted = runs.clone();
        let answer = fixture.alter(move |lobby| {
            counted.again();
            note(lobby, "a")?;
            end_connections(&url);
            Ok(())
        });
        assert!(matches!(answer, Err(Error::Fault(Fault::Uncertain(_)))), "{answer:?}");
        assert_eq!((runs.count(), fixture.store.tallies().retired.get()), (1, 1));
        assert_eq!(fixture.alter(|lobby| note(lobby, "b")), Ok(()));
        assert_eq!(kept(fixture), ["b"]);
    });
}

#[test]
fn a_command_that_goes_on_after_an_error_is_not_taken_for_done() {
    on_postgres(|fixture| {
        let store = fixture.open(|settings| settings.pool = 1);
        let session = |lobby: &mut Lobby<'_>| Ok(texts(lobby.conn, "SELECT pg_backend_pid()::text AS line"));
        let before = fixture.wait(store.look(session));
        let answer = fixture.wait(store.alter(|lobby| {
            note(lobby, "a")?;
            note(lobby, "a").expect_err("a duplicate");
            Ok(())
        }));
        assert!(matches!(answer, Err(Error::Fault(Fault::Internal(_)))), "{answer:?}");
        assert_eq!(kept(fixture), [""; 0]);
        assert_eq!(fixture.wait(store.alter(|lobby| note(lobby, "b"))), Ok(()));
        assert_eq!(kept(fixture), ["b"]);
        assert_eq!(fixture.wait(store.look(session)), before, "the connection is as good as before");
        assert_eq!(store.tallies().retired.get(), 0);
    });
}

#[test]
fn a_commit_that_the_server_refuses_is_no_secret() {
    on_postgres(|fixture| {
        let answer = fixture.alter(|lobby| {
            note(lobby, "a")?;
            Ok(lobby.conn.batch_execute(
                "CREATE TEMPORARY TABLE whole (id BIGINT PRIMARY KEY);
                 CREATE TEMPORARY TABLE part (id BIGINT REFERENCES whole DEFERRABLE INITIALLY DEFERRED);
                 INSERT INTO part VALUES (1)",
            )?)
        });
        assert_eq!(answer, Err(Fault::ReferenceGone.into()));
        assert_eq!(fixture.store.tallies().retired.get(), 0);
        assert_eq!(kept(fixture), [""; 0]);
    });
}

#[test]
fn a_connection_that_cannot_roll_back_is_given_up_whatever_is_answered() {
    on_postgres(|fixture| {
        let (store, url) = (fixture.open(|settings| settings.pool = 1), fixture.url().to_owned());
        let refused = fixture.wait(store.alter::<(), _>(move |_| {
            end_connections(&url);
            Err(REFUSED)
        }));
        assert_eq!(refused, Err(REFUSED));
        assert_eq!(store.tallies().retired.get(), 1);
        assert_eq!(fixture.wait(store.alter(|lobby| note(lobby, "a"))), Ok(()));
        assert_eq!(store.tallies().retries.get(), 0, "the next command has a good connection at once");
    });
}

#[test]
fn a_deadlock_is_lost_by_one_command_which_runs_again() {
    on_postgres(|fixture| {
        fixture.alter(|lobby| note(lobby, "a").and_then(|()| note(lobby, "b"))).unwrap();
        let both = crosswise(fixture, |lobby, side, meet| {
            let order = if side == 0 { ["a", "b"] } else { ["b", "a"] };
            add_one(lobby, order[0])?;
            meet();
            add_one(lobby, order[1])
        });
        assert_eq!(both, [Ok(()), Ok(())]);
        assert_eq!(values(fixture), ["a=2", "b=2"]);
    });
}

#[test]
fn a_serialization_failure_is_lost_by_one_command_which_runs_again() {
    on_postgres(|fixture| {
        fixture.alter(|lobby| note(lobby, "a")).unwrap();
        let both = crosswise(fixture, |lobby, _, meet| {
            lobby.conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
            let _snapshot: i64 = notes::table.count().get_result(lobby.conn)?;
            meet();
            add_one(lobby, "a")
        });
        assert_eq!(both, [Ok(()), Ok(())]);
        assert_eq!(values(fixture), ["a=2"]);
    });
}

#[test]
fn a_race_that_is_always_lost_is_busy_after_five_runs() {
    on_postgres(|fixture| {
        let runs = Runs::default();
        let counted = runs.clone();
        let answer = fixture.alter::<()>(move |_| {
            counted.again();
            Err(Fault::Race("on purpose".to_owned()).into())
        });
        assert_eq!((answer, runs.count()), (Err(Fault::Busy.into()), 5));
        let tallies = fixture.store.tallies();
        assert_eq!((tallies.retries.get(), tallies.busy_locked.get(), tallies.retired.get()), (4, 1, 0));
    });
}

#[test]
fn after_the_last_run_the_answer_comes_at_once() {
    on_postgres(|fixture| {
        let wait_after_last = || {
            let (ran, runs) = channel();
            let lost = fixture.alter::<()>(move |_| {
                ran.send(Instant::now()).expect("the test waits");
                Err(Fault::Race("on purpose".to_owned()).into())
            });
            lost.expect_err("always lost");
            runs.iter().last().expect("a run").elapsed()
        };
        // Another pause would take 80 ms or more. The machine may be slow, but not each time.
        assert!((0..5).any(|_| wait_after_last() < Duration::from_millis(60)));
    });
}

#[test]
fn a_lock_that_is_held_too_long_is_busy() {
    on_postgres(|fixture| {
        fixture.alter(|lobby| note(lobby, "a")).unwrap();
        let mut other = fixture.connect();
        other.batch_execute("BEGIN; UPDATE server_secrets SET value = '1' WHERE name = 'a'").unwrap();
        let runs = Runs::default();
        let counted = runs.clone();
        let answer = fixture.alter(move |lobby| {
            counted.again();
            lobby.conn.batch_execute("SET LOCAL lock_timeout = '50ms'")?;
            add_one(lobby, "a")
        });
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!((answer, runs.count()), (Err(Fault::Busy.into()), 1));
        assert_eq!(fixture.store.tallies().busy_locked.get(), 1);
        assert_eq!(fixture.alter(|lobby| add_one(lobby, "a")), Ok(()));
    });
}

#[test]
fn a_server_that_is_away_is_a_fault_until_it_is_back() {
    on_postgres(|fixture| {
        let (_, name) = fixture.url().rsplit_once('/').unwrap();
        let admin = fixture.url().replace(name, "postgres");
        let mut admin = Connector::new(Target::parse(&admin).unwrap(), None, true).open(Purpose::Write).unwrap();
        admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
        admin.batch_execute(&END_ALL_OTHERS.replace("current_database()", &format!("'{name}'"))).unwrap();
        let begin = Instant::now();
        let away = fixture.alter(|lobby| note(lobby, "away"));
        let opened = Store::open(&Settings::new(fixture.url()));
        admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
        assert!(matches!(away, Err(Error::Fault(Fault::Unavailable(_)))), "{away:?}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        assert!(matches!(opened, Err(OpenError::Connection(_))));
        crate::testing::until("the pool has found the server again", || {
            fixture.alter(|lobby| note(lobby, "back")).is_ok()
        });
        assert_eq!(kept(fixture), ["back"]);
    });
}

#[test]
fn without_a_statement_cache_nothing_stays_prepared() {
    on_postgres(|fixture| {
        let store = fixture.open(|settings| (settings.cache_statements, settings.pool) = (false, 1));
        let prepared = fixture.wait(store.alter(|lobby| {
            note(lobby, "a")?;
            add_one(lobby, "a")?;
            Ok(crate::testing::texts(lobby.conn, "SELECT name AS line FROM pg_prepared_statements"))
        }));
        assert_eq!(prepared.unwrap().len(), 0);
    });
}

#[test]
fn a_product_that_is_locked_too_long_makes_a_command_busy_and_nothing_else() {
    on_postgres(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        let mut other = fixture.connect();
        other.batch_execute("BEGIN; SELECT id FROM products FOR UPDATE").unwrap();
        let answer = shop.write(move |tx| {
            tx.conn.batch_execute("SET LOCAL lock_timeout = '50ms'")?;
            stock::set_reorder_level(tx, anvil, syd, whole(5))
        });
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(answer, Err(Fault::Busy.into()));
    });
}
