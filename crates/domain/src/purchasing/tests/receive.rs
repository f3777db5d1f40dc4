//! Receiving: in parts, by line and by product, into batches and by serial numbers.

use super::{Of, PurchaseStatus as Status, ReceiptLine, Received, change, coming, into_batch, receive, status};
use crate::error::Error;
use crate::items::Tracking;
use crate::stock::movements::Kind;
use crate::testing::{Shop, code, money, on_both, whole};

#[test]
fn goods_come_part_by_part() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let syd = shop.warehouse("SYD");
        let (anvil, bolt) = (shop.item("ANVIL").id, shop.item("BOLT").id);
        let supplier = shop.supplier("FastenersPro");
        let id =
            shop.purchase(supplier, &[(anvil, whole(5), "4.50"), (bolt, whole(3), "0.10"), (anvil, whole(2), "5")]);
        // By product the lines fill in their order.
        let first = receive(&shop, id, Some(vec![coming(anvil, whole(6))]));
        assert_eq!(first, Ok(Received { lines: 2, status: Status::Partial }));
        assert_eq!((shop.level(anvil, syd).0, shop.level(bolt, syd).0), (whole(6), whole(0)));
        let costs = shop.movements(anvil).iter().map(|row| (row.kind, row.quantity, row.unit_cost)).collect::<Vec<_>>();
        let row = |units: i64, each: &str| (Kind::Receive, whole(units), Some(money(each)));
        assert_eq!(costs, [row(5, "4.50"), row(1, "5")]);
        let too_much = receive(&shop, id, Some(vec![coming(anvil, whole(2))]));
        let expected = Error::OverReceipt { line: 3, requested: whole(2), outstanding: whole(1) };
        assert_eq!(too_much, Err(expected));
        assert_eq!(receive(&shop, id, None), Ok(Received { lines: 2, status: Status::Received }));
        assert_eq!((shop.level(anvil, syd).0, shop.level(bolt, syd).0), (whole(7), whole(3)));
        assert_eq!(receive(&shop, id, None), Err(Status::Received.refuse(Status::Received)));
        shop.verify();
    });
}

#[test]
fn what_was_called_off_does_not_come_and_what_came_stays() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let syd = shop.warehouse("SYD");
        let (anvil, supplier) = (shop.item("ANVIL").id, shop.supplier("FastenersPro"));
        let id = shop.purchase(supplier, &[(anvil, whole(5), "4.50")]);
        receive(&shop, id, Some(vec![coming(anvil, whole(2))])).expect("a part");
        change(&shop, id, Status::Cancelled).expect("a step");
        assert_eq!(receive(&shop, id, None), Err(Status::Cancelled.refuse(Status::Received)));
        assert_eq!((shop.level(anvil, syd).0, status(&shop, id)), (whole(2), Status::Cancelled));
        shop.verify();
    });
}

#[test]
fn batches_are_made_once_and_found_again() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let syd = shop.warehouse("SYD");
        let [paint, glue] = ["PAINT", "GLUE"].map(|sku| shop.tracked(sku, Tracking::Batch));
        let supplier = shop.supplier("FastenersPro");
        let id = shop.purchase(supplier, &[(paint, whole(9), "1"), (glue, whole(9), "1")]);
        let day = Some("2028-03-01");
        let parts = vec![
            into_batch(paint, whole(1), "Lot-1", None),
            into_batch(paint, whole(2), "lot-1", day),
            into_batch(glue, whole(3), "LOT-1", None),
        ];
        receive(&shop, id, Some(parts)).expect("a part");
        receive(&shop, id, Some(vec![into_batch(paint, whole(1), "LOT-1", day)])).expect("a part");
        for wrong in [
            vec![into_batch(paint, whole(1), "LOT-1", Some("2028-03-02"))],
            vec![into_batch(paint, whole(1), "NEW", day), into_batch(paint, whole(1), "new", Some("2028-03-02"))],
        ] {
            assert!(matches!(receive(&shop, id, Some(wrong)), Err(Error::Invalid(_))));
        }
        receive(&shop, id, None).expect("the rest");
        let query = "SELECT batch_number || ' of ' || product_id AS line FROM batches ORDER BY id";
        let batches = [("Lot-1", paint), ("LOT-1", glue), ("UNASSIGNED", paint), ("UNASSIGNED", glue)];
        assert_eq!(fixture.texts(query), batches.map(|(number, product)| format!("{number} of {product}")));
        assert_eq!((shop.level(paint, syd).0, shop.level(glue, syd).0), (whole(9), whole(9)));
        shop.verify();
    });
}

#[test]
fn units_are_named_one_for_each() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let syd = shop.warehouse("SYD");
        let drill = shop.tracked("DRILL", Tracking::Serial);
        let supplier = shop.supplier("FastenersPro");
        let id = shop.purchase(supplier, &[(drill, whole(2), "1"), (drill, whole(2), "1")]);
        let named = |units: i64, serials: &[&str]| {
            let serials = serials.iter().map(|number| code(number)).collect();
            Some(vec![ReceiptLine { serials, ..coming(drill, whole(units)) }])
        };
        let wrong = [named(1, &[]), named(1, &["A", "B"]), named(2, &["A", "a"]), None];
        for wrong in wrong {
            assert!(matches!(receive(&shop, id, wrong.clone()), Err(Error::Invalid(_))), "{wrong:?}");
        }
        receive(&shop, id, named(3, &["A", "B", "C"])).expect("three units over two lines");
        assert!(matches!(receive(&shop, id, named(1, &["b"])), Err(Error::Invalid(_))), "in stock already");
        receive(&shop, id, named(1, &["D"])).expect("the last one");
        assert_eq!((shop.level(drill, syd).0, status(&shop, id)), (whole(4), Status::Received));
        shop.verify();
    });
}

#[test]
fn a_line_of_another_purchase_order_is_unknown() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.warehouse("SYD");
        let (anvil, bolt, supplier) = (shop.item("ANVIL").id, shop.item("BOLT").id, shop.supplier("FastenersPro"));
        let id = shop.purchase(supplier, &[(anvil, whole(5), "1")]);
        shop.purchase(supplier, &[(anvil, whole(5), "1")]);
        for of in [Of::Line(2), Of::Line(99), Of::Product(bolt)] {
            let part = ReceiptLine { of, ..coming(anvil, whole(1)) };
            assert!(matches!(receive(&shop, id, Some(vec![part])), Err(Error::UnknownReference { .. })), "{of:?}");
        }
        assert_eq!(status(&shop, id), Status::Draft);
    });
}
