//! Variants: whose they are, and which SKUs are free.

use crate::error::{Error, Result, Thing, Unique};
use crate::items::variants::{self, MOST, Variant, VariantDetails};
use crate::testing::{Shop, code, name, on_both};
use crate::values::Price;

fn details(called: &str, sku: Option<&str>) -> VariantDetails {
    VariantDetails { name: name(called), sku: sku.map(code), price: None, options: "{}".to_owned() }
}

fn create(shop: &Shop<'_>, item: i64, sku: Option<&str>) -> Result<Variant> {
    let new = details("Red", sku);
    shop.write(move |tx| variants::create(tx, item, &new))
}

fn not_found(id: i64) -> Error {
    Error::NotFound { thing: Thing::Variant, key: id.to_string() }
}

#[test]
fn a_variant_is_made_replaced_and_removed() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let price = Some(Price::parse("9.50").expect("a price"));
        let new = VariantDetails { price, options: r#"{"size":"L"}"#.to_owned(), ..details("Large", Some("ANV-L")) };
        let made = shop.write(move |tx| variants::create(tx, item, &new)).expect("a variant");
        assert_eq!(shop.read(move |tx| variants::of_item(tx, item)), Ok(vec![made.clone()]));
        assert_eq!((made.name.as_str(), made.sku.as_deref()), ("Large", Some("ANV-L")));
        assert_eq!((made.price, made.options.as_str()), (price.map(Price::money), r#"{"size":"L"}"#));
        let (id, other) = (made.id, details("Huge", None));
        shop.write(move |tx| variants::replace(tx, item, id, &other)).expect("another description");
        let after = Variant { name: "Huge".to_owned(), sku: None, price: None, options: "{}".to_owned(), ..made };
        assert_eq!(shop.read(move |tx| variants::of_item(tx, item)), Ok(vec![after]));
        shop.write(move |tx| variants::remove(tx, item, id)).expect("it goes");
        assert_eq!(shop.write(move |tx| variants::remove(tx, item, id)), Err(not_found(id)));
        assert_eq!(shop.read(move |tx| variants::of_item(tx, item)), Ok(vec![]));
    });
}

#[test]
fn a_sku_is_unique_among_the_variants_of_a_tenant_in_any_case() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let (item, beside, theirs) = (own.item("ANVIL").id, own.item("HAMMER").id, other.item("ANVIL").id);
        let first = create(&own, item, Some("größe-1")).expect("a variant").id;
        assert_eq!(create(&own, beside, Some("GRÖßE-1")).map(|_| ()), Err(Error::Duplicate(Unique::Sku)));
        let second = create(&own, item, Some("ANVIL")).expect("the SKU of an item is no variant's").id;
        let taken = details("Red", Some("Größe-1"));
        let replaced = own.write(move |tx| variants::replace(tx, item, second, &taken));
        assert_eq!(replaced, Err(Error::Duplicate(Unique::Sku)));
        create(&other, theirs, Some("größe-1")).expect("another tenant's");
        for _ in 0..2 {
            create(&own, item, None).expect("none is never taken");
        }
        own.write(move |tx| variants::remove(tx, item, first)).expect("it goes");
        create(&own, beside, Some("GRÖßE-1")).expect("free again");
    });
}

#[test]
fn a_variant_is_known_to_its_own_item_and_tenant_only() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let (item, beside) = (own.item("ANVIL").id, own.item("HAMMER").id);
        let made = create(&own, item, None).expect("a variant");
        let id = made.id;
        assert_eq!(own.write(move |tx| variants::remove(tx, beside, id)), Err(not_found(id)));
        let new = details("Blue", None);
        assert_eq!(own.write(move |tx| variants::replace(tx, beside, id, &new)), Err(not_found(id)));
        let no_item = Error::NotFound { thing: Thing::Item, key: item.to_string() };
        assert_eq!(create(&other, item, None), Err(no_item.clone()));
        assert_eq!(other.write(move |tx| variants::remove(tx, item, id)), Err(no_item));
        assert_eq!(own.read(move |tx| variants::of_item(tx, item)), Ok(vec![made]));
    });
}

#[test]
fn there_is_a_last_variant() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let new = details("Red", None);
        let many =
            move |tx: &mut crate::Tx<'_>| (0..MOST).try_for_each(|_| variants::create(tx, item, &new).map(|_| ()));
        shop.write(many).expect("many");
        let refused = Error::TooMany { thing: Thing::Variant, most: MOST };
        assert_eq!(create(&shop, item, None), Err(refused));
    });
}
