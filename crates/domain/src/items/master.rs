//! The lists that describe items: brands, types and units. Categories have a room of their own.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::bring::{Brought, Intent, Outcome, at_most, is_clear, problem, repeated};
use crate::error::{Error, Fault, Result, Thing, Unique};
use crate::schema::{brands, item_types, products, uoms};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::portable::{ForNoKeyUpdate, ForUpdate, Unindexed};
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

    const fn table(self) -> &'static str {
        match self {
            Self::Brands => "brands",
            Self::Types => "item_types",
            Self::Uoms => "uoms",
        }
    }

    const fn made(self) -> bulk::Into {
        let columns = &["tenant_id", "code", "code_key", "name", "is_active", "created_at", "updated_at"];
        bulk::Into { table: self.table(), columns }
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

/// What may change of an entry; `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct EntryChanges {
    /// Its code.
    pub code: Option<Code>,
    /// Its name.
    pub name: Option<Name>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

/// What another system says of an entry; `None` keeps, or is the default of a new one.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Its code, in any case.
    pub code: Code,
    /// Its name; a new entry needs one.
    pub name: Option<Name>,
    /// Whether it is in use; a new entry is.
    pub is_active: Option<bool>,
}

/// Adds an entry.
///
/// # Errors
/// [`Error::Duplicate`] when its code is taken.
pub fn create(tx: &mut Tx<'_>, list: List, new: &NewEntry) -> Result<i64> {
    let row = new_row(new.code.as_str(), new.name.as_str(), true, tx.now());
    let ids = bulk::insert_returning(tx.conn, tx.tenant_id(), list.made(), &[row])?;
    ids.first().copied().ok_or_else(|| Fault::Internal("an entry was made without an id".to_owned()).into())
}

/// Changes an entry. Its `updated_at` moves exactly when something else does.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Duplicate`] when its code is taken.
pub fn amend(tx: &mut Tx<'_>, list: List, id: i64, changes: &EntryChanges) -> Result<Entry> {
    let before = lock(tx, list, id)?;
    let EntryChanges { code, name, is_active } = changes.clone();
    let after = Entry {
        id,
        code: code.map_or_else(|| before.code.clone(), String::from),
        name: name.map_or_else(|| before.name.clone(), String::from),
        is_active: is_active.unwrap_or(before.is_active),
        updated_at: before.updated_at,
    };
    if after == before {
        return Ok(before);
    }
    let after = Entry { updated_at: tx.now(), ..after };
    write(tx, list, &[&after])?;
    Ok(after)
}

/// Removes an entry.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while products refer to it.
pub fn remove(tx: &mut Tx<'_>, list: List, id: i64) -> Result<()> {
    let Entry { code, .. } = lock(tx, list, id)?;
    let mut items = products::table.into_boxed().filter(products::tenant_id.eq(tx.tenant_id()));
    items = match list {
        List::Brands => items.filter(products::brand_id.eq(id)),
        List::Types => items.filter(products::type_id.eq(id)),
        List::Uoms => {
            let counted = products::base_uom_id.eq(id).or(products::sales_uom_id.eq(id));
            items.filter(counted.or(products::purchase_uom_id.eq(id)))
        }
    };
    let item: Option<String> = items.select(products::sku).first(tx.conn).optional()?;
    if let Some(sku) = item {
        let by = format!("product {sku} has it: give that another {} first", list.thing());
        return Err(Error::InUse { thing: list.thing(), key: code, by });
    }
    macro_rules! delete_from {
        ($table:ident) => {
            diesel::delete($table::table.filter($table::tenant_id.eq(tx.tenant_id()).and($table::id.eq(id))))
                .execute(tx.conn)?
        };
    }
    match list {
        List::Brands => delete_from!(brands),
        List::Types => delete_from!(item_types),
        List::Uoms => delete_from!(uoms),
    };
    Ok(())
}

/// Brings entries from another system.
///
/// # Errors
/// [`Error::Invalid`] for too many rows at once, and faults of the store; what is wrong with a row is its outcome.
pub fn bring(tx: &mut Tx<'_>, list: List, rows: &[EntryRow], intent: Intent) -> Result<Vec<Outcome>> {
    at_most(rows.len())?;
    let keys = rows.iter().map(|row| fold(row.code.as_str())).collect::<Vec<_>>();
    let known = by_codes(tx, list, &keys, intent)?;
    let (mut made, mut changed, mut outcomes) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
    for ((row, key), is_repeated) in rows.iter().zip(&keys).zip(repeated(keys.iter())) {
        let EntryRow { code, name, is_active } = row;
        outcomes.push(match (known.get(key), name) {
            _ if is_repeated => Err(vec![Error::Duplicate(Unique::Code)]),
            (None, None) => Err(vec![problem("name", "is required for a new one")]),
            (None, Some(name)) => {
                made.push(new_row(code.as_str(), name.as_str(), is_active.unwrap_or(true), tx.now()));
                Ok(Brought::Made)
            }
            (Some(before), name) => {
                let name = name.as_ref().map_or_else(|| before.name.clone(), |name| name.as_str().to_owned());
                let after = Entry { name, is_active: is_active.unwrap_or(before.is_active), ..before.clone() };
                if after == *before {
                    Ok(Brought::Unchanged)
                } else {
                    changed.push(Entry { updated_at: tx.now(), ..after });
                    Ok(Brought::Changed)
                }
            }
        });
    }
    if intent == Intent::Write && is_clear(&outcomes) {
        bulk::insert(tx.conn, tx.tenant_id(), list.made(), &made)?;
        write(tx, list, &changed.iter().collect::<Vec<_>>())?;
    }
    Ok(outcomes)
}

/// Ids by folded code, of those of these codes that there are.
pub(super) fn ids(tx: &mut Tx<'_>, list: List, keys: &[String]) -> Result<HashMap<String, i64>> {
    let found = by_codes(tx, list, keys, Intent::Judge)?;
    Ok(found.into_iter().map(|(key, entry)| (key, entry.id)).collect())
}

/// The entries with these folded codes, by those; held where they are to be written.
fn by_codes(tx: &mut Tx<'_>, list: List, keys: &[String], intent: Intent) -> Result<HashMap<String, Entry>> {
    macro_rules! find_all {
        ($table:ident) => {{
            let these = $table::tenant_id.eq(tx.tenant_id()).and($table::code_key.among(keys));
            let query = $table::table.filter(these).order(Unindexed($table::id)).select((
                $table::id,
                $table::code,
                $table::name,
                $table::is_active,
                $table::updated_at,
            ));
            match intent {
                Intent::Judge => query.load(tx.conn)?,
                Intent::Write => ForNoKeyUpdate(query).load(tx.conn)?,
            }
        }};
    }
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<Entry> = match list {
        List::Brands => find_all!(brands),
        List::Types => find_all!(item_types),
        List::Uoms => find_all!(uoms),
    };
    Ok(found.into_iter().map(|entry| (fold(&entry.code), entry)).collect())
}

fn lock(tx: &mut Tx<'_>, list: List, id: i64) -> Result<Entry> {
    macro_rules! lock_in {
        ($table:ident) => {{
            let this = $table::table.filter($table::tenant_id.eq(tx.tenant_id()).and($table::id.eq(id)));
            let columns = ($table::id, $table::code, $table::name, $table::is_active, $table::updated_at);
            ForUpdate(this.select(columns)).get_result(tx.conn).optional()?
        }};
    }
    let found: Option<Entry> = match list {
        List::Brands => lock_in!(brands),
        List::Types => lock_in!(item_types),
        List::Uoms => lock_in!(uoms),
    };
    found.ok_or_else(|| Error::NotFound { thing: list.thing(), key: id.to_string() })
}

fn write(tx: &mut Tx<'_>, list: List, entries: &[&Entry]) -> Result<()> {
    let row = |entry: &&Entry| {
        let Entry { id, code, name, is_active, updated_at } = entry;
        cells![*id, code.as_str(), fold(code), name.as_str(), *is_active, *updated_at]
    };
    let rows = entries.iter().map(row).collect::<Vec<_>>();
    let set = &["code", "code_key", "name", "is_active", "updated_at"];
    let change = bulk::Change { table: list.table(), keys: &["id"], set, add: &[] };
    bulk::update(tx.conn, tx.tenant_id(), change, &rows)?;
    Ok(())
}

/// A new entry, as [`List::made`] wants it.
fn new_row(code: &str, name: &str, is_active: bool, now: NaiveDateTime) -> Vec<bulk::Cell> {
    cells![code, fold(code), name, is_active, now, now]
}
