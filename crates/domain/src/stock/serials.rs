//! Serial numbers: units that are known one by one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::goods::{self, Goods, Place};
use super::ledger::{self, Entry, Reason};
use super::movements::{Kind, Paper};
use super::tracking::Pick;
use crate::actor::TenantId;
use crate::counters;
use crate::error::{Error, Problem, Result, Unique};
use crate::items::Tracking;
use crate::page::{Cursor, Part, Slice, Window};
use crate::schema::{products, serials, warehouses};
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::connection::MultiBackend;
use crate::store::portable::text_value;
use crate::values::{Code, Quantity, fold};

/// Units that one command may record at the most.
pub const MOST_AT_ONCE: usize = 10_000;

/// What has become of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum SerialStatus {
    /// It is on hand and free.
    InStock,
    /// It is on hand, and named by an open order line.
    Reserved,
    /// It left for a customer.
    Sold,
    /// It came back and was not put into stock again.
    Returned,
    /// It was lost or thrown away.
    Scrapped,
}

text_value!(SerialStatus {
    InStock = "in_stock",
    Reserved = "reserved",
    Sold = "sold",
    Returned = "returned",
    Scrapped = "scrapped",
});

impl SerialStatus {
    /// Whether the unit counts as on hand.
    pub const fn is_on_hand(self) -> bool {
        matches!(self, Self::InStock | Self::Reserved)
    }
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = serials, check_for_backend(MultiBackend))]
pub struct Serial {
    /// Its id.
    pub id: i64,
    /// What it is a unit of.
    pub product_id: i64,
    /// Its number, unique for the product in any case.
    pub serial_number: String,
    /// Where it lies, or lay last.
    pub warehouse_id: i64,
    /// What has become of it.
    pub status: SerialStatus,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
}

/// A unit, what it is a unit of, and where.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SerialLine {
    /// The unit.
    pub serial: Serial,
    /// The product's SKU.
    pub sku: String,
    /// The product's name.
    pub product_name: String,
    /// The warehouse's name, unless the warehouse is gone.
    pub warehouse_name: Option<String>,
}

/// Units to be.
#[derive(Debug, Clone)]
pub struct NewSerials {
    /// What they are units of.
    pub product_id: i64,
    /// Where they lie; absent: the default warehouse.
    pub warehouse_id: Option<i64>,
    /// Their numbers.
    pub numbers: Vec<Code>,
}

/// Which units are wanted; every condition that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SerialFilter {
    /// Of this product.
    pub product_id: Option<i64>,
    /// Of this status.
    pub status: Option<SerialStatus>,
    /// In this warehouse.
    pub warehouse_id: Option<i64>,
}

/// Records units, all or none, each one unit of stock. Returns them in the order of their numbers as given.
///
/// # Errors
/// [`Error::UnknownReference`]; [`Error::Invalid`] for a product without serial tracking, no number, too many, or
/// the same twice; [`Error::SerialsTaken`], or [`Error::Duplicate`] for a single one, for what the product has already.
pub fn create(tx: &mut Tx<'_>, new: &NewSerials) -> Result<Vec<Serial>> {
    let goods = goods::one(tx, new.product_id, "product_id")?;
    check(&goods, &new.numbers)?;
    let place = goods::place(tx, new.warehouse_id, "warehouse_id")?;
    check_free(tx, goods.id, &new.numbers)?;
    let (product_id, warehouse_id) = (goods.id, place.id);
    let units = new.numbers.iter().map(|number| (product_id, warehouse_id, number)).collect::<Vec<_>>();
    let ids = insert(tx, &units)?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let paper = match ids.as_slice() {
        [only] => Some(Paper { kind: "serial", id: *only, is_cancelled: false }),
        _ => None,
    };
    let quantity = Quantity::whole(count).ok_or(Error::OutOfRange)?;
    let entry = Entry { pick: Pick::Units(ids.clone()), ..Entry::moving(goods, place, quantity) };
    ledger::book(tx, vec![entry], &Reason { kind: Kind::Receive, paper, notes: None })?;
    counters::add(tx, counters::SERIALS, count);
    let created_at = tx.now();
    let made = |(id, number): (i64, &Code)| {
        let serial_number = number.as_str().to_owned();
        Serial { id, product_id, serial_number, warehouse_id, status: SerialStatus::InStock, created_at }
    };
    Ok(ids.into_iter().zip(&new.numbers).map(made).collect())
}

/// Refuses numbers that the product has already, and says which of many they are. That two commands do not record the
/// same number at once is for the table to see.
fn check_free(tx: &mut Tx<'_>, product: i64, numbers: &[Code]) -> Result<()> {
    let keys = numbers.iter().map(|number| fold(number.as_str())).collect::<Vec<_>>();
    let known = serials::tenant_id.eq(tx.tenant_id()).and(serials::product_id.eq(product));
    let known = serials::table.filter(known.and(serials::serial_key.among(&keys))).select(serials::serial_key);
    let known = known.load::<String>(tx.conn)?.into_iter().collect::<BTreeSet<_>>();
    let taken = numbers.iter().zip(keys).enumerate().filter(|(_, (_, key))| known.contains(key));
    let taken = taken.map(|(at, (number, _))| (at, number.to_string())).collect::<Vec<_>>();
    match taken.as_slice() {
        [] => Ok(()),
        // Of a single one there is no more to say.
        [_] if numbers.len() == 1 => Err(Error::Duplicate(Unique::Serial)),
        _ => Err(Error::SerialsTaken(taken)),
    }
}

/// Refuses more named units than one command may move.
pub(crate) fn check_count<'n>(named: impl Iterator<Item = &'n Vec<Code>>) -> Result<()> {
    if named.map(Vec::len).sum::<usize>() <= MOST_AT_ONCE {
        return Ok(());
    }
    let message = format!("must name at most {MOST_AT_ONCE} units in all lines together");
    Err(Error::Invalid(vec![Problem::new("serials", message)]))
}

/// Records units without booking them: each by its product, its warehouse and its number.
pub(super) fn insert(tx: &mut Tx<'_>, units: &[(i64, i64, &Code)]) -> Result<Vec<i64>> {
    const UNITS: bulk::Into = bulk::Into {
        table: "serials",
        columns: &[
            "tenant_id",
            "product_id",
            "serial_number",
            "serial_key",
            "warehouse_id",
            "status",
            "created_at",
            "updated_at",
        ],
    };
    let (status, now) = (SerialStatus::InStock.as_str(), tx.now());
    let row = |(product, warehouse, number): &(i64, i64, &Code)| {
        cells![*product, number.as_str(), fold(number.as_str()), *warehouse, status, now, now]
    };
    let rows = units.iter().map(row).collect::<Vec<_>>();
    Ok(bulk::insert_returning(tx.conn, tx.tenant_id(), UNITS, &rows)?)
}

/// Units, the newest first.
///
/// # Errors
/// Only faults of the store.
pub fn list(tx: &mut Tx<'_>, filter: &SerialFilter, window: &Window) -> Result<Slice<SerialLine>> {
    let tenant = tx.tenant_id();
    let mut query = matching(tenant, filter);
    if let Some(id) = window.after_id()? {
        query = query.filter(serials::id.lt(id));
    }
    let rows = query
        .inner_join(products::table.on(products::tenant_id.eq(tenant).and(products::id.eq(serials::product_id))))
        .left_join(warehouses::table.on(warehouses::tenant_id.eq(tenant).and(warehouses::id.eq(serials::warehouse_id))))
        .order(serials::id.desc())
        .select((Serial::as_select(), products::sku, products::name, warehouses::name.nullable()))
        .limit(window.limit + 1)
        .offset(window.offset())
        .load(tx.conn)?;
    let part = Part::cut(rows, window, |line: &SerialLine| Cursor::Id(line.serial.id));
    part.counted(window, || {
        Ok(match filter {
            filter if *filter == SerialFilter::default() => counters::read(tx, counters::SERIALS)?,
            filter => matching(tenant, filter).count().get_result(tx.conn)?,
        })
    })
}

fn matching(tenant: TenantId, filter: &SerialFilter) -> serials::BoxedQuery<'static, MultiBackend> {
    let SerialFilter { product_id, status, warehouse_id } = *filter;
    let mut query = serials::table.into_boxed().filter(serials::tenant_id.eq(tenant));
    if let Some(product) = product_id {
        query = query.filter(serials::product_id.eq(product));
    }
    if let Some(status) = status {
        query = query.filter(serials::status.eq(status));
    }
    if let Some(warehouse) = warehouse_id {
        query = query.filter(serials::warehouse_id.eq(warehouse));
    }
    query
}

fn check(goods: &Goods, numbers: &[Code]) -> Result<()> {
    let refuse = |field: &str, message: String| Err(Error::Invalid(vec![Problem::new(field, message)]));
    if goods.tracking != Tracking::Serial {
        let message = format!("must name a product tracked by serial number, which {} is not", goods.sku);
        return refuse("product_id", message);
    }
    if numbers.is_empty() || numbers.len() > MOST_AT_ONCE {
        return refuse("serials", format!("must hold 1 to {MOST_AT_ONCE} serial numbers"));
    }
    check_distinct(numbers)
}

/// The units that an order line names, and where its order names the line.
pub(crate) struct Kept {
    pub(crate) at: usize,
    pub(crate) goods: Goods,
    pub(crate) line: i64,
    pub(crate) numbers: Vec<Code>,
}

/// Keeps units for the order lines that name them: each must be in stock in the warehouse, and free.
pub(crate) fn keep(tx: &mut Tx<'_>, place: &Place, lines: &[Kept]) -> Result<()> {
    const KEPT: bulk::Change =
        bulk::Change { table: "serials", keys: &["id"], set: &["status", "order_item_id", "updated_at"], add: &[] };
    if lines.is_empty() {
        return Ok(());
    }
    let products = lines.iter().map(|kept| kept.goods.id).collect::<BTreeSet<_>>();
    let keys = lines.iter().flat_map(|kept| &kept.numbers).map(|number| fold(number.as_str()));
    let keys = keys.collect::<BTreeSet<_>>();
    let free = serials::tenant_id.eq(tx.tenant_id()).and(serials::product_id.among(products));
    let free = free.and(serials::warehouse_id.eq(place.id)).and(serials::status.eq(SerialStatus::InStock));
    let query = serials::table.filter(free.and(serials::serial_key.among(keys))).order(serials::id);
    let found: Vec<((i64, String), i64)> =
        query.select(((serials::product_id, serials::serial_key), serials::id)).load(tx.conn)?;
    let mut free = found.into_iter().collect::<BTreeMap<_, _>>();
    let mut kept = Vec::new();
    for Kept { at, goods, line, numbers } in lines {
        for number in numbers {
            let unit = free.remove(&(goods.id, fold(number.as_str()))).ok_or_else(|| {
                let message =
                    format!("must be in stock in {}, free and named once: {} {number} is not", place.name, goods.sku);
                Error::Invalid(vec![Problem::new(format!("items[{at}].serials"), message)])
            })?;
            kept.push(cells![unit, SerialStatus::Reserved.as_str(), *line, tx.now()]);
        }
    }
    bulk::update(tx.conn, tx.tenant_id(), KEPT, &kept)?;
    Ok(())
}

/// Lets go of the units that were kept for order lines.
pub(crate) fn let_go(tx: &mut Tx<'_>, lines: &[i64]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let kept = serials::tenant_id.eq(tx.tenant_id()).and(serials::order_item_id.among(lines.iter().copied()));
    let kept = kept.and(serials::status.eq(SerialStatus::Reserved));
    let free = (
        serials::status.eq(SerialStatus::InStock),
        serials::order_item_id.eq(None::<i64>),
        serials::updated_at.eq(tx.now()),
    );
    diesel::update(serials::table.filter(kept)).set(free).execute(tx.conn)?;
    Ok(())
}

/// Refuses the same number twice.
fn check_distinct(numbers: &[Code]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match numbers.iter().find(|number| !seen.insert(fold(number.as_str()))) {
        Some(twice) => Err(Error::Invalid(vec![Problem::new("serials", format!("must not name {twice} twice"))])),
        None => Ok(()),
    }
}
