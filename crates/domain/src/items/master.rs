//! The lists that describe items: brands, types and units. Categories have a room of their own.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::actor::TenantId;
use crate::error::{Error, Fault, Result, Thing};
use crate::schema::{brands, categories, item_types, uoms};
use crate::store::Tx;
use crate::values::{Code, Name, fold};

/// How a command refers to an entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field that refers to it, as the caller named it.
    pub field: String,
    /// What it is known by.
    pub by: By,
}

/// What an entry is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Its id.
    Id(i64),
    /// Its code, in any case.
    Code(String),
    /// A text that cannot be an id; never found.
    Unreadable(String),
}

impl Reference {
    /// The refusal of a reference that leads nowhere.
    pub(crate) fn unknown(&self, thing: Thing) -> Error {
        Error::UnknownReference { field: self.field.clone(), thing, key: self.by.to_string() }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Code(text) | Self::Unreadable(text) => f.write_str(text),
        }
    }
}

/// The id of an entry that a command refers to.
///
/// # Errors
/// [`Error::UnknownReference`] when this tenant has none like it.
pub(crate) fn resolve(tx: &mut Tx<'_>, thing: Thing, reference: &Reference) -> Result<i64> {
    macro_rules! find_in {
        ($table:ident) => {
            match &reference.by {
                By::Id(id) => $table::table
                    .filter($table::tenant_id.eq(tx.tenant_id()).and($table::id.eq(*id)))
                    .select($table::id)
                    .first(tx.conn)
                    .optional()?,
                By::Code(code) => $table::table
                    .filter($table::tenant_id.eq(tx.tenant_id()).and($table::code_key.eq(fold(code))))
                    .select($table::id)
                    .first(tx.conn)
                    .optional()?,
                By::Unreadable(_) => None,
            }
        };
    }
    let found: Option<i64> = match thing {
        Thing::Category => find_in!(categories),
        Thing::Brand => find_in!(brands),
        Thing::ItemType => find_in!(item_types),
        Thing::Uom => find_in!(uoms),
        Thing::Item
        | Thing::Warehouse
        | Thing::Batch
        | Thing::Order
        | Thing::OrderLine
        | Thing::Customer
        | Thing::Tenant
        | Thing::User
        | Thing::Uid => {
            return Err(Fault::Internal(format!("a {thing} does not describe items")).into());
        }
    };
    found.ok_or_else(|| reference.unknown(thing))
}

/// An entry to be, of the brands, types or units.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Its code, unique within its list in any case.
    pub code: Code,
    /// Its name.
    pub name: Name,
}

/// Adds a brand, type or unit.
///
/// # Errors
/// [`Error::Duplicate`] when its code is taken.
pub fn create(tx: &mut Tx<'_>, thing: Thing, new: &NewEntry) -> Result<i64> {
    macro_rules! insert_into {
        ($table:ident) => {{
            let (tenant, now): (TenantId, NaiveDateTime) = (tx.tenant_id(), tx.now());
            diesel::insert_into($table::table)
                .values((
                    $table::tenant_id.eq(tenant),
                    $table::code.eq(new.code.as_str()),
                    $table::code_key.eq(fold(new.code.as_str())),
                    $table::name.eq(new.name.as_str()),
                    $table::is_active.eq(true),
                    $table::created_at.eq(now),
                    $table::updated_at.eq(now),
                ))
                .returning($table::id)
                .get_result(tx.conn)?
        }};
    }
    Ok(match thing {
        Thing::Brand => insert_into!(brands),
        Thing::ItemType => insert_into!(item_types),
        Thing::Uom => insert_into!(uoms),
        Thing::Category
        | Thing::Item
        | Thing::Warehouse
        | Thing::Batch
        | Thing::Order
        | Thing::OrderLine
        | Thing::Customer
        | Thing::Tenant
        | Thing::User
        | Thing::Uid => {
            return Err(Fault::Internal(format!("a {thing} is not made here")).into());
        }
    })
}
