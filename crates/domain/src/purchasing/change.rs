//! How a purchase order goes on, apart from receiving it in parts.

use diesel::prelude::*;

use super::place::ordered_from;
use super::{PurchaseStatus, lock, receive, set_status, suppliers};
use crate::error::Result;
use crate::schema::purchase_order_items as items;
use crate::store::Tx;

/// Takes a purchase order to another status. The same status again changes nothing; `received` receives all that is
/// outstanding; `cancelled` calls off the rest, and what has come stays.
///
/// # Errors
/// [`crate::Error::NotFound`]; [`crate::Error::IllegalStatus`]; as [`receive`].
pub fn change_status(tx: &mut Tx<'_>, id: i64, to: PurchaseStatus) -> Result<()> {
    let (purchase, lines) = lock(tx, id)?;
    if purchase.status == to {
        return Ok(());
    }
    if !purchase.status.next().contains(&to) {
        return Err(purchase.status.refuse(to));
    }
    match to {
        PurchaseStatus::Received => receive(tx, id, None).map(|_| ()),
        PurchaseStatus::Cancelled => {
            // Its figures move in the order in which placing moves them.
            suppliers::named(tx, purchase.supplier_id)?;
            ordered_from(tx, purchase.supplier_id, lines.iter().map(|line| line.product_id), -1)?;
            let these = items::tenant_id.eq(tx.tenant_id()).and(items::purchase_order_id.eq(id));
            diesel::update(items::table.filter(these)).set(items::is_open.eq(false)).execute(tx.conn)?;
            set_status(tx, id, to)
        }
        PurchaseStatus::Draft | PurchaseStatus::Ordered | PurchaseStatus::Partial => set_status(tx, id, to),
    }
}
