//! The invariants that multiply: exact arithmetic is Rust's, so rows are read slice by slice.

use diesel::prelude::*;

use super::Violation;
use crate::actor::TenantId;
use crate::error::Result;
use crate::schema::{order_items, products, stock_levels as levels, stock_movements as movements};
use crate::store::Lobby;
use crate::values::{Money, Quantity};

/// Rows that are read at once.
const SLICE: i64 = 10_000;

type Check = fn(&mut Lobby<'_>) -> Result<Vec<Violation>>;
/// What lies in a place: its key, how much, what that is worth, and what one costs.
type Valued = ((TenantId, i64, i64), Quantity, Money, Option<Money>);
/// What moved: its key, how much, what that was worth, and what one cost.
type Moved = ((TenantId, i64), Quantity, Money, Option<Money>);

pub(super) const CHECKS: &[Check] = &[amounts, values, costs];

/// A line's amount is its quantity × its price, rounded.
fn amounts(lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    let mut last = (TenantId::new(0), 0);
    loop {
        let after = order_items::tenant_id.gt(last.0);
        let after = after.or(order_items::tenant_id.eq(last.0).and(order_items::id.gt(last.1)));
        let rows: Vec<((TenantId, i64), Quantity, Money, Money)> = order_items::table
            .filter(after)
            .order((order_items::tenant_id, order_items::id))
            .select((
                (order_items::tenant_id, order_items::id),
                order_items::quantity,
                order_items::unit_price,
                order_items::amount,
            ))
            .limit(SLICE)
            .load(lobby.conn)?;
        let Some((key, ..)) = rows.last() else { return Ok(violations) };
        last = *key;
        for ((tenant, id), quantity, price, amount) in rows {
            if price.times(quantity) != Some(amount) {
                let what = format!("line {id}: {quantity} × {price} is not {amount}");
                let rule = "a line's amount is its quantity × its price";
                violations.push(Violation { tenant: tenant.get(), rule, what });
            }
        }
    }
}

/// A stock row's value is its quantity × the product's cost, rounded.
fn values(lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    let mut last = (TenantId::new(0), 0, 0);
    loop {
        let (tenant, product, warehouse) = last;
        let within = levels::product_id.eq(product).and(levels::warehouse_id.gt(warehouse));
        let within = levels::tenant_id.eq(tenant).and(levels::product_id.gt(product).or(within));
        let rows: Vec<Valued> = levels::table
            .inner_join(
                products::table.on(products::tenant_id.eq(levels::tenant_id).and(products::id.eq(levels::product_id))),
            )
            .filter(levels::tenant_id.gt(tenant).or(within))
            .order((levels::tenant_id, levels::product_id, levels::warehouse_id))
            .select((
                (levels::tenant_id, levels::product_id, levels::warehouse_id),
                levels::quantity,
                levels::value,
                products::cost_price,
            ))
            .limit(SLICE)
            .load(lobby.conn)?;
        let Some((key, ..)) = rows.last() else { return Ok(violations) };
        last = *key;
        for ((tenant, product, warehouse), quantity, value, cost) in rows {
            if cost.unwrap_or_default().times(quantity) != Some(value) {
                let cost = cost.unwrap_or_default();
                let what = format!("product {product} in warehouse {warehouse}: {quantity} × {cost} is not {value}");
                let rule = "a stock row's value is its quantity × the product's cost";
                violations.push(Violation { tenant: tenant.get(), rule, what });
            }
        }
    }
}

/// A movement's value is its quantity × the cost of that day, rounded.
fn costs(lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    let mut last = (TenantId::new(0), 0);
    loop {
        let after = movements::tenant_id.gt(last.0);
        let after = after.or(movements::tenant_id.eq(last.0).and(movements::id.gt(last.1)));
        let rows: Vec<Moved> = movements::table
            .filter(after)
            .order((movements::tenant_id, movements::id))
            .select((
                (movements::tenant_id, movements::id),
                movements::quantity,
                movements::value,
                movements::unit_cost,
            ))
            .limit(SLICE)
            .load(lobby.conn)?;
        let Some((key, ..)) = rows.last() else { return Ok(violations) };
        last = *key;
        for ((tenant, id), quantity, value, cost) in rows {
            let cost = cost.unwrap_or_default();
            if cost.times(quantity) != Some(value) {
                let what = format!("movement {id}: {quantity} × {cost} is not {value}");
                let rule = "a movement's value is its quantity × the cost of that day";
                violations.push(Violation { tenant: tenant.get(), rule, what });
            }
        }
    }
}
