//! Orders: what customers want. Placing one promises stock, fulfilling it ships stock, cancelling it lets go.

mod change;
mod fulfil;
mod list;
mod place;
mod returns;
#[cfg(test)]
mod tests;

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use change::change_status;
pub use fulfil::{FulfilLine, Fulfilled, fulfil};
pub(crate) use list::last_of_month;
pub use list::{OrderFilter, Statistics, get, list, rows, statistics};
pub(crate) use place::{ENTERED, LINES};
pub use place::{NewLine, NewOrder, place};
pub use returns::{ReturnLine, take_back};

use crate::error::{Error, Result, Thing};
use crate::rollups::{self, days::Orders as Figures};
use crate::schema::{order_items, orders};
use crate::stock::ledger::Reason;
use crate::stock::movements::Kind;
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::{ForUpdate, text_value};
use crate::values::{Money, Quantity};

/// Lines that an order may have.
pub const MOST_LINES: usize = 1_000;

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Status {
    /// Placed.
    Pending,
    /// Paid for.
    Paid,
    /// Shipped in part.
    Fulfilling,
    /// Everything has left stock.
    Fulfilled,
    /// On its way.
    Shipped,
    /// Called off.
    Cancelled,
}

text_value!(Status {
    Pending = "pending",
    Paid = "paid",
    Fulfilling = "fulfilling",
    Fulfilled = "fulfilled",
    Shipped = "shipped",
    Cancelled = "cancelled",
});

impl Status {
    /// What may come next.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Paid, Self::Fulfilling, Self::Fulfilled, Self::Cancelled],
            Self::Paid => &[Self::Fulfilling, Self::Fulfilled, Self::Cancelled],
            Self::Fulfilling => &[Self::Fulfilled, Self::Cancelled],
            Self::Fulfilled => &[Self::Shipped],
            Self::Shipped | Self::Cancelled => &[],
        }
    }

    /// The refusal to go on to another status.
    pub(crate) fn refuse(self, to: Self) -> Error {
        let allowed = self.next().iter().map(|status| status.as_str()).collect();
        Error::IllegalStatus { from: self.as_str(), to: to.as_str(), allowed }
    }

    /// Whether it still promises stock.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Paid | Self::Fulfilling)
    }

    /// The words for those in which an order still promises stock.
    pub(crate) fn open() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().filter(|status| status.is_open()).map(|status| status.as_str())
    }
}

/// Where an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Channel {
    /// Typed in.
    Manual,
    /// Another program.
    Api,
    /// A till.
    Pos,
    /// A business customer.
    B2b,
}

text_value!(Channel { Manual = "manual", Api = "api", Pos = "pos", B2b = "b2b" });

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(MultiBackend))]
pub struct Order {
    /// Its id.
    pub id: i64,
    /// Its number, consecutive within the tenant.
    pub number: i64,
    /// Who ordered.
    pub customer_id: Option<i64>,
    /// The customer's name on that day.
    pub customer_name: Option<String>,
    /// Where it is fulfilled from.
    pub warehouse_id: i64,
    /// How far it has come.
    pub status: Status,
    /// Where it came from.
    pub channel: Channel,
    /// The sum of its lines.
    pub total: Money,
    /// How many lines it has.
    pub item_count: i64,
    /// Where it goes, as the JSON that was given.
    pub shipping_address: Option<String>,
    /// Who placed it.
    pub created_by: String,
    /// When, in UTC.
    pub created_at: NaiveDateTime,
    /// When it last changed, in UTC.
    pub updated_at: NaiveDateTime,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = order_items, check_for_backend(MultiBackend))]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// The order it belongs to.
    pub order_id: i64,
    /// What is ordered.
    pub product_id: i64,
    /// Its SKU on that day.
    pub sku: String,
    /// Its name on that day.
    pub product_name: String,
    /// How much.
    pub quantity: Quantity,
    /// At which price.
    pub unit_price: Money,
    /// Quantity × price, rounded.
    pub amount: Money,
    /// How much has left stock for it.
    pub fulfilled: Quantity,
    /// How much of that came back.
    pub returned: Quantity,
    /// Whether it still promises what has not left.
    pub is_open: bool,
}

impl Line {
    /// What is still promised.
    pub fn outstanding(&self) -> Quantity {
        if self.is_open { self.quantity.minus(self.fulfilled).unwrap_or_default() } else { Quantity::ZERO }
    }
}

/// Promising stock and letting go of it moves nothing: no movement will name this.
const PROMISE: Reason = Reason { kind: Kind::Shipment, paper: None, notes: None };

/// An order with its lines, locked until the transaction ends.
fn lock(tx: &mut Tx<'_>, id: i64) -> Result<(Order, Vec<Line>)> {
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(id));
    let order = ForUpdate(orders::table.filter(this).select(Order::as_select())).get_result(tx.conn).optional()?;
    let order = order.ok_or_else(|| unknown(id))?;
    Ok((order, lines(tx, id)?))
}

/// The lines of an order, as they were given.
fn lines(tx: &mut Tx<'_>, order: i64) -> Result<Vec<Line>> {
    let of_order = order_items::tenant_id.eq(tx.tenant_id()).and(order_items::order_id.eq(order));
    Ok(order_items::table.filter(of_order).order(order_items::id).select(Line::as_select()).load(tx.conn)?)
}

/// The line of an order that part `at` of a command names.
fn named(lines: &mut [Line], at: usize, id: i64) -> Result<&mut Line> {
    lines.iter_mut().find(|line| line.id == id).ok_or_else(|| Error::UnknownReference {
        field: format!("items[{at}].order_item_id"),
        thing: Thing::OrderLine,
        key: id.to_string(),
    })
}

fn set_status(tx: &mut Tx<'_>, order: &Order, lines: &[Line], status: Status) -> Result<()> {
    let figures = Figures::one(order.total, lines.iter().map(|line| line.quantity));
    rollups::order(tx, order.created_at, figures, Some(order.status), status);
    let this = orders::tenant_id.eq(tx.tenant_id()).and(orders::id.eq(order.id));
    diesel::update(orders::table.filter(this))
        .set((orders::status.eq(status), orders::updated_at.eq(tx.now())))
        .execute(tx.conn)?;
    Ok(())
}

fn unknown(id: i64) -> Error {
    Error::NotFound { thing: Thing::Order, key: id.to_string() }
}
