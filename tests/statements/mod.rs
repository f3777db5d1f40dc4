//! The same small number of statements for a call, whatever it finds.

mod accounts;
mod balances;
mod bring;
mod external;
mod orders;
mod prepared;
mod purchasing;
mod reports;
mod stock;

use std::future::Future;

use serde_json::json;

use crate::support::{Client, Reply, Shop, on_each_engine};

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
            // The last page tells by itself how many there are.
            assert_eq!(first, again, "{few}");
            assert!(wide <= first, "{many}: {wide} statements, {first} for one row");
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
        assert_eq!(count(shop, &shop.iom(), &format!("/products/{id}")).await, 5);
        for number in 0..9 {
            let image = json!({"url": format!("https://pictures.example/{number}.png")});
            shop.iom().post(&format!("/products/{id}/images"), image).await.is(201);
            let variant = json!({"name": "Red", "sku": format!("RED-{number}"), "options": {"colour": "red"}});
            shop.iom().post(&format!("/products/{id}/variants"), variant).await.is(201);
        }
        assert_eq!(count(shop, &shop.iom(), &format!("/products/{id}")).await, 5);
        assert_eq!(count(shop, &shop.simbiz(), &format!("/inventory/items/{id}")).await, 2);
    });
}

/// Statements of one reading call.
async fn count(shop: &Shop, client: &Client<'_>, path: &str) -> usize {
    let (count, reply) = counted(shop, client.get(path)).await;
    reply.is(200);
    count
}

/// Statements of one call, the transaction's own words aside.
async fn counted(shop: &Shop, call: impl Future<Output = Reply>) -> (usize, Reply) {
    let (reply, statements) = shop.statements_of(call).await;
    (statements.iter().filter(|statement| !is_word(statement)).count(), reply)
}

/// Whether a statement only begins or ends what others do.
fn is_word(statement: &str) -> bool {
    ["BEGIN", "COMMIT", "SELECT; COMMIT", "SAVEPOINT", "RELEASE"].iter().any(|word| statement.starts_with(word))
}
