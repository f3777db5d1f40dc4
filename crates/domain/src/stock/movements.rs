//! Movements: every change of what lies on hand, in the order in which it happened. Never changed, never removed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::goods::Goods;
use super::ledger::{Entry, Reason};
use super::tracking::Share;
use crate::counters;
use crate::error::{Error, Result};
use crate::page::{Cursor, Part, Slice, Window};
use crate::rollups::{self, days::Sold};
use crate::schema::stock_movements as movements;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::connection::MultiBackend;
use crate::store::portable::text_value;
use crate::values::{Money, Quantity};

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// Came from a supplier or into a batch or serial number.
    Receive,
    /// Was found to be more or less.
    Adjustment,
    /// Went from one warehouse to another: two movements.
    Transfer,
    /// Left for a customer.
    Shipment,
    /// Came back from a customer.
    Return,
    /// Was set by another system.
    Sync,
    /// Was there when the books were opened.
    Opening,
    /// Was left over when its product was removed.
    WriteOff,
}

text_value!(Kind {
    Receive = "receive",
    Adjustment = "adjustment",
    Transfer = "transfer",
    Shipment = "shipment",
    Return = "return",
    Sync = "sync",
    Opening = "opening",
    WriteOff = "write_off",
});

impl Kind {
    /// Whether it is part of the cost of goods sold.
    pub(crate) const fn is_sale(self) -> bool {
        matches!(self, Self::Shipment | Self::Return)
    }
}

/// The document that a movement carries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// What it is, such as `order`.
    pub kind: &'static str,
    /// Its id.
    pub id: i64,
    /// Whether it was cancelled: what still moves for it is no part of the cost of goods sold.
    pub is_cancelled: bool,
}

/// A movement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = movements, check_for_backend(MultiBackend))]
pub struct Movement {
    /// Its id.
    pub id: i64,
    /// What moved.
    pub product_id: i64,
    /// Its SKU on that day.
    pub sku: String,
    /// Its name on that day.
    pub product_name: String,
    /// Where.
    pub warehouse_id: i64,
    /// The warehouse's name on that day.
    pub warehouse_name: String,
    /// Of which batch.
    pub batch_id: Option<i64>,
    /// Why.
    pub kind: Kind,
    /// How much came (positive) or went (negative).
    pub quantity: Quantity,
    /// On hand of the product in the warehouse afterwards.
    pub balance_after: Quantity,
    /// What one unit cost on that day.
    pub unit_cost: Option<Money>,
    /// What kind of document it carries out.
    pub reference_type: Option<String>,
    /// The id of that document.
    pub reference_id: Option<i64>,
    /// What was noted.
    pub notes: Option<String>,
    /// Who did it.
    pub created_by: String,
    /// The request that did it.
    pub request_id: Option<String>,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
}

/// Which movements are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovementFilter {
    /// Of this product.
    pub product_id: Option<i64>,
    /// In this warehouse.
    pub warehouse_id: Option<i64>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// On this day or later, in the tenant's time zone.
    pub from: Option<NaiveDate>,
    /// On this day or earlier.
    pub to: Option<NaiveDate>,
}

/// Movements, the newest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &MovementFilter, window: &Window) -> Result<Slice<Movement>> {
    let mut query = matching(tx, filter).order((movements::created_at.desc(), movements::id.desc()));
    if let Some((at, id)) = window.after_time()? {
        let later = movements::created_at.lt(at).or(movements::created_at.eq(at).and(movements::id.lt(id)));
        // The first condition follows from the other, and lets an index begin there.
        query = query.filter(movements::created_at.le(at)).filter(later);
    }
    let rows = query.select(Movement::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let part = Part::cut(rows, window, |row| Cursor::Time(row.created_at, row.id));
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == MovementFilter::default() => counters::read(tx, counters::MOVEMENTS)?,
            filter => matching(tx, filter).count().get_result(tx.conn)?,
        })
    })
}

fn matching(tx: &Tx<'_>, filter: &MovementFilter) -> movements::BoxedQuery<'static, MultiBackend> {
    let MovementFilter { product_id, warehouse_id, kind, from, to } = *filter;
    let mut query = movements::table.into_boxed().filter(movements::tenant_id.eq(tx.tenant_id()));
    if let Some(product) = product_id {
        query = query.filter(movements::product_id.eq(product));
    }
    if let Some(warehouse) = warehouse_id {
        query = query.filter(movements::warehouse_id.eq(warehouse));
    }
    if let Some(kind) = kind {
        query = query.filter(movements::kind.eq(kind));
    }
    if let Some(from) = from {
        query = query.filter(movements::created_at.ge(tx.start_of(from)));
    }
    if let Some(to) = to {
        query = query.filter(movements::created_at.lt(tx.end_of(to)));
    }
    query
}

/// A movement to be recorded.
pub(super) struct Row<'e> {
    pub(super) entry: &'e Entry,
    pub(super) share: &'e Share,
    pub(super) balance_after: Quantity,
}

impl Row<'_> {
    /// What one unit cost, and what all of it is worth at that.
    fn cost(&self) -> Result<(Option<Money>, Money)> {
        let unit_cost = self.entry.unit_cost.or(self.entry.goods.cost_price);
        let value = unit_cost.unwrap_or_default().times(self.share.quantity).ok_or(Error::OutOfRange)?;
        Ok((unit_cost, value))
    }
}

pub(crate) const RECORDED: bulk::Into = bulk::Into {
    table: "stock_movements",
    columns: &[
        "tenant_id",
        "product_id",
        "sku",
        "product_name",
        "warehouse_id",
        "warehouse_name",
        "batch_id",
        "kind",
        "quantity",
        "balance_after",
        "unit_cost",
        "value",
        "reference_type",
        "reference_id",
        "notes",
        "created_by",
        "actor",
        "request_id",
        "booked_on",
        "created_at",
    ],
};
const UNITS: bulk::Into = bulk::Into { table: "movement_serials", columns: &["tenant_id", "movement_id", "serial_id"] };

/// Records movements in the order in which they come, and which units moved.
pub(super) fn record(tx: &mut Tx<'_>, rows: &[Row<'_>], reason: &Reason) -> Result<()> {
    let cells = rows.iter().map(|row| row_of(tx, row, reason)).collect::<Result<Vec<_>>>()?;
    let is_cancelled = reason.paper.is_some_and(|paper| paper.is_cancelled);
    if reason.kind.is_sale() && !is_cancelled {
        rows.iter().try_for_each(|row| count_sale(tx, row))?;
    }
    let tenant = tx.tenant_id();
    if rows.iter().all(|row| row.share.serials.is_empty()) {
        bulk::insert(tx.conn, tenant, RECORDED, &cells)?;
        return Ok(());
    }
    let ids = bulk::insert_returning(tx.conn, tenant, RECORDED, &cells)?;
    let units = ids.iter().zip(rows).flat_map(|(id, row)| row.share.serials.iter().map(|unit| cells![*id, *unit]));
    bulk::insert(tx.conn, tenant, UNITS, &units.collect::<Vec<_>>())?;
    Ok(())
}

/// What leaves for a customer is sold, what comes back is not.
fn count_sale(tx: &mut Tx<'_>, row: &Row<'_>) -> Result<()> {
    let (_, value) = row.cost()?;
    let Goods { id, sku, name, .. } = &row.entry.goods;
    let (units, cogs) = (row.share.quantity.negated().raw(), value.negated().raw());
    rollups::sold(tx, tx.now(), *id, &Sold { sku: sku.clone(), name: name.clone(), units, cogs });
    Ok(())
}

fn row_of(tx: &Tx<'_>, row: &Row<'_>, reason: &Reason) -> Result<Vec<bulk::Cell>> {
    let Row { entry, share, balance_after } = row;
    let (unit_cost, value) = row.cost()?;
    Ok(cells![
        entry.goods.id,
        entry.goods.sku.as_str(),
        entry.goods.name.as_str(),
        entry.place.id,
        entry.place.name.as_str(),
        share.batch,
        reason.kind.as_str(),
        share.quantity,
        *balance_after,
        unit_cost,
        value,
        reason.paper.map(|paper| paper.kind.to_owned()),
        reason.paper.map(|paper| paper.id),
        reason.notes.clone(),
        tx.actor().name(),
        tx.actor().key(),
        tx.request_id().map(str::to_owned),
        tx.today(),
        tx.now(),
    ])
}
