//! Product categories: a tree of names, each with the number of its direct members.

mod bring;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use bring::{CategoryRow, bring};

use super::master::{Entry, Reference, entries_of, find_in};
use crate::access::secrets::random_hex;
use crate::error::{Error, Problem, Result, Thing};
use crate::schema::categories;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::portable::{ForNoKeyUpdate, ForUpdate, advance_sequence};
use crate::values::{Change, Code, Name, fold};

/// Levels that a tree of categories may have.
const MAX_DEPTH: usize = 32;
const TOO_DEEP: &str = "lies too deep: a tree of categories has at most 32 levels";
const CIRCULAR: &str = "must not be the category itself or one below it: choose another parent";

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = categories, check_for_backend(crate::store::connection::MultiBackend))]
pub struct Category {
    /// Its id.
    pub id: i64,
    /// Its code, unique within the tenant in any case.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The category above it.
    pub parent_id: Option<i64>,
    /// Items that are directly in it.
    pub product_count: i64,
    /// Whether it is in use.
    pub is_active: bool,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// When it last changed, in UTC; its members do not count.
    pub updated_at: NaiveDateTime,
}

/// A category to be.
#[derive(Debug, Clone)]
pub struct NewCategory {
    /// Its id, where it comes with one; else the next.
    pub id: Option<i64>,
    /// Its code; absent: its id as text, or, where another category was given that code, the id and a number.
    pub code: Option<Code>,
    /// Its name.
    pub name: Name,
    /// The category above it.
    pub parent: Option<Reference>,
}

/// What may change of a category; `None` and [`Change::Keep`] keep.
#[derive(Debug, Clone)]
pub struct CategoryChanges {
    /// Its code.
    pub code: Option<Code>,
    /// Its name.
    pub name: Option<Name>,
    /// The category above it.
    pub parent: Change<Reference>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

/// All categories, by id.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Category>> {
    let of_tenant = categories::table.filter(categories::tenant_id.eq(tx.tenant_id()));
    Ok(of_tenant.order(categories::id).select(Category::as_select()).load(tx.conn)?)
}

/// All categories as other lists have their entries, by id.
///
/// # Errors
/// Only faults of the store.
pub fn entries(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    Ok(entries_of!(categories, tx))
}

/// Makes a category.
///
/// # Errors
/// [`Error::Duplicate`] for a code that is taken; [`Error::UnknownReference`] for an unknown parent;
/// [`Error::Invalid`] when it would stand too deep.
pub fn create(tx: &mut Tx<'_>, new: &NewCategory) -> Result<Category> {
    let parent = new.parent.as_ref().map(|parent| resolve(tx, parent)).transpose()?;
    if let (Some(parent), Some(reference)) = (parent, &new.parent) {
        stands_clear(tx, new.id, parent, reference)?;
    }
    let (tenant_id, now) = (tx.tenant_id(), tx.now());
    // Until the id is known, a code that nobody has or guesses.
    let code = new.code.as_ref().map_or_else(|| random_hex(16), |code| Ok(code.as_str().to_owned()))?;
    let row = (
        categories::tenant_id.eq(tenant_id),
        categories::code.eq(&code),
        categories::code_key.eq(fold(&code)),
        categories::name.eq(new.name.as_str()),
        categories::parent_id.eq(parent),
        categories::product_count.eq(0),
        categories::is_active.eq(true),
        categories::created_at.eq(now),
        categories::updated_at.eq(now),
    );
    let insert = diesel::insert_into(categories::table);
    let id: i64 = match new.id {
        Some(id) => {
            insert.values((categories::id.eq(id), row)).execute(tx.conn)?;
            advance_sequence(tx.conn, "categories")?;
            id
        }
        None => insert.values(row).returning(categories::id).get_result(tx.conn)?,
    };
    let code = if new.code.is_some() { code } else { own_code(tx, id)? };
    let name = new.name.as_str().to_owned();
    let (parent_id, product_count, is_active) = (parent, 0, true);
    Ok(Category { id, code, name, parent_id, product_count, is_active, created_at: now, updated_at: now })
}

/// Changes a category.
///
/// # Errors
/// [`Error::NotFound`]; as [`create`]; [`Error::Invalid`] also when it would stand below itself.
pub fn amend(tx: &mut Tx<'_>, id: i64, changes: &CategoryChanges) -> Result<Category> {
    let before = lock(tx, id)?;
    let mut after = before.clone();
    if let Some(code) = &changes.code {
        code.as_str().clone_into(&mut after.code);
    }
    if let Some(name) = &changes.name {
        name.as_str().clone_into(&mut after.name);
    }
    after.is_active = changes.is_active.unwrap_or(before.is_active);
    match &changes.parent {
        Change::Keep => {}
        Change::Clear => after.parent_id = None,
        Change::Set(parent) => {
            let parent_id = resolve(tx, parent)?;
            stands_clear(tx, Some(id), parent_id, parent)?;
            after.parent_id = Some(parent_id);
        }
    }
    if after == before {
        return Ok(before);
    }
    after.updated_at = tx.now();
    let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.eq(id));
    diesel::update(categories::table.filter(this))
        .set((
            categories::code.eq(&after.code),
            categories::code_key.eq(fold(&after.code)),
            categories::name.eq(&after.name),
            categories::parent_id.eq(after.parent_id),
            categories::is_active.eq(after.is_active),
            categories::updated_at.eq(after.updated_at),
        ))
        .execute(tx.conn)?;
    Ok(after)
}

/// Removes an empty category.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InUse`] while items or other categories are in it.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let category = lock(tx, id)?;
    let in_use = |by: String| Error::InUse { thing: Thing::Category, key: id.to_string(), by };
    if category.product_count > 0 {
        return Err(in_use(format!("{} products are in it: move them to another first", category.product_count)));
    }
    let below = categories::tenant_id.eq(tx.tenant_id()).and(categories::parent_id.eq(id));
    let child: Option<String> = categories::table.filter(below).select(categories::name).first(tx.conn).optional()?;
    if let Some(child) = child {
        return Err(in_use(format!("the category {child} is below it: move or delete that first")));
    }
    let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.eq(id));
    diesel::delete(categories::table.filter(this)).execute(tx.conn)?;
    Ok(())
}

/// The id of a category that a command refers to.
///
/// # Errors
/// [`Error::UnknownReference`] when this tenant has none like it.
pub(super) fn resolve(tx: &mut Tx<'_>, reference: &Reference) -> Result<i64> {
    let found: Option<i64> = find_in!(categories, tx, reference);
    found.ok_or_else(|| reference.unknown(Thing::Category))
}

/// Ids by folded code, of those of these codes that there are.
pub(super) fn ids(tx: &mut Tx<'_>, keys: &[String]) -> Result<HashMap<String, i64>> {
    let these = categories::tenant_id.eq(tx.tenant_id()).and(categories::code_key.among(keys));
    let found: Vec<(String, i64)> =
        categories::table.filter(these).select((categories::code_key, categories::id)).load(tx.conn)?;
    Ok(found.into_iter().collect())
}

/// Items came or went: by how many each category changes. Several are locked first, in the order of their ids, so that
/// crossing moves cannot deadlock.
pub(super) fn moved(tx: &mut Tx<'_>, mut by: BTreeMap<i64, i64>) -> Result<()> {
    const COUNTED: bulk::Change =
        bulk::Change { table: "categories", keys: &["id"], set: &[], add: &["product_count"] };
    by.retain(|_, change| *change != 0);
    if by.len() > 1 {
        let these = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.among(by.keys().copied()));
        let these = categories::table.filter(these).order(categories::id).select(categories::id);
        ForNoKeyUpdate(these).load::<i64>(tx.conn)?;
    }
    let rows = by.into_iter().map(|(id, change)| cells![id, change]).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), COUNTED, &rows)?;
    Ok(())
}

/// Refuses a parent that stands below the category itself, or too deep, walking up from the parent. The rows on the
/// way are locked, so that two moves that cross cannot make a circle.
fn stands_clear(tx: &mut Tx<'_>, id: Option<i64>, parent: i64, reference: &Reference) -> Result<()> {
    let refuse = |message: &str| Err(Error::Invalid(vec![Problem::new(&reference.field, message)]));
    let mut levels = id.map_or(Ok(1), |id| height(tx, id))?;
    let mut above = Some(parent);
    while let Some(current) = above {
        if id == Some(current) {
            return refuse(CIRCULAR);
        }
        levels += 1;
        if levels > MAX_DEPTH {
            return refuse(TOO_DEEP);
        }
        let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.eq(current));
        let row = ForUpdate(categories::table.filter(this).select(categories::parent_id));
        above = row.get_result(tx.conn).optional()?.ok_or_else(|| reference.unknown(Thing::Category))?;
    }
    Ok(())
}

/// Levels of the tree below a category, itself included; no further than is allowed anyway.
fn height(tx: &mut Tx<'_>, id: i64) -> Result<usize> {
    let mut level = vec![id];
    for levels in 0..MAX_DEPTH {
        if level.is_empty() {
            return Ok(levels);
        }
        let below = categories::tenant_id.eq(tx.tenant_id()).and(categories::parent_id.among(level));
        level = categories::table.filter(below).select(categories::id).load(tx.conn)?;
    }
    Ok(MAX_DEPTH)
}

/// Gives a category that was given no code the first free one of `7`, `7-2`, `7-3` …
fn own_code(tx: &mut Tx<'_>, id: i64) -> Result<String> {
    let mut code = id.to_string();
    for number in 2_i64.. {
        let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::code_key.eq(&code));
        let taken: Option<i64> = categories::table.filter(this).select(categories::id).first(tx.conn).optional()?;
        if taken.is_none() {
            break;
        }
        code = format!("{id}-{number}");
    }
    let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.eq(id));
    diesel::update(categories::table.filter(this))
        .set((categories::code.eq(&code), categories::code_key.eq(&code)))
        .execute(tx.conn)?;
    Ok(code)
}

fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Category> {
    let this = categories::tenant_id.eq(tx.tenant_id()).and(categories::id.eq(id));
    let found =
        ForUpdate(categories::table.filter(this).select(Category::as_select())).get_result(tx.conn).optional()?;
    found.ok_or_else(|| Error::NotFound { thing: Thing::Category, key: id.to_string() })
}
