//! Writing a purchase order: costs, a number.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{MOST_LINES, Purchase, PurchaseStatus, suppliers};
use crate::counters;
use crate::error::{Error, Problem, Result, Thing};
use crate::items::Tracking;
use crate::numbered::{self, Document, Written};
use crate::stock::goods::{self, Goods};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::values::{Money, Notes, Price, Quantity};

/// A purchase order to be.
#[derive(Debug, Clone)]
pub struct NewPurchase {
    /// From whom.
    pub supplier_id: i64,
    /// Where it is to come; absent: the default warehouse.
    pub warehouse_id: Option<i64>,
    /// When it is expected.
    pub expected_date: Option<NaiveDate>,
    /// What is noted.
    pub notes: Option<Notes>,
    /// What is ordered, at least one line.
    pub lines: Vec<NewPurchaseLine>,
}

/// A line to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPurchaseLine {
    /// What is ordered.
    pub product_id: i64,
    /// How much, more than 0.
    pub quantity: Quantity,
    /// At which cost of one unit; absent: the product's cost.
    pub unit_cost: Option<Price>,
}

struct Costed {
    goods: Goods,
    quantity: Quantity,
    unit_cost: Money,
    amount: Money,
}

const PURCHASES: bulk::Into = bulk::Into {
    table: "purchase_orders",
    columns: &[
        "tenant_id",
        "number",
        "supplier_id",
        "supplier_name",
        "warehouse_id",
        "status",
        "total",
        "item_count",
        "expected_date",
        "notes",
        "created_by",
        "request_id",
        "booked_on",
        "created_at",
        "updated_at",
    ],
};
const LINES: bulk::Into = bulk::Into {
    table: "purchase_order_items",
    columns: &[
        "tenant_id",
        "purchase_order_id",
        "product_id",
        "sku",
        "product_name",
        "quantity",
        "unit_cost",
        "amount",
        "received",
        "is_open",
    ],
};
const ORDERED_FROM: bulk::Into =
    bulk::Into { table: "supplier_products", columns: &["tenant_id", "supplier_id", "product_id", "lines"] };

/// Writes a purchase order, as a draft.
///
/// # Errors
/// [`Error::Invalid`] for no lines, too many, or quantities that are not above 0; [`Error::UnknownReference`];
/// [`Error::NoDefaultWarehouse`].
pub fn place(tx: &mut Tx<'_>, command: &NewPurchase) -> Result<Purchase> {
    check(&command.lines)?;
    let supplier = suppliers::named(tx, command.supplier_id)?;
    let place = goods::place(tx, command.warehouse_id, "warehouse_id")?;
    goods::hold(tx, &place, "warehouse_id")?;
    let lines = cost(tx, &command.lines)?;
    let total = lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.amount)).ok_or(Error::OutOfRange)?;
    ordered_from(tx, supplier.id, lines.iter().map(|line| line.goods.id), 1)?;
    let purchase = Purchase {
        id: 0,
        number: 0,
        supplier_id: supplier.id,
        supplier_name: supplier.name,
        warehouse_id: place.id,
        status: PurchaseStatus::Draft,
        total,
        item_count: counters::rows(lines.len()),
        expected_date: command.expected_date,
        notes: command.notes.clone().map(String::from),
        created_by: tx.actor().name().to_owned(),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    write(tx, purchase, &lines)
}

/// Writes a purchase order, which gets its id and its number, and its lines.
fn write(tx: &mut Tx<'_>, purchase: Purchase, lines: &[Costed]) -> Result<Purchase> {
    counters::add(tx, counters::PURCHASE_ORDERS, 1);
    let row = cells![
        numbered::NUMBER,
        purchase.supplier_id,
        purchase.supplier_name.as_str(),
        purchase.warehouse_id,
        purchase.status.as_str(),
        purchase.total,
        purchase.item_count,
        purchase.expected_date,
        purchase.notes.clone(),
        purchase.created_by.as_str(),
        tx.request_id().map(str::to_owned),
        tx.today(),
        purchase.created_at,
        purchase.updated_at,
    ];
    let line = |Costed { goods, quantity, unit_cost, amount }: &Costed| {
        let (sku, name, none, open) = (goods.sku.as_str(), goods.name.as_str(), Quantity::ZERO, true);
        cells![numbered::DOCUMENT, goods.id, sku, name, *quantity, *unit_cost, *amount, none, open]
    };
    let lines = lines.iter().map(line).collect();
    let document = Document { series: counters::PURCHASE_NUMBER, table: PURCHASES, row, lines_table: LINES, lines };
    let Written { id, number, .. } = numbered::write(tx, document)?;
    Ok(Purchase { id, number, ..purchase })
}

/// Counts lines of products for a supplier: more, or less once they are called off.
pub(super) fn ordered_from(
    tx: &mut Tx<'_>,
    supplier: i64,
    products: impl Iterator<Item = i64>,
    change: i64,
) -> Result<()> {
    const CALLED_OFF: bulk::Change =
        bulk::Change { table: "supplier_products", keys: &["supplier_id", "product_id"], set: &[], add: &["lines"] };
    let mut lines: BTreeMap<i64, i64> = BTreeMap::new();
    for product in products {
        *lines.entry(product).or_default() += change;
    }
    let rows = lines.into_iter().map(|(product, lines)| cells![supplier, product, lines]).collect::<Vec<_>>();
    if change > 0 {
        bulk::upsert(tx.conn, tx.tenant_id(), ORDERED_FROM, CALLED_OFF.keys, CALLED_OFF.add, &rows)?;
    } else {
        bulk::update(tx.conn, tx.tenant_id(), CALLED_OFF, &rows)?;
    }
    Ok(())
}

fn check(lines: &[NewPurchaseLine]) -> Result<()> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        let message = format!("must hold 1 to {MOST_LINES} lines");
        return Err(Error::Invalid(vec![Problem::new("items", message)]));
    }
    let wrong = |(at, line): (usize, &NewPurchaseLine)| {
        let problem = || Problem::new(format!("items[{at}].quantity"), "must be more than 0");
        (line.quantity <= Quantity::ZERO).then(problem)
    };
    let problems = lines.iter().enumerate().filter_map(wrong).collect::<Vec<_>>();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn cost(tx: &mut Tx<'_>, lines: &[NewPurchaseLine]) -> Result<Vec<Costed>> {
    let ids = lines.iter().map(|line| line.product_id).collect::<Vec<_>>();
    let known = goods::load(tx, &ids)?;
    let costed = |(at, line): (usize, &NewPurchaseLine)| {
        let NewPurchaseLine { product_id, quantity, unit_cost } = *line;
        let goods = known.get(&product_id).cloned().ok_or_else(|| Error::UnknownReference {
            field: format!("items[{at}].product_id"),
            thing: Thing::Item,
            key: product_id.to_string(),
        })?;
        if goods.tracking == Tracking::Serial && quantity.as_whole().is_none() {
            let message = format!("must be a whole number: {} is tracked by serial number", goods.sku);
            return Err(Error::Invalid(vec![Problem::new(format!("items[{at}].quantity"), message)]));
        }
        let unit_cost = unit_cost.map_or(goods.cost(), Price::money);
        let amount = unit_cost.times(quantity).ok_or(Error::OutOfRange)?;
        Ok(Costed { goods, quantity, unit_cost, amount })
    };
    lines.iter().enumerate().map(costed).collect()
}
