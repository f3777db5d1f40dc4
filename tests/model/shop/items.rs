//! Items: what is known of them, and the rules of writing it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde_json::json;

use super::{Dialect, Done, Entry, Figure, Lists, Lot, Model, Refusal, Slip, Way};

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Sku,
    Name,
    AlternateName,
    Barcode,
    Vendor,
    Description,
    Category,
    Type,
    Brand,
    BaseUom,
    SalesUom,
    PurchaseUom,
    Tracking,
    BasePrice,
    CostPrice,
    CompareAtPrice,
    Weight,
    Taxable,
    RequiresShipping,
    IsStock,
    IsSold,
    IsPurchase,
    IsActive,
}

/// How stock of an item is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tracking {
    None,
    Batch,
    Serial,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Text(String),
    Price(Figure),
    /// Whole grams.
    Weight(i64),
    Flag(bool),
    /// An entry of the field's list, by its place there; beyond its end: none.
    Entry(usize),
    Tracking(Tracking),
    /// What the field cannot be.
    Bad,
}

/// What is said of an item; `None` takes a value away.
pub type Changes = BTreeMap<Field, Option<Word>>;

/// An item.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: i64,
    pub words: BTreeMap<Field, Word>,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub is_gone: bool,
    pub lots: Vec<Lot>,
    /// The numbers of all units that ever were.
    pub serials: BTreeSet<String>,
    /// Whether goods ever left for an order.
    pub was_shipped: bool,
}

impl Field {
    /// Those that IOM knows, with its words for them.
    pub const IOM: [(Self, &'static str); 14] = [
        (Self::Sku, "sku"),
        (Self::Name, "name"),
        (Self::BasePrice, "base_price"),
        (Self::CostPrice, "cost_price"),
        (Self::CompareAtPrice, "compare_at_price"),
        (Self::Category, "category_id"),
        (Self::Barcode, "barcode"),
        (Self::Vendor, "vendor"),
        (Self::Tracking, "tracking_type"),
        (Self::Weight, "weight"),
        (Self::Description, "description"),
        (Self::Taxable, "taxable"),
        (Self::RequiresShipping, "requires_shipping"),
        (Self::IsActive, "is_active"),
    ];
    /// Those that SimBiz knows, with the part of the body and its words for them.
    pub const SIMBIZ: [(Self, &'static str, &'static str); 16] = [
        (Self::Sku, "header", "item_code"),
        (Self::Name, "header", "item_name"),
        (Self::AlternateName, "header", "item_alternatename"),
        (Self::Barcode, "header", "item_barcode"),
        (Self::Category, "header", "category"),
        (Self::Type, "header", "type"),
        (Self::Brand, "header", "brand"),
        (Self::IsActive, "header", "isactive"),
        (Self::BaseUom, "line", "baseuom"),
        (Self::SalesUom, "line", "salesuom"),
        (Self::PurchaseUom, "line", "purchaseuom"),
        (Self::BasePrice, "line", "sell_price"),
        (Self::CostPrice, "line", "purchase_price"),
        (Self::IsStock, "line", "isstock"),
        (Self::IsSold, "line", "issold"),
        (Self::IsPurchase, "line", "ispurchase"),
    ];
    const FLAGS: [Self; 6] =
        [Self::Taxable, Self::RequiresShipping, Self::IsStock, Self::IsSold, Self::IsPurchase, Self::IsActive];

    /// The fields that a dialect can write.
    pub fn of(dialect: Dialect) -> Vec<Self> {
        match dialect {
            Dialect::Iom => Self::IOM.map(|(field, _)| field).to_vec(),
            Dialect::SimBiz => Self::SIMBIZ.map(|(field, ..)| field).to_vec(),
        }
    }

    /// Whether it is one of the six flags.
    pub fn is_flag(self) -> bool {
        Self::FLAGS.contains(&self)
    }

    /// The list that the field refers to.
    pub fn list(self, lists: &Lists) -> Option<&[Entry]> {
        match self {
            Self::Category => Some(&lists.categories),
            Self::Type => Some(&lists.types),
            Self::Brand => Some(&lists.brands),
            Self::BaseUom | Self::SalesUom | Self::PurchaseUom => Some(&lists.uoms),
            _ => None,
        }
    }
}

impl Item {
    /// A text, "" where there is none.
    pub fn text(&self, field: Field) -> &str {
        if let Some(Word::Text(text)) = self.words.get(&field) { text } else { "" }
    }

    /// A price.
    pub fn price(&self, field: Field) -> Option<Figure> {
        if let Some(Word::Price(price)) = self.words.get(&field) { Some(*price) } else { None }
    }

    /// A flag.
    pub fn is(&self, field: Field) -> bool {
        self.words.get(&field) == Some(&Word::Flag(true))
    }

    /// How its stock is told apart.
    pub fn tracking(&self) -> Tracking {
        if let Some(Word::Tracking(tracking)) = self.words.get(&Field::Tracking) { *tracking } else { Tracking::None }
    }

    /// The entry that it refers to.
    pub fn entry<'l>(&self, field: Field, lists: &'l Lists) -> Option<&'l Entry> {
        let Some(Word::Entry(at)) = self.words.get(&field) else { return None };
        field.list(lists)?.get(*at)
    }
}

impl Model {
    /// The item with a code, in any case.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        let key = fold(code);
        self.taken(|item| fold(item.text(Field::Sku)) == key)
    }

    /// The item with a barcode, or else with that code.
    pub fn by_barcode(&self, barcode: &str) -> Option<usize> {
        let owner = self.taken(|item| item.text(Field::Barcode) == barcode);
        owner.or_else(|| self.by_code(barcode))
    }

    fn taken(&self, is_it: impl Fn(&Item) -> bool) -> Option<usize> {
        self.items.iter().position(|item| !item.is_gone && is_it(item))
    }

    pub(super) fn create(&mut self, words: &Changes) -> Result<Done, Refusal> {
        for required in [Field::Sku, Field::Name] {
            if words.get(&required).is_none_or(Option::is_none) {
                return Err(Refusal::Wrong);
            }
        }
        let mut item = Item {
            id: 0,
            words: BTreeMap::from([
                (Field::Tracking, Word::Tracking(Tracking::None)),
                (Field::BasePrice, Word::Price(Figure::ZERO)),
            ]),
            created_at: Self::unlearned(),
            updated_at: Self::unlearned(),
            is_gone: false,
            lots: Vec::new(),
            serials: BTreeSet::new(),
            was_shipped: false,
        };
        item.words.extend(Field::FLAGS.map(|flag| (flag, Word::Flag(true))));
        let given = words.iter().filter(|(field, word)| !(field.is_flag() && word.is_none()));
        let given = given.map(|(field, word)| (*field, word.clone())).collect();
        self.judge(&given)?;
        apply(&mut item.words, &given);
        self.is_free(None, &item)?;
        self.items.push(item);
        Ok(Done { said: Vec::new(), changed: BTreeSet::from([self.items.len() - 1]) })
    }

    pub(super) fn write(&mut self, at: usize, way: Way, changes: &Changes) -> Result<Done, Refusal> {
        let changes = match way {
            Way::Put => self.in_place(changes)?,
            Way::Patch(dialect) => {
                let must_stay = |field: &Field| match dialect {
                    Dialect::Iom => matches!(field, Field::Sku | Field::Name | Field::BasePrice | Field::Tracking),
                    Dialect::SimBiz => matches!(field, Field::Sku | Field::Name),
                };
                let clears =
                    |(field, word): (&Field, &Option<Word>)| word.is_none() && (must_stay(field) || field.is_flag());
                if changes.iter().any(clears) {
                    return Err(Refusal::Wrong);
                }
                changes.clone()
            }
        };
        if changes.values().any(|word| *word == Some(Word::Bad)) {
            return Err(Refusal::Wrong);
        }
        if !self.is_live(at) {
            return Err(Refusal::NotFound);
        }
        self.judge(&changes)?;
        let mut after = self.items[at].clone();
        apply(&mut after.words, &changes);
        let said = if way == Way::Patch(Dialect::SimBiz) { Vec::new() } else { updated() };
        if after.words == self.items[at].words {
            let slips = self.slip == Some(Slip::SameMeansChanged);
            return Ok(Done { said, changed: slips.then_some(at).into_iter().collect() });
        }
        let other = after.tracking() != self.items[at].tracking();
        if other && (self.on_hand(at) != Figure::ZERO || self.is_wanted(at)) {
            return Err(Refusal::TrackingInUse);
        }
        self.is_free(Some(at), &after)?;
        self.items[at] = after;
        Ok(Done { said, changed: BTreeSet::from([at]) })
    }

    pub(super) fn delete(&mut self, at: usize) -> Result<Done, Refusal> {
        if !self.is_live(at) {
            return Err(Refusal::NotFound);
        }
        if self.is_wanted(at) || self.is_expected(at) {
            return Err(Refusal::InUse);
        }
        self.items[at].is_gone = true;
        self.balances.retain(|(item, _), _| *item != at);
        Ok(Done { said: vec![("/message", json!("Product deleted"))], ..Done::default() })
    }

    /// A whole item in place of another: what is left out of a PUT goes back to its default, but for the tracking and
    /// what IOM has no word for.
    fn in_place(&self, changes: &Changes) -> Result<Changes, Refusal> {
        for required in [Field::Sku, Field::Name, Field::BasePrice] {
            if changes.get(&required).is_none_or(Option::is_none) {
                return Err(Refusal::Wrong);
            }
        }
        let mut all = Changes::new();
        for (field, _) in Field::IOM {
            let given = changes.get(&field).cloned().flatten();
            match (field, given) {
                (_, Some(word)) => all.insert(field, Some(word)),
                (Field::Tracking, None) => continue,
                (flag, None) if flag.is_flag() => all.insert(field, Some(Word::Flag(true))),
                (_, None) => all.insert(field, None),
            };
        }
        if self.slip == Some(Slip::PutClearsAlternateName) {
            all.insert(Field::AlternateName, None);
        }
        Ok(all)
    }

    fn judge(&self, changes: &Changes) -> Result<(), Refusal> {
        if changes.values().any(|word| *word == Some(Word::Bad)) {
            return Err(Refusal::Wrong);
        }
        let refers_to_nothing = |(field, word): (&Field, &Option<Word>)| {
            let Some(Word::Entry(at)) = word else { return false };
            field.list(&self.lists).is_none_or(|list| *at >= list.len())
        };
        if changes.iter().any(refers_to_nothing) { Err(Refusal::UnknownReference) } else { Ok(()) }
    }

    fn is_free(&self, own: Option<usize>, item: &Item) -> Result<(), Refusal> {
        let slips = self.slip == Some(Slip::CodesStayTaken);
        let others = || self.items.iter().enumerate().filter(move |(at, _)| Some(*at) != own).map(|(_, item)| item);
        let sku = fold(item.text(Field::Sku));
        if others().any(|other| (slips || !other.is_gone) && fold(other.text(Field::Sku)) == sku) {
            return Err(Refusal::CodeTaken);
        }
        let barcode = item.text(Field::Barcode);
        if !barcode.is_empty() && others().any(|other| !other.is_gone && other.text(Field::Barcode) == barcode) {
            return Err(Refusal::BarcodeTaken);
        }
        Ok(())
    }
}

fn updated() -> Vec<(&'static str, serde_json::Value)> {
    vec![("/message", json!("Product updated"))]
}

fn apply(words: &mut BTreeMap<Field, Word>, changes: &Changes) {
    for (field, word) in changes {
        match (field, word) {
            (field, Some(word)) => words.insert(*field, word.clone()),
            // There is always a price to sell at.
            (Field::BasePrice, None) => words.insert(*field, Word::Price(Figure::ZERO)),
            (field, None) => words.remove(field),
        };
    }
}

/// Codes are the same in any case.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
