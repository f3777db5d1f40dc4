//! The same small number of statements for a call, whatever it finds.

use std::fmt::Write;

use serde_json::json;
use stockbridge_domain::TenantId;
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::values::{Quantity, Text};

use crate::support::{Client, Shop, on_each_engine};

#[test]
fn a_list_costs_the_same_statements_whatever_its_size() {
    on_each_engine(async |shop| {
        for number in 0..60 {
            let body =
                json!({"name": format!("Anvil {number}"), "sku": format!("ANVIL-{number}"), "base_price": number});
            shop.iom().post("/products", body).await.is(201);
        }
        for (client, few, many, most) in [
            (shop.iom(), "/products?limit=1", "/products?limit=60", 4),
            (shop.iom(), "/products?search=anvil&limit=1", "/products?search=anvil&limit=60", 4),
            (shop.iom(), "/products?active=true&limit=2", "/products?active=true&limit=60", 4),
            (shop.simbiz(), "/inventory/items?per_page=1", "/inventory/items?per_page=60", 3),
            (shop.simbiz(), "/inventory/items?q=anvil&per_page=1", "/inventory/items?q=anvil&per_page=60", 3),
        ] {
            let (first, again) = (count(shop, &client, few).await, count(shop, &client, few).await);
            let wide = count(shop, &client, many).await;
            assert_eq!(first, again, "{few}");
            assert_eq!(first, wide, "{many}");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}

#[test]
fn one_item_costs_the_same_statements_whatever_it_holds() {
    on_each_engine(async |shop| {
        let id = shop
            .iom()
            .post("/products", json!({"name": "Anvil", "sku": "ANVIL", "base_price": 1}))
            .await
            .is(201)
            .at("/id");
        assert_eq!(count(shop, &shop.iom(), &format!("/products/{id}")).await, 4);
        assert_eq!(count(shop, &shop.simbiz(), &format!("/inventory/items/{id}")).await, 2);
    });
}

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
            (String::new(), 2),
            ("?page=1".to_owned(), 3),
            (format!("?page=1&separate_location=1&updated_from={day}"), 3),
            (format!("?item_codes={all}"), 3),
            (format!("?page=1&item_codes={all}&separate_location=1"), 4),
            (format!("?page=1&per_page=200&item_codes={all}&branch_id=1&updated_from={day}"), 5),
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

/// Statements of one call, the transaction's own words aside.
async fn count(shop: &Shop, client: &Client<'_>, path: &str) -> usize {
    let (reply, statements) = shop.statements_of(client.get(path)).await;
    reply.is(200);
    let words = ["BEGIN", "COMMIT"];
    statements.iter().filter(|statement| !words.iter().any(|word| statement.starts_with(word))).count()
}
