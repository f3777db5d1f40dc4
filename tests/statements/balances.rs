//! SimBiz's balances and reference data.

use std::fmt::Write;

use stockbridge_domain::TenantId;
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::values::{Quantity, Text};

use super::count;
use crate::support::{Shop, on_each_engine};

#[test]
fn balances_cost_the_same_statements_however_many_there_are() {
    on_each_engine(async |shop| {
        stocked(shop, 0..1).await;
        let all = (0..60).fold(String::new(), |mut all, number| {
            write!(all, "ANVIL-{number},").expect("a text");
            all
        });
        let day = "2026-01-01";
        let calls = [
            (String::new(), 4),
            ("?page=1".to_owned(), 5),
            (format!("?page=1&separate_location=1&updated_from={day}"), 4),
            (format!("?item_codes={all}"), 5),
            (format!("?page=1&item_codes={all}&separate_location=1"), 5),
            (format!("?page=1&per_page=200&item_codes={all}&branch_id=1&updated_from={day}"), 6),
        ];
        let costs = async || {
            let mut costs = Vec::new();
            for (query, _) in &calls {
                costs.push(count(shop, &shop.simbiz(), &format!("/inventory/stocks/by-location{query}")).await);
            }
            costs
        };
        let few = costs().await;
        assert_eq!(few, calls.iter().map(|(_, statements)| *statements).collect::<Vec<_>>());
        stocked(shop, 1..60).await;
        assert_eq!(costs().await, few);
    });
}

#[test]
fn reference_data_costs_one_statement() {
    on_each_engine(async |shop| {
        for number in 0..3 {
            let filled = shop.store.alter(move |lobby| {
                let tx = &mut lobby.as_system(TenantId::new(1))?;
                for list in [List::Brands, List::Types, List::Uoms] {
                    let (code, name) = (text(&format!("CODE-{number}")), text("Name"));
                    master::create(tx, list, &NewEntry { code, name })?;
                }
                Ok(())
            });
            filled.await.expect("entries");
            for resource in ["categories", "brands", "types", "uoms", "locations"] {
                for query in ["", "?page=1&per_page=1"] {
                    let path = format!("/inventory/reference-data/{resource}{query}");
                    assert_eq!(count(shop, &shop.simbiz(), &path).await, 2, "{path}");
                }
            }
        }
    });
}

/// Items with stock.
async fn stocked(shop: &Shop, numbers: std::ops::Range<i64>) {
    let stocked = shop.store.alter(move |lobby| {
        let tx = &mut lobby.as_system(TenantId::new(1))?;
        for number in numbers.clone() {
            let new =
                NewItem { sku: text(&format!("ANVIL-{number}")), name: text("Anvil"), rest: ItemChanges::default() };
            let product_id = items::create(tx, &new)?.id;
            let quantity = Quantity::whole(number).expect("a quantity");
            stock::open(tx, &Opening { product_id, warehouse_id: 1, quantity })?;
        }
        Ok(())
    });
    stocked.await.expect("stock");
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
