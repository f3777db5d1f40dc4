use super::*;
use crate::items::ItemChanges;
use crate::page::Start;
use crate::stock::{self, Adjustment, Named};
use crate::testing::{Shop, code, on_both, whole};
use crate::values::{Change, Price};

/// Three items in three locations, of which the third belongs to the first one's branch. The ids, both in order.
fn stocked(shop: &Shop<'_>) -> ([i64; 3], [i64; 3]) {
    let items = ["ANVIL", "HAMMER", "SAW"].map(|sku| shop.item(sku).id);
    let locations = ["SYD", "MEL", "PER"].map(|place| shop.warehouse(place));
    for location in locations.iter().rev() {
        for item in items {
            shop.stock(item, *location, whole(*location + item));
        }
    }
    let statement = format!("UPDATE warehouses SET branch_id = {} WHERE id = {}", locations[0], locations[2]);
    shop.fixture.execute(&statement);
    (items, locations)
}

/// The items and locations that a filter finds, by slices of two, each with an exact total.
fn found(shop: &Shop<'_>, filter: &BalanceFilter, order: BalanceOrder) -> Vec<(i64, i64)> {
    let (mut places, mut start) = (Vec::new(), Start::Page(1));
    loop {
        let (filter, window) = (filter.clone(), Window { start, limit: 2 });
        let slice = shop.read(move |tx| list(tx, &filter, order, &window)).unwrap();
        places.extend(slice.rows.iter().map(|balance| (balance.item.id, balance.location.id)));
        let Some(cursor) = slice.next else {
            assert_eq!(slice.total, i64::try_from(places.len()).unwrap());
            return places;
        };
        start = Start::After(cursor);
    }
}

fn by_item(shop: &Shop<'_>, filter: &BalanceFilter) -> Vec<(i64, i64)> {
    found(shop, filter, BalanceOrder::Item)
}

fn of(codes: &[&str]) -> BalanceFilter {
    let codes = codes.iter().map(|code| (*code).to_owned()).collect();
    BalanceFilter { item_codes: Some(codes), ..BalanceFilter::default() }
}

#[test]
fn both_orders_go_through_everything_once() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (items, locations) = stocked(&shop);
        let mut expected = items.map(|item| locations.map(|location| (item, location))).concat();
        for filter in [BalanceFilter::default(), of(&["ANVIL", "hammer", "Saw"])] {
            expected.sort_unstable();
            assert_eq!(by_item(&shop, &filter), expected);
            expected.sort_unstable_by_key(|(item, location)| (*location, *item));
            assert_eq!(found(&shop, &filter, BalanceOrder::Location), expected);
        }
    });
}

#[test]
fn a_branch_has_its_locations() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (items, [syd, mel, per]) = stocked(&shop);
        let in_branch = |branch| BalanceFilter { branch_id: Some(branch), ..of(&["ANVIL"]) };
        assert_eq!(by_item(&shop, &in_branch(syd)), [(items[0], syd), (items[0], per)]);
        assert_eq!(by_item(&shop, &in_branch(mel)), [(items[0], mel)]);
        // It belongs to another branch, and none belongs to its own.
        assert_eq!(by_item(&shop, &in_branch(per)), []);
        assert_eq!(by_item(&shop, &in_branch(0)), []);
        let window = Window { start: Start::Page(1), limit: 3 };
        let rows = shop.read(move |tx| part(tx, &of(&["ANVIL"]), BalanceOrder::Item, &window)).unwrap().rows;
        let branches = rows.into_iter().map(|row| (row.branch_id, row.branch_code)).collect::<Vec<_>>();
        assert_eq!(branches, [(syd, "SYD".to_owned()), (mel, "MEL".to_owned()), (syd, "SYD".to_owned())]);
    });
}

#[test]
fn codes_are_found_in_any_case_and_unknown_ones_ignored() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (_, locations) = stocked(&shop);
        let own = shop.item("GRÖßE-1").id;
        shop.stock(own, locations[1], whole(1));
        let other = Shop::open(fixture, "GLX");
        let theirs = other.item("ANVIL").id;
        let place = other.warehouse("SYD");
        other.stock(theirs, place, whole(7));
        assert_eq!(by_item(&shop, &of(&["größe-1", "NOBODY", "GRÖSSE-1"])), [(own, locations[1])]);
        assert_eq!(by_item(&other, &of(&["anvil", "GRÖßE-1"])), [(theirs, place)]);
        assert_eq!(by_item(&other, &BalanceFilter::default()), [(theirs, place)]);
        assert_eq!(by_item(&shop, &of(&["NOBODY"])), []);
        assert_eq!(by_item(&shop, &of(&[])), []);
        let many = (0..500).map(|number| format!("CODE-{number}")).chain(["SAW".to_owned()]).collect();
        let many = BalanceFilter { item_codes: Some(many), ..BalanceFilter::default() };
        assert_eq!(by_item(&shop, &many).len(), 3);
    });
}

#[test]
fn a_change_of_stock_moves_its_instant_and_nothing_else_does() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (items, locations) = stocked(&shop);
        fixture.execute("UPDATE stock_levels SET updated_at = '2026-04-09 10:22:11'");
        let at = "2026-04-09T10:22:11".parse::<NaiveDateTime>().unwrap();
        let since = BalanceFilter { updated_from: Some(at), ..BalanceFilter::default() };
        let until = BalanceFilter { updated_before: Some(at), ..BalanceFilter::default() };
        assert_eq!((by_item(&shop, &since).len(), by_item(&shop, &until).len()), (9, 0));
        let costly = ItemChanges { cost_price: Change::Set(Price::parse("9").unwrap()), ..ItemChanges::default() };
        shop.amend(items[0], costly).unwrap();
        let (product_id, warehouse_id) = (items[1], locations[2]);
        shop.write(move |tx| stock::set_reorder_level(tx, product_id, warehouse_id, whole(5))).unwrap();
        let later = BalanceFilter { updated_from: Some(at + chrono::TimeDelta::microseconds(1)), ..since };
        assert_eq!(by_item(&shop, &later), []);
        let named = Named::default();
        let less = Adjustment { product_id, warehouse_id, quantity: whole(-1), expected: None, named, notes: None };
        shop.write(move |tx| stock::adjust(tx, &less)).unwrap();
        assert_eq!(by_item(&shop, &later), [(product_id, warehouse_id)]);
        let elsewhere = BalanceFilter { branch_id: Some(locations[1]), ..later.clone() };
        assert_eq!(by_item(&shop, &elsewhere), []);
    });
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let window = Window { start: Start::After(Cursor::Id(1)), limit: 2 };
        let refused = shop.read(move |tx| list(tx, &BalanceFilter::default(), BalanceOrder::Item, &window));
        assert!(matches!(refused, Err(Error::Invalid(_))));
    });
}

#[test]
fn a_balance_names_what_it_is_of() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let barcode = ItemChanges { barcode: Change::Set(code("931")), ..ItemChanges::default() };
        let item = shop.make("ANVIL", barcode).unwrap().id;
        let place = shop.warehouse("SYD");
        shop.stock(item, place, Quantity::parse("2.5").unwrap());
        let window = Window { start: Start::Page(1), limit: 1 };
        let order = BalanceOrder::Location;
        let slice = shop.read(move |tx| list(tx, &BalanceFilter::default(), order, &window)).unwrap();
        let balance = slice.rows.into_iter().next().unwrap();
        let name = "ANVIL".to_owned();
        assert_eq!(balance.item, BalancedItem { id: item, sku: name.clone(), name, barcode: Some("931".to_owned()) });
        assert_eq!(balance.location, Label { id: place, code: "SYD".to_owned(), name: "SYD".to_owned() });
        assert_eq!((balance.uom_code, balance.reserved), (None, Quantity::ZERO));
        assert_eq!((balance.quantity, balance.available), (Quantity::parse("2.5").unwrap(), balance.quantity));
    });
}

#[test]
fn every_span_of_changes_finds_its_balances_in_both_orders() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (items, locations) = stocked(&shop);
        let all = items.map(|item| locations.map(|location| (item, location))).concat();
        // Last changed in another order than that of the list, some at once.
        let hours = [4, 1, 3, 2, 4, 0, 1, 3, 2];
        for ((item, location), hour) in all.iter().zip(hours) {
            fixture.execute(&format!(
                "UPDATE stock_levels SET updated_at = '2026-04-09 0{hour}:00:00'
                 WHERE product_id = {item} AND warehouse_id = {location}"
            ));
        }
        let at = |hour: i64| "2026-04-09T00:00:00".parse::<NaiveDateTime>().unwrap() + chrono::TimeDelta::hours(hour);
        for (from, before) in (0..6).flat_map(|from| (0..6).map(move |before| (from, before))) {
            let within = all.iter().zip(hours).filter(|(_, hour)| (from..before).contains(hour));
            let within = within.map(|(key, _)| *key).collect::<Vec<_>>();
            let span = BalanceFilter {
                updated_from: Some(at(from)),
                updated_before: Some(at(before)),
                ..BalanceFilter::default()
            };
            let in_branch = BalanceFilter { branch_id: Some(locations[0]), ..span.clone() };
            let of_two = BalanceFilter {
                updated_from: Some(at(from)),
                updated_before: Some(at(before)),
                ..of(&["ANVIL", "SAW"])
            };
            let kept = |keep: &dyn Fn(&(i64, i64)) -> bool| within.iter().copied().filter(|key| keep(key)).collect();
            let cases: [(_, Vec<(i64, i64)>); 3] = [
                (span, within.clone()),
                (in_branch, kept(&|(_, location)| *location != locations[1])),
                (of_two, kept(&|(item, _)| *item != items[1])),
            ];
            for (filter, mut expected) in cases {
                assert_eq!(by_item(&shop, &filter), expected, "{filter:?}");
                expected.sort_unstable_by_key(|(item, location)| (*location, *item));
                assert_eq!(found(&shop, &filter, BalanceOrder::Location), expected, "{filter:?}");
            }
        }
    });
}
