//! Purchase orders: what is to come, and what has come.

use std::collections::BTreeSet;

use serde_json::json;

use super::goods::{Move, Pick};
use super::{Done, Field, Figure, Line, Model, Refusal, Tracking};

/// A purchase order. What has come of a line stands where an order's line has what left.
#[derive(Debug, Clone)]
pub struct Purchase {
    pub id: i64,
    pub number: String,
    pub place: usize,
    pub status: &'static str,
    pub lines: Vec<Line>,
}

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A line, by its place in the purchase order.
    Line(usize),
    /// The lines of an item.
    Item(usize),
}

/// What comes.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub of: Of,
    pub quantity: Figure,
    /// A batch number and the batch's last good day.
    pub lot: Option<(String, Option<&'static str>)>,
    pub serials: Vec<String>,
}

impl Purchase {
    /// Whether anything may come still.
    pub fn is_open(&self) -> bool {
        matches!(self.status, "draft" | "ordered" | "partial")
    }

    /// What it comes to.
    pub fn total(&self) -> Figure {
        self.lines.iter().map(Line::amount).sum()
    }

    /// The same purchase order, where so many items stand before its own.
    pub(super) fn behind(mut self, first: usize) -> Self {
        self.lines.iter_mut().for_each(|line| line.item += first);
        self
    }

    fn refuse(&self, to: &'static str) -> Refusal {
        Refusal::IllegalStatus { from: self.status, to, allowed: next(self.status) }
    }
}

fn next(status: &str) -> &'static [&'static str] {
    match status {
        "draft" => &["ordered", "received", "cancelled"],
        "ordered" | "partial" => &["received", "cancelled"],
        _ => &[],
    }
}

impl Model {
    /// Whether an open purchase order is to bring more of an item.
    pub fn is_expected(&self, item: usize) -> bool {
        let brings = |line: &Line| line.item == item && line.is_open;
        self.purchases.iter().any(|purchase| purchase.lines.iter().any(brings))
    }

    pub(super) fn purchase(
        &mut self,
        place: usize,
        lines: &[(usize, Figure, Option<Figure>)],
    ) -> Result<Done, Refusal> {
        if lines.is_empty() || lines.iter().any(|(_, quantity, _)| *quantity <= Figure::ZERO) {
            return Err(Refusal::Wrong);
        }
        let lines = self.lines(place, lines, Field::CostPrice)?;
        let (number, status) = (format!("PO-{:04}", self.purchases.len() + 1), "draft");
        let purchase = Purchase { id: 0, number, place, status, lines };
        let said = vec![
            ("/po_number", json!(purchase.number)),
            ("/status", json!(status)),
            ("/total_amount", json!(purchase.total().money())),
        ];
        self.purchases.push(purchase);
        Ok(Done { said, ..Done::default() })
    }

    pub(super) fn purchase_status(&mut self, at: usize, to: &'static str) -> Result<Done, Refusal> {
        let purchase = self.purchases.get(at).ok_or(Refusal::NotFound)?;
        let said = vec![("/message", json!("Purchase order status updated")), ("/status", json!(to))];
        if purchase.status != to {
            if !next(purchase.status).contains(&to) {
                return Err(purchase.refuse(to));
            }
            if to == "received" {
                self.receive(at, None)?;
            } else {
                self.purchases[at].status = to;
            }
            if to == "cancelled" {
                self.purchases[at].lines.iter_mut().for_each(|line| line.is_open = false);
            }
        }
        Ok(Done { said, ..Done::default() })
    }

    pub(super) fn receive(&mut self, at: usize, receipts: Option<&[Receipt]>) -> Result<Done, Refusal> {
        if let Some(receipts) = receipts
            && (receipts.is_empty() || receipts.iter().any(|receipt| receipt.quantity <= Figure::ZERO))
        {
            return Err(Refusal::Wrong);
        }
        let purchase = self.purchases.get(at).ok_or(Refusal::NotFound)?;
        if !purchase.is_open() {
            return Err(purchase.refuse("received"));
        }
        let (place, mut lines) = (purchase.place, purchase.lines.clone());
        // The line, how much of it, and which receipt brings it.
        let mut parts: Vec<(usize, Figure, Option<usize>)> = Vec::new();
        match receipts {
            None => {
                let open = lines.iter().enumerate().filter(|(_, line)| line.is_open);
                parts.extend(open.map(|(number, line)| (number, line.outstanding(), None)));
            }
            Some(receipts) => {
                for (number, receipt) in receipts.iter().enumerate() {
                    fill(&mut lines, &mut parts, number, receipt)?;
                }
            }
        }
        for (number, quantity, receipt) in &parts {
            if receipt.is_none() {
                let line = &mut lines[*number];
                (line.fulfilled, line.is_open) = (line.fulfilled + *quantity, false);
            }
        }
        let receipts = receipts.unwrap_or_default();
        self.fit(&lines, &parts, receipts)?;
        let mut moves = Vec::new();
        for (number, quantity, receipt) in &parts {
            let item = lines[*number].item;
            let mut change = Move::of(item, place, *quantity);
            if let Some(Receipt { lot, serials, .. }) = receipt.map(|receipt| &receipts[receipt]) {
                if let Some((lot, expiry)) = lot {
                    change.pick = Pick::Lot(self.label(item, lot, *expiry));
                }
                self.items[item].serials.extend(serials.iter().cloned());
            }
            moves.push(change);
        }
        self.book(moves)?;
        let purchase = &mut self.purchases[at];
        purchase.status = if lines.iter().any(|line| line.is_open) { "partial" } else { "received" };
        purchase.lines = lines;
        let touched = parts.iter().map(|(number, ..)| number).collect::<BTreeSet<_>>().len();
        let said = vec![("/message", json!("Stock received")), ("/received_lines", json!(touched))];
        Ok(Done { said, ..Done::default() })
    }

    /// What comes must be named as the tracking of its item wants it.
    fn fit(
        &self,
        lines: &[Line],
        parts: &[(usize, Figure, Option<usize>)],
        receipts: &[Receipt],
    ) -> Result<(), Refusal> {
        let fits = |(number, _, receipt): &(usize, Figure, Option<usize>)| {
            let item = lines[*number].item;
            let tracking = self.items[item].tracking();
            let Some(Receipt { quantity, lot, serials, .. }) = receipt.map(|receipt| &receipts[receipt]) else {
                return tracking != Tracking::Serial;
            };
            match tracking {
                Tracking::None => lot.is_none() && serials.is_empty(),
                Tracking::Batch => serials.is_empty() && lot.as_ref().is_none_or(|lot| self.is_same(item, lot)),
                Tracking::Serial => {
                    lot.is_none() && quantity.units() == Some(serials.len()) && self.are_new(item, serials)
                }
            }
        };
        if parts.iter().all(fits) { Ok(()) } else { Err(Refusal::Wrong) }
    }

    /// A batch that is there keeps its day.
    fn is_same(&self, item: usize, (number, expiry): &(String, Option<&'static str>)) -> bool {
        let known = self.items[item].lots.iter().find(|lot| lot.number == *number);
        known.is_none_or(|known| expiry.is_none() || *expiry == known.expiry)
    }
}

/// Writes a receipt onto the lines it is for, in their order.
fn fill(
    lines: &mut [Line],
    parts: &mut Vec<(usize, Figure, Option<usize>)>,
    number: usize,
    receipt: &Receipt,
) -> Result<(), Refusal> {
    let is_meant = |(at, line): &(usize, &mut Line)| match receipt.of {
        Of::Line(meant) => meant == *at,
        Of::Item(item) => item == line.item,
    };
    let mut left = receipt.quantity;
    let mut meant = lines.iter_mut().enumerate().filter(is_meant).peekable();
    if meant.peek().is_none() {
        return Err(Refusal::UnknownReference);
    }
    for (at, line) in meant {
        let part = left.min(line.outstanding());
        if part > Figure::ZERO {
            parts.push((at, part, Some(number)));
            left = left - part;
            line.fulfilled = line.fulfilled + part;
            line.is_open = line.fulfilled < line.quantity;
        }
    }
    if left > Figure::ZERO { Err(Refusal::OverReceipt(receipt.quantity, receipt.quantity - left)) } else { Ok(()) }
}
