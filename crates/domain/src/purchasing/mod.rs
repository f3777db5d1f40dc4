//! Purchasing: who sells to us, what we ordered from them, and what has come.

mod change;
mod costing;
mod list;
mod place;
mod receive;
pub mod suppliers;
#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

pub use change::change_status;
pub use list::{PurchaseFilter, get, list};
pub use place::{NewPurchase, NewPurchaseLine, place};
pub use receive::{Of, ReceiptLine, Received, receive};

use crate::error::{Error, Result, Thing};
use crate::schema::{purchase_order_items as items, purchase_orders as orders};
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForUpdate, text_value};
use crate::values::{Money, Quantity};

/// Lines that a purchase order may have.
pub const MOST_LINES: usize = 1_000;

/// How far a purchase order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PurchaseStatus {
    /// Written, not sent.
    Draft,
    /// Sent to the supplier.
    Ordered,
    /// Received in part.
    Partial,
    /// All of it has come.
    Received,
    /// Called off.
    Cancelled,
}

text_value!(PurchaseStatus {
    Draft = "draft",
    Ordered = "ordered",
    Partial = "partial",
    Received = "received",
    Cancelled = "cancelled",
});

impl PurchaseStatus {
    /// The words for those in which goods may still come.
    pub(crate) const OPEN: [&'static str; 3] = [Self::Draft.as_str(), Self::Ordered.as_str(), Self::Partial.as_str()];

    /// What may come next; `partial` and `received` come of receiving.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Ordered, Self::Received, Self::Cancelled],
            Self::Ordered | Self::Partial => &[Self::Received, Self::Cancelled],
            Self::Received | Self::Cancelled => &[],
        }
    }

    /// Whether goods may still come for it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Ordered | Self::Partial)
    }

    fn refuse(self, to: Self) -> Error {
        let allowed = self.next().iter().map(|status| status.as_str()).collect();
        Error::IllegalStatus { from: self.as_str(), to: to.as_str(), allowed }
    }
}

/// A purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(MultiBackend))]
pub struct Purchase {
    /// Its id.
    pub id: i64,
    /// Its number, consecutive within the tenant.
    pub number: i64,
    /// From whom.
    pub supplier_id: i64,
    /// The supplier's name on that day.
    pub supplier_name: String,
    /// Where it is to come.
    pub warehouse_id: i64,
    /// How far it has come.
    pub status: PurchaseStatus,
    /// The sum of its lines.
    pub total: Money,
    /// How many lines it has.
    pub item_count: i64,
    /// When it is expected.
    pub expected_date: Option<NaiveDate>,
    /// What was noted.
    pub notes: Option<String>,
    /// Who wrote it.
    pub created_by: String,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
    /// When it last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// A line of a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = items, check_for_backend(MultiBackend))]
pub struct PurchaseLine {
    /// Its id.
    pub id: i64,
    /// What is ordered.
    pub product_id: i64,
    /// Its SKU on that day.
    pub sku: String,
    /// Its name on that day.
    pub product_name: String,
    /// How much.
    pub quantity: Quantity,
    /// At which cost of one unit.
    pub unit_cost: Money,
    /// Quantity × cost, rounded.
    pub amount: Money,
    /// How much has come.
    pub received: Quantity,
    /// Whether the rest may still come.
    pub is_open: bool,
}

impl PurchaseLine {
    /// What may still come.
    pub fn outstanding(&self) -> Quantity {
        if self.is_open { self.quantity.minus(self.received).unwrap_or_default() } else { Quantity::ZERO }
    }
}

/// A purchase order with its lines, locked until the transaction ends.
fn lock(tx: &mut Tx<'_>, id: i64) -> Result<(Purchase, Vec<PurchaseLine>)> {
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(id));
    let query = ForUpdate(orders::table.filter(this).select(Purchase::as_select()));
    let purchase = query.get_result(tx.conn).optional()?.ok_or_else(|| unknown(id))?;
    Ok((purchase, lines(tx, id)?))
}

/// The lines of a purchase order, as they were given.
fn lines(tx: &mut Tx<'_>, purchase: i64) -> Result<Vec<PurchaseLine>> {
    let of_order = items::tenant_id.eq(tx.tenant_id()).and(items::purchase_order_id.eq(purchase));
    Ok(items::table.filter(of_order).order(items::id).select(PurchaseLine::as_select()).load(tx.conn)?)
}

fn set_status(tx: &mut Tx<'_>, id: i64, status: PurchaseStatus) -> Result<()> {
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(id));
    diesel::update(orders::table.filter(this))
        .set((orders::status.eq(status), orders::updated_at.eq(tx.now())))
        .execute(tx.conn)?;
    Ok(())
}

fn unknown(id: i64) -> Error {
    Error::NotFound { thing: Thing::PurchaseOrder, key: id.to_string() }
}
