//! Rows of another system: as many statements for two hundred as for one.

use stockbridge_domain::bring::{Brought, Intent, Outcome};
use stockbridge_domain::items::categories::{self, CategoryRow};
use stockbridge_domain::items::master::{self, By, EntryRow, List, Reference};
use stockbridge_domain::items::{self, ItemChanges, ItemRow};
use stockbridge_domain::stock::warehouses::{self, WarehouseRow};
use stockbridge_domain::stock::{self, Label, StockRow};
use stockbridge_domain::values::{Change, Price, Quantity, Text};
use stockbridge_domain::{Result, TenantId, Tx};

use crate::support::{OURS, Shop, on_each_engine};

/// Rows of one call. A new turn says something else of every row.
type Call = fn(&mut Tx<'_>, &[usize], usize) -> Result<Vec<Outcome>>;

#[test]
fn bringing_costs_the_same_statements_whatever_the_number_of_rows() {
    on_each_engine(async |shop| {
        let calls: [(&str, Call); 5] = [
            ("brands", |tx, rows, turn| master::bring(tx, List::Brands, &each(rows, turn, entry), Intent::Write)),
            ("categories", |tx, rows, turn| categories::bring(tx, &each(rows, turn, category), Intent::Write)),
            ("locations", |tx, rows, turn| warehouses::bring(tx, &each(rows, turn, warehouse), Intent::Write)),
            ("items", |tx, rows, turn| items::bring(tx, &each(rows, turn, item), Intent::Write)),
            ("stock", |tx, rows, turn| stock::bring(tx, &each(rows, turn, figure), Intent::Write)),
        ];
        let (one, many) = (vec![1], (2..202).collect::<Vec<_>>());
        for (what, call) in calls {
            // The first of each opens counters, and is not counted.
            brought(shop, call, vec![0], 0, Brought::Made).await;
            for (turn, outcome) in [(0, Brought::Made), (1, Brought::Changed), (1, Brought::Unchanged)] {
                let few = brought(shop, call, one.clone(), turn, outcome).await;
                let lots = brought(shop, call, many.clone(), turn, outcome).await;
                assert_eq!(few, lots, "{what}, {outcome:?}");
                assert!(lots <= 24, "{what}, {outcome:?}: {lots} statements");
            }
        }
    });
}

/// The number of statements, the transaction's own words aside.
async fn brought(shop: &Shop, call: Call, rows: Vec<usize>, turn: usize, expected: Brought) -> usize {
    let count = rows.len();
    let work = move |tx: &mut Tx<'_>| call(tx, &rows, turn);
    let work = shop.store.alter(move |lobby| work(&mut lobby.as_system(TenantId::new(OURS))?));
    let (outcomes, statements) = shop.statements_of(work).await;
    assert_eq!(outcomes, Ok(vec![Ok(expected); count]));
    let words = ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"];
    statements.iter().filter(|statement| !words.iter().any(|word| statement.starts_with(word))).count()
}

fn each<R>(rows: &[usize], turn: usize, row: fn(usize, usize) -> R) -> Vec<R> {
    rows.iter().map(|number| row(*number, turn)).collect()
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).expect("a good text").expect("a text")
}

fn numbered<const MAX: usize>(word: &str, number: usize) -> Text<MAX> {
    text(&format!("{word}-{number}"))
}

fn entry(number: usize, turn: usize) -> EntryRow {
    EntryRow { code: numbered("E", number), name: Some(numbered("Name", turn)), is_active: None }
}

fn category(number: usize, turn: usize) -> CategoryRow {
    // Below the first one, which is there by then.
    let parent = if number == 0 { Change::Keep } else { Change::Set(text("C-0")) };
    CategoryRow { code: numbered("C", number), name: Some(numbered("Name", turn)), parent, is_active: None }
}

fn warehouse(number: usize, turn: usize) -> WarehouseRow {
    let branch = if number == 0 { Change::Keep } else { Change::Set(text("W-0")) };
    let (name, city) = (Some(numbered("Name", turn)), Change::Set(text("Ryde")));
    let [address, state] = [Change::Keep, Change::Keep];
    WarehouseRow { code: numbered("W", number), name, address, city, state, branch, is_default: None, is_active: None }
}

fn item(number: usize, turn: usize) -> ItemRow {
    // One category for all: several are locked by a statement of its own.
    let by = |field: &str, known_as: &str| {
        Change::Set(Reference { field: field.to_owned(), by: By::Code(known_as.to_owned()) })
    };
    let rest = ItemChanges {
        name: Some(numbered("Item", number)),
        barcode: Change::Set(numbered("BAR", number)),
        category: by("category_code", "C-1"),
        brand: by("brand_code", "E-1"),
        cost_price: Change::Set(Price::parse(&format!("{turn}.5")).expect("a price")),
        is_active: Some(turn == 0),
        ..ItemChanges::default()
    };
    ItemRow { sku: numbered("I", number), rest }
}

fn figure(number: usize, turn: usize) -> StockRow {
    let quantity = Quantity::whole(if turn == 0 { 3 } else { 5 }).expect("a quantity");
    let batch: Change<Label> = Change::Clear;
    StockRow { sku: numbered("I", number), warehouse: text("W-0"), quantity, reorder_level: Some(quantity), batch }
}
