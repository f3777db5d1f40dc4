//! SQLite's writer: groups that share a commit, and what happens when a group, the file or the disk fails.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{ORPHAN, REFUSED, Runs, hold, hold_after, kept, note, notes};
use crate::error::{Error, Fault};
use crate::store::connection::{Conn, Native};
use crate::store::{Lobby, OpenError, Seen, Settings, Store};
use crate::testing::{on_sqlite, start, texts};

/// How often a store sent each of the words that group commands.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<String>>>);

impl Sent {
    fn watch(&self, settings: &mut Settings) {
        let sent = self.clone();
        settings.observer = Some(Arc::new(move |seen: Seen<'_>| {
            if let Seen::Sent(text) = seen {
                sent.0.lock().unwrap().push(text.split(" -- binds").next().unwrap_or_default().to_owned());
            }
        }));
    }

    fn count(&self, word: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|text| *text == word).count()
    }
}

#[test]
fn what_waits_together_is_committed_together() {
    on_sqlite(|fixture| {
        let sent = Sent::default();
        let store = fixture.open(|settings| sent.watch(settings));
        let held = hold(&store);
        let before = sent.count("COMMIT");
        let waiting =
            (0..70).map(|number| start(store.alter(move |lobby| note(lobby, &number.to_string())))).collect::<Vec<_>>();
        held.release(fixture);
        for command in waiting {
            assert_eq!(command.wait(fixture), Ok(()));
        }
        // The holding one, a group of 64, and the other 6.
        assert_eq!((sent.count("COMMIT") - before, sent.count("SAVEPOINT command")), (3, 70));
        let tallies = store.tallies();
        assert_eq!((tallies.groups.get(), tallies.grouped.get(), tallies.failed_groups.get()), (2, 70, 0));
        assert_eq!(kept(fixture).len(), 70);
    });
}

#[test]
fn after_a_failed_group_commit_each_command_runs_once_more_alone() {
    on_sqlite(|fixture| {
        let held = hold(&fixture.store);
        let runs = Runs::default();
        let good = |text: &'static str| {
            let runs = runs.clone();
            start(fixture.store.alter(move |lobby| {
                runs.again();
                note(lobby, text)
            }))
        };
        let first = good("first");
        let orphan = start(fixture.store.alter(|lobby| {
            note(lobby, "orphan")?;
            lobby.conn.batch_execute(&format!("PRAGMA defer_foreign_keys = ON; {ORPHAN}"))?;
            Ok(())
        }));
        let refused = start(fixture.store.alter(|lobby| note(lobby, "refused").and(Err::<(), _>(REFUSED))));
        let last = good("last");
        held.release(fixture);
        assert_eq!(first.wait(fixture), Ok(()));
        assert_eq!(orphan.wait(fixture), Err(Fault::ReferenceGone.into()));
        assert_eq!(refused.wait(fixture), Err(REFUSED));
        assert_eq!(last.wait(fixture), Ok(()));
        assert_eq!(runs.count(), 4, "two commands, each in the group and alone");
        let tallies = fixture.store.tallies();
        assert_eq!((tallies.groups.get(), tallies.failed_groups.get()), (0, 1));
        assert_eq!(kept(fixture), ["first", "last"]);
    });
}

#[test]
fn a_transaction_that_is_lost_in_the_middle_costs_no_neighbour() {
    on_sqlite(|fixture| {
        let held = hold(&fixture.store);
        let first = start(fixture.store.alter(|lobby| note(lobby, "first")));
        let loses = start(fixture.store.alter(|lobby| Ok(lobby.conn.batch_execute("ROLLBACK")?)));
        let last = start(fixture.store.alter(|lobby| note(lobby, "last")));
        held.release(fixture);
        assert_eq!(first.wait(fixture), Ok(()));
        assert!(matches!(loses.wait(fixture), Err(Error::Fault(Fault::Internal(_)))));
        assert_eq!(last.wait(fixture), Ok(()));
        assert_eq!(kept(fixture), ["first", "last"]);
    });
}

#[test]
fn a_reader_cannot_write() {
    on_sqlite(|fixture| {
        let written = fixture.look(|lobby| note(lobby, "a"));
        assert!(matches!(written, Err(Error::Fault(Fault::Unavailable(_)))), "{written:?}");
        assert_eq!(kept(fixture), [""; 0]);
    });
}

#[test]
fn a_reader_that_loses_its_transaction_says_what_the_command_said_and_reads_on() {
    on_sqlite(|fixture| {
        let store = fixture.open(|settings| settings.readers = 1);
        let lose = |answer: Result<(), Error>| {
            fixture.wait(
                store.look(move |lobby| lobby.conn.batch_execute("ROLLBACK").map_err(Error::from).and(answer.clone())),
            )
        };
        assert_eq!(lose(Err(REFUSED)), Err(REFUSED));
        assert!(matches!(lose(Ok(())), Err(Error::Fault(Fault::Internal(_)))));
        assert_eq!(fixture.wait(store.look(|_| Ok(7))), Ok(7));
    });
}

#[test]
fn a_reader_that_loses_its_connection_opens_another() {
    on_sqlite(|fixture| {
        let store = fixture.open(|settings| settings.readers = 1);
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("text.db");
        std::fs::write(&file, "This is a text of more than one hundred bytes. ".repeat(50)).unwrap();
        let lost = fixture.wait(store.look(move |lobby| {
            // It opens, and fails at the first look into the file.
            let broken = SqliteConnection::establish(&file.to_string_lossy()).expect("a connection");
            *lobby.conn = Conn(Native::Sqlite(broken));
            Ok(())
        }));
        assert!(matches!(lost, Err(Error::Fault(Fault::Internal(_)))), "{lost:?}");
        assert_eq!(fixture.wait(store.look(|lobby| Ok(notes::table.count().get_result(lobby.conn)?))), Ok(0));
        let written = fixture.wait(store.look(|lobby| note(lobby, "a")));
        assert!(matches!(written, Err(Error::Fault(Fault::Unavailable(_)))), "still a reader: {written:?}");
    });
}

#[test]
fn a_reader_sees_one_snapshot() {
    on_sqlite(|fixture| {
        let (store, mut other) = (fixture.store.clone(), Some(fixture.connect()));
        let counts = fixture.wait(store.look(move |lobby| {
            let before: i64 = notes::table.count().get_result(lobby.conn)?;
            let mut other = other.take().expect("the first run");
            diesel::insert_into(notes::table)
                .values((notes::name.eq("a"), notes::value.eq("0")))
                .execute(&mut other)?;
            Ok((before, notes::table.count().get_result::<i64>(lobby.conn)?))
        }));
        assert_eq!(counts, Ok((0, 0)));
        assert_eq!(kept(fixture), ["a"]);
    });
}

#[test]
fn another_process_that_writes_is_waited_for() {
    on_sqlite(|fixture| {
        let mut other = fixture.connect();
        other.batch_execute("BEGIN IMMEDIATE; INSERT INTO server_secrets VALUES ('other', '0')").unwrap();
        let command = start(fixture.store.alter(|lobby| note(lobby, "own")));
        std::thread::sleep(Duration::from_millis(200));
        other.batch_execute("COMMIT").unwrap();
        assert_eq!(command.wait(fixture), Ok(()));
        assert_eq!(kept(fixture), ["other", "own"]);
    });
}

#[test]
fn another_process_that_holds_the_file_too_long_makes_all_who_wait_busy_together() {
    on_sqlite(|fixture| {
        let store = fixture.open(|settings| settings.patience = Duration::from_secs(1));
        fixture.wait(store.alter(|lobby| Ok(lobby.conn.batch_execute("PRAGMA busy_timeout = 200")?))).unwrap();
        // Holds the thread that writes, but not the file.
        let held = hold_after(&store, |lobby| Ok(lobby.conn.batch_execute("ROLLBACK")?));
        let waiting = (0..20).map(|_| start(store.alter(|lobby| note(lobby, "never")))).collect::<Vec<_>>();
        let mut other = fixture.connect();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let begin = Instant::now();
        held.end(fixture).expect_err("there is nothing to commit");
        for command in waiting {
            assert_eq!(command.wait(fixture), Err(Fault::Busy.into()));
        }
        assert!(begin.elapsed() < Duration::from_secs(2), "the last of 20 waited {:?}", begin.elapsed());
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(fixture.wait(store.alter(|lobby| note(lobby, "after"))), Ok(()));
        assert_eq!(kept(fixture), ["after"]);
    });
}

#[test]
fn a_full_disk_is_a_fault_and_room_ends_it() {
    on_sqlite(|fixture| {
        let limit = |pages: i64| {
            fixture.alter(move |lobby| Ok(lobby.conn.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?))
        };
        let large = |lobby: &mut Lobby<'_>, text: &str| {
            let value = "x".repeat(1_000_000);
            diesel::insert_into(notes::table)
                .values((notes::name.eq(text), notes::value.eq(value)))
                .execute(lobby.conn)?;
            Ok(())
        };
        limit(1).unwrap(); // The size the file has already is the least there is.
        assert_eq!(fixture.alter(move |lobby| large(lobby, "alone")), Err(Fault::Full.into()));

        let held = hold(&fixture.store);
        let small = start(fixture.store.alter(|lobby| note(lobby, "small")));
        let full = start(fixture.store.alter(move |lobby| large(lobby, "in a group")));
        let after = start(fixture.store.alter(|lobby| note(lobby, "small too")));
        held.release(fixture);
        assert_eq!(small.wait(fixture), Ok(()));
        assert_eq!(full.wait(fixture), Err(Fault::Full.into()));
        assert_eq!(after.wait(fixture), Ok(()));

        limit(1_000_000).unwrap();
        assert_eq!(fixture.alter(move |lobby| large(lobby, "with room")), Ok(()));
        assert_eq!(kept(fixture), ["small", "small too", "with room"]);
    });
}

#[test]
fn the_writer_is_set_up_to_lose_nothing() {
    on_sqlite(|fixture| {
        let mut conn = fixture.connect();
        let settings = "SELECT (SELECT journal_mode FROM pragma_journal_mode) || ' ' ||
            (SELECT synchronous FROM pragma_synchronous) || ' ' || (SELECT foreign_keys FROM pragma_foreign_keys) || ' '
            || (SELECT timeout FROM pragma_busy_timeout) AS line";
        assert_eq!(texts(&mut conn, settings), ["wal 2 1 5000"]);
    });
}

#[test]
fn a_file_that_is_no_database_is_refused_when_the_store_opens() {
    on_sqlite(|fixture| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("text.db");
        std::fs::write(&file, "This is a text of more than one hundred bytes. ".repeat(50)).unwrap();
        let opened = Store::open(&Settings::new(format!("sqlite://{}", file.display())));
        assert!(matches!(opened, Err(OpenError::Connection(_))), "{:?}", opened.err());
        assert!(matches!(Store::open(&Settings::new("mysql://here")), Err(OpenError::Url(_))));
        assert!(matches!(Store::open(&Settings::new("sqlite://:memory:")), Err(OpenError::Url(_))));
        assert_eq!(fixture.look(|_| Ok(())), Ok(()));
    });
}
