//! How an order of the demo is placed, and how far it is taken.

use chrono::{NaiveDateTime, TimeDelta};
use stockbridge_domain::orders::{self, Channel, FulfilLine, NewLine, NewOrder, Status};
use stockbridge_domain::stock::Named;
use stockbridge_domain::values::Price;
use stockbridge_domain::{Actor, Fault, Lobby, Result, Role};
use stockbridge_iom::orders::address::ShippingAddress;

use super::{ACME, as_jane, code, whole};

/// An order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sale {
    pub(super) customer: Option<i64>,
    pub(super) channel: Channel,
    pub(super) warehouse: i64,
    /// Product and whole units.
    pub(super) lines: &'static [(i64, i64)],
    /// The price of the last line, where it is not the product's.
    pub(super) price: Option<&'static str>,
    /// A unit that the only line names.
    pub(super) serial: Option<&'static str>,
    pub(super) fate: Fate,
}

/// How far an order is taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// To a status.
    Until(Status),
    /// All of it leaves from one batch, and it goes on to a status.
    FromBatch(i64, Status),
    /// So many units leave for its first line.
    InPart(i64),
}

impl Sale {
    /// Places the order at an instant, and takes it on twenty minutes later, or now where that is yet to come.
    pub(super) fn happen(&self, lobby: &mut Lobby<'_>, at: NaiveDateTime) -> Result<()> {
        let later = (at + TimeDelta::minutes(20)).min(lobby.now().max(at));
        let sam = Actor::User { id: 3, name: "Sam Staff".to_owned(), role: Role::Staff };
        let order = orders::place(&mut lobby.as_if(ACME, sam, at)?, &self.new_order()?)?;
        let jane = &mut as_jane(lobby, later)?;
        match self.fate {
            Fate::Until(status) => {
                if status == Status::Shipped {
                    orders::change_status(jane, order.id, Status::Fulfilled)?;
                }
                orders::change_status(jane, order.id, status)?;
            }
            Fate::FromBatch(batch, status) => {
                let (_, lines) = orders::get(jane, order.id)?;
                let named = Named { batch_id: Some(batch), serials: Vec::new() };
                let part = |line: &orders::Line| FulfilLine {
                    order_item_id: line.id,
                    quantity: line.quantity,
                    named: named.clone(),
                };
                orders::fulfil(jane, order.id, Some(&lines.iter().map(part).collect::<Vec<_>>()))?;
                orders::change_status(jane, order.id, status)?;
            }
            Fate::InPart(units) => {
                let (_, lines) = orders::get(jane, order.id)?;
                let first = lines.first().ok_or_else(|| Fault::Internal("an order without lines".to_owned()))?;
                let part = FulfilLine { order_item_id: first.id, quantity: whole(units)?, named: Named::default() };
                orders::fulfil(jane, order.id, Some(&[part]))?;
            }
        }
        Ok(())
    }

    fn new_order(&self) -> Result<NewOrder> {
        let last = self.lines.len().saturating_sub(1);
        let price = self.price.map(Price::parse).transpose();
        let price = price.map_err(|fault| Fault::Internal(format!("a price of the demo {fault}")))?;
        let line = |(at, (product_id, units)): (usize, &(i64, i64))| {
            let serials = self.serial.map(code).transpose()?.into_iter().collect();
            let unit_price = price.filter(|_| at == last);
            Ok(NewLine { product_id: *product_id, quantity: whole(*units)?, unit_price, serials })
        };
        Ok(NewOrder {
            customer_id: self.customer,
            warehouse_id: Some(self.warehouse),
            channel: self.channel,
            shipping_address: None,
            written: |address| ShippingAddress::from(address).written(),
            allow_backorder: false,
            lines: self.lines.iter().enumerate().map(line).collect::<Result<_>>()?,
        })
    }
}
