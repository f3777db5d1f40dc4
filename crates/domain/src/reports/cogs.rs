//! Cost of goods sold, by product: at the cost that was frozen on each shipment.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Span;
use crate::error::Result;
use crate::schema::{daily_product_cogs as days, products};
use crate::store::Tx;
use crate::store::portable::Total;
use crate::values::{Money, Quantity};

/// What the goods had cost that left from one day to another, less those that came back into stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cogs {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// In all.
    pub total: Money,
    /// By product, in the order of their ids; only those that moved.
    pub items: Vec<ProductCogs>,
}

/// The same of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductCogs {
    /// The product.
    pub product_id: i64,
    /// Its SKU, or the one it had before it was removed.
    pub sku: String,
    /// Its name, or the one it had.
    pub product_name: String,
    /// How many left and did not come back.
    pub units: Quantity,
    /// What they had cost.
    pub cogs: Money,
}

impl ProductCogs {
    /// What one of them had cost on average; nothing where as many came back as left.
    pub fn unit_cost(&self) -> Money {
        self.cogs.per(self.units)
    }
}

/// A product, its names of a day, and its sums of the days on which it had them.
type Row = (i64, String, String, Quantity, Money);

/// What was sold, by product.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for a span that ends before it begins or is too long.
pub fn cogs(tx: &mut Tx<'_>, span: Span) -> Result<Cogs> {
    let (from, to) = span.days(tx)?;
    let tenant = tx.tenant_id();
    let of_days = days::tenant_id.eq(tenant).and(days::day.between(from, to));
    let named = (days::product_id, days::sku, days::product_name);
    let rows: Vec<Row> = days::table
        .filter(of_days)
        .group_by(named)
        .order(named)
        .select((days::product_id, days::sku, days::product_name, Total(days::units), Total(days::cogs)))
        .load(tx.conn)?;
    let sold = days::table.filter(of_days).select(days::product_id);
    let names: Vec<(i64, (String, String))> = products::table
        .filter(products::tenant_id.eq(tenant).and(products::id.eq_any(sold)))
        .select((products::id, (products::sku, products::name)))
        .load(tx.conn)?;
    let mut names = names.into_iter().collect::<HashMap<_, _>>();
    let mut items: Vec<ProductCogs> = Vec::new();
    for (product_id, sku, product_name, units, cogs) in rows {
        if let Some(last) = items.last_mut().filter(|last| last.product_id == product_id) {
            // It had another name on other days.
            last.units = [last.units, units].into_iter().sum();
            last.cogs = [last.cogs, cogs].into_iter().sum();
        } else {
            let (sku, product_name) = names.remove(&product_id).unwrap_or((sku, product_name));
            items.push(ProductCogs { product_id, sku, product_name, units, cogs });
        }
    }
    items.retain(|item| !item.units.is_zero() || item.cogs != Money::ZERO);
    Ok(Cogs { from, to, total: items.iter().map(|item| item.cogs).sum(), items })
}
