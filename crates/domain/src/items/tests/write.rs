//! Making, changing and removing items.

use crate::error::{Error, Thing};
use crate::items::images::{self, Image, NewImage};
use crate::items::master::{self, By, List, NewEntry, Reference};
use crate::items::variants::{self, VariantDetails};
use crate::items::{self, Item, ItemChanges, NewItem, Tracking};
use crate::stock;
use crate::testing::{Fixture, Shop, code, id_of, money, name, on_both, on_postgres, reference, start, text, whole};
use crate::values::{Change, Money, Price, Weight};

fn not_found(id: i64) -> Error {
    Error::NotFound { thing: Thing::Item, key: id.to_string() }
}

fn price(amount: &str) -> Change<Price> {
    Change::Set(Price::parse(amount).unwrap())
}

/// A brand, type or unit.
fn entry(shop: &Shop<'_>, list: List, entry_code: &str) -> i64 {
    let new = NewEntry { code: code(entry_code), name: name(entry_code) };
    shop.write(move |tx| master::create(tx, list, &new)).unwrap()
}

/// A change that sets one field to a reference.
type Field = fn(Reference) -> ItemChanges;

/// A change of every field, to something else than a new item has.
fn every_change(shop: &Shop<'_>) -> Vec<(&'static str, ItemChanges)> {
    let category = shop.category("Bolts").id;
    let [item_type, brand, uom] = [List::Types, List::Brands, List::Uoms].map(|list| entry(shop, list, "ONE"));
    let none = ItemChanges::default;
    vec![
        ("sku", ItemChanges { sku: Some(code("NEW")), ..none() }),
        ("sku case", ItemChanges { sku: Some(code("new")), ..none() }),
        ("name", ItemChanges { name: Some(name("New")), ..none() }),
        ("alternate_name", ItemChanges { alternate_name: Change::Set(name("Neu")), ..none() }),
        ("barcode", ItemChanges { barcode: Change::Set(code("4711")), ..none() }),
        ("vendor", ItemChanges { vendor: Change::Set(name("Acme")), ..none() }),
        ("description", ItemChanges { description: Change::Set(text("heavy")), ..none() }),
        ("category", ItemChanges { category: Change::Set(id_of("c", category)), ..none() }),
        ("item_type", ItemChanges { item_type: Change::Set(id_of("t", item_type)), ..none() }),
        ("brand", ItemChanges { brand: Change::Set(id_of("b", brand)), ..none() }),
        ("base_uom", ItemChanges { base_uom: Change::Set(id_of("u", uom)), ..none() }),
        ("sales_uom", ItemChanges { sales_uom: Change::Set(id_of("u", uom)), ..none() }),
        ("purchase_uom", ItemChanges { purchase_uom: Change::Set(id_of("u", uom)), ..none() }),
        ("tracking", ItemChanges { tracking: Some(Tracking::Batch), ..none() }),
        ("base_price", ItemChanges { base_price: price("49.99"), ..none() }),
        ("cost_price", ItemChanges { cost_price: price("0.615"), ..none() }),
        ("compare_at_price", ItemChanges { compare_at_price: price("0"), ..none() }),
        ("weight", ItemChanges { weight: Change::Set(Weight::from_grams(450)), ..none() }),
        ("taxable", ItemChanges { taxable: Some(false), ..none() }),
        ("requires_shipping", ItemChanges { requires_shipping: Some(false), ..none() }),
        ("is_stock", ItemChanges { is_stock: Some(false), ..none() }),
        ("is_sold", ItemChanges { is_sold: Some(false), ..none() }),
        ("is_purchase", ItemChanges { is_purchase: Some(false), ..none() }),
        ("is_active", ItemChanges { is_active: Some(false), ..none() }),
    ]
}

fn stored(shop: &Shop<'_>, id: i64) -> Item {
    shop.read(move |tx| items::get(tx, id)).unwrap().item
}

#[test]
fn a_new_item_is_stored_as_it_was_answered() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL");
        assert_eq!(stored(&shop, item.id), item);
        assert_eq!((item.sku.as_str(), item.tracking, item.base_price), ("ANVIL", Tracking::None, Money::ZERO));
        assert!(item.taxable && item.is_active && item.is_stock && item.is_sold && item.is_purchase);
        assert_eq!((item.created_by.as_str(), item.created_at), ("system", item.updated_at));
    });
}

#[test]
fn updated_at_moves_exactly_when_something_else_does() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = shop.item("ANVIL").id;
        for (what, change) in every_change(&shop) {
            let before = stored(&shop, id);
            let after = shop.amend(id, change.clone()).unwrap();
            assert!(after.updated_at > before.updated_at, "{what} changed and updated_at did not");
            assert_ne!(Item { updated_at: before.updated_at, ..after.clone() }, before, "{what} did not change");
            assert_eq!(stored(&shop, id), after, "{what}");
            assert_eq!(shop.amend(id, change), Ok(after.clone()), "{what} again changes nothing");
            assert_eq!(stored(&shop, id), after, "{what} again");
        }
        let last = stored(&shop, id);
        assert_eq!(shop.amend(id, ItemChanges::default()), Ok(last));
    });
}

#[test]
fn an_item_made_with_everything_has_everything() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let amended = shop.item("AMENDED").id;
        let changes = every_change(&shop);
        for (_, change) in changes.iter().filter(|(what, _)| !matches!(*what, "sku" | "sku case" | "barcode")) {
            shop.amend(amended, change.clone()).unwrap();
        }
        let detail = shop.read(move |tx| items::get(tx, amended)).unwrap();
        let label = |label: &Option<items::Label>| label.as_ref().map(|label| (label.id, label.code.clone()));
        assert_eq!(label(&detail.item_type), detail.item.type_id.map(|id| (id, "ONE".to_owned())));
        assert_eq!(label(&detail.brand), detail.item.brand_id.map(|id| (id, "ONE".to_owned())));
        for uom in [&detail.base_uom, &detail.sales_uom, &detail.purchase_uom] {
            assert_eq!(label(uom), detail.item.base_uom_id.map(|id| (id, "ONE".to_owned())));
        }
        let category = detail.category.unwrap();
        assert_eq!((Some(category.id), category.name.as_str()), (detail.item.category_id, "Bolts"));

        let Item { base_price, cost_price, compare_at_price, weight, .. } = detail.item;
        assert_eq!((base_price, cost_price), (money("49.99"), Some(money("0.615"))));
        assert_eq!((compare_at_price, weight), (Some(Money::ZERO), Some(Weight::from_grams(450))));
    });
}

#[test]
fn cleared_fields_are_empty_and_a_cleared_price_is_nothing() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = shop.item("ANVIL").id;
        let changes = every_change(&shop);
        for (_, change) in &changes {
            shop.amend(id, change.clone()).unwrap();
        }
        let cleared = shop.amend(
            id,
            ItemChanges {
                alternate_name: Change::Clear,
                barcode: Change::Clear,
                vendor: Change::Clear,
                description: Change::Clear,
                category: Change::Clear,
                item_type: Change::Clear,
                brand: Change::Clear,
                base_uom: Change::Clear,
                sales_uom: Change::Clear,
                purchase_uom: Change::Clear,
                base_price: Change::Clear,
                cost_price: Change::Clear,
                compare_at_price: Change::Clear,
                weight: Change::Clear,
                ..ItemChanges::default()
            },
        );
        let item = cleared.unwrap();
        assert_eq!(stored(&shop, id), item);
        assert_eq!(item.base_price, Money::ZERO);
        let texts = [&item.alternate_name, &item.barcode, &item.vendor, &item.description];
        assert!(texts.iter().all(|text| text.is_none()), "{item:?}");
        let references = [item.category_id, item.type_id, item.brand_id, item.base_uom_id, item.sales_uom_id];
        assert!(references.iter().chain([&item.purchase_uom_id]).all(Option::is_none), "{item:?}");
        assert_eq!((item.cost_price, item.compare_at_price, item.weight), (None, None, None));
    });
}

#[test]
fn an_unknown_reference_names_its_field_and_changes_nothing() {
    on_both(|fixture| {
        let [shop, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let id = shop.item("ANVIL").id;
        let before = stored(&shop, id);
        let foreign = [
            other.category("Bolts").id,
            entry(&other, List::Types, "THEIRS"),
            entry(&other, List::Brands, "THEIRS"),
            entry(&other, List::Uoms, "THEIRS"),
        ];
        let fields: [(Thing, i64, Field); 6] = [
            (Thing::Category, foreign[0], |to| ItemChanges { category: Change::Set(to), ..ItemChanges::default() }),
            (Thing::ItemType, foreign[1], |to| ItemChanges { item_type: Change::Set(to), ..ItemChanges::default() }),
            (Thing::Brand, foreign[2], |to| ItemChanges { brand: Change::Set(to), ..ItemChanges::default() }),
            (Thing::Uom, foreign[3], |to| ItemChanges { base_uom: Change::Set(to), ..ItemChanges::default() }),
            (Thing::Uom, foreign[3], |to| ItemChanges { sales_uom: Change::Set(to), ..ItemChanges::default() }),
            (Thing::Uom, foreign[3], |to| ItemChanges { purchase_uom: Change::Set(to), ..ItemChanges::default() }),
        ];
        for (thing, theirs, field) in fields {
            let unknown = [By::Id(theirs), By::Id(-1), By::Code("THEIRS".into()), By::Unreadable("x".into())];
            for by in unknown {
                let refused = Error::UnknownReference { field: "the_field".into(), thing, key: by.to_string() };
                let changes = || field(reference("the_field", by.clone()));
                assert_eq!(shop.amend(id, changes()), Err(refused.clone()), "{thing} {by}");
                assert_eq!(shop.make("NEW", changes()), Err(refused), "{thing} {by}");
            }
        }
        assert_eq!(stored(&shop, id), before);
        assert_eq!(shop.list(&items::ItemFilter::default()).total, 1);
    });
}

#[test]
fn a_reference_by_code_is_found_in_any_case() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let brand = entry(&shop, List::Brands, "Größe");
        let by_code = reference("brand", By::Code("gRÖßE".to_owned()));
        let item = shop.make("ANVIL", ItemChanges { brand: Change::Set(by_code), ..ItemChanges::default() }).unwrap();
        assert_eq!(item.brand_id, Some(brand));
    });
}

#[test]
fn tracking_cannot_change_while_there_is_stock() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (id, empty) = (shop.item("ANVIL").id, shop.item("EMPTY").id);
        let warehouse = shop.warehouse("SYD");
        shop.stock(id, warehouse, whole(3));
        shop.stock(empty, warehouse, whole(0));
        let tracked = || ItemChanges { tracking: Some(Tracking::Serial), ..ItemChanges::default() };
        let refused = Error::TrackingInUse {
            sku: "ANVIL".to_owned(),
            by: "3 are on hand: take them out of stock first".to_owned(),
        };
        assert_eq!(shop.amend(id, tracked()), Err(refused));
        let same = ItemChanges { tracking: Some(Tracking::None), name: Some(name("New")), ..ItemChanges::default() };
        assert_eq!(shop.amend(id, same).unwrap().name, "New");
        assert_eq!(shop.amend(empty, tracked()).unwrap().tracking, Tracking::Serial);
    });
}

#[test]
fn a_removed_item_takes_its_pictures_variants_and_stock_rows_along() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (id, warehouse) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(id, warehouse, whole(3));
        let (url, file) = ("/uploads/products/5.png".to_owned(), Some("5.png".to_owned()));
        let image = Image { id: 5, url, is_primary: true, created_at: shop.item("OTHER").created_at, file };
        let again = image.clone();
        shop.write(move |tx| images::enter(tx, id, &image)).unwrap();
        let elsewhere = NewImage { url: "https://pictures.example/5.png".to_owned(), file: None, is_primary: false };
        shop.write(move |tx| images::add(tx, id, &elsewhere)).unwrap();
        let red = VariantDetails { name: name("Red"), sku: None, price: None, options: "{}".to_owned() };
        shop.write(move |tx| variants::create(tx, id, &red)).unwrap();
        assert_eq!(shop.read(move |tx| images::of_item(tx, id)).map(|all| all[0].clone()), Ok(again));
        assert_eq!(shop.write(move |tx| items::remove(tx, id)), Ok(vec!["5.png".to_owned()]));
        assert_eq!(shop.read(move |tx| items::get(tx, id)), Err(not_found(id)));
        assert_eq!(shop.read(move |tx| images::of_item(tx, id)), Ok(vec![]));
        assert_eq!(shop.read(move |tx| variants::of_item(tx, id)), Ok(vec![]));
        assert_eq!(shop.read(move |tx| stock::of_item(tx, id)), Ok(vec![]));
        assert_eq!(shop.write(move |tx| items::remove(tx, id)), Err(not_found(id)));
        assert!(shop.item("ANVIL").id > id, "the SKU is free again, the id is not");
    });
}

#[test]
fn items_of_another_tenant_do_not_exist() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let id = other.item("ANVIL").id;
        let renamed = ItemChanges { name: Some(name("Mine")), ..ItemChanges::default() };
        assert_eq!(own.read(move |tx| items::get(tx, id)), Err(not_found(id)));
        assert_eq!(own.amend(id, renamed), Err(not_found(id)));
        assert_eq!(own.amend(id, ItemChanges::default()), Err(not_found(id)));
        assert_eq!(own.write(move |tx| items::remove(tx, id)), Err(not_found(id)));
        assert_eq!(stored(&other, id).name, "ANVIL");
    });
}

#[test]
fn an_item_that_comes_with_its_id_keeps_it_and_its_instants() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let template = shop.item("ANVIL");
        let past = template.created_at - chrono::TimeDelta::days(30);
        let old = Item { id: 1001, sku: "ITEM001".to_owned(), created_at: past, updated_at: past, ..template };
        let entered = old.clone();
        shop.write(move |tx| items::enter(tx, &entered)).unwrap();
        assert_eq!(stored(&shop, 1001), old);
        assert_eq!(shop.item("NEXT").id, 1002);
        let again = Item { sku: "OTHER".to_owned(), ..old };
        assert!(matches!(shop.write(move |tx| items::enter(tx, &again)), Err(Error::Duplicate(_))));
        assert_eq!(shop.list(&items::ItemFilter::default()).total, 3);
    });
}

#[test]
fn one_of_many_who_want_the_same_sku_gets_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let wanted = (0..8).map(|_| start(create(fixture, &shop, "ANVIL"))).collect::<Vec<_>>();
        let made = wanted.into_iter().map(|one| one.wait(fixture)).collect::<Vec<_>>();
        assert_eq!(made.iter().filter(|answer| answer.is_ok()).count(), 1);
        let taken = made.iter().filter(|answer| matches!(answer, Err(Error::Duplicate(crate::Unique::Sku))));
        assert_eq!(taken.count(), 7, "{made:?}");
        assert_eq!(shop.list(&items::ItemFilter::default()).total, 1);
    });
}

#[test]
fn the_first_items_of_a_tenant_may_come_at_once() {
    on_postgres(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let started = (0..8).map(|number| start(create(fixture, &shop, &format!("S{number}")))).collect::<Vec<_>>();
        for one in started {
            one.wait(fixture).unwrap();
        }
        assert_eq!(shop.list(&items::ItemFilter::default()).total, 8);
    });
}

fn create<'f>(fixture: &'f Fixture, shop: &Shop<'f>, sku: &str) -> impl Future<Output = crate::Result<i64>> + use<'f> {
    let (tenant, new) = (shop.tenant, NewItem { sku: code(sku), name: name(sku), rest: ItemChanges::default() });
    fixture.store.alter(move |lobby| items::create(&mut lobby.as_system(tenant)?, &new).map(|item| item.id))
}
