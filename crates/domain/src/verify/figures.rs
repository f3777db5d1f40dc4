//! The invariants that multiply: exact arithmetic is Rust's, so rows are read slice by slice.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{MOST, Violation};
use crate::actor::TenantId;
use crate::error::Result;
use crate::schema::{
    order_items as lines, products, purchase_order_items as ordered, stock_levels as levels,
    stock_movements as movements,
};
use crate::store::Lobby;
use crate::values::{Money, Quantity};

/// Rows that are read at once.
const SLICE: i64 = 10_000;

/// A row's tenant, and one or two ids.
type Key = (TenantId, i64, i64);

/// A quantity at so much each, and what is written down for all of it.
#[derive(Queryable)]
struct Figure {
    key: Key,
    quantity: Quantity,
    each: Option<Money>,
    all: Money,
}

/// An invariant of this kind: its name, what its rows are, and how those after a key are read.
pub(super) struct Check {
    rule: &'static str,
    row: &'static str,
    read: fn(&mut Lobby<'_>, Key) -> Result<Vec<Figure>>,
}

pub(super) const CHECKS: &[Check] = &[
    Check { rule: "a line's amount is its quantity × its price", row: "order line", read: order_lines },
    Check {
        rule: "a purchase order line's amount is its quantity × its cost",
        row: "purchase order line",
        read: bought,
    },
    Check { rule: "a stock row's value is its quantity × the product's cost", row: "product, warehouse", read: stock },
    Check { rule: "a movement's value is its quantity × the cost of that day", row: "movement", read: moved },
];

impl Check {
    /// What breaks it, until there is enough to tell; no cost counts as 0.
    pub(super) fn findings(&self, lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
        let mut violations = Vec::new();
        let mut last = (TenantId::new(0), 0, 0);
        while violations.len() < MOST {
            let figures = (self.read)(lobby, last)?;
            let Some(Figure { key, .. }) = figures.last() else { break };
            last = *key;
            for Figure { key: (tenant, first, second), quantity, each, all } in figures {
                let each = each.unwrap_or_default();
                if each.times(quantity) != Some(all) {
                    let second = if second > 0 { format!(", {second}") } else { String::new() };
                    let what = format!("{} {first}{second}: {quantity} × {each} is not {all}", self.row);
                    violations.push(Violation { tenant: tenant.get(), rule: self.rule, what });
                }
            }
        }
        Ok(violations)
    }
}

fn order_lines(lobby: &mut Lobby<'_>, (tenant, id, _): Key) -> Result<Vec<Figure>> {
    let later = lines::tenant_id.eq(tenant).and(lines::id.gt(id));
    let rows = lines::table
        .filter(lines::tenant_id.gt(tenant).or(later))
        .order((lines::tenant_id, lines::id))
        .select((
            (lines::tenant_id, lines::id, 0_i64.into_sql::<BigInt>()),
            lines::quantity,
            lines::unit_price.nullable(),
            lines::amount,
        ))
        .limit(SLICE);
    Ok(rows.load(lobby.conn)?)
}

fn bought(lobby: &mut Lobby<'_>, (tenant, id, _): Key) -> Result<Vec<Figure>> {
    let later = ordered::tenant_id.eq(tenant).and(ordered::id.gt(id));
    let rows = ordered::table
        .filter(ordered::tenant_id.gt(tenant).or(later))
        .order((ordered::tenant_id, ordered::id))
        .select((
            (ordered::tenant_id, ordered::id, 0_i64.into_sql::<BigInt>()),
            ordered::quantity,
            ordered::unit_cost.nullable(),
            ordered::amount,
        ))
        .limit(SLICE);
    Ok(rows.load(lobby.conn)?)
}

fn stock(lobby: &mut Lobby<'_>, (tenant, product, warehouse): Key) -> Result<Vec<Figure>> {
    let of_product = products::tenant_id.eq(levels::tenant_id).and(products::id.eq(levels::product_id));
    let within = levels::product_id.eq(product).and(levels::warehouse_id.gt(warehouse));
    let later = levels::tenant_id.eq(tenant).and(levels::product_id.gt(product).or(within));
    let rows = levels::table
        .inner_join(products::table.on(of_product))
        .filter(levels::tenant_id.gt(tenant).or(later))
        .order((levels::tenant_id, levels::product_id, levels::warehouse_id))
        .select((
            (levels::tenant_id, levels::product_id, levels::warehouse_id),
            levels::quantity,
            products::cost_price,
            levels::value,
        ))
        .limit(SLICE);
    Ok(rows.load(lobby.conn)?)
}

fn moved(lobby: &mut Lobby<'_>, (tenant, id, _): Key) -> Result<Vec<Figure>> {
    let later = movements::tenant_id.eq(tenant).and(movements::id.gt(id));
    let rows = movements::table
        .filter(movements::tenant_id.gt(tenant).or(later))
        .order((movements::tenant_id, movements::id))
        .select((
            (movements::tenant_id, movements::id, 0_i64.into_sql::<BigInt>()),
            movements::quantity,
            movements::unit_cost,
            movements::value,
        ))
        .limit(SLICE);
    Ok(rows.load(lobby.conn)?)
}
