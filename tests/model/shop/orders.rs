//! Orders: what is promised, what leaves, what comes back.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::goods::{Move, Pick};
use super::{Done, Field, Figure, Model, Refusal, Slip, Tracking};

/// A line of an order.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: i64,
    pub item: usize,
    pub sku: String,
    pub name: String,
    pub quantity: Figure,
    pub unit_price: Figure,
    pub fulfilled: Figure,
    pub returned: Figure,
    pub is_open: bool,
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: i64,
    pub number: String,
    pub place: usize,
    pub status: &'static str,
    pub lines: Vec<Line>,
    /// What left and has not come back into stock, in the order in which it left: item, batch, quantity.
    left: Vec<(usize, Option<usize>, Figure)>,
}

impl Line {
    /// What is promised still.
    pub fn outstanding(&self) -> Figure {
        if self.is_open { self.quantity - self.fulfilled } else { Figure::ZERO }
    }

    /// What may come back.
    pub fn returnable(&self) -> Figure {
        self.fulfilled - self.returned
    }

    /// What it comes to.
    pub fn amount(&self) -> Figure {
        self.quantity.times(self.unit_price)
    }
}

impl Order {
    /// Whether it promises anything.
    pub fn is_open(&self) -> bool {
        matches!(self.status, "pending" | "paid" | "fulfilling")
    }

    /// What it comes to.
    pub fn total(&self) -> Figure {
        self.lines.iter().map(Line::amount).sum()
    }

    /// The same order, where so many items stand before its own.
    pub(super) fn behind(mut self, first: usize) -> Self {
        self.lines.iter_mut().for_each(|line| line.item += first);
        self.left.iter_mut().for_each(|left| left.0 += first);
        self
    }

    fn refuse(&self, to: &'static str) -> Refusal {
        Refusal::IllegalStatus { from: self.status, to, allowed: next(self.status) }
    }
}

fn next(status: &str) -> &'static [&'static str] {
    match status {
        "pending" => &["paid", "fulfilling", "fulfilled", "cancelled"],
        "paid" => &["fulfilling", "fulfilled", "cancelled"],
        "fulfilling" => &["fulfilled", "cancelled"],
        "fulfilled" => &["shipped"],
        _ => &[],
    }
}

impl Model {
    pub(super) fn order(
        &mut self,
        place: Option<usize>,
        lines: &[(usize, Figure, Option<Figure>)],
        backorder: bool,
    ) -> Result<Done, Refusal> {
        if lines.is_empty() || lines.iter().any(|(_, quantity, _)| *quantity <= Figure::ZERO) {
            return Err(Refusal::Wrong);
        }
        let place = place.unwrap_or(0);
        let made = self.lines(place, lines, Field::BasePrice)?;
        let promise = |line: &Line| Move::promise(line.item, place, line.quantity, !backorder);
        self.book(made.iter().map(promise).collect())?;
        let (number, status) = (format!("ORD-{}", self.orders.len() + 1), "pending");
        let order = Order { id: 0, number, place, status, lines: made, left: Vec::new() };
        let said = vec![
            ("/order_number", json!(order.number)),
            ("/status", json!(status)),
            ("/total_amount", json!(order.total().money())),
        ];
        self.orders.push(order);
        Ok(Done { said, ..Done::default() })
    }

    /// Lines as they are to be, at their own prices or those of the items.
    pub(super) fn lines(
        &self,
        place: usize,
        lines: &[(usize, Figure, Option<Figure>)],
        price: Field,
    ) -> Result<Vec<Line>, Refusal> {
        if place >= self.lists.places.len() {
            return Err(Refusal::UnknownReference);
        }
        let line = |(item, quantity, unit_price): &(usize, Figure, Option<Figure>)| {
            self.known(*item, &[])?;
            let goods = &self.items[*item];
            if goods.tracking() == Tracking::Serial && quantity.units().is_none() {
                return Err(Refusal::Wrong);
            }
            Ok(Line {
                id: 0,
                item: *item,
                sku: goods.text(Field::Sku).to_owned(),
                name: goods.text(Field::Name).to_owned(),
                quantity: *quantity,
                unit_price: unit_price.or(goods.price(price)).unwrap_or_default(),
                fulfilled: Figure::ZERO,
                returned: Figure::ZERO,
                is_open: true,
            })
        };
        // The server reads line by line, too: the first that is wrong is told.
        lines.iter().map(line).collect()
    }

    pub(super) fn order_status(&mut self, at: usize, to: &'static str) -> Result<Done, Refusal> {
        let order = self.orders.get(at).ok_or(Refusal::NotFound)?;
        let said = vec![("/message", json!("Order status updated")), ("/status", json!(to))];
        if order.status != to {
            if !next(order.status).contains(&to) {
                return Err(order.refuse(to));
            }
            match to {
                "fulfilled" => self.fulfil(at, None).map(drop)?,
                "cancelled" => self.cancel(at)?,
                _ => self.orders[at].status = to,
            }
        }
        Ok(Done { said, ..Done::default() })
    }

    fn cancel(&mut self, at: usize) -> Result<(), Refusal> {
        let order = &self.orders[at];
        let release = |line: &Line| Move::promise(line.item, order.place, -line.outstanding(), false);
        let releases = order.lines.iter().filter(|line| line.is_open).map(release).collect();
        if self.slip != Some(Slip::CancelKeepsPromises) {
            self.book(releases)?;
        }
        let order = &mut self.orders[at];
        order.status = "cancelled";
        order.lines.iter_mut().for_each(|line| line.is_open = false);
        Ok(())
    }

    pub(super) fn fulfil(&mut self, at: usize, parts: Option<&[(usize, Figure)]>) -> Result<Done, Refusal> {
        if let Some(parts) = parts
            && (parts.is_empty() || parts.iter().any(|(_, quantity)| *quantity <= Figure::ZERO))
        {
            return Err(Refusal::Wrong);
        }
        let order = self.orders.get(at).ok_or(Refusal::NotFound)?;
        if !order.is_open() {
            return Err(order.refuse("fulfilled"));
        }
        let mut lines = order.lines.clone();
        let everything =
            || lines.iter().enumerate().filter(|(_, line)| line.is_open).map(|(at, line)| (at, line.outstanding()));
        let parts = parts.map_or_else(|| everything().collect(), <[_]>::to_vec);
        let mut moves = Vec::new();
        for (number, quantity) in &parts {
            let line = lines.get_mut(*number).ok_or(Refusal::UnknownReference)?;
            if *quantity > line.outstanding() {
                return Err(Refusal::OverFulfilment(*quantity, line.outstanding()));
            }
            line.fulfilled = line.fulfilled + *quantity;
            line.is_open = line.fulfilled < line.quantity;
            moves.push(Move { promised: -*quantity, pick: Pick::Good, ..Move::of(line.item, order.place, -*quantity) });
        }
        let in_parts =
            |change: &Move| self.items[change.item].tracking() == Tracking::Serial && change.quantity.units().is_none();
        if moves.iter().any(in_parts) {
            return Err(Refusal::Wrong);
        }
        let items = moves.iter().map(|change| change.item).collect::<Vec<_>>();
        let shares = self.book(moves)?;
        for item in items {
            self.items[item].was_shipped = true;
        }
        let order = &mut self.orders[at];
        order.status = if lines.iter().any(|line| line.is_open) { "fulfilling" } else { "fulfilled" };
        order.lines = lines;
        order.left.extend(shares.into_iter().map(|(item, lot, part)| (item, lot, -part)));
        let touched = parts.iter().map(|(number, _)| number).collect::<BTreeSet<_>>().len();
        let said = vec![
            ("/message", json!("Fulfillment recorded")),
            ("/fulfilled_items", json!(touched)),
            ("/order_status", json!(order.status)),
        ];
        Ok(Done { said, ..Done::default() })
    }

    pub(super) fn take_back(&mut self, at: usize, parts: &[(usize, Figure, bool)]) -> Result<Done, Refusal> {
        if parts.is_empty() || parts.iter().any(|(_, quantity, _)| *quantity <= Figure::ZERO) {
            return Err(Refusal::Wrong);
        }
        let order = self.orders.get(at).ok_or(Refusal::NotFound)?;
        let mut lines = order.lines.clone();
        for (number, quantity, _) in parts {
            let line = lines.get_mut(*number).ok_or(Refusal::UnknownReference)?;
            if *quantity > line.returnable() {
                return Err(Refusal::OverReturn(*quantity, line.returnable()));
            }
            line.returned = line.returned + *quantity;
        }
        let mut left = order.left.clone();
        let mut moves = Vec::new();
        for (number, quantity, restock) in parts {
            let item = lines[*number].item;
            let is_serial = self.is_live(item) && self.items[item].tracking() == Tracking::Serial;
            if is_serial && quantity.units().is_none() || *restock && !self.is_live(item) {
                return Err(Refusal::Wrong);
            }
            if *restock {
                moves.extend(self.back(&mut left, item, order.place, *quantity));
            }
        }
        if self.slip != Some(Slip::ReturnForgetsStock) {
            self.book(moves)?;
        }
        let order = &mut self.orders[at];
        (order.lines, order.left) = (lines, left);
        let touched = parts.iter().map(|(number, ..)| number).collect::<BTreeSet<_>>().len();
        let figures = |line: &Line| json!({"quantity_returned": line.returned.number()});
        let said = vec![
            ("/message", json!("Return recorded")),
            ("/returned_items", json!(touched)),
            ("/items", Value::Array(order.lines.iter().map(figures).collect())),
        ];
        Ok(Done { said, ..Done::default() })
    }

    /// Goods go back into the batches that they left, those that left last before all others.
    fn back(
        &self,
        left: &mut [(usize, Option<usize>, Figure)],
        item: usize,
        place: usize,
        quantity: Figure,
    ) -> Vec<Move> {
        let mut wanted = quantity;
        let mut moves = Vec::new();
        for (_, lot, out) in left.iter_mut().rev().filter(|(other, ..)| *other == item) {
            let part = wanted.min(*out);
            if part > Figure::ZERO {
                (*out, wanted) = (*out - part, wanted - part);
                let pick = match lot {
                    Some(lot) if self.items[item].tracking() == Tracking::Batch => Pick::Lot(*lot),
                    _ => Pick::First,
                };
                moves.push(Move { pick, ..Move::of(item, place, part) });
            }
        }
        moves
    }
}
