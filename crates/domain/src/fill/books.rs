//! What a slice leaves in stock: rows that are opened or moved, and the movements that explain them, in the order of
//! their instants.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta};

use super::random::{Random, Stream};
use super::{Plan, Shop, Slice};
use crate::counters;
use crate::error::{Error, Result};
use crate::rollups::{self, Lying, days::Sold};
use crate::stock::goods::{self, Goods, Place};
use crate::stock::ledger::{self, Balance, Key};
use crate::stock::movements::{Kind, RECORDED};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::values::Quantity;
use crate::zone::day_of;

/// The stock of what a slice sells.
pub(super) struct Books {
    goods: BTreeMap<i64, Goods>,
    places: BTreeMap<i64, Place>,
    rows: BTreeMap<Key, Row>,
    events: Vec<Event>,
    /// Products that are sold all year, and those of the slice.
    pub(super) favourites: Vec<i64>,
    pub(super) new: Vec<i64>,
}

/// A stock row: as it was, where it was there, and as it is.
struct Row {
    before: Option<Balance>,
    now: Balance,
    updated_at: NaiveDateTime,
}

/// Something that happens to what is on hand.
pub(super) struct Event {
    pub(super) at: NaiveDateTime,
    pub(super) key: Key,
    pub(super) kind: Kind,
    pub(super) quantity: Quantity,
    /// The order that it is for.
    pub(super) order: Option<i64>,
}

/// What comes in at least when stock does not suffice.
const REFILL: i64 = 200;

impl Books {
    /// Opens the stock of the products of a slice, and locks that of the favourites.
    pub(super) fn open(tx: &mut Tx<'_>, plan: &Plan, shop: &Shop, slice: Slice, new: &[Goods]) -> Result<Self> {
        let held = goods::load(tx, &shop.favourites)?;
        let keys = held.keys().flat_map(|id| shop.places.iter().map(|place| (*id, place.id))).collect::<BTreeSet<_>>();
        let found = if keys.is_empty() { BTreeMap::new() } else { ledger::read_locked(tx, &keys)? };
        let is_whole = |id: &&i64| shop.places.iter().all(|place| found.contains_key(&(**id, place.id)));
        let mut books = Self {
            favourites: held.keys().filter(is_whole).copied().collect(),
            new: new.iter().map(|goods| goods.id).collect(),
            goods: held,
            places: shop.places.iter().map(|place| (place.id, place.clone())).collect(),
            rows: BTreeMap::new(),
            events: Vec::new(),
        };
        for (key, balance) in found {
            books.rows.insert(key, Row { before: Some(balance), now: balance, updated_at: slice.begin });
        }
        for (at, goods) in (0..).zip(new) {
            let opened = slice.before(books.new_count() + at, books.new_count() * 2);
            let index = slice.products.0 + at;
            books.open_rows(plan, shop, goods.id, index, opened, index < super::FAVOURITES);
            books.count(plan, slice, shop, goods.id, index);
            books.goods.insert(goods.id, goods.clone());
        }
        Ok(books)
    }

    fn new_count(&self) -> i64 {
        counters::rows(self.new.len())
    }

    fn open_rows(&mut self, plan: &Plan, shop: &Shop, id: i64, index: i64, at: NaiveDateTime, is_favourite: bool) {
        let mut random = Random::of(plan.seed, Stream::Stock, index);
        for place in &shop.places {
            let units = match random.below(10) {
                _ if is_favourite => random.between(1_000, 4_000),
                0 => 0,
                1 | 2 => random.between(1, 20),
                _ => random.between(20, 400),
            };
            let level = if random.percent(30) { random.between(5, 60) } else { 0 };
            let now = Balance { reorder_level: whole(level), ..Balance::default() };
            let key = (id, place.id);
            self.rows.insert(key, Row { before: None, now, updated_at: at });
            if units > 0 {
                self.happens(Event { at, key, kind: Kind::Opening, quantity: whole(units), order: None });
            }
        }
    }

    /// Every twentieth product is counted, and found to be a little more or less.
    fn count(&mut self, plan: &Plan, slice: Slice, shop: &Shop, id: i64, index: i64) {
        let mut random = Random::of(plan.seed, Stream::Count, index);
        if !random.percent(5) {
            return;
        }
        let found = random.of_these(&[-3, -2, -1, 1, 2, 5]);
        if let Some(place) = random.one(&shop.places) {
            let at = slice.begin + super::part(slice.end - slice.begin, random.below(1_000), 1_000);
            let key = (id, place.id);
            self.happens(Event { at, key, kind: Kind::Adjustment, quantity: whole(found), order: None });
        }
    }

    /// What is known of a product.
    pub(super) fn goods(&self, id: i64) -> Option<&Goods> {
        self.goods.get(&id)
    }

    /// Something happens to what is on hand, once the books are closed.
    pub(super) fn happens(&mut self, event: Event) {
        self.events.push(event);
    }

    /// So much is promised to an order.
    pub(super) fn promise(&mut self, key: Key, quantity: Quantity, at: NaiveDateTime) {
        if let Some(row) = self.rows.get_mut(&key) {
            row.now.reserved = [row.now.reserved, quantity].into_iter().sum();
            row.updated_at = row.updated_at.max(at);
        }
    }

    /// Writes what happened, in its order. Returns how many rows were opened, and how many movements there are.
    pub(super) fn close(mut self, tx: &mut Tx<'_>, slice: Slice) -> Result<(i64, i64)> {
        // The sort is stable: what happens at one instant stays in the order in which it was told.
        let mut events = std::mem::take(&mut self.events);
        events.sort_by_key(|event| event.at);
        let mut cells = Vec::with_capacity(events.len());
        for event in &events {
            self.carry_out(tx, event, &mut cells)?;
        }
        let short = self.rows.iter().filter(|(_, row)| row.now.quantity < row.now.reserved);
        for key in short.map(|(key, _)| *key).collect::<Vec<_>>() {
            let last = slice.end - TimeDelta::microseconds(1);
            self.refill(tx, key, Quantity::ZERO, last, &mut cells)?;
        }
        let opened = self.write(tx)?;
        bulk::insert(tx.conn, tx.tenant_id(), RECORDED, &cells)?;
        counters::add(tx, counters::LEVELS, opened);
        counters::add(tx, counters::MOVEMENTS, counters::rows(cells.len()));
        Ok((opened, counters::rows(cells.len())))
    }

    fn carry_out(&mut self, tx: &mut Tx<'_>, event: &Event, cells: &mut Vec<Vec<bulk::Cell>>) -> Result<()> {
        let Some(row) = self.rows.get(&event.key) else { return Ok(()) };
        let left = row.now.quantity.plus(event.quantity).ok_or(Error::OutOfRange)?;
        if event.quantity < Quantity::ZERO && left < row.now.reserved {
            // Who counts finds no less than nothing; what is sold comes in before it leaves.
            if event.kind == Kind::Adjustment {
                return Ok(());
            }
            self.refill(tx, event.key, event.quantity.negated(), event.at, cells)?;
        }
        self.record(tx, event, cells)
    }

    /// Brings in what lacks, and more.
    fn refill(
        &mut self,
        tx: &mut Tx<'_>,
        key: Key,
        wanted: Quantity,
        at: NaiveDateTime,
        cells: &mut Vec<Vec<bulk::Cell>>,
    ) -> Result<()> {
        let Some(row) = self.rows.get(&key) else { return Ok(()) };
        let lacking = [wanted, row.now.reserved, row.now.quantity.negated(), whole(REFILL)].into_iter().sum();
        self.record(tx, &Event { at, key, kind: Kind::Receive, quantity: lacking, order: None }, cells)
    }

    fn record(&mut self, tx: &mut Tx<'_>, event: &Event, cells: &mut Vec<Vec<bulk::Cell>>) -> Result<()> {
        let Event { at, key, kind, quantity, order } = *event;
        let found = (self.rows.get_mut(&key), self.goods.get(&key.0), self.places.get(&key.1));
        let (Some(row), Some(goods), Some(place)) = found else { return Ok(()) };
        row.now.quantity = row.now.quantity.plus(quantity).ok_or(Error::OutOfRange)?;
        row.updated_at = row.updated_at.max(at);
        let value = goods.cost().times(quantity).ok_or(Error::OutOfRange)?;
        if kind.is_sale() {
            let (sku, name) = (goods.sku.clone(), goods.name.clone());
            let (units, cogs) = (quantity.negated().raw(), value.negated().raw());
            rollups::sold(tx, at, goods.id, &Sold { sku, name, units, cogs });
        }
        let none: Option<String> = None;
        cells.push(cells![
            goods.id,
            goods.sku.as_str(),
            goods.name.as_str(),
            place.id,
            place.name.as_str(),
            None::<i64>,
            kind.as_str(),
            quantity,
            row.now.quantity,
            goods.cost_price,
            value,
            order.map(|_| "order".to_owned()),
            order,
            note(kind).map(str::to_owned),
            tx.actor().name(),
            tx.actor().key(),
            none,
            day_of(at, tx.tenant().zone),
            at,
        ]);
        Ok(())
    }

    /// Opens the rows of new products, moves those of the others, and adds both to the sums. Returns how many are new.
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<i64> {
        let (mut opened, mut moved) = (Vec::new(), Vec::new());
        for (key, row) in &mut self.rows {
            let Some(goods) = self.goods.get(&key.0) else { continue };
            row.now.value = goods.cost().times(row.now.quantity).ok_or(Error::OutOfRange)?;
            if row.before == Some(row.now) {
                continue;
            }
            let before = row.before.unwrap_or_default();
            let change = row.now.quantity.minus(before.quantity).ok_or(Error::OutOfRange)?;
            let Balance { quantity, reserved, reorder_level, value } = row.now;
            rollups::product(tx, key.0, change, goods.is_active);
            if row.before.is_some() {
                rollups::warehouse(tx, key.1, row.now.since(&before));
                moved.push(cells![key.0, key.1, quantity, reserved, value, row.updated_at]);
            } else {
                rollups::warehouse(tx, key.1, Lying { rows: 1, ..row.now.since(&before) });
                opened.push(cells![key.0, key.1, quantity, reserved, reorder_level, value, row.updated_at]);
            }
        }
        let tenant = tx.tenant_id();
        bulk::insert(tx.conn, tenant, ledger::OPENED, &opened)?;
        bulk::update(tx.conn, tenant, ledger::WRITTEN, &moved)?;
        Ok(counters::rows(opened.len()))
    }
}

const fn note(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Adjustment => Some("Stock count"),
        Kind::Receive => Some("Refill"),
        Kind::Opening | Kind::Shipment | Kind::Return | Kind::Transfer | Kind::Sync | Kind::WriteOff => None,
    }
}

/// So many whole units, of which there are never too many here.
pub(super) fn whole(units: i64) -> Quantity {
    Quantity::whole(units).unwrap_or_default()
}
