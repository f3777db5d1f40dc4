//! Synthetic data for benchmarks: a shop of any size that grew over a year, and whose books add up. A plan and its seed
//! decide all of it, on either engine; ids and instants come from the database and the clock.
//!
//! A guided tour, in reading order:
//! - `random`, `words`: numbers that look like chance, and what things and people are called.
//! - `catalogue`: what is sold, and the lists that describe it.
//! - `people`: who orders, and where they live.
//! - `sales`: what is ordered, and how far each order has come.
//! - `books`: the stock rows and movements that all of it leaves.
//!
//! The year is cut into slices, each one transaction. A slice brings its share of the products, customers and orders.
//! Most of what it sells are products of its own, so that their stock rows are written once, as they end up; the rest are
//! favourites: few products of the first slice, sold all year, whose rows are locked, read and moved each time. So books
//! add up after each slice, wherever a run ends, and a running server may go on beside it.

mod books;
mod catalogue;
mod people;
mod random;
mod sales;
#[cfg(test)]
mod tests;
mod words;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection;

use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::partners::customers::Address;
use crate::stock::goods::Place;
use crate::store::connection::Native;
use crate::store::{Lobby, Store, Tx, search};
use books::Books;
use catalogue::Lists;
use sales::Buyers;

/// How many products a plan may have.
pub const MOST_PRODUCTS: i64 = 10_000_000;
/// How many warehouses.
pub const MOST_WAREHOUSES: i64 = 50;
/// How many orders.
pub const MOST_ORDERS: i64 = 10_000_000;

/// Products and stock rows that one transaction writes, more or less.
const GOODS_A_SLICE: i64 = 20_000;
/// Orders that one transaction writes.
const ORDERS_A_SLICE: i64 = 5_000;
/// Products that are sold all year.
const FAVOURITES: i64 = 1_000;
/// Customers who order all year.
const REGULARS: i64 = 500;
/// Orders for each customer.
const ORDERS_A_CUSTOMER: i64 = 20;
/// The days over which orders are spread.
const DAYS: i64 = 365;

/// How big a shop is to be.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Products, at least one.
    pub products: i64,
    /// Warehouses in which each of them lies: those that are there, the oldest first, and new ones.
    pub warehouses: i64,
    /// Orders, over the year before `until`; one customer for every 20.
    pub orders: i64,
    /// The same seed, the same shop.
    pub seed: u64,
    /// When the year ends, in UTC.
    pub until: NaiveDateTime,
    /// How an address is to be shown on an order.
    pub written: fn(&Address) -> String,
}

/// How many rows were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Products.
    pub products: i64,
    /// Stock rows.
    pub stock_rows: i64,
    /// Customers.
    pub customers: i64,
    /// Orders.
    pub orders: i64,
    /// Their lines.
    pub lines: i64,
    /// Movements.
    pub movements: i64,
}

/// What the first transactions leave for those that follow.
#[derive(Debug, Clone)]
struct Shop {
    lists: Lists,
    places: Vec<Place>,
    /// The ids of products that are sold all year.
    favourites: Vec<i64>,
    /// The ids of customers who order all year, in the order of their making.
    regulars: Vec<i64>,
}

/// A part of the year, and what belongs to it.
#[derive(Debug, Clone, Copy)]
struct Slice {
    at: i64,
    begin: NaiveDateTime,
    end: NaiveDateTime,
    products: (i64, i64),
    customers: (i64, i64),
    orders: (i64, i64),
}

/// Fills a tenant, beside whatever it has. `seen` is told of each transaction as it is committed.
///
/// # Errors
/// [`crate::error::Error::NotFound`] for an unknown tenant; [`crate::error::Error::Duplicate`] where the tenant has a
/// code or barcode that this would give; faults of the store. What was committed until then stays, and adds up.
pub async fn fill(store: &Store, tenant: TenantId, plan: Plan, mut seen: impl FnMut(Made)) -> Result<Made> {
    let mut shop = store.alter(move |lobby| open(&mut lobby.as_system(tenant)?, &plan)).await?;
    let mut all = Made::default();
    for at in 0..plan.slices() {
        let known = shop.clone();
        let grow = move |lobby: &mut Lobby<'_>| grow(&mut lobby.as_system(tenant)?, &plan, &known, plan.slice(at));
        let Grown { made, favourites, regulars } = store.alter(grow).await?;
        shop.favourites.extend(favourites);
        shop.regulars.extend(regulars);
        all = all.plus(made);
        seen(all);
    }
    let mut is_first = true;
    while store.alter(move |lobby| Ok(search::join_segments(lobby.conn, is_first)?)).await? {
        is_first = false;
    }
    store.look(tidy).await?;
    Ok(all)
}

/// What a slice left: how many rows, and who is to come back all year.
struct Grown {
    made: Made,
    favourites: Vec<i64>,
    regulars: Vec<i64>,
}

fn open(tx: &mut Tx<'_>, plan: &Plan) -> Result<Shop> {
    let (lists, places) = (catalogue::lists(tx)?, catalogue::places(tx, plan.warehouses)?);
    Ok(Shop { lists, places, favourites: Vec::new(), regulars: Vec::new() })
}

/// One slice, its locks in the order of all commands: customers and products, stock rows, customers' figures, the order
/// numbers.
fn grow(tx: &mut Tx<'_>, plan: &Plan, shop: &Shop, slice: Slice) -> Result<Grown> {
    let customers = people::customers(tx, plan, slice)?;
    let regulars = people::regulars(tx, shop)?;
    let products = catalogue::products(tx, plan, shop, slice)?;
    let mut books = Books::open(tx, plan, shop, slice, &products)?;
    let buyers = Buyers { regulars: &regulars, new: &customers };
    let sales = sales::draw(tx, plan, shop, slice, &buyers, &mut books)?;
    let (stock_rows, movements) = books.close(tx, slice)?;
    people::ordered(tx, &sales)?;
    let lines = sales::write(tx, &sales)?;
    let [new_products, new_customers, orders] = [products.len(), customers.len(), sales.len()].map(counters::rows);
    let made = Made { products: new_products, stock_rows, customers: new_customers, orders, lines, movements };
    let first = |most: i64| if slice.at == 0 { usize::try_from(most).unwrap_or(0) } else { 0 };
    let favourites = products.iter().take(first(FAVOURITES)).map(|goods| goods.id).collect();
    let regulars = customers.iter().take(first(REGULARS)).map(|customer| customer.id).collect();
    Ok(Grown { made, favourites, regulars })
}

/// What autovacuum does in a shop that grew slowly: statistics, and pages marked as seen by all. SQLite is left alone:
/// its plans are made without statistics on any other database of this server, and shall be the same on this one.
fn tidy(lobby: &mut Lobby<'_>) -> Result<()> {
    let Native::Postgres(conn) = &mut lobby.conn.0 else { return Ok(()) };
    // Statement by statement: VACUUM refuses to be part of a transaction.
    conn.batch_execute("SET statement_timeout = 0")?;
    conn.batch_execute(&format!("VACUUM (ANALYZE) {}", TABLES.join(", ")))?;
    Ok(conn.batch_execute("SET statement_timeout = '10s'")?)
}

const TABLES: &[&str] = &[
    "categories",
    "brands",
    "item_types",
    "uoms",
    "warehouses",
    "products",
    "stock_levels",
    "stock_movements",
    "customers",
    "customer_addresses",
    "orders",
    "order_items",
    "stock_totals",
    "warehouse_totals",
    "daily_orders",
    "daily_cogs",
    "daily_product_cogs",
    "tenant_counters",
];

impl Plan {
    /// How many customers belong to it.
    const fn customers(&self) -> i64 {
        (self.orders + ORDERS_A_CUSTOMER - 1) / ORDERS_A_CUSTOMER
    }

    /// How many transactions it takes.
    fn slices(&self) -> i64 {
        let goods = self.products.saturating_mul(1 + self.warehouses) / GOODS_A_SLICE;
        goods.max(self.orders / ORDERS_A_SLICE) + 1
    }

    fn slice(&self, at: i64) -> Slice {
        let slices = self.slices();
        let share = |of: i64, first: i64| {
            let first = first.min(of);
            let until = |at: i64| if at == 0 { 0 } else { first + (of - first) * at / slices };
            (until(at), until(at + 1))
        };
        Slice {
            at,
            begin: self.instant(at, slices),
            end: self.instant(at + 1, slices),
            products: share(self.products, FAVOURITES),
            customers: share(self.customers(), REGULARS),
            orders: share(self.orders, 0),
        }
    }

    /// The instant at which so many parts of the year are over.
    fn instant(&self, parts: i64, of: i64) -> NaiveDateTime {
        let year = TimeDelta::days(DAYS);
        self.until - year + part(year, parts, of)
    }
}

impl Slice {
    /// An instant of the time before the slice, in which what it sells and who buys it come in: so many parts of it.
    fn before(&self, parts: i64, of: i64) -> NaiveDateTime {
        let lead = (self.end - self.begin).min(TimeDelta::days(1));
        self.begin - lead + part(lead, parts, of)
    }
}

impl Made {
    /// Rows of all kinds together.
    pub const fn rows(self) -> i64 {
        self.products + self.stock_rows + self.customers + self.orders + self.lines + self.movements
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            products: self.products + other.products,
            stock_rows: self.stock_rows + other.stock_rows,
            customers: self.customers + other.customers,
            orders: self.orders + other.orders,
            lines: self.lines + other.lines,
            movements: self.movements + other.movements,
        }
    }
}

/// So many parts of a span, to the microsecond.
fn part(span: TimeDelta, parts: i64, of: i64) -> TimeDelta {
    let whole = i128::from(span.num_microseconds().unwrap_or(0));
    let part = whole * i128::from(parts) / i128::from(of.max(1));
    TimeDelta::microseconds(i64::try_from(part).unwrap_or(0))
}
