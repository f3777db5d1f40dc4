//! Bringing warehouses from another system: branches may stand behind their members.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::set_default;
use crate::bring::{Brought, Intent, Outcome, at_most, is_clear, problem, repeated};
use crate::error::{Error, Result, Thing, Unique};
use crate::schema::warehouses as places;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::ForNoKeyUpdate;
use crate::values::{Change, Code, Name, fold};

/// What another system says of a warehouse; what is kept is the default of a new one.
#[derive(Debug, Clone)]
pub struct WarehouseRow {
    /// Its code, in any case.
    pub code: Code,
    /// Its name; a new warehouse needs one.
    pub name: Option<Name>,
    /// Its street address.
    pub address: Change<Name>,
    /// Its city.
    pub city: Change<Name>,
    /// Its state.
    pub state: Change<Name>,
    /// The code of the warehouse whose branch it belongs to, which may be among the same rows; its own: none.
    pub branch: Change<Code>,
    /// Whether it is meant where none is named, in place of the one before. Of a tenant's first ones, one is anyway.
    pub is_default: Option<bool>,
    /// Whether it is in use; a new one is.
    pub is_active: Option<bool>,
}

const MADE: bulk::Into = bulk::Into {
    table: "warehouses",
    columns: &[
        "tenant_id",
        "code",
        "code_key",
        "name",
        "address",
        "city",
        "state",
        "is_default",
        "is_active",
        "created_at",
        "updated_at",
    ],
};
const CHANGED: bulk::Change = bulk::Change {
    table: "warehouses",
    keys: &["id"],
    set: &["name", "address", "city", "state", "branch_id", "is_active", "updated_at"],
    add: &[],
};

/// Brings warehouses. Those that are there already are held, all of them.
///
/// # Errors
/// [`Error::Invalid`] for too many rows at once, and faults of the store; what is wrong with a row is its outcome.
pub fn bring(tx: &mut Tx<'_>, rows: &[WarehouseRow], intent: Intent) -> Result<Vec<Outcome>> {
    at_most(rows.len())?;
    let mut map = Map::load(tx, intent)?;
    let mut errors = vec![Vec::new(); rows.len()];
    for ((row, is_repeated), errors) in rows.iter().zip(repeated(rows.iter().map(key))).zip(&mut errors) {
        if is_repeated {
            errors.push(Error::Duplicate(Unique::Code));
        } else if let Err(why) = map.place(row) {
            errors.push(why);
        }
    }
    for (row, errors) in rows.iter().zip(&mut errors) {
        if let Err(why) = map.join(row) {
            errors.push(why);
        }
    }
    let default = map.default_of(rows, &mut errors);
    for (row, errors) in rows.iter().zip(&mut errors) {
        if let Err(why) = map.stands_alone(row) {
            errors.push(why);
        }
    }
    let outcome = |(row, errors): (&WarehouseRow, Vec<Error>)| {
        if errors.is_empty() { Ok(map.outcome(row)) } else { Err(errors) }
    };
    let outcomes = rows.iter().zip(errors).map(outcome).collect::<Vec<_>>();
    if intent == Intent::Write && is_clear(&outcomes) {
        map.write(tx, default)?;
    }
    Ok(outcomes)
}

fn key(row: &WarehouseRow) -> String {
    fold(row.code.as_str())
}

/// All warehouses of a tenant, as they are to be.
struct Map {
    spots: Vec<Spot>,
    by_key: HashMap<String, usize>,
}

struct Spot {
    id: Option<i64>,
    code: String,
    /// What is stored; nothing of a new one.
    before: Option<Said>,
    now: Said,
}

/// What may change of a warehouse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    name: String,
    address: Option<String>,
    city: Option<String>,
    state: Option<String>,
    /// The spot that stands for its branch, where that is not its own.
    branch: Option<usize>,
    is_default: bool,
    is_active: bool,
}

type Stored = ((i64, String, Option<i64>), (String, Option<String>, Option<String>, Option<String>, bool, bool));

impl Map {
    fn load(tx: &mut Tx<'_>, intent: Intent) -> Result<Self> {
        let all = places::table.filter(places::tenant_id.eq(tx.tenant_id())).order(places::id);
        let all = all.select((
            (places::id, places::code, places::branch_id),
            (places::name, places::address, places::city, places::state, places::is_default, places::is_active),
        ));
        let stored: Vec<Stored> = match intent {
            Intent::Judge => all.load(tx.conn)?,
            Intent::Write => ForNoKeyUpdate(all).load(tx.conn)?,
        };
        let by_id = stored.iter().enumerate().map(|(at, row)| (row.0.0, at)).collect::<HashMap<_, _>>();
        let by_key = stored.iter().enumerate().map(|(at, row)| (fold(&row.0.1), at)).collect();
        let spot = |(at, row): (usize, Stored)| {
            let ((id, code, branch), (name, address, city, state, is_default, is_active)) = row;
            let branch = branch.and_then(|id| by_id.get(&id).copied()).filter(|branch| *branch != at);
            let said = Said { name, address, city, state, branch, is_default, is_active };
            Spot { id: Some(id), code, before: Some(said.clone()), now: said }
        };
        Ok(Self { spots: stored.into_iter().enumerate().map(spot).collect(), by_key })
    }

    fn of(&mut self, row: &WarehouseRow) -> Option<(usize, &mut Spot)> {
        let at = *self.by_key.get(&key(row))?;
        Some((at, self.spots.get_mut(at)?))
    }

    /// What a row says, all but its branch and whether it is the default one.
    fn place(&mut self, row: &WarehouseRow) -> std::result::Result<(), Error> {
        if self.of(row).is_none() {
            let (code, now) = (row.code.as_str().to_owned(), Said { is_active: true, ..Said::default() });
            self.by_key.insert(key(row), self.spots.len());
            self.spots.push(Spot { id: None, code, before: None, now });
        }
        let Some((_, spot)) = self.of(row) else { return Ok(()) };
        let WarehouseRow { code: _, name, address, city, state, branch: _, is_default: _, is_active } = row.clone();
        let said = &mut spot.now;
        said.name = name.map_or_else(|| std::mem::take(&mut said.name), String::from);
        address.apply(&mut said.address, String::from);
        city.apply(&mut said.city, String::from);
        state.apply(&mut said.state, String::from);
        said.is_active = is_active.unwrap_or(said.is_active);
        if said.name.is_empty() { Err(problem("name", "is required for a new one")) } else { Ok(()) }
    }

    /// The branch that a row says; by now all are there.
    fn join(&mut self, row: &WarehouseRow) -> std::result::Result<(), Error> {
        let branch = match &row.branch {
            Change::Keep => return Ok(()),
            Change::Clear => None,
            Change::Set(code) => Some(*self.by_key.get(&fold(code.as_str())).ok_or_else(|| {
                let (field, key) = ("branch_code".to_owned(), code.as_str().to_owned());
                Error::UnknownReference { field, thing: Thing::Warehouse, key }
            })?),
        };
        if let Some((at, spot)) = self.of(row) {
            spot.now.branch = branch.filter(|branch| *branch != at);
        }
        Ok(())
    }

    /// A branch is known by one of its own, so that one cannot belong to another.
    fn stands_alone(&self, row: &WarehouseRow) -> std::result::Result<(), Error> {
        let at = self.by_key.get(&key(row));
        let branch_of = |at: usize| self.spots.get(at).and_then(|spot| spot.now.branch);
        let Some((at, branch)) = at.and_then(|at| Some((*at, branch_of(*at)?))) else { return Ok(()) };
        let code = |at: usize| self.spots.get(at).map(|spot| spot.code.as_str()).unwrap_or_default();
        if branch_of(branch).is_some() {
            let why = format!("must name a location that is its own branch, which {} is not", code(branch));
            return Err(problem("branch_code", why));
        }
        match self.spots.iter().find(|spot| spot.now.branch == Some(at)) {
            Some(member) => {
                let why = format!("must be left out: {} belongs to the branch of this location", member.code);
                Err(problem("branch_code", why))
            }
            None => Ok(()),
        }
    }

    /// Which one is the default in the end.
    fn default_of(&mut self, rows: &[WarehouseRow], errors: &mut [Vec<Error>]) -> Option<usize> {
        let before = self.spots.iter().position(|spot| spot.now.is_default);
        let mut default = None;
        for (row, errors) in rows.iter().zip(&mut *errors).filter(|(row, _)| row.is_default == Some(true)) {
            if default.is_some() {
                errors.push(problem("is_default", "must be 1 in one row at most: only one can be the default"));
            }
            default = default.or(self.by_key.get(&key(row)).copied());
        }
        let default = default.or(before).or(if self.spots.is_empty() { None } else { Some(0) });
        for (row, errors) in rows.iter().zip(errors).filter(|(row, _)| row.is_default == Some(false)) {
            if default.is_some() && default == self.by_key.get(&key(row)).copied() {
                errors.push(problem("is_default", "must be 1, here or in another row: one is always the default"));
            }
        }
        for (at, spot) in self.spots.iter_mut().enumerate() {
            spot.now.is_default = Some(at) == default;
        }
        default
    }

    fn outcome(&self, row: &WarehouseRow) -> Brought {
        let spot = self.by_key.get(&key(row)).and_then(|at| self.spots.get(*at));
        match spot.map(|spot| (&spot.before, &spot.now)) {
            Some((Some(before), now)) if before == now => Brought::Unchanged,
            Some((Some(_), _)) => Brought::Changed,
            Some((None, _)) | None => Brought::Made,
        }
    }

    /// Writes what differs: first the new ones, so that others can belong to their branches.
    fn write(&mut self, tx: &mut Tx<'_>, default: Option<usize>) -> Result<()> {
        let (tenant, now) = (tx.tenant_id(), tx.now());
        let new = self.spots.iter_mut().filter(|spot| spot.id.is_none()).collect::<Vec<_>>();
        let row = |Spot { code, now: said, .. }: &Spot| {
            let Said { name, address, city, state, branch: _, is_default: _, is_active } = said.clone();
            cells![code.as_str(), fold(code), name, address, city, state, false, is_active, now, now]
        };
        let rows = new.iter().map(|spot| row(spot)).collect::<Vec<_>>();
        for (spot, id) in new.into_iter().zip(bulk::insert_returning(tx.conn, tenant, MADE, &rows)?) {
            spot.id = Some(id);
        }
        let changed = self.changed(now);
        bulk::update(tx.conn, tenant, CHANGED, &changed)?;
        let was = self.spots.iter().position(|spot| spot.before.as_ref().is_some_and(|before| before.is_default));
        if was == default {
            return Ok(());
        }
        for (at, is_default) in [(was, false), (default, true)] {
            if let Some(id) = at.and_then(|at| self.spots.get(at)?.id) {
                set_default(tx, id, is_default)?;
            }
        }
        Ok(())
    }

    /// The rows of what was stored and differs, and of what is new in another's branch.
    fn changed(&self, now: NaiveDateTime) -> Vec<Vec<bulk::Cell>> {
        let differs = |spot: &&Spot| match &spot.before {
            Some(before) => *before != spot.now,
            None => spot.now.branch.is_some(),
        };
        let row = |spot: &Spot| {
            let Said { name, address, city, state, branch, is_default: _, is_active } = spot.now.clone();
            let branch = branch.and_then(|at| self.spots.get(at)?.id);
            Some(cells![spot.id?, name, address, city, state, branch, is_active, now])
        };
        self.spots.iter().filter(differs).filter_map(row).collect()
    }
}
