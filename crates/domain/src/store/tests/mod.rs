//! The way to the data, on both engines. The commands here write notes: rows of a table that belongs to no tenant.

mod checks;
mod classify;
mod connection;
mod lanes;
mod migrations;
mod portable;
mod postgres;
mod schema;
mod search;
mod sqlite;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use diesel::prelude::*;

use super::{Lobby, Store};
use crate::error::{Error, Result};
use crate::schema::server_secrets as notes;
use crate::testing::{Fixture, Started, start, until};

/// A refusal, as a rule would say it.
const REFUSED: Error = Error::Banned;

/// Writes a note.
fn note(lobby: &mut Lobby<'_>, text: &str) -> Result<()> {
    diesel::insert_into(notes::table).values((notes::name.eq(text), notes::value.eq("0"))).execute(lobby.conn)?;
    Ok(())
}

/// All notes that were kept, in order.
fn kept(fixture: &Fixture) -> Vec<String> {
    fixture.texts("SELECT name AS line FROM server_secrets ORDER BY name")
}

/// A row that refers to a user who does not exist.
const ORPHAN: &str = "INSERT INTO logins (email_key, tenant_id, user_id) VALUES ('nobody', 1, 1)";

/// Counts how often a command ran.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    /// Counts one more, and says the how manieth it is, from 1.
    fn again(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Keeps one thread of a store busy until it is let go.
struct Hold<F: Future> {
    command: Started<F>,
    release: Sender<()>,
}

/// Returns once the command runs. What is queued from here on waits, on SQLite or with a pool of one.
fn hold(store: &Store) -> Hold<impl Future<Output = Result<()>>> {
    hold_after(store, |_| Ok(()))
}

/// The same, after a first step.
fn hold_after(
    store: &Store,
    mut first: impl FnMut(&mut Lobby<'_>) -> Result<()> + Send + 'static,
) -> Hold<impl Future<Output = Result<()>>> {
    let (entered, has_entered) = channel();
    let (release, released) = channel();
    let store = store.clone();
    let command = start(async move {
        let command = move |lobby: &mut Lobby<'_>| {
            first(lobby)?;
            entered.send(()).expect("the test waits");
            // The end of the test lets go as well.
            let _released_or_gone = released.recv();
            Ok(())
        };
        store.alter(command).await
    });
    has_entered.recv().expect("the command runs");
    Hold { command, release }
}

impl<F: Future<Output = Result<()>>> Hold<F> {
    fn release(self, fixture: &Fixture) {
        self.end(fixture).expect("the holding command is done");
    }

    /// Lets go, and tells how the holding command ended.
    fn end(self, fixture: &Fixture) -> Result<()> {
        self.release.send(()).expect("the command waits");
        self.command.wait(fixture)
    }
}
