//! Serial numbers: one unit each, and each in one place.

use super::{adjust, adjustment, batch, fields, numbers, short, transfer};
use crate::error::{Error, Unique};
use crate::items::Tracking;
use crate::orders::{self, FulfilLine, NewLine, ReturnLine, Status};
use crate::page::{Start, Window};
use crate::stock::serials::{self, NewSerials, SerialFilter, SerialStatus};
use crate::stock::{Adjustment, Named};
use crate::testing::{Fixture, Shop, code, new_order, on_both, whole};
use crate::values::Quantity;

/// Every unit's number, status and warehouse, by number.
fn units(shop: &Shop<'_>) -> Vec<(String, SerialStatus, i64)> {
    let window = Window { start: Start::Page(1), limit: 50 };
    let rows = shop.read(move |tx| serials::list(tx, &SerialFilter::default(), &window)).unwrap().rows;
    let unit = |row: serials::SerialLine| (row.serial.serial_number, row.serial.status, row.serial.warehouse_id);
    let mut units = rows.into_iter().map(unit).collect::<Vec<_>>();
    units.sort_by(|a, b| a.0.cmp(&b.0));
    units
}

fn statuses(shop: &Shop<'_>) -> String {
    let units = units(shop).into_iter().map(|(number, status, _)| format!("{number} {status}"));
    units.collect::<Vec<_>>().join(", ")
}

/// Three units, recorded in this order.
fn machines(fixture: &Fixture) -> (Shop<'_>, i64, i64) {
    let shop = Shop::open(fixture, "BHH");
    let (item, syd) = (shop.tracked("EQP", Tracking::Serial), shop.warehouse("SYD"));
    shop.units(item, syd, &["C", "A", "B"]);
    (shop, item, syd)
}

#[test]
fn each_number_is_one_unit_of_stock() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        assert_eq!(shop.level(item, syd), (whole(3), whole(0)));
        assert_eq!(shop.movements(item).len(), 1);
        let record = |numbers: &[&str]| {
            let numbers = numbers.iter().map(|number| code(number)).collect();
            let new = NewSerials { product_id: item, warehouse_id: None, numbers };
            shop.write(move |tx| serials::create(tx, &new)).map(|_| ())
        };
        assert_eq!(record(&["D", "a"]), Err(Error::SerialsTaken(vec![(1, "a".to_owned())])));
        assert_eq!(record(&["a"]), Err(Error::Duplicate(Unique::Serial)));
        assert_eq!(fields(record(&["D", "d"])), ["serials"]);
        assert_eq!(fields(record(&[])), ["serials"]);
        assert_eq!(shop.level(item, syd), (whole(3), whole(0)), "all or nothing");
        shop.verify();
    });
}

#[test]
fn the_oldest_units_leave_first() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        let order = shop.order(&[(item, whole(1)), (item, whole(1))]).unwrap();
        shop.write(move |tx| orders::fulfil(tx, order.id, None)).unwrap();
        assert_eq!(statuses(&shop), "A sold, B in_stock, C sold");
        assert_eq!(adjust(&shop, adjustment(item, syd, whole(1).negated())), Ok(whole(0)));
        assert_eq!(statuses(&shop), "A sold, B scrapped, C sold");
        let more = adjust(&shop, adjustment(item, syd, whole(1).negated()));
        assert_eq!(more, Err(short("EQP", whole(1), whole(0))));
        shop.verify();
    });
}

#[test]
fn units_can_be_named_wherever_they_move() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        let mel = shop.warehouse("MEL");
        let named = |units: &[&str], quantity| Adjustment { named: numbers(units), ..adjustment(item, syd, quantity) };
        assert_eq!(transfer(&shop, item, (syd, mel), whole(1), numbers(&["b"])), Ok(()));
        assert_eq!(units(&shop)[1], ("B".to_owned(), SerialStatus::InStock, mel));
        assert_eq!(fields(adjust(&shop, named(&["B"], whole(1).negated()))), ["serials"], "it lies elsewhere");
        assert_eq!(fields(adjust(&shop, named(&["A"], whole(2).negated()))), ["serials"], "one is not two");
        assert_eq!(fields(adjust(&shop, named(&["A", "a"], whole(2).negated()))), ["serials"]);
        assert_eq!(fields(adjust(&shop, named(&["X"], whole(1).negated()))), ["serials"]);
        assert_eq!(adjust(&shop, named(&["A"], whole(1).negated())), Ok(whole(1)));
        assert_eq!(transfer(&shop, item, (mel, syd), whole(1), Named::default()), Ok(()));
        assert_eq!(statuses(&shop), "A scrapped, B in_stock, C in_stock");
        assert_eq!(fields(adjust(&shop, Adjustment { named: batch(1), ..named(&[], whole(1)) })), ["batch_id"]);
        shop.verify();
    });
}

#[test]
fn what_turns_up_must_be_named_and_may_be_new() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        let named = |units: &[&str], quantity| Adjustment { named: numbers(units), ..adjustment(item, syd, quantity) };
        assert_eq!(fields(adjust(&shop, adjustment(item, syd, whole(1)))), ["serials"]);
        assert_eq!(fields(adjust(&shop, named(&["A"], whole(1)))), ["serials"], "it is in stock already");
        assert_eq!(fields(adjust(&shop, named(&["N", "n"], whole(2)))), ["serials"]);
        assert_eq!(adjust(&shop, named(&["A"], whole(1).negated())), Ok(whole(2)));
        assert_eq!(adjust(&shop, named(&["N", "A"], whole(2))), Ok(whole(4)));
        assert_eq!(statuses(&shop), "A in_stock, B in_stock, C in_stock, N in_stock");
        let half = Quantity::parse("0.5").unwrap();
        assert_eq!(fields(adjust(&shop, adjustment(item, syd, half.negated()))), ["quantity"]);
        shop.verify();
    });
}

#[test]
fn an_order_line_can_keep_units_for_itself() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        let line = |units: i64, named: &[&str]| NewLine {
            product_id: item,
            quantity: whole(units),
            unit_price: None,
            serials: named.iter().map(|number| code(number)).collect(),
        };
        let first = shop.place(new_order(vec![line(2, &["B"])])).unwrap();
        assert_eq!(statuses(&shop), "A in_stock, B reserved, C in_stock");
        for taken in [&["B"][..], &["X"], &["A", "C"]] {
            assert_eq!(fields(shop.place(new_order(vec![line(1, taken)]))), ["items[0].serials"]);
        }
        let carried = transfer(&shop, item, (syd, shop.warehouse("MEL")), whole(1), numbers(&["B"]));
        assert_eq!(fields(carried), ["serials"], "it is promised");

        shop.write(move |tx| orders::fulfil(tx, first.id, None)).unwrap();
        assert_eq!(statuses(&shop), "A in_stock, B sold, C sold", "its own first, then the oldest");
        let second = shop.place(new_order(vec![line(1, &["A"])])).unwrap();
        shop.write(move |tx| orders::change_status(tx, second.id, Status::Cancelled)).unwrap();
        assert_eq!(statuses(&shop), "A in_stock, B sold, C sold");
        shop.verify();
    });
}

#[test]
fn a_line_that_ships_other_units_lets_go_of_its_own() {
    on_both(|fixture| {
        let (shop, item, _) = machines(fixture);
        let line = NewLine { product_id: item, quantity: whole(1), unit_price: None, serials: vec![code("B")] };
        let order = shop.place(new_order(vec![line])).unwrap();
        let order_item_id = shop.lines(order.id)[0].id;
        let ships = FulfilLine { order_item_id, quantity: whole(1), named: numbers(&["A"]) };
        shop.write(move |tx| orders::fulfil(tx, order.id, Some(std::slice::from_ref(&ships)))).unwrap();
        assert_eq!(statuses(&shop), "A sold, B in_stock, C in_stock");
        shop.verify();
    });
}

#[test]
fn units_come_back_into_stock_or_are_laid_aside() {
    on_both(|fixture| {
        let (shop, item, syd) = machines(fixture);
        let order = shop.order(&[(item, whole(3))]).unwrap();
        shop.write(move |tx| orders::fulfil(tx, order.id, None)).unwrap();
        let order_item_id = shop.lines(order.id)[0].id;
        let back = |quantity, restock, named: &[&str]| {
            let serials = named.iter().map(|number| code(number)).collect();
            let line = ReturnLine { order_item_id, quantity, restock, serials };
            shop.write(move |tx| orders::take_back(tx, order.id, std::slice::from_ref(&line))).map(|_| ())
        };
        assert_eq!(fields(back(whole(1), true, &["X"])), ["items[0].serials"]);
        assert_eq!(fields(back(whole(1), true, &["A", "B"])), ["items[0].serials"]);
        assert_eq!(back(whole(1), true, &["A"]), Ok(()));
        assert_eq!(back(whole(1), false, &[]), Ok(()));
        assert_eq!(statuses(&shop), "A in_stock, B returned, C sold");
        assert_eq!(shop.level(item, syd).0, whole(1));
        shop.verify();
    });
}
