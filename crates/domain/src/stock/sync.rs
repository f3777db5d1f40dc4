//! Another system says how much lies where: what is on hand is set to its figures, all rows in one booking.

use std::collections::{BTreeMap, BTreeSet};

use super::goods::{self, Goods, Place};
use super::ledger::{self, Balance, Balances, Entry, Key, Reason};
use super::movements::Kind;
use crate::bring::Intent;
use crate::error::{Error, Fault, Problem, Result};
use crate::items::Tracking;
use crate::store::Tx;
use crate::values::{Code, Quantity, fold};

/// Rows that one sync may have.
pub const MOST_ROWS: usize = 10_000;

/// How much lies of a product in a warehouse, says the other system.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The product's SKU, in any case.
    pub sku: Code,
    /// Where.
    pub warehouse_id: i64,
    /// What is to be on hand.
    pub quantity: Quantity,
    /// What is on hand before, if the other system is sure.
    pub expected: Option<Quantity>,
}

/// What came of a sync. Each row counts in one of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Rows whose figure is on hand now, whether or not it was before.
    pub updated: usize,
    /// Rows that changed nothing, in their order.
    pub skipped: Vec<Skipped>,
}

/// A row that changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stood, from 0.
    pub at: usize,
    /// Its SKU, as it was sent.
    pub sku: String,
    /// Its warehouse.
    pub warehouse_id: i64,
    /// Why.
    pub obstacle: Obstacle,
}

/// Why a row changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// A later row is about the same product and warehouse, and counts.
    Superseded,
    /// There is no such product.
    UnknownItem,
    /// There is no such warehouse.
    UnknownWarehouse,
    /// Less than nothing cannot lie anywhere.
    Negative,
    /// What is on hand is not what was expected.
    Unexpected {
        /// What is on hand.
        current: Quantity,
    },
    /// The product is tracked by serial number, and which units come or go is not said.
    Serial,
}

/// Sets what is on hand to these figures. Below what is reserved is allowed: a loss is a fact. Of a batch product more
/// goes into UNASSIGNED, and less comes from those that expire first, expired ones included.
///
/// Rows that cannot be done are skipped; of several about the same product and warehouse the last one counts.
///
/// # Errors
/// [`Error::Invalid`] for too many rows; as a whole also [`Error::NotSynced`] listing every row that cannot be done.
pub fn sync(tx: &mut Tx<'_>, figures: &[Figure], as_a_whole: bool) -> Result<Synced> {
    if figures.len() > MOST_ROWS {
        return Err(Error::Invalid(vec![Problem::new("items", format!("must hold at most {MOST_ROWS} rows"))]));
    }
    let skus = figures.iter().map(|figure| fold(figure.sku.as_str())).collect::<Vec<_>>();
    let known = Known::load(tx, figures, &skus)?;
    let mut last = BTreeMap::new();
    for (at, (figure, sku)) in figures.iter().zip(&skus).enumerate() {
        last.insert((sku, figure.warehouse_id), at);
    }
    let (mut entries, mut skipped) = (Vec::new(), Vec::new());
    for (at, (figure, sku)) in figures.iter().zip(&skus).enumerate() {
        let is_last = last.get(&(sku, figure.warehouse_id)) == Some(&at);
        match if is_last { known.judge(figure, sku)? } else { Err(Obstacle::Superseded) } {
            Ok(entry) => entries.extend(entry),
            Err(obstacle) => {
                let (sku, warehouse_id) = (figure.sku.as_str().to_owned(), figure.warehouse_id);
                skipped.push(Skipped { at, sku, warehouse_id, obstacle });
            }
        }
    }
    let fails = |skipped: &Skipped| skipped.obstacle != Obstacle::Superseded;
    if as_a_whole && skipped.iter().any(fails) {
        skipped.retain(fails);
        return Err(Error::NotSynced(skipped));
    }
    book(tx, entries)?;
    Ok(Synced { updated: figures.len() - skipped.len(), skipped })
}

/// What a row changes, if anything, or why it cannot be done.
type Judged = std::result::Result<Option<Entry>, Obstacle>;

/// What the rows of a sync are about, its stock locked.
struct Known {
    goods: BTreeMap<String, Goods>,
    places: BTreeMap<i64, Place>,
    balances: Balances,
}

impl Known {
    fn load(tx: &mut Tx<'_>, figures: &[Figure], skus: &[String]) -> Result<Self> {
        let goods = goods::by_sku(tx, &skus.iter().cloned().collect(), Intent::Write)?;
        let places = goods::places(tx, &figures.iter().map(|figure| figure.warehouse_id).collect())?;
        let key = |(figure, sku): (&Figure, &String)| {
            let (goods, place) = goods.get(sku).zip(places.get(&figure.warehouse_id))?;
            Some((goods.id, place.id))
        };
        let keys: BTreeSet<Key> = figures.iter().zip(skus).filter_map(key).collect();
        let balances = ledger::read_locked(tx, &keys)?;
        Ok(Self { goods, places, balances })
    }

    fn judge(&self, figure: &Figure, sku: &str) -> Result<Judged> {
        let Some(goods) = self.goods.get(sku) else { return Ok(Err(Obstacle::UnknownItem)) };
        let Some(place) = self.places.get(&figure.warehouse_id) else { return Ok(Err(Obstacle::UnknownWarehouse)) };
        if figure.quantity < Quantity::ZERO {
            return Ok(Err(Obstacle::Negative));
        }
        // Where there is no row, nothing lies.
        let current = self.balances.get(&(goods.id, place.id)).map(|Balance { quantity, .. }| *quantity);
        let current = current.unwrap_or_default();
        if figure.expected.is_some_and(|expected| expected != current) {
            return Ok(Err(Obstacle::Unexpected { current }));
        }
        let change = figure.quantity.minus(current).ok_or(Error::OutOfRange)?;
        if change.is_zero() {
            return Ok(Ok(None));
        }
        if goods.tracking == Tracking::Serial {
            return Ok(Err(Obstacle::Serial));
        }
        let entry = Entry::moving(goods.clone(), place.clone(), change);
        Ok(Ok(Some(Entry { expected: Some(current), ..entry })))
    }
}

/// Books what differs from figures that were read with their rows locked.
pub(super) fn book(tx: &mut Tx<'_>, entries: Vec<Entry>) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let reason = Reason { kind: Kind::Sync, paper: None, notes: None };
    match ledger::book(tx, entries, &reason) {
        Ok(_) => Ok(()),
        // The rows that were there are locked; another command opened one that was not: run again and find it.
        Err(Error::Unexpected { .. }) => Err(Fault::Race("a stock row was opened meanwhile".to_owned()).into()),
        Err(error) => Err(error),
    }
}
