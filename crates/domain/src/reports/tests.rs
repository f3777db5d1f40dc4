//! What reports say of a small shop, recomputed by hand, and that their sums follow whatever happens.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::{Figures, GroupBy, MOST_DAYS, ProductCogs, Span, cogs, dashboard, financial, valuation};
use crate::access::tenants::{self, TenantChanges};
use crate::actor::{Actor, TenantId};
use crate::error::{Error, Result};
use crate::items::{self, ItemChanges};
use crate::orders::{self, FulfilLine, NewLine, OrderFilter, ReturnLine, Status};
use crate::page::{Start, Window};
use crate::stock::levels::{self, Summary};
use crate::stock::{self, Adjustment, Named, Transfer, warehouses};
use crate::store::Tx;
use crate::testing::{Fixture, Shop, fields, money, name, new_order, on_both, whole};
use crate::values::{Change, Price, Quantity};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn span(from: &str, to: &str) -> Span {
    Span { from: Some(day(from)), to: Some(day(to)) }
}

fn figures(revenue: &str, cogs: &str) -> Figures {
    Figures { revenue: money(revenue), cogs: money(cogs) }
}

/// A shop whose goods cost 1.50 and sell for 4.00, ten of them in each of two warehouses.
fn stocked(fixture: &Fixture) -> (Shop<'_>, i64, [i64; 2]) {
    let shop = Shop::open(fixture, "BHH");
    let anvil = shop.item("ANVIL").id;
    shop.price(anvil, "4.00", "1.50");
    let places = ["SYD", "MEL"].map(|place| shop.warehouse(place));
    for place in places {
        shop.stock(anvil, place, whole(10));
    }
    (shop, anvil, places)
}

/// Does something at an instant, in UTC.
fn at<T: Send + 'static>(
    shop: &Shop<'_>,
    instant: &str,
    mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    let (tenant, now): (TenantId, NaiveDateTime) = (shop.tenant, instant.parse().expect("an instant"));
    let done = shop.fixture.alter(move |lobby| command(&mut lobby.as_if(tenant, Actor::System, now)?));
    done.expect("nothing in the way")
}

fn place(shop: &Shop<'_>, instant: &str, product_id: i64, units: i64) -> i64 {
    let line = NewLine { product_id, quantity: whole(units), unit_price: None, serials: Vec::new() };
    let new = new_order(vec![line]);
    at(shop, instant, move |tx| orders::place(tx, &new)).id
}

fn ship(shop: &Shop<'_>, instant: &str, order: i64, units: i64) {
    let order_item_id = shop.lines(order)[0].id;
    let part = FulfilLine { order_item_id, quantity: whole(units), named: Named::default() };
    at(shop, instant, move |tx| orders::fulfil(tx, order, Some(std::slice::from_ref(&part))));
}

fn take_back(shop: &Shop<'_>, instant: &str, order: i64, units: i64, restock: bool) {
    let order_item_id = shop.lines(order)[0].id;
    let part = ReturnLine { order_item_id, quantity: whole(units), restock, serials: Vec::new() };
    at(shop, instant, move |tx| orders::take_back(tx, order, std::slice::from_ref(&part)));
}

fn periods(shop: &Shop<'_>, span: Span, group_by: GroupBy) -> Vec<(String, Figures)> {
    let report = shop.read(move |tx| financial(tx, span, group_by)).expect("a report");
    let sum = report.periods.iter().fold(Figures::default(), |mut sum, (_, figures)| {
        sum.add(*figures);
        sum
    });
    assert_eq!(report.summary, sum);
    report.periods.into_iter().map(|(day, figures)| (day.to_string(), figures)).collect()
}

fn earned(shop: &Shop<'_>, span: Span) -> Vec<(String, Figures)> {
    let days = periods(shop, span, GroupBy::Day).into_iter();
    days.filter(|(_, figures)| *figures != Figures::default()).collect()
}

#[test]
fn revenue_counts_on_the_day_of_the_order_and_cost_on_the_day_of_the_shipment() {
    on_both(|fixture| {
        let (shop, anvil, _) = stocked(fixture);
        let sold = place(&shop, "2026-04-01T10:00:00", anvil, 4);
        let called_off = place(&shop, "2026-04-02T10:00:00", anvil, 3);
        ship(&shop, "2026-04-06T10:00:00", sold, 3);
        ship(&shop, "2026-04-08T10:00:00", called_off, 1);
        // What goods cost today does not change what they cost when they left.
        shop.price(anvil, "4.00", "9.00");
        at(&shop, "2026-04-09T10:00:00", move |tx| orders::change_status(tx, called_off, Status::Cancelled));
        take_back(&shop, "2026-04-10T10:00:00", sold, 1, true);
        take_back(&shop, "2026-04-11T10:00:00", sold, 1, false);
        // Of an order that was called off nothing counts, whatever comes back of it.
        take_back(&shop, "2026-04-12T10:00:00", called_off, 1, true);
        let days = [
            ("2026-04-01", figures("16.00", "0")),
            ("2026-04-06", figures("0", "4.50")),
            ("2026-04-10", Figures { cogs: money("1.50").negated(), ..Figures::default() }),
        ];
        assert_eq!(earned(&shop, span("2026-04-01", "2026-04-30")), days.map(|(day, of)| (day.to_owned(), of)));
        let weeks = [
            ("2026-03-30", figures("16.00", "0")),
            ("2026-04-06", figures("0", "3.00")),
            ("2026-04-13", Figures::default()),
        ];
        assert_eq!(
            periods(&shop, span("2026-04-01", "2026-04-14"), GroupBy::Week),
            weeks.map(|(day, of)| (day.to_owned(), of))
        );
        let months = [("2026-03-01", Figures::default()), ("2026-04-01", figures("16.00", "3.00"))];
        assert_eq!(
            periods(&shop, span("2026-03-15", "2026-04-30"), GroupBy::Month),
            months.map(|(day, of)| (day.to_owned(), of))
        );
        let report = shop.read(|tx| cogs(tx, span("2026-04-01", "2026-04-30"))).unwrap();
        assert_eq!(report.total, money("3.00"));
        let (sku, product_name) = ("ANVIL".to_owned(), "ANVIL".to_owned());
        let of = ProductCogs { product_id: anvil, sku, product_name, units: whole(2), cogs: money("3.00") };
        assert_eq!(of.unit_cost(), money("1.50"));
        assert_eq!(report.items, [of]);
        shop.verify();
    });
}

#[test]
fn a_span_that_is_left_out_is_this_month() {
    on_both(|fixture| {
        let (shop, ..) = stocked(fixture);
        for (from, to, expected) in [
            (None, None, ("2026-05-01", "2026-05-31")),
            (Some("2026-04-03"), None, ("2026-04-03", "2026-05-31")),
            (Some("2026-07-03"), None, ("2026-07-03", "2026-07-31")),
            (None, Some("2026-02-28"), ("2026-02-01", "2026-02-28")),
            (None, Some("2026-05-06"), ("2026-05-01", "2026-05-06")),
            (Some("2026-05-06"), Some("2026-05-06"), ("2026-05-06", "2026-05-06")),
            (Some("0001-01-01"), Some("0001-01-01"), ("0001-01-01", "0001-01-01")),
            (Some("9999-12-31"), None, ("9999-12-31", "9999-12-31")),
        ] {
            let asked = Span { from: from.map(day), to: to.map(day) };
            let report = at(&shop, "2026-05-06T23:59:59", move |tx| financial(tx, asked, GroupBy::Day));
            assert_eq!((report.from, report.to), (day(expected.0), day(expected.1)));
        }
        let refused = shop.read(|tx| financial(tx, span("2026-05-02", "2026-05-01"), GroupBy::Day));
        assert_eq!(fields(refused), ["from"]);
        let first = day("2026-05-01");
        let longest = Span { from: Some(first), to: first.checked_add_days(chrono::Days::new(3_659)) };
        assert_eq!(periods(&shop, longest, GroupBy::Day).len(), usize::try_from(MOST_DAYS).unwrap());
        let longer = Span { from: Some(first), to: first.checked_add_days(chrono::Days::new(3_660)) };
        assert_eq!(fields(shop.read(move |tx| cogs(tx, longer))), ["from"]);
    });
}

#[test]
fn margins_are_rounded_half_away_from_zero() {
    for (revenue, cogs, margin, permille) in [
        ("28450.80", "10842.30", "17608.50", 619),
        ("0", "5.00", "-5.00", 0),
        ("0", "0", "0", 0),
        ("10.00", "12.50", "-2.50", -250),
        ("2000", "1", "1999", 1_000),
        ("2000", "1.01", "1998.99", 999),
        ("1", "0", "1", 1_000),
    ] {
        let of = figures(revenue, cogs);
        let margin = margin.strip_prefix('-').map_or_else(|| money(margin), |less| money(less).negated());
        assert_eq!((of.margin(), of.margin_permille()), (margin, permille), "{revenue} less {cogs}");
    }
}

#[test]
fn goods_go_by_their_present_name_or_the_one_they_had() {
    on_both(|fixture| {
        let (shop, anvil, _) = stocked(fixture);
        for instant in ["2026-04-01T10:00:00", "2026-04-02T10:00:00"] {
            let order = place(&shop, instant, anvil, 1);
            ship(&shop, instant, order, 1);
            shop.amend(anvil, ItemChanges { name: Some(name("Hammer")), ..ItemChanges::default() }).unwrap();
        }
        let named = |shop: &Shop<'_>| {
            let items = shop.read(|tx| cogs(tx, span("2026-04-01", "2026-04-30"))).unwrap().items;
            items.into_iter().map(|item| (item.product_name, item.units)).collect::<Vec<_>>()
        };
        assert_eq!(named(&shop), [("Hammer".to_owned(), whole(2))]);
        shop.write(move |tx| items::remove(tx, anvil)).unwrap();
        let after = named(&shop);
        assert_eq!((after.len(), after[0].1), (1, whole(2)));
        assert!(["ANVIL", "Hammer"].contains(&after[0].0.as_str()), "{after:?}");
        shop.verify();
    });
}

#[test]
fn days_are_those_of_the_tenant_and_are_counted_anew_when_its_zone_changes() {
    on_both(|fixture| {
        let (shop, anvil, _) = stocked(fixture);
        let order = place(&shop, "2026-03-08T02:29:59", anvil, 1);
        place(&shop, "2026-03-08T15:59:59", anvil, 1);
        place(&shop, "2026-03-08T16:00:00", anvil, 1);
        ship(&shop, "2026-03-09T02:30:00", order, 1);
        let all = span("2026-03-01", "2026-03-31");
        let days = |shop: &Shop<'_>| {
            let days = earned(shop, all).into_iter();
            days.map(|(day, Figures { revenue, cogs })| format!("{day} {revenue} {cogs}")).collect::<Vec<_>>()
        };
        let to = |zone: Tz| {
            let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
            shop.fixture.alter(move |lobby| tenants::set(lobby, "BHH", &changes)).expect("a zone");
        };
        assert_eq!(days(&shop), ["2026-03-08 12.00 0.00", "2026-03-09 0.00 1.50"]);
        to(Tz::Asia__Kuala_Lumpur);
        assert_eq!(days(&shop), ["2026-03-08 8.00 0.00", "2026-03-09 4.00 1.50"]);
        shop.verify();
        // Its clocks are put forward on the eighth: until then its day begins at 03:30 UTC, then at 02:30.
        to(Tz::America__St_Johns);
        assert_eq!(days(&shop), ["2026-03-07 4.00 0.00", "2026-03-08 8.00 0.00", "2026-03-09 0.00 1.50"]);
        shop.verify();
        let listed = |from: &str| {
            let filter = OrderFilter { from: Some(day(from)), to: Some(day(from)), ..OrderFilter::default() };
            let window = Window { start: Start::Page(1), limit: 9 };
            let list = shop.read(move |tx| orders::list(tx, &filter, &window)).unwrap();
            (list.rows.len(), list.total)
        };
        assert_eq!([listed("2026-03-07"), listed("2026-03-08"), listed("2026-03-09")], [(1, 1), (2, 2), (0, 0)]);
        at(&shop, "2026-03-20T00:00:00", move |tx| orders::change_status(tx, order, Status::Shipped));
        shop.verify();
    });
}

#[test]
fn the_dashboard_tells_the_day_so_far() {
    on_both(|fixture| {
        let (shop, anvil, [syd, _]) = stocked(fixture);
        shop.item("EMPTY");
        place(&shop, "2026-05-05T23:59:59", anvil, 2);
        let first = place(&shop, "2026-05-06T00:00:00", anvil, 3);
        let second = place(&shop, "2026-05-06T08:00:00", anvil, 1);
        let third = place(&shop, "2026-05-06T09:00:00", anvil, 2);
        at(&shop, "2026-05-06T10:00:00", move |tx| orders::change_status(tx, second, Status::Cancelled));
        at(&shop, "2026-05-06T11:00:00", move |tx| orders::change_status(tx, third, Status::Fulfilled));
        shop.write(move |tx| stock::set_reorder_level(tx, anvil, syd, whole(8))).unwrap();
        let seen = at(&shop, "2026-05-06T23:59:59", dashboard);
        assert_eq!((seen.revenue, seen.orders, seen.units), (money("20.00"), 2, whole(5)));
        assert_eq!((seen.open_orders, seen.low, seen.out), (2, 1, 1));
        let newest = seen.recent.iter().map(|order| order.id).collect::<Vec<_>>();
        assert_eq!(newest, [third, second, first, first - 1]);
        let tomorrow = at(&shop, "2026-05-07T00:00:00", dashboard);
        assert_eq!((tomorrow.orders, tomorrow.open_orders), (0, 2));
    });
}

#[test]
fn the_sums_of_stock_follow_whatever_happens_to_it() {
    on_both(|fixture| {
        let (shop, anvil, [syd, mel]) = stocked(fixture);
        let sums = |expected: (i64, &str, i64, i64)| {
            let Summary { skus, value, low, out, warehouses: _ } = shop.read(levels::summary).unwrap();
            assert_eq!((skus, value, low, out), (expected.0, money(expected.1), expected.2, expected.3));
            shop.verify();
        };
        let adjust = |warehouse_id: i64, units: i64| {
            let (quantity, named) = (whole(units), Named::default());
            let command = Adjustment { product_id: anvil, warehouse_id, quantity, expected: None, named, notes: None };
            shop.write(move |tx| stock::adjust(tx, &command)).unwrap();
        };
        let active = |is_active: bool| {
            shop.amend(anvil, ItemChanges { is_active: Some(is_active), ..ItemChanges::default() }).unwrap();
        };
        sums((1, "30.00", 0, 0));
        shop.write(move |tx| stock::set_reorder_level(tx, anvil, syd, whole(5))).unwrap();
        let command = Transfer {
            product_id: anvil,
            from: syd,
            to: mel,
            quantity: whole(6),
            named: Named::default(),
            notes: None,
        };
        shop.write(move |tx| stock::transfer(tx, &command)).unwrap();
        sums((1, "30.00", 1, 0));
        shop.write(move |tx| stock::set_reorder_level(tx, anvil, syd, whole(3))).unwrap();
        sums((1, "30.00", 0, 0));
        let cost_price = Change::Set(Price::parse("2.00").unwrap());
        shop.amend(anvil, ItemChanges { cost_price, ..ItemChanges::default() }).unwrap();
        sums((1, "40.00", 0, 0));
        active(false);
        adjust(mel, -16);
        sums((1, "8.00", 0, 0));
        active(true);
        adjust(syd, -4);
        sums((1, "0", 1, 1));
        active(false);
        sums((1, "0", 1, 0));
        adjust(mel, 2);
        active(true);
        sums((1, "4.00", 1, 0));
        shop.write(move |tx| items::remove(tx, anvil)).unwrap();
        sums((0, "0", 0, 0));
        shop.write(move |tx| warehouses::remove(tx, mel)).unwrap();
        sums((0, "0", 0, 0));
    });
}

#[test]
fn valuation_lists_what_is_on_hand_and_sums_all_of_it() {
    on_both(|fixture| {
        let (shop, anvil, [syd, mel]) = stocked(fixture);
        let bolt = shop.item("BOLT").id;
        shop.stock(bolt, mel, Quantity::parse("2.5").unwrap());
        shop.write(move |tx| stock::set_reorder_level(tx, bolt, syd, whole(3))).unwrap();
        let page = |warehouse: Option<i64>, start: Start| {
            let window = Window { start, limit: 2 };
            shop.read(move |tx| valuation(tx, warehouse, &window)).unwrap()
        };
        let rows = |start: Start| {
            let lines = page(None, start).lines;
            let rows = lines.rows.iter().map(|line| (line.product_id, line.warehouse_id, line.value)).collect();
            (rows, lines.total, lines.next)
        };
        let (first, total, next): (Vec<_>, _, _) = rows(Start::Page(1));
        assert_eq!((first, total), (vec![(anvil, syd, money("15.00")), (anvil, mel, money("15.00"))], 3));
        let behind = rows(Start::After(next.unwrap()));
        assert_eq!(behind, (vec![(bolt, mel, money("0"))], 3, None));
        assert_eq!(rows(Start::Page(2)), behind);
        assert_eq!(page(None, Start::Page(1)).total, money("30.00"));
        let there = page(Some(mel), Start::Page(1));
        assert_eq!((there.total, there.lines.total, there.lines.rows.len()), (money("15.00"), 2, 2));
    });
}

#[test]
fn what_no_sum_can_hold_is_refused() {
    on_both(|fixture| {
        let (shop, anvil, _) = stocked(fixture);
        shop.order(&[(anvil, whole(1))]).unwrap();
        for (column, table) in [("revenue", "daily_orders"), ("units", "daily_orders")] {
            let before = fixture.texts(&format!("SELECT CAST({column} AS TEXT) AS line FROM {table}"));
            for full in ["9000000000000000000", "8999999999999999999"] {
                fixture.execute(&format!("UPDATE {table} SET {column} = {full}"));
                assert_eq!(shop.order(&[(anvil, whole(1))]).map(|_| ()), Err(Error::OutOfRange), "{column} {full}");
            }
            fixture.execute(&format!("UPDATE {table} SET {column} = {}", before[0]));
        }
        shop.verify();
    });
}
