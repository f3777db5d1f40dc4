//! Values that nobody guesses, and those that all instances of one server share, kept in its database.

use diesel::prelude::*;

use crate::error::{Fault, Result};
use crate::schema::server_secrets as secrets;
use crate::store::Lobby;
use crate::store::portable::Portable;

/// The shared value of this name; the candidate becomes it where there is none yet.
///
/// # Errors
/// Only faults of the store.
pub fn shared(lobby: &mut Lobby<'_>, name: &str, candidate: &str) -> Result<String> {
    let first = diesel::insert_into(secrets::table)
        .values((secrets::name.eq(name), secrets::value.eq(candidate)))
        .on_conflict(secrets::name)
        .do_nothing();
    Portable(first).execute(lobby.conn)?;
    let this = secrets::table.filter(secrets::name.eq(name)).select(secrets::value);
    Ok(this.first(lobby.conn)?)
}

/// Random bytes in hexadecimal: two digits each.
///
/// # Errors
/// A fault when the system gives no randomness.
pub fn random_hex(bytes: usize) -> Result<String> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| Fault::Internal(format!("randomness: {error}")))?;
    Ok(hex(&random))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}
