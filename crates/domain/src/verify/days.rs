//! The sums by day, against the documents: whose day it is depends on the tenant's zone, which SQL does not know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::Violation;
use crate::access::tenants;
use crate::actor::TenantId;
use crate::error::Result;
use crate::rollups::days;
use crate::schema::{daily_orders, daily_product_cogs};
use crate::store::Lobby;
use crate::store::connection::Conn;

/// A day, what is counted on it, and the figures.
type Sums = BTreeMap<(NaiveDate, String), Vec<i64>>;

/// An invariant of this kind: its name, what stands in the books, and what the documents say.
pub(super) struct Check {
    pub(super) rule: &'static str,
    written: fn(&mut Conn, TenantId) -> Result<Sums>,
    counted: fn(&mut Conn, TenantId, Tz) -> Result<Sums>,
}

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "a day's orders are those that were placed on it",
        written: written_orders,
        counted: |conn, tenant, zone| {
            let days = days::orders(conn, tenant, zone)?;
            let sums = days.into_iter().map(|((day, status), days::Orders { count, revenue, units })| {
                ((day, status.to_owned()), vec![count, revenue, units])
            });
            Ok(sums.collect())
        },
    },
    Check {
        rule: "a day's cost of goods sold is that of its shipments and returns",
        written: written_cogs,
        counted: |conn, tenant, zone| {
            let days = days::sold(conn, tenant, zone)?;
            let sums = days.into_iter().map(|((day, product), days::Sold { units, cogs, .. })| {
                ((day, format!("product {product}")), vec![units, cogs])
            });
            Ok(sums.collect())
        },
    },
];

impl Check {
    /// What breaks it; a row of zeros says the same as none.
    pub(super) fn findings(&self, lobby: &mut Lobby<'_>) -> Result<Vec<Violation>> {
        let mut violations = Vec::new();
        for tenant in tenants::list(lobby)? {
            let written = (self.written)(lobby.conn, tenant.id)?;
            let counted = (self.counted)(lobby.conn, tenant.id, tenant.zone)?;
            let keys = written.keys().chain(counted.keys()).collect::<BTreeSet<_>>();
            for key in keys {
                let of = |sums: &Sums| sums.get(key).cloned().unwrap_or_default();
                let (written, counted) = (of(&written), of(&counted));
                let is_nothing = |figures: &[i64]| figures.iter().all(|figure| *figure == 0);
                if written != counted && !(is_nothing(&written) && is_nothing(&counted)) {
                    let what = format!("{}, {}: {written:?}, documents: {counted:?}", key.0, key.1);
                    violations.push(Violation { tenant: tenant.id.get(), rule: self.rule, what });
                }
            }
        }
        Ok(violations)
    }
}

fn written_orders(conn: &mut Conn, tenant: TenantId) -> Result<Sums> {
    let rows: Vec<(NaiveDate, String, i64, i64, i64)> = daily_orders::table
        .filter(daily_orders::tenant_id.eq(tenant))
        .select((
            daily_orders::day,
            daily_orders::status,
            daily_orders::orders,
            daily_orders::revenue,
            daily_orders::units,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(day, status, orders, revenue, units)| ((day, status), vec![orders, revenue, units]))
        .collect())
}

fn written_cogs(conn: &mut Conn, tenant: TenantId) -> Result<Sums> {
    let rows: Vec<(NaiveDate, i64, i64, i64)> = daily_product_cogs::table
        .filter(daily_product_cogs::tenant_id.eq(tenant))
        .select((
            daily_product_cogs::day,
            daily_product_cogs::product_id,
            daily_product_cogs::units,
            daily_product_cogs::cogs,
        ))
        .load(conn)?;
    let sums =
        rows.into_iter().map(|(day, product, units, cogs)| ((day, format!("product {product}")), vec![units, cogs]));
    Ok(sums.collect())
}
