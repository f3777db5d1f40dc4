//! A shop as its rules describe it, in memory: what every operation must answer and leave behind.
//!
//! Things are known by handles, the order in which they were made. The ids that the server gives are learned from its
//! answers, so that one story can be told to two servers.

mod act;
mod figure;
mod goods;
mod items;
mod orders;
mod purchases;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;

pub use act::{Act, Dialect, Named, Way};
pub use figure::Figure;
pub use goods::{Balance, Lot};
pub use items::{Changes, Field, Item, Tracking, Word};
pub use orders::{Line, Order};
pub use purchases::{Of, Purchase, Receipt};
pub use refusal::Refusal;

/// A mistake that the model makes on purpose, to show that it would be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Cancelling an order keeps its promises.
    CancelKeepsPromises,
    /// What comes back does not go into stock again.
    ReturnForgetsStock,
    /// A PUT takes away what only SimBiz knows.
    PutClearsAlternateName,
    /// An item that was written as it was counts as changed.
    SameMeansChanged,
    /// What is promised may leave by a transfer.
    TransferTakesPromised,
    /// A removed item's code stays taken.
    CodesStayTaken,
}

/// An entry of a list that items refer to.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub code: String,
    pub name: String,
}

/// The lists that never change here.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub places: Vec<Entry>,
    pub categories: Vec<Entry>,
    pub types: Vec<Entry>,
    pub brands: Vec<Entry>,
    pub uoms: Vec<Entry>,
    pub supplier: i64,
}

/// The shop.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub lists: Lists,
    /// By handle; removed ones stay, for what was sold of them.
    pub items: Vec<Item>,
    /// By item and place.
    pub balances: BTreeMap<(usize, usize), Balance>,
    pub orders: Vec<Order>,
    pub purchases: Vec<Purchase>,
    pub slip: Option<Slip>,
}

/// What an operation did, as far as it was not refused.
#[derive(Debug, Default)]
pub struct Done {
    /// What the answer must hold at these JSON pointers.
    pub said: Vec<(&'static str, serde_json::Value)>,
    /// Items that are another now, or new.
    pub changed: BTreeSet<usize>,
}

impl Model {
    /// Carries out an operation, or says how it is refused; then nothing has changed.
    ///
    /// # Errors
    /// The refusal.
    pub fn carry_out(&mut self, act: &Act) -> Result<Done, Refusal> {
        match act {
            Act::Create { words, .. } => self.create(words),
            Act::Write { item, way, changes } => self.write(*item, *way, changes),
            Act::Delete { item } => self.delete(*item),
            Act::Adjust { item, place, quantity, expected, named } => {
                self.adjust(*item, *place, *quantity, *expected, named)
            }
            Act::Transfer { item, from, to, quantity } => self.transfer(*item, *from, *to, *quantity),
            Act::Reorder { item, place, level } => self.reorder(*item, *place, *level),
            Act::Batch { item, place, number, expiry, quantity } => {
                self.batch(*item, *place, number, *expiry, *quantity)
            }
            Act::Serials { item, place, numbers } => self.serials(*item, *place, numbers),
            Act::Order { place, lines, backorder } => self.order(*place, lines, *backorder),
            Act::OrderStatus { order, to } => self.order_status(*order, to),
            Act::Fulfil { order, parts } => self.fulfil(*order, parts.as_deref()),
            Act::Return { order, parts } => self.take_back(*order, parts),
            Act::Purchase { place, lines } => self.purchase(*place, lines),
            Act::PurchaseStatus { purchase, to } => self.purchase_status(*purchase, to),
            Act::Receive { purchase, parts } => self.receive(*purchase, parts.as_deref()),
        }
    }

    /// The items that are there, by id.
    pub fn live(&self) -> Vec<usize> {
        let mut live = (0..self.items.len()).filter(|item| self.is_live(*item)).collect::<Vec<_>>();
        live.sort_by_key(|item| self.items[*item].id);
        live
    }

    /// Whether an item is there.
    pub fn is_live(&self, item: usize) -> bool {
        self.items.get(item).is_some_and(|item| !item.is_gone)
    }

    /// Where an item has a stock row.
    pub fn places_of(&self, item: usize) -> impl Iterator<Item = (usize, &Balance)> {
        self.balances.range((item, 0)..=(item, usize::MAX)).map(|((_, place), balance)| (*place, balance))
    }

    /// On hand everywhere.
    pub fn on_hand(&self, item: usize) -> Figure {
        self.places_of(item).map(|(_, balance)| balance.quantity).sum()
    }

    /// What stands in for an instant that is not learned yet.
    pub fn unlearned() -> NaiveDateTime {
        NaiveDateTime::MIN
    }

    /// Whether an open order is for an item.
    pub fn is_wanted(&self, item: usize) -> bool {
        let wants = |order: &Order| order.lines.iter().any(|line| line.item == item && line.is_open);
        self.orders.iter().any(|order| order.is_open() && wants(order))
    }

    /// All that several shops hold together: the parts of one server's story, each told by itself.
    pub fn merged(models: &[Self]) -> Self {
        let mut all = Self { lists: models[0].lists.clone(), ..Self::default() };
        for model in models {
            let Self { lists: _, items, balances, orders, purchases, slip: _ } = model.clone();
            let first = all.items.len();
            all.items.extend(items);
            all.balances.extend(balances.into_iter().map(|((item, place), balance)| ((item + first, place), balance)));
            all.orders.extend(orders.into_iter().map(|order| order.behind(first)));
            all.purchases.extend(purchases.into_iter().map(|purchase| purchase.behind(first)));
        }
        all
    }
}
