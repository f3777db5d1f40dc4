//! The list of items: filters, pages, everything at once.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};
use stockbridge_domain::TenantId;
use stockbridge_domain::items::{self, Item, Tracking};
use stockbridge_domain::values::Money;

use super::token::move_to;
use super::{ITEMS, body, codes, refused, stocked, text};
use crate::support::{Shop, keys_of, on_each_engine};

#[test]
fn every_filter_finds_its_items() {
    on_each_engine(async |shop| {
        let ids = goods(shop).await;
        let (first, third) = (&ids[0], &ids[2]);
        for (query, expected) in [
            ("", &["ANVIL", "HAMMER", "SAW-10%"][..]),
            ("q=", &["ANVIL", "HAMMER", "SAW-10%"]),
            ("q=ham", &["HAMMER"]),
            ("q=HEAVY", &["ANVIL", "HAMMER"]),
            ("q=+heavy+", &["ANVIL", "HAMMER"]),
            ("q=3101", &["ANVIL"]),
            ("q=an", &["ANVIL"]),
            ("q=%25", &["SAW-10%"]),
            ("q=_", &[]),
            ("q=%22", &[]),
            ("q=nothing", &[]),
            ("item_name=heavy", &["ANVIL", "HAMMER"]),
            ("item_name=ham", &["HAMMER"]),
            ("item_name=9310", &[]),
            ("item_code=anvil", &["ANVIL"]),
            ("item_code=ANV", &[]),
            ("item_code=SAW-10%25", &["SAW-10%"]),
            ("item_barcode=93101", &["ANVIL"]),
            ("item_barcode=9310", &[]),
            (&format!("item_id={first}"), &["ANVIL"]),
            (&format!("item_id={}", plain(third)), &["SAW-10%"]),
            ("item_id=1-2-1", &[]),
            ("item_id=nonsense", &[]),
            ("item_id=99999999999999999999", &[]),
            (&format!("item_id={first}&item_code=HAMMER"), &[]),
            ("q=heavy&item_code=HAMMER&item_name=h&item_barcode=93102", &["HAMMER"]),
            ("colour=red", &["ANVIL", "HAMMER", "SAW-10%"]),
            ("q=anvil&q=hammer", &["HAMMER"]),
        ] {
            assert_eq!(codes(&shop.simbiz().get(&format!("{ITEMS}?{query}")).await), expected, "{query}");
        }
    });
}

#[test]
fn an_inactive_item_is_listed() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let off = body(json!({"isactive": "0"}), json!({}));
        shop.simbiz().patch(&format!("{ITEMS}/{id}"), off).await.is(200);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"]);
    });
}

#[test]
fn filters_are_echoed_as_sent_and_only_the_first_five_always() {
    on_each_engine(async |shop| {
        let query = "item_barcode=b&org_code=SHOP&item_name=n&updated_to=2026-01-02&q=+x+&item_id=7&item_code=c";
        let reply = shop.simbiz().get(&format!("{ITEMS}?{query}")).await.is(200);
        let filters =
            reply.text().split(r#""filters":"#).nth(1).and_then(|rest| rest.strip_suffix("}}")).expect("filters");
        let expected = concat!(
            r#"{"organization_id":"","organization_code":"SHOP","q":"x","updated_from":"","updated_to":"2026-01-02","#,
            r#""item_id":"7","item_code":"c","item_name":"n","item_barcode":"b"}"#
        );
        assert_eq!(filters, expected);
        let bare = shop.simbiz().get(&format!("{ITEMS}?item_code=&item_id=+")).await.is(200);
        assert_eq!(bare.at("/meta/filters").as_object().expect("filters").len(), 5);
    });
}

#[test]
fn pages_are_lenient_and_echo_what_counted() {
    on_each_engine(async |shop| {
        for number in 0..5 {
            stocked(&shop.simbiz(), &format!("ANVIL-{number}")).await;
        }
        for (query, page, per_page, total_pages, rows) in [
            ("", 1, 50, 1, 5),
            ("page=2&per_page=2", 2, 2, 3, 2),
            ("page=3&per_page=2", 3, 2, 3, 1),
            ("page=4&per_page=2", 4, 2, 3, 0),
            ("page=0&per_page=0", 1, 50, 1, 5),
            ("page=-1&per_page=-5", 1, 50, 1, 5),
            ("page=x&per_page=many", 1, 50, 1, 5),
            ("page=&per_page=", 1, 50, 1, 5),
            ("page=1.5&per_page=1e2", 1, 50, 1, 5),
            ("per_page=201", 1, 200, 1, 5),
            ("per_page=99999999999999999999", 1, 200, 1, 5),
            ("page=9223372036854775807&per_page=200", i64::MAX, 200, 1, 0),
            ("page=99999999999999999999", i64::MAX, 50, 1, 0),
            ("page=2&page=1", 1, 50, 1, 5),
            ("page=%00", 1, 50, 1, 5),
        ] {
            let reply = shop.simbiz().get(&format!("{ITEMS}?{query}")).await.is(200);
            let expected = json!({"page": page, "per_page": per_page, "total": 5, "total_pages": total_pages});
            assert_eq!((reply.at("/meta/pagination"), codes(&reply).len()), (expected, rows), "{query}");
        }
    });
}

#[test]
fn an_empty_list_has_no_pages() {
    on_each_engine(async |shop| {
        let reply = shop.simbiz().get(ITEMS).await.is(200);
        let expected = concat!(
            r#"{"status":"OK","data":[],"meta":{"pagination":{"page":1,"per_page":50,"total":0,"total_pages":0},"#,
            r#""filters":{"organization_id":"","organization_code":"","q":"","updated_from":"","updated_to":""}}}"#
        );
        assert_eq!(reply.text(), expected);
        let all = shop.simbiz().get(&format!("{ITEMS}?all=1")).await.is(200);
        assert_eq!(all.text(), expected.replace(r#""per_page":50"#, r#""per_page":0"#));
    });
}

#[test]
fn everything_comes_in_one_answer_of_the_same_shape() {
    on_each_engine(async |shop| {
        goods(shop).await;
        let page = shop.simbiz().get(&format!("{ITEMS}?q=heavy&org_id=1")).await.is(200);
        let same = page.text().replace(r#""per_page":50"#, r#""per_page":2"#);
        for query in [
            "all=1",
            "all=true",
            "all=True",
            "paginate=0",
            "paginate=false",
            "all=1&page=3&per_page=1",
            "all=0&paginate=0",
        ] {
            let all = shop.simbiz().get(&format!("{ITEMS}?q=heavy&org_id=1&{query}")).await.is(200);
            assert_eq!(all.text(), same, "{query}");
            assert_eq!(all.header("content-type"), Some("application/json"));
        }
        for query in ["all=0", "paginate=1", "all=", "all=maybe"] {
            let reply = shop.simbiz().get(&format!("{ITEMS}?q=heavy&org_id=1&{query}")).await.is(200);
            assert_eq!(reply.text(), page.text(), "{query}");
        }
        refused(&shop.simbiz().get(&format!("{ITEMS}?all=1&updated_to=x")).await, 422, "V3_REQ_INVALID_DATETIME");
    });
}

#[test]
fn everything_is_everything_beyond_one_slice() {
    on_each_engine(async |shop| {
        let entered = shop.store.alter(|lobby| {
            let tx = &mut lobby.as_system(TenantId::new(1))?;
            (1..=2003).try_for_each(|id| items::enter(tx, &item(id, id % 2, "2026-04-09 10:22:11")))
        });
        entered.await.expect("items");
        let all = shop.simbiz().get(&format!("{ITEMS}?all=1")).await.is(200);
        let rows = all.at("/data").as_array().expect("rows").len();
        assert_eq!((rows, codes(&all).len()), (2003, 2003));
        let mut seen: Vec<Value> =
            all.at("/data").as_array().expect("rows").iter().map(|row| row["item_id"].clone()).collect();
        seen.dedup();
        assert_eq!(seen.len(), 2003);
        assert_eq!(all.at("/meta/pagination"), json!({"page": 1, "per_page": 2003, "total": 2003, "total_pages": 1}));
        let exactly = shop.simbiz().get(&format!("{ITEMS}?all=1&q=odd")).await.is(200);
        assert_eq!((codes(&exactly).len(), exactly.at("/meta/pagination/total")), (1002, json!(1002)));
    });
}

#[test]
fn changes_are_found_by_their_second() {
    on_each_engine(async |shop| {
        enter(
            shop,
            &[
                (1, "2026-04-09 10:22:10.999999"),
                (2, "2026-04-09 10:22:11"),
                (3, "2026-04-09 10:22:11.5"),
                (4, "2026-04-09 10:22:12"),
                (5, "2026-04-10 00:00:00"),
            ],
        )
        .await;
        for (query, expected) in [
            ("updated_from=2026-04-09+10:22:11", &[2, 3, 4, 5][..]),
            ("updated_to=2026-04-09+10:22:11", &[1, 2, 3]),
            ("updated_from=2026-04-09+10:22:11&updated_to=2026-04-09+10:22:11", &[2, 3]),
            ("updated_from=2026-04-09%2010%3A22%3A12", &[4, 5]),
            ("updated_from=2026-04-09T10:22:12", &[4, 5]),
            ("updated_from=2026-04-09T10:22:12Z", &[4, 5]),
            ("updated_from=2026-04-09%2B10:22:12", &[4, 5]),
            ("updated_from=2026-04-09T18:22:12%2B08:00", &[4, 5]),
            ("updated_from=2026-04-09T18:22:12+08:00", &[4, 5]),
            ("updated_from=2026-04-09T10:22:11.2Z", &[3, 4, 5]),
            ("updated_to=2026-04-09", &[1, 2, 3, 4]),
            ("updated_from=2026-04-10", &[5]),
            ("updated_from=2026-04-09&updated_to=2026-04-09", &[1, 2, 3, 4]),
            ("updated_from=2026-04-11&updated_to=2026-04-01", &[]),
            ("updated_from=&updated_to=+", &[1, 2, 3, 4, 5]),
            ("updated_from=0001-01-01&updated_to=9999-12-31+23:59:59", &[1, 2, 3, 4, 5]),
            ("updated_from=0001-01-01T00:00:00%2B23:59&updated_to=9999-12-31T23:59:59-23:59", &[1, 2, 3, 4, 5]),
        ] {
            let expected: Vec<String> = expected.iter().map(|id| format!("CODE-{id}")).collect();
            assert_eq!(codes(&shop.simbiz().get(&format!("{ITEMS}?{query}")).await), expected, "{query}");
        }
    });
}

#[test]
fn times_are_on_the_organizations_clock() {
    on_each_engine(async |shop| {
        enter(
            shop,
            &[
                (1, "2026-04-08 15:59:59"),
                (2, "2026-04-08 16:00:00"),
                (3, "2026-04-09 15:59:59.9"),
                (4, "2026-04-09 16:00:00"),
            ],
        )
        .await;
        move_to(shop, Tz::Asia__Kuala_Lumpur).await;
        let day = shop.simbiz().get(&format!("{ITEMS}?updated_from=2026-04-09&updated_to=2026-04-09")).await;
        assert_eq!(codes(&day), ["CODE-2", "CODE-3"]);
        assert_eq!(day.at("/data/0/updated"), json!("2026-04-09 00:00:00"));
        assert_eq!(day.at("/data/1/updated"), json!("2026-04-09 23:59:59"));
        let clock = shop.simbiz().get(&format!("{ITEMS}?updated_from=2026-04-10+00:00:00")).await;
        assert_eq!(codes(&clock), ["CODE-4"]);
        let instant = shop.simbiz().get(&format!("{ITEMS}?updated_to=2026-04-08T15:59:59Z")).await;
        assert_eq!(codes(&instant), ["CODE-1"]);
        // An hour that is skipped and one that comes twice.
        move_to(shop, Tz::Europe__Berlin).await;
        for time in ["2026-03-29+02:30:00", "2026-10-25+02:30:00"] {
            shop.simbiz().get(&format!("{ITEMS}?updated_from={time}&updated_to={time}")).await.is(200);
        }
    });
}

#[test]
fn what_is_no_date_time_is_named() {
    on_each_engine(async |shop| {
        for odd in [
            "yesterday",
            "2026-02-30",
            "2026-04-09+25:00:00",
            "1775730131",
            "09/04/2026",
            "%00",
            "2026-04-09T",
            "-1",
            "%FF",
        ] {
            let reply = shop.simbiz().get(&format!("{ITEMS}?updated_from={odd}&updated_to={odd}")).await;
            if odd == "%00" {
                refused(&reply, 422, "V3_INV_VALIDATION_FAILED");
                continue;
            }
            let sentence = |field: &str| json!([format!("{field} must be a date-time such as 2026-04-09 00:00:00")]);
            let expected = json!({"updated_from": sentence("updated_from"), "updated_to": sentence("updated_to")});
            assert_eq!(refused(&reply, 422, "V3_REQ_INVALID_DATETIME"), expected, "{odd}");
        }
        let reply = shop.simbiz().get(&format!("{ITEMS}?updated_to=tomorrow&updated_from=2026-04-09")).await;
        assert_eq!(refused(&reply, 422, "V3_REQ_INVALID_DATETIME").as_object().expect("details").len(), 1);
    });
}

#[test]
fn a_row_has_the_seven_keys_in_order() {
    on_each_engine(async |shop| {
        goods(shop).await;
        let reply = shop.simbiz().get(ITEMS).await.is(200);
        let rows = reply.text().split(r#""data":["#).nth(1).and_then(|rest| rest.split("],").next()).expect("rows");
        for row in rows.split("},{") {
            let row = format!("{{{}}}", row.trim_matches(['{', '}']));
            let keys = "item_id item_code item_name item_barcode organization_id organization_code updated";
            assert_eq!(keys_of(&row).join(" "), keys);
        }
        assert_eq!(reply.at("/data/2/item_barcode"), json!(""));
    });
}

/// Three items; their ids.
async fn goods(shop: &Shop) -> Vec<String> {
    let mut ids = Vec::new();
    for (code, name, barcode) in
        [("ANVIL", "Heavy Thing", "93101"), ("HAMMER", "Heavy Hammer", "93102"), ("SAW-10%", "Saw", "")]
    {
        let sent = body(json!({"item_code": code, "item_name": name, "item_barcode": barcode}), json!({}));
        ids.push(text(&shop.simbiz().post(ITEMS, sent).await.is(201).at("/data/item_id")));
    }
    ids
}

fn plain(id: &str) -> &str {
    id.rsplit('-').next().expect("a number")
}

/// Items that changed at these instants, in UTC.
async fn enter(shop: &Shop, changed: &'static [(i64, &'static str)]) {
    let entered = shop.store.alter(move |lobby| {
        let tx = &mut lobby.as_system(TenantId::new(1))?;
        changed.iter().try_for_each(|(id, at)| items::enter(tx, &item(*id, 0, at)))
    });
    entered.await.expect("items");
}

fn item(id: i64, odd: i64, updated_at: &str) -> Item {
    let updated_at = NaiveDateTime::parse_from_str(updated_at, "%Y-%m-%d %H:%M:%S%.f").expect("an instant");
    Item {
        tenant_id: TenantId::new(1),
        id,
        sku: format!("CODE-{id}"),
        name: if odd == 1 { "Odd item" } else { "Even item" }.to_owned(),
        alternate_name: None,
        barcode: None,
        vendor: None,
        description: None,
        category_id: None,
        type_id: None,
        brand_id: None,
        base_uom_id: None,
        sales_uom_id: None,
        purchase_uom_id: None,
        tracking: Tracking::None,
        base_price: Money::ZERO,
        cost_price: None,
        compare_at_price: None,
        weight: None,
        taxable: true,
        requires_shipping: true,
        is_stock: true,
        is_sold: true,
        is_purchase: true,
        is_active: true,
        created_by: "system".to_owned(),
        created_at: updated_at - TimeDelta::days(1),
        updated_at,
    }
}
