//! The lists that describe items: brands, types and units. Categories have a room of their own.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::actor::TenantId;
use crate::error::{Error, Result, Thing};
use crate::schema::{brands, item_types, uoms};
use crate::store::Tx;
use crate::values::{Code, Name, fold};

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Brands.
    Brands,
    /// Types of items.
    Types,
    /// Units.
    Uoms,
}

/// An entry of a list that describes items or stock.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Entry {
    /// Its id.
    pub id: i64,
    /// Its code, unique within its list in any case.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub is_active: bool,
    /// When it last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// How a command refers to an entry of a list, or to a category.
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

impl List {
    /// What each entry is.
    pub const fn thing(self) -> Thing {
        match self {
            Self::Brands => Thing::Brand,
            Self::Types => Thing::ItemType,
            Self::Uoms => Thing::Uom,
        }
    }
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

/// Reads all entries of the table of a list, by id.
macro_rules! entries_of {
    ($table:ident, $tx:ident) => {
        $table::table
            .filter($table::tenant_id.eq($tx.tenant_id()))
            .order($table::id)
            .select(($table::id, $table::code, $table::name, $table::is_active, $table::updated_at))
            .load($tx.conn)?
    };
}
pub(crate) use entries_of;

/// All entries of a list, by id.
///
/// # Errors
/// Only faults of the store.
pub fn entries(tx: &mut Tx<'_>, list: List) -> Result<Vec<Entry>> {
    Ok(match list {
        List::Brands => entries_of!(brands, tx),
        List::Types => entries_of!(item_types, tx),
        List::Uoms => entries_of!(uoms, tx),
    })
}

/// Finds what a command refers to in the table of a list.
macro_rules! find_in {
    ($table:ident, $tx:ident, $reference:ident) => {
        match &$reference.by {
            crate::items::master::By::Id(id) => $table::table
                .filter($table::tenant_id.eq($tx.tenant_id()).and($table::id.eq(*id)))
                .select($table::id)
                .first($tx.conn)
                .optional()?,
            crate::items::master::By::Code(code) => $table::table
                .filter($table::tenant_id.eq($tx.tenant_id()).and($table::code_key.eq(fold(code))))
                .select($table::id)
                .first($tx.conn)
                .optional()?,
            crate::items::master::By::Unreadable(_) => None,
        }
    };
}
pub(super) use find_in;

/// The id of an entry that a command refers to.
///
/// # Errors
/// [`Error::UnknownReference`] when this tenant has none like it.
pub(crate) fn resolve(tx: &mut Tx<'_>, list: List, reference: &Reference) -> Result<i64> {
    let found: Option<i64> = match list {
        List::Brands => find_in!(brands, tx, reference),
        List::Types => find_in!(item_types, tx, reference),
        List::Uoms => find_in!(uoms, tx, reference),
    };
    found.ok_or_else(|| reference.unknown(list.thing()))
}

/// An entry to be.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Its code, unique within its list in any case.
    pub code: Code,
    /// Its name.
    pub name: Name,
}

/// Adds an entry.
///
/// # Errors
/// [`Error::Duplicate`] when its code is taken.
pub fn create(tx: &mut Tx<'_>, list: List, new: &NewEntry) -> Result<i64> {
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
    Ok(match list {
        List::Brands => insert_into!(brands),
        List::Types => insert_into!(item_types),
        List::Uoms => insert_into!(uoms),
    })
}
