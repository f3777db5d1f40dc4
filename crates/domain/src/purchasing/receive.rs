//! Receiving: goods of a purchase order come into stock.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::costing::{self, Coming};
use super::{Purchase, PurchaseLine, PurchaseStatus, lock, set_status};
use crate::actor::Costing;
use crate::counters;
use crate::error::{Error, Fault, Problem, Result, Thing};
use crate::items::Tracking;
use crate::schema::batches;
use crate::stock::goods::{self, Goods};
use crate::stock::ledger::{self, Entry, Reason};
use crate::stock::movements::{Kind, Paper};
use crate::stock::serials;
use crate::stock::tracking::Pick;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::values::{Code, Quantity, fold};

/// How a receipt names a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// By its id.
    Line(i64),
    /// By its product: what comes fills the product's lines in their order.
    Product(i64),
}

/// What comes for one line or product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// For what.
    pub of: Of,
    /// How much, more than 0.
    pub quantity: Quantity,
    /// Into which batch, which is made where there is none with this number; absent: none that is told apart.
    pub batch_number: Option<Code>,
    /// The last day on which the batch is good, where it is made.
    pub expiry_date: Option<NaiveDate>,
    /// The serial numbers of the units that come.
    pub serials: Vec<Code>,
}

/// What receiving came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Lines for which something came.
    pub lines: usize,
    /// How far the purchase order has come.
    pub status: PurchaseStatus,
}

/// What comes for one line, with where it stands in the command.
struct Part<'c> {
    at: usize,
    line: PurchaseLine,
    quantity: Quantity,
    asked: Option<&'c ReceiptLine>,
}

/// Where a batch is named first, its number, and the day on which it expires.
type Label<'c> = (usize, &'c Code, Option<NaiveDate>);
/// The batches that are named, by product and folded number.
type Labels<'c> = BTreeMap<(i64, String), Label<'c>>;

const RECEIVED: bulk::Change =
    bulk::Change { table: "purchase_order_items", keys: &["id"], set: &["received", "is_open"], add: &[] };

/// Receives what is named, or with `None` everything that is outstanding.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::IllegalStatus`] for a purchase order that is not open; [`Error::UnknownReference`] for
/// a line or product that is not on it; [`Error::OverReceipt`]; what tracking refuses.
pub fn receive(tx: &mut Tx<'_>, id: i64, wanted: Option<&[ReceiptLine]>) -> Result<Received> {
    let (purchase, mut lines) = lock(tx, id)?;
    if !purchase.status.is_open() {
        return Err(purchase.status.refuse(PurchaseStatus::Received));
    }
    let parts = match wanted {
        Some([]) => return Err(refusal("items", "must hold at least one line")),
        Some(wanted) => {
            serials::check_count(wanted.iter().map(|line| &line.serials))?;
            named(wanted, &mut lines)?
        }
        None => everything(&mut lines),
    };
    book(tx, &purchase, &parts)?;
    let touched = parts.iter().map(|part| part.line.id).collect::<BTreeSet<_>>();
    let row = |line: &PurchaseLine| cells![line.id, line.received, line.is_open];
    let rows = lines.iter().filter(|line| touched.contains(&line.id)).map(row).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), RECEIVED, &rows)?;
    let is_open = lines.iter().any(|line| line.is_open);
    let status = if is_open { PurchaseStatus::Partial } else { PurchaseStatus::Received };
    set_status(tx, purchase.id, status)?;
    Ok(Received { lines: touched.len(), status })
}

fn everything(lines: &mut [PurchaseLine]) -> Vec<Part<'static>> {
    let open = lines.iter_mut().filter(|line| line.is_open).enumerate();
    let part = |(at, line): (usize, &mut PurchaseLine)| {
        let (before, quantity) = (line.clone(), line.outstanding());
        (line.received, line.is_open) = (line.quantity, false);
        Part { at, line: before, quantity, asked: None }
    };
    open.map(part).collect()
}

/// What is named, written onto the lines: each receipt fills one line, or those of its product in their order.
fn named<'c>(wanted: &'c [ReceiptLine], lines: &mut [PurchaseLine]) -> Result<Vec<Part<'c>>> {
    let mut parts = Vec::new();
    for (at, asked) in wanted.iter().enumerate() {
        if asked.quantity <= Quantity::ZERO {
            return Err(refusal(format!("items[{at}].quantity"), "must be more than 0"));
        }
        let is_meant = |line: &PurchaseLine| match asked.of {
            Of::Line(id) => line.id == id,
            Of::Product(id) => line.product_id == id,
        };
        if !lines.iter().any(is_meant) {
            return Err(unknown(at, asked.of));
        }
        let mut left = asked.quantity;
        for line in lines.iter_mut().filter(|line| is_meant(line)) {
            let quantity = left.min(line.outstanding());
            if quantity.is_zero() {
                continue;
            }
            parts.push(Part { at, line: line.clone(), quantity, asked: Some(asked) });
            left = left.minus(quantity).ok_or(Error::OutOfRange)?;
            line.received = line.received.plus(quantity).ok_or(Error::OutOfRange)?;
            line.is_open = line.received < line.quantity;
        }
        if !left.is_zero() {
            let line = lines.iter().filter(|line| is_meant(line)).map(|line| line.id).next_back().unwrap_or_default();
            let outstanding = asked.quantity.minus(left).ok_or(Error::OutOfRange)?;
            return Err(Error::OverReceipt { line, requested: asked.quantity, outstanding });
        }
    }
    Ok(parts)
}

fn book(tx: &mut Tx<'_>, purchase: &Purchase, parts: &[Part<'_>]) -> Result<()> {
    let known = load(tx, parts)?;
    let place = goods::place(tx, Some(purchase.warehouse_id), "warehouse_id")?;
    let labelled = label(tx, parts, &known)?;
    let mut units: BTreeMap<usize, std::vec::IntoIter<Code>> = BTreeMap::new();
    let mut entries = Vec::with_capacity(parts.len());
    for part in parts {
        let goods = of(part, &known)?;
        // What comes for a product may be shared by several of its lines.
        let serials = || part.asked.map(|asked| asked.serials.clone()).unwrap_or_default().into_iter();
        let pick = pick(goods, part, &labelled, units.entry(part.at).or_insert_with(serials))?;
        let (unit_cost, at) = (Some(part.line.unit_cost), part.asked.map(|_| part.at));
        entries.push(Entry { pick, at, unit_cost, ..Entry::moving(goods.clone(), place.clone(), part.quantity) });
    }
    let paper = Some(Paper { kind: "purchase_order", id: purchase.id, is_cancelled: false });
    ledger::book(tx, entries, &Reason { kind: Kind::Receive, paper, notes: None })?;
    Ok(())
}

/// The products that come, at what they cost from now on.
fn load(tx: &mut Tx<'_>, parts: &[Part<'_>]) -> Result<BTreeMap<i64, Goods>> {
    let ids = parts.iter().map(|part| part.line.product_id).collect::<Vec<_>>();
    let mut known = match tx.tenant().costing {
        Costing::Standard => return checked(goods::load(tx, &ids)?, parts),
        Costing::Average => checked(goods::claim(tx, &ids)?, parts)?,
    };
    let mut coming: BTreeMap<i64, Coming> = BTreeMap::new();
    for part in parts {
        coming.entry(part.line.product_id).or_default().push((part.quantity, part.line.unit_cost));
    }
    costing::average(tx, &mut known, &coming)?;
    Ok(known)
}

/// Refuses what a receipt says against the tracking of its product, all of it at once.
fn checked(known: BTreeMap<i64, Goods>, parts: &[Part<'_>]) -> Result<BTreeMap<i64, Goods>> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for part in parts {
        let goods = of(part, &known)?;
        if part.asked.is_none() && goods.tracking == Tracking::Serial {
            let message = format!("must name what comes: the units of {} need their serial numbers", goods.sku);
            problems.push(Problem::new("items", message));
        }
        let Some(asked) = part.asked.filter(|_| seen.insert(part.at)) else { continue };
        let mut refuse = |name: &str, message: String| {
            problems.push(Problem::new(format!("items[{}].{name}", part.at), message));
        };
        let (sku, tracked) = (&goods.sku, goods.tracking);
        if tracked != Tracking::Batch && asked.batch_number.is_some() {
            refuse("batch_number", format!("must be left out: {sku} is not tracked by batch"));
        }
        if asked.batch_number.is_none() && asked.expiry_date.is_some() {
            refuse("expiry_date", "must come with the batch_number that it is of".to_owned());
        }
        if tracked != Tracking::Serial && !asked.serials.is_empty() {
            refuse("serials", format!("must be left out: {sku} is not tracked by serial number"));
        }
        if tracked == Tracking::Serial {
            let named = i64::try_from(asked.serials.len()).ok().and_then(Quantity::whole);
            match asked.quantity.as_whole() {
                None => refuse("quantity", format!("must be a whole number: {sku} is tracked by serial number")),
                Some(_) if named == Some(asked.quantity) => {}
                Some(units) => refuse("serials", format!("must name {units} serial numbers, one for each unit")),
            }
        }
    }
    if problems.is_empty() { Ok(known) } else { Err(Error::Invalid(problems)) }
}

fn of<'g>(part: &Part<'_>, known: &'g BTreeMap<i64, Goods>) -> Result<&'g Goods> {
    let gone = || Error::NotFound { thing: Thing::Item, key: part.line.product_id.to_string() };
    known.get(&part.line.product_id).ok_or_else(gone)
}

fn pick(
    goods: &Goods,
    part: &Part<'_>,
    labelled: &BTreeMap<(i64, String), i64>,
    serials: &mut std::vec::IntoIter<Code>,
) -> Result<Pick> {
    let number = part.asked.and_then(|asked| asked.batch_number.as_ref());
    match (goods.tracking, number) {
        (Tracking::Batch, Some(number)) => {
            let batch = labelled.get(&(goods.id, fold(number.as_str()))).copied();
            let lost = || Fault::Internal("a batch that was made is not there".to_owned());
            Ok(Pick::Batch(batch.ok_or_else(lost)?))
        }
        (Tracking::Serial, _) => {
            let units = part.quantity.as_whole().and_then(|units| usize::try_from(units).ok());
            Ok(Pick::Numbers(serials.by_ref().take(units.unwrap_or_default()).collect()))
        }
        (Tracking::None | Tracking::Batch, _) => Ok(Pick::First),
    }
}

/// The batches that are named, by product and number; made where there are none.
fn label(tx: &mut Tx<'_>, parts: &[Part<'_>], known: &BTreeMap<i64, Goods>) -> Result<BTreeMap<(i64, String), i64>> {
    const MADE: bulk::Into = bulk::Into {
        table: "batches",
        columns: &["tenant_id", "product_id", "batch_number", "batch_key", "expiry_date", "created_at", "updated_at"],
    };
    let is_batched = |product: i64| known.get(&product).is_some_and(|goods| goods.tracking == Tracking::Batch);
    let mut wanted: Labels<'_> = BTreeMap::new();
    for part in parts.iter().filter(|part| is_batched(part.line.product_id)) {
        let Some((asked, number)) = part.asked.and_then(|asked| Some((asked, asked.batch_number.as_ref()?))) else {
            continue;
        };
        let label = wanted.entry((part.line.product_id, fold(number.as_str())));
        let (at, _, expiry) = label.or_insert((part.at, number, asked.expiry_date));
        match asked.expiry_date {
            Some(day) if expiry.is_some_and(|known| known != day) => {
                let message = format!("must be the same wherever batch {number} is named: items[{at}] says another");
                return Err(refusal(format!("items[{}].expiry_date", part.at), message));
            }
            Some(day) => *expiry = Some(day),
            None => {}
        }
    }
    let found = find(tx, &wanted)?;
    let missing = wanted.iter().filter(|(key, _)| !found.contains_key(*key)).collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(found);
    }
    let now = tx.now();
    let row = |((product, key), (_, number, expiry)): &(&(i64, String), &Label<'_>)| {
        cells![*product, number.as_str(), key.as_str(), *expiry, now, now]
    };
    let rows = missing.iter().map(row).collect::<Vec<_>>();
    let made = bulk::insert_missing(tx.conn, tx.tenant_id(), MADE, &rows)?;
    counters::add(tx, counters::BATCHES, counters::rows(made));
    // Again, since somebody else may have made them meanwhile.
    find(tx, &wanted)
}

/// The batches that are there already; a day that is named must be theirs.
fn find(tx: &mut Tx<'_>, wanted: &Labels<'_>) -> Result<BTreeMap<(i64, String), i64>> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (products, keys): (BTreeSet<i64>, BTreeSet<String>) = wanted.keys().cloned().unzip();
    let these = batches::tenant_id.eq(tx.tenant_id()).and(batches::product_id.among(products));
    let found: Vec<((i64, String), i64, Option<NaiveDate>)> = batches::table
        .filter(these.and(batches::batch_key.among(keys)))
        .select(((batches::product_id, batches::batch_key), batches::id, batches::expiry_date))
        .load(tx.conn)?;
    let mut ids = BTreeMap::new();
    for (key, id, expiry) in found {
        let Some((at, number, named)) = wanted.get(&key) else { continue };
        if named.is_some() && *named != expiry {
            let known = expiry.map_or_else(|| "no expiry date".to_owned(), |day| format!("expiry date {day}"));
            let message = format!("must be that of batch {number}, which has {known}: leave it out");
            return Err(refusal(format!("items[{at}].expiry_date"), message));
        }
        ids.insert(key, id);
    }
    Ok(ids)
}

fn unknown(at: usize, of: Of) -> Error {
    let (field, thing, key) = match of {
        Of::Line(id) => ("po_item_id", Thing::PurchaseLine, id.to_string()),
        Of::Product(id) => ("product_id", Thing::PurchaseLine, format!("for product {id}")),
    };
    Error::UnknownReference { field: format!("items[{at}].{field}"), thing, key }
}

fn refusal(field: impl Into<String>, message: impl Into<String>) -> Error {
    Error::Invalid(vec![Problem::new(field, message)])
}
