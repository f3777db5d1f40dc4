//! Returns: goods that left for an order come back, into stock or not.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Line, Order, Status, lines, lock, named};
use crate::counters;
use crate::error::{Error, Problem, Result};
use crate::items::Tracking;
use crate::schema::{serials, stock_movements as movements};
use crate::stock::goods::{self, Goods, Place};
use crate::stock::ledger::{self, Entry, Reason};
use crate::stock::movements::{Kind, Paper};
use crate::stock::serials::SerialStatus;
use crate::stock::tracking::Pick;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::bulk::{self, cells};
use crate::store::portable::ForUpdate;
use crate::values::{Code, Money, Quantity, fold};

const RETURNED: bulk::Change = bulk::Change { table: "order_items", keys: &["id"], set: &["returned"], add: &[] };

const ASIDE: bulk::Change = bulk::Change { table: "serials", keys: &["id"], set: &["status", "updated_at"], add: &[] };

/// What comes back for one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnLine {
    /// The line.
    pub order_item_id: i64,
    /// How much, never more than left for it.
    pub quantity: Quantity,
    /// Whether it goes into stock again.
    pub restock: bool,
    /// Which units, by their serial numbers; absent: those that left last.
    pub serials: Vec<Code>,
}

/// Goods that left together, as far as they have not come back.
struct Piece {
    product: i64,
    batch: Option<i64>,
    unit_cost: Option<Money>,
    left: Quantity,
}

/// What is noted where goods come back to another warehouse than they left.
const ELSEWHERE: &str = "The warehouse that they left is closed: booked into the default one";

/// What goes into stock again of one line, and where the command names it.
struct Back<'l> {
    at: usize,
    line: &'l Line,
    quantity: Quantity,
    units: Vec<i64>,
}

/// Takes goods back, into the warehouse they left, or the default one where that is gone. Returns the order's lines as
/// they are now.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for nothing, or units that did not leave for the line;
/// [`Error::UnknownReference`] for a line of another order; [`Error::OverReturn`]; [`Error::Invalid`] also when goods
/// are to be restocked whose product was removed.
pub fn take_back(tx: &mut Tx<'_>, order: i64, parts: &[ReturnLine]) -> Result<Vec<Line>> {
    let (order, mut known) = lock(tx, order)?;
    if parts.is_empty() {
        return Err(Error::Invalid(vec![Problem::new("items", "must hold at least one line")]));
    }
    let returnable = |(at, part)| returnable(at, part, &mut known);
    let returned = parts.iter().enumerate().map(returnable).collect::<Result<Vec<_>>>()?;
    let units = Units::sold(tx, &returned)?.divide(parts, &returned)?;
    let (mut back, mut aside) = (Vec::new(), Vec::new());
    for (at, ((part, line), units)) in parts.iter().zip(&returned).zip(units).enumerate() {
        if part.restock {
            back.push(Back { at, line, quantity: part.quantity, units });
        } else {
            aside.extend(units);
        }
    }
    restock(tx, &order, &back)?;
    lay_aside(tx, &aside)?;
    let touched = returned.iter().map(|line| line.id).collect::<BTreeSet<_>>();
    let touched = known.iter().filter(|line| touched.contains(&line.id));
    let rows = touched.map(|line| cells![line.id, line.returned]).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), RETURNED, &rows)?;
    lines(tx, order.id)
}

/// The line that a part is for, with what comes back written onto it.
fn returnable(at: usize, part: &ReturnLine, lines: &mut [Line]) -> Result<Line> {
    let line = named(lines, at, part.order_item_id)?;
    if part.quantity <= Quantity::ZERO {
        let field = format!("items[{at}].quantity");
        return Err(Error::Invalid(vec![Problem::new(field, "must be more than 0")]));
    }
    let returnable = line.fulfilled.minus(line.returned).unwrap_or_default();
    if part.quantity > returnable {
        return Err(Error::OverReturn { line: line.id, requested: part.quantity, returnable });
    }
    line.returned = line.returned.plus(part.quantity).ok_or(Error::OutOfRange)?;
    Ok(line.clone())
}

/// Units that left for some lines and are out still.
struct Units {
    /// By line, the last first.
    of_line: BTreeMap<i64, Vec<i64>>,
    /// By line and number.
    named: BTreeMap<(i64, String), i64>,
    taken: BTreeSet<i64>,
}

impl Units {
    fn sold(tx: &mut Tx<'_>, lines: &[Line]) -> Result<Self> {
        let lines = lines.iter().map(|line| line.id).collect::<Vec<_>>();
        let out = serials::tenant_id.eq(tx.tenant_id()).and(serials::order_item_id.among(lines));
        let out = serials::table.filter(out.and(serials::status.eq(SerialStatus::Sold))).order(serials::id.desc());
        let columns = (serials::id, serials::order_item_id.assume_not_null(), serials::serial_key);
        let found: Vec<(i64, i64, String)> = ForUpdate(out.select(columns)).load(tx.conn)?;
        let mut units = Self { of_line: BTreeMap::new(), named: BTreeMap::new(), taken: BTreeSet::new() };
        for (id, line, key) in found {
            units.of_line.entry(line).or_default().push(id);
            units.named.insert((line, key), id);
        }
        Ok(units)
    }

    /// The units of each part: those that are named, before others take them, and as many more as come back.
    fn divide(mut self, parts: &[ReturnLine], lines: &[Line]) -> Result<Vec<Vec<i64>>> {
        let named = parts.iter().zip(lines).enumerate();
        let named =
            named.map(|(at, (part, line))| self.take_named(part, line).map_err(|error| error.of_item(Some(at))));
        let mut units = named.collect::<Result<Vec<_>>>()?;
        for (at, ((part, line), units)) in parts.iter().zip(lines).zip(&mut units).enumerate() {
            self.fill(part, line, units).map_err(|error| error.of_item(Some(at)))?;
        }
        Ok(units)
    }

    fn take_named(&mut self, part: &ReturnLine, line: &Line) -> Result<Vec<i64>> {
        let unit = |number: &Code| {
            let known = self.named.get(&(line.id, fold(number.as_str()))).copied();
            known.filter(|id| self.taken.insert(*id)).ok_or_else(|| {
                let message = format!("must name units that left for order item {}: {number} did not", line.id);
                refusal("serials", message)
            })
        };
        part.serials.iter().map(unit).collect()
    }

    fn fill(&mut self, part: &ReturnLine, line: &Line, units: &mut Vec<i64>) -> Result<()> {
        let Some(free) = self.of_line.get_mut(&line.id) else { return Ok(()) };
        free.retain(|id| !self.taken.contains(id));
        let wanted =
            part.quantity.as_whole().and_then(|units| usize::try_from(units).ok()).ok_or_else(|| {
                refusal("quantity", format!("must be a whole number: {} left unit by unit", line.sku))
            })?;
        if units.len() > wanted {
            return Err(refusal("serials", "must not name more units than come back"));
        }
        units.extend(free.iter().take(wanted - units.len()));
        self.taken.extend(units.iter().copied());
        Ok(())
    }
}

impl Back<'_> {
    /// The product, if goods of this line can go into its stock.
    fn goods<'g>(&self, known: &'g BTreeMap<i64, Goods>) -> Result<&'g Goods> {
        let Self { at: _, line, quantity, units } = self;
        let gone = || refusal("restock", format!("must be false: {} was removed, and has no stock any more", line.sku));
        let goods = known.get(&line.product_id).ok_or_else(gone)?;
        if goods.tracking == Tracking::Serial && Some(*quantity) != Quantity::whole(counters::rows(units.len())) {
            let message = format!("must be false: {} left before it was tracked by serial number", goods.sku);
            return Err(refusal("restock", message));
        }
        Ok(goods)
    }
}

fn refusal(field: &str, message: impl Into<String>) -> Error {
    Error::Invalid(vec![Problem::new(field, message)])
}

/// Books goods into stock again: into the batches they left, at the cost they left with.
fn restock(tx: &mut Tx<'_>, order: &Order, back: &[Back<'_>]) -> Result<()> {
    if back.is_empty() {
        return Ok(());
    }
    let products = back.iter().map(|part| part.line.product_id).collect::<Vec<_>>();
    let known = goods::load(tx, &products)?;
    // Its own warehouse may be gone by now; goods must come back somewhere.
    let (place, notes) = match goods::find_place(tx, order.warehouse_id)? {
        Some(place) => (place, None),
        None => (goods::place(tx, None, "warehouse_id")?, Some(ELSEWHERE.to_owned())),
    };
    let mut pieces = pieces(tx, order.id, &products)?;
    let mut entries = Vec::new();
    for part in back {
        let goods = part.goods(&known).map_err(|error| error.of_item(Some(part.at)))?;
        entries.extend(put_back(&mut pieces, goods, &place, part)?);
    }
    let is_cancelled = order.status == Status::Cancelled;
    let paper = Some(Paper { kind: "order", id: order.id, is_cancelled });
    ledger::book(tx, entries, &Reason { kind: Kind::Return, paper, notes })?;
    Ok(())
}

fn put_back(pieces: &mut [Piece], goods: &Goods, place: &Place, back: &Back<'_>) -> Result<Vec<Entry>> {
    let mut left = back.quantity;
    let mut units = back.units.iter().copied();
    let mut entries = Vec::new();
    for piece in pieces.iter_mut().filter(|piece| piece.product == goods.id) {
        let part = left.min(piece.left);
        if part <= Quantity::ZERO {
            continue;
        }
        piece.left = piece.left.minus(part).ok_or(Error::OutOfRange)?;
        left = left.minus(part).ok_or(Error::OutOfRange)?;
        let pick = match (goods.tracking, piece.batch) {
            (Tracking::Batch, Some(batch)) => Pick::Batch(batch),
            (Tracking::Serial, _) => {
                let count = part.as_whole().and_then(|units| usize::try_from(units).ok()).unwrap_or(0);
                Pick::Units(units.by_ref().take(count).collect())
            }
            (Tracking::Batch | Tracking::None, _) => Pick::First,
        };
        let unit_cost = Some(piece.unit_cost.unwrap_or_default());
        entries.push(Entry { pick, unit_cost, ..Entry::moving(goods.clone(), place.clone(), part) });
    }
    Ok(entries)
}

/// What left for an order and has not come back, the last first.
fn pieces(tx: &mut Tx<'_>, order: i64, products: &[i64]) -> Result<Vec<Piece>> {
    let of_order = movements::tenant_id.eq(tx.tenant_id()).and(movements::reference_type.eq("order"));
    let of_order =
        of_order.and(movements::reference_id.eq(order)).and(movements::product_id.among(products.iter().copied()));
    let rows: Vec<(i64, Option<i64>, Option<Money>, Quantity)> = movements::table
        .filter(of_order)
        .order(movements::id.desc())
        .select((movements::product_id, movements::batch_id, movements::unit_cost, movements::quantity))
        .load(tx.conn)?;
    let mut returned: BTreeMap<(i64, Option<i64>, Option<Money>), Quantity> = BTreeMap::new();
    let mut pieces = Vec::new();
    for (product, batch, unit_cost, quantity) in rows {
        let unit_cost = Some(unit_cost.unwrap_or_default());
        let back = returned.entry((product, batch, unit_cost)).or_default();
        if quantity > Quantity::ZERO {
            *back = back.plus(quantity).ok_or(Error::OutOfRange)?;
            continue;
        }
        let shipped = quantity.negated();
        let of_this = shipped.min(*back);
        *back = back.minus(of_this).ok_or(Error::OutOfRange)?;
        pieces.push(Piece { product, batch, unit_cost, left: shipped.minus(of_this).unwrap_or_default() });
    }
    Ok(pieces)
}

/// Units that come back but do not go into stock again are told apart; other goods are simply gone.
fn lay_aside(tx: &mut Tx<'_>, units: &[i64]) -> Result<()> {
    if units.is_empty() {
        return Ok(());
    }
    let row = |id: &i64| cells![*id, SerialStatus::Returned.as_str(), tx.now()];
    let rows = units.iter().map(row).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), ASIDE, &rows)?;
    Ok(())
}
