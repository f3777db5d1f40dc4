//! Bringing a tree of categories from another system: parents may stand behind their children.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{CIRCULAR, MAX_DEPTH, TOO_DEEP};
use crate::bring::{Brought, Intent, Outcome, at_most, is_clear, problem, repeated};
use crate::error::{Error, Result, Thing, Unique};
use crate::schema::categories;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::ForNoKeyUpdate;
use crate::values::{Change, Code, Name, fold};

/// What another system says of a category; what is kept is the default of a new one.
#[derive(Debug, Clone)]
pub struct CategoryRow {
    /// Its code, in any case.
    pub code: Code,
    /// Its name; a new category needs one.
    pub name: Option<Name>,
    /// The code of the category above it, which may be among the same rows.
    pub parent: Change<Code>,
    /// Whether it is in use; a new one is.
    pub is_active: Option<bool>,
}

const MADE: bulk::Into = bulk::Into {
    table: "categories",
    columns: &["tenant_id", "code", "code_key", "name", "product_count", "is_active", "created_at", "updated_at"],
};
const CHANGED: bulk::Change = bulk::Change {
    table: "categories",
    keys: &["id"],
    set: &["name", "parent_id", "is_active", "updated_at"],
    add: &[],
};

/// Brings categories. Those that are there already are held, all of them.
///
/// # Errors
/// [`Error::Invalid`] for too many rows at once, and faults of the store; what is wrong with a row is its outcome.
pub fn bring(tx: &mut Tx<'_>, rows: &[CategoryRow], intent: Intent) -> Result<Vec<Outcome>> {
    at_most(rows.len())?;
    let mut tree = Tree::load(tx, intent)?;
    let repeated = repeated(rows.iter().map(|row| fold(row.code.as_str())));
    let outcomes = rows.iter().zip(&repeated).enumerate().map(|(at, (row, is_repeated))| {
        if *is_repeated { Err(vec![Error::Duplicate(Unique::Code)]) } else { tree.place(row, at) }
    });
    let mut outcomes = outcomes.collect::<Vec<_>>();
    for (at, (row, is_repeated)) in rows.iter().zip(repeated).enumerate() {
        let Some(outcome) = outcomes.get_mut(at).filter(|_| !is_repeated) else { continue };
        if let Err(unknown) = tree.hang(row) {
            refuse(outcome, unknown);
        }
    }
    for (at, why) in tree.faults() {
        if let Some(outcome) = outcomes.get_mut(at) {
            refuse(outcome, why);
        }
    }
    for (at, is_changed) in tree.nodes.iter().filter_map(|node| Some((node.row?, node.before.as_ref()? != &node.now))) {
        if let Some(Ok(outcome)) = outcomes.get_mut(at) {
            *outcome = if is_changed { Brought::Changed } else { Brought::Unchanged };
        }
    }
    if intent == Intent::Write && is_clear(&outcomes) {
        tree.write(tx)?;
    }
    Ok(outcomes)
}

fn refuse(outcome: &mut Outcome, why: Error) {
    match outcome {
        Ok(_) => *outcome = Err(vec![why]),
        Err(errors) => errors.push(why),
    }
}

/// All categories of a tenant, as they are to be.
struct Tree {
    nodes: Vec<Node>,
    by_key: HashMap<String, usize>,
}

struct Node {
    id: Option<i64>,
    code: String,
    /// What is stored; nothing of a new one.
    before: Option<Said>,
    now: Said,
    /// The row about it.
    row: Option<usize>,
    /// Whether that row says what is above it.
    is_hung: bool,
}

/// What may change of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    name: String,
    /// The node above it.
    parent: Option<usize>,
    is_active: bool,
}

type Stored = (i64, String, String, Option<i64>, bool);

impl Tree {
    fn load(tx: &mut Tx<'_>, intent: Intent) -> Result<Self> {
        let all = categories::table.filter(categories::tenant_id.eq(tx.tenant_id())).order(categories::id);
        let columns =
            (categories::id, categories::code, categories::name, categories::parent_id, categories::is_active);
        let stored: Vec<Stored> = match intent {
            Intent::Judge => all.select(columns).load(tx.conn)?,
            Intent::Write => ForNoKeyUpdate(all.select(columns)).load(tx.conn)?,
        };
        let by_id = stored.iter().enumerate().map(|(at, row)| (row.0, at)).collect::<HashMap<_, _>>();
        let by_key = stored.iter().enumerate().map(|(at, row)| (fold(&row.1), at)).collect();
        let node = |(id, code, name, parent, is_active): Stored| {
            let said = Said { name, parent: parent.and_then(|id| by_id.get(&id).copied()), is_active };
            Node { id: Some(id), code, before: Some(said.clone()), now: said, row: None, is_hung: false }
        };
        let nodes = stored.into_iter().map(node).collect();
        Ok(Self { nodes, by_key })
    }

    /// What a row says, all but what is above it.
    fn place(&mut self, row: &CategoryRow, at: usize) -> Outcome {
        let CategoryRow { code, name, parent: _, is_active } = row;
        let key = fold(code.as_str());
        let name = name.as_ref().map(|name| name.as_str().to_owned());
        if let Some(node) = self.by_key.get(&key).and_then(|known| self.nodes.get_mut(*known)) {
            node.row = Some(at);
            node.now.name = name.unwrap_or_else(|| node.now.name.clone());
            node.now.is_active = is_active.unwrap_or(node.now.is_active);
            return Ok(Brought::Unchanged);
        }
        let said = Said { name: name.clone().unwrap_or_default(), parent: None, is_active: is_active.unwrap_or(true) };
        let code = code.as_str().to_owned();
        self.by_key.insert(key, self.nodes.len());
        self.nodes.push(Node { id: None, code, before: None, now: said, row: Some(at), is_hung: false });
        if name.is_some() { Ok(Brought::Made) } else { Err(vec![problem("name", "is required for a new one")]) }
    }

    /// What a row says is above it; by now all are there.
    fn hang(&mut self, row: &CategoryRow) -> std::result::Result<(), Error> {
        let parent = match &row.parent {
            Change::Keep => return Ok(()),
            Change::Clear => None,
            Change::Set(code) => Some(*self.by_key.get(&fold(code.as_str())).ok_or_else(|| {
                let (field, key) = ("parent_code".to_owned(), code.as_str().to_owned());
                Error::UnknownReference { field, thing: Thing::Category, key }
            })?),
        };
        let this = self.by_key.get(&fold(row.code.as_str())).and_then(|at| self.nodes.get_mut(*at));
        if let Some(node) = this {
            node.now.parent = parent;
            node.is_hung = true;
        }
        Ok(())
    }

    /// Rows that make circles; without those, rows that let the tree grow too deep. Each once.
    fn faults(&self) -> Vec<(usize, Error)> {
        let (mut circles, mut depths) = (BTreeSet::new(), BTreeSet::new());
        for start in 0..self.nodes.len() {
            let (mut levels, mut current, mut hung) = (0, Some(start), None);
            while let Some(node) = current.and_then(|at| self.nodes.get(at)).filter(|_| levels <= MAX_DEPTH) {
                levels += 1;
                hung = hung.or_else(|| node.row.filter(|_| node.is_hung));
                current = node.now.parent;
                if current == Some(start) {
                    circles.extend(hung);
                    break;
                }
            }
            if levels > MAX_DEPTH {
                depths.extend(hung);
            }
        }
        let (rows, why) = if circles.is_empty() { (depths, TOO_DEEP) } else { (circles, CIRCULAR) };
        rows.into_iter().map(|row| (row, problem("parent_code", why))).collect()
    }

    /// Writes what differs: first the new ones, so that others can hang below them.
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let (tenant, now) = (tx.tenant_id(), tx.now());
        let new = self.nodes.iter_mut().filter(|node| node.id.is_none()).collect::<Vec<_>>();
        let row = |Node { code, now: said, .. }: &Node| {
            cells![code.as_str(), fold(code), said.name.as_str(), 0, said.is_active, now, now]
        };
        let rows = new.iter().map(|node| row(node)).collect::<Vec<_>>();
        for (node, id) in new.into_iter().zip(bulk::insert_returning(tx.conn, tenant, MADE, &rows)?) {
            node.id = Some(id);
        }
        let changed = self.changed(now);
        bulk::update(tx.conn, tenant, CHANGED, &changed)?;
        Ok(())
    }

    /// The rows of what was stored and differs, and of what is new below others.
    fn changed(&self, now: NaiveDateTime) -> Vec<Vec<bulk::Cell>> {
        let differs = |node: &&Node| match &node.before {
            Some(before) => *before != node.now,
            None => node.now.parent.is_some(),
        };
        let row = |node: &Node| {
            let Said { name, parent, is_active } = &node.now;
            let parent = parent.and_then(|at| self.nodes.get(at)?.id);
            Some(cells![node.id?, name.as_str(), parent, *is_active, now])
        };
        self.nodes.iter().filter(differs).filter_map(row).collect()
    }
}
