//! Brands, types and units, and bringing those and categories from another system.

use crate::bring::{Brought, Intent, Outcome};
use crate::error::{Error, Problem, Thing, Unique};
use crate::items::categories::{self, CategoryRow};
use crate::items::master::{self, By, Entry, EntryChanges, EntryRow, List, NewEntry};
use crate::items::{self, ItemChanges};
use crate::testing::{Shop, code, name, on_both, reference};
use crate::values::Change;

const LISTS: [List; 3] = [List::Brands, List::Types, List::Uoms];

fn create(shop: &Shop<'_>, list: List, known_as: &str) -> i64 {
    let new = NewEntry { code: code(known_as), name: name(known_as) };
    shop.write(move |tx| master::create(tx, list, &new)).unwrap()
}

fn entries(shop: &Shop<'_>, list: List) -> Vec<Entry> {
    shop.read(move |tx| master::entries(tx, list)).unwrap()
}

fn amend(shop: &Shop<'_>, list: List, id: i64, changes: EntryChanges) -> crate::Result<Entry> {
    shop.write(move |tx| master::amend(tx, list, id, &changes))
}

#[test]
fn an_entry_that_is_changed_says_when() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for list in LISTS {
            let (id, other) = (create(&shop, list, "ONE"), create(&shop, list, "TWO"));
            for changes in [
                EntryChanges { name: Some(name("New")), ..EntryChanges::default() },
                EntryChanges { code: Some(code("one")), ..EntryChanges::default() },
                EntryChanges { is_active: Some(false), ..EntryChanges::default() },
            ] {
                let before = entries(&shop, list);
                let after = amend(&shop, list, id, changes.clone()).unwrap();
                assert!(after.updated_at > before[0].updated_at, "{changes:?}");
                assert_eq!(entries(&shop, list), [after.clone(), before[1].clone()]);
                assert_eq!(amend(&shop, list, id, changes), Ok(after.clone()), "again");
                assert_eq!(entries(&shop, list)[0], after, "again");
            }
            let taken = EntryChanges { code: Some(code("ONE")), ..EntryChanges::default() };
            assert_eq!(amend(&shop, list, other, taken), Err(Error::Duplicate(Unique::Code)));
            let missing = Error::NotFound { thing: list.thing(), key: "999".to_owned() };
            assert_eq!(amend(&shop, list, 999, EntryChanges::default()), Err(missing));
        }
    });
}

#[test]
fn an_entry_goes_once_no_product_has_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for list in LISTS {
            let id = create(&shop, list, "ONE");
            let one = Change::Set(reference("one", By::Id(id)));
            let none = ItemChanges::default;
            for (at, changes) in match list {
                List::Brands => vec![ItemChanges { brand: one, ..none() }],
                List::Types => vec![ItemChanges { item_type: one, ..none() }],
                List::Uoms => vec![
                    ItemChanges { base_uom: one.clone(), ..none() },
                    ItemChanges { sales_uom: one.clone(), ..none() },
                    ItemChanges { purchase_uom: one, ..none() },
                ],
            }
            .into_iter()
            .enumerate()
            {
                let item = shop.make(&format!("{} {at}", list.thing()), changes).unwrap();
                let by = format!("product {} has it: give that another {} first", item.sku, list.thing());
                let in_use = Error::InUse { thing: list.thing(), key: "ONE".to_owned(), by };
                assert_eq!(shop.write(move |tx| master::remove(tx, list, id)), Err(in_use));
                shop.write(move |tx| items::remove(tx, item.id)).unwrap();
            }
            assert_eq!(shop.write(move |tx| master::remove(tx, list, id)), Ok(()));
            assert_eq!(entries(&shop, list), []);
        }
    });
}

#[test]
fn entries_are_brought_by_code() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let row = |known_as: &str, called: Option<&str>, is_active| EntryRow {
            code: code(known_as),
            name: called.map(name),
            is_active,
        };
        for list in LISTS {
            create(&shop, list, "ONE");
            create(&shop, list, "TWO");
            let bring = |rows: &[EntryRow], intent| {
                let rows = rows.to_vec();
                shop.write(move |tx| master::bring(tx, list, &rows, intent)).unwrap()
            };
            let before = entries(&shop, list);
            let rows =
                [row("one", None, None), row("two", Some("Two"), Some(false)), row("THREE", Some("Three"), None)];
            let expected = [Ok(Brought::Unchanged), Ok(Brought::Changed), Ok(Brought::Made)];
            assert_eq!(bring(&rows, Intent::Judge), expected);
            assert_eq!(entries(&shop, list), before);
            assert_eq!(bring(&rows, Intent::Write), expected);
            let after = entries(&shop, list);
            assert_eq!(after[0], before[0]);
            assert_eq!((after[1].code.as_str(), after[1].name.as_str(), after[1].is_active), ("TWO", "Two", false));
            assert_eq!((after[2].code.as_str(), after[2].is_active), ("THREE", true));
            assert_eq!(bring(&rows, Intent::Write), vec![Ok(Brought::Unchanged); 3]);
            assert_eq!(entries(&shop, list), after);
            let nameless = Error::Invalid(vec![Problem::new("name", "is required for a new one")]);
            let refused = [Err(vec![nameless]), Ok(Brought::Unchanged), Err(vec![Error::Duplicate(Unique::Code)])];
            assert_eq!(
                bring(&[row("X", None, None), row("ONE", None, None), row("one", None, None)], Intent::Write),
                refused
            );
        }
    });
}

/// A category, its name, and what is above it: `None` is not said, `""` nothing.
fn category(known_as: &str, called: Option<&str>, above: Option<&str>) -> CategoryRow {
    let parent = match above {
        None => Change::Keep,
        Some("") => Change::Clear,
        Some(above) => Change::Set(code(above)),
    };
    CategoryRow { code: code(known_as), name: called.map(name), parent, is_active: None }
}

fn bring(shop: &Shop<'_>, rows: &[CategoryRow]) -> Vec<Outcome> {
    let rows = rows.to_vec();
    let outcomes = shop.write(move |tx| categories::bring(tx, &rows, Intent::Write)).unwrap();
    shop.verify();
    outcomes
}

/// Code and parent's code of each category.
fn tree(shop: &Shop<'_>) -> Vec<(String, Option<String>)> {
    let all = shop.read(categories::list).unwrap();
    let code = |id: i64| all.iter().find(|category| category.id == id).unwrap().code.clone();
    all.iter().map(|category| (category.code.clone(), category.parent_id.map(code))).collect()
}

#[test]
fn a_tree_of_categories_comes_in_any_order() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let rows = [category("leaf", Some("Leaf"), Some("Top")), category("TOP", Some("Top"), Some(""))];
        assert_eq!(bring(&shop, &rows), vec![Ok(Brought::Made); 2]);
        let known = |code: &str, above: Option<&str>| (code.to_owned(), above.map(str::to_owned));
        assert_eq!(tree(&shop), [known("leaf", Some("TOP")), known("TOP", None)]);
        let before = shop.read(categories::list).unwrap();
        assert_eq!(bring(&shop, &rows), vec![Ok(Brought::Unchanged); 2]);
        assert_eq!(shop.read(categories::list).unwrap(), before);
        // Turned upside down, in one go.
        let turned = [category("TOP", None, Some("LEAF")), category("Leaf", None, Some(""))];
        assert_eq!(bring(&shop, &turned), vec![Ok(Brought::Changed); 2]);
        assert_eq!(tree(&shop), [known("leaf", None), known("TOP", Some("leaf"))]);
        let inactive = CategoryRow { is_active: Some(false), ..category("TOP", None, None) };
        assert_eq!(bring(&shop, &[inactive]), [Ok(Brought::Changed)]);
        assert_eq!(
            shop.read(categories::entries).unwrap().iter().map(|e| e.is_active).collect::<Vec<_>>(),
            [true, false]
        );
    });
}

#[test]
fn circles_and_towers_of_categories_are_refused() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        bring(&shop, &[category("A", Some("A"), None), category("B", Some("B"), Some("A"))]);
        let refused = |why: &str| Err(vec![Error::Invalid(vec![Problem::new("parent_code", why)])]);
        let circle = || refused("must not be the category itself or one below it: choose another parent");
        assert_eq!(bring(&shop, &[category("A", None, Some("B"))]), [circle()]);
        assert_eq!(bring(&shop, &[category("A", None, Some("a"))]), [circle()]);
        let (field, key) = ("parent_code".to_owned(), "NOPE".to_owned());
        let unknown = Error::UnknownReference { field, thing: Thing::Category, key };
        assert_eq!(bring(&shop, &[category("C", Some("C"), Some("NOPE"))]), [Err(vec![unknown])]);
        let tower = |levels: usize| {
            let step = |level: usize| category(&format!("T{level}"), Some("T"), Some(&format!("T{}", level - 1)));
            let mut rows = vec![category("T1", Some("T"), None)];
            rows.extend((2..=levels).map(step));
            rows
        };
        let outcomes = bring(&shop, &tower(33));
        assert_eq!(outcomes[32], refused("lies too deep: a tree of categories has at most 32 levels"));
        assert!(outcomes[..32].iter().all(Result::is_ok));
        assert_eq!(bring(&shop, &tower(32)), vec![Ok(Brought::Made); 32]);
        assert_eq!(tree(&shop).len(), 34);
    });
}
