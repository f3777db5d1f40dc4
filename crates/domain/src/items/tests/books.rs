//! What is counted along the way equals what there is, after any sequence of commands.

use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::into_category;
use crate::counters;
use crate::items::{self, ItemChanges, categories};
use crate::schema::products;
use crate::testing::{Shop, code, on_both};
use crate::values::Change;

/// What may happen; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Create { sku: u8, category: Option<usize>, is_active: bool },
    Move { item: usize, category: Option<usize> },
    Activate { item: usize, is_active: bool },
    Rename { item: usize, sku: u8 },
    Remove { item: usize },
    RemoveCategory { category: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let category = || proptest::option::of(0..4_usize);
    let step = prop_oneof![
        4 => (0..12_u8, category(), any::<bool>())
            .prop_map(|(sku, category, is_active)| Step::Create { sku, category, is_active }),
        3 => (0..20_usize, category()).prop_map(|(item, category)| Step::Move { item, category }),
        2 => (0..20_usize, any::<bool>()).prop_map(|(item, is_active)| Step::Activate { item, is_active }),
        2 => (0..20_usize, 0..12_u8).prop_map(|(item, sku)| Step::Rename { item, sku }),
        2 => (0..20_usize).prop_map(|item| Step::Remove { item }),
        1 => (0..4_usize).prop_map(|category| Step::RemoveCategory { category }),
    ];
    proptest::collection::vec(step, 1..30)
}

fn carry_out(shop: &Shop<'_>, step: &Step) {
    let items = shop.list(&items::ItemFilter::default()).rows.iter().map(|line| line.item.id).collect::<Vec<_>>();
    let groups = shop.read(categories::list).unwrap().iter().map(|category| category.id).collect::<Vec<_>>();
    let any_of = |ids: &[i64], number: usize| ids.get(number % ids.len().max(1)).copied().unwrap_or(999);
    let into = |category: Option<usize>| match category {
        Some(number) => into_category(any_of(&groups, number)),
        None => ItemChanges { category: Change::Clear, ..ItemChanges::default() },
    };
    // Refusals are part of it: they must change nothing.
    let _done_or_refused = match step.clone() {
        Step::Create { sku, category, is_active } => {
            let rest = ItemChanges { is_active: Some(is_active), ..into(category) };
            shop.make(&format!("SKU{sku}"), rest).map(|_| ())
        }
        Step::Move { item, category } => shop.amend(any_of(&items, item), into(category)).map(|_| ()),
        Step::Activate { item, is_active } => {
            let changes = ItemChanges { is_active: Some(is_active), ..ItemChanges::default() };
            shop.amend(any_of(&items, item), changes).map(|_| ())
        }
        Step::Rename { item, sku } => {
            let changes = ItemChanges { sku: Some(code(&format!("SKU{sku}"))), ..into(Some(item)) };
            shop.amend(any_of(&items, item), changes).map(|_| ())
        }
        Step::Remove { item } => {
            let id = any_of(&items, item);
            shop.write(move |tx| items::remove(tx, id)).map(|_| ())
        }
        Step::RemoveCategory { category } => {
            let id = any_of(&groups, category);
            shop.write(move |tx| categories::remove(tx, id))
        }
    };
}

/// The counters and what they should stand at: all items, active ones, and each category's.
fn books(shop: &Shop<'_>) -> (Vec<i64>, Vec<i64>) {
    let read = shop.read(|tx| {
        let tenant = tx.tenant_id();
        let mut kept = vec![counters::read(tx, counters::PRODUCTS)?, counters::read(tx, counters::ACTIVE_PRODUCTS)?];
        let all = products::table.filter(products::tenant_id.eq(tenant));
        let mut real: Vec<i64> = vec![all.count().get_result(tx.conn)?];
        real.push(all.filter(products::is_active.eq(true)).count().get_result(tx.conn)?);
        for category in categories::list(tx)? {
            kept.push(category.product_count);
            real.push(all.filter(products::category_id.eq(category.id)).count().get_result(tx.conn)?);
        }
        Ok((kept, real))
    });
    read.expect("the books")
}

#[test]
fn counters_equal_what_they_count_after_any_commands() {
    on_both(|fixture| {
        let other = Shop::open(fixture, "OTHER");
        other.make("UNTOUCHED", into_category(other.category("Theirs").id)).unwrap();
        let number = std::cell::Cell::new(0);
        let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let outcome = TestRunner::new(config).run(&steps(), |steps| {
            number.set(number.get() + 1);
            let shop = Shop::open(fixture, &format!("T{}", number.get()));
            for title in ["A", "B", "C"] {
                shop.category(title);
            }
            for step in &steps {
                carry_out(&shop, step);
                let (kept, real) = books(&shop);
                prop_assert_eq!(kept, real, "after {:?}", step);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(books(&other).0, [1, 1, 1], "another tenant's books");
    });
}
