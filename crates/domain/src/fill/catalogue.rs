//! What is sold: products, and the lists that describe them. Lists and warehouses are made where they are missing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;

use super::random::{Random, Stream};
use super::words::{BRANDS, CATEGORIES, KINDS, MATERIALS, THINGS, TYPES, UOMS};
use super::{Plan, Shop, Slice};
use crate::counters;
use crate::error::{Fault, Result};
use crate::items::ENTERED;
use crate::items::Tracking;
use crate::items::categories::{self, NewCategory};
use crate::items::master::{self, By, Entry, List, NewEntry, Reference};
use crate::stock::goods::{Goods, Place};
use crate::stock::warehouses::{self, Details, NewWarehouse};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::reserve_ids;
use crate::store::search::search_text;
use crate::values::{Code, Money, Text, fold};

/// The ids of the lists that describe products.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    /// Those at the bottom of the tree.
    categories: Vec<i64>,
    brands: Vec<i64>,
    types: Vec<i64>,
    /// In the order of [`UOMS`].
    uoms: Vec<i64>,
}

const MEMBERS: bulk::Change = bulk::Change { table: "categories", keys: &["id"], set: &[], add: &["product_count"] };

/// The lists, as far as they are missing made now.
pub(super) fn lists(tx: &mut Tx<'_>) -> Result<Lists> {
    let numbered = |names: &[&str], prefix: &str| {
        (1..).zip(names).map(|(at, name)| (format!("{prefix}{at:02}"), (*name).to_owned())).collect::<Vec<_>>()
    };
    let uoms = UOMS.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect::<Vec<_>>();
    Ok(Lists {
        categories: tree(tx)?,
        brands: list(tx, List::Brands, &numbered(BRANDS, "BRAND-"))?,
        types: list(tx, List::Types, &numbered(TYPES, "TYPE-"))?,
        uoms: list(tx, List::Uoms, &uoms)?,
    })
}

/// The places in which products lie: the warehouses that are there, and as many more as it takes.
pub(super) fn places(tx: &mut Tx<'_>, wanted: i64) -> Result<Vec<Place>> {
    let wanted = usize::try_from(wanted).unwrap_or(0);
    let known = warehouses::list(tx)?.into_iter().map(|stocked| stocked.warehouse).collect::<Vec<_>>();
    let taken = known.iter().map(|place| fold(&place.code)).collect::<BTreeSet<_>>();
    let place = |warehouse: warehouses::Warehouse| Place { id: warehouse.id, name: warehouse.name };
    let mut places = known.into_iter().filter(|place| place.is_active).take(wanted).map(place).collect::<Vec<_>>();
    for number in 1_i64.. {
        if places.len() >= wanted {
            break;
        }
        let (code, name) = (format!("WH-{number:02}"), format!("Warehouse {number}"));
        if !taken.contains(&fold(&code)) {
            let (code, name) = (text(&code)?, text(&name)?);
            let details =
                Details { code, name, address: None, city: None, state: None, is_default: None, is_active: None };
            places.push(place(warehouses::create(tx, &NewWarehouse { id: None, details })?));
        }
    }
    Ok(places)
}

/// Makes the products of a slice. Returns them in the order of their ids.
pub(super) fn products(tx: &mut Tx<'_>, plan: &Plan, shop: &Shop, slice: Slice) -> Result<Vec<Goods>> {
    let (from, to) = slice.products;
    let ids = reserve_ids(tx.conn, "products", to - from)?;
    let mut goods = Vec::with_capacity(ids.len());
    let mut rows = Vec::with_capacity(ids.len());
    let mut members: BTreeMap<i64, i64> = BTreeMap::new();
    for (index, id) in (from..to).zip(ids) {
        let drawn = Drawn::new(plan, &shop.lists, index, id);
        rows.push(drawn.row(tx, slice.before(index - from, (to - from) * 2)));
        *members.entry(drawn.category).or_default() += 1;
        goods.push(drawn.goods);
    }
    let tenant = tx.tenant_id();
    bulk::insert(tx.conn, tenant, ENTERED, &rows)?;
    let members = members.into_iter().map(|(category, count)| cells![category, count]).collect::<Vec<_>>();
    bulk::update(tx.conn, tenant, MEMBERS, &members)?;
    let active = goods.iter().filter(|goods| goods.is_active).count();
    counters::add(tx, counters::PRODUCTS, counters::rows(goods.len()));
    counters::add(tx, counters::ACTIVE_PRODUCTS, counters::rows(active));
    Ok(goods)
}

/// A product as its number draws it.
struct Drawn {
    goods: Goods,
    barcode: String,
    category: i64,
    item_type: i64,
    /// Its id, and its name: who makes it.
    brand: (i64, &'static str),
    base_uom: Option<i64>,
    purchase_uom: Option<i64>,
    compare_at_price: Option<Money>,
    /// In grams.
    weight: i64,
    description: Option<String>,
}

impl Drawn {
    fn new(plan: &Plan, lists: &Lists, index: i64, id: i64) -> Self {
        let mut random = Random::of(plan.seed, Stream::Product, index);
        let (kind, material, thing) = (random.of_these(KINDS), random.of_these(MATERIALS), random.of_these(THINGS));
        let name = format!("{kind} {material} {thing} {}", random.between(1, 80) * 25);
        let letters = thing.chars().take(3).collect::<String>().to_uppercase();
        // Cents; most things cost little.
        let units = match random.below(10) {
            0..=5 => random.between(2, 50),
            6..=8 => random.between(50, 300),
            _ => random.between(300, 2_000),
        };
        let price = units * 100 - random.of_these(&[0, 1, 5, 10, 50]);
        let cost = price * random.between(40, 70) / 100;
        let is_active = random.percent(90);
        let brand = random.below(counters::rows(BRANDS.len()));
        let brand = usize::try_from(brand).unwrap_or(0);
        let goods = Goods {
            id,
            sku: format!("{letters}-{id:07}"),
            name,
            tracking: Tracking::None,
            base_price: cents(price),
            cost_price: (!random.percent(2)).then(|| cents(cost)),
            is_active,
        };
        let description = format!("{thing} of {}, {}.", material.to_lowercase(), kind.to_lowercase());
        Self {
            goods,
            barcode: ean_13(id),
            category: random.of_these(&lists.categories),
            item_type: random.of_these(&lists.types),
            brand: (lists.brands.get(brand).copied().unwrap_or(0), BRANDS.get(brand).copied().unwrap_or_default()),
            base_uom: lists.uoms.first().copied(),
            purchase_uom: if random.percent(30) { random.one(&lists.uoms).copied() } else { None },
            compare_at_price: random.percent(10).then(|| cents(price + price / 5)),
            weight: random.between(20, 20_000),
            description: random.percent(50).then_some(description),
        }
    }

    /// As `items::create` leaves it.
    fn row(&self, tx: &Tx<'_>, at: NaiveDateTime) -> Vec<bulk::Cell> {
        let Self { goods, barcode, category, item_type, brand: (brand, vendor), .. } = self;
        let Goods { id, sku, name, tracking, base_price, cost_price, is_active } = goods;
        let none: Option<String> = None;
        cells![
            sku.as_str(),
            fold(sku),
            name.as_str(),
            none,
            barcode.as_str(),
            *vendor,
            self.description.clone(),
            *category,
            *item_type,
            *brand,
            self.base_uom,
            self.base_uom,
            self.purchase_uom,
            tracking.as_str(),
            *base_price,
            *cost_price,
            self.compare_at_price,
            self.weight,
            true,
            true,
            true,
            true,
            true,
            *is_active,
            search_text([name, sku, barcode]),
            tx.actor().name(),
            at,
            at,
            *id,
        ]
    }
}

/// A barcode for use inside a shop, which begins with 2, and its check digit: the last one makes the digits, every second
/// one three times, a multiple of ten.
fn ean_13(id: i64) -> String {
    let digits = format!("20{:010}", id % 10_000_000_000);
    let weighted = |(at, digit): (usize, u8)| u32::from(digit - b'0') * if at % 2 == 0 { 1 } else { 3 };
    let sum = digits.bytes().enumerate().map(weighted).sum::<u32>();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn cents(cents: i64) -> Money {
    Money::from_ten_thousandths(cents * 100)
}

/// The categories at the bottom of the tree.
fn tree(tx: &mut Tx<'_>) -> Result<Vec<i64>> {
    let known = ids_by_code(categories::entries(tx)?);
    let mut below = Vec::new();
    for (at, (top, members)) in (1..).zip(CATEGORIES) {
        let code = format!("CAT-{at:02}");
        let id = category(tx, &known, &code, top, None)?;
        for (at, member) in (1..).zip(*members) {
            below.push(category(tx, &known, &format!("{code}-{at:02}"), member, Some(id))?);
        }
    }
    Ok(below)
}

fn category(
    tx: &mut Tx<'_>,
    known: &BTreeMap<String, i64>,
    code: &str,
    name: &str,
    parent: Option<i64>,
) -> Result<i64> {
    if let Some(id) = known.get(&fold(code)) {
        return Ok(*id);
    }
    let parent = parent.map(|id| Reference { field: "parent".to_owned(), by: By::Id(id) });
    Ok(categories::create(tx, &NewCategory { id: None, code: Some(text(code)?), name: text(name)?, parent })?.id)
}

fn list(tx: &mut Tx<'_>, list: List, wanted: &[(String, String)]) -> Result<Vec<i64>> {
    let known = ids_by_code(master::entries(tx, list)?);
    let entry = |(code, name): &(String, String)| {
        if let Some(id) = known.get(&fold(code)) {
            return Ok(*id);
        }
        let code: Code = text(code)?;
        master::create(tx, list, &NewEntry { code, name: text(name)? })
    };
    wanted.iter().map(entry).collect()
}

fn ids_by_code(entries: Vec<Entry>) -> BTreeMap<String, i64> {
    entries.into_iter().map(|entry| (fold(&entry.code), entry.id)).collect()
}

/// A text of this room's own words.
fn text<const MAX: usize>(words: &str) -> Result<Text<MAX>> {
    let parsed = Text::parse(words).ok().flatten();
    parsed.ok_or_else(|| Fault::Internal(format!("{words} is not a text")).into())
}
