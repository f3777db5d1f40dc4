//! Reading purchase orders.

use diesel::prelude::*;

use super::{Purchase, PurchaseLine, PurchaseStatus, lines, unknown};
use crate::counters;
use crate::error::Result;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::purchase_orders as orders;
use crate::store::Tx;
use crate::store::connection::MultiBackend;

/// Which purchase orders are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurchaseFilter {
    /// As far as this.
    pub status: Option<PurchaseStatus>,
    /// From this supplier.
    pub supplier_id: Option<i64>,
}

/// One purchase order with its lines.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<(Purchase, Vec<PurchaseLine>)> {
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(id));
    let found: Option<Purchase> = orders::table.filter(this).select(Purchase::as_select()).first(tx.conn).optional()?;
    let purchase = found.ok_or_else(|| unknown(id))?;
    Ok((purchase, lines(tx, id)?))
}

/// Purchase orders, the newest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &PurchaseFilter, window: &Window) -> Result<Slice<Purchase>> {
    let mut query = matching(tx, filter).order((orders::created_at.desc(), orders::id.desc()));
    if let Some((at, id)) = window.after_time()? {
        let later = orders::created_at.lt(at).or(orders::created_at.eq(at).and(orders::id.lt(id)));
        // The first condition follows from the other, and lets an index begin there.
        query = query.filter(orders::created_at.le(at)).filter(later);
    }
    let rows = query.select(Purchase::as_select()).limit(window.limit + 1).offset(window.offset()).load(tx.conn)?;
    let part = Part::cut(rows, window, |row: &Purchase| Cursor::Time(row.created_at, row.id));
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == PurchaseFilter::default() => counters::read(tx, counters::PURCHASE_ORDERS)?,
            filter => matching(tx, filter).count().get_result(tx.conn)?,
        })
    })
}

fn matching(tx: &Tx<'_>, filter: &PurchaseFilter) -> orders::BoxedQuery<'static, MultiBackend> {
    let PurchaseFilter { status, supplier_id } = *filter;
    let mut query = orders::table.into_boxed().filter(orders::tenant_id.eq(tx.tenant_id()));
    if let Some(status) = status {
        query = query.filter(orders::status.eq(status));
    }
    if let Some(supplier) = supplier_id {
        query = query.filter(orders::supplier_id.eq(supplier));
    }
    query
}
