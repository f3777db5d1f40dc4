//! How an order goes on, step by step.

use diesel::prelude::*;

use super::fulfil::fulfil_locked;
use super::{Line, Order, PROMISE, Status, lock, set_status};
use crate::actor::Role;
use crate::error::Result;
use crate::partners::customers;
use crate::rollups::{self, days};
use crate::schema::{order_items, stock_movements as movements};
use crate::stock::goods;
use crate::stock::ledger::{self, Entry, Floor};
use crate::stock::serials;
use crate::store::Tx;

/// Takes an order to another status. The same status again changes nothing; `fulfilled` ships what is outstanding,
/// with the rights that takes; `cancelled` lets go of it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::IllegalStatus`]; as [`super::fulfil`].
pub fn change_status(tx: &mut Tx<'_>, id: i64, to: Status) -> Result<()> {
    // What the account may do is told before what the order is.
    if to == Status::Fulfilled {
        tx.require(Role::Manager)?;
    }
    let (order, lines) = lock(tx, id)?;
    if order.status == to {
        return Ok(());
    }
    if !order.status.next().contains(&to) {
        return Err(order.status.refuse(to));
    }
    match to {
        Status::Fulfilled => fulfil_locked(tx, &order, lines, None).map(|_| ()),
        Status::Cancelled => cancel(tx, &order, &lines),
        Status::Pending | Status::Paid | Status::Fulfilling | Status::Shipped => set_status(tx, &order, &lines, to),
    }
}

/// Lets go of what is outstanding; what has left stays out until it is taken back.
fn cancel(tx: &mut Tx<'_>, order: &Order, lines: &[Line]) -> Result<()> {
    let open = lines.iter().filter(|line| line.is_open).collect::<Vec<_>>();
    let ids = open.iter().map(|line| line.product_id).collect::<Vec<_>>();
    let known = goods::load(tx, &ids)?;
    let place = goods::place(tx, Some(order.warehouse_id), "warehouse_id")?;
    let release = |line: &&Line| {
        let goods = known.get(&line.product_id)?.clone();
        Some(Entry::promising(goods, place.clone(), line.outstanding().negated(), Floor::OnHand))
    };
    ledger::book(tx, open.iter().filter_map(release).collect(), &PROMISE)?;
    serials::let_go(tx, &open.iter().map(|line| line.id).collect::<Vec<_>>())?;
    let these = order_items::tenant_id.eq(tx.tenant_id()).and(order_items::order_id.eq(order.id));
    diesel::update(order_items::table.filter(these)).set(order_items::is_open.eq(false)).execute(tx.conn)?;
    if let Some(customer) = order.customer_id {
        customers::ordered(tx, customer, -1, order.total)?;
    }
    if lines.iter().any(|line| !line.fulfilled.is_zero()) {
        uncount(tx, order.id)?;
    }
    set_status(tx, order, lines, Status::Cancelled)
}

/// What left for an order and came back counts in no cost of goods sold any more, on any day: cancelled orders count in
/// neither revenue nor cost.
fn uncount(tx: &mut Tx<'_>, order: i64) -> Result<()> {
    let of_order = movements::tenant_id.eq(tx.tenant_id()).and(movements::reference_type.eq("order"));
    let rows: Vec<days::Sale> =
        movements::table.filter(of_order.and(movements::reference_id.eq(order))).select(days::SALE).load(tx.conn)?;
    for (at, product, sold) in rows.into_iter().map(days::sale) {
        rollups::sold(tx, at, product, &sold.negated());
    }
    Ok(())
}
