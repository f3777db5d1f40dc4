//! What is ordered: orders of one to four lines all year round, most of them shipped long ago, the last ones open.

use chrono::{NaiveDateTime, TimeDelta};

use super::books::{Books, Event, whole};
use super::people::{self, Customer};
use super::random::{Random, Stream};
use super::{Plan, Shop, Slice, part};
use crate::counters;
use crate::error::{Error, Result};
use crate::orders::{Channel, ENTERED, LINES, Status};
use crate::partners::customers::AddressKind;
use crate::rollups::{self, days::Orders as Figures};
use crate::stock::goods::Place;
use crate::stock::movements::Kind;
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::store::portable::reserve_ids;
use crate::values::{Money, Quantity};
use crate::zone::day_of;

/// Who may order.
pub(super) struct Buyers<'c> {
    /// All year.
    pub(super) regulars: &'c [Customer],
    /// In this slice.
    pub(super) new: &'c [Customer],
}

/// An order.
pub(super) struct Sale {
    id: i64,
    pub(super) customer: Option<Customer>,
    place: i64,
    pub(super) status: Status,
    channel: Channel,
    pub(super) total: Money,
    address: Option<String>,
    lines: Vec<Line>,
    placed: NaiveDateTime,
    updated: NaiveDateTime,
}

struct Line {
    product: i64,
    sku: String,
    name: String,
    quantity: Quantity,
    unit_price: Money,
    amount: Money,
    fulfilled: Quantity,
    returned: Quantity,
}

/// Draws the orders of a slice, and tells the books what they promise and move.
pub(super) fn draw(
    tx: &mut Tx<'_>,
    plan: &Plan,
    shop: &Shop,
    slice: Slice,
    buyers: &Buyers<'_>,
    books: &mut Books,
) -> Result<Vec<Sale>> {
    let (from, to) = slice.orders;
    let ids = reserve_ids(tx.conn, "orders", to - from)?;
    let mut sales = Vec::with_capacity(ids.len());
    for (index, id) in (from..to).zip(ids) {
        let mut random = Random::of(plan.seed, Stream::Order, index);
        let Some(place) = place(&mut random, &shop.places) else { continue };
        let sale = Sale::draw(plan, slice, index, (id, place.id), buyers, books, &mut random)?;
        if sale.lines.is_empty() {
            continue;
        }
        sale.tell(slice, books);
        rollups::order(tx, sale.placed, sale.figures(), None, sale.status);
        sales.push(sale);
    }
    Ok(sales)
}

/// Writes orders under the next numbers, and their lines. Returns how many lines there are.
pub(super) fn write(tx: &mut Tx<'_>, sales: &[Sale]) -> Result<i64> {
    let count = counters::rows(sales.len());
    if count == 0 {
        return Ok(0);
    }
    counters::add(tx, counters::ORDERS, count);
    let first = rollups::take(tx, counters::ORDER_NUMBER, count)?;
    let rows = (first..).zip(sales).map(|(number, sale)| sale.row(tx, number)).collect::<Vec<_>>();
    let lines = sales.iter().flat_map(Sale::lines).collect::<Vec<_>>();
    bulk::insert(tx.conn, tx.tenant_id(), ENTERED, &rows)?;
    bulk::insert(tx.conn, tx.tenant_id(), LINES, &lines)?;
    Ok(counters::rows(lines.len()))
}

/// Half of the orders leave from the first warehouse.
fn place<'p>(random: &mut Random, places: &'p [Place]) -> Option<&'p Place> {
    if random.percent(50) { places.first() } else { random.one(places) }
}

/// How far an order has come: of the last fiftieth of all, most are open still.
fn status(random: &mut Random, is_recent: bool) -> Status {
    match (is_recent, random.below(1_000)) {
        (true, 0..=399) | (false, 0..=1) => Status::Pending,
        (true, 400..=599) => Status::Paid,
        (true, 600..=749) | (false, 2..=3) => Status::Fulfilling,
        (true, 750..=849) | (false, 4..=83) => Status::Fulfilled,
        (_, 960..) => Status::Cancelled,
        _ => Status::Shipped,
    }
}

impl Sale {
    fn draw(
        plan: &Plan,
        slice: Slice,
        index: i64,
        (id, place): (i64, i64),
        buyers: &Buyers<'_>,
        books: &Books,
        random: &mut Random,
    ) -> Result<Self> {
        let year = TimeDelta::days(super::DAYS);
        let placed = plan.instant(index, plan.orders) + part(year, random.below(1_000), plan.orders * 1_000);
        let placed = placed.max(slice.begin).min(slice.end - TimeDelta::seconds(1));
        let status = status(random, index >= plan.orders - plan.orders / 50);
        let has_left = matches!(status, Status::Fulfilling | Status::Fulfilled | Status::Shipped);
        let later = placed + TimeDelta::minutes(random.between(20, 1_200));
        let updated = if matches!(status, Status::Pending) { placed } else { later.min(slice.end).max(placed) };
        let is_regular = (random.percent(25) || buyers.new.is_empty()) && !buyers.regulars.is_empty();
        let whose = if is_regular { buyers.regulars } else { buyers.new };
        let customer = if random.percent(85) { random.one(whose).cloned() } else { None };
        let channel = match random.below(10) {
            0 | 1 => Channel::Manual,
            2..=5 => Channel::Api,
            6 | 7 => Channel::Pos,
            _ => Channel::B2b,
        };
        let shown = |customer: &Customer| {
            (plan.written)(&people::address(plan, customer.index, customer.id, AddressKind::Shipping))
        };
        let address = customer.as_ref().map(shown);
        let lines = lines(random, books, status, has_left)?;
        let total = lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.amount)).ok_or(Error::OutOfRange)?;
        Ok(Self { id, customer, place, status, channel, total, address, lines, placed, updated })
    }

    /// Tells the books what is promised, what has left, and what has come back since.
    fn tell(&self, slice: Slice, books: &mut Books) {
        for line in &self.lines {
            let key = (line.product, self.place);
            let open = line.quantity.minus(line.fulfilled).unwrap_or_default();
            if self.status.is_open() && !open.is_zero() {
                books.promise(key, open, self.updated);
            }
            let moves = |at, kind, quantity| Event { at, key, kind, quantity, order: Some(self.id) };
            if !line.fulfilled.is_zero() {
                books.happens(moves(self.updated, Kind::Shipment, line.fulfilled.negated()));
            }
            if !line.returned.is_zero() {
                let back = (self.updated + TimeDelta::hours(30)).min(slice.end);
                books.happens(moves(back, Kind::Return, line.returned));
            }
        }
    }

    fn figures(&self) -> Figures {
        Figures::one(self.total, self.lines.iter().map(|line| line.quantity))
    }

    /// As `orders::place` and what followed left it.
    fn row(&self, tx: &Tx<'_>, number: i64) -> Vec<bulk::Cell> {
        let Self { id, customer, place, status, channel, total, address, lines, placed, updated } = self;
        cells![
            number,
            customer.as_ref().map(|customer| customer.id),
            customer.as_ref().map(|customer| customer.name.clone()),
            *place,
            status.as_str(),
            channel.as_str(),
            *total,
            counters::rows(lines.len()),
            false,
            address.clone(),
            tx.actor().name(),
            None::<String>,
            day_of(*placed, tx.tenant().zone),
            *placed,
            *updated,
            *id,
        ]
    }

    fn lines(&self) -> impl Iterator<Item = Vec<bulk::Cell>> {
        self.lines.iter().map(|line| {
            let Line { product, sku, name, quantity, unit_price, amount, fulfilled, returned } = line;
            let is_open = self.status.is_open() && fulfilled < quantity;
            let (sku, name) = (sku.as_str(), name.as_str());
            cells![self.id, *product, sku, name, *quantity, *unit_price, *amount, *fulfilled, *returned, is_open]
        })
    }
}

/// One to four products, each once. Of an order that is fulfilled in part, half of the first line has left.
fn lines(random: &mut Random, books: &Books, status: Status, has_left: bool) -> Result<Vec<Line>> {
    let count = match random.below(20) {
        0..=8 => 1,
        9..=14 => 2,
        15..=17 => 3,
        _ => 4,
    };
    let mut lines: Vec<Line> = Vec::with_capacity(count);
    for _ in 0..count {
        let from_favourites = books.new.is_empty() || random.percent(25) && !books.favourites.is_empty();
        let product = random.of_these(if from_favourites { &books.favourites } else { &books.new });
        let in_part = status == Status::Fulfilling && lines.is_empty();
        let units = random.between(if in_part { 2 } else { 1 }, 5);
        let comes_back = random.percent(2) && has_left && !in_part;
        if lines.iter().any(|line| line.product == product) {
            continue;
        }
        let Some(goods) = books.goods(product) else { continue };
        let fulfilled = match status {
            Status::Fulfilled | Status::Shipped => units,
            Status::Fulfilling if in_part => units / 2,
            Status::Fulfilling | Status::Pending | Status::Paid | Status::Cancelled => 0,
        };
        let quantity = whole(units);
        lines.push(Line {
            product,
            sku: goods.sku.clone(),
            name: goods.name.clone(),
            quantity,
            unit_price: goods.base_price,
            amount: goods.base_price.times(quantity).ok_or(Error::OutOfRange)?,
            fulfilled: whole(fulfilled),
            returned: whole(if comes_back { fulfilled.min(1) } else { 0 }),
        });
    }
    Ok(lines)
}
