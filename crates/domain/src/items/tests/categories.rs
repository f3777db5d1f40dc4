//! Categories: their codes, their tree, and when they may go.

use std::sync::{Arc, Barrier};

use super::into_category;
use crate::error::{Error, Thing, Unique};
use crate::items::categories::{self, Category, CategoryChanges, NewCategory};
use crate::items::master::By;
use crate::items::{self, ItemChanges};
use crate::testing::{Shop, code, id_of, name, on_both, on_postgres, reference, start};
use crate::values::Change;

const NOTHING: CategoryChanges = CategoryChanges { code: None, name: None, parent: Change::Keep, is_active: None };

fn amend(shop: &Shop<'_>, id: i64, changes: CategoryChanges) -> crate::Result<Category> {
    shop.write(move |tx| categories::amend(tx, id, &changes))
}

fn below(shop: &Shop<'_>, id: i64, parent: i64) -> crate::Result<Category> {
    amend(shop, id, CategoryChanges { parent: Change::Set(id_of("parent_id", parent)), ..NOTHING })
}

fn stored(shop: &Shop<'_>, id: i64) -> Category {
    shop.read(categories::list).unwrap().into_iter().find(|category| category.id == id).expect("the category")
}

fn coded(shop: &Shop<'_>, category_code: &str) -> crate::Result<Category> {
    let new = NewCategory { id: None, code: Some(code(category_code)), name: name(category_code), parent: None };
    shop.write(move |tx| categories::create(tx, &new))
}

#[test]
fn a_category_without_a_code_is_known_by_its_id() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let category = shop.category("Bolts");
        assert_eq!(category.code, category.id.to_string());
        assert_eq!(stored(&shop, category.id), category);
        let child = shop.category_below("M8", Some(category.id)).unwrap();
        assert_eq!((child.parent_id, child.product_count), (Some(category.id), 0));
        let listed = shop.read(categories::list).unwrap();
        assert_eq!(listed, [category, child]);
    });
}

#[test]
fn a_code_that_looks_like_the_next_id_stands_in_nobodys_way() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let first = shop.category("First").id;
        let taken = coded(&shop, &(first + 2).to_string()).unwrap();
        let next = shop.category_below("Next", None).expect("a category without a code is never a duplicate");
        assert_eq!(next.id, taken.id + 1);
        assert_ne!(next.code, taken.code);
        assert_eq!(stored(&shop, next.id), next);
    });
}

#[test]
fn a_category_that_comes_with_its_id_keeps_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let new = NewCategory { id: Some(40), code: Some(code("CAT001")), name: name("Forty"), parent: None };
        let entered = shop.write(move |tx| categories::create(tx, &new)).unwrap();
        assert_eq!((entered.id, entered.code.as_str()), (40, "CAT001"));
        assert_eq!(shop.category("Next").id, 41);
    });
}

#[test]
fn updated_at_moves_exactly_when_the_category_does() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (parent, id) = (shop.category("Parent").id, shop.category("Bolts").id);
        let changes = [
            CategoryChanges { name: Some(name("Nuts")), ..NOTHING },
            CategoryChanges { code: Some(code("NUTS")), ..NOTHING },
            CategoryChanges { code: Some(code("nuts")), ..NOTHING },
            CategoryChanges { parent: Change::Set(id_of("parent_id", parent)), ..NOTHING },
            CategoryChanges { parent: Change::Clear, ..NOTHING },
        ];
        for change in changes {
            let before = stored(&shop, id);
            let after = amend(&shop, id, change.clone()).unwrap();
            assert!(after.updated_at > before.updated_at, "{change:?}");
            assert_eq!(stored(&shop, id), after);
            assert_eq!(amend(&shop, id, change).unwrap(), after, "again changes nothing");
        }
        let before = stored(&shop, id);
        shop.make("ANVIL", into_category(id)).unwrap();
        assert_eq!(stored(&shop, id), Category { product_count: 1, ..before }, "its members do not count");
    });
}

#[test]
fn a_taken_code_is_refused_in_any_case() {
    on_both(|fixture| {
        let [shop, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        coded(&shop, "Bolts").unwrap();
        let second = shop.category("Second").id;
        let taken = CategoryChanges { code: Some(code("BOLTS")), ..NOTHING };
        assert_eq!(amend(&shop, second, taken), Err(Error::Duplicate(Unique::Code)));
        assert!(coded(&other, "BOLTS").is_ok());
    });
}

#[test]
fn a_category_never_stands_below_itself() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let top = shop.category("Top").id;
        let middle = shop.category_below("Middle", Some(top)).unwrap().id;
        let bottom = shop.category_below("Bottom", Some(middle)).unwrap().id;
        for parent in [top, middle, bottom] {
            let Err(Error::Invalid(problems)) = below(&shop, top, parent) else { panic!("{top} is below {parent}") };
            assert_eq!((problems.len(), problems[0].field.as_str()), (1, "parent_id"));
        }
        assert_eq!(stored(&shop, top).parent_id, None);
        assert_eq!(below(&shop, bottom, top).unwrap().parent_id, Some(top));
    });
}

#[test]
fn a_tree_is_at_most_32_levels_deep_however_it_grows() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let mut deepest = shop.category("1").id;
        for level in 2..=32 {
            deepest = shop.category_below(&level.to_string(), Some(deepest)).unwrap().id;
        }
        let deeper = shop.category_below("33", Some(deepest));
        assert!(matches!(deeper, Err(Error::Invalid(_))), "{deeper:?}");
        let other = shop.category("Other").id;
        assert!(matches!(below(&shop, other, deepest), Err(Error::Invalid(_))));
    });
}

#[test]
fn moves_that_cross_make_no_circle() {
    on_postgres(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let tops = ["A", "B"].map(|title| shop.category(title).id);
        let bottoms = tops.map(|top| shop.category_below("below", Some(top)).unwrap().id);
        let barrier = Arc::new(Barrier::new(2));
        // Each top goes below what is below the other one.
        let moves = [(tops[0], bottoms[1]), (tops[1], bottoms[0])].map(|(id, parent)| {
            let (barrier, tenant, mut is_first) = (Arc::clone(&barrier), shop.tenant, true);
            start(fixture.store.alter(move |lobby| {
                if std::mem::take(&mut is_first) {
                    barrier.wait();
                }
                let parent = Change::Set(id_of("parent_id", parent));
                let mut tx = lobby.as_system(tenant)?;
                let moved = categories::amend(&mut tx, id, &CategoryChanges { parent, ..NOTHING })?;
                // Both have looked before either is kept.
                std::thread::sleep(std::time::Duration::from_millis(100));
                Ok(moved)
            }))
        });
        let moved = moves.map(|one| one.wait(fixture));
        assert_eq!(moved.iter().filter(|answer| answer.is_ok()).count(), 1, "{moved:?}");
        assert!(moved.iter().any(|answer| matches!(answer, Err(Error::Invalid(_)))), "{moved:?}");
    });
}

#[test]
fn a_category_in_use_cannot_be_removed() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let top = shop.category("Top").id;
        let below = shop.category_below("Below", Some(top)).unwrap().id;
        let item = shop.make("ANVIL", into_category(below)).unwrap().id;
        let remove = |id: i64| shop.write(move |tx| categories::remove(tx, id));
        for id in [top, below] {
            let answer = remove(id);
            assert!(matches!(&answer, Err(Error::InUse { thing: Thing::Category, .. })), "{answer:?}");
        }
        shop.amend(item, ItemChanges { category: Change::Clear, ..ItemChanges::default() }).unwrap();
        assert_eq!((remove(below), remove(top)), (Ok(()), Ok(())));
        assert_eq!(shop.read(categories::list), Ok(vec![]));
        assert_eq!(remove(top), Err(Error::NotFound { thing: Thing::Category, key: top.to_string() }));
    });
}

#[test]
fn categories_of_another_tenant_do_not_exist() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let (mine, theirs) = (own.category("Mine").id, other.category("Theirs").id);
        let unknown = |id: i64| Error::NotFound { thing: Thing::Category, key: id.to_string() };
        assert_eq!(amend(&own, theirs, NOTHING), Err(unknown(theirs)));
        assert_eq!(own.write(move |tx| categories::remove(tx, theirs)), Err(unknown(theirs)));
        for by in [By::Id(theirs), By::Code(theirs.to_string()), By::Unreadable("x".to_owned())] {
            let (field, thing, key) = ("parent".to_owned(), Thing::Category, by.to_string());
            let parent = Change::Set(reference("parent", by));
            let refused = Err(Error::UnknownReference { field, thing, key });
            assert_eq!(amend(&own, mine, CategoryChanges { parent, ..NOTHING }), refused);
        }
        assert_eq!(own.read(categories::list).unwrap().len(), 1);
    });
}

#[test]
fn a_category_stays_when_its_last_item_goes() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = shop.category("Bolts").id;
        let item = shop.make("ANVIL", into_category(id)).unwrap().id;
        shop.write(move |tx| items::remove(tx, item)).unwrap();
        assert_eq!(stored(&shop, id).product_count, 0);
    });
}
