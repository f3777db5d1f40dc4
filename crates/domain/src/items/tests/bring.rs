//! Items of another system, many at once.

use super::into_category;
use crate::bring::{Brought, Intent, Outcome};
use crate::error::{Error, Problem, Thing, Unique};
use crate::items::master::{By, List, NewEntry};
use crate::items::{self, Item, ItemChanges, ItemFilter, ItemRow, Tracking, categories, master};
use crate::testing::{Shop, code, money, name, on_both, reference, whole};
use crate::values::{Change, Price};

/// An item and its name.
fn row(sku: &str, called: &str) -> ItemRow {
    ItemRow { sku: code(sku), rest: ItemChanges { name: Some(name(called)), ..ItemChanges::default() } }
}

fn with(sku: &str, rest: ItemChanges) -> ItemRow {
    ItemRow { sku: code(sku), rest }
}

fn barcode(sku: &str, barcode: &str) -> ItemRow {
    let ItemRow { sku, rest } = row(sku, sku);
    ItemRow { sku, rest: ItemChanges { barcode: Change::Set(code(barcode)), ..rest } }
}

fn bring(shop: &Shop<'_>, rows: &[ItemRow], intent: Intent) -> Vec<Outcome> {
    let rows = rows.to_vec();
    let outcomes = shop.write(move |tx| items::bring(tx, &rows, intent)).expect("no fault");
    shop.verify();
    outcomes
}

fn cost(amount: &str) -> ItemChanges {
    ItemChanges { cost_price: Change::Set(Price::parse(amount).unwrap()), ..ItemChanges::default() }
}

fn stored(shop: &Shop<'_>) -> Vec<Item> {
    let ids = shop.list(&ItemFilter::default()).rows.into_iter().map(|line| line.item.id);
    ids.map(|id| shop.read(move |tx| items::get(tx, id)).unwrap().item).collect()
}

#[test]
fn each_row_is_made_changed_or_left_and_brought_again_left() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt) = (shop.item("ANVIL"), shop.item("BOLT"));
        let rows = [row("anvil", "ANVIL"), row("Bolt", "Bolts"), row("NUT", "Nut")];
        let expected = [Ok(Brought::Unchanged), Ok(Brought::Changed), Ok(Brought::Made)];
        assert_eq!(bring(&shop, &rows, Intent::Judge), expected);
        assert_eq!(stored(&shop), [anvil.clone(), bolt.clone()]);
        assert_eq!(bring(&shop, &rows, Intent::Write), expected);
        let after = stored(&shop);
        assert_eq!(after[0], anvil);
        // The code keeps its spelling.
        assert_eq!(after[1], Item { name: "Bolts".to_owned(), updated_at: after[1].updated_at, ..bolt.clone() });
        assert!(after[1].updated_at > bolt.updated_at);
        assert_eq!((after[2].sku.as_str(), after[2].name.as_str(), after[2].is_active), ("NUT", "Nut", true));
        assert_eq!(bring(&shop, &rows, Intent::Write), vec![Ok(Brought::Unchanged); 3]);
        assert_eq!(stored(&shop), after);
    });
}

#[test]
fn totals_values_and_search_follow() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let (from, to) = (shop.category("From"), shop.category("To"));
        for sku in ["A", "B", "C"] {
            let item = shop.make(sku, into_category(from.id)).unwrap().id;
            shop.stock(item, main, whole(4));
        }
        let into = |code: &str| Change::Set(reference("category_code", By::Code(code.to_owned())));
        let mut rows = ["A", "B"].map(|sku| with(sku, cost("2.50"))).to_vec();
        rows[0].rest.category = into(&to.code);
        rows[0].rest.is_active = Some(false);
        rows[1].rest.name = Some(name("Cambridge"));
        let new = ItemChanges { name: Some(name("New")), category: into(&to.code), ..ItemChanges::default() };
        rows.push(with("D", new));
        bring(&shop, &rows, Intent::Write);
        let counts = shop.read(categories::list).unwrap();
        assert_eq!(counts.iter().map(|category| category.product_count).collect::<Vec<_>>(), [2, 2]);
        let found = ItemFilter { search: Some("cambridge".to_owned()), ..ItemFilter::default() };
        assert_eq!(shop.list(&found).total, 1);
        let summary = shop.read(crate::stock::levels::summary).unwrap();
        assert_eq!((summary.skus, summary.value, summary.out), (4, money("20"), 1));
    });
}

#[test]
fn references_are_found_by_code_in_any_case() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for (list, known_as) in [(List::Brands, "ACME"), (List::Types, "TOOL"), (List::Uoms, "PCS")] {
            let new = NewEntry { code: code(known_as), name: name(known_as) };
            shop.write(move |tx| master::create(tx, list, &new)).unwrap();
        }
        let by = |field: &str, code: &str| Change::Set(reference(field, By::Code(code.to_owned())));
        let described = |brand: &str, uom: &str| ItemChanges {
            name: Some(name("New")),
            brand: by("brand", brand),
            item_type: by("type", "Tool"),
            base_uom: by("base", "pcs"),
            sales_uom: by("sales", uom),
            ..ItemChanges::default()
        };
        assert_eq!(bring(&shop, &[with("A", described("acme", "Pcs"))], Intent::Write), [Ok(Brought::Made)]);
        let item = shop.read(|tx| items::by_code(tx, "A")).unwrap();
        assert_eq!(item.brand.unwrap().code, "ACME");
        assert_eq!(item.sales_uom.unwrap().code, "PCS");
        let unknown = |field: &str, thing, key: &str| Error::UnknownReference {
            field: field.to_owned(),
            thing,
            key: key.to_owned(),
        };
        let refused = vec![unknown("brand", Thing::Brand, "nobody"), unknown("sales", Thing::Uom, "crate")];
        let rows = [row("B", "B"), with("C", described("nobody", "crate"))];
        assert_eq!(bring(&shop, &rows, Intent::Write), [Ok(Brought::Made), Err(refused)]);
        assert_eq!(stored(&shop).len(), 1, "one refusal keeps all rows from being written");
    });
}

#[test]
fn what_must_be_unique_is_refused_with_who_has_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        bring(&shop, &[barcode("A", "1"), barcode("B", "2")], Intent::Write);
        let taken = |by: &str| {
            let message = format!("is taken by {by}: take it away from that first");
            Error::Invalid(vec![Problem::new("barcode", message)])
        };
        let nameless = Error::Invalid(vec![Problem::new("name", "is required for a new one")]);
        let rows = [
            barcode("a", "1"),
            barcode("B", "1"),
            barcode("C", "2"),
            barcode("D", "3"),
            barcode("E", "3"),
            row("c", "C"),
            with("F", ItemChanges::default()),
        ];
        let expected: [Outcome; 7] = [
            Ok(Brought::Changed),
            Err(vec![Error::Duplicate(Unique::Barcode)]),
            Err(vec![taken("B")]),
            Ok(Brought::Made),
            Err(vec![Error::Duplicate(Unique::Barcode)]),
            Err(vec![Error::Duplicate(Unique::Sku)]),
            Err(vec![nameless]),
        ];
        assert_eq!(bring(&shop, &rows, Intent::Judge), expected);
        assert_eq!(bring(&shop, &rows, Intent::Write), expected);
        assert_eq!(bring(&shop, &[barcode("A", "2")], Intent::Write), [Err(vec![taken("B")])]);
    });
}

#[test]
fn tracking_changes_only_where_nothing_is_on_hand() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let (full, _empty) = (shop.item("FULL").id, shop.item("EMPTY").id);
        shop.stock(full, main, whole(3));
        let tracked = |sku: &str| with(sku, ItemChanges { tracking: Some(Tracking::Batch), ..ItemChanges::default() });
        let by = "3 are on hand: take them out of stock first".to_owned();
        let refused = Error::TrackingInUse { sku: "FULL".to_owned(), by };
        let rows = [tracked("FULL"), tracked("EMPTY")];
        assert_eq!(bring(&shop, &rows, Intent::Write), [Err(vec![refused]), Ok(Brought::Changed)]);
        assert_eq!(bring(&shop, &rows[1..], Intent::Write), [Ok(Brought::Changed)]);
        assert_eq!(stored(&shop)[1].tracking, Tracking::Batch);
    });
}
