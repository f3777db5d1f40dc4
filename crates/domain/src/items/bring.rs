//! Bringing items from another system: however many rows, the number of statements stays the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::apply::{Described, apply, blank};
use super::master::{By, List, Reference};
use super::write::{insert, tracking_in_use, update};
use super::{Item, ItemChanges, categories, master};
use crate::bring::{Brought, Intent, Outcome, at_most, is_clear, problem, repeated};
use crate::error::{Error, Result, Thing, Unique};
use crate::schema::products;
use crate::store::Tx;
use crate::store::among::Among;
use crate::store::portable::{ForUpdate, Unindexed};
use crate::values::{Change, Code, fold};

/// What another system says of an item; what is kept is the default of a new one.
#[derive(Debug, Clone)]
pub struct ItemRow {
    /// Its SKU, in any case.
    pub sku: Code,
    /// What is said of it; a new item needs a name. References are by code.
    pub rest: ItemChanges,
}

/// Brings items.
///
/// # Errors
/// [`Error::Invalid`] for too many rows at once, and faults of the store; what is wrong with a row is its outcome.
pub fn bring(tx: &mut Tx<'_>, rows: &[ItemRow], intent: Intent) -> Result<Vec<Outcome>> {
    at_most(rows.len())?;
    let keys = rows.iter().map(|row| fold(row.sku.as_str())).collect::<Vec<_>>();
    let known = Known::load(tx, rows, &keys, intent)?;
    let of_row = rows.iter().zip(&keys).zip(repeated(keys.iter()).into_iter().zip(barcodes_repeat(rows)));
    let drafts = of_row.map(|((row, key), repeats)| known.draft(tx, row, key, repeats)).collect::<Vec<_>>();
    let drafts = tracked(tx, drafts)?;
    let outcomes = drafts.iter().map(outcome).collect::<Vec<_>>();
    if intent == Intent::Write && is_clear(&outcomes) {
        write(tx, drafts)?;
    }
    Ok(outcomes)
}

/// What is stored of a row's item, and what it is to be; or everything that is wrong with the row.
type Draft = std::result::Result<(Option<Item>, Item), Vec<Error>>;

/// What the rows are about, and what they refer to.
struct Known {
    items: HashMap<String, Item>,
    /// Ids by folded code.
    described: HashMap<Thing, HashMap<String, i64>>,
    /// SKUs of the items that have the barcodes.
    barcodes: HashMap<String, String>,
}

impl Known {
    fn load(tx: &mut Tx<'_>, rows: &[ItemRow], keys: &[String], intent: Intent) -> Result<Self> {
        let these = products::table.filter(products::tenant_id.eq(tx.tenant_id()).and(products::sku_key.among(keys)));
        let query = these.order(Unindexed(products::id)).select(Item::as_select());
        let items: Vec<Item> = match intent {
            Intent::Judge => query.load(tx.conn)?,
            Intent::Write => ForUpdate(query).load(tx.conn)?,
        };
        let items = items.into_iter().map(|item| (fold(&item.sku), item)).collect();
        let mut codes: BTreeMap<&'static str, (Described, Vec<String>)> = BTreeMap::new();
        for (described, reference) in rows.iter().flat_map(|row| references(&row.rest)) {
            if let By::Code(code) = &reference.by {
                codes.entry(thing(described).word()).or_insert((described, Vec::new())).1.push(fold(code));
            }
        }
        let mut described = HashMap::new();
        for (of, mut keys) in codes.into_values() {
            keys.sort_unstable();
            keys.dedup();
            let ids = match of {
                Described::Category => categories::ids(tx, &keys)?,
                Described::In(list) => master::ids(tx, list, &keys)?,
            };
            described.insert(thing(of), ids);
        }
        let barcodes = rows.iter().filter_map(barcode).collect::<Vec<_>>();
        Ok(Self { items, described, barcodes: holders(tx, &barcodes)? })
    }

    fn draft(&self, tx: &Tx<'_>, row: &ItemRow, key: &str, (sku_repeats, barcode_repeats): (bool, bool)) -> Draft {
        let ItemRow { sku, rest } = row;
        let mut errors = Vec::new();
        if sku_repeats {
            errors.push(Error::Duplicate(Unique::Sku));
        }
        let before = self.items.get(key);
        if let Some(barcode) = barcode(row) {
            match self.barcodes.get(barcode) {
                _ if barcode_repeats => errors.push(Error::Duplicate(Unique::Barcode)),
                Some(holder) if fold(holder) != key => {
                    errors.push(problem("barcode", format!("is taken by {holder}: take it away from that first")));
                }
                Some(_) | None => {}
            }
        }
        for (described, reference) in references(rest) {
            if self.find(described, reference).is_none() {
                errors.push(reference.unknown(thing(described)));
            }
        }
        let after = match (before, &rest.name) {
            (Some(before), _) => Some(before.clone()),
            (None, Some(name)) => Some(blank(tx, sku, name)),
            (None, None) => {
                errors.push(problem("name", "is required for a new one"));
                None
            }
        };
        let Some(mut after) = after.filter(|_| errors.is_empty()) else { return Err(errors) };
        let find = |described, reference: &Reference| {
            self.find(described, reference).ok_or_else(|| reference.unknown(thing(described)))
        };
        apply(&mut after, rest, find).map_err(|error| vec![error])?;
        if before.is_some_and(|before| *before != after) {
            after.updated_at = tx.now();
        }
        Ok((before.cloned(), after))
    }

    fn find(&self, described: Described, reference: &Reference) -> Option<i64> {
        match &reference.by {
            By::Code(code) => self.described.get(&thing(described))?.get(&fold(code)).copied(),
            By::Id(_) | By::Unreadable(_) => None,
        }
    }
}

fn barcode(row: &ItemRow) -> Option<&str> {
    if let Change::Set(barcode) = &row.rest.barcode { Some(barcode.as_str()) } else { None }
}

/// For each row, whether its barcode stood in an earlier one.
fn barcodes_repeat(rows: &[ItemRow]) -> Vec<bool> {
    let mut seen = HashSet::new();
    rows.iter().map(|row| barcode(row).is_some_and(|barcode| !seen.insert(barcode))).collect()
}

const fn thing(described: Described) -> Thing {
    match described {
        Described::Category => Thing::Category,
        Described::In(list) => list.thing(),
    }
}

/// All that a row refers to.
fn references(changes: &ItemChanges) -> impl Iterator<Item = (Described, &Reference)> {
    let ItemChanges { category, item_type, brand, base_uom, sales_uom, purchase_uom, .. } = changes;
    [
        (Described::Category, category),
        (Described::In(List::Types), item_type),
        (Described::In(List::Brands), brand),
        (Described::In(List::Uoms), base_uom),
        (Described::In(List::Uoms), sales_uom),
        (Described::In(List::Uoms), purchase_uom),
    ]
    .into_iter()
    .filter_map(
        |(described, change)| {
            if let Change::Set(reference) = change { Some((described, reference)) } else { None }
        },
    )
}

/// The SKUs of the items that have these barcodes, by those.
fn holders(tx: &mut Tx<'_>, barcodes: &[&str]) -> Result<HashMap<String, String>> {
    if barcodes.is_empty() {
        return Ok(HashMap::new());
    }
    let these = products::tenant_id.eq(tx.tenant_id()).and(products::barcode.among(barcodes.iter().copied()));
    let found: Vec<(Option<String>, String)> =
        products::table.filter(these).select((products::barcode, products::sku)).load(tx.conn)?;
    Ok(found.into_iter().filter_map(|(barcode, sku)| Some((barcode?, sku))).collect())
}

/// Refuses to track items otherwise while that would confuse their stock.
fn tracked(tx: &mut Tx<'_>, drafts: Vec<Draft>) -> Result<Vec<Draft>> {
    let changes = |draft: &Draft| match draft {
        Ok((Some(before), after)) if before.tracking != after.tracking => Some(after.id),
        Ok(_) | Err(_) => None,
    };
    let ids = drafts.iter().filter_map(changes).collect::<Vec<_>>();
    if ids.is_empty() {
        return Ok(drafts);
    }
    let in_use = tracking_in_use(tx, &ids)?;
    let judged = drafts.into_iter().map(|draft| match changes(&draft).and_then(|id| in_use.get(&id)) {
        Some(by) => draft.and_then(|(_, after)| Err(vec![Error::TrackingInUse { sku: after.sku, by: by.clone() }])),
        None => draft,
    });
    Ok(judged.collect())
}

fn outcome(draft: &Draft) -> Outcome {
    match draft {
        Ok((None, _)) => Ok(Brought::Made),
        Ok((Some(before), after)) if before == after => Ok(Brought::Unchanged),
        Ok((Some(_), _)) => Ok(Brought::Changed),
        Err(errors) => Err(errors.clone()),
    }
}

fn write(tx: &mut Tx<'_>, drafts: Vec<Draft>) -> Result<()> {
    let (mut made, mut changed) = (Vec::new(), Vec::new());
    for (before, after) in drafts.into_iter().flatten() {
        match before {
            None => made.push(after),
            Some(before) if before != after => changed.push((before, after)),
            Some(_) => {}
        }
    }
    changed.sort_by_key(|(before, _)| before.id);
    insert(tx, &mut made)?;
    update(tx, &changed)
}
