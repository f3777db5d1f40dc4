//! Serial numbers: which units go, which come, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Carried, Pick, Share, in_turn, refusal, whole};
use crate::counters;
use crate::error::{Error, Result, Shortage};
use crate::schema::serials;
use crate::stock::ledger::{Entry, Floor, Reason};
use crate::stock::movements::Kind;
use crate::stock::serials::{self as papers, SerialStatus};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForUpdate, MOST_PARTS, UnionAll};
use crate::values::{Code, Quantity, fold};

const MOVED: bulk::Change = bulk::Change {
    table: "serials",
    keys: &["id"],
    set: &["status", "warehouse_id", "order_item_id", "updated_at"],
    add: &[],
};

/// A unit as it stands before the command.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = serials, check_for_backend(MultiBackend))]
struct Unit {
    id: i64,
    #[diesel(column_name = product_id)]
    product: i64,
    #[diesel(column_name = warehouse_id)]
    warehouse: i64,
    status: SerialStatus,
    #[diesel(column_name = order_item_id)]
    line: Option<i64>,
    #[diesel(column_name = serial_key)]
    key: String,
}

/// What a command finds and does.
struct Units {
    /// By product and number.
    named: BTreeMap<(i64, String), Unit>,
    /// On hand in one place, in the order in which they go.
    here: BTreeMap<(i64, i64), Vec<Unit>>,
    /// Those that are recorded for the command, by product and number.
    made: BTreeMap<(i64, String), i64>,
    used: BTreeSet<i64>,
    carried: Carried,
    moved: Vec<Vec<bulk::Cell>>,
}

/// Divides changes among units and moves those. Returns how many units were recorded.
pub(super) fn share_out(
    tx: &mut Tx<'_>,
    entries: &[(usize, &Entry)],
    reason: &Reason,
    shares: &mut [Vec<Share>],
) -> Result<i64> {
    let named = load_named(tx, entries)?;
    let here = load_here(tx, entries)?;
    let made = record(tx, entries, &named)?;
    let count = counters::rows(made.len());
    let (used, carried) = (BTreeSet::new(), Carried::new());
    let mut units = Units { named, here, made, used, carried, moved: Vec::new() };
    for (at, entry) in in_turn(entries) {
        let ids = units.divide(entry, reason.kind, tx.now()).map_err(|error| error.of_item(entry.at))?;
        let share = Share { batch: None, serials: ids, quantity: entry.quantity };
        if entry.quantity < Quantity::ZERO {
            let back = Share { quantity: share.quantity.negated(), ..share.clone() };
            units.carried.insert(entry.goods.id, vec![back]);
        }
        if let Some(place) = shares.get_mut(at) {
            *place = vec![share];
        }
    }
    bulk::update(tx.conn, tx.tenant_id(), MOVED, &units.moved)?;
    Ok(count)
}

impl Units {
    fn divide(&mut self, entry: &Entry, kind: Kind, now: NaiveDateTime) -> Result<Vec<i64>> {
        let wanted = whole(&entry.goods, entry.quantity)?;
        let goes = entry.quantity < Quantity::ZERO;
        let ids = match &entry.pick {
            Pick::Numbers(numbers) if goes => self.named_here(entry, numbers, kind)?,
            Pick::Numbers(numbers) => self.found(entry, numbers)?,
            Pick::Units(ids) => ids.clone(),
            Pick::Carried => {
                let taken = self.carried.remove(&entry.goods.id).unwrap_or_default();
                taken.into_iter().flat_map(|share| share.serials).collect()
            }
            Pick::First if goes => self.first(entry, wanted, kind)?,
            Pick::First => {
                let message = format!("must name the units that come: {} is tracked by serial number", entry.goods.sku);
                return Err(refusal("serials", message));
            }
            Pick::Batch(_) => {
                let message = format!("must be left out: {} is tracked by serial number", entry.goods.sku);
                return Err(refusal("batch_id", message));
            }
        };
        if ids.len() != wanted {
            let message = format!("must name as many different serial numbers as units: {wanted}");
            return Err(refusal("serials", message));
        }
        // The half of a transfer that comes moves what the other half takes.
        if kind != Kind::Transfer || !goes {
            let (status, line) = outcome(kind, goes, entry.line);
            let row = |id: &i64| cells![*id, status.as_str(), entry.place.id, line, now];
            self.moved.extend(ids.iter().map(row));
        }
        Ok(ids)
    }

    /// Units that are named to go: each on hand here, and promised to nobody else.
    fn named_here(&mut self, entry: &Entry, numbers: &[Code], kind: Kind) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(numbers.len());
        for number in numbers {
            let unit = self.named.get(&(entry.goods.id, fold(number.as_str())));
            let unit = unit.filter(|unit| unit.warehouse == entry.place.id && may_go(unit, entry, kind));
            let id = unit.map(|unit| unit.id).filter(|id| self.used.insert(*id));
            ids.push(id.ok_or_else(|| {
                let message = format!(
                    "must be in stock in {}, free and named once: {} {} is not",
                    entry.place.name,
                    entry.goods.sku,
                    number.as_str()
                );
                refusal("serials", message)
            })?);
        }
        Ok(ids)
    }

    /// Units that turned up: those that are recorded now, and known ones, which must not be in stock already.
    fn found(&mut self, entry: &Entry, numbers: &[Code]) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(numbers.len());
        for number in numbers {
            let key = (entry.goods.id, fold(number.as_str()));
            let known = self.named.get(&key);
            if known.is_some_and(|unit| unit.status == SerialStatus::Sold) {
                let message = format!("must not be sold: {} {number} was, so return it to its order", entry.goods.sku);
                return Err(refusal("serials", message));
            }
            let known = known.filter(|unit| !unit.status.is_on_hand()).map(|unit| unit.id);
            let unit = self.made.remove(&key).or(known.filter(|id| self.used.insert(*id)));
            ids.push(unit.ok_or_else(|| {
                let message = format!("must not be in stock already: {} {number} is", entry.goods.sku);
                refusal("serials", message)
            })?);
        }
        Ok(ids)
    }

    /// The units that came first, those that the order line names before all others.
    fn first(&mut self, entry: &Entry, wanted: usize, kind: Kind) -> Result<Vec<i64>> {
        let here = self.here.get(&(entry.goods.id, entry.place.id)).map(Vec::as_slice).unwrap_or_default();
        let free = here.iter().filter(|unit| may_go(unit, entry, kind) && !self.used.contains(&unit.id));
        let mut free = free.collect::<Vec<_>>();
        // Its own before free ones; what is promised to others only where a loss must be written down.
        free.sort_by_key(|unit| match unit.status {
            SerialStatus::Reserved if unit.line == entry.line => 0,
            SerialStatus::InStock => 1,
            SerialStatus::Reserved | SerialStatus::Sold | SerialStatus::Returned | SerialStatus::Scrapped => 2,
        });
        let ids = free.iter().take(wanted).map(|unit| unit.id).collect::<Vec<_>>();
        if ids.len() < wanted {
            let available = i64::try_from(ids.len()).ok().and_then(Quantity::whole).unwrap_or_default();
            let (sku, requested) = (entry.goods.sku.clone(), entry.quantity.negated());
            return Err(Error::InsufficientStock(vec![Shortage { sku, requested, available }]));
        }
        self.used.extend(&ids);
        Ok(ids)
    }
}

/// Whether a unit on hand may go: free, named by the very line, or lost, which is a fact.
fn may_go(unit: &Unit, entry: &Entry, kind: Kind) -> bool {
    match unit.status {
        SerialStatus::InStock => true,
        SerialStatus::Reserved => {
            let is_own = entry.line.is_some() && unit.line == entry.line;
            is_own || entry.floor == Floor::OnHand && kind != Kind::Shipment
        }
        SerialStatus::Sold | SerialStatus::Returned | SerialStatus::Scrapped => false,
    }
}

/// What becomes of a unit, and which order line it is noted with.
fn outcome(kind: Kind, goes: bool, line: Option<i64>) -> (SerialStatus, Option<i64>) {
    match kind {
        Kind::Shipment => (SerialStatus::Sold, line),
        Kind::Transfer => (SerialStatus::InStock, None),
        Kind::Receive | Kind::Adjustment | Kind::Return | Kind::Sync | Kind::Opening | Kind::WriteOff => {
            (if goes { SerialStatus::Scrapped } else { SerialStatus::InStock }, None)
        }
    }
}

/// The units that the changes name, held until the transaction ends: a sold one may turn up in two places at once.
fn load_named(tx: &mut Tx<'_>, entries: &[(usize, &Entry)]) -> Result<BTreeMap<(i64, String), Unit>> {
    let mut keys = BTreeSet::new();
    let mut products = BTreeSet::new();
    for (_, entry) in entries {
        if let Pick::Numbers(numbers) = &entry.pick {
            keys.extend(numbers.iter().map(|number| fold(number.as_str())));
            products.insert(entry.goods.id);
        }
    }
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let these = serials::tenant_id.eq(tx.tenant_id()).and(serials::product_id.among(products));
    let these = these.and(serials::serial_key.among(keys));
    let found: Vec<Unit> =
        ForUpdate(serials::table.filter(these).order(serials::id).select(Unit::as_select())).load(tx.conn)?;
    Ok(found.into_iter().map(|unit| ((unit.product, unit.key.clone()), unit)).collect())
}

/// Records the units that come and are not known yet, all in one statement.
fn record(
    tx: &mut Tx<'_>,
    entries: &[(usize, &Entry)],
    known: &BTreeMap<(i64, String), Unit>,
) -> Result<BTreeMap<(i64, String), i64>> {
    let (mut keys, mut rows) = (BTreeSet::new(), Vec::new());
    let mut unknown = Vec::new();
    for (_, entry) in entries.iter().filter(|(_, entry)| entry.quantity > Quantity::ZERO) {
        let Pick::Numbers(numbers) = &entry.pick else { continue };
        for number in numbers {
            let key = (entry.goods.id, fold(number.as_str()));
            if !keys.insert(key.clone()) {
                return Err(refusal("serials", format!("must not name {number} twice")).of_item(entry.at));
            }
            if !known.contains_key(&key) {
                unknown.push(key);
                rows.push((entry.goods.id, entry.place.id, number));
            }
        }
    }
    Ok(unknown.into_iter().zip(papers::insert(tx, &rows)?).collect())
}

/// What is on hand where units are to be picked: of each product no more than could be wanted.
fn load_here(tx: &mut Tx<'_>, entries: &[(usize, &Entry)]) -> Result<BTreeMap<(i64, i64), Vec<Unit>>> {
    let mut wanted: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    let goes = |entry: &&Entry| entry.quantity < Quantity::ZERO;
    for entry in entries.iter().map(|(_, entry)| *entry).filter(goes) {
        *wanted.entry((entry.goods.id, entry.place.id)).or_default() += whole(&entry.goods, entry.quantity)?;
    }
    let mut here: BTreeMap<(i64, i64), Vec<Unit>> = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(here);
    }
    let of_tenant = serials::tenant_id.eq(tx.tenant_id());
    let query = serials::table.order(serials::id).select(Unit::as_select());
    let free = |((product, warehouse), units): (&(i64, i64), &usize)| {
        let at = of_tenant.and(serials::product_id.eq(*product)).and(serials::warehouse_id.eq(*warehouse));
        let limit = i64::try_from(*units).unwrap_or(i64::MAX);
        query.filter(at.and(serials::status.eq(SerialStatus::InStock))).limit(limit)
    };
    let queries = wanted.iter().map(free).collect::<Vec<_>>();
    let mut found: Vec<Unit> = Vec::new();
    for queries in queries.chunks(MOST_PARTS) {
        found.extend(UnionAll(queries.to_vec()).load::<Unit>(tx.conn)?);
    }
    let (products, places): (BTreeSet<i64>, BTreeSet<i64>) = wanted.keys().copied().unzip();
    let promised = of_tenant.and(serials::product_id.among(products)).and(serials::warehouse_id.among(places));
    found.extend(query.filter(promised.and(serials::status.eq(SerialStatus::Reserved))).load::<Unit>(tx.conn)?);
    for unit in found {
        here.entry((unit.product, unit.warehouse)).or_default().push(unit);
    }
    Ok(here)
}
