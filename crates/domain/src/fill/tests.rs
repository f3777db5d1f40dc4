//! Filled shops add up, and are what was asked for.

use std::sync::Mutex;

use chrono::NaiveDate;

use super::{Made, Plan, fill};
use crate::actor::TenantId;
use crate::error::{Error, Thing};
use crate::items::{self, ItemChanges, ItemFilter};
use crate::orders::{self, OrderFilter};
use crate::page::{Start, Window};
use crate::partners::customers::{self, CustomerFilter};
use crate::stock::movements::{self, MovementFilter};
use crate::testing::{Shop, on_both, whole};
use crate::values::Change;

/// More than one slice.
const PLAN: Plan = Plan {
    products: 1_300,
    warehouses: 3,
    orders: 12_000,
    seed: 7,
    until: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day").and_hms_opt(12, 0, 0).expect("a time"),
    written: |address| format!("{}, {:?}", address.line1, address.city),
};

/// One that a test can look at whole.
const SMALL: Plan = Plan { products: 40, warehouses: 2, orders: 300, ..PLAN };

fn filled(shop: &Shop<'_>, plan: Plan) -> Made {
    let (mut steps, mut last) = (0, Made::default());
    let made = shop.fixture.wait(fill(&shop.fixture.store, shop.tenant, plan, |made| {
        assert!(made.rows() > last.rows(), "{made:?}");
        (steps, last) = (steps + 1, made);
    }));
    let made = made.expect("a filled shop");
    assert_eq!((steps, last), (plan.slices(), made));
    made
}

#[test]
fn books_of_several_slices_add_up_and_hold_what_was_asked_for() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let made = filled(&shop, PLAN);
        assert!(PLAN.slices() > 2);
        assert_eq!((made.products, made.stock_rows, made.customers, made.orders), (1_300, 3_900, 600, 12_000));
        assert!(made.lines > 12_000 && made.movements > 12_000, "{made:?}");
        shop.verify();
        let counts = "SELECT CAST((SELECT COUNT(*) FROM products) + 10000 * (SELECT COUNT(*) FROM order_items)
            AS VARCHAR(20)) AS line";
        assert_eq!(fixture.texts(counts), [(made.products + 10_000 * made.lines).to_string()]);
    });
}

#[test]
fn a_filled_shop_is_like_a_living_one() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        filled(&shop, PLAN);
        let all = |what: &str, table: &str| {
            let of = fixture.texts(&format!("SELECT DISTINCT {what} AS line FROM {table} ORDER BY line"));
            of.join(" ")
        };
        assert_eq!(all("status", "orders"), "cancelled fulfilled fulfilling paid pending shipped");
        assert_eq!(all("channel", "orders"), "api b2b manual pos");
        assert_eq!(all("kind", "stock_movements"), "adjustment opening receive return shipment");
        assert_eq!(all("customer_type", "customers"), "b2b retail wholesale");
        let share = |table: &str, of: &str| {
            let count = |of: &str| {
                let rows =
                    fixture.texts(&format!("SELECT CAST(COUNT(*) AS VARCHAR(9)) AS line FROM {table} WHERE {of}"));
                rows.concat().parse::<i64>().expect("a number")
            };
            count(of) * 1_000 / count("1 = 1")
        };
        for (table, of, likely) in [
            ("products", "is_active", 870..930),
            ("products", "cost_price IS NULL", 5..40),
            ("products", "name LIKE '%Bracket%'", 1..30),
            ("orders", "status = 'shipped'", 850..900),
            ("orders", "customer_id IS NULL", 130..170),
            ("stock_levels", "reorder_level > 0 AND quantity <= reorder_level", 5..100),
            ("stock_levels", "reserved > 0", 5..300),
        ] {
            let share = share(table, of);
            assert!(likely.contains(&share), "{table}: {of}: {share} in a thousand");
        }
        for barcode in fixture.texts("SELECT barcode AS line FROM products") {
            let weighted = |(at, digit): (usize, char)| digit.to_digit(10).expect("a digit") * [1, 3][at % 2];
            let sum = barcode.chars().enumerate().map(weighted).sum::<u32>();
            assert!(barcode.len() == 13 && sum % 10 == 0, "{barcode}");
        }
    });
}

#[test]
fn any_seed_and_size_adds_up_also_twice_in_one_tenant() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for (seed, products, warehouses, orders) in
            [(1, 1, 1, 0), (2, 1, 1, 200), (1, 40, 2, 100), (u64::MAX, 25, 4, 1), (0, 3, 2, 900)]
        {
            filled(&shop, Plan { products, warehouses, orders, seed, ..PLAN });
            shop.verify();
        }
        let defaults = fixture.texts("SELECT CAST(COUNT(*) AS VARCHAR(9)) AS line FROM warehouses WHERE is_default");
        assert_eq!(defaults, ["1"]);
        assert_eq!(fixture.texts("SELECT CAST(COUNT(*) AS VARCHAR(9)) AS line FROM warehouses"), ["4"]);
    });
}

#[test]
fn commands_go_on_where_a_filled_shop_ended() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let home = shop.warehouse("HOME");
        let anvil = shop.item("ANVIL").id;
        shop.stock(anvil, home, whole(10));
        let number = || shop.order(&[(anvil, whole(1))]).expect("an order").number;
        assert_eq!(number(), 1);
        filled(&shop, SMALL);
        assert_eq!(number(), 302);
        let filter = OrderFilter::default();
        let window = Window { start: Start::Page(1), limit: 50 };
        let newest = shop.read(move |tx| orders::list(tx, &filter, &window)).expect("orders");
        assert_eq!(newest.total, 302);
        let open = newest.rows.iter().find(|order| order.status == orders::Status::Paid).expect("an open order").id;
        shop.write(move |tx| orders::fulfil(tx, open, None)).expect("a shipped order");
        shop.amend(3, ItemChanges { is_active: Some(false), ..ItemChanges::default() }).expect("an item");
        shop.write(|tx| items::amend(tx, 5, &ItemChanges { cost_price: Change::Clear, ..ItemChanges::default() }))
            .expect("an item");
        assert!(shop.item("BUCKET").id > 41, "ids go on");
        assert!(shop.customer("Acme") > 15);
        filled(&shop, Plan { seed: 8, ..SMALL });
        shop.verify();
    });
}

#[test]
fn the_same_seed_makes_the_same_shop_on_either_engine() {
    let prints = Mutex::new(Vec::new());
    for seed in [7, 7, 8] {
        on_both(|fixture| {
            let shop = Shop::open(fixture, "BHH");
            filled(&shop, Plan { seed, ..SMALL });
            prints.lock().expect("the prints").push((seed, print(&shop)));
        });
    }
    let prints = prints.into_inner().expect("the prints");
    let (first, others) = prints.split_first().expect("a print");
    for other in others {
        assert_eq!(first.1 == other.1, first.0 == other.0);
    }
}

/// Everything that lists show of a small shop.
fn print(shop: &Shop<'_>) -> String {
    let window = Window { start: Start::Page(1), limit: 10_000 };
    let rows = shop.read(move |tx| {
        let items = items::list(tx, &ItemFilter::default(), &window)?.rows;
        let orders = orders::list(tx, &OrderFilter::default(), &window)?.rows;
        let movements = movements::list(tx, &MovementFilter::default(), &window)?.rows;
        let customers = customers::list(tx, &CustomerFilter::default(), &window)?.rows;
        Ok(format!("{items:#?}\n{orders:#?}\n{movements:#?}\n{customers:#?}"))
    });
    rows.expect("a shop")
}

#[test]
fn an_unknown_tenant_is_not_filled() {
    on_both(|fixture| {
        let refused = fixture.wait(fill(&fixture.store, TenantId::new(9), SMALL, |_| ()));
        let unknown = Error::NotFound { thing: Thing::Tenant, key: "9".to_owned() };
        assert_eq!(refused, Err(unknown));
    });
}
