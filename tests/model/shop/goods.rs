//! Stock: what lies where, what is promised, which batches it is of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde_json::json;

use super::{Done, Figure, Model, Named, Refusal, Slip, Tracking};

/// Batches that expire before this day are no good any more, whenever the test runs.
pub const GOOD_FROM: &str = "2025-01-01";
/// The batch of what came without one.
pub const UNASSIGNED: &str = "UNASSIGNED";

/// What lies of an item in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub quantity: Figure,
    pub reserved: Figure,
    pub reorder_level: Figure,
    pub updated_at: NaiveDateTime,
}

/// A batch.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Known where it was made by itself.
    pub id: Option<i64>,
    pub number: String,
    pub expiry: Option<&'static str>,
    /// By place; nothing where nothing lies.
    pub lies: BTreeMap<usize, Figure>,
}

/// One change of what lies in one place.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) item: usize,
    pub(super) place: usize,
    /// What comes or goes.
    pub(super) quantity: Figure,
    /// What is promised from now on, or no longer.
    pub(super) promised: Figure,
    /// Whether promises bind it.
    pub(super) is_bound: bool,
    pub(super) pick: Pick,
}

/// Which batch a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// The one that goes first; the unassigned one for what comes.
    First,
    /// As [`Pick::First`], of those that customers may have.
    Good,
    /// This one.
    Lot(usize),
    /// Those that the change before took.
    Carried,
}

/// Parts of a change: item, batch, quantity.
pub(super) type Shares = Vec<(usize, Option<usize>, Figure)>;

impl Move {
    pub(super) fn of(item: usize, place: usize, quantity: Figure) -> Self {
        Self { item, place, quantity, promised: Figure::ZERO, is_bound: false, pick: Pick::First }
    }

    pub(super) fn promise(item: usize, place: usize, promised: Figure, is_bound: bool) -> Self {
        Self { promised, is_bound, ..Self::of(item, place, Figure::ZERO) }
    }
}

impl Model {
    /// Carries out all changes or none. Returns what left or came, batch by batch.
    pub(super) fn book(&mut self, mut moves: Vec<Move>) -> Result<Shares, Refusal> {
        moves.sort_by_key(|change| (change.item, change.place));
        self.suffices(&moves)?;
        let mut lots = BTreeMap::new();
        for item in moves.iter().map(|change| change.item) {
            lots.entry(item).or_insert_with(|| self.items[item].lots.clone());
        }
        let shares = self.divide(&moves, &mut lots)?;
        for (item, lots) in lots {
            self.items[item].lots = lots;
        }
        for Move { item, place, quantity, promised, .. } in &moves {
            let balance = self.balance(*item, *place);
            balance.quantity = balance.quantity + *quantity;
            balance.reserved = balance.reserved + *promised;
        }
        Ok(shares)
    }

    /// All demand on a place at once against what is there.
    fn suffices(&self, moves: &[Move]) -> Result<(), Refusal> {
        let mut demand: BTreeMap<(usize, usize), (Figure, Figure, bool)> = BTreeMap::new();
        for Move { item, place, quantity, promised, is_bound, .. } in moves {
            let sum = demand.entry((*item, *place)).or_insert((Figure::ZERO, Figure::ZERO, *is_bound));
            (sum.0, sum.1) = (sum.0 + *quantity, sum.1 + *promised);
        }
        let mut shortages = Vec::new();
        for (key, (change, promised, is_bound)) in demand {
            let (quantity, reserved) = self
                .balances
                .get(&key)
                .map_or((Figure::ZERO, Figure::ZERO), |balance| (balance.quantity, balance.reserved));
            let after = quantity + change;
            let takes = change < Figure::ZERO || promised > Figure::ZERO;
            if after < Figure::ZERO || is_bound && takes && after < reserved + promised {
                let free = if is_bound { quantity - reserved } else { quantity };
                let asked = if promised > Figure::ZERO { promised } else { -change };
                let code = self.items[key.0].text(super::Field::Sku).to_owned();
                shortages.push((code, asked, free.max(Figure::ZERO)));
            }
        }
        if shortages.is_empty() { Ok(()) } else { Err(Refusal::Short(shortages)) }
    }

    /// Divides changes among batches. What goes by name goes first, and what is carried comes last.
    fn divide(&self, moves: &[Move], lots: &mut BTreeMap<usize, Vec<Lot>>) -> Result<Shares, Refusal> {
        let mut shares = vec![Shares::new(); moves.len()];
        let mut turns =
            moves.iter().enumerate().filter(|(_, change)| change.quantity != Figure::ZERO).collect::<Vec<_>>();
        turns.sort_by_key(|(_, change)| match change.pick {
            Pick::Lot(_) => 0,
            Pick::First | Pick::Good => 1,
            Pick::Carried => 2,
        });
        let mut carried: BTreeMap<usize, Shares> = BTreeMap::new();
        for (at, change) in turns {
            let Move { item, quantity, .. } = *change;
            let tracking = self.items[item].tracking();
            if tracking == Tracking::Serial && quantity.units().is_none() {
                return Err(Refusal::Wrong);
            }
            let taken = match (tracking, change.pick) {
                (Tracking::Batch, Pick::Carried) => carried.remove(&item).unwrap_or_default(),
                (Tracking::Batch, _) => self.of_lots(change, lots.get_mut(&item).expect("the item's batches"))?,
                (Tracking::None | Tracking::Serial, _) => vec![(item, None, quantity)],
            };
            if change.pick == Pick::Carried {
                for (_, lot, part) in taken.iter().filter_map(|(item, lot, part)| Some((item, (*lot)?, part))) {
                    lay(&mut lots.get_mut(&item).expect("the item's batches")[lot], change.place, *part);
                }
            } else {
                carried.insert(item, taken.iter().map(|(item, lot, part)| (*item, *lot, -*part)).collect());
            }
            shares[at] = taken;
        }
        Ok(shares.concat())
    }

    fn of_lots(&self, change: &Move, lots: &mut Vec<Lot>) -> Result<Shares, Refusal> {
        let Move { item, place, quantity, pick, .. } = *change;
        let short =
            |there| Err(Refusal::Short(vec![(self.items[item].text(super::Field::Sku).to_owned(), -quantity, there)]));
        let lot = match pick {
            Pick::Lot(lot) => lot,
            _ if quantity > Figure::ZERO => unassigned(lots),
            _ => {
                let is_good = |lot: &Lot| pick != Pick::Good || lot.expiry.is_none_or(|day| day >= GOOD_FROM);
                let mut order = (0..lots.len()).collect::<Vec<_>>();
                order.sort_by_key(|at| {
                    (lots[*at].number == UNASSIGNED, lots[*at].expiry.is_none(), lots[*at].expiry, *at)
                });
                let (mut left, mut shares) = (-quantity, Shares::new());
                for at in order {
                    let there = lots[at].lies.get(&place).copied().unwrap_or_default();
                    let part = left.min(there);
                    if is_good(&lots[at]) && part > Figure::ZERO {
                        lay(&mut lots[at], place, -part);
                        left = left - part;
                        shares.push((item, Some(at), -part));
                    }
                }
                return if left == Figure::ZERO { Ok(shares) } else { short(-quantity - left) };
            }
        };
        let there = lots[lot].lies.get(&place).copied().unwrap_or_default();
        if there + quantity < Figure::ZERO {
            return short(there);
        }
        lay(&mut lots[lot], place, quantity);
        Ok(vec![(item, Some(lot), quantity)])
    }

    fn balance(&mut self, item: usize, place: usize) -> &mut Balance {
        let (quantity, reserved, reorder_level) = (Figure::ZERO, Figure::ZERO, Figure::ZERO);
        let updated_at = Self::unlearned();
        self.balances.entry((item, place)).or_insert(Balance { quantity, reserved, reorder_level, updated_at })
    }

    pub(super) fn known(&self, item: usize, places: &[usize]) -> Result<(), Refusal> {
        let is_there = self.is_live(item) && places.iter().all(|place| *place < self.lists.places.len());
        if is_there { Ok(()) } else { Err(Refusal::UnknownReference) }
    }

    pub(super) fn adjust(
        &mut self,
        item: usize,
        place: usize,
        quantity: Figure,
        expected: Option<Figure>,
        named: &Named,
    ) -> Result<Done, Refusal> {
        if quantity == Figure::ZERO {
            return Err(Refusal::Wrong);
        }
        self.known(item, &[place])?;
        let tracking = self.items[item].tracking();
        let mut change = Move::of(item, place, quantity);
        match (named, tracking) {
            (Named::Nothing, _) | (Named::Serials(_), Tracking::Serial) => {}
            (Named::Lot(lot), Tracking::Batch) => change.pick = Pick::Lot(*lot),
            (Named::Lot(_) | Named::Serials(_), _) => return Err(Refusal::Wrong),
        }
        let current = self.balances.get(&(item, place)).map(|balance| balance.quantity).unwrap_or_default();
        if expected.is_some_and(|expected| expected != current) {
            return Err(Refusal::Unexpected(current));
        }
        if tracking == Tracking::Serial {
            self.suffices(std::slice::from_ref(&change))?;
            let numbers = if let Named::Serials(numbers) = named { numbers.as_slice() } else { &[] };
            // Units that go are picked where none is named; those that come must have names, and new ones here.
            let fits = match quantity.units() {
                Some(_) if quantity < Figure::ZERO => numbers.is_empty(),
                Some(units) => units == numbers.len() && self.are_new(item, numbers),
                None => false,
            };
            if !fits {
                return Err(Refusal::Wrong);
            }
            self.items[item].serials.extend(numbers.iter().cloned());
        }
        self.book(vec![change])?;
        let said = vec![("/message", json!("Inventory adjusted")), ("/new_quantity", (current + quantity).number())];
        Ok(Done { said, ..Done::default() })
    }

    pub(super) fn transfer(&mut self, item: usize, from: usize, to: usize, quantity: Figure) -> Result<Done, Refusal> {
        if from == to || quantity <= Figure::ZERO {
            return Err(Refusal::Wrong);
        }
        self.known(item, &[from, to])?;
        let is_bound = self.slip != Some(Slip::TransferTakesPromised);
        let goes = Move { is_bound, ..Move::of(item, from, -quantity) };
        let comes = Move { pick: Pick::Carried, ..Move::of(item, to, quantity) };
        self.book(vec![goes, comes])?;
        let said = vec![("/message", json!("Transfer complete")), ("/quantity", quantity.number())];
        Ok(Done { said, ..Done::default() })
    }

    pub(super) fn reorder(&mut self, item: usize, place: usize, level: Figure) -> Result<Done, Refusal> {
        if level < Figure::ZERO {
            return Err(Refusal::Wrong);
        }
        self.known(item, &[place])?;
        self.balance(item, place).reorder_level = level;
        Ok(Done { said: vec![("/message", json!("Reorder level updated"))], ..Done::default() })
    }

    pub(super) fn batch(
        &mut self,
        item: usize,
        place: usize,
        number: &str,
        expiry: Option<&'static str>,
        quantity: Figure,
    ) -> Result<Done, Refusal> {
        self.known(item, &[])?;
        if self.items[item].tracking() != Tracking::Batch || quantity < Figure::ZERO {
            return Err(Refusal::Wrong);
        }
        self.known(item, &[place])?;
        if self.items[item].lots.iter().any(|lot| lot.number == number) {
            return Err(Refusal::BatchTaken);
        }
        let lot = self.label(item, number, expiry);
        if quantity != Figure::ZERO {
            self.book(vec![Move { pick: Pick::Lot(lot), ..Move::of(item, place, quantity) }])?;
        }
        let said = vec![("/batch_number", json!(number)), ("/quantity", quantity.number())];
        Ok(Done { said, ..Done::default() })
    }

    /// The batch of that number, made where there is none.
    pub(super) fn label(&mut self, item: usize, number: &str, expiry: Option<&'static str>) -> usize {
        let lots = &mut self.items[item].lots;
        lots.iter().position(|lot| lot.number == number).unwrap_or_else(|| {
            lots.push(Lot { id: None, number: number.to_owned(), expiry, lies: BTreeMap::new() });
            lots.len() - 1
        })
    }

    pub(super) fn serials(&mut self, item: usize, place: usize, numbers: &[String]) -> Result<Done, Refusal> {
        self.known(item, &[])?;
        let distinct = numbers.iter().collect::<BTreeSet<_>>().len() == numbers.len();
        if self.items[item].tracking() != Tracking::Serial || numbers.is_empty() || !distinct {
            return Err(Refusal::Wrong);
        }
        self.known(item, &[place])?;
        if !self.are_new(item, numbers) {
            return Err(Refusal::SerialsTaken);
        }
        self.items[item].serials.extend(numbers.iter().cloned());
        self.book(vec![Move::of(item, place, Figure::whole(numbers.len()))])?;
        Ok(Done { said: vec![("/count", json!(numbers.len()))], ..Done::default() })
    }

    pub(super) fn are_new(&self, item: usize, numbers: &[String]) -> bool {
        numbers.iter().all(|number| !self.items[item].serials.contains(number))
    }
}

fn lay(lot: &mut Lot, place: usize, part: Figure) {
    let there = lot.lies.get(&place).copied().unwrap_or_default() + part;
    if there == Figure::ZERO {
        lot.lies.remove(&place);
    } else {
        lot.lies.insert(place, there);
    }
}

fn unassigned(lots: &mut Vec<Lot>) -> usize {
    lots.iter().position(|lot| lot.number == UNASSIGNED).unwrap_or_else(|| {
        lots.push(Lot { id: None, number: UNASSIGNED.to_owned(), expiry: None, lies: BTreeMap::new() });
        lots.len() - 1
    })
}
