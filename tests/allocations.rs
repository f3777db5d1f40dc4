//! What the hot calls allocate: a guard of their speed that no noise can break. It counts what the whole process does, the
//! test's own client with it, so it is the only test here.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test a panic is the report")]
#![allow(unreachable_pub, reason = "nothing reaches into a test binary")]

#[allow(dead_code, unused_imports, clippy::needless_pass_by_value, reason = "shared with the tests in main.rs")]
mod support;

use std::alloc::System;

use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use stockbridge_domain::store::Settings;
use support::{Client, Reply, SHOP};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often each call is made. Now and then something else allocates meanwhile, or a buffer grows: the least counts.
const ROUNDS: usize = 12;

#[test]
fn hot_calls_allocate_no_more_than_they_did() {
    let unseen = |settings: &mut Settings| settings.observer = None;
    support::run(SHOP, unseen, async |shop| {
        let (iom, simbiz) = (shop.iom(), shop.simbiz());
        for number in 0..60 {
            let name = format!("Anvil {number}");
            let body = json!({"name": name, "sku": format!("ANVIL-{number}"), "base_price": number});
            iom.post("/products", body).await.is(201);
            adjust(&iom, number + 1).await.is(200);
        }
        let mut made = Vec::new();
        // What each may allocate on SQLite and on PostgreSQL is what it did when it was last made faster, and a twentieth.
        for (client, path, sqlite, postgres) in [
            (&iom, "/products/1", 133, 166),
            (&iom, "/products?limit=50", 345, 370),
            (&iom, "/products?search=anvil", 443, 467),
            (&iom, "/inventory?limit=50", 361, 368),
            (&simbiz, "/inventory/items?per_page=50", 441, 446),
            (&simbiz, "/inventory/stocks/by-location?item_codes=ANVIL-1,ANVIL-2,ANVIL-3", 261, 284),
        ] {
            made.push((path, least(200, async || client.get(path).await).await, sqlite, postgres));
        }
        made.push(("order of 2 lines", least(201, async || order(&iom).await).await, 447, 494));
        made.push(("adjust", least(200, async || adjust(&iom, 3).await).await, 329, 386));
        let is_beyond = |(_, made, sqlite, postgres): &(&str, usize, usize, usize)| {
            made > if shop.is_postgres() { postgres } else { sqlite }
        };
        let beyond = made.into_iter().filter(is_beyond).collect::<Vec<_>>();
        assert!(beyond.is_empty(), "call, allocations, limits on SQLite and PostgreSQL: {beyond:#?}");
    });
}

/// The fewest allocations of a call.
async fn least(status: u16, call: impl AsyncFn() -> Reply) -> usize {
    let mut least = usize::MAX;
    for _ in 0..ROUNDS {
        let before = allocations();
        let reply = call().await;
        least = least.min(allocations() - before);
        reply.is(status);
    }
    least
}

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

async fn order(iom: &Client<'_>) -> Reply {
    let line = |product: i64| json!({"product_id": product, "quantity": 1, "unit_price": 2});
    iom.post("/orders", json!({"customer_id": null, "items": [line(1), line(2)]})).await
}

async fn adjust(iom: &Client<'_>, product: i64) -> Reply {
    let body = json!({"product_id": product, "warehouse_id": 1, "quantity": 99, "notes": "count"});
    iom.post("/inventory/adjust", body).await
}
