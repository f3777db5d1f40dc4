//! Lists of items: filters, totals and pages.

use chrono::TimeDelta;

use super::into_category;
use crate::items::{self, ItemChanges, ItemFilter};
use crate::page::{Cursor, Start, Window};
use crate::testing::{Shop, code, name, on_both, whole};
use crate::values::Change;

fn skus(shop: &Shop<'_>, filter: &ItemFilter) -> Vec<String> {
    let slice = shop.list(filter);
    assert_eq!(slice.total, i64::try_from(slice.rows.len()).unwrap(), "the total of {filter:?}");
    let heads = {
        let (filter, window) = (filter.clone(), Window { start: Start::Page(1), limit: 200 });
        shop.read(move |tx| items::list_heads(tx, &filter, &window)).unwrap()
    };
    let skus = slice.rows.into_iter().map(|line| line.item.sku).collect::<Vec<_>>();
    assert_eq!(heads.rows.into_iter().map(|head| head.sku).collect::<Vec<_>>(), skus, "both lists find the same");
    assert_eq!(heads.total, slice.total);
    skus
}

/// Three rows of both lists, which must be the same ones.
fn page(shop: &Shop<'_>, start: Start) -> (Vec<String>, i64, Option<Cursor>) {
    let window = Window { start, limit: 3 };
    let heads = shop.read(move |tx| items::list_heads(tx, &ItemFilter::default(), &window)).unwrap();
    let lines = shop.read(move |tx| items::list(tx, &ItemFilter::default(), &window)).unwrap();
    assert_eq!((heads.total, heads.next), (lines.total, lines.next));
    let skus = heads.rows.into_iter().map(|head| head.sku).collect::<Vec<_>>();
    assert_eq!(lines.rows.into_iter().map(|line| line.item.sku).collect::<Vec<_>>(), skus);
    (skus, heads.total, heads.next)
}

#[test]
fn each_filter_finds_what_it_says_and_counts_it_exactly() {
    on_both(|fixture| {
        let [shop, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let none = ItemFilter::default;
        let category = shop.category("Bolts").id;
        let below = shop.category_below("M8", Some(category)).unwrap().id;
        shop.make("A-1", into_category(category)).unwrap();
        let inactive = ItemChanges { is_active: Some(false), ..into_category(category) };
        let a2 = shop.make("A-2", inactive).unwrap();
        let barcode = ItemChanges { barcode: Change::Set(code("Bar")), ..into_category(below) };
        let b1 = shop.make("B-1", barcode.clone()).unwrap();
        other.make("A-1", ItemChanges { barcode: barcode.barcode, ..ItemChanges::default() }).unwrap();

        assert_eq!(skus(&shop, &none()), ["A-1", "A-2", "B-1"]);
        assert_eq!(skus(&shop, &ItemFilter { is_active: Some(true), ..none() }), ["A-1", "B-1"]);
        assert_eq!(skus(&shop, &ItemFilter { is_active: Some(false), ..none() }), ["A-2"]);
        assert_eq!(skus(&shop, &ItemFilter { category_id: Some(category), ..none() }), ["A-1", "A-2"]);
        assert_eq!(skus(&shop, &ItemFilter { category_id: Some(999), ..none() }), [""; 0]);
        assert_eq!(skus(&shop, &ItemFilter { id: Some(a2.id), ..none() }), ["A-2"]);
        assert_eq!(skus(&other, &ItemFilter { id: Some(a2.id), ..none() }), [""; 0]);
        assert_eq!(skus(&shop, &ItemFilter { code: Some("b-1".into()), ..none() }), ["B-1"]);
        assert_eq!(skus(&shop, &ItemFilter { barcode: Some("Bar".into()), ..none() }), ["B-1"]);
        assert_eq!(skus(&shop, &ItemFilter { barcode: Some("bar".into()), ..none() }), [""; 0]);
        assert_eq!(skus(&shop, &ItemFilter { search: Some("a-".into()), ..none() }), ["A-1", "A-2"]);
        assert_eq!(skus(&shop, &ItemFilter { name: Some("-1".into()), ..none() }), ["A-1", "B-1"]);
        let both = ItemFilter { search: Some("a-".into()), is_active: Some(true), ..none() };
        assert_eq!(skus(&shop, &both), ["A-1"]);
        let all_but_one = ItemFilter {
            category_id: Some(below),
            is_active: Some(true),
            code: Some("B-1".into()),
            id: Some(a2.id),
            ..none()
        };
        assert_eq!(skus(&shop, &all_but_one), [""; 0]);

        assert_eq!(skus(&shop, &ItemFilter { updated_from: Some(b1.updated_at), ..none() }), ["B-1"]);
        assert_eq!(skus(&shop, &ItemFilter { updated_before: Some(b1.updated_at), ..none() }), ["A-1", "A-2"]);
        let never = ItemFilter { updated_from: Some(b1.updated_at + TimeDelta::microseconds(1)), ..none() };
        assert_eq!(skus(&shop, &never), [""; 0]);
        let (from, before) = (Some(a2.updated_at), Some(b1.updated_at));
        assert_eq!(skus(&shop, &ItemFilter { updated_from: from, updated_before: before, ..none() }), ["A-2"]);
    });
}

#[test]
fn a_line_shows_its_category_and_what_is_on_hand() {
    on_both(|fixture| {
        let [shop, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        other.category("Theirs");
        let item = shop.make("ANVIL", into_category(shop.category("Bolts").id)).unwrap();
        shop.item("BARE");
        for (place, quantity) in [("SYD", 3), ("MEL", 4)] {
            let warehouse = shop.warehouse(place);
            shop.stock(item.id, warehouse, whole(quantity));
        }
        let lines = shop.list(&ItemFilter::default()).rows;
        assert_eq!((lines[0].category_name.as_deref(), lines[0].on_hand), (Some("Bolts"), whole(7)));
        assert_eq!((lines[1].category_name.as_deref(), lines[1].on_hand), (None, whole(0)));
        let levels = shop.read(move |tx| crate::stock::of_item(tx, item.id)).unwrap();
        let shown = levels.iter().map(|level| (level.warehouse_name.as_str(), level.quantity)).collect::<Vec<_>>();
        assert_eq!(shown, [("SYD", whole(3)), ("MEL", whole(4))]);
    });
}

#[test]
fn page_numbers_and_cursors_lead_through_the_same_list() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let made = (0..7).map(|number| shop.item(&format!("S{number}")).sku).collect::<Vec<_>>();
        let page = |start: Start| {
            let (skus, total, next) = page(&shop, start);
            assert_eq!(total, 7);
            (skus, next)
        };
        let (mut seen, mut start) = (Vec::new(), Start::Page(1));
        for number in 1..=3 {
            let (rows, next) = page(start);
            assert_eq!(page(Start::Page(number)), (rows.clone(), next));
            seen.extend(rows);
            match next {
                Some(next) => start = Start::After(next),
                None => assert_eq!(number, 3),
            }
        }
        assert_eq!(seen, made);
        assert_eq!((page(Start::Page(4)), page(Start::Page(i64::MAX))), ((vec![], None), (vec![], None)));
    });
}

#[test]
fn a_cursor_neither_repeats_nor_skips_while_rows_come_and_go() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let ids = (0..9).map(|number| shop.item(&format!("S{number}")).id).collect::<Vec<_>>();
        let (first, _, next) = page(&shop, Start::Page(1));
        // One that was seen goes, the one the cursor stands on too, and one that was not seen yet; a new one comes.
        for gone in [ids[0], ids[2], ids[4]] {
            shop.write(move |tx| items::remove(tx, gone)).unwrap();
        }
        shop.item("LATE");
        let (second, total, next) = page(&shop, Start::After(next.unwrap()));
        assert_eq!(total, 7);
        let (third, _, next) = page(&shop, Start::After(next.unwrap()));
        let seen = [first, second, third].concat();
        assert_eq!(seen, ["S0", "S1", "S2", "S3", "S5", "S6", "S7", "S8", "LATE"]);
        assert_eq!(next, None);
    });
}

#[test]
fn a_page_that_ends_with_the_list_leads_nowhere() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for number in 0..4 {
            shop.item(&format!("S{number}"));
        }
        let window = Window { start: Start::Page(2), limit: 2 };
        let last = shop.read(move |tx| items::list(tx, &ItemFilter::default(), &window)).unwrap();
        assert_eq!((last.rows.len(), last.total, last.next), (2, 4, None));
    });
}

#[test]
fn a_filtered_total_counts_past_the_page() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for number in 0..5 {
            let renamed = ItemChanges { name: Some(name("anvil")), ..ItemChanges::default() };
            let id = shop.item(&format!("S{number}")).id;
            shop.amend(id, renamed).unwrap();
        }
        let filter = ItemFilter { search: Some("anvil".to_owned()), ..ItemFilter::default() };
        let window = Window { start: Start::Page(1), limit: 2 };
        let slice = shop.read(move |tx| items::list(tx, &filter, &window)).unwrap();
        assert_eq!((slice.rows.len(), slice.total, slice.next.is_some()), (2, 5, true));
    });
}

#[test]
fn every_span_of_changes_finds_its_items_in_order_and_counts_them() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let ids = (0..9).map(|number| shop.item(&format!("S{number}")).id).collect::<Vec<_>>();
        // Last changed in another order than that of the ids, in pairs.
        let hours = [4, 1, 3, 2, 4, 0, 1, 3, 2];
        for (id, hour) in ids.iter().zip(hours) {
            fixture.execute(&format!("UPDATE products SET updated_at = '2026-04-09 0{hour}:00:00' WHERE id = {id}"));
        }
        let at = |hour: i64| "2026-04-09T00:00:00".parse::<chrono::NaiveDateTime>().unwrap() + TimeDelta::hours(hour);
        for (from, before) in (0..6).flat_map(|from| (0..6).map(move |before| (from, before))) {
            let expected = ids.iter().zip(hours).filter(|(_, hour)| (from..before).contains(hour)).map(|(id, _)| *id);
            let expected = expected.collect::<Vec<_>>();
            let filter =
                ItemFilter { updated_from: Some(at(from)), updated_before: Some(at(before)), ..ItemFilter::default() };
            let seen = |by_number: bool| {
                let (mut seen, mut start) = (Vec::new(), Start::Page(1));
                for number in 2.. {
                    let (filter, window) = (filter.clone(), Window { start, limit: 2 });
                    let (slice, part) = shop
                        .read(move |tx| {
                            Ok((items::list_heads(tx, &filter, &window)?, items::heads(tx, &filter, &window)?))
                        })
                        .unwrap();
                    assert_eq!((&slice.rows, slice.next), (&part.rows, part.next));
                    assert_eq!(slice.total, i64::try_from(expected.len()).unwrap(), "{from} to {before}");
                    seen.extend(slice.rows.into_iter().map(|head| head.id));
                    let Some(next) = slice.next else { break };
                    start = if by_number { Start::Page(number) } else { Start::After(next) };
                }
                seen
            };
            assert_eq!((seen(true), seen(false)), (expected.clone(), expected.clone()), "{from} to {before}");
        }
    });
}
