//! Bringing stock from another system: what is on hand is set to its figures, by place or by batch, and when to order
//! again with it. A sync that speaks in codes and knows batches.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::batches::{self as papers, NewLabel};
use super::goods::{self, Goods, Place};
use super::ledger::{self, Balances, Entry, Key};
use super::sync;
use super::tracking::Pick;
use crate::bring::{Brought, Intent, Outcome, at_most, is_clear, problem, repeated};
use crate::error::{Error, Result, Thing};
use crate::items::Tracking;
use crate::schema::{batch_levels, batches, warehouses};
use crate::store::Tx;
use crate::store::among::Among;
use crate::values::{Change, Code, Quantity, fold};

/// What another system says lies of an item in a warehouse.
#[derive(Debug, Clone)]
pub struct StockRow {
    /// The item's SKU, in any case.
    pub sku: Code,
    /// The warehouse's code, in any case.
    pub warehouse: Code,
    /// What is to be on hand: of the batch where one is named, else of all.
    pub quantity: Quantity,
    /// At or below this it is time to order; 0: never; `None` keeps.
    pub reorder_level: Option<Quantity>,
    /// Its batch. Kept: figures are of all that lies there; cleared: no item tracked by batch may have one.
    pub batch: Change<Label>,
}

/// A batch as a row names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number, in any case; made when something is to lie there and the item has none like it.
    pub number: Code,
    /// The last day on which it is good; `None` keeps.
    pub expiry_date: Option<NaiveDate>,
}

/// Sets what is on hand to these figures, each difference by a movement. Below what is reserved is allowed: a loss is a
/// fact.
///
/// # Errors
/// [`Error::Invalid`] for too many rows at once, and faults of the store; what is wrong with a row is its outcome.
pub fn bring(tx: &mut Tx<'_>, rows: &[StockRow], intent: Intent) -> Result<Vec<Outcome>> {
    at_most(rows.len())?;
    let known = Known::load(tx, rows, intent)?;
    let drafts = rows.iter().zip(repeated(rows.iter().map(place_of))).zip(contradictions(rows));
    let draft = |((row, is_repeated), contradiction): ((&StockRow, bool), Option<Error>)| match (
        known.draft(row, is_repeated),
        contradiction,
    ) {
        (draft, None) => draft,
        (Ok(_), Some(error)) => Err(vec![error]),
        (Err(errors), Some(error)) => Err([errors, vec![error]].concat()),
    };
    let drafts = drafts.map(draft).collect::<Vec<_>>();
    let outcomes = drafts.iter().map(|draft| draft.as_ref().map(Draft::outcome).map_err(Clone::clone));
    let outcomes = outcomes.collect::<Vec<_>>();
    if intent == Intent::Write && is_clear(&outcomes) {
        write(tx, drafts.into_iter().flatten().collect())?;
    }
    Ok(outcomes)
}

/// What a row is about: item, warehouse, batch.
fn place_of(row: &StockRow) -> (String, String, Option<String>) {
    let batch = if let Change::Set(label) = &row.batch { Some(fold(label.number.as_str())) } else { None };
    (fold(row.sku.as_str()), fold(row.warehouse.as_str()), batch)
}

/// What each row says otherwise than an earlier one of the same batch or place, of which it can only be said once.
fn contradictions(rows: &[StockRow]) -> Vec<Option<Error>> {
    let (mut days, mut levels) = (HashMap::new(), HashMap::new());
    let contradiction = |row: &StockRow| {
        let (sku, warehouse, batch) = place_of(row);
        if let (Change::Set(label), Some(batch)) = (&row.batch, batch) {
            let day = *days.entry((sku.clone(), batch)).or_insert(label.expiry_date);
            if day != label.expiry_date {
                return Some(problem("expiry_date", "is another in an earlier row of this batch: say the same in all"));
            }
        }
        let level = row.reorder_level?;
        let first = *levels.entry((sku, warehouse)).or_insert(level);
        (first != level).then(|| problem("reorder_level", "is another in an earlier row of this place: say one"))
    };
    rows.iter().map(contradiction).collect()
}

/// What the rows are about. Who is going to write them has the stock rows locked.
struct Known {
    goods: BTreeMap<String, Goods>,
    places: HashMap<String, Place>,
    balances: Balances,
    batches: Batches,
    lots: Lots,
}

/// What a row makes of a place.
struct Draft {
    goods: Goods,
    place: Place,
    /// What comes or goes.
    change: Quantity,
    /// What lies there in all, if anything ever did.
    before: Option<Quantity>,
    /// A reorder level that differs.
    level: Option<Quantity>,
    batch: Option<(Label, Option<i64>)>,
}

impl Known {
    fn load(tx: &mut Tx<'_>, rows: &[StockRow], intent: Intent) -> Result<Self> {
        let goods = goods::by_sku(tx, &rows.iter().map(|row| fold(row.sku.as_str())).collect(), intent)?;
        let places = places(tx, rows.iter().map(|row| fold(row.warehouse.as_str())).collect())?;
        let key = |row: &StockRow| {
            let goods = goods.get(&fold(row.sku.as_str()))?;
            Some((goods.id, places.get(&fold(row.warehouse.as_str()))?.id))
        };
        let keys = rows.iter().filter_map(key).collect::<BTreeSet<Key>>();
        let balances = ledger::read(tx, &keys, intent)?;
        let numbers = rows.iter().filter_map(|row| place_of(row).2).collect::<BTreeSet<_>>();
        let (batches, lots) = if numbers.is_empty() { Default::default() } else { by_numbers(tx, &keys, numbers)? };
        Ok(Self { goods, places, balances, batches, lots })
    }

    fn draft(&self, row: &StockRow, is_repeated: bool) -> std::result::Result<Draft, Vec<Error>> {
        let StockRow { sku, warehouse, quantity, reorder_level, batch } = row;
        let mut errors = Vec::new();
        if is_repeated {
            errors.push(problem("quantity", "is said of the same place in an earlier row too"));
        }
        let unknown = |field: &str, thing, key: &Code| Error::UnknownReference {
            field: field.to_owned(),
            thing,
            key: key.as_str().to_owned(),
        };
        let goods = self.goods.get(&fold(sku.as_str()));
        let place = self.places.get(&fold(warehouse.as_str()));
        errors.extend(goods.is_none().then(|| unknown("item_code", Thing::Item, sku)));
        errors.extend(place.is_none().then(|| unknown("location_code", Thing::Warehouse, warehouse)));
        for (field, figure) in [("quantity", Some(*quantity)), ("reorder_level", *reorder_level)] {
            errors.extend(
                figure.filter(|figure| *figure < Quantity::ZERO).map(|_| problem(field, "must not be negative")),
            );
        }
        let Some((goods, place)) = goods.zip(place) else { return Err(errors) };
        let balance = self.balances.get(&(goods.id, place.id));
        let before = balance.map(|balance| balance.quantity);
        let (batch, current) = match self.batch(goods, batch) {
            Ok(None) => (None, before.unwrap_or_default()),
            Ok(Some((label, known))) => {
                let lying = known.and_then(|id| self.lots.get(&(id, place.id)).copied());
                (Some((label, known)), lying.unwrap_or_default())
            }
            Err(why) => {
                errors.push(why);
                return Err(errors);
            }
        };
        let worth = |quantity: Quantity| goods.cost().times(quantity);
        let change = quantity.minus(current).filter(|change| worth(*change).is_some());
        let after = change.and_then(|change| before.unwrap_or_default().plus(change)).and_then(worth);
        let Some(change) = change.filter(|_| after.is_some()) else {
            errors.push(problem("quantity", "is worth more than can be recorded: correct it, or the item's cost"));
            return Err(errors);
        };
        if goods.tracking == Tracking::Serial && !change.is_zero() {
            let why =
                format!("cannot be set, {current} are on hand: record or scrap its units by their serial numbers");
            errors.push(problem("quantity", why));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let level = reorder_level.filter(|level| *level != balance.map(|row| row.reorder_level).unwrap_or_default());
        Ok(Draft { goods: goods.clone(), place: place.clone(), change, before, level, batch })
    }

    /// The batch that a row names, and its id where it is known.
    fn batch(&self, goods: &Goods, said: &Change<Label>) -> std::result::Result<Named, Error> {
        let label = match (said, goods.tracking) {
            (Change::Keep, _) | (Change::Clear, Tracking::None | Tracking::Serial) => return Ok(None),
            (Change::Set(label), Tracking::Batch) => label,
            (Change::Clear, Tracking::Batch) => {
                let why =
                    "is required: the item is tracked by batch; without this column figures are of all its batches";
                return Err(problem("batch_number", why));
            }
            (Change::Set(_), Tracking::None | Tracking::Serial) => {
                return Err(problem("batch_number", "must be empty: the item is not tracked by batch"));
            }
        };
        let known = self.batches.get(&(goods.id, fold(label.number.as_str())));
        if let (Some((_, stored)), Some(said)) = (known, label.expiry_date)
            && *stored != Some(said)
        {
            let stored = stored.map_or_else(|| "none".to_owned(), |day| day.to_string());
            let why = format!("is {stored} on the batch that is there: leave it empty to keep that");
            return Err(problem("expiry_date", why));
        }
        Ok(Some((label.clone(), known.map(|(id, _)| *id))))
    }
}

type Named = Option<(Label, Option<i64>)>;

impl Draft {
    fn outcome(&self) -> Brought {
        match (self.change.is_zero() && self.level.is_none(), self.before) {
            (true, _) => Brought::Unchanged,
            (false, Some(_)) => Brought::Changed,
            (false, None) => Brought::Made,
        }
    }
}

fn write(tx: &mut Tx<'_>, drafts: Vec<Draft>) -> Result<()> {
    let mut levels = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for Draft { goods, place, change, level, batch, before: _ } in &drafts {
        if let Some(level) = level {
            levels.insert((goods.id, place.id), *level);
        }
        if let Some((Label { number, expiry_date }, None)) = batch
            && !change.is_zero()
        {
            let label = NewLabel { product_id: goods.id, number: number.clone(), expiry_date: *expiry_date };
            missing.insert((goods.id, fold(number.as_str())), label);
        }
    }
    let (keys, labels): (Vec<_>, Vec<_>) = missing.into_iter().unzip();
    let made = keys.into_iter().zip(papers::insert_all(tx, &labels)?).collect::<HashMap<_, _>>();
    let entry = |draft: Draft| {
        let Draft { goods, place, change, before, level: _, batch } = draft;
        let batch =
            batch.and_then(|(label, id)| id.or_else(|| made.get(&(goods.id, fold(label.number.as_str()))).copied()));
        let pick = batch.map_or(Pick::First, Pick::Batch);
        Entry { pick, expected: Some(before.unwrap_or_default()), ..Entry::moving(goods, place, change) }
    };
    let entries = drafts.into_iter().filter(|draft| !draft.change.is_zero()).map(entry).collect();
    sync::book(tx, entries)?;
    if levels.is_empty() { Ok(()) } else { ledger::set_reorder_levels(tx, &levels) }
}

/// Those of these warehouses that there are, by their folded codes.
fn places(tx: &mut Tx<'_>, keys: BTreeSet<String>) -> Result<HashMap<String, Place>> {
    let these = warehouses::tenant_id.eq(tx.tenant_id()).and(warehouses::code_key.among(keys));
    let these = warehouses::table.filter(these).select((warehouses::code_key, Place::as_select()));
    Ok(these.load::<(String, Place)>(tx.conn)?.into_iter().collect())
}

/// Ids and last days by product and folded number.
type Batches = HashMap<(i64, String), (i64, Option<NaiveDate>)>;
/// What lies by batch and warehouse.
type Lots = HashMap<(i64, i64), Quantity>;

/// The batches of these products with these numbers, and what lies of them.
fn by_numbers(tx: &mut Tx<'_>, keys: &BTreeSet<Key>, numbers: BTreeSet<String>) -> Result<(Batches, Lots)> {
    let tenant = tx.tenant_id();
    let products = keys.iter().map(|(product, _)| *product).collect::<BTreeSet<_>>();
    let these = batches::tenant_id.eq(tenant).and(batches::product_id.among(products));
    let these = batches::table.filter(these.and(batches::batch_key.among(numbers)));
    let columns = ((batches::product_id, batches::batch_key), (batches::id, batches::expiry_date));
    let found: Batches = these.select(columns).load(tx.conn)?.into_iter().collect();
    let ids = found.values().map(|(id, _)| *id).collect::<Vec<_>>();
    let there = batch_levels::tenant_id.eq(tenant).and(batch_levels::batch_id.among(ids));
    let columns = ((batch_levels::batch_id, batch_levels::warehouse_id), batch_levels::quantity);
    let lots = batch_levels::table.filter(there).select(columns).load(tx.conn)?.into_iter().collect();
    Ok((found, lots))
}
