//! Batches: the earliest expiry goes first, and batches always hold what is on hand.

use chrono::{Days, NaiveDate};

use super::{adjust, adjustment, batch, fields, numbers, short, transfer};
use crate::error::{Error, Thing, Unique};
use crate::items::Tracking;
use crate::orders;
use crate::page::{Start, Window};
use crate::stock::batches::{self, BatchFilter, Labels, NewBatch};
use crate::stock::{Adjustment, Named};
use crate::testing::{Fixture, Shop, code, on_both, start, whole};
use crate::values::Quantity;

/// The day so many days from today, as text.
fn day(shop: &Shop<'_>, days: i64) -> String {
    let today = shop.read(|tx| Ok(tx.today())).unwrap();
    let span = Days::new(days.unsigned_abs());
    let day: Option<NaiveDate> = if days < 0 { today.checked_sub_days(span) } else { today.checked_add_days(span) };
    day.unwrap().to_string()
}

/// How much there is of each batch, by number.
fn held(shop: &Shop<'_>, item: i64) -> Vec<(String, Quantity)> {
    let filter = BatchFilter { product_id: Some(item), expiring_days: None };
    let window = Window { start: Start::Page(1), limit: 50 };
    let rows = shop.read(move |tx| batches::list(tx, &filter, &window)).unwrap().rows;
    let mut held = rows.into_iter().map(|row| (row.batch.batch_number, row.quantity)).collect::<Vec<_>>();
    held.sort();
    held
}

fn of(number: &str, units: i64) -> (String, Quantity) {
    (number.to_owned(), whole(units))
}

/// A batch product with an expired, an early, a late and an undated batch, and goods without one.
fn chemicals(fixture: &Fixture) -> (Shop<'_>, i64, i64, i64) {
    let shop = Shop::open(fixture, "BHH");
    let (item, syd) = (shop.tracked("CHM", Tracking::Batch), shop.warehouse("SYD"));
    shop.stock(item, syd, whole(1));
    shop.batch(item, syd, "UNDATED", None, whole(2));
    let (late, early, expired) = (day(&shop, 90), day(&shop, 0), day(&shop, -1));
    shop.batch(item, syd, "LATE", Some(&late), whole(3));
    let early = shop.batch(item, syd, "EARLY", Some(&early), whole(4));
    shop.batch(item, syd, "EXPIRED", Some(&expired), whole(5));
    (shop, item, syd, early)
}

#[test]
fn a_loss_takes_the_first_to_expire_expired_ones_included() {
    on_both(|fixture| {
        let (shop, item, syd, _) = chemicals(fixture);
        assert_eq!(adjust(&shop, adjustment(item, syd, whole(10).negated())), Ok(whole(5)));
        let left = [of("EARLY", 0), of("EXPIRED", 0), of("LATE", 2), of("UNASSIGNED", 1), of("UNDATED", 2)];
        assert_eq!(held(&shop, item), left);
        adjust(&shop, adjustment(item, syd, whole(4).negated())).unwrap();
        assert_eq!(held(&shop, item)[3], of("UNASSIGNED", 1), "what nobody has told apart goes last");
        let rows = shop.movements(item);
        let balances = rows[rows.len() - 5..].iter().map(|row| row.balance_after).collect::<Vec<_>>();
        assert_eq!(balances, [whole(10), whole(6), whole(5), whole(3), whole(1)], "a movement for each batch");
        shop.verify();
    });
}

#[test]
fn customers_do_not_get_what_has_expired() {
    on_both(|fixture| {
        let (shop, item, syd, _) = chemicals(fixture);
        let order = shop.order(&[(item, whole(5)), (item, whole(1))]).unwrap();
        shop.write(move |tx| orders::fulfil(tx, order.id, None)).unwrap();
        let left = [of("EARLY", 0), of("EXPIRED", 5), of("LATE", 1), of("UNASSIGNED", 1), of("UNDATED", 2)];
        assert_eq!(held(&shop, item), left, "what expires today is good today");
        let order = shop.order(&[(item, whole(5))]).unwrap();
        let refused = shop.write(move |tx| orders::fulfil(tx, order.id, None));
        assert_eq!(refused, Err(short("CHM", whole(5), whole(4))));
        assert_eq!(shop.level(item, syd), (whole(9), whole(5)));
        shop.verify();
    });
}

#[test]
fn a_named_batch_is_taken_or_filled() {
    on_both(|fixture| {
        let (shop, item, syd, early) = chemicals(fixture);
        let named = |quantity| Adjustment { named: batch(early), ..adjustment(item, syd, quantity) };
        assert_eq!(adjust(&shop, named(whole(5).negated())), Err(short("CHM", whole(5), whole(4))));
        assert_eq!(adjust(&shop, named(whole(4).negated())), Ok(whole(11)));
        assert_eq!(adjust(&shop, named(whole(7))), Ok(whole(18)));
        assert_eq!(held(&shop, item)[0], of("EARLY", 7));

        let other = shop.tracked("OTHER", Tracking::Batch);
        let foreign = Adjustment { named: batch(early), ..adjustment(other, syd, whole(1)) };
        let unknown = |key: i64| {
            Err(Error::UnknownReference { field: "batch_id".to_owned(), thing: Thing::Batch, key: key.to_string() })
        };
        assert_eq!(adjust(&shop, foreign), unknown(early));
        let missing = Adjustment { named: batch(999), ..adjustment(item, syd, whole(1)) };
        assert_eq!(adjust(&shop, missing), unknown(999));
        let anvil = shop.item("ANVIL").id;
        let untracked = Adjustment { named: batch(early), ..adjustment(anvil, syd, whole(1)) };
        assert_eq!(fields(adjust(&shop, untracked)), ["batch_id"]);
        let unit = Adjustment { named: numbers(&["SN"]), ..adjustment(item, syd, whole(1)) };
        assert_eq!(fields(adjust(&shop, unit)), ["serials"]);
        shop.verify();
    });
}

#[test]
fn a_transfer_keeps_the_batches() {
    on_both(|fixture| {
        let (shop, item, syd, early) = chemicals(fixture);
        let mel = shop.warehouse("MEL");
        let before = held(&shop, item);
        assert_eq!(transfer(&shop, item, (syd, mel), whole(7), Named::default()), Ok(()));
        assert_eq!(transfer(&shop, item, (syd, mel), whole(2), batch(early)), Ok(()));
        assert_eq!((shop.level(item, syd).0, shop.level(item, mel).0), (whole(6), whole(9)));
        assert_eq!(held(&shop, item), before, "the sums over all warehouses stay");
        // All that came is EXPIRED and EARLY: lowering there takes them in that order.
        adjust(&shop, adjustment(item, mel, whole(6).negated())).unwrap();
        assert_eq!(held(&shop, item)[..2], [of("EARLY", 3), of("EXPIRED", 0)]);
        shop.verify();
    });
}

#[test]
fn what_comes_without_a_batch_is_unassigned_once() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (item, syd, mel) = (shop.tracked("CHM", Tracking::Batch), shop.warehouse("SYD"), shop.warehouse("MEL"));
        for warehouse in [syd, syd, mel] {
            adjust(&shop, adjustment(item, warehouse, whole(2))).unwrap();
        }
        assert_eq!(held(&shop, item), [of("UNASSIGNED", 6)]);
        shop.verify();
    });
}

#[test]
fn goods_without_a_batch_may_come_to_many_warehouses_at_once() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (item, tenant) = (shop.tracked("CHM", Tracking::Batch), shop.tenant);
        let places = ["A", "B", "C", "D"].map(|place| shop.warehouse(place));
        let started = places.map(|place| {
            let command = adjustment(item, place, whole(1));
            start(fixture.store.alter(move |lobby| crate::stock::adjust(&mut lobby.as_system(tenant)?, &command)))
        });
        for one in started {
            assert_eq!(one.wait(fixture), Ok(whole(1)));
        }
        assert_eq!(held(&shop, item), [of("UNASSIGNED", 4)]);
        shop.verify();
    });
}

#[test]
fn numbers_of_batches_are_unique_for_their_product() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (chm, oil, syd) =
            (shop.tracked("CHM", Tracking::Batch), shop.tracked("OIL", Tracking::Batch), shop.warehouse("SYD"));
        shop.batch(chm, syd, "B-1", None, whole(0));
        shop.batch(oil, syd, "B-1", None, whole(1));
        let labels = |number: &str| Labels {
            batch_number: code(number),
            lot_number: None,
            manufacture_date: None,
            expiry_date: None,
            notes: None,
        };
        let create = |product_id, number: &str, quantity| {
            let new = NewBatch { product_id, warehouse_id: None, labels: labels(number), quantity };
            shop.write(move |tx| batches::create(tx, &new)).map(|_| ())
        };
        assert_eq!(create(chm, "b-1", whole(1)), Err(Error::Duplicate(Unique::Batch)));
        assert_eq!(fields(create(shop.item("ANVIL").id, "B-2", whole(1))), ["product_id"]);
        assert_eq!(fields(create(chm, "B-2", whole(1).negated())), ["quantity"]);
        assert_eq!(held(&shop, chm), [of("B-1", 0)]);
        shop.verify();
    });
}

#[test]
fn what_expires_soon_is_listed_by_its_day() {
    on_both(|fixture| {
        let (shop, item, syd, _) = chemicals(fixture);
        let (soon, exhausted) = (day(&shop, 7), day(&shop, 8));
        shop.batch(item, syd, "SOON", Some(&soon), whole(1));
        shop.batch(item, syd, "EXHAUSTED", Some(&exhausted), whole(0));
        let list = |days, window: Window| {
            let filter = BatchFilter { product_id: None, expiring_days: Some(days) };
            let slice = shop.read(move |tx| batches::list(tx, &filter, &window)).unwrap();
            let names = slice.rows.into_iter().map(|row| row.batch.batch_number).collect::<Vec<_>>().join(" ");
            (names, slice.total, slice.next)
        };
        let page = Window { start: Start::Page(1), limit: 50 };
        assert_eq!(list(90, page), ("EARLY SOON LATE".to_owned(), 3, None));
        assert_eq!(list(89, page), ("EARLY SOON".to_owned(), 2, None));
        assert_eq!(list(0, page), ("EARLY".to_owned(), 1, None));
        assert_eq!(list(i64::MAX, page).1, 3);
        let (first, _, next) = list(90, Window { limit: 2, ..page });
        let (second, ..) = list(90, Window { start: Start::After(next.unwrap()), limit: 2 });
        assert_eq!((first.as_str(), second.as_str()), ("EARLY SOON", "LATE"));
    });
}
