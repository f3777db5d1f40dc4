//! Changing and removing the addresses of customers. Of each kind that a customer has, exactly one is the default.

use diesel::prelude::*;

use super::customers::{self, Address, AddressKind, NewAddress, written};
use crate::error::{Error, Result, Thing};
use crate::schema::customer_addresses as addresses;
use crate::store::Tx;

/// Says everything of an address anew. The default one of its kind stays so until another one becomes it; where it
/// changes its kind, the oldest one of the kind it leaves takes its place.
///
/// # Errors
/// [`Error::NotFound`] for an unknown customer or address.
pub fn replace(tx: &mut Tx<'_>, customer: i64, id: i64, new: &NewAddress) -> Result<Address> {
    let known = known(tx, customer)?;
    let before = find(&known, id)?;
    let stays = before.is_default && before.kind == new.kind;
    let alone = !known.iter().any(|other| other.id != id && other.kind == new.kind);
    let is_default = new.is_default || stays || alone;
    if is_default && !stays {
        let alike = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::customer_id.eq(customer));
        let alike = alike.and(addresses::kind.eq(new.kind));
        diesel::update(addresses::table.filter(alike)).set(addresses::is_default.eq(false)).execute(tx.conn)?;
    }
    let this = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::id.eq(id));
    diesel::update(addresses::table.filter(this)).set(written(new, is_default)).execute(tx.conn)?;
    if before.is_default && !stays {
        promote(tx, &known, id, before.kind)?;
    }
    Ok(addresses::table.filter(this).select(Address::as_select()).first(tx.conn)?)
}

/// Removes an address. Where it was the default one, the oldest one of its kind takes its place.
///
/// # Errors
/// [`Error::NotFound`] for an unknown customer or address.
pub fn remove(tx: &mut Tx<'_>, customer: i64, id: i64) -> Result<()> {
    let known = known(tx, customer)?;
    let gone = find(&known, id)?;
    let this = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::id.eq(id));
    diesel::delete(addresses::table.filter(this)).execute(tx.conn)?;
    if gone.is_default { promote(tx, &known, id, gone.kind) } else { Ok(()) }
}

/// The addresses of a customer, by id; the customer is held, so that no other command changes them meanwhile.
fn known(tx: &mut Tx<'_>, customer: i64) -> Result<Vec<Address>> {
    customers::lock(tx, customer)?;
    let of_customer = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::customer_id.eq(customer));
    Ok(addresses::table.filter(of_customer).order(addresses::id).select(Address::as_select()).load(tx.conn)?)
}

fn find(known: &[Address], id: i64) -> Result<&Address> {
    let found = known.iter().find(|address| address.id == id);
    found.ok_or_else(|| Error::NotFound { thing: Thing::Address, key: id.to_string() })
}

/// Makes the oldest address of a kind, other than the one that leaves it, the default one.
fn promote(tx: &mut Tx<'_>, known: &[Address], leaving: i64, kind: AddressKind) -> Result<()> {
    let Some(next) = known.iter().find(|other| other.id != leaving && other.kind == kind) else { return Ok(()) };
    let this = addresses::tenant_id.eq(tx.tenant_id()).and(addresses::id.eq(next.id));
    diesel::update(addresses::table.filter(this)).set(addresses::is_default.eq(true)).execute(tx.conn)?;
    Ok(())
}
