//! Returns: what left may come back once, to where it came from, at what it cost then.

use super::{change, fields, fulfil, parts};
use crate::error::{Error, Result};
use crate::items::{self, ItemChanges, Tracking};
use crate::orders::{self, NewLine, NewOrder, ReturnLine, Status};
use crate::stock::movements::Kind;
use crate::stock::warehouses;
use crate::testing::{Shop, money, new_order, on_both, whole};
use crate::values::Quantity;

fn take_back(shop: &Shop<'_>, order: i64, parts: &[(i64, Quantity, bool)]) -> Result<()> {
    let part = |(order_item_id, quantity, restock): &(i64, Quantity, bool)| ReturnLine {
        order_item_id: *order_item_id,
        quantity: *quantity,
        restock: *restock,
        serials: Vec::new(),
    };
    let parts = parts.iter().map(part).collect::<Vec<_>>();
    shop.write(move |tx| orders::take_back(tx, order, &parts)).map(|_| ())
}

#[test]
fn never_more_than_left() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5))]).unwrap().id;
        let line = shop.lines(order)[0].id;
        let too_much = |requested, returnable| Err(Error::OverReturn { line, requested, returnable });
        assert_eq!(take_back(&shop, order, &[(line, whole(1), true)]), too_much(whole(1), whole(0)));
        fulfil(&shop, order, parts(&[(line, whole(4))])).unwrap();
        let twice = [(line, whole(2), true), (line, whole(3), false)];
        assert_eq!(take_back(&shop, order, &twice), too_much(whole(3), whole(2)));
        assert_eq!(take_back(&shop, order, &[(line, whole(2), true), (line, whole(1), false)]), Ok(()));
        assert_eq!(shop.level(anvil, syd), (whole(7), whole(1)));
        change(&shop, order, Status::Cancelled).unwrap();
        assert_eq!(take_back(&shop, order, &[(line, whole(1), true)]), Ok(()), "of a cancelled order too");
        assert_eq!(take_back(&shop, order, &[(line, whole(1), true)]), too_much(whole(1), whole(0)));
        assert_eq!(shop.level(anvil, syd), (whole(8), whole(0)));
        assert_eq!(fields(take_back(&shop, order, &[])), ["items"]);
        assert_eq!(fields(take_back(&shop, order, &[(line, whole(0), true)])), ["items[0].quantity"]);
        shop.verify();
    });
}

#[test]
fn goods_come_back_at_what_they_cost_when_they_left() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.price(anvil, "10", "4");
        shop.stock(anvil, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5))]).unwrap().id;
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, parts(&[(line, whole(2))])).unwrap();
        shop.price(anvil, "10", "6");
        fulfil(&shop, order, None).unwrap();
        // The last to leave come back first: three at 6, then one at 4.
        take_back(&shop, order, &[(line, whole(4), true)]).unwrap();
        take_back(&shop, order, &[(line, whole(1), true)]).unwrap();
        let back = shop.movements(anvil).into_iter().filter(|row| row.kind == Kind::Return);
        let back = back.map(|row| (row.quantity, row.unit_cost)).collect::<Vec<_>>();
        let costs = [(whole(3), Some(money("6"))), (whole(1), Some(money("4"))), (whole(1), Some(money("4")))];
        assert_eq!(back, costs);
        shop.verify();
    });
}

#[test]
fn goods_come_back_into_the_batches_they_left() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (item, syd) = (shop.tracked("CHM", Tracking::Batch), shop.warehouse("SYD"));
        let [early, late] = [("EARLY", "2090-01-01"), ("LATE", "2091-01-01")]
            .map(|(number, expiry)| shop.batch(item, syd, number, Some(expiry), whole(3)));
        let order = shop.order(&[(item, whole(5))]).unwrap().id;
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, None).unwrap();
        take_back(&shop, order, &[(line, whole(3), true)]).unwrap();
        take_back(&shop, order, &[(line, whole(2), true)]).unwrap();
        let back = shop.movements(item).into_iter().filter(|row| row.kind == Kind::Return);
        let back = back.map(|row| (row.batch_id, row.quantity)).collect::<Vec<_>>();
        assert_eq!(back, [(Some(late), whole(2)), (Some(early), whole(1)), (Some(early), whole(2))]);
        shop.verify();
    });
}

#[test]
fn what_is_no_longer_sold_can_come_back_but_not_into_stock() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(5));
        let order = shop.order(&[(anvil, whole(5))]).unwrap().id;
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, None).unwrap();
        shop.write(move |tx| items::remove(tx, anvil)).unwrap();
        assert_eq!(fields(take_back(&shop, order, &[(line, whole(1), true)])), ["restock"]);
        assert_eq!(take_back(&shop, order, &[(line, whole(1), false)]), Ok(()));
        assert_eq!(shop.lines(order)[0].returned, whole(1));
        shop.verify();
    });
}

#[test]
fn goods_come_back_to_the_default_warehouse_where_their_own_is_gone() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd, mel) = (shop.item("ANVIL").id, shop.warehouse("SYD"), shop.warehouse("MEL"));
        shop.stock(anvil, mel, whole(2));
        let line = NewLine { product_id: anvil, quantity: whole(2), unit_price: None, serials: Vec::new() };
        let order = shop.place(NewOrder { warehouse_id: Some(mel), ..new_order(vec![line]) }).unwrap().id;
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, None).unwrap();
        shop.write(move |tx| warehouses::remove(tx, mel)).unwrap();
        take_back(&shop, order, &[(line, whole(1), true)]).unwrap();
        assert_eq!(shop.level(anvil, syd), (whole(1), whole(0)));
        shop.verify();
    });
}

#[test]
fn units_that_left_before_they_were_told_apart_do_not_go_into_stock() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(2));
        let order = shop.order(&[(anvil, whole(2))]).unwrap().id;
        let track = || {
            let changes = ItemChanges { tracking: Some(Tracking::Serial), ..ItemChanges::default() };
            shop.write(move |tx| items::amend(tx, anvil, &changes)).map(|_| ())
        };
        assert!(matches!(track(), Err(Error::TrackingInUse { .. })));
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, None).unwrap();
        assert_eq!(track(), Ok(()));
        assert_eq!(fields(take_back(&shop, order, &[(line, whole(1), true)])), ["restock"]);
        assert_eq!(take_back(&shop, order, &[(line, whole(1), false)]), Ok(()));
        shop.verify();
    });
}
