//! Stock balances by location: rows, filters, orders, pages, everything at once.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::{Result, Tx, stock};

use super::floor::{adjust, carry, item, make, number, of_tenant, order, ours, quantity, warehouse, words};
use super::token::move_to;
use super::{body, codes, refused, text};
use crate::support::{Reply, Shop, on_each_engine};

const STOCKS: &str = "/inventory/stocks/by-location";

#[test]
fn a_row_has_its_keys_in_order() {
    on_each_engine(async |shop| {
        for code in ["PCS", "BOX"] {
            let uom = NewEntry { code: words(code), name: words(code) };
            ours(shop, move |tx| master::create(tx, List::Uoms, &uom)).await;
        }
        let sent = body(
            json!({"item_code": "ANVIL", "item_name": "Anvil", "item_barcode": "931"}),
            json!({"baseuom_code": "PCS", "salesuom_code": "BOX"}),
        );
        let id = text(&shop.simbiz().post("/inventory/items", sent).await.is(201).at("/data/item_id"));
        let (item, place) = (number(&id), 1);
        ours(shop, move |tx| adjust(tx, item, place, "12.50")).await;
        ours(shop, move |tx| order(tx, item, "1.125")).await;
        let reply = shop.simbiz().get(STOCKS).await.is(200);
        let updated = reply.at("/data/0/updated");
        let row = format!(
            concat!(
                r#"{{"item_id":"{}","item_code":"ANVIL","item_name":"Anvil","item_barcode":"931","#,
                r#""organization_id":"1-1","organization_code":"SHOP","branch_id":"1-1-1","branch_code":"MAIN","#,
                r#""location_id":"1-1-1","location_code":"MAIN","location_name":"Main Warehouse","uom_code":"PCS","#,
                r#""qty":"12.5","reserved_qty":"1.125","available_qty":"11.375","updated":{}}}"#
            ),
            id, updated
        );
        let meta = concat!(
            r#"{"pagination":{"page":1,"per_page":1,"total":1,"total_pages":1},"#,
            r#""filters":{"organization_id":"","organization_code":""}}"#
        );
        assert_eq!(reply.text(), format!(r#"{{"status":"OK","data":[{row}],"meta":{meta}}}"#));
        let paged = shop.simbiz().get(&format!("{STOCKS}?per_page=1")).await.is(200);
        assert_eq!(paged.text(), reply.text());
    });
}

#[test]
fn what_an_item_lacks_is_empty() {
    on_each_engine(async |shop| {
        let item = item(shop, "ANVIL").await;
        ours(shop, move |tx| adjust(tx, item, 1, "1")).await;
        let row = shop.simbiz().get(STOCKS).await.is(200).at("/data/0");
        assert_eq!((&row["item_barcode"], &row["uom_code"]), (&json!(""), &json!("")));
        assert!(row.as_object().expect("a row").values().all(Value::is_string), "{row}");
    });
}

#[test]
fn nothing_in_stock_is_an_empty_list() {
    on_each_engine(async |shop| {
        item(shop, "ANVIL").await;
        let filters = r#""filters":{"organization_id":"","organization_code":""}}}"#;
        for (query, page) in [
            ("", r#"{"page":1,"per_page":0,"total":0,"total_pages":0}"#),
            ("?page=1", r#"{"page":1,"per_page":50,"total":0,"total_pages":0}"#),
        ] {
            let reply = shop.simbiz().get(&format!("{STOCKS}{query}")).await.is(200);
            assert_eq!(reply.text(), format!(r#"{{"status":"OK","data":[],"meta":{{"pagination":{page},{filters}"#));
        }
    });
}

#[test]
fn every_condition_finds_its_balances() {
    on_each_engine(async |shop| {
        stocked(shop).await;
        let all = &["ANVIL@MAIN", "ANVIL@MEL", "HAMMER@MAIN", "HAMMER@MEL", "SAW@MEL"][..];
        let by_location = &["ANVIL@MAIN", "HAMMER@MAIN", "ANVIL@MEL", "HAMMER@MEL", "SAW@MEL"][..];
        let mel = shop.simbiz().get(&format!("{STOCKS}?item_codes=SAW")).await.at("/data/0/location_id");
        let (mel, plain) = (text(&mel), number(&text(&mel)));
        for (query, expected) in [
            ("", all),
            ("separate_location=0", all),
            ("separate_location=", all),
            ("separate_location=2", all),
            ("separate_location=1", by_location),
            ("separate_location=true", by_location),
            ("branch_id=1", &["ANVIL@MAIN", "HAMMER@MAIN"]),
            ("branch_id=1-1-1", &["ANVIL@MAIN", "HAMMER@MAIN"]),
            (&format!("branch_id={mel}"), &["ANVIL@MEL", "HAMMER@MEL", "SAW@MEL"]),
            (&format!("branch_id={plain}&separate_location=1"), &["ANVIL@MEL", "HAMMER@MEL", "SAW@MEL"]),
            ("branch_id=", all),
            ("branch_id=99", &[]),
            ("branch_id=1-2-1", &[]),
            ("branch_id=MAIN", &[]),
            ("branch_id=0", &[]),
            ("item_codes=SAW", &["SAW@MEL"]),
            ("item_codes=saw,Anvil", &["ANVIL@MAIN", "ANVIL@MEL", "SAW@MEL"]),
            ("item_codes=+SAW+,,NOBODY,+ANVIL&separate_location=1", &["ANVIL@MAIN", "ANVIL@MEL", "SAW@MEL"]),
            ("item_codes=HAMMER,ANVIL,HAMMER&separate_location=1", &by_location[..4]),
            ("item_codes=NOBODY", &[]),
            ("item_codes=SA", &[]),
            ("item_codes=SAW%25", &[]),
            ("item_codes=", all),
            ("item_codes=,+,", all),
            ("item_codes=SAW&branch_id=1", &[]),
            ("item_codes=SAW,HAMMER&branch_id=1", &["HAMMER@MAIN"]),
            ("updated_from=2026-01-01&updated_to=9999-12-31", all),
            ("updated_to=2025-12-31+23:59:59", &[]),
            ("updated_from=9999-01-01", &[]),
            ("updated_from=2026-01-01+00:00:00&item_codes=SAW,ANVIL&branch_id=1&separate_location=1", &["ANVIL@MAIN"]),
            ("q=SAW&colour=red", all),
        ] {
            assert_eq!(places(&shop.simbiz().get(&format!("{STOCKS}?{query}")).await), expected, "{query}");
            let paged = shop.simbiz().get(&format!("{STOCKS}?{query}&per_page=2")).await;
            assert_eq!(places(&paged), expected.iter().take(2).copied().collect::<Vec<_>>(), "{query}");
            assert_eq!(paged.at("/meta/pagination/total"), json!(expected.len()), "{query}");
        }
    });
}

#[test]
fn filters_are_echoed_when_they_were_sent() {
    on_each_engine(async |shop| {
        let query = "updated_to=2026-01-02&item_codes=+A,b+&separate_location=1&branch_id=7&org_code=SHOP&updated_from=2026-01-01";
        for page in ["", "&page=1"] {
            let reply = shop.simbiz().get(&format!("{STOCKS}?{query}{page}")).await.is(200);
            let filters = reply.text().split(r#""filters":"#).nth(1).and_then(|rest| rest.strip_suffix("}}"));
            let expected = concat!(
                r#"{"organization_id":"","organization_code":"SHOP","branch_id":"7","item_codes":"A,b","#,
                r#""separate_location":"1","updated_from":"2026-01-01","updated_to":"2026-01-02"}"#
            );
            assert_eq!(filters, Some(expected));
        }
    });
}

#[test]
fn pages_are_there_for_who_asks_and_lenient() {
    on_each_engine(async |shop| {
        stocked(shop).await;
        for (query, page, per_page, total_pages, rows) in [
            ("", 1, 5, 1, 5),
            ("page=&per_page=", 1, 5, 1, 5),
            ("page=1", 1, 50, 1, 5),
            ("page=2&per_page=2", 2, 2, 3, 2),
            ("page=3&per_page=2", 3, 2, 3, 1),
            ("page=4&per_page=2", 4, 2, 3, 0),
            ("page=x", 1, 50, 1, 5),
            ("per_page=0", 1, 50, 1, 5),
            ("per_page=201", 1, 200, 1, 5),
            ("page=99999999999999999999&per_page=200", i64::MAX, 200, 1, 0),
            ("page=2&per_page=2&all=1", 1, 5, 1, 5),
            ("page=2&per_page=2&paginate=0", 1, 5, 1, 5),
        ] {
            let reply = shop.simbiz().get(&format!("{STOCKS}?{query}")).await.is(200);
            let expected = json!({"page": page, "per_page": per_page, "total": 5, "total_pages": total_pages});
            assert_eq!((reply.at("/meta/pagination"), codes(&reply).len()), (expected, rows), "{query}");
        }
        let mut seen = Vec::new();
        for page in 1..=3 {
            let query = format!("separate_location=1&per_page=2&page={page}");
            seen.extend(places(&shop.simbiz().get(&format!("{STOCKS}?{query}")).await));
        }
        assert_eq!(seen, places(&shop.simbiz().get(&format!("{STOCKS}?separate_location=1")).await));
    });
}

#[test]
fn everything_is_everything_beyond_one_slice() {
    on_each_engine(async |shop| {
        ours(shop, |tx| {
            let places = (2..=20).map(|number| warehouse(tx, &format!("W{number}"))).collect::<Result<Vec<_>>>()?;
            for number in 0..101 {
                let item = make(tx, &format!("CODE-{number}"))?;
                for place in places.iter().chain(&[1]) {
                    stock::set_reorder_level(tx, item, *place, quantity("1"))?;
                }
            }
            Ok(())
        })
        .await;
        for (query, by) in [("", ["item_id", "location_id"]), ("?separate_location=1", ["location_id", "item_id"])] {
            let reply = shop.simbiz().get(&format!("{STOCKS}{query}")).await.is(200);
            let rows = reply.at("/data").as_array().expect("rows").clone();
            let keys: Vec<_> = rows.iter().map(|row| by.map(|key| number(&text(&row[key])))).collect();
            assert!(keys.len() == 2020 && keys.is_sorted_by(|a, b| a < b), "{query}: {} rows", keys.len());
            let whole = json!({"page": 1, "per_page": 2020, "total": 2020, "total_pages": 1});
            assert_eq!(reply.at("/meta/pagination"), whole);
            assert_eq!(reply.keys(), ["status", "data", "meta"]);
        }
        let hundred = (0..100).map(|number| format!("CODE-{number}")).collect::<Vec<_>>().join(",");
        let exactly = shop.simbiz().get(&format!("{STOCKS}?item_codes={hundred}&separate_location=1")).await.is(200);
        assert_eq!((codes(&exactly).len(), exactly.at("/meta/pagination/total")), (2000, json!(2000)));
    });
}

#[test]
fn a_change_is_found_by_its_second_on_the_organizations_clock() {
    on_each_engine(async |shop| {
        let item = item(shop, "ANVIL").await;
        ours(shop, move |tx| adjust(tx, item, 1, "5")).await;
        let mut shown = Vec::new();
        for zone in [Tz::UTC, Tz::Asia__Kuala_Lumpur, Tz::America__St_Johns] {
            move_to(shop, zone).await;
            let updated = text(&shop.simbiz().get(STOCKS).await.is(200).at("/data/0/updated"));
            let at = NaiveDateTime::parse_from_str(&updated, "%Y-%m-%d %H:%M:%S").expect("a date-time");
            let second = |by: i64| (at + TimeDelta::seconds(by)).format("%Y-%m-%d+%H:%M:%S").to_string();
            let (before, now, after, day) = (second(-1), second(0), second(1), at.date());
            for (query, found) in [
                (format!("updated_from={now}"), 1),
                (format!("updated_to={now}"), 1),
                (format!("updated_from={now}&updated_to={now}"), 1),
                (format!("updated_from={after}"), 0),
                (format!("updated_to={before}"), 0),
                (format!("updated_from={day}&updated_to={day}"), 1),
            ] {
                for page in ["", "&page=1"] {
                    let reply = shop.simbiz().get(&format!("{STOCKS}?{query}{page}")).await;
                    assert_eq!(codes(&reply).len(), found, "{query}{page} in {zone}");
                    assert_eq!(reply.at("/meta/pagination/total"), json!(found));
                }
            }
            shown.push(at);
        }
        assert_eq!(shown[1] - shown[0], TimeDelta::hours(8));
    });
}

#[test]
fn what_no_condition_can_be_is_named() {
    on_each_engine(async |shop| {
        let many = |count: usize| vec!["A"; count].join(",");
        shop.simbiz().get(&format!("{STOCKS}?item_codes={},,+", many(500))).await.is(200);
        let reply = shop.simbiz().get(&format!("{STOCKS}?item_codes={}&branch_id=%00", many(501))).await;
        let details = refused(&reply, 422, "V3_INV_VALIDATION_FAILED");
        assert_eq!(
            details["item_codes"],
            json!(["item_codes must name at most 500 items, not 501: ask for them in parts"])
        );
        assert_eq!(details["branch_id"], json!(["branch_id must not contain NUL characters"]));
        let reply = shop.simbiz().get(&format!("{STOCKS}?updated_from=yesterday&updated_to=2026-13-01&page=1")).await;
        let sentence = |field: &str| json!([format!("{field} must be a date-time such as 2026-04-09 00:00:00")]);
        let expected = json!({"updated_from": sentence("updated_from"), "updated_to": sentence("updated_to")});
        assert_eq!(refused(&reply, 422, "V3_REQ_INVALID_DATETIME"), expected);
        for query in ["item_codes=A%00B", "separate_location=%00", "updated_from=%00"] {
            let reply = shop.simbiz().get(&format!("{STOCKS}?{query}")).await;
            refused(&reply, 422, "V3_INV_VALIDATION_FAILED");
        }
        let long = "a".repeat(60_000);
        assert_eq!(codes(&shop.simbiz().get(&format!("{STOCKS}?item_codes={long}")).await), [""; 0]);
    });
}

#[test]
fn no_query_is_too_odd() {
    on_each_engine(async |shop| {
        stocked(shop).await;
        for value in ["%00", "a%00b", "%FF", "%", "'", "%22", "%5C", "1e400", "-1", "null", "[]", "9223372036854775808"]
        {
            for key in ["branch_id", "item_codes", "separate_location", "updated_from", "page", "per_page", "all"] {
                let reply = shop.simbiz().get(&format!("{STOCKS}?{key}={value}")).await;
                match reply.status {
                    200 => drop(places(&reply)),
                    _ if reply.text().contains("DATETIME") => drop(refused(&reply, 422, "V3_REQ_INVALID_DATETIME")),
                    _ => drop(refused(&reply, 422, "V3_INV_VALIDATION_FAILED")),
                }
            }
        }
    });
}

#[test]
fn balances_are_those_of_the_organization_that_is_named() {
    on_each_engine(async |shop| {
        for tenant in [1, 2] {
            let stocked = move |tx: &mut Tx<'_>| {
                let item = make(tx, if tenant == 1 { "OURS" } else { "THEIRS" })?;
                adjust(tx, item, tenant, "3")
            };
            of_tenant(shop, tenant, stocked).await;
        }
        let multi = shop.simbiz_as("multi", 1);
        for (query, expected) in [
            ("", "OURS"),
            ("organization_id=1-2", "THEIRS"),
            ("org_id=2", "THEIRS"),
            ("organization_code=next", "THEIRS"),
            ("org_code=NEXT", "THEIRS"),
            ("org_code=SHOP&organization_code=NEXT", "THEIRS"),
            ("organization_code=SHOP&org_id=2", "THEIRS"),
            ("org_id=1&organization_id=2", "THEIRS"),
        ] {
            assert_eq!(codes(&multi.get(&format!("{STOCKS}?{query}")).await), [expected], "{query}");
            let named = multi.get(&format!("{STOCKS}?{query}&item_codes=OURS,THEIRS&page=1")).await;
            assert_eq!(codes(&named), [expected], "{query}");
        }
        assert_eq!(codes(&shop.simbiz_as("reader", 1).get(STOCKS).await), ["OURS"]);
        assert_eq!(codes(&shop.simbiz_as("next", 2).get(STOCKS).await), ["THEIRS"]);
        assert_eq!(codes(&shop.simbiz().get(&format!("{STOCKS}?branch_id=2")).await), [""; 0]);
        for query in ["organization_id=1-2", "org_id=2", "organization_code=NEXT", "org_code=NOWHERE&branch_id=%00"] {
            refused(&shop.simbiz().get(&format!("{STOCKS}?{query}")).await, 403, "V3_AUTH_ORG_FORBIDDEN");
        }
    });
}

#[test]
fn what_the_warehouse_does_shows_in_the_next_request() {
    on_each_engine(async |shop| {
        let item = item(shop, "ANVIL").await;
        let second = ours(shop, |tx| warehouse(tx, "MEL")).await;
        let figures = async || {
            let reply = shop.simbiz().get(STOCKS).await.is(200);
            let rows = reply.at("/data").as_array().expect("rows").clone();
            let figures = rows.iter().map(|row| ["qty", "reserved_qty", "available_qty"].map(|key| text(&row[key])));
            figures.collect::<Vec<_>>()
        };
        assert!(figures().await.is_empty());
        ours(shop, move |tx| adjust(tx, item, 1, "10")).await;
        assert_eq!(figures().await, [["10", "0", "10"]]);
        ours(shop, move |tx| order(tx, item, "4")).await;
        assert_eq!(figures().await, [["10", "4", "6"]]);
        ours(shop, move |tx| carry(tx, item, second, "2.25")).await;
        assert_eq!(figures().await, [["7.75", "4", "3.75"], ["2.25", "0", "2.25"]]);
        // A loss is a fact: then more is promised than is there.
        ours(shop, move |tx| adjust(tx, item, 1, "-5")).await;
        assert_eq!(figures().await, [["2.75", "4", "-1.25"], ["2.25", "0", "2.25"]]);
        ours(shop, move |tx| adjust(tx, item, second, "-2.25")).await;
        assert_eq!(figures().await, [["2.75", "4", "-1.25"], ["0", "0", "0"]]);
    });
}

#[test]
fn another_method_or_path_is_refused_in_the_envelope() {
    on_each_engine(async |shop| {
        let reply = shop.simbiz().post(STOCKS, json!({})).await;
        refused(&reply, 405, "V3_METHOD_NOT_ALLOWED");
        assert!(reply.header("allow").is_some_and(|allow| allow.contains("GET")));
        for path in ["/inventory/stocks", "/inventory/stocks/by-location/1", "/inventory/stocks/by-item"] {
            refused(&shop.simbiz().get(path).await, 404, "V3_ROUTE_NOT_FOUND");
        }
        shop.simbiz().get(&format!("{STOCKS}/?page=1")).await.is(200);
    });
}

/// ANVIL and HAMMER in both locations, SAW in the second, booked the wrong way round.
async fn stocked(shop: &Shop) {
    ours(shop, |tx| {
        let mel = warehouse(tx, "MEL")?;
        let [anvil, hammer, saw] = [make(tx, "ANVIL")?, make(tx, "HAMMER")?, make(tx, "SAW")?];
        for (item, place) in [(saw, mel), (hammer, mel), (hammer, 1), (anvil, mel), (anvil, 1)] {
            adjust(tx, item, place, "3")?;
        }
        Ok(())
    })
    .await;
}

/// What is found, as item@location.
#[track_caller]
fn places(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let rows = reply.at("/data").as_array().expect("rows").clone();
    rows.iter().map(|row| format!("{}@{}", text(&row["item_code"]), text(&row["location_code"]))).collect()
}
