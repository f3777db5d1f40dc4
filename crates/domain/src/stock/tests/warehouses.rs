//! Warehouses: one default, and none closes over stock.

use crate::error::{Error, Thing, Unique};
use crate::orders::{self, Status};
use crate::stock::warehouses::{self, Details, NewWarehouse};
use crate::testing::{Shop, details, money, on_both, whole};

fn defaults(shop: &Shop<'_>) -> Vec<i64> {
    let all = shop.read(warehouses::list).unwrap();
    all.into_iter().filter(|row| row.warehouse.is_default).map(|row| row.warehouse.id).collect()
}

fn replace(shop: &Shop<'_>, id: i64, details: Details) -> Result<(), Error> {
    shop.write(move |tx| warehouses::replace(tx, id, &details)).map(|_| ())
}

fn remove(shop: &Shop<'_>, id: i64) -> Result<(), Error> {
    shop.write(move |tx| warehouses::remove(tx, id))
}

fn in_use(id: i64, by: &str) -> Result<(), Error> {
    Err(Error::InUse { thing: Thing::Warehouse, key: id.to_string(), by: by.to_owned() })
}

#[test]
fn exactly_one_is_the_default() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (syd, mel) = (shop.warehouse("SYD"), shop.warehouse("MEL"));
        assert_eq!(defaults(&shop), [syd]);
        let as_default = |known_as: &str, is_default| Details { is_default, ..details(known_as) };
        let new = NewWarehouse { id: None, details: as_default("BNE", Some(true)) };
        let bne = shop.write(move |tx| warehouses::create(tx, &new)).unwrap().id;
        assert_eq!(defaults(&shop), [bne]);
        replace(&shop, mel, as_default("MEL", Some(true))).unwrap();
        assert_eq!(defaults(&shop), [mel]);
        assert!(matches!(replace(&shop, mel, as_default("MEL", Some(false))), Err(Error::Invalid(_))));
        replace(&shop, mel, as_default("MEL2", None)).unwrap();
        replace(&shop, syd, as_default("SYD", Some(false))).unwrap();
        assert_eq!(defaults(&shop), [mel]);
        assert_eq!(replace(&shop, syd, as_default("mel2", None)), Err(Error::Duplicate(Unique::Code)));
        let unknown = Error::NotFound { thing: Thing::Warehouse, key: "999".to_owned() };
        assert_eq!(replace(&shop, 999, as_default("X", Some(true))), Err(unknown));
        assert_eq!(defaults(&shop), [mel], "a refusal changes nothing");
        shop.verify();
    });
}

#[test]
fn none_closes_while_something_lies_in_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (syd, mel) = (shop.warehouse("SYD"), shop.warehouse("MEL"));
        let anvil = shop.item("ANVIL").id;
        shop.stock(anvil, mel, whole(1));
        assert_eq!(
            remove(&shop, mel),
            in_use(mel, "stock lies in it or is promised from it: transfer or ship that first")
        );
        assert_eq!(remove(&shop, syd), in_use(syd, "it is the default one: make another the default first"));
        let order = crate::orders::NewOrder {
            warehouse_id: Some(mel),
            ..crate::testing::new_order(vec![orders::NewLine {
                product_id: anvil,
                quantity: whole(1),
                unit_price: None,
                serials: Vec::new(),
            }])
        };
        let order = shop.place(order).unwrap().id;
        shop.write(move |tx| orders::change_status(tx, order, Status::Fulfilled)).unwrap();
        assert_eq!(remove(&shop, mel), Ok(()), "movements and orders that are done do not hinder");
        assert_eq!(shop.movements(anvil).last().unwrap().warehouse_name, "MEL");
        assert_eq!(shop.read(move |tx| orders::get(tx, order)).unwrap().0.warehouse_id, mel);
        assert_eq!(remove(&shop, syd), Ok(()), "the last one may go");
        assert_eq!(remove(&shop, syd), Err(Error::NotFound { thing: Thing::Warehouse, key: syd.to_string() }));
        shop.verify();
    });
}

#[test]
fn they_say_what_lies_in_them() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (syd, mel) = (shop.warehouse("SYD"), shop.warehouse("MEL"));
        for sku in ["ANVIL", "BOLT"] {
            let item = shop.item(sku).id;
            shop.price(item, "1", "2.25");
            shop.stock(item, syd, whole(3));
        }
        let all = shop.read(warehouses::list).unwrap();
        let figures = all.into_iter().map(|row| (row.warehouse.id, row.skus, row.value)).collect::<Vec<_>>();
        assert_eq!(figures, [(syd, 2, money("13.5")), (mel, 0, money("0"))]);
        let other = Shop::open(fixture, "GLX");
        assert_eq!(other.read(warehouses::list).unwrap(), []);
        assert!(matches!(remove(&other, mel), Err(Error::NotFound { .. })));
    });
}
