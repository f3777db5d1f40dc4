//! Placing an order: prices, promises, a number.

use std::collections::BTreeMap;

use super::{Channel, MOST_LINES, Order, PROMISE, Status};
use crate::counters;
use crate::error::{Error, Problem, Result, Thing};
use crate::items::Tracking;
use crate::numbered::{self, Document, Written};
use crate::partners::customers::{self, Address};
use crate::rollups::{self, days::Orders as Figures};
use crate::stock::goods::{self, Goods};
use crate::stock::ledger::{self, Entry, Floor};
use crate::stock::serials::{self, Kept};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::values::{Code, Money, Price, Quantity};

/// An order to be.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Who orders.
    pub customer_id: Option<i64>,
    /// Where it is fulfilled from; absent: the default warehouse.
    pub warehouse_id: Option<i64>,
    /// Where it comes from.
    pub channel: Channel,
    /// Where it goes, as it is to be shown; absent: the customer's default shipping address.
    pub shipping_address: Option<String>,
    /// How that default address is to be shown.
    pub written: fn(&Address) -> String,
    /// Whether more may be promised than is there.
    pub allow_backorder: bool,
    /// What is ordered, at least one line.
    pub lines: Vec<NewLine>,
}

/// A line to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// What is ordered.
    pub product_id: i64,
    /// How much, more than 0.
    pub quantity: Quantity,
    /// At which price; absent: the product's.
    pub unit_price: Option<Price>,
    /// Units by their serial numbers, to be kept for this line; those that are not named are picked when they leave.
    pub serials: Vec<Code>,
}

/// A line whose product and price are known.
struct Priced<'c> {
    asked: &'c NewLine,
    goods: Goods,
    unit_price: Money,
    amount: Money,
}

const STORED: &[&str] = &[
    "tenant_id",
    "number",
    "customer_id",
    "customer_name",
    "warehouse_id",
    "status",
    "channel",
    "total",
    "item_count",
    "allow_backorder",
    "shipping_address",
    "created_by",
    "request_id",
    "booked_on",
    "created_at",
    "updated_at",
    "id",
];
const ORDERS: bulk::Into = bulk::Into { table: "orders", columns: STORED.split_at(STORED.len() - 1).0 };
/// Where orders go that come with their ids.
pub(crate) const ENTERED: bulk::Into = bulk::Into { table: "orders", columns: STORED };
pub(crate) const LINES: bulk::Into = bulk::Into {
    table: "order_items",
    columns: &[
        "tenant_id",
        "order_id",
        "product_id",
        "sku",
        "product_name",
        "quantity",
        "unit_price",
        "amount",
        "fulfilled",
        "returned",
        "is_open",
    ],
};

/// Places an order and promises its stock, all of it or nothing.
///
/// # Errors
/// [`Error::Invalid`] for no lines, too many, or quantities that are not above 0; [`Error::UnknownReference`];
/// [`Error::NoDefaultWarehouse`]; [`Error::InsufficientStock`] unless backorders are allowed.
pub fn place(tx: &mut Tx<'_>, command: &NewOrder) -> Result<Order> {
    check(&command.lines)?;
    let customer = command.customer_id.map(|id| customers::named(tx, id, "customer_id")).transpose()?;
    let ids = command.lines.iter().map(|line| line.product_id).collect::<Vec<_>>();
    let (place, goods) = goods::load_at(tx, &ids, command.warehouse_id, "warehouse_id")?;
    let lines = price(&command.lines, &goods)?;
    let total = lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.amount)).ok_or(Error::OutOfRange)?;
    let address = match (&command.shipping_address, &customer) {
        (Some(address), _) => Some(address.clone()),
        (None, Some(customer)) => customers::default_shipping_address(tx, customer.id)?.as_ref().map(command.written),
        (None, None) => None,
    };
    let allow_backorder = command.allow_backorder || tx.tenant().allow_backorder;
    let floor = if allow_backorder { Floor::OnHand } else { Floor::Available };
    let promise = |line: &Priced<'_>| Entry::promising(line.goods.clone(), place.clone(), line.asked.quantity, floor);
    ledger::book(tx, lines.iter().map(promise).collect(), &PROMISE)?;
    if let Some(customer) = &customer {
        customers::ordered(tx, customer.id, 1, total)?;
    }
    let order = Order {
        id: 0,
        number: 0,
        customer_id: customer.as_ref().map(|customer| customer.id),
        customer_name: customer.map(|customer| customer.name),
        warehouse_id: place.id,
        status: Status::Pending,
        channel: command.channel,
        total,
        item_count: counters::rows(lines.len()),
        shipping_address: address,
        created_by: tx.actor().name().to_owned(),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let (order, ids) = write(tx, order, allow_backorder, &lines)?;
    let keep = |(at, (line, id)): (usize, (&Priced<'_>, i64))| {
        let (goods, numbers) = (line.goods.clone(), line.asked.serials.clone());
        (!numbers.is_empty()).then_some(Kept { at, goods, line: id, numbers })
    };
    let kept = lines.iter().zip(ids).enumerate().filter_map(keep).collect::<Vec<_>>();
    serials::keep(tx, &place, &kept)?;
    Ok(order)
}

fn check(lines: &[NewLine]) -> Result<()> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        let message = format!("must hold 1 to {MOST_LINES} lines");
        return Err(Error::Invalid(vec![Problem::new("items", message)]));
    }
    serials::check_count(lines.iter().map(|line| &line.serials))?;
    let mut problems = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.quantity <= Quantity::ZERO {
            problems.push(Problem::new(format!("items[{at}].quantity"), "must be more than 0"));
        } else if i64::try_from(line.serials.len()).ok().and_then(Quantity::whole) > Some(line.quantity) {
            problems.push(Problem::new(format!("items[{at}].serials"), "must not name more units than are ordered"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn price<'c>(lines: &'c [NewLine], known: &BTreeMap<i64, Goods>) -> Result<Vec<Priced<'c>>> {
    let priced = |(at, asked): (usize, &'c NewLine)| {
        let goods = known.get(&asked.product_id).cloned().ok_or_else(|| Error::UnknownReference {
            field: format!("items[{at}].product_id"),
            thing: Thing::Item,
            key: asked.product_id.to_string(),
        })?;
        if goods.tracking == Tracking::Serial && asked.quantity.as_whole().is_none() {
            let message = format!("must be a whole number: {} is tracked by serial number", goods.sku);
            return Err(Error::Invalid(vec![Problem::new(format!("items[{at}].quantity"), message)]));
        }
        let unit_price = asked.unit_price.map_or(goods.base_price, Price::money);
        let amount = unit_price.times(asked.quantity).ok_or(Error::OutOfRange)?;
        Ok(Priced { asked, goods, unit_price, amount })
    };
    lines.iter().enumerate().map(priced).collect()
}

/// Writes an order, which gets its id and its number, and its lines. Returns their ids, in their order.
fn write(tx: &mut Tx<'_>, order: Order, allow_backorder: bool, lines: &[Priced<'_>]) -> Result<(Order, Vec<i64>)> {
    let figures = Figures::one(order.total, lines.iter().map(|line| line.asked.quantity));
    rollups::order(tx, order.created_at, figures, None, order.status);
    counters::add(tx, counters::ORDERS, 1);
    let row = cells![
        numbered::NUMBER,
        order.customer_id,
        order.customer_name.clone(),
        order.warehouse_id,
        order.status.as_str(),
        order.channel.as_str(),
        order.total,
        order.item_count,
        allow_backorder,
        order.shipping_address.clone(),
        order.created_by.as_str(),
        tx.request_id().map(str::to_owned),
        tx.today(),
        order.created_at,
        order.updated_at,
    ];
    let line = |Priced { asked, goods, unit_price, amount }: &Priced<'_>| {
        let (none, open) = (Quantity::ZERO, true);
        let (sku, name) = (goods.sku.as_str(), goods.name.as_str());
        cells![numbered::DOCUMENT, goods.id, sku, name, asked.quantity, *unit_price, *amount, none, none, open]
    };
    let lines = lines.iter().map(line).collect();
    let document = Document { series: counters::ORDER_NUMBER, table: ORDERS, row, lines_table: LINES, lines };
    let Written { id, number, lines } = numbered::write(tx, document)?;
    Ok((Order { id, number, ..order }, lines))
}
