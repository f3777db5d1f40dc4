//! Making and changing items.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};
use stockbridge_domain::TenantId;
use stockbridge_domain::items::categories::{self, NewCategory};
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::values::Text;

use super::{ITEMS, anvil, body, codes, refused, stocked, text};
use crate::support::{Shop, on_each_engine};

#[test]
fn an_item_needs_a_code_and_a_name_and_nothing_else() {
    on_each_engine(async |shop| {
        let made = shop.simbiz().post(ITEMS, anvil("ANVIL")).await.is(201);
        for (key, expected) in [
            ("item_barcode", ""),
            ("item_alternatename", ""),
            ("category_id", ""),
            ("category_code", ""),
            ("category_name", ""),
            ("baseuom_id", ""),
            ("sell_price", "0.00"),
            ("purchase_price", ""),
            ("isstock", "1"),
            ("issold", "1"),
            ("ispurchase", "1"),
            ("isactive", "1"),
        ] {
            assert_eq!(made.at(&format!("/data/{key}")), json!(expected), "{key}");
        }
    });
}

#[test]
fn everything_wrong_is_told_at_once() {
    on_each_engine(async |shop| {
        let both = json!({"item_code": ["item_code is required"], "item_name": ["item_name is required"]});
        for (sent, details) in [
            (json!({}), both.clone()),
            (json!({"data": null}), both.clone()),
            (json!({"data": {}}), both.clone()),
            (json!({"data": []}), both.clone()),
            (json!({"data": {"line": {}}}), both.clone()),
            (json!({"data": {"header": {"item_code": null}}}), both.clone()),
            (json!({"item_code": "A", "item_name": "B"}), both.clone()),
            (json!({"data": {"header": {"item_code": "A"}}}), json!({"item_name": ["item_name is required"]})),
            (
                json!({"data": {"header": {"item_code": "  ", "item_name": ""}}}),
                json!({"item_code": ["item_code must not be empty"], "item_name": ["item_name must not be empty"]}),
            ),
            (
                json!({"data": {"header": {"item_code": "A".repeat(65), "item_name": "n".repeat(256), "item_barcode": [],
                    "isactive": "maybe"}, "line": {"sell_price": "-1", "purchase_price": "1.00001", "isstock": 2}}}),
                json!({"item_code": ["item_code must be at most 64 characters long"],
                    "item_name": ["item_name must be at most 255 characters long"],
                    "item_barcode": ["item_barcode must be text"],
                    "isactive": ["isactive must be 1 or 0"],
                    "isstock": ["isstock must be 1 or 0"],
                    "sell_price": ["sell_price must not be negative"],
                    "purchase_price": ["purchase_price takes at most 4 decimals"]}),
            ),
        ] {
            let reply = shop.simbiz().post(ITEMS, sent.clone()).await;
            assert_eq!(refused(&reply, 422, "V3_INV_VALIDATION_FAILED"), details, "{sent}");
        }
        let two = shop.simbiz().post(ITEMS, json!({})).await;
        assert_eq!(two.at("/errors/0/message"), json!("item_code is required, and 1 more to correct: see details"));
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), Vec::<String>::new());
    });
}

#[test]
fn parts_of_a_wrong_kind_are_named_by_their_place() {
    on_each_engine(async |shop| {
        for (sent, field) in [
            (json!({"data": [1]}), "data"),
            (json!({"data": "x"}), "data"),
            (json!({"data": {"header": [[]], "line": {}}}), "data.header"),
            (json!({"data": {"header": {"item_code": "A", "item_name": "B"}, "line": 7}}), "data.line"),
            (
                json!({"organization_id": {}, "data": {"header": {"item_code": "A", "item_name": "B"}}}),
                "organization_id",
            ),
        ] {
            let details = refused(&shop.simbiz().post(ITEMS, sent.clone()).await, 422, "V3_INV_VALIDATION_FAILED");
            assert!(details[field].is_array(), "{sent}: {details}");
        }
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), Vec::<String>::new());
        let twice = r#"{"data":{"header":{"item_code":"A","item_name":"B","item_code":"C"}}}"#;
        let reply = shop.simbiz().send(Method::POST, ITEMS, Some(twice.as_bytes().to_vec())).await;
        let details = refused(&reply, 422, "V3_INV_VALIDATION_FAILED");
        assert_eq!(details["data.header"], json!(["data.header must be an object that names each field once"]));
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), Vec::<String>::new());
    });
}

#[test]
fn references_are_named_by_id_or_by_code_and_the_id_counts() {
    on_each_engine(async |shop| {
        let [tools, goods] = lists(shop).await;
        let header = json!({"item_code": "SAW", "item_name": "Saw", "category_code": "tools", "type_id": "1-1-1", "brand_id": 1});
        let line = json!({"baseuom_code": "pcs", "salesuom_id": "1", "purchaseuom_id": "", "purchaseuom_code": "PCS"});
        let made = shop.simbiz().post(ITEMS, body(header, line)).await.is(201);
        for (key, expected) in [
            ("category_id", tools.as_str()),
            ("category_code", "TOOLS"),
            ("category_name", "TOOLS"),
            ("type_id", "1-1-1"),
            ("type_code", "TYPE"),
            ("brand_code", "BRAND"),
            ("baseuom_id", "1-1-1"),
            ("salesuom_code", "PCS"),
            ("purchaseuom_code", "PCS"),
        ] {
            assert_eq!(made.at(&format!("/data/{key}")), json!(expected), "{key}");
        }
        let path = format!("{ITEMS}/{}", text(&made.at("/data/item_id")));
        for (header, expected) in [
            (json!({"category_id": goods, "category_code": "TOOLS"}), goods.as_str()),
            (json!({"category_code": "TOOLS", "category_id": ""}), &tools),
            (json!({"item_name": "Saw"}), &tools),
            (json!({"category_id": null}), ""),
            (json!({"category_id": goods.rsplit('-').next()}), &goods),
            (json!({"category_code": ""}), ""),
        ] {
            let changed = shop.simbiz().patch(&path, body(header.clone(), json!({}))).await.is(200);
            assert_eq!(changed.at("/data/category_id"), json!(expected), "{header}");
        }
    });
}

#[test]
fn an_unknown_reference_is_named_as_it_was_sent() {
    on_each_engine(async |shop| {
        lists(shop).await;
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let long = "99999999999999999999";
        for (part, field, key) in [
            ("header", "category_code", "NONE"),
            ("header", "category_id", "1-1-999"),
            ("header", "category_id", "999"),
            ("header", "category_id", "1-2-1"),
            ("header", "category_id", long),
            ("header", "type_code", "PCS"),
            ("header", "type_id", "x"),
            ("header", "brand_code", "none"),
            ("line", "baseuom_code", "BOX"),
            ("line", "salesuom_id", "1-1-77"),
            ("line", "purchaseuom_code", "BOX"),
        ] {
            let mut sent = anvil("HAMMER");
            sent["data"][part][field] = json!(key);
            let reply = shop.simbiz().post(ITEMS, sent).await;
            assert_eq!(refused(&reply, 422, "V3_INV_REFERENCE_NOT_FOUND"), json!({field: key}), "{field}");
            let reply = shop.simbiz().patch(&format!("{ITEMS}/{id}"), json!({"data": {part: {field: key}}})).await;
            assert_eq!(refused(&reply, 422, "V3_INV_REFERENCE_NOT_FOUND"), json!({field: key}), "{field}");
        }
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"]);
    });
}

#[test]
fn a_code_and_a_barcode_are_unique() {
    on_each_engine(async |shop| {
        let sent = |code: &str, barcode: &str| {
            body(json!({"item_code": code, "item_name": "X", "item_barcode": barcode}), json!({}))
        };
        shop.simbiz().post(ITEMS, sent("ANVIL", "931")).await.is(201);
        refused(&shop.simbiz().post(ITEMS, sent("anvil ", "")).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
        refused(&shop.simbiz().post(ITEMS, sent("HAMMER", "931")).await, 409, "V3_INV_ITEM_DUPLICATE_BARCODE");
        let other = text(&shop.simbiz().post(ITEMS, sent("HAMMER", "")).await.is(201).at("/data/item_id"));
        shop.simbiz().post(ITEMS, sent("SAW", "")).await.is(201);
        let path = format!("{ITEMS}/{other}");
        let code = body(json!({"item_code": "Anvil"}), json!({}));
        refused(&shop.simbiz().patch(&path, code).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
        let barcode = body(json!({"item_barcode": 931}), json!({}));
        refused(&shop.simbiz().patch(&path, barcode).await, 409, "V3_INV_ITEM_DUPLICATE_BARCODE");
        shop.simbiz_as("next", 2).post(ITEMS, sent("ANVIL", "931")).await.is(201);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL", "HAMMER", "SAW"]);
    });
}

#[test]
fn a_change_keeps_what_it_does_not_say_and_clears_what_it_empties() {
    on_each_engine(async |shop| {
        let header =
            json!({"item_code": "SAW", "item_name": "Saw", "item_barcode": "931", "item_alternatename": "S\u{e4}ge"});
        let line = json!({"sell_price": "12.5", "purchase_price": "10.1234", "isstock": "0"});
        let made = shop.simbiz().post(ITEMS, body(header, line)).await.is(201);
        let path = format!("{ITEMS}/{}", text(&made.at("/data/item_id")));
        let state = |item: &Value| {
            ["item_code", "item_name", "item_barcode", "item_alternatename", "sell_price", "purchase_price", "isstock"]
                .map(|key| text(&item[key]))
        };
        for (change, expected) in [
            (json!({}), ["SAW", "Saw", "931", "S\u{e4}ge", "12.50", "10.1234", "0"]),
            (json!({"header": {}}), ["SAW", "Saw", "931", "S\u{e4}ge", "12.50", "10.1234", "0"]),
            (
                json!({"header": {"item_name": " Big Saw "}}),
                ["SAW", "Big Saw", "931", "S\u{e4}ge", "12.50", "10.1234", "0"],
            ),
            (json!({"line": {"purchase_price": 9}}), ["SAW", "Big Saw", "931", "S\u{e4}ge", "12.50", "9.00", "0"]),
            (json!({"header": {"item_barcode": ""}}), ["SAW", "Big Saw", "", "S\u{e4}ge", "12.50", "9.00", "0"]),
            (json!({"header": {"item_alternatename": null}}), ["SAW", "Big Saw", "", "", "12.50", "9.00", "0"]),
            (json!({"line": {"sell_price": "", "purchase_price": ""}}), ["SAW", "Big Saw", "", "", "0.00", "", "0"]),
            (json!({"line": {"isstock": true}}), ["SAW", "Big Saw", "", "", "0.00", "", "1"]),
            (json!({"header": {"item_code": "saw"}}), ["saw", "Big Saw", "", "", "0.00", "", "1"]),
        ] {
            let changed = shop.simbiz().patch(&path, json!({"data": change})).await.is(200);
            assert_eq!(state(&changed.at("/data")), expected, "{change}");
        }
    });
}

#[test]
fn a_change_that_leaves_nothing_where_something_must_be_is_refused() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let path = format!("{ITEMS}/{id}");
        for (change, field, message) in [
            (json!({"header": {"item_code": ""}}), "item_code", "must not be empty"),
            (json!({"header": {"item_name": null}}), "item_name", "must not be empty"),
            (json!({"header": {"isactive": ""}}), "isactive", "must be 1 or 0"),
            (json!({"line": {"isstock": null}}), "isstock", "must be 1 or 0"),
            (json!({"line": {"sell_price": "12,00"}}), "sell_price", "must be a number such as 12 or 12.5"),
            (
                json!({"header": {"item_id": "1-1-999"}}),
                "item_id",
                "must be the id in the path: leave it out, or PATCH the other item",
            ),
        ] {
            let reply = shop.simbiz().patch(&path, json!({"data": change})).await;
            let details = refused(&reply, 422, "V3_INV_VALIDATION_FAILED");
            assert_eq!(details, json!({field: [format!("{field} {message}")]}), "{change}");
        }
        let none =
            refused(&shop.simbiz().patch(&path, json!({"item_name": "X"})).await, 422, "V3_INV_VALIDATION_FAILED");
        assert_eq!(none, json!({"data": ["data is required"]}));
        let item = shop.simbiz().get(&path).await.is(200);
        assert_eq!(item.at("/data/item_name"), json!("Anvil ANVIL"));
    });
}

#[test]
fn the_id_may_be_repeated_in_any_form() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let number: i64 = id.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a number");
        for (path, named) in [
            (id.clone(), json!(number)),
            (number.to_string(), json!(id)),
            (id.clone(), json!("")),
            (id.clone(), Value::Null),
        ] {
            let sent = body(json!({"item_id": named, "item_name": "Same"}), json!({}));
            shop.simbiz().patch(&format!("{ITEMS}/{path}"), sent).await.is(200);
        }
    });
}

#[test]
fn an_unknown_item_cannot_be_changed() {
    on_each_engine(async |shop| {
        for id in ["1-1-999", "999", "x", "a%00b", "1-2-1", "99999999999999999999"] {
            let reply = shop.simbiz().patch(&format!("{ITEMS}/{id}"), body(json!({"item_name": "X"}), json!({}))).await;
            let details = refused(&reply, 404, "V3_INV_ITEM_NOT_FOUND");
            assert_eq!(details["id"], json!(id.replace("%00", "\0")));
        }
    });
}

#[test]
fn updated_moves_exactly_when_the_item_changes() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let path = format!("{ITEMS}/{id}");
        let made = text(&shop.simbiz().get(&path).await.is(200).at("/data/updated"));
        tokio_sleep(1100).await;
        let same = body(json!({"item_name": "Anvil ANVIL"}), json!({"isstock": 1}));
        assert_eq!(text(&shop.simbiz().patch(&path, same).await.is(200).at("/data/updated")), made);
        let other = body(json!({"item_name": "Other"}), json!({}));
        assert!(text(&shop.simbiz().patch(&path, other).await.is(200).at("/data/updated")) > made);
    });
}

async fn tokio_sleep(milliseconds: u64) {
    actix_web::rt::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// Two categories, TOOLS and GOODS, whose ids are returned, a type TYPE, a brand BRAND and a unit PCS.
async fn lists(shop: &Shop) -> [String; 2] {
    let made = shop.store.alter(|lobby| {
        let tx = &mut lobby.as_system(TenantId::new(1))?;
        for (list, code) in [(List::Types, "TYPE"), (List::Brands, "BRAND"), (List::Uoms, "PCS")] {
            master::create(tx, list, &NewEntry { code: some(code), name: some(code) })?;
        }
        let mut category = |code: &str| {
            let new = NewCategory { id: None, code: Some(some(code)), name: some(code), parent: None };
            categories::create(tx, &new).map(|category| category.id)
        };
        Ok([category("TOOLS")?, category("GOODS")?])
    });
    made.await.expect("lists").map(|id| format!("1-1-{id}"))
}

fn some<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).expect("a good text").expect("a text")
}
