//! From status to status: every allowed step and every refused one.

use super::{change, fulfil, status};
use crate::error::{Error, Thing};
use crate::orders::Status;
use crate::testing::{Shop, on_both, whole};

/// A fresh order that has come so far.
fn order_at(shop: &Shop<'_>, item: i64, at: Status) -> i64 {
    let order = shop.order(&[(item, whole(1))]).unwrap().id;
    match at {
        Status::Pending => {}
        Status::Shipped => {
            change(shop, order, Status::Fulfilled).unwrap();
            change(shop, order, Status::Shipped).unwrap();
        }
        Status::Paid | Status::Fulfilling | Status::Fulfilled | Status::Cancelled => {
            change(shop, order, at).unwrap();
        }
    }
    assert_eq!(status(shop, order), at);
    order
}

#[test]
fn every_step_is_allowed_or_refused_as_decided() {
    use Status::{Cancelled, Fulfilled, Fulfilling, Paid, Pending, Shipped};
    let allowed = [
        (Pending, Paid),
        (Pending, Fulfilling),
        (Pending, Fulfilled),
        (Pending, Cancelled),
        (Paid, Fulfilling),
        (Paid, Fulfilled),
        (Paid, Cancelled),
        (Fulfilling, Fulfilled),
        (Fulfilling, Cancelled),
        (Fulfilled, Shipped),
    ];
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(100));
        for from in Status::ALL.iter().copied() {
            for to in Status::ALL.iter().copied() {
                let order = order_at(&shop, anvil, from);
                let before = shop.level(anvil, syd);
                let is_allowed = from == to || allowed.contains(&(from, to));
                let expected = if is_allowed { Ok(()) } else { Err(from.refuse(to)) };
                assert_eq!(change(&shop, order, to), expected, "{from} → {to}");
                assert_eq!(status(&shop, order), if is_allowed { to } else { from }, "{from} → {to}");
                if from == to || !is_allowed {
                    assert_eq!(shop.level(anvil, syd), before, "{from} → {to} moves nothing");
                }
            }
        }
        shop.verify();
    });
}

#[test]
fn a_cancelled_order_lets_go_of_what_has_not_left() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt, syd) = (shop.item("ANVIL").id, shop.item("BOLT").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        shop.stock(bolt, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5)), (bolt, whole(2)), (anvil, whole(1))]).unwrap().id;
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, super::parts(&[(line, whole(3))])).unwrap();
        assert_eq!(shop.level(anvil, syd), (whole(6), whole(3)));
        change(&shop, order, Status::Cancelled).unwrap();
        assert_eq!((shop.level(anvil, syd), shop.level(bolt, syd)), ((whole(6), whole(0)), (whole(9), whole(0))));
        shop.verify();
    });
}

#[test]
fn an_order_of_another_tenant_is_not_there() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5))]).unwrap().id;
        let other = Shop::open(fixture, "GLX");
        let gone = Error::NotFound { thing: Thing::Order, key: order.to_string() };
        assert_eq!(change(&other, order, Status::Cancelled), Err(gone.clone()));
        assert_eq!(fulfil(&other, order, None), Err(gone.clone()));
        assert_eq!(other.read(move |tx| crate::orders::get(tx, order)), Err(gone));
        assert_eq!(shop.level(anvil, syd), (whole(9), whole(5)));
    });
}

#[test]
fn a_product_that_an_open_order_wants_stays() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5))]).unwrap().id;
        let remove = || shop.write(move |tx| crate::items::remove(tx, anvil));
        assert!(matches!(remove(), Err(Error::InUse { thing: Thing::Item, .. })));
        change(&shop, order, Status::Cancelled).unwrap();
        assert_eq!(remove(), Ok(vec![]));
        let last = shop.movements(anvil).pop().unwrap();
        assert_eq!((last.kind, last.quantity), (crate::stock::movements::Kind::WriteOff, whole(9).negated()));
        assert_eq!(shop.lines(order)[0].sku, "ANVIL", "lines keep its names");
        shop.verify();
    });
}
