//! What moves stock, and what every movement says.

use super::{adjust, adjustment, fields, short, transfer};
use crate::error::{Error, Thing};
use crate::stock::movements::{self, Kind, MovementFilter};
use crate::stock::{self, Adjustment, Named};
use crate::testing::{Shop, money, on_both, whole};
use crate::values::{Notes, Quantity};

#[test]
fn what_is_on_hand_is_what_movements_made_of_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.price(anvil, "10", "2.5");
        shop.stock(anvil, syd, whole(5));
        let notes = Notes::parse("found two more").unwrap();
        let found = Adjustment { notes, ..adjustment(anvil, syd, whole(2)) };
        assert_eq!(adjust(&shop, found), Ok(whole(7)));
        assert_eq!(adjust(&shop, adjustment(anvil, syd, whole(3).negated())), Ok(whole(4)));

        let rows = shop.movements(anvil);
        let figures = rows.iter().map(|row| (row.kind, row.quantity, row.balance_after)).collect::<Vec<_>>();
        let lost = whole(3).negated();
        assert_eq!(
            figures,
            [
                (Kind::Opening, whole(5), whole(5)),
                (Kind::Adjustment, whole(2), whole(7)),
                (Kind::Adjustment, lost, whole(4))
            ]
        );
        assert_eq!(rows[1].notes.as_deref(), Some("found two more"));
        assert_eq!((rows[1].sku.as_str(), rows[1].warehouse_name.as_str()), ("ANVIL", "SYD"));
        assert_eq!((rows[1].unit_cost, rows[1].created_by.as_str()), (Some(money("2.5")), "system"));
        assert_eq!(shop.read(stock::levels::summary).unwrap().value, money("10"));
        shop.verify();
    });
}

#[test]
fn nothing_goes_below_nothing_but_what_is_promised_can_be_lost() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(5));
        shop.order(&[(anvil, whole(4))]).unwrap();
        let too_many = adjustment(anvil, syd, whole(6).negated());
        assert_eq!(adjust(&shop, too_many), Err(short("ANVIL", whole(6), whole(5))));
        assert_eq!(adjust(&shop, adjustment(anvil, syd, whole(3).negated())), Ok(whole(2)));
        assert_eq!(shop.level(anvil, syd), (whole(2), whole(4)));
        assert_eq!(fields(adjust(&shop, adjustment(anvil, syd, Quantity::ZERO))), ["quantity"]);
        shop.verify();
    });
}

#[test]
fn what_the_caller_expects_must_hold() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(5));
        let expecting = |units| Adjustment { expected: Some(whole(units)), ..adjustment(anvil, syd, whole(1)) };
        assert_eq!(adjust(&shop, expecting(4)), Err(Error::Unexpected { current: whole(5) }));
        assert_eq!(adjust(&shop, expecting(5)), Ok(whole(6)));
        assert_eq!(shop.movements(anvil).len(), 2, "a refusal leaves nothing behind");
    });
}

#[test]
fn a_transfer_is_two_movements_or_none() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd, mel) = (shop.item("ANVIL").id, shop.warehouse("SYD"), shop.warehouse("MEL"));
        shop.stock(anvil, syd, whole(5));
        shop.order(&[(anvil, whole(2))]).unwrap();
        let carry = |quantity| transfer(&shop, anvil, (syd, mel), quantity, Named::default());
        assert_eq!(carry(whole(4)), Err(short("ANVIL", whole(4), whole(3))));
        assert_eq!(carry(whole(3)), Ok(()));
        assert_eq!((shop.level(anvil, syd), shop.level(anvil, mel)), ((whole(2), whole(2)), (whole(3), whole(0))));
        let rows = shop.movements(anvil);
        let moved = rows[1..].iter().map(|row| (row.warehouse_id, row.quantity)).collect::<Vec<_>>();
        assert_eq!(moved, [(syd, whole(3).negated()), (mel, whole(3))]);

        assert_eq!(fields(transfer(&shop, anvil, (syd, syd), whole(1), Named::default())), ["to_warehouse_id"]);
        assert_eq!(fields(carry(whole(0))), ["quantity"]);
        assert_eq!(fields(carry(whole(1).negated())), ["quantity"]);
        shop.verify();
    });
}

#[test]
fn what_is_not_there_is_named() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let other = Shop::open(fixture, "GLX");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        let (theirs, there) = (other.item("ANVIL").id, other.warehouse("SYD"));
        let unknown = |field: &str, thing, id: i64| Error::UnknownReference {
            field: field.to_owned(),
            thing,
            key: id.to_string(),
        };
        let one = whole(1);
        assert_eq!(adjust(&shop, adjustment(theirs, syd, one)), Err(unknown("product_id", Thing::Item, theirs)));
        assert_eq!(adjust(&shop, adjustment(anvil, there, one)), Err(unknown("warehouse_id", Thing::Warehouse, there)));
        let carried = transfer(&shop, anvil, (syd, there), one, Named::default());
        assert_eq!(carried, Err(unknown("to_warehouse_id", Thing::Warehouse, there)));
        assert_eq!(shop.movements(anvil), []);
    });
}

#[test]
fn another_cost_is_another_value() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd, mel) = (shop.item("ANVIL").id, shop.warehouse("SYD"), shop.warehouse("MEL"));
        shop.stock(anvil, syd, whole(3));
        shop.stock(anvil, mel, Quantity::parse("0.5").unwrap());
        assert_eq!(shop.read(stock::levels::summary).unwrap().value, money("0"));
        shop.price(anvil, "1", "0.615");
        // 3 × 0.615 and 0.5 × 0.615, each rounded.
        assert_eq!(shop.read(stock::levels::summary).unwrap().value, money("2.16"));
        shop.verify();
    });
}

#[test]
fn figures_beyond_what_can_be_recorded_are_refused() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        let most = Quantity::parse("900000000000").unwrap();
        shop.stock(anvil, syd, most);
        assert_eq!(adjust(&shop, adjustment(anvil, syd, whole(1))), Err(Error::OutOfRange));
        shop.write(move |tx| crate::items::amend(tx, anvil, &crate::items::ItemChanges::default())).unwrap();
        assert_eq!(shop.level(anvil, syd).0, most);
    });
}

#[test]
fn movements_are_listed_by_what_is_asked() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt, syd, mel) =
            (shop.item("ANVIL").id, shop.item("BOLT").id, shop.warehouse("SYD"), shop.warehouse("MEL"));
        shop.stock(anvil, syd, whole(5));
        shop.stock(bolt, mel, whole(5));
        adjust(&shop, adjustment(anvil, syd, whole(1))).unwrap();
        let window = crate::page::Window { start: crate::page::Start::Page(1), limit: 2 };
        let count = |filter: MovementFilter| {
            let slice = shop.read(move |tx| movements::list(tx, &filter, &window)).unwrap();
            (slice.rows.len(), slice.total)
        };
        let all = MovementFilter::default();
        assert_eq!(count(all.clone()), (2, 3));
        assert_eq!(count(MovementFilter { product_id: Some(anvil), ..all.clone() }), (2, 2));
        assert_eq!(count(MovementFilter { warehouse_id: Some(mel), ..all.clone() }), (1, 1));
        assert_eq!(count(MovementFilter { kind: Some(Kind::Adjustment), ..all.clone() }), (1, 1));
        let today = shop.read(|tx| Ok(tx.today())).unwrap();
        assert_eq!(count(MovementFilter { from: Some(today), to: Some(today), ..all.clone() }), (2, 3));
        assert_eq!(count(MovementFilter { from: today.succ_opt(), ..all }), (0, 0));
    });
}
