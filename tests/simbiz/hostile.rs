//! Hostile input of every kind gets its 4xx, changes nothing, and is never a 500.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{ITEMS, codes, refused, stocked};
use crate::support::on_each_engine;

#[test]
fn no_query_is_too_odd() {
    on_each_engine(async |shop| {
        stocked(&shop.simbiz(), "ANVIL").await;
        let long = "a".repeat(60_000);
        let percents = "%25".repeat(255);
        let odd = [
            "%00",
            "a%00b",
            "%FF",
            "%C3%28",
            "%",
            "%zz",
            "'",
            "%22%22%22",
            "%5C",
            "a%22b%22c",
            "*",
            "NEAR(a%20b)",
            "a%20OR%20b",
            "-anvil",
            "anvil*",
            "%1F",
            "%E2%80%AE",
            "%F0%9F%94%A9%F0%9F%94%A9",
            "1e400",
            "-0",
            "null",
            "[]",
            "{}",
            "%0A%0D",
            "%EF%BB%BF",
            "9223372036854775808",
            &percents,
            &long,
        ];
        for value in odd {
            for key in [
                "q",
                "item_id",
                "item_code",
                "item_name",
                "item_barcode",
                "updated_from",
                "updated_to",
                "page",
                "per_page",
                "all",
                "paginate",
                "organization_id",
                "organization_code",
                "unknown",
            ] {
                let reply = shop.simbiz().get(&format!("{ITEMS}?{key}={value}")).await;
                match reply.status {
                    200 => drop(codes(&reply)),
                    403 => drop(refused(&reply, 403, "V3_AUTH_ORG_FORBIDDEN")),
                    _ if key.starts_with("updated") && reply.text().contains("DATETIME") => {
                        drop(refused(&reply, 422, "V3_REQ_INVALID_DATETIME"));
                    }
                    _ => drop(refused(&reply, 422, "V3_INV_VALIDATION_FAILED")),
                }
            }
        }
    });
}

#[test]
fn no_path_is_too_odd() {
    on_each_engine(async |shop| {
        let (long, slashes) = ("a".repeat(60_000), "/".repeat(60_000));
        for path in [
            long,
            slashes,
            "%25".repeat(20_000),
            "%2F".repeat(20_000),
            "%F0%9F%94%A9/".repeat(3),
            "%C3%A9%20//x//".to_owned(),
        ] {
            for prefix in [ITEMS.to_owned(), format!("{ITEMS}/by-code"), format!("{ITEMS}/by-barcode"), String::new()] {
                let reply = shop.simbiz().get(&format!("{prefix}/{path}")).await;
                let is_known = reply.status == 200 && prefix == ITEMS && path.starts_with('/');
                assert!(is_known || reply.status == 404, "{prefix}: {}", reply.text());
            }
        }
    });
}

#[test]
fn no_value_of_a_field_is_too_odd() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let long = "\u{1f529}".repeat(70_000);
        let odd = [
            json!([]),
            json!({}),
            json!([[]]),
            json!({"a": {"b": [1]}}),
            json!("a\u{0}b"),
            json!("\u{0}"),
            json!(1e300),
            json!(-1),
            json!("-1"),
            json!(i64::MAX),
            json!(u64::MAX),
            json!("9".repeat(400)),
            json!("1e999999999"),
            json!("NaN"),
            json!("1,5"),
            json!("\u{202e}"),
            json!("' OR 1=1 --"),
            json!("${jndi}"),
            json!(long),
        ];
        let fields = [
            "item_code",
            "item_name",
            "item_alternatename",
            "item_barcode",
            "category_id",
            "category_code",
            "type_id",
            "type_code",
            "brand_id",
            "brand_code",
            "isactive",
            "item_id",
        ];
        let lines = [
            "baseuom_id",
            "baseuom_code",
            "salesuom_id",
            "salesuom_code",
            "purchaseuom_id",
            "purchaseuom_code",
            "sell_price",
            "purchase_price",
            "isstock",
            "issold",
            "ispurchase",
        ];
        for value in &odd {
            for field in fields {
                judged(
                    &shop.simbiz().patch(&format!("{ITEMS}/{id}"), json!({"data": {"header": {field: value}}})).await,
                    field,
                    value,
                );
            }
            for field in lines {
                judged(
                    &shop.simbiz().patch(&format!("{ITEMS}/{id}"), json!({"data": {"line": {field: value}}})).await,
                    field,
                    value,
                );
            }
            for field in ["organization_id", "org_id", "organization_code", "org_code"] {
                let reply = shop.simbiz().patch(&format!("{ITEMS}/{id}"), json!({"data": {}, field: value})).await;
                assert!([403, 422].contains(&reply.status), "{field} {value}: {}", reply.text());
                refused(&reply, reply.status, reply.at("/errors/0/code").as_str().expect("a code"));
            }
        }
    });
}

#[test]
fn half_a_character_is_refused_where_it_stands() {
    on_each_engine(async |shop| {
        let sent = br#"{"data":{"header":{"item_code":"\ud800","item_name":"x"}}}"#.to_vec();
        let details =
            refused(&shop.simbiz().send(Method::POST, ITEMS, Some(sent)).await, 422, "V3_INV_VALIDATION_FAILED");
        assert_eq!(details, json!({"item_code": ["item_code must be well-formed Unicode text"]}));
    });
}

#[test]
fn a_refused_write_changes_nothing() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        stocked(&shop.simbiz(), "HAMMER").await;
        let path = format!("{ITEMS}/{id}");
        let before = shop.simbiz().get(&path).await.is(200);
        for data in [
            json!({"header": {"item_name": "New", "item_code": "HAMMER"}}),
            json!({"header": {"item_name": "New", "brand_code": "NONE"}}),
            json!({"header": {"item_name": "New", "item_id": "1-1-999"}}),
            json!({"header": {"item_name": "New"}, "line": {"isstock": "x"}}),
            json!({"header": {"item_name": "New"}, "line": [0]}),
        ] {
            let reply = shop.simbiz().patch(&path, json!({"data": data})).await;
            assert!([409, 422].contains(&reply.status), "{data}: {}", reply.text());
        }
        let unsent = json!({"organization_code": "NEXT", "data": {"header": {"item_name": "New"}}});
        refused(&shop.simbiz().patch(&path, unsent).await, 403, "V3_AUTH_ORG_FORBIDDEN");
        assert_eq!(shop.simbiz().get(&path).await.is(200).text(), before.text());
        assert_eq!(shop.iom().get("/products").await.is(200).at("/total"), json!(2));
    });
}

/// A text that happens to be good is taken; all else is refused in the envelope.
#[track_caller]
fn judged(reply: &crate::support::Reply, field: &str, value: &Value) {
    match reply.status {
        200 => assert!(!value.is_array() && !value.is_object(), "{field} takes {value}"),
        422 => drop(refused(reply, 422, reply.at("/errors/0/code").as_str().expect("a code"))),
        status => panic!("{field} {value}: {status} {}", reply.text()),
    }
}
