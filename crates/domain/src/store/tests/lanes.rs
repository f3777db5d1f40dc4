//! What holds on both engines: results, refusals, panics, full queues, and callers and stores that go away.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::{REFUSED, Runs, hold, kept, note};
use crate::error::{Error, Fault};
use crate::testing::{on_both, start, until};

#[test]
fn a_result_comes_back_after_its_change_was_kept() {
    on_both(|fixture| {
        let answer = fixture.alter(|lobby| note(lobby, "a").map(|()| 42));
        assert_eq!(answer, Ok(42));
        assert_eq!(kept(fixture), ["a"]);
        assert_eq!(fixture.look(|_| Ok(7)), Ok(7));
    });
}

#[test]
fn a_refusal_undoes_its_own_changes_and_no_others() {
    on_both(|fixture| {
        let held = hold(&fixture.store);
        let queued = (0..20)
            .map(|number| {
                start(fixture.store.alter(move |lobby| {
                    note(lobby, &format!("{number:02}"))?;
                    if number % 2 == 0 { Ok(number) } else { Err(REFUSED) }
                }))
            })
            .collect::<Vec<_>>();
        held.release(fixture);
        for (number, command) in (0..).zip(queued) {
            assert_eq!(command.wait(fixture), if number % 2 == 0 { Ok(number) } else { Err(REFUSED) });
        }
        assert_eq!(kept(fixture), ["00", "02", "04", "06", "08", "10", "12", "14", "16", "18"]);
    });
}

#[test]
fn a_panic_is_an_internal_fault_for_its_command_alone() {
    on_both(|fixture| {
        let held = hold(&fixture.store);
        let before = start(fixture.store.alter(|lobby| note(lobby, "before")));
        let panics = start(fixture.store.alter::<(), _>(|lobby| {
            note(lobby, "undone")?;
            panic!("on purpose")
        }));
        let after = start(fixture.store.alter(|lobby| note(lobby, "after")));
        held.release(fixture);
        assert_eq!(before.wait(fixture), Ok(()));
        let Err(Error::Fault(Fault::Internal(why))) = panics.wait(fixture) else { panic!("not an internal fault") };
        assert!(why.contains("on purpose"), "{why}");
        assert_eq!(after.wait(fixture), Ok(()));
        assert_eq!(fixture.alter(|lobby| note(lobby, "later")), Ok(()));
        assert_eq!(kept(fixture), ["after", "before", "later"]);
    });
}

#[test]
fn a_panic_while_reading_leaves_the_reader_in_order() {
    on_both(|fixture| {
        let store = fixture.open(|settings| (settings.readers, settings.pool) = (1, 1));
        let panics = fixture.wait(store.look::<(), _>(|_| panic!("on purpose")));
        assert!(matches!(panics, Err(Error::Fault(Fault::Internal(_)))), "{panics:?}");
        assert_eq!(fixture.wait(store.look(|_| Ok(7))), Ok(7));
    });
}

#[test]
fn a_full_queue_is_busy_at_once() {
    on_both(|fixture| {
        let store = fixture.open(|settings| (settings.queue, settings.pool) = (2, 1));
        let held = hold(&store);
        let waiting = ["a", "b"].map(|text| start(store.alter(move |lobby| note(lobby, text))));
        assert_eq!(store.waiting().1, 2);
        let begin = Instant::now();
        assert_eq!(fixture.wait(store.alter(|lobby| note(lobby, "c"))), Err(Fault::Busy.into()));
        assert!(begin.elapsed() < Duration::from_millis(500), "refused after {:?}", begin.elapsed());
        let tallies = store.tallies();
        assert_eq!((tallies.busy_full.get(), tallies.busy_late.get(), tallies.busy_locked.get()), (1, 0, 0));
        held.release(fixture);
        for command in waiting {
            assert_eq!(command.wait(fixture), Ok(()));
        }
        assert_eq!(kept(fixture), ["a", "b"]);
    });
}

#[test]
fn a_wait_past_patience_is_busy_and_the_command_is_not_run() {
    on_both(|fixture| {
        let store = fixture.open(|settings| (settings.patience, settings.pool) = (Duration::from_millis(50), 1));
        let held = hold(&store);
        let late = start(store.alter(|lobby| note(lobby, "late")));
        std::thread::sleep(Duration::from_millis(100));
        held.release(fixture);
        assert_eq!(late.wait(fixture), Err(Fault::Busy.into()));
        let tallies = store.tallies();
        assert_eq!((tallies.busy_full.get(), tallies.busy_late.get(), tallies.busy_locked.get()), (0, 1, 0));
        assert_eq!(kept(fixture), [""; 0]);
    });
}

#[test]
fn a_caller_who_goes_away_before_its_turn_changes_nothing() {
    on_both(|fixture| {
        let store = fixture.open(|settings| settings.pool = 1);
        let held = hold(&store);
        let gone = start(store.alter(|lobby| note(lobby, "gone")));
        let stays = start(store.alter(|lobby| note(lobby, "stays")));
        drop(gone);
        held.release(fixture);
        assert_eq!(stays.wait(fixture), Ok(()));
        assert_eq!(kept(fixture), ["stays"]);
    });
}

#[test]
fn a_caller_who_goes_away_in_the_middle_does_not_change_what_is_done() {
    on_both(|fixture| {
        let (entered, has_entered) = channel();
        let store = fixture.open(|_| {});
        let command = start(store.alter(move |lobby| {
            entered.send(()).expect("the test waits");
            std::thread::sleep(Duration::from_millis(50));
            note(lobby, "done")
        }));
        has_entered.recv().expect("the command runs");
        drop(command);
        // The last handle waits until the command is done.
        drop(store);
        assert_eq!(kept(fixture), ["done"]);
    });
}

#[test]
fn the_last_handle_waits_for_all_commands() {
    on_both(|fixture| {
        let store = fixture.open(|settings| settings.pool = 2);
        let callers = (0..8)
            .map(|number: i32| {
                let store = store.clone();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
                std::thread::spawn(move || runtime.block_on(store.alter(move |lobby| note(lobby, &number.to_string()))))
            })
            .collect::<Vec<_>>();
        drop(store);
        for caller in callers {
            assert_eq!(caller.join().expect("no panic"), Ok(()));
        }
        assert_eq!(kept(fixture).len(), 8);
    });
}

#[test]
fn a_store_that_closes_does_what_it_accepted_and_takes_no_more() {
    on_both(|fixture| {
        let store = fixture.open(|settings| settings.pool = 1);
        let held = hold(&store);
        let accepted = ["a", "b"].map(|text| start(store.alter(move |lobby| note(lobby, text))));
        let closing = store.clone();
        let closing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(closing.close());
        });
        until("the store takes no more", || !store.is_alive());
        let stopping = Fault::Unavailable("the server is stopping".to_owned());
        assert_eq!(fixture.wait(store.alter(|lobby| note(lobby, "c"))), Err(stopping.clone().into()));
        assert_eq!(fixture.wait(store.look(|_| Ok(()))), Err(stopping.into()));
        assert!(!closing.is_finished(), "a command still runs");
        held.release(fixture);
        closing.join().expect("no panic");
        // Answered already: all that is left is to take the answer.
        assert!(accepted.into_iter().all(|command| command.wait(fixture) == Ok(())));
        assert_eq!(kept(fixture), ["a", "b"]);
        fixture.wait(store.clone().close());
    });
}

/// Ends the thread that lets go of it.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

#[test]
fn a_thread_that_ended_is_noticed_and_nobody_waits_for_it() {
    on_both(|fixture| {
        let store = fixture.open(|settings| settings.pool = 1);
        assert!(store.is_alive());
        let held = hold(&store);
        let bomb = Bomb;
        let last = start(store.alter(move |_| {
            let _held = &bomb;
            Ok(())
        }));
        let waiting = start(store.alter(|lobby| note(lobby, "waiting")));
        held.release(fixture);
        assert_eq!(last.wait(fixture), Ok(()));
        let lost = waiting.wait(fixture);
        assert!(matches!(lost, Err(Error::Fault(Fault::Uncertain(_)))), "{lost:?}");
        until("the thread has ended", || !store.is_alive());
        let after = fixture.wait(store.alter(|lobby| note(lobby, "after")));
        assert!(matches!(after, Err(Error::Fault(Fault::Unavailable(_)))), "{after:?}");
    });
}

#[test]
fn a_refused_command_runs_once() {
    on_both(|fixture| {
        let runs = Runs::default();
        let counted = runs.clone();
        let refused = fixture.alter::<()>(move |_| {
            counted.again();
            Err(REFUSED)
        });
        assert_eq!((refused, runs.count()), (Err(REFUSED), 1));
    });
}

#[test]
fn an_instant_is_kept_to_the_microsecond() {
    on_both(|fixture| {
        let shop = crate::testing::Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL");
        let read = shop.read(move |tx| crate::items::get(tx, item.id)).expect("the item").item;
        assert_eq!((read.created_at, read.updated_at), (item.created_at, item.updated_at));
    });
}
