//! The life of a purchase order, and what it keeps in place.

use super::{PurchaseStatus as Status, change, coming, receive, status};
use crate::error::{Error, Thing};
use crate::items;
use crate::page::{Start, Window};
use crate::purchasing::suppliers;
use crate::stock::warehouses;
use crate::testing::{Shop, on_both, whole};

/// What may come next, as decided; `partial` comes of receiving alone.
const ALLOWED: &[(Status, Status)] = &[
    (Status::Draft, Status::Ordered),
    (Status::Draft, Status::Received),
    (Status::Draft, Status::Cancelled),
    (Status::Ordered, Status::Received),
    (Status::Ordered, Status::Cancelled),
    (Status::Partial, Status::Received),
    (Status::Partial, Status::Cancelled),
];

#[test]
fn every_step_is_allowed_or_refused_as_decided() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.warehouse("SYD");
        let (anvil, supplier) = (shop.item("ANVIL").id, shop.supplier("FastenersPro"));
        for from in Status::ALL.iter().copied() {
            for to in Status::ALL.iter().copied() {
                let id = shop.purchase(supplier, &[(anvil, whole(2), "1.00")]);
                match from {
                    Status::Draft => {}
                    Status::Partial => {
                        receive(&shop, id, Some(vec![coming(anvil, whole(1))])).expect("a part");
                    }
                    Status::Ordered | Status::Received | Status::Cancelled => {
                        change(&shop, id, from).expect("a step");
                    }
                }
                let is_allowed = from == to || ALLOWED.contains(&(from, to));
                let expected = if is_allowed { Ok(()) } else { Err(from.refuse(to)) };
                assert_eq!(change(&shop, id, to), expected, "{from} → {to}");
                assert_eq!(status(&shop, id), if is_allowed { to } else { from }, "{from} → {to}");
            }
        }
        shop.verify();
    });
}

#[test]
fn what_an_open_purchase_order_names_cannot_go_away() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let syd = shop.warehouse("SYD");
        let (anvil, supplier) = (shop.item("ANVIL").id, shop.supplier("FastenersPro"));
        let id = shop.purchase(supplier, &[(anvil, whole(2), "1.00")]);
        let in_use = |thing: Thing, outcome: Result<(), Error>| {
            assert!(matches!(outcome, Err(Error::InUse { thing: found, .. }) if found == thing), "{thing:?}");
        };
        in_use(Thing::Item, shop.write(move |tx| items::remove(tx, anvil).map(|_| ())));
        in_use(Thing::Warehouse, shop.write(move |tx| warehouses::remove(tx, syd)));
        in_use(Thing::Supplier, shop.write(move |tx| suppliers::remove(tx, supplier)));
        change(&shop, id, Status::Cancelled).expect("a step");
        shop.write(move |tx| items::remove(tx, anvil)).expect("nothing refers to it");
        shop.write(move |tx| warehouses::remove(tx, syd)).expect("nothing refers to it");
        shop.write(move |tx| suppliers::remove(tx, supplier)).expect("nothing refers to it");
        assert_eq!(status(&shop, id), Status::Cancelled);
        shop.verify();
    });
}

#[test]
fn a_supplier_counts_its_products_once_each_and_none_that_were_called_off() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.warehouse("SYD");
        let [anvil, bolt, cog] = ["ANVIL", "BOLT", "COG"].map(|sku| shop.item(sku).id);
        let supplier = shop.supplier("FastenersPro");
        shop.supplier("Another");
        let counts = || {
            let window = Window { start: Start::Page(1), limit: 10 };
            let rows = shop.read(move |tx| suppliers::list(tx, &window)).expect("a list").rows;
            rows.iter().map(|line| line.product_count).collect::<Vec<_>>()
        };
        assert_eq!(counts(), [0, 0]);
        let one = whole(1);
        let first = shop.purchase(supplier, &[(anvil, one, "1"), (bolt, one, "1"), (anvil, one, "2")]);
        shop.purchase(supplier, &[(anvil, one, "1")]);
        assert_eq!(counts(), [2, 0]);
        let third = shop.purchase(supplier, &[(cog, one, "1")]);
        receive(&shop, third, None).expect("all of it");
        assert_eq!(counts(), [3, 0]);
        change(&shop, first, Status::Cancelled).expect("a step");
        assert_eq!(counts(), [2, 0]);
        shop.verify();
    });
}
