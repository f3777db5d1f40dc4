//! Fulfilling: in parts, never more than is outstanding or on hand.

use super::{change, fields, fulfil, parts, shortage, status};
use crate::error::{Error, Thing};
use crate::items::Tracking;
use crate::orders::{Fulfilled, NewOrder, Status};
use crate::stock::movements::Kind;
use crate::testing::{Shop, code, money, new_order, on_both, whole};
use crate::values::Quantity;

#[test]
fn goods_leave_part_by_part() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt, syd) = (shop.item("ANVIL").id, shop.item("BOLT").id, shop.warehouse("SYD"));
        shop.price(anvil, "10", "4.5");
        shop.stock(anvil, syd, whole(9));
        shop.stock(bolt, syd, whole(9));
        let order = shop.order(&[(anvil, whole(5)), (bolt, whole(2))]).unwrap().id;
        let lines = shop.lines(order).iter().map(|line| line.id).collect::<Vec<_>>();
        let partly = Fulfilled { lines: 1, status: Status::Fulfilling };
        assert_eq!(fulfil(&shop, order, parts(&[(lines[0], whole(1)), (lines[0], whole(1))])), Ok(partly));
        assert_eq!(shop.level(anvil, syd), (whole(7), whole(3)));
        assert_eq!(fulfil(&shop, order, None), Ok(Fulfilled { lines: 2, status: Status::Fulfilled }));
        assert_eq!((shop.level(anvil, syd), shop.level(bolt, syd)), ((whole(4), whole(0)), (whole(7), whole(0))));
        assert_eq!(fulfil(&shop, order, None), Err(Status::Fulfilled.refuse(Status::Fulfilled)));

        let row = shop.movements(anvil).pop().unwrap();
        assert_eq!((row.kind, row.quantity, row.unit_cost), (Kind::Shipment, whole(3).negated(), Some(money("4.5"))));
        assert_eq!((row.reference_type.as_deref(), row.reference_id), (Some("order"), Some(order)));
        shop.verify();
    });
}

#[test]
fn never_more_than_is_outstanding() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        let [order, other] = [5, 1].map(|units| shop.order(&[(anvil, whole(units))]).unwrap().id);
        let (line, foreign) = (shop.lines(order)[0].id, shop.lines(other)[0].id);
        let too_much = |requested, outstanding| Err(Error::OverFulfilment { line, requested, outstanding });
        assert_eq!(fulfil(&shop, order, parts(&[(line, whole(6))])), too_much(whole(6), whole(5)));
        let twice = parts(&[(line, whole(3)), (line, whole(3))]);
        assert_eq!(fulfil(&shop, order, Some(twice)), too_much(whole(3), whole(2)));
        let unknown = |key: i64| {
            let field = "items[0].order_item_id".to_owned();
            Err(Error::UnknownReference { field, thing: Thing::OrderLine, key: key.to_string() })
        };
        assert_eq!(fulfil(&shop, order, parts(&[(foreign, whole(1))])), unknown(foreign));
        assert_eq!(
            fields(fulfil(&shop, order, Some(parts(&[(line, Quantity::ZERO)])))),
            ["items[0].quantity_fulfilled"]
        );
        assert_eq!(fields(fulfil(&shop, order, Some(Vec::new()))), ["items"]);
        assert_eq!((shop.level(anvil, syd), status(&shop, order)), ((whole(9), whole(6)), Status::Pending));
        shop.verify();
    });
}

#[test]
fn a_backorder_leaves_when_it_is_there() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(3));
        let line =
            crate::orders::NewLine { product_id: anvil, quantity: whole(5), unit_price: None, serials: Vec::new() };
        let order = shop.place(NewOrder { allow_backorder: true, ..new_order(vec![line]) }).unwrap().id;
        let short = Err(Error::InsufficientStock(vec![shortage("ANVIL", whole(5), whole(3))]));
        assert_eq!(fulfil(&shop, order, None), short);
        assert_eq!(change(&shop, order, Status::Fulfilled), short.map(|_: Fulfilled| ()));
        let line = shop.lines(order)[0].id;
        fulfil(&shop, order, parts(&[(line, whole(3))])).unwrap();
        assert_eq!(shop.level(anvil, syd), (whole(0), whole(2)));
        shop.stock(anvil, syd, whole(2));
        assert_eq!(fulfil(&shop, order, None).unwrap().status, Status::Fulfilled);
        shop.verify();
    });
}

#[test]
fn what_is_wrong_with_a_line_says_which_line() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        let machine = shop.tracked("EQP", Tracking::Serial);
        shop.stock(anvil, syd, whole(9));
        shop.units(machine, syd, &["A", "B"]);
        let order = shop.order(&[(anvil, whole(1)), (machine, whole(2))]).unwrap().id;
        let lines = shop.lines(order).iter().map(|line| line.id).collect::<Vec<_>>();
        let second = |quantity: &str, serials: &[&str]| {
            let mut parts = parts(&[(lines[0], whole(1)), (lines[1], Quantity::parse(quantity).unwrap())]);
            parts[1].named.serials = serials.iter().map(|number| code(number)).collect();
            fields(fulfil(&shop, order, parts))
        };
        assert_eq!(second("1", &["X"]), ["items[1].serials"]);
        assert_eq!(second("2", &["A"]), ["items[1].serials"]);
        assert_eq!(second("0.5", &[]), ["items[1].quantity_fulfilled"]);
        let mut batched = parts(&[(lines[0], whole(1))]);
        batched[0].named.batch_id = Some(1);
        assert_eq!(fields(fulfil(&shop, order, batched)), ["items[0].batch_id"]);
        assert_eq!(shop.level(anvil, syd), (whole(9), whole(1)));
        shop.verify();
    });
}
