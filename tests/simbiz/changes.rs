//! `updated` moves exactly when the item changes, and only windows that hold that second find it.

use actix_web::rt;
use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::floor::{adjust, number, ours};
use super::token::move_to;
use super::{ITEMS, anvil, body, codes, stocked, text};
use crate::support::{Shop, on_each_engine};

#[test]
fn every_field_that_changes_moves_it_and_nothing_else_does() {
    on_each_engine(async |shop| {
        let category = json!({"name": "Tools", "code": "TOOLS"});
        shop.iom().post("/products/categories", category).await.is(201);
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        stocked(&shop.simbiz(), "TAKEN").await;
        for (header, line) in [
            (json!({"item_code": "anvil"}), json!({})),
            (json!({"item_name": "Other"}), json!({})),
            (json!({"item_alternatename": "Second"}), json!({})),
            (json!({"item_barcode": "931"}), json!({})),
            (json!({"category_code": "tools"}), json!({})),
            (json!({"isactive": "0"}), json!({})),
            (json!({}), json!({"sell_price": "12.00"})),
            (json!({}), json!({"purchase_price": 10})),
            (json!({}), json!({"isstock": "0"})),
            (json!({}), json!({"issold": false})),
            (json!({}), json!({"ispurchase": 0})),
            (json!({"item_barcode": ""}), json!({"purchase_price": ""})),
            (json!({"category_id": null}), json!({})),
        ] {
            let change = body(header, line);
            assert!(moved(shop, &id, async || drop(patch(shop, &id, &change, 200).await)).await, "{change}");
            assert!(!moved(shop, &id, async || drop(patch(shop, &id, &change, 200).await)).await, "again: {change}");
        }
        for (data, status) in [
            (json!({}), 200),
            (json!({"header": {"item_name": " Other "}}), 200),
            (json!({"header": {"item_name": "New", "item_code": "TAKEN"}}), 409),
            (json!({"header": {"item_name": "New", "brand_code": "NONE"}}), 422),
            (json!({"header": {"item_name": "New"}, "line": {"isstock": "x"}}), 422),
        ] {
            let change = json!({"data": data});
            assert!(!moved(shop, &id, async || drop(patch(shop, &id, &change, status).await)).await, "{change}");
        }
        let item = number(&id);
        assert!(!moved(shop, &id, async || ours(shop, move |tx| adjust(tx, item, 1, "5")).await).await, "stock");
        let path = format!("/products/{item}");
        let renamed = json!({"name": "From the other side"});
        assert!(moved(shop, &id, async || drop(shop.iom().patch(&path, renamed.clone()).await.is(200))).await);
        assert!(!moved(shop, &id, async || drop(shop.iom().patch(&path, renamed.clone()).await.is(200))).await);
    });
}

#[test]
fn a_change_is_in_the_windows_that_hold_its_second_and_no_other() {
    on_each_engine(async |shop| {
        for zone in [Tz::UTC, Tz::Asia__Kolkata, Tz::America__St_Johns] {
            move_to(shop, zone).await;
            let code = format!("IN-{}", zone.name().replace('/', "-"));
            let id = text(&shop.simbiz().post(ITEMS, anvil(&code)).await.is(201).at("/data/item_id"));
            let change = body(json!({"item_name": format!("Changed in {zone}")}), json!({}));
            let updated = text(&patch(shop, &id, &change, 200).await["updated"]);
            let at = NaiveDateTime::parse_from_str(&updated, "%Y-%m-%d %H:%M:%S").expect("a date-time");
            let second = |apart: i64| (at + TimeDelta::seconds(apart)).to_string().replace(' ', "+");
            for (from, to, is_in) in [
                (Some(0), Some(0), true),
                (Some(0), None, true),
                (None, Some(0), true),
                (Some(-1), Some(1), true),
                (Some(1), None, false),
                (None, Some(-1), false),
                (Some(1), Some(0), false),
            ] {
                let mut query = format!("item_code={code}");
                for (name, apart) in [("updated_from", from), ("updated_to", to)] {
                    query.extend(apart.map(|apart| format!("&{name}={}", second(apart))));
                }
                let found = codes(&shop.simbiz().get(&format!("{ITEMS}?{query}")).await);
                assert_eq!(found.len(), usize::from(is_in), "{updated} in {zone}: {query}");
            }
        }
    });
}

/// Whether `work` moves the instant at which the item changed, down to the part of a second that is not shown.
async fn moved(shop: &Shop, id: &str, work: impl AsyncFnOnce()) -> bool {
    let before = instant(shop, id).await;
    work().await;
    // Instants are told apart by microseconds.
    rt::time::sleep(std::time::Duration::from_millis(1)).await;
    instant(shop, id).await != before
}

async fn instant(shop: &Shop, id: &str) -> NaiveDateTime {
    let id = number(id);
    ours(shop, move |tx| Ok(stockbridge_domain::items::get(tx, id)?.item.updated_at)).await
}

async fn patch(shop: &Shop, id: &str, change: &Value, status: u16) -> Value {
    shop.simbiz().patch(&format!("{ITEMS}/{id}"), change.clone()).await.is(status).at("/data")
}
