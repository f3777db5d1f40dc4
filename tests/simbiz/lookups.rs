//! One item by id, code and barcode.

use serde_json::json;

use super::{ITEMS, body, refused, stocked, text};
use crate::support::{Shop, on_each_engine};

#[test]
fn an_unknown_key_is_named_as_it_was_looked_up() {
    on_each_engine(async |shop| {
        stocked(&shop.simbiz(), "ANVIL").await;
        for (path, details) in [
            ("1-1-999999", json!({"id": "1-1-999999"})),
            ("999999", json!({"id": "999999"})),
            ("0", json!({"id": "0"})),
            ("-1", json!({"id": "-1"})),
            ("1.0", json!({"id": "1.0"})),
            ("99999999999999999999", json!({"id": "99999999999999999999"})),
            ("ANVIL", json!({"id": "ANVIL"})),
            ("1-2-1", json!({"id": "1-2-1"})),
            ("2-1-1", json!({"id": "2-1-1"})),
            ("1-1-1-1", json!({"id": "1-1-1-1"})),
            ("%F0%9F%94%A9", json!({"id": "\u{1f529}"})),
            ("a%2Fb", json!({"id": "a/b"})),
            ("a%00b", json!({"id": "a\u{0}b"})),
            ("by-code/HAMMER", json!({"item_code": "HAMMER"})),
            ("by-code/a%2Fb", json!({"item_code": "a/b"})),
            ("by-code/a%00b", json!({"item_code": "a\u{0}b"})),
            ("by-code/%20", json!({"item_code": " "})),
            ("by-barcode/931", json!({"barcode": "931"})),
            ("by-barcode/%25", json!({"barcode": "%"})),
            ("by-barcode/'%20OR%201=1", json!({"barcode": "' OR 1=1"})),
        ] {
            let reply = shop.simbiz().get(&format!("{ITEMS}/{path}")).await;
            assert_eq!(refused(&reply, 404, "V3_INV_ITEM_NOT_FOUND"), details, "{path}");
            assert_eq!(reply.at("/errors/0/message"), json!("Item not found"));
        }
        for broken in ["%FF", "by-code/%FF", "by-barcode/%C3%28"] {
            refused(&shop.simbiz().get(&format!("{ITEMS}/{broken}")).await, 404, "V3_INV_ITEM_NOT_FOUND");
        }
    });
}

#[test]
fn a_neighbours_item_is_nobodys() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let number = id.rsplit('-').next().expect("a number");
        let next = shop.simbiz_as("next", 2);
        for path in [
            id.clone(),
            number.to_owned(),
            format!("1-2-{number}"),
            "by-code/ANVIL".to_owned(),
            "by-barcode/ANVIL".to_owned(),
        ] {
            refused(&next.get(&format!("{ITEMS}/{path}")).await, 404, "V3_INV_ITEM_NOT_FOUND");
        }
        let change = body(json!({"item_name": "Taken"}), json!({}));
        for path in [id.clone(), number.to_owned(), format!("1-2-{number}")] {
            refused(&next.patch(&format!("{ITEMS}/{path}"), change.clone()).await, 404, "V3_INV_ITEM_NOT_FOUND");
        }
        let untouched = shop.simbiz().get(&format!("{ITEMS}/{id}")).await.is(200);
        assert_eq!(untouched.at("/data/item_name"), json!("Anvil ANVIL"));
    });
}

#[test]
fn a_barcode_comes_before_a_code() {
    on_each_engine(async |shop| {
        let by_code = make(shop, "931", "").await;
        assert_eq!(found(shop, "by-barcode/931").await, by_code);
        let by_barcode = make(shop, "ANVIL", "931").await;
        assert_eq!(found(shop, "by-barcode/931").await, by_barcode);
        assert_eq!(found(shop, "by-code/931").await, by_code);
        assert_eq!(found(shop, "by-barcode/anvil").await, by_barcode);
    });
}

#[test]
fn odd_characters_of_a_code_are_data() {
    on_each_engine(async |shop| {
        for (code, path) in [
            ("A/B", "A%2FB"),
            ("A/B/", "A%2FB%2F"),
            ("50%", "50%25"),
            ("a+b c", "a%2Bb%20c"),
            ("%2F", "%252F"),
            ("\u{dc}nit \u{1f529}", "%C3%BCnit%20%F0%9F%94%A9"),
            ("by-code", "by-code"),
            ("..", "%2E%2E"),
            ("a?b#c", "a%3Fb%23c"),
            ("a\"b\\c'", "a%22b%5Cc'"),
        ] {
            let id = make(shop, code, "").await;
            assert_eq!(found(shop, &format!("by-code/{path}")).await, id, "{code}");
        }
    });
}

async fn make(shop: &Shop, code: &str, barcode: &str) -> String {
    let sent = body(json!({"item_code": code, "item_name": "Thing", "item_barcode": barcode}), json!({}));
    text(&shop.simbiz().post(ITEMS, sent).await.is(201).at("/data/item_id"))
}

async fn found(shop: &Shop, path: &str) -> String {
    text(&shop.simbiz().get(&format!("{ITEMS}/{path}")).await.is(200).at("/data/item_id"))
}
