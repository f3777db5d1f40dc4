//! One item by id, code or barcode.

use crate::error::{Error, Thing};
use crate::items::{self, ItemChanges};
use crate::testing::{Shop, code, on_both};
use crate::values::Change;

#[test]
fn an_item_is_found_by_code_in_any_case_and_by_barcode_or_else_by_code() {
    on_both(|fixture| {
        let [shop, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let barcode = ItemChanges { barcode: Change::Set(code("Bar-1")), ..ItemChanges::default() };
        let item = shop.make("Größe-1", barcode.clone()).unwrap().id;
        let named_so = shop.item("BAR-2").id;
        other.make("Größe-1", barcode).unwrap();
        let by_code = |text: &'static str| shop.read(move |tx| items::by_code(tx, text)).map(|detail| detail.item.id);
        let by_barcode = |text: &'static str| shop.read(move |tx| items::by_barcode(tx, text)).map(|one| one.item.id);
        assert_eq!((by_code("GRÖßE-1"), by_code(" größe-1 ")), (Ok(item), Ok(item)));
        assert_eq!((by_barcode("Bar-1"), by_barcode(" Bar-1 "), by_barcode("größe-1")), (Ok(item), Ok(item), Ok(item)));
        assert_eq!(by_barcode("bar-2"), Ok(named_so));
        let unknown = |key: &str| Err(Error::NotFound { thing: Thing::Item, key: key.to_owned() });
        assert_eq!((by_code("Bar-1"), by_code("NIX"), by_code("")), (unknown("Bar-1"), unknown("NIX"), unknown("")));
        assert_eq!((by_barcode("bar-1"), by_barcode("NIX")), (unknown("bar-1"), unknown("NIX")));
    });
}

#[test]
fn a_barcode_goes_before_a_code_that_is_the_same() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.item("4711");
        let barcode = ItemChanges { barcode: Change::Set(code("4711")), ..ItemChanges::default() };
        let item = shop.make("ANVIL", barcode).unwrap().id;
        assert_eq!(shop.read(|tx| items::by_barcode(tx, "4711")).unwrap().item.id, item);
        assert_eq!(shop.read(|tx| items::by_code(tx, "4711")).unwrap().item.sku, "4711");
    });
}

#[test]
fn an_item_without_references_has_no_labels() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = shop.item("ANVIL").id;
        let detail = shop.read(move |tx| items::get(tx, id)).unwrap();
        let labels =
            [detail.category, detail.item_type, detail.brand, detail.base_uom, detail.sales_uom, detail.purchase_uom];
        assert!(labels.iter().all(Option::is_none), "{labels:?}");
    });
}
