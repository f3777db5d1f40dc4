//! Batches: what lies of each in the places of a command, taken from the earliest expiry on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Carried, Pick, Share, UNASSIGNED, in_turn, refusal};
use crate::counters;
use crate::error::{Error, Fault, Result, Shortage, Thing};
use crate::schema::{batch_levels, batches};
use crate::stock::batches as papers;
use crate::stock::ledger::{Entry, Reason};
use crate::stock::movements::Kind;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::values::{Quantity, fold};

const LEVELS: bulk::Into =
    bulk::Into { table: "batch_levels", columns: &["tenant_id", "batch_id", "warehouse_id", "product_id", "quantity"] };
const LOWERED: bulk::Change =
    bulk::Change { table: "batch_levels", keys: &["batch_id", "warehouse_id"], set: &[], add: &["quantity"] };
/// What lies of a batch in one place.
#[derive(Queryable)]
struct Lot {
    batch: i64,
    product: i64,
    warehouse: i64,
    expiry: Option<NaiveDate>,
    quantity: Quantity,
}

/// What lies of batches, in the order in which it is taken, and what the command changes of it.
struct Lots {
    here: Vec<Lot>,
    /// Named batches and the products they are of.
    named: BTreeMap<i64, i64>,
    /// By product.
    unassigned: BTreeMap<i64, i64>,
    changes: BTreeMap<(i64, i64, i64), Quantity>,
    carried: Carried,
}

/// Divides changes among batches and moves those. Returns how many batches were made.
pub(super) fn share_out(
    tx: &mut Tx<'_>,
    entries: &[(usize, &Entry)],
    reason: &Reason,
    shares: &mut [Vec<Share>],
) -> Result<i64> {
    let mut lots = Lots::load(tx, entries)?;
    let made = lots.open_unassigned(tx, entries)?;
    // Customers do not get what has expired.
    let good_on = (reason.kind == Kind::Shipment).then(|| tx.today());
    for (at, entry) in in_turn(entries) {
        if let Some(place) = shares.get_mut(at) {
            *place = lots.divide(entry, good_on).map_err(|error| error.of_item(entry.at))?;
        }
    }
    lots.write(tx)?;
    Ok(made)
}

impl Lots {
    fn load(tx: &mut Tx<'_>, entries: &[(usize, &Entry)]) -> Result<Self> {
        let tenant = tx.tenant_id();
        let (products, places): (BTreeSet<i64>, BTreeSet<i64>) =
            entries.iter().map(|(_, entry)| (entry.goods.id, entry.place.id)).unzip();
        let here = batch_levels::tenant_id.eq(tenant).and(batch_levels::product_id.among(products));
        let here = here.and(batch_levels::warehouse_id.among(places));
        // Undated ones after dated ones, and those that nobody has told apart last.
        let order = (batches::batch_key.eq(fold(UNASSIGNED)), batches::expiry_date.is_null(), batches::expiry_date);
        let lots = batch_levels::table
            .inner_join(batches::table.on(batches::tenant_id.eq(tenant).and(batches::id.eq(batch_levels::batch_id))))
            .filter(here)
            .order((order, batches::id))
            .select((
                batches::id,
                batch_levels::product_id,
                batch_levels::warehouse_id,
                batches::expiry_date,
                batch_levels::quantity,
            ))
            .load(tx.conn)?;
        let named = entries.iter().filter_map(|(_, entry)| match entry.pick {
            Pick::Batch(batch) => Some(batch),
            Pick::First | Pick::Numbers(_) | Pick::Units(_) | Pick::Carried => None,
        });
        let named = products_of(tx, &named.collect())?;
        Ok(Self { here: lots, named, unassigned: BTreeMap::new(), changes: BTreeMap::new(), carried: Carried::new() })
    }

    /// The batches that take what comes without one; made where there is none yet. Returns how many were made.
    fn open_unassigned(&mut self, tx: &mut Tx<'_>, entries: &[(usize, &Entry)]) -> Result<i64> {
        let comes = |entry: &&Entry| entry.pick == Pick::First && entry.quantity > Quantity::ZERO;
        let homeless = entries.iter().map(|(_, entry)| *entry).filter(comes);
        let products = homeless.map(|entry| entry.goods.id).collect::<BTreeSet<_>>();
        if products.is_empty() {
            return Ok(0);
        }
        let these = batches::tenant_id.eq(tx.tenant_id()).and(batches::batch_key.eq(fold(UNASSIGNED)));
        let these = these.and(batches::product_id.among(products.iter().copied()));
        let known: Vec<(i64, i64)> =
            batches::table.filter(these).select((batches::product_id, batches::id)).load(tx.conn)?;
        self.unassigned = known.into_iter().collect();
        let missing = products.into_iter().filter(|product| !self.unassigned.contains_key(product)).collect::<Vec<_>>();
        let made = papers::insert_unassigned(tx, &missing).map_err(|error| match error {
            // Another command made it meanwhile, for another warehouse: run again and find it.
            Error::Duplicate(_) => Fault::Race("a batch was made twice".to_owned()).into(),
            other => other,
        })?;
        let count = counters::rows(made.len());
        self.unassigned.extend(missing.into_iter().zip(made));
        Ok(count)
    }

    fn divide(&mut self, entry: &Entry, good_on: Option<NaiveDate>) -> Result<Vec<Share>> {
        let goes = entry.quantity < Quantity::ZERO;
        let shares = match entry.pick {
            Pick::Batch(batch) => {
                self.check(entry, batch)?;
                if goes {
                    self.take(entry, batch)?;
                }
                vec![share(batch, entry.quantity)]
            }
            Pick::First if goes => self.take_first(entry, good_on)?,
            Pick::First => {
                let batch = self.unassigned.get(&entry.goods.id).copied();
                vec![share(batch.ok_or_else(lost)?, entry.quantity)]
            }
            Pick::Carried => self.carried.remove(&entry.goods.id).unwrap_or_default(),
            Pick::Numbers(_) | Pick::Units(_) => {
                let message = format!("must be left out: {} is tracked by batch", entry.goods.sku);
                return Err(refusal("serials", message));
            }
        };
        if goes {
            let back = shares.iter().map(|taken| Share { quantity: taken.quantity.negated(), ..taken.clone() });
            self.carried.insert(entry.goods.id, back.collect());
        }
        for share in &shares {
            let key = (share.batch.unwrap_or_default(), entry.place.id, entry.goods.id);
            let change = self.changes.entry(key).or_default();
            *change = change.plus(share.quantity).ok_or(Error::OutOfRange)?;
        }
        Ok(shares)
    }

    fn check(&self, entry: &Entry, batch: i64) -> Result<()> {
        if self.named.get(&batch) == Some(&entry.goods.id) {
            return Ok(());
        }
        Err(Error::UnknownReference { field: "batch_id".to_owned(), thing: Thing::Batch, key: batch.to_string() })
    }

    fn take(&mut self, entry: &Entry, batch: i64) -> Result<()> {
        let wanted = entry.quantity.negated();
        let here = |lot: &&mut Lot| lot.batch == batch && lot.warehouse == entry.place.id;
        let lot = self.here.iter_mut().find(here);
        let available = lot.as_ref().map(|lot| lot.quantity).unwrap_or_default();
        match lot.zip(available.minus(wanted)) {
            Some((lot, left)) if left >= Quantity::ZERO => {
                lot.quantity = left;
                Ok(())
            }
            _ => Err(short(entry, available)),
        }
    }

    fn take_first(&mut self, entry: &Entry, good_on: Option<NaiveDate>) -> Result<Vec<Share>> {
        let wanted = entry.quantity.negated();
        let mut left = wanted;
        let mut shares = Vec::new();
        let here = |lot: &&mut Lot| lot.product == entry.goods.id && lot.warehouse == entry.place.id;
        for lot in self.here.iter_mut().filter(here) {
            let is_good = good_on.is_none_or(|today| lot.expiry.is_none_or(|expiry| expiry >= today));
            let taken = left.min(lot.quantity);
            if is_good && !taken.is_zero() {
                lot.quantity = lot.quantity.minus(taken).ok_or(Error::OutOfRange)?;
                left = left.minus(taken).ok_or(Error::OutOfRange)?;
                shares.push(share(lot.batch, taken.negated()));
            }
        }
        if left.is_zero() { Ok(shares) } else { Err(short(entry, wanted.minus(left).unwrap_or_default())) }
    }

    /// A batch has a row only where something lies of it.
    fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        let known = self.here.iter().map(|lot| (lot.batch, lot.warehouse)).collect::<BTreeSet<_>>();
        let (mut changed, mut opened) = (Vec::new(), Vec::new());
        for ((batch, warehouse, product), change) in self.changes {
            if known.contains(&(batch, warehouse)) {
                changed.push(cells![batch, warehouse, change]);
            } else {
                opened.push(cells![batch, warehouse, product, change]);
            }
        }
        let tenant = tx.tenant_id();
        bulk::insert(tx.conn, tenant, LEVELS, &opened)?;
        bulk::update(tx.conn, tenant, LOWERED, &changed)?;
        let emptied =
            self.here.iter().filter(|lot| lot.quantity.is_zero()).map(|lot| lot.batch).collect::<BTreeSet<_>>();
        if !emptied.is_empty() {
            let empty = batch_levels::tenant_id.eq(tenant).and(batch_levels::batch_id.among(emptied));
            let empty = empty.and(batch_levels::quantity.eq(Quantity::ZERO));
            diesel::delete(batch_levels::table.filter(empty)).execute(tx.conn)?;
        }
        Ok(())
    }
}

fn products_of(tx: &mut Tx<'_>, named: &BTreeSet<i64>) -> Result<BTreeMap<i64, i64>> {
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let these = batches::tenant_id.eq(tx.tenant_id()).and(batches::id.among(named.iter().copied()));
    let found: Vec<(i64, i64)> =
        batches::table.filter(these).select((batches::id, batches::product_id)).load(tx.conn)?;
    Ok(found.into_iter().collect())
}

fn share(batch: i64, quantity: Quantity) -> Share {
    Share { batch: Some(batch), serials: Vec::new(), quantity }
}

fn short(entry: &Entry, available: Quantity) -> Error {
    let (sku, requested) = (entry.goods.sku.clone(), entry.quantity.negated());
    Error::InsufficientStock(vec![Shortage { sku, requested, available }])
}

fn lost() -> Error {
    Fault::Internal("there is no batch for what comes without one".to_owned()).into()
}
