//! What happened in the demo's company, in the order in which it happened: orders, returns, corrections and transfers of
//! last year, last month and this month. The last order is the one of the reference's examples.

use chrono::NaiveDateTime;
use stockbridge_domain::orders::{self, Channel, OrderFilter, ReturnLine, Status};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::series::{Series, continue_from};
use stockbridge_domain::stock::{self, Adjustment, Named, Transfer};
use stockbridge_domain::{Fault, Lobby, Result, Tx};

use super::calendar::When::{self, LastMonth, On, ThisMonth};
use super::orders::Fate::{self, FromBatch, InPart, Until};
use super::orders::Sale;
use super::people::{CORP, HARBOUR, PRIYA, SOUTHERN};
use super::stock::{
    BOLT, BRACKET, COMPOUND, EARLY_WIDGETS, EQUIPMENT, NOTEBOOK, OLD_COMPOUND, SAMPLE, SECOND, SOUTHERN_WIDGETS,
    WIDGET, WIDGETS,
};
use super::{ACME, MELBOURNE, SYDNEY, as_jane, code, text, whole};

/// The last order's id and number, and the id of its only line.
const LAST_ORDER: i64 = 1042;
const LAST_LINE: i64 = 2081;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
enum Event {
    Sold(Sale),
    /// Of the only line of the customer's last order, so many units came back, into stock or not.
    CameBack(i64, i64, bool),
    /// Product, units found more or less, of which batch or serial number, and why.
    Counted(i64, i64, Option<i64>, Option<&'static str>, &'static str),
    /// Product and units that went from Sydney to Melbourne.
    Carried(i64, i64),
}
use Event::{CameBack, Carried, Counted, Sold};

/// An order that leaves from Sydney, for what products cost.
const fn sold(customer: i64, channel: Channel, lines: &'static [(i64, i64)], fate: Fate) -> Event {
    let (customer, warehouse) = (Some(customer), SYDNEY);
    Sold(Sale { customer, channel, warehouse, lines, price: None, serial: None, fate })
}

/// A sale at the till, to nobody in particular.
const fn till(lines: &'static [(i64, i64)], fate: Fate) -> Event {
    let (customer, channel, warehouse) = (None, Channel::Pos, SYDNEY);
    Sold(Sale { customer, channel, warehouse, lines, price: None, serial: None, fate })
}

const fn brackets() -> Event {
    sold(CORP, Channel::Manual, &[(BRACKET, 5)], Until(Status::Shipped))
}

const HISTORY: &[(When, Event)] = &[
    (On(2025, 11, 10), brackets()),
    (On(2025, 11, 13), brackets()),
    (On(2025, 11, 17), brackets()),
    (On(2025, 11, 20), brackets()),
    (On(2025, 11, 24), brackets()),
    (On(2025, 11, 27), brackets()),
    (On(2025, 12, 1), brackets()),
    (On(2025, 12, 4), brackets()),
    (On(2025, 12, 8), brackets()),
    (On(2025, 12, 11), brackets()),
    (On(2025, 12, 15), brackets()),
    (
        On(2025, 12, 18),
        Sold(Sale {
            customer: Some(CORP),
            channel: Channel::B2b,
            warehouse: SYDNEY,
            lines: &[(BRACKET, 3), (NOTEBOOK, 10)],
            price: Some("4.93"),
            serial: None,
            fate: Until(Status::Shipped),
        }),
    ),
    (LastMonth(28, 10), sold(SOUTHERN, Channel::B2b, &[(BOLT, 60)], Until(Status::Shipped))),
    (LastMonth(26, 11), sold(CORP, Channel::B2b, &[(BRACKET, 10)], Until(Status::Shipped))),
    (LastMonth(25, 9), sold(HARBOUR, Channel::Manual, &[(COMPOUND, 10)], Until(Status::Shipped))),
    (LastMonth(24, 15), Carried(BRACKET, 40)),
    (LastMonth(22, 13), sold(PRIYA, Channel::Manual, &[(COMPOUND, 8)], Until(Status::Fulfilled))),
    (LastMonth(21, 9), sold(SOUTHERN, Channel::B2b, &[(WIDGET, 34)], FromBatch(EARLY_WIDGETS, Status::Shipped))),
    (LastMonth(20, 14), sold(SOUTHERN, Channel::Api, &[(EQUIPMENT, 1)], Until(Status::Shipped))),
    (LastMonth(18, 10), sold(CORP, Channel::Api, &[(WIDGET, 6)], FromBatch(EARLY_WIDGETS, Status::Fulfilled))),
    (LastMonth(16, 9), Counted(NOTEBOOK, -3, None, None, "Water damage")),
    (LastMonth(15, 9), Counted(COMPOUND, -12, Some(OLD_COMPOUND), None, "Past its expiry date")),
    (LastMonth(14, 16), till(&[(NOTEBOOK, 6), (SECOND, 3)], Until(Status::Fulfilled))),
    (LastMonth(12, 11), CameBack(SOUTHERN, 1, false)),
    (LastMonth(11, 10), sold(PRIYA, Channel::Manual, &[(BRACKET, 6)], Until(Status::Shipped))),
    (LastMonth(9, 12), sold(CORP, Channel::B2b, &[(SAMPLE, 12), (NOTEBOOK, 20)], Until(Status::Shipped))),
    (LastMonth(7, 15), CameBack(PRIYA, 2, true)),
    (LastMonth(5, 10), sold(SOUTHERN, Channel::Api, &[(EQUIPMENT, 2)], Until(Status::Fulfilled))),
    (
        LastMonth(3, 9),
        Sold(Sale {
            customer: Some(HARBOUR),
            channel: Channel::Manual,
            warehouse: MELBOURNE,
            lines: &[(WIDGET, 10)],
            price: None,
            serial: None,
            fate: FromBatch(SOUTHERN_WIDGETS, Status::Shipped),
        }),
    ),
    (ThisMonth(0), sold(CORP, Channel::B2b, &[(BRACKET, 4)], Until(Status::Fulfilled))),
    (ThisMonth(1), Counted(WIDGET, 50, Some(WIDGETS), None, "Cycle count correction")),
    (ThisMonth(2), till(&[(NOTEBOOK, 8), (SECOND, 2)], Until(Status::Fulfilled))),
    (ThisMonth(3), sold(CORP, Channel::Api, &[(BRACKET, 30)], Until(Status::Cancelled))),
    (ThisMonth(3), Counted(EQUIPMENT, -1, None, Some("SN-20260401-0003"), "Dropped in the yard")),
    (ThisMonth(4), sold(CORP, Channel::B2b, &[(WIDGET, 9)], Until(Status::Pending))),
    (ThisMonth(4), Carried(NOTEBOOK, 24)),
    (ThisMonth(5), sold(HARBOUR, Channel::Manual, &[(BRACKET, 20)], Until(Status::Paid))),
    (
        ThisMonth(5),
        Sold(Sale {
            customer: Some(SOUTHERN),
            channel: Channel::Api,
            warehouse: SYDNEY,
            lines: &[(EQUIPMENT, 1)],
            price: None,
            serial: Some("SN-20260401-0002"),
            fate: Until(Status::Pending),
        }),
    ),
    (ThisMonth(6), sold(PRIYA, Channel::Manual, &[(BOLT, 25)], InPart(20))),
    (ThisMonth(7), sold(SOUTHERN, Channel::B2b, &[(BRACKET, 2), (NOTEBOOK, 5)], Until(Status::Fulfilled))),
    (ThisMonth(8), sold(CORP, Channel::Api, &[(WIDGET, 3)], Until(Status::Fulfilling))),
];

pub(super) fn load(lobby: &mut Lobby<'_>) -> Result<()> {
    count_towards_the_last(lobby)?;
    let now = lobby.now();
    for (when, event) in HISTORY {
        event.happen(lobby, when.instant(now)?)?;
    }
    Ok(())
}

/// Begins the series of orders so that the last order has the id, the number and the line of the examples.
fn count_towards_the_last(lobby: &mut Lobby<'_>) -> Result<()> {
    let (mut order, mut line) = (LAST_ORDER + 1, LAST_LINE + 1);
    for (_, event) in HISTORY {
        if let Sold(sale) = event {
            order -= 1;
            line -= i64::try_from(sale.lines.len()).unwrap_or(0);
        }
    }
    let acme = &mut lobby.as_system(ACME)?;
    continue_from(acme, Series::Orders, order)?;
    continue_from(acme, Series::OrderNumbers, order)?;
    continue_from(acme, Series::OrderLines, line)
}

impl Event {
    fn happen(&self, lobby: &mut Lobby<'_>, at: NaiveDateTime) -> Result<()> {
        match *self {
            Sold(sale) => sale.happen(lobby, at),
            CameBack(customer, units, restock) => come_back(&mut as_jane(lobby, at)?, customer, units, restock),
            Counted(product_id, units, batch_id, serial, notes) => {
                let serials = serial.map(code).transpose()?.into_iter().collect();
                let adjustment = Adjustment {
                    product_id,
                    warehouse_id: SYDNEY,
                    quantity: whole(units)?,
                    expected: None,
                    named: Named { batch_id, serials },
                    notes: Some(text(notes)?),
                };
                stock::adjust(&mut as_jane(lobby, at)?, &adjustment).map(|_| ())
            }
            Carried(product_id, units) => {
                let transfer = Transfer {
                    product_id,
                    from: SYDNEY,
                    to: MELBOURNE,
                    quantity: whole(units)?,
                    named: Named::default(),
                    notes: Some(text("Refill")?),
                };
                stock::transfer(&mut as_jane(lobby, at)?, &transfer)
            }
        }
    }
}

fn come_back(jane: &mut Tx<'_>, customer: i64, units: i64, restock: bool) -> Result<()> {
    let filter = OrderFilter { customer_id: Some(customer), ..OrderFilter::default() };
    let last = orders::list(jane, &filter, &Window { start: Start::Page(1), limit: 1 })?.rows.pop();
    let order = last.ok_or_else(|| Fault::Internal("a return without an order".to_owned()))?.id;
    let (_, lines) = orders::get(jane, order)?;
    let line = lines.first().ok_or_else(|| Fault::Internal("an order without lines".to_owned()))?;
    let (order_item_id, quantity, serials) = (line.id, whole(units)?, Vec::new());
    orders::take_back(jane, order, &[ReturnLine { order_item_id, quantity, restock, serials }]).map(|_| ())
}
