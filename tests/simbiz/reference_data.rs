//! Reference data: the five lists, by one path.

use chrono_tz::Tz;
use serde_json::json;
use stockbridge_domain::items::master::{self, List, NewEntry};

use super::floor::{of_tenant, words};
use super::token::move_to;
use super::{refused, text};
use crate::support::{Reply, Shop, on_each_engine};

const REFERENCE: &str = "/inventory/reference-data";

/// Each list and what its keys begin with.
const LISTS: [(&str, &str); 5] =
    [("categories", "category"), ("brands", "brand"), ("types", "type"), ("uoms", "uom"), ("locations", "location")];

#[test]
fn a_row_of_each_list_has_its_keys_in_order() {
    on_each_engine(async |shop| {
        fill(shop, 1, "ONE").await;
        for (resource, x) in LISTS {
            let reply = shop.simbiz().get(&format!("{REFERENCE}/{resource}")).await.is(200);
            let [id, code, name] = ["id", "code", "name"].map(|key| reply.at(&format!("/data/0/{x}_{key}")));
            let updated = reply.at("/data/0/updated");
            let row = format!(
                concat!(
                    r#"{{"{x}_id":{id},"{x}_code":{code},"{x}_name":{name},"isactive":"1","organization_id":"1-1","#,
                    r#""organization_code":"SHOP","updated":{updated}}}"#
                ),
                x = x,
                id = id,
                code = code,
                name = name,
                updated = updated
            );
            let meta = concat!(
                r#"{"pagination":{"page":1,"per_page":1,"total":1,"total_pages":1},"#,
                r#""filters":{"organization_id":"","organization_code":""}}"#
            );
            assert_eq!(reply.text(), format!(r#"{{"status":"OK","data":[{row}],"meta":{meta}}}"#));
            let expected = if x == "location" { ["MAIN", "Main Warehouse"] } else { ["ONE", "Called ONE"] };
            assert_eq!([text(&code), text(&name)], expected, "{resource}");
            assert!(text(&id).starts_with("1-1-"), "{id}");
        }
    });
}

#[test]
fn an_id_of_a_list_is_the_one_that_items_refer_to() {
    on_each_engine(async |shop| {
        fill(shop, 1, "ONE").await;
        let id = |reply: Reply, x: &str| reply.is(200).at(&format!("/data/0/{x}_id"));
        let mut header = json!({"item_code": "ANVIL", "item_name": "Anvil"});
        for (resource, x) in &LISTS[..3] {
            header[format!("{x}_id")] = id(shop.simbiz().get(&format!("{REFERENCE}/{resource}")).await, x);
        }
        let uom = id(shop.simbiz().get(&format!("{REFERENCE}/uoms")).await, "uom");
        let sent = json!({"data": {"header": header, "line": {"baseuom_id": uom}}});
        let made = shop.simbiz().post("/inventory/items", sent).await.is(201);
        for key in ["category_code", "brand_code", "type_code", "baseuom_code"] {
            assert_eq!(made.at(&format!("/data/{key}")), json!("ONE"), "{key}");
        }
    });
}

#[test]
fn lists_come_whole_unless_a_page_is_asked_for() {
    on_each_engine(async |shop| {
        for code in ["C", "A", "B"] {
            fill(shop, 1, code).await;
        }
        for (resource, x) in &LISTS[..4] {
            for (query, page, per_page, total_pages, rows) in [
                ("", 1, 3, 1, &["C", "A", "B"][..]),
                ("page=&per_page=+", 1, 3, 1, &["C", "A", "B"]),
                ("page=2&per_page=2", 2, 2, 2, &["B"]),
                ("page=3&per_page=2", 3, 2, 2, &[]),
                ("page=0&per_page=2", 1, 2, 2, &["C", "A"]),
                ("per_page=many", 1, 50, 1, &["C", "A", "B"]),
                ("per_page=201", 1, 200, 1, &["C", "A", "B"]),
                ("page=99999999999999999999&per_page=200", i64::MAX, 200, 1, &[]),
                ("page=2&per_page=2&all=1", 1, 3, 1, &["C", "A", "B"]),
                ("page=2&per_page=2&paginate=0", 1, 3, 1, &["C", "A", "B"]),
            ] {
                let reply = shop.simbiz().get(&format!("{REFERENCE}/{resource}?{query}")).await.is(200);
                let found = reply.at("/data").as_array().expect("rows").clone();
                let found = found.iter().map(|row| text(&row[format!("{x}_code")])).collect::<Vec<_>>();
                let expected = json!({"page": page, "per_page": per_page, "total": 3, "total_pages": total_pages});
                assert_eq!((found, reply.at("/meta/pagination")), (owned(rows), expected), "{resource}?{query}");
            }
        }
    });
}

#[test]
fn an_empty_list_has_no_pages() {
    on_each_engine(async |shop| {
        for (resource, _) in &LISTS[..4] {
            for (query, per_page) in [("", 0), ("?page=1", 50)] {
                let reply = shop.simbiz().get(&format!("{REFERENCE}/{resource}{query}")).await.is(200);
                let expected = json!({"page": 1, "per_page": per_page, "total": 0, "total_pages": 0});
                assert_eq!((reply.at("/data"), reply.at("/meta/pagination")), (json!([]), expected));
            }
        }
    });
}

#[test]
fn a_list_is_known_in_any_case_and_any_other_is_told_those_there_are() {
    on_each_engine(async |shop| {
        for resource in ["LOCATIONS", "Locations", "locations/", "%6Cocations"] {
            shop.simbiz().get(&format!("{REFERENCE}/{resource}")).await.is(200);
        }
        for resource in ["location", "items", "nope", "brands%20", "a%2Fb", "%00", "%FF", "1"] {
            let reply = shop.simbiz().get(&format!("{REFERENCE}/{resource}")).await;
            let details = refused(&reply, 404, "V3_INV_RESOURCE_NOT_ALLOWED");
            assert_eq!(details["allowed"], json!(LISTS.map(|(resource, _)| resource)), "{resource}");
        }
        let reply = shop.simbiz().get(&format!("{REFERENCE}/nope")).await;
        assert_eq!(reply.at("/errors/0/details/resource"), json!("nope"));
        for path in [REFERENCE.to_owned(), format!("{REFERENCE}/brands/1")] {
            refused(&shop.simbiz().get(&path).await, 404, "V3_ROUTE_NOT_FOUND");
        }
        let reply = shop.simbiz().post(&format!("{REFERENCE}/brands"), json!({})).await;
        refused(&reply, 405, "V3_METHOD_NOT_ALLOWED");
    });
}

#[test]
fn lists_are_those_of_the_organization_that_is_named() {
    on_each_engine(async |shop| {
        fill(shop, 1, "OURS").await;
        fill(shop, 2, "THEIRS").await;
        let multi = shop.simbiz_as("multi", 1);
        for (resource, x) in &LISTS[..4] {
            for (query, expected) in [
                ("", "OURS"),
                ("?organization_id=1-2", "THEIRS"),
                ("?org_id=2", "THEIRS"),
                ("?organization_code=NEXT&org_code=SHOP", "THEIRS"),
                ("?org_code=next&page=1", "THEIRS"),
            ] {
                let reply = multi.get(&format!("{REFERENCE}/{resource}{query}")).await.is(200);
                assert_eq!(reply.at(&format!("/data/0/{x}_code")), json!(expected), "{resource}{query}");
                assert_eq!(reply.at("/meta/pagination/total"), json!(1));
            }
            shop.simbiz_as("reader", 1).get(&format!("{REFERENCE}/{resource}")).await.is(200);
            for query in ["organization_id=1-2", "org_code=NOWHERE"] {
                let reply = shop.simbiz().get(&format!("{REFERENCE}/{resource}?{query}")).await;
                refused(&reply, 403, "V3_AUTH_ORG_FORBIDDEN");
            }
        }
        let echoed = multi.get(&format!("{REFERENCE}/brands?org_id=2&org_code=SHOP")).await.is(200);
        assert_eq!(echoed.at("/meta/filters"), json!({"organization_id": "2", "organization_code": "SHOP"}));
        // An organization that is not granted comes before a list that is not there.
        let reply = shop.simbiz().get(&format!("{REFERENCE}/nope?org_id=2")).await;
        refused(&reply, 403, "V3_AUTH_ORG_FORBIDDEN");
    });
}

#[test]
fn times_are_on_the_organizations_clock() {
    on_each_engine(async |shop| {
        let updated = async || text(&shop.simbiz().get(&format!("{REFERENCE}/locations")).await.at("/data/0/updated"));
        let utc = updated().await;
        move_to(shop, Tz::Asia__Kuala_Lumpur).await;
        let there = updated().await;
        let read = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a date-time");
        assert_eq!(read(&there) - read(&utc), chrono::TimeDelta::hours(8));
    });
}

/// A category, a brand, a type and a unit with this code.
async fn fill(shop: &Shop, tenant: i64, code: &'static str) {
    let category = json!({"name": format!("Called {code}"), "code": code});
    let client = if tenant == 1 { shop.iom() } else { shop.neighbour() };
    client.post("/products/categories", category).await.is(201);
    of_tenant(shop, tenant, move |tx| {
        for list in [List::Brands, List::Types, List::Uoms] {
            master::create(tx, list, &NewEntry { code: words(code), name: words(&format!("Called {code}")) })?;
        }
        Ok(())
    })
    .await;
}

fn owned(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}
