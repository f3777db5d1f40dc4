//! Batches: goods of one make, with their dates, possibly in several warehouses.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::goods;
use super::ledger::{self, Entry, Reason};
use super::movements::{Kind, Paper};
use super::tracking::{Pick, UNASSIGNED};
use crate::counters;
use crate::error::{Error, Problem, Result};
use crate::items::Tracking;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{batch_levels, batches, products};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::connection::MultiBackend;
use crate::store::portable::Total;
use crate::values::{Code, Notes, Quantity, fold};

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = batches, check_for_backend(MultiBackend))]
pub struct Batch {
    /// Its id.
    pub id: i64,
    /// What it is a batch of.
    pub product_id: i64,
    /// Its number, unique for the product in any case.
    pub batch_number: String,
    /// The lot of its maker.
    pub lot_number: Option<String>,
    /// When it was made.
    pub manufacture_date: Option<NaiveDate>,
    /// The last day on which it is good.
    pub expiry_date: Option<NaiveDate>,
    /// What was noted.
    pub notes: Option<String>,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
}

/// A batch, what it is a batch of, and how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLine {
    /// The batch.
    pub batch: Batch,
    /// On hand in all warehouses.
    pub quantity: Quantity,
    /// The product's SKU.
    pub sku: String,
    /// The product's name.
    pub product_name: String,
}

/// What is written on a batch.
#[derive(Debug, Clone)]
pub struct Labels {
    /// Its number, unique for the product in any case.
    pub batch_number: Code,
    /// The lot of its maker.
    pub lot_number: Option<Code>,
    /// When it was made.
    pub manufacture_date: Option<NaiveDate>,
    /// The last day on which it is good.
    pub expiry_date: Option<NaiveDate>,
    /// What is noted.
    pub notes: Option<Notes>,
}

/// A batch to be, with what there is of it.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// What it is a batch of.
    pub product_id: i64,
    /// Where it lies; absent: the default warehouse.
    pub warehouse_id: Option<i64>,
    /// What is written on it.
    pub labels: Labels,
    /// How much of it there is.
    pub quantity: Quantity,
}

/// Which batches are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchFilter {
    /// Of this product.
    pub product_id: Option<i64>,
    /// Expiring within this many days from today, expired ones excluded.
    pub expiring_days: Option<i64>,
}

/// Records a batch and what there is of it.
///
/// # Errors
/// [`Error::UnknownReference`]; [`Error::Invalid`] for a product without batch tracking;
/// [`Error::Duplicate`] for a number that the product has already.
pub fn create(tx: &mut Tx<'_>, new: &NewBatch) -> Result<Batch> {
    let goods = goods::one(tx, new.product_id, "product_id")?;
    if goods.tracking != Tracking::Batch {
        let message = format!("must name a product tracked by batch, which {} is not", goods.sku);
        return Err(Error::Invalid(vec![Problem::new("product_id", message)]));
    }
    if new.quantity < Quantity::ZERO {
        return Err(Error::Invalid(vec![Problem::new("quantity", "must not be negative")]));
    }
    let (made, expires) = (new.labels.manufacture_date, new.labels.expiry_date);
    if made.zip(expires).is_some_and(|(made, expires)| expires < made) {
        return Err(Error::Invalid(vec![Problem::new("expiry_date", "must not be before manufacture_date")]));
    }
    let place = goods::place(tx, new.warehouse_id, "warehouse_id")?;
    let id = insert(tx, goods.id, &new.labels)?;
    if !new.quantity.is_zero() {
        let entry = Entry { pick: Pick::Batch(id), ..Entry::moving(goods, place, new.quantity) };
        let paper = Some(Paper { kind: "batch", id, is_cancelled: false });
        ledger::book(tx, vec![entry], &Reason { kind: Kind::Receive, paper, notes: None })?;
    }
    counters::add(tx, counters::BATCHES, 1);
    let this = batches::tenant_id.eq(tx.tenant_id()).and(batches::id.eq(id));
    Ok(batches::table.filter(this).select(Batch::as_select()).first(tx.conn)?)
}

/// Batches, the newest first; those that are asked for by their expiry, the soonest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &BatchFilter, window: &Window) -> Result<Slice<BatchLine>> {
    let tenant = tx.tenant_id();
    let mut query = matching(tx, filter)
        .inner_join(products::table.on(products::tenant_id.eq(tenant).and(products::id.eq(batches::product_id))))
        .select((Batch::as_select(), products::sku, products::name));
    if filter.expiring_days.is_some() {
        query = query.order((batches::expiry_date.asc(), batches::id.asc()));
        if let Some((expiry, id)) = window.after_time()? {
            let same = batches::expiry_date.eq(expiry.date()).and(batches::id.gt(id));
            // The first condition follows from the other, and lets an index begin there.
            query = query.filter(batches::expiry_date.ge(expiry.date()));
            query = query.filter(batches::expiry_date.gt(expiry.date()).or(same));
        }
    } else {
        query = query.order(batches::id.desc());
        if let Some(id) = window.after_id()? {
            query = query.filter(batches::id.lt(id));
        }
    }
    let rows: Vec<(Batch, String, String)> = query.limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let cursor_of = |(batch, ..): &(Batch, String, String)| match (filter.expiring_days, batch.expiry_date) {
        (Some(_), Some(expiry)) => Cursor::Time(expiry.and_time(NaiveTime::MIN), batch.id),
        _ => Cursor::Id(batch.id),
    };
    let Part { rows, next } = Part::cut(rows, window, cursor_of);
    let on_hand = on_hand(tx, rows.iter().map(|(batch, ..)| batch.id).collect())?;
    let line = |(batch, sku, product_name): (Batch, String, String)| {
        let quantity = on_hand.get(&batch.id).copied().unwrap_or_default();
        BatchLine { batch, quantity, sku, product_name }
    };
    let part = Part { rows: rows.into_iter().map(line).collect(), next };
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == BatchFilter::default() => counters::read(tx, counters::BATCHES)?,
            filter => matching(tx, filter).count().get_result(tx.conn)?,
        })
    })
}

fn matching(tx: &Tx<'_>, filter: &BatchFilter) -> batches::BoxedQuery<'static, MultiBackend> {
    let tenant = tx.tenant_id();
    let mut query = batches::table.into_boxed().filter(batches::tenant_id.eq(tenant));
    if let Some(product) = filter.product_id {
        query = query.filter(batches::product_id.eq(product));
    }
    if let Some(days) = filter.expiring_days {
        let (first, last) = days_from(tx.today(), days);
        // Of a batch that is used up nothing can expire.
        let there =
            batch_levels::table.filter(batch_levels::tenant_id.eq(tenant).and(batch_levels::batch_id.eq(batches::id)));
        query = query.filter(batches::expiry_date.between(first, last)).filter(exists(there));
    }
    query
}

/// On hand of batches in all warehouses, for those of which there is any.
fn on_hand(tx: &mut Tx<'_>, ids: Vec<i64>) -> Result<HashMap<i64, Quantity>> {
    let these = batch_levels::tenant_id.eq(tx.tenant_id()).and(batch_levels::batch_id.among(ids));
    let sums: Vec<(i64, Quantity)> = batch_levels::table
        .filter(these)
        .group_by(batch_levels::batch_id)
        .select((batch_levels::batch_id, Total(batch_levels::quantity)))
        .load(tx.conn)?;
    Ok(sums.into_iter().collect())
}

/// Today and the day so many days later, at the latest the last one that is written with four digits of a year:
/// SQLite compares days as texts.
fn days_from(today: NaiveDate, days: i64) -> (NaiveDate, NaiveDate) {
    let end = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    let last = TimeDelta::try_days(days).and_then(|days| today.checked_add_signed(days));
    (today, last.map_or(end, |last| last.min(end)))
}

/// Records a batch without goods.
fn insert(tx: &mut Tx<'_>, product: i64, labels: &Labels) -> Result<i64> {
    let Labels { batch_number, lot_number, manufacture_date, expiry_date, notes } = labels;
    let row = (
        batches::tenant_id.eq(tx.tenant_id()),
        batches::product_id.eq(product),
        batches::batch_number.eq(batch_number.as_str()),
        batches::batch_key.eq(fold(batch_number.as_str())),
        batches::lot_number.eq(lot_number.as_ref().map(Code::as_str)),
        batches::manufacture_date.eq(*manufacture_date),
        batches::expiry_date.eq(*expiry_date),
        batches::notes.eq(notes.as_ref().map(Notes::as_str)),
        batches::created_at.eq(tx.now()),
        batches::updated_at.eq(tx.now()),
    );
    Ok(diesel::insert_into(batches::table).values(row).returning(batches::id).get_result(tx.conn)?)
}

/// A batch of which no more is known than what its goods are sold by.
pub(super) struct NewLabel {
    pub(super) product_id: i64,
    pub(super) number: Code,
    pub(super) expiry_date: Option<NaiveDate>,
}

/// Records batches without goods. Returns their ids in that order.
pub(super) fn insert_all(tx: &mut Tx<'_>, labels: &[NewLabel]) -> Result<Vec<i64>> {
    const MADE: bulk::Into = bulk::Into {
        table: "batches",
        columns: &["tenant_id", "product_id", "batch_number", "batch_key", "expiry_date", "created_at", "updated_at"],
    };
    let row = |label: &NewLabel| {
        let NewLabel { product_id, number, expiry_date } = label;
        cells![*product_id, number.as_str(), fold(number.as_str()), *expiry_date, tx.now(), tx.now()]
    };
    let rows = labels.iter().map(row).collect::<Vec<_>>();
    let ids = bulk::insert_returning(tx.conn, tx.tenant_id(), MADE, &rows)?;
    counters::add(tx, counters::BATCHES, counters::rows(ids.len()));
    Ok(ids)
}

/// Records the batch that takes what comes without one, for each of these products. Returns their ids in that order.
pub(super) fn insert_unassigned(tx: &mut Tx<'_>, products: &[i64]) -> Result<Vec<i64>> {
    const MADE: bulk::Into = bulk::Into {
        table: "batches",
        columns: &["tenant_id", "product_id", "batch_number", "batch_key", "created_at", "updated_at"],
    };
    let row = |product: &i64| cells![*product, UNASSIGNED, fold(UNASSIGNED), tx.now(), tx.now()];
    let rows = products.iter().map(row).collect::<Vec<_>>();
    Ok(bulk::insert_returning(tx.conn, tx.tenant_id(), MADE, &rows)?)
}
