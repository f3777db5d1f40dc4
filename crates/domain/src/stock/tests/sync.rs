//! Stock set to the figures of another system.

use crate::error::{Error, Result};
use crate::items::Tracking;
use crate::stock::movements::Kind;
use crate::stock::sync::{Figure, MOST_ROWS, Obstacle, Skipped, Synced, sync};
use crate::testing::{Shop, code, fields, on_both, whole};
use crate::values::Quantity;

/// SKU, warehouse, what is to be on hand.
fn figure(sku: &str, warehouse_id: i64, units: i64) -> Figure {
    Figure { sku: code(sku), warehouse_id, quantity: whole(units), expected: None }
}

fn synced(shop: &Shop<'_>, figures: &[Figure], as_a_whole: bool) -> Result<Synced> {
    let figures = figures.to_vec();
    let synced = shop.write(move |tx| sync(tx, &figures, as_a_whole));
    shop.verify();
    synced
}

/// Which rows changed nothing, and why.
fn obstacles(skipped: &[Skipped]) -> Vec<(usize, Obstacle)> {
    skipped.iter().map(|row| (row.at, row.obstacle)).collect()
}

#[test]
fn what_is_on_hand_becomes_the_figure_by_one_movement() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let [raised, lowered, same, new, none] =
            ["RAISED", "LOWERED", "SAME", "NEW", "NONE"].map(|sku| shop.item(sku).id);
        for item in [raised, lowered, same] {
            shop.stock(item, main, whole(10));
        }
        let rows = [("raised", 12), ("LOWERED", 3), ("Same", 10), ("NEW", 5), ("NONE", 0)];
        let rows = rows.map(|(sku, units)| figure(sku, main, units));
        assert_eq!(synced(&shop, &rows, false), Ok(Synced { updated: 5, skipped: Vec::new() }));
        for (item, units, change) in
            [(raised, 12, Some(2)), (lowered, 3, Some(-7)), (same, 10, None), (new, 5, Some(5)), (none, 0, None)]
        {
            assert_eq!(shop.level(item, main).0, whole(units), "item {item}");
            let moved = shop.movements(item).into_iter().filter(|movement| movement.kind == Kind::Sync);
            let moved = moved.map(|movement| (movement.quantity, movement.balance_after)).collect::<Vec<_>>();
            assert_eq!(moved, change.map(|change| (whole(change), whole(units))).into_iter().collect::<Vec<_>>());
        }
        // Nothing ever lay there, and so no row says so.
        assert!(shop.read(move |tx| crate::stock::of_item(tx, none)).unwrap().is_empty());
    });
}

#[test]
fn rows_that_cannot_be_done_are_skipped_each_for_its_reason() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let (bolt, unit) = (shop.item("BOLT").id, shop.tracked("UNIT", Tracking::Serial));
        shop.stock(bolt, main, whole(10));
        shop.units(unit, main, &["S-1", "S-2"]);
        let second = shop.warehouse("SECOND");
        let rows = [
            figure("NUT", main, 1),
            figure("BOLT", 999, 1),
            figure("BOLT", second, -1),
            Figure { expected: Some(whole(9)), ..figure("BOLT", main, 1) },
            figure("UNIT", main, 3),
            figure("UNIT", main, 2),
            Figure { expected: Some(Quantity::ZERO), ..figure("BOLT", second, 4) },
        ];
        let expected = [
            (0, Obstacle::UnknownItem),
            (1, Obstacle::UnknownWarehouse),
            (2, Obstacle::Superseded),
            (3, Obstacle::Unexpected { current: whole(10) }),
            (4, Obstacle::Superseded),
        ];
        let done = synced(&shop, &rows, false).unwrap();
        assert_eq!((done.updated, obstacles(&done.skipped)), (2, expected.to_vec()));
        assert_eq!((shop.level(bolt, main).0, shop.level(bolt, second).0), (whole(10), whole(4)));
        let done = synced(&shop, &[figure("UNIT", main, 1), figure("BOLT", second, -1)], false).unwrap();
        assert_eq!((done.updated, obstacles(&done.skipped)), (0, vec![(0, Obstacle::Serial), (1, Obstacle::Negative)]));
    });
}

#[test]
fn as_a_whole_one_row_that_cannot_be_done_stops_all() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let bolt = shop.item("BOLT").id;
        shop.stock(bolt, main, whole(10));
        let rows = [figure("BOLT", main, 1), figure("NUT", main, 1), figure("BOLT", main, 2), figure("BOLT", 999, 1)];
        let Err(Error::NotSynced(skipped)) = synced(&shop, &rows, true) else { panic!("it was synced") };
        // The superseded row could be done; it just does not count.
        assert_eq!(obstacles(&skipped), [(1, Obstacle::UnknownItem), (3, Obstacle::UnknownWarehouse)]);
        assert_eq!((shop.level(bolt, main).0, shop.movements(bolt).len()), (whole(10), 1));
        let done = synced(&shop, &[rows[0].clone(), rows[2].clone()], true).unwrap();
        assert_eq!((done.updated, obstacles(&done.skipped)), (1, vec![(0, Obstacle::Superseded)]));
        assert_eq!(shop.level(bolt, main).0, whole(2));
    });
}

#[test]
fn below_what_is_reserved_is_allowed() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let bolt = shop.item("BOLT").id;
        shop.stock(bolt, main, whole(10));
        shop.order(&[(bolt, whole(8))]).expect("an order");
        assert_eq!(synced(&shop, &[figure("BOLT", main, 3)], true).unwrap().updated, 1);
        assert_eq!(shop.level(bolt, main), (whole(3), whole(8)));
    });
}

#[test]
fn batches_gain_in_unassigned_and_lose_from_what_expires_first() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let paint = shop.tracked("PAINT", Tracking::Batch);
        let expired = shop.batch(paint, main, "EXPIRED", Some("2020-01-01"), whole(4));
        let fresh = shop.batch(paint, main, "FRESH", Some("2099-01-01"), whole(4));
        let shares = |shop: &Shop<'_>| {
            let moved = shop.movements(paint).into_iter().filter(|movement| movement.kind == Kind::Sync);
            moved.map(|movement| (movement.batch_id, movement.quantity)).collect::<Vec<_>>()
        };
        synced(&shop, &[figure("PAINT", main, 3)], false).unwrap();
        assert_eq!(shares(&shop), [(Some(expired), whole(-4)), (Some(fresh), whole(-1))]);
        synced(&shop, &[figure("PAINT", main, 8)], false).unwrap();
        let (unassigned, came) = shares(&shop)[2];
        assert!(![expired, fresh].map(Some).contains(&unassigned), "{unassigned:?}");
        assert_eq!(came, whole(5));
    });
}

#[test]
fn as_many_rows_as_are_allowed_are_done_at_once_and_not_one_more() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let (bolt, paint) = (shop.item("BOLT").id, shop.tracked("PAINT", Tracking::Batch));
        shop.batch(paint, main, "ONE", None, whole(4));
        let mut rows = vec![figure("NUT", main, 1); MOST_ROWS - 2];
        rows.extend([figure("BOLT", main, 7), figure("PAINT", main, 0)]);
        let done = synced(&shop, &rows, false).unwrap();
        assert_eq!((done.updated, done.skipped.len()), (2, MOST_ROWS - 2));
        assert_eq!((shop.level(bolt, main).0, shop.level(paint, main).0), (whole(7), Quantity::ZERO));
        rows.push(figure("BOLT", main, 8));
        assert_eq!(fields(synced(&shop, &rows, false)), ["items"]);
        assert_eq!(shop.level(bolt, main).0, whole(7));
    });
}

#[test]
fn another_tenants_skus_and_warehouses_are_unknown() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code));
        let (main, theirs) = (own.warehouse("MAIN"), other.warehouse("MAIN"));
        other.item("NUT");
        own.item("BOLT");
        let rows = [figure("NUT", main, 1), figure("BOLT", theirs, 1), figure("BOLT", main, 1)];
        let done = synced(&own, &rows, false).unwrap();
        let expected = vec![(0, Obstacle::UnknownItem), (1, Obstacle::UnknownWarehouse)];
        assert_eq!((done.updated, obstacles(&done.skipped)), (1, expected));
    });
}
