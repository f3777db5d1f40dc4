//! Stock and warehouses of another system.

use crate::bring::{Brought, Intent, Outcome};
use crate::error::{Error, Problem, Thing};
use crate::items::Tracking;
use crate::items::master::Entry;
use crate::stock::movements::Kind;
use crate::stock::warehouses::{self, WarehouseRow};
use crate::stock::{self, Label, StockRow};
use crate::testing::{Shop, code, name, on_both, whole};
use crate::values::{Change, Quantity};

/// How many units of an item lie in a warehouse.
fn figure(sku: &str, warehouse: &str, units: i64) -> StockRow {
    let quantity = whole(units);
    StockRow { sku: code(sku), warehouse: code(warehouse), quantity, reorder_level: None, batch: Change::Keep }
}

/// How many of them are of a batch.
fn of_batch(sku: &str, number: &str, expiry: Option<&str>, units: i64) -> StockRow {
    let label = Label { number: code(number), expiry_date: expiry.map(|day| day.parse().unwrap()) };
    StockRow { batch: Change::Set(label), ..figure(sku, "MAIN", units) }
}

fn bring(shop: &Shop<'_>, rows: &[StockRow], intent: Intent) -> Vec<Outcome> {
    let rows = rows.to_vec();
    let outcomes = shop.write(move |tx| stock::bring(tx, &rows, intent)).expect("no fault");
    shop.verify();
    outcomes
}

fn wrong(field: &str, message: &str) -> Error {
    Error::Invalid(vec![Problem::new(field, message)])
}

#[test]
fn figures_become_what_is_on_hand_once() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let [bolt, nut, none] = ["BOLT", "NUT", "NONE"].map(|sku| shop.item(sku).id);
        shop.stock(bolt, main, whole(10));
        let low = |row: StockRow, level: i64| StockRow { reorder_level: Some(whole(level)), ..row };
        let rows = [low(figure("bolt", "main", 7), 8), figure("NUT", "Main", 2), figure("NONE", "MAIN", 0)];
        let expected = [Ok(Brought::Changed), Ok(Brought::Made), Ok(Brought::Unchanged)];
        assert_eq!(bring(&shop, &rows, Intent::Judge), expected);
        assert_eq!(shop.level(bolt, main).0, whole(10));
        assert_eq!(bring(&shop, &rows, Intent::Write), expected);
        assert_eq!(shop.level(bolt, main).0, whole(7));
        assert_eq!(shop.level(nut, main).0, whole(2));
        assert!(shop.read(move |tx| stock::of_item(tx, none)).unwrap().is_empty());
        assert_eq!(shop.read(move |tx| stock::of_item(tx, bolt)).unwrap()[0].reorder_level, whole(8));
        let last = shop.movements(bolt).pop().unwrap();
        assert_eq!((last.kind, last.quantity, last.created_by.as_str()), (Kind::Sync, whole(-3), "system"));
        let before = (shop.movements(bolt).len(), shop.movements(nut).len());
        assert_eq!(bring(&shop, &rows, Intent::Write), vec![Ok(Brought::Unchanged); 3]);
        assert_eq!((shop.movements(bolt).len(), shop.movements(nut).len()), before);
        // A reorder level alone opens a place.
        assert_eq!(bring(&shop, &[low(figure("NONE", "MAIN", 0), 5)], Intent::Write), [Ok(Brought::Made)]);
        assert_eq!(bring(&shop, &[low(figure("NONE", "MAIN", 0), 5)], Intent::Write), [Ok(Brought::Unchanged)]);
    });
}

#[test]
fn batches_are_made_filled_and_emptied() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let glue = shop.tracked("GLUE", Tracking::Batch);
        shop.batch(glue, main, "B-1", Some("2027-01-31"), whole(4));
        let rows = [of_batch("GLUE", "b-1", None, 6), of_batch("GLUE", "B-2", Some("2027-06-30"), 5)];
        assert_eq!(bring(&shop, &rows, Intent::Write), vec![Ok(Brought::Changed); 2]);
        assert_eq!(shop.level(glue, main).0, whole(11));
        assert_eq!(bring(&shop, &rows, Intent::Write), vec![Ok(Brought::Unchanged); 2]);
        // What is not spoken of stays.
        assert_eq!(bring(&shop, &[of_batch("GLUE", "B-1", None, 0)], Intent::Write), [Ok(Brought::Changed)]);
        assert_eq!(shop.level(glue, main).0, whole(5));
        // Without batches, all of it.
        assert_eq!(bring(&shop, &[figure("GLUE", "MAIN", 3)], Intent::Write), [Ok(Brought::Changed)]);
        assert_eq!(bring(&shop, &rows[1..], Intent::Write), [Ok(Brought::Changed)]);
        assert_eq!(shop.level(glue, main).0, whole(5));
    });
}

#[test]
fn a_batch_has_one_last_day_and_a_place_one_level() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (main, far) = (shop.warehouse("MAIN"), shop.warehouse("FAR"));
        let glue = shop.tracked("GLUE", Tracking::Batch);
        let there = |row: StockRow| StockRow { warehouse: code("FAR"), ..row };
        let dated = of_batch("GLUE", "B-1", Some("2027-01-31"), 4);
        let day = wrong("expiry_date", "is another in an earlier row of this batch: say the same in all");
        for other in [None, Some("2027-02-01")] {
            let rows = [dated.clone(), there(of_batch("GLUE", "b-1", other, 5))];
            assert_eq!(bring(&shop, &rows, Intent::Write)[1], Err(vec![day.clone()]));
        }
        let low = |row: StockRow, level: i64| StockRow { reorder_level: Some(whole(level)), ..row };
        let rows = [low(dated.clone(), 3), low(of_batch("GLUE", "B-2", None, 1), 8)];
        let level = wrong("reorder_level", "is another in an earlier row of this place: say one");
        assert_eq!(bring(&shop, &rows, Intent::Write)[1], Err(vec![level]));
        assert_eq!((shop.level(glue, main).0, shop.level(glue, far).0), (whole(0), whole(0)));
        let rows = [low(dated.clone(), 3), there(of_batch("GLUE", "B-1", Some("2027-01-31"), 5))];
        assert_eq!(bring(&shop, &rows, Intent::Write), [Ok(Brought::Made), Ok(Brought::Made)]);
        assert_eq!(bring(&shop, &rows, Intent::Write), vec![Ok(Brought::Unchanged); 2]);
    });
}

#[test]
fn a_whole_list_of_warehouses_can_be_brought_again() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let default = |known_as: &str, is| WarehouseRow { is_default: Some(is), ..place(known_as) };
        let none = wrong("is_default", "must be 1, here or in another row: one is always the default");
        assert_eq!(open(&shop, &[default("ONE", false), default("TWO", false)])[0], Err(vec![none]));
        let first = [default("ONE", true), default("TWO", false)];
        assert_eq!(open(&shop, &first), vec![Ok(Brought::Made); 2]);
        assert_eq!(open(&shop, &first), vec![Ok(Brought::Unchanged); 2]);
        let other = [default("ONE", false), default("TWO", true)];
        assert_eq!(open(&shop, &other), vec![Ok(Brought::Changed); 2]);
        assert_eq!(open(&shop, &other), vec![Ok(Brought::Unchanged); 2]);
    });
}

#[test]
fn rows_that_cannot_be_done_keep_all_from_being_written() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let main = shop.warehouse("MAIN");
        let (bolt, _, dear) = (shop.item("BOLT").id, shop.item("NUT"), shop.item("DEAR").id);
        shop.price(dear, "1", "900000");
        let (glue, unit) = (shop.tracked("GLUE", Tracking::Batch), shop.tracked("UNIT", Tracking::Serial));
        shop.batch(glue, main, "B-1", Some("2027-01-31"), whole(4));
        shop.units(unit, main, &["S-1"]);
        let unknown = |field: &str, thing, key: &str| Error::UnknownReference {
            field: field.to_owned(),
            thing,
            key: key.to_owned(),
        };
        let negative = StockRow { quantity: Quantity::ZERO.minus(whole(1)).unwrap(), ..figure("NUT", "MAIN", 0) };
        let unbatched = StockRow { batch: Change::Clear, ..figure("GLUE", "MAIN", 1) };
        let required = "is required: the item is tracked by batch; without this column figures are of all its batches";
        for (row, error) in [
            (figure("NOPE", "MAIN", 1), unknown("item_code", Thing::Item, "NOPE")),
            (figure("NUT", "NOPE", 1), unknown("location_code", Thing::Warehouse, "NOPE")),
            (negative, wrong("quantity", "must not be negative")),
            (unbatched, wrong("batch_number", required)),
            (of_batch("NUT", "B", None, 1), wrong("batch_number", "must be empty: the item is not tracked by batch")),
            (
                of_batch("GLUE", "B-1", Some("2027-02-01"), 4),
                wrong("expiry_date", "is 2027-01-31 on the batch that is there: leave it empty to keep that"),
            ),
            (
                figure("DEAR", "MAIN", 2_000_000),
                wrong("quantity", "is worth more than can be recorded: correct it, or the item's cost"),
            ),
            (
                figure("UNIT", "MAIN", 2),
                wrong("quantity", "cannot be set, 1 are on hand: record or scrap its units by their serial numbers"),
            ),
        ] {
            let rows = [figure("bolt", "MAIN", 9), row.clone()];
            let outcomes = bring(&shop, &rows, Intent::Write);
            assert_eq!(outcomes[1].clone().map_err(|errors| errors[0].clone()), Err(error), "{row:?}");
            assert_eq!(shop.level(bolt, main).0, Quantity::ZERO);
        }
        assert_eq!(bring(&shop, &[figure("UNIT", "MAIN", 1)], Intent::Write), [Ok(Brought::Unchanged)]);
    });
}

fn place(known_as: &str) -> WarehouseRow {
    let [address, city, state] = [Change::Keep, Change::Keep, Change::Keep];
    let (branch, is_default, is_active) = (Change::Keep, None, None);
    WarehouseRow {
        code: code(known_as),
        name: Some(name(known_as)),
        address,
        city,
        state,
        branch,
        is_default,
        is_active,
    }
}

fn in_branch(known_as: &str, of: &str) -> WarehouseRow {
    WarehouseRow { branch: Change::Set(code(of)), ..place(known_as) }
}

fn open(shop: &Shop<'_>, rows: &[WarehouseRow]) -> Vec<Outcome> {
    let rows = rows.to_vec();
    let outcomes = shop.write(move |tx| warehouses::bring(tx, &rows, Intent::Write)).expect("no fault");
    shop.verify();
    outcomes
}

fn entries(shop: &Shop<'_>) -> Vec<Entry> {
    shop.read(warehouses::entries).unwrap()
}

#[test]
fn warehouses_come_with_their_branches_and_one_is_the_default() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let shopfloor = WarehouseRow { city: Change::Set(name("Brisbane")), ..in_branch("SHOP", "main") };
        let rows = [shopfloor, place("MAIN")];
        assert_eq!(open(&shop, &rows), vec![Ok(Brought::Made); 2]);
        let branches = "SELECT CAST(COALESCE(branch_id - id, 0) AS VARCHAR(9)) AS line FROM warehouses ORDER BY id";
        assert_eq!(fixture.texts(branches), ["1", "0"]);
        let defaults = || {
            let all = shop.read(warehouses::list).unwrap();
            all.into_iter().map(|stocked| stocked.warehouse.is_default).collect::<Vec<_>>()
        };
        assert_eq!(defaults(), [true, false]);
        let before = entries(&shop);
        assert_eq!(open(&shop, &rows), vec![Ok(Brought::Unchanged); 2]);
        assert_eq!(entries(&shop), before);
        let cleared = WarehouseRow { branch: Change::Clear, city: Change::Clear, ..place("SHOP") };
        let default = WarehouseRow { is_default: Some(true), is_active: Some(false), ..place("MAIN") };
        assert_eq!(open(&shop, &[cleared, default]), vec![Ok(Brought::Changed); 2]);
        assert_eq!((defaults(), fixture.texts(branches)), (vec![false, true], vec!["0".to_owned(), "0".to_owned()]));
        let after = entries(&shop);
        assert!(after.iter().zip(&before).all(|(after, before)| after.updated_at > before.updated_at));
        assert_eq!(after.iter().map(|entry| entry.is_active).collect::<Vec<_>>(), [true, false]);
    });
}

#[test]
fn warehouses_that_cannot_be_so_are_refused() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        open(&shop, &[place("MAIN"), in_branch("SHOP", "MAIN"), place("FAR")]);
        let before = entries(&shop);
        let default = |known_as: &str, is| WarehouseRow { is_default: Some(is), ..place(known_as) };
        let key = "NOPE".to_owned();
        let unknown = Error::UnknownReference { field: "branch_code".to_owned(), thing: Thing::Warehouse, key };
        for (rows, error) in [
            (vec![in_branch("FAR", "NOPE")], unknown),
            (
                vec![in_branch("FAR", "SHOP")],
                wrong("branch_code", "must name a location that is its own branch, which SHOP is not"),
            ),
            (
                vec![in_branch("MAIN", "FAR")],
                wrong("branch_code", "must be left out: SHOP belongs to the branch of this location"),
            ),
            (
                vec![default("MAIN", false)],
                wrong("is_default", "must be 1, here or in another row: one is always the default"),
            ),
            (
                vec![default("SHOP", true), default("FAR", true)],
                wrong("is_default", "must be 1 in one row at most: only one can be the default"),
            ),
            (vec![WarehouseRow { name: None, ..place("NEW") }], wrong("name", "is required for a new one")),
        ] {
            let last = open(&shop, &rows).pop().unwrap();
            assert_eq!(last, Err(vec![error]));
            assert_eq!(entries(&shop), before);
        }
    });
}
