//! Operations by chance: most can be done as the shop stands, a good part cannot, and why is known.

use std::collections::BTreeSet;

use super::shop::{
    Act, Changes, Dialect, Field, Figure, Model, Named, Of, Order, Purchase, Receipt, Tracking, Way, Word,
};
use crate::support::Random;

/// Items that the shop is kept at, about.
const RANGE: usize = 80;
/// Last good days of batches; the first are over.
const DAYS: [Option<&str>; 5] = [Some("2020-02-29"), Some("2024-12-31"), Some("2098-01-01"), Some("2099-06-30"), None];

/// A source of operations.
pub struct Chance {
    pub random: Random,
    /// What the codes begin with: those of other sources on the same server begin otherwise.
    pub prefix: String,
    /// Units that were given a number.
    units: usize,
}

impl Chance {
    /// The source with this seed.
    pub fn new(random: Random, prefix: &str) -> Self {
        Self { random, prefix: prefix.to_owned(), units: 0 }
    }

    /// The next operation for this shop.
    pub fn next(&mut self, model: &Model) -> Act {
        let live = model.live();
        if live.len() < RANGE / 4 {
            return self.create(model);
        }
        let item = self.item(model, &live);
        match self.random.below(100) {
            0..8 if live.len() < RANGE => self.create(model),
            0..28 => self.write(model, item),
            28..31 => Act::Delete { item: self.unwanted(model, &live, item) },
            31..44 => self.adjust(model, item),
            44..52 => self.transfer(model, item),
            52..54 => Act::Reorder { item, place: self.place(model), level: self.level() },
            54..57 => self.batch(model, &live),
            57..60 => self.serials(model, &live),
            60..72 => self.order(model, &live),
            72..80 => self.fulfil(model),
            80..86 => {
                let order = self.open_order(model);
                let to: &[&'static str] =
                    &["cancelled", "cancelled", "paid", "fulfilling", "fulfilled", "shipped", "pending"];
                let to = *self.random.pick(to);
                Act::OrderStatus { order, to }
            }
            86..90 => self.take_back(model),
            90..93 => {
                let lines = self.lines(model, &live, 3);
                Act::Purchase { place: self.place(model), lines }
            }
            93..98 => self.receive(model, &live),
            _ => {
                let purchase = self.open_purchase(model);
                let to: &[&'static str] = &["ordered", "received", "cancelled", "draft", "partial"];
                let to = *self.random.pick(to);
                Act::PurchaseStatus { purchase, to }
            }
        }
    }

    /// An item that is there; sometimes one that was, or never was.
    fn item(&mut self, model: &Model, live: &[usize]) -> usize {
        if self.random.once_in(40) { self.random.below(model.items.len() + 1) } else { *self.random.pick(live) }
    }

    /// Mostly an item that no open document is for, or hardly any could go.
    fn unwanted(&mut self, model: &Model, live: &[usize], other: usize) -> usize {
        let orders = model.orders.iter().flat_map(|order| &order.lines);
        let lines = orders.chain(model.purchases.iter().flat_map(|purchase| &purchase.lines));
        let wanted = lines.filter(|line| line.is_open).map(|line| line.item).collect::<BTreeSet<_>>();
        let free = live.iter().copied().filter(|item| !wanted.contains(item)).collect::<Vec<_>>();
        if free.is_empty() || self.random.once_in(4) { other } else { *self.random.pick(&free) }
    }

    fn place(&mut self, model: &Model) -> usize {
        let places = model.lists.places.len();
        if self.random.once_in(60) { places } else { self.random.below(places) }
    }

    fn quantity(&mut self, item: usize, model: &Model) -> Figure {
        let is_serial = model.items.get(item).is_some_and(|item| item.tracking() == Tracking::Serial);
        let whole = Figure::whole(1 + self.random.below(if is_serial { 3 } else { 8 }));
        match self.random.below(if is_serial { 80 } else { 20 }) {
            0 => Figure::ZERO,
            1 => whole + Figure::of(2_500),
            2 => Figure::of(1),
            3 if !is_serial => Figure::whole(1_000),
            _ => whole,
        }
    }

    fn level(&mut self) -> Figure {
        if self.random.once_in(20) { -Figure::whole(1) } else { Figure::whole(self.random.below(15)) }
    }

    fn create(&mut self, model: &Model) -> Act {
        let through = *self.random.pick(&[Dialect::Iom, Dialect::SimBiz]);
        let mut words = Changes::new();
        for field in Field::of(through) {
            let is_needed =
                matches!(field, Field::Sku | Field::Name) || field == Field::BasePrice && through == Dialect::Iom;
            if is_needed && !self.random.once_in(60) || self.random.once_in(3) {
                words.insert(field, self.word(model, field));
            }
        }
        // What IOM wants of a new product and the shop itself does not.
        if through == Dialect::Iom && words.get(&Field::BasePrice).is_none_or(Option::is_none) {
            words.insert(Field::BasePrice, Some(Word::Price(Figure::whole(7))));
        }
        Act::Create { through, words: one_clash(model, None, words) }
    }

    fn write(&mut self, model: &Model, item: usize) -> Act {
        let ways = [Way::Patch(Dialect::Iom), Way::Patch(Dialect::SimBiz), Way::Patch(Dialect::SimBiz), Way::Put];
        let way = *self.random.pick(&ways);
        let dialect = if way == Way::Patch(Dialect::SimBiz) { Dialect::SimBiz } else { Dialect::Iom };
        let as_it_is = self.random.once_in(4);
        let mut changes = Changes::new();
        for field in Field::of(dialect) {
            let is_needed = way == Way::Put && matches!(field, Field::Sku | Field::Name | Field::BasePrice);
            if !(is_needed && !self.random.once_in(60) || self.random.once_in(if as_it_is { 2 } else { 5 })) {
                continue;
            }
            let known = model.items.get(item).and_then(|item| item.words.get(&field));
            let word = match known {
                // Codes are kept more often than not, or there would be no end of clashes.
                Some(known) if as_it_is || field == Field::Sku && !self.random.once_in(4) => Some(known.clone()),
                _ => self.word(model, field),
            };
            changes.insert(field, word);
        }
        // Units that left under one tracking do not come back under another.
        let is_set = model.items.get(item).is_none_or(|item| item.was_shipped);
        if is_set && let Some(Some(Word::Tracking(_))) = changes.get(&Field::Tracking) {
            changes.remove(&Field::Tracking);
        }
        Act::Write { item, way, changes: one_clash(model, Some(item), changes) }
    }

    /// A value for a field; now and then none, or one that cannot be.
    fn word(&mut self, model: &Model, field: Field) -> Option<Word> {
        if self.random.once_in(150) {
            return Some(Word::Bad);
        }
        let needs = matches!(field, Field::Sku | Field::Name | Field::Tracking) || field.is_flag();
        if self.random.once_in(if needs { 100 } else { 6 }) {
            return None;
        }
        let number = self.random.below(150);
        let prefix = &self.prefix;
        Some(match field {
            Field::Sku => Word::Text(match number {
                // Some are another item's barcode, and some must be written with care in a path.
                0..15 => format!("{prefix}93{number}"),
                15..20 => format!("{prefix}É/{number} %&"),
                20..40 => format!("{prefix}sku-{number}"),
                _ => format!("{prefix}SKU-{number}"),
            }),
            Field::Barcode => Word::Text(format!("{prefix}93{}", self.random.below(120))),
            Field::Name => Word::Text(format!("{} Anvil No. {number}", self.random.pick(&["Great", "Small", "Ölig"]))),
            Field::AlternateName | Field::Vendor => Word::Text(format!("Acme {number}")),
            Field::Description => Word::Text(format!("Falls \"well\", {number} times\nout of ten")),
            Field::BasePrice | Field::CostPrice | Field::CompareAtPrice => {
                let parts = if self.random.once_in(3) { 1 } else { 100 };
                Word::Price(Figure::of(i64::try_from(self.random.below(3_000) * parts).expect("a small number")))
            }
            Field::Weight => Word::Weight(i64::try_from(self.random.below(5_000)).expect("a small number")),
            Field::Tracking => {
                Word::Tracking(*self.random.pick(&[Tracking::None, Tracking::None, Tracking::Batch, Tracking::Serial]))
            }
            flag if flag.is_flag() => Word::Flag(!self.random.once_in(3)),
            reference => {
                let entries = reference.list(&model.lists).map_or(0, <[_]>::len);
                Word::Entry(if self.random.once_in(60) { entries } else { self.random.below(entries) })
            }
        })
    }

    fn adjust(&mut self, model: &Model, item: usize) -> Act {
        let place = self.place(model);
        let size = self.quantity(item, model);
        let is_serial = model.items.get(item).is_some_and(|item| item.tracking() == Tracking::Serial);
        let quantity = match self.random.below(6) {
            0 | 1 => -size,
            // A delivery that nobody wrote an order for.
            2 | 3 if !is_serial => size + Figure::whole(20),
            _ => size,
        };
        let on_hand = model.balances.get(&(item, place)).map(|balance| balance.quantity).unwrap_or_default();
        let wrong = on_hand + Figure::whole(1);
        let expected = self.random.once_in(6).then(|| if self.random.once_in(3) { wrong } else { on_hand });
        let known = model.items.get(item);
        let named = match known.map(super::shop::Item::tracking) {
            Some(Tracking::Serial) if quantity > Figure::ZERO && !self.random.once_in(8) => {
                Named::Serials(self.numbers(quantity))
            }
            Some(Tracking::Batch) if self.random.once_in(3) => {
                let lots = known.into_iter().flat_map(|item| item.lots.iter().enumerate());
                let lots = lots.filter(|(_, lot)| lot.id.is_some()).map(|(at, _)| at).collect::<Vec<_>>();
                if lots.is_empty() { Named::Nothing } else { Named::Lot(*self.random.pick(&lots)) }
            }
            Some(Tracking::None) if self.random.once_in(30) => Named::Serials(self.numbers(Figure::whole(1))),
            _ => Named::Nothing,
        };
        Act::Adjust { item, place, quantity, expected, named }
    }

    fn transfer(&mut self, model: &Model, item: usize) -> Act {
        let free = model.places_of(item).map(|(place, row)| (place, row.quantity - row.reserved));
        let free = free.filter(|(_, free)| *free > Figure::ZERO).collect::<Vec<_>>();
        let quantity = self.quantity(item, model);
        if free.is_empty() || self.random.once_in(6) {
            return Act::Transfer { item, from: self.place(model), to: self.place(model), quantity };
        }
        let (from, most) = *self.random.pick(&free);
        let to = if self.random.once_in(12) { self.place(model) } else { (from + 1) % model.lists.places.len() };
        let quantity = if self.random.once_in(12) { quantity } else { quantity.min(most) };
        Act::Transfer { item, from, to, quantity }
    }

    fn numbers(&mut self, quantity: Figure) -> Vec<String> {
        let units = quantity.units().unwrap_or(1);
        let first = self.units;
        self.units += units;
        (first..self.units).map(|number| format!("{}SN-{number}", self.prefix)).collect()
    }

    fn tracked(&mut self, model: &Model, live: &[usize], tracking: Tracking) -> usize {
        let tracked = live.iter().copied().filter(|item| model.items[*item].tracking() == tracking).collect::<Vec<_>>();
        if tracked.is_empty() || self.random.once_in(20) { self.item(model, live) } else { *self.random.pick(&tracked) }
    }

    fn batch(&mut self, model: &Model, live: &[usize]) -> Act {
        let (item, place) = (self.tracked(model, live, Tracking::Batch), self.place(model));
        let (number, expiry) = (format!("LOT-{}", self.random.below(60)), *self.random.pick(&DAYS));
        Act::Batch { item, place, number, expiry, quantity: Figure::whole(self.random.below(9)) }
    }

    fn serials(&mut self, model: &Model, live: &[usize]) -> Act {
        let (item, place) = (self.tracked(model, live, Tracking::Serial), self.place(model));
        let count = self.random.below(6);
        let mut numbers = self.numbers(Figure::whole(count));
        let known = model.items.get(item).and_then(|item| item.serials.first().cloned());
        if let Some(known) = known.filter(|_| self.random.once_in(6)) {
            numbers.extend(["ZZ-1".to_owned(), known]);
        }
        Act::Serials { item, place, numbers }
    }

    fn lines(&mut self, model: &Model, live: &[usize], most: usize) -> Vec<(usize, Figure, Option<Figure>)> {
        let count = if self.random.once_in(60) { 0 } else { 1 + self.random.below(most) };
        let line = |_| {
            let item = self.item(model, live);
            let price =
                self.random.once_in(3).then(|| Figure::of(i64::try_from(self.random.below(90_000)).expect("small")));
            (item, self.quantity(item, model), price)
        };
        (0..count).map(line).collect()
    }

    fn order(&mut self, model: &Model, live: &[usize]) -> Act {
        // Mostly of what is there.
        let place = self.random.below(model.lists.places.len());
        let there = |item: &usize| {
            let balance = model.balances.get(&(*item, place));
            balance.is_some_and(|balance| balance.quantity - balance.reserved > Figure::whole(3))
        };
        let stocked = live.iter().copied().filter(there).collect::<Vec<_>>();
        let from = if stocked.is_empty() || self.random.once_in(5) { live } else { &stocked };
        let mut lines = self.lines(model, from, 3);
        if !self.random.once_in(4) {
            let few = |quantity: Figure| if quantity > Figure::whole(3) { Figure::whole(2) } else { quantity };
            for line in &mut lines {
                line.1 = few(line.1);
            }
        }
        let place = if place == 0 && self.random.once_in(2) { None } else { Some(place) };
        Act::Order { place, lines, backorder: self.random.once_in(12) }
    }

    fn open_order(&mut self, model: &Model) -> usize {
        self.document(&model.orders, Order::is_open)
    }

    fn open_purchase(&mut self, model: &Model) -> usize {
        self.document(&model.purchases, Purchase::is_open)
    }

    /// A document that is meant; sometimes any, or none.
    fn document<T>(&mut self, all: &[T], is_meant: impl Fn(&T) -> bool) -> usize {
        let meant = (0..all.len()).filter(|at| is_meant(&all[*at])).collect::<Vec<_>>();
        if meant.is_empty() || self.random.once_in(8) {
            self.random.below(all.len() + 1)
        } else {
            *self.random.pick(&meant)
        }
    }

    /// As much as is left of a line; sometimes less, or more.
    fn part(&mut self, left: Figure) -> Figure {
        match self.random.below(12) {
            0 => left + Figure::whole(1),
            1..5 if left > Figure::whole(1) => Figure::whole(1),
            _ => left.max(Figure::of(1)),
        }
    }

    fn fulfil(&mut self, model: &Model) -> Act {
        let order = self.open_order(model);
        let lines = model.orders.get(order).map(|order| order.lines.as_slice()).unwrap_or_default();
        if self.random.once_in(2) {
            return Act::Fulfil { order, parts: None };
        }
        let mut parts = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if self.random.once_in(2) {
                parts.push((at, self.part(line.outstanding())));
            }
        }
        if self.random.once_in(40) {
            parts.push((lines.len(), Figure::whole(1)));
        }
        Act::Fulfil { order, parts: Some(parts) }
    }

    fn take_back(&mut self, model: &Model) -> Act {
        let order =
            self.document(&model.orders, |order| order.lines.iter().any(|line| line.returnable() > Figure::ZERO));
        let lines = model.orders.get(order).map(|order| order.lines.as_slice()).unwrap_or_default();
        let mut parts = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if line.returnable() > Figure::ZERO || self.random.once_in(10) {
                parts.push((at, self.part(line.returnable()), !self.random.once_in(4)));
            }
        }
        Act::Return { order, parts }
    }

    fn receive(&mut self, model: &Model, live: &[usize]) -> Act {
        let purchase = self.open_purchase(model);
        let lines = model.purchases.get(purchase).map(|purchase| purchase.lines.as_slice()).unwrap_or_default();
        if lines.is_empty() || self.random.once_in(3) {
            return Act::Receive { purchase, parts: None };
        }
        let mut parts: Vec<Receipt> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let is_named = lines[..at].iter().any(|other| other.item == line.item);
            if is_named || !(line.is_open || self.random.once_in(10)) {
                continue;
            }
            let of = if self.random.once_in(3) { Of::Item(line.item) } else { Of::Line(at) };
            let quantity = self.part(line.outstanding());
            let (lot, serials) = match model.items[line.item].tracking() {
                Tracking::Batch if !self.random.once_in(3) => {
                    (Some((format!("LOT-{}", self.random.below(12)), *self.random.pick(&DAYS))), Vec::new())
                }
                Tracking::Serial if !self.random.once_in(10) => (None, self.numbers(quantity)),
                _ => (None, Vec::new()),
            };
            parts.push(Receipt { of, quantity, lot, serials });
        }
        if self.random.once_in(30) {
            let of = Of::Item(self.item(model, live));
            parts.push(Receipt { of, quantity: Figure::whole(1), lot: None, serials: Vec::new() });
        }
        Act::Receive { purchase, parts: Some(parts) }
    }
}

/// Where code and barcode are both another's, which of them is told is the database's affair: one is left.
fn one_clash(model: &Model, own: Option<usize>, mut changes: Changes) -> Changes {
    let text = |field: Field| match changes.get(&field) {
        Some(Some(Word::Text(text))) => Some(text.clone()),
        _ => None,
    };
    let is_other = |owner: Option<usize>| owner.is_some() && owner != own;
    let code = text(Field::Sku).is_some_and(|code| is_other(model.by_code(&code)));
    let barcode = text(Field::Barcode);
    let barcode = barcode.is_some_and(|barcode| is_other(model.by_barcode(&barcode)));
    if code && barcode {
        changes.remove(&Field::Barcode);
    }
    changes
}
