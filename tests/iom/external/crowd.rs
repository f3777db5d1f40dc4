//! Many at once: systems that push their figures while others sell.

use std::rc::Rc;

use actix_web::rt;
use serde_json::json;
use stockbridge_domain::access::keys::{self, NewKey};
use stockbridge_domain::orders::{self, Channel, NewLine, NewOrder};
use stockbridge_domain::stock::sync::{self, Figure};
use stockbridge_domain::values::{Quantity, Text};
use stockbridge_domain::{Admission, Claim, Error, Role, TenantId, Tx};

use super::super::{on_hand, stocked, tracked};
use super::MAIN;
use crate::support::{OURS, Random, Shop, on_each_engine};

const TASKS: usize = 48;
const GOODS: usize = 12;

#[test]
fn figures_and_orders_that_cross_all_come_to_an_end() {
    on_each_engine(async |shop| {
        let hash = key(shop).await;
        let mut goods = Vec::new();
        for number in 0..GOODS {
            let (sku, tracking) = (format!("GOODS-{number}"), if number % 3 == 0 { "batch" } else { "none" });
            goods.push((tracked(&shop.iom(), &sku, tracking).await, sku));
        }
        let mut random = Random::seeded();
        let start = |task: usize| {
            random.shuffle(&mut goods);
            let (goods, store, hash) = (Rc::new(goods.clone()), shop.store.clone(), hash.clone());
            rt::spawn(async move {
                let admission = Admission { claim: Claim::Key { hash }, role: Role::Staff, request_id: None };
                // In an order of its own; the first ones find no stock row at all.
                let figures = goods.iter().map(|(_, sku)| figure(sku, 20 + task % 7)).collect::<Vec<_>>();
                let lines = goods.iter().take(5).map(|(id, _)| *id).collect::<Vec<_>>();
                let command = move |tx: &mut Tx<'_>| {
                    if task.is_multiple_of(3) {
                        return orders::place(tx, &order(&lines)).map(|_| ());
                    }
                    let synced = sync::sync(tx, &figures, true)?;
                    assert_eq!((synced.updated, synced.skipped.len()), (GOODS, 0));
                    Ok(())
                };
                store.write(admission, command).await
            })
        };
        let tasks = (0..TASKS).map(start).collect::<Vec<_>>();
        for task in tasks {
            let ended = task.await.expect("no task fails");
            assert!(matches!(ended, Ok(()) | Err(Error::InsufficientStock(_))), "{ended:?}");
        }
        // Whoever came last, its figures were set as a whole.
        let mut figures = Vec::new();
        for (id, _) in &goods {
            figures.push(on_hand(&shop.iom(), *id, MAIN).await);
        }
        figures.dedup();
        assert_eq!(figures.len(), 1, "{figures:?}");
    });
}

#[test]
fn a_revoked_key_is_worth_nothing_however_many_use_it() {
    on_each_engine(async |shop| {
        stocked(&shop.iom(), "ANVIL").await;
        let reader = shop.key(false).await;
        let id = shop.iom().get("/api-keys").await.at("/api_keys/0/id");
        for _ in 0..20 {
            reader.get("/external/products").await.is(200);
        }
        shop.iom().delete(&format!("/api-keys/{id}")).await.is(200);
        for _ in 0..20 {
            reader.get("/external/products").await.is(401);
        }
        shop.logged().await;
        for (status, total) in [(200, 20), (401, 20)] {
            let logged = shop.iom().get(&format!("/api-keys/logs/all?status={status}")).await.is(200);
            assert_eq!(logged.at("/total"), json!(total));
        }
    });
}

/// Makes a key that may write, and returns its hash.
async fn key(shop: &Shop) -> String {
    let made = shop.store.alter(|lobby| {
        let new = NewKey { id: None, name: text("Connector"), can_write: true, expires_on: None };
        keys::create(&mut lobby.as_system(TenantId::new(OURS))?, &new).map(|issued| keys::hash(issued.key.as_bytes()))
    });
    made.await.expect("a key")
}

fn figure(sku: &str, units: usize) -> Figure {
    let units = i64::try_from(units).expect("a small number");
    let quantity = Quantity::whole(units).expect("a quantity");
    Figure { sku: text(sku), warehouse_id: MAIN, quantity, expected: None }
}

fn order(products: &[i64]) -> NewOrder {
    let line = |product_id: &i64| {
        let (quantity, unit_price, serials) = (Quantity::whole(1).expect("a quantity"), None, Vec::new());
        NewLine { product_id: *product_id, quantity, unit_price, serials }
    };
    NewOrder {
        customer_id: None,
        warehouse_id: None,
        channel: Channel::Api,
        shipping_address: None,
        written: |address| json!({"line1": address.line1}).to_string(),
        allow_backorder: false,
        lines: products.iter().map(line).collect(),
    }
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
