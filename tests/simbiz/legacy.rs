//! The manners of old clients: what they send, and the answer each gets.

use actix_web::http::Method;
use serde_json::json;

use super::{ITEMS, refused, text};
use crate::support::on_each_engine;

const SENT: &str = r#"{"data":{"header":{"item_code":"OLD","item_name":"Old"},"line":{"sell_price":"1"}}}"#;

#[test]
fn json_is_read_whatever_it_calls_itself() {
    on_each_engine(async |shop| {
        for (number, kind) in [
            "application/json",
            "application/json; charset=utf-8",
            "APPLICATION/JSON",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "application/vnd.simbiz+json",
            "text/plain",
            "text/plain;charset=UTF-8",
            "",
        ]
        .into_iter()
        .enumerate()
        {
            let sent = SENT.replace("OLD", &format!("OLD-{number}"));
            let client = shop.simbiz().with("Content-Type", kind);
            client.send(Method::POST, ITEMS, Some(sent.into_bytes())).await.is(201);
        }
        for kind in ["text/html", "text/xml", "multipart/form-data; boundary=x"] {
            let client = shop.simbiz().with("Content-Type", kind);
            let reply = client.send(Method::POST, ITEMS, Some(SENT.as_bytes().to_vec())).await;
            refused(&reply, 415, "V3_REQ_UNSUPPORTED_TYPE");
        }
    });
}

#[test]
fn a_byte_order_mark_and_spaces_around_the_body_do_not_matter() {
    on_each_engine(async |shop| {
        let marked = format!("\u{feff} \r\n{SENT}\r\n");
        shop.simbiz().send(Method::POST, ITEMS, Some(marked.into_bytes())).await.is(201);
    });
}

#[test]
fn an_empty_list_is_an_empty_object() {
    on_each_engine(async |shop| {
        let sent = json!({"data": {"header": {"item_code": "OLD", "item_name": "Old"}, "line": []}});
        let made = shop.simbiz().post(ITEMS, sent).await.is(201);
        let path = format!("{ITEMS}/{}", text(&made.at("/data/item_id")));
        for data in [json!([]), json!({"header": []}), json!({"header": [], "line": {"sell_price": 2}})] {
            shop.simbiz().patch(&path, json!({"data": data})).await.is(200);
        }
        assert_eq!(shop.simbiz().get(&path).await.is(200).at("/data/sell_price"), json!("2.00"));
    });
}

#[test]
fn numbers_come_as_text_and_text_as_numbers() {
    on_each_engine(async |shop| {
        let sent = json!({"organization_id": 1, "org_code": 7, "extra": [1, {"deep": null}], "data": {
            "header": {"item_code": 4711, "item_name": 12.50, "item_barcode": 9_551_234_567_890_i64, "isactive": false,
                "category_id": null, "item_alternatename": true},
            "line": {"sell_price": 12.5, "purchase_price": " 10 ", "isstock": 0, "issold": "true", "ispurchase": "", "unknown": 1}}});
        let made = shop.simbiz().post(ITEMS, sent).await.is(201);
        for (key, expected) in [
            ("item_code", "4711"),
            ("item_name", "12.5"),
            ("item_barcode", "9551234567890"),
            ("item_alternatename", "1"),
            ("isactive", "0"),
            ("sell_price", "12.50"),
            ("purchase_price", "10.00"),
            ("isstock", "0"),
            ("issold", "1"),
            ("ispurchase", "1"),
        ] {
            assert_eq!(made.at(&format!("/data/{key}")), json!(expected), "{key}");
        }
    });
}

#[test]
fn money_is_exact_and_has_two_to_four_decimals() {
    on_each_engine(async |shop| {
        let id = text(
            &shop.simbiz().send(Method::POST, ITEMS, Some(SENT.as_bytes().to_vec())).await.is(201).at("/data/item_id"),
        );
        for (sent, expected) in [
            ("0.1", "0.10"),
            ("\"0.1234\"", "0.1234"),
            ("12", "12.00"),
            ("1.5e3", "1500.00"),
            ("899999999999.9999", "899999999999.9999"),
            ("\"000.50\"", "0.50"),
            ("-0", "0.00"),
        ] {
            let sent = format!(r#"{{"data":{{"line":{{"sell_price":{sent}}}}}}}"#);
            let reply = shop
                .simbiz()
                .send(Method::PATCH, &format!("{ITEMS}/{id}"), Some(sent.clone().into_bytes()))
                .await
                .is(200);
            assert_eq!(reply.at("/data/sell_price"), json!(expected), "{sent}");
        }
    });
}

#[test]
fn a_slash_at_the_end_and_headers_in_any_case_are_forgiven() {
    on_each_engine(async |shop| {
        let made = shop.simbiz().send(Method::POST, &format!("{ITEMS}/"), Some(SENT.as_bytes().to_vec())).await.is(201);
        let id = text(&made.at("/data/item_id"));
        for path in [
            format!("{ITEMS}/?q=old"),
            format!("{ITEMS}/{id}/"),
            format!("{ITEMS}/by-code/OLD/"),
            format!("{ITEMS}//{id}"),
        ] {
            shop.simbiz().get(&path).await.is(200);
        }
        shop.nobody().get("/api/v3/health/").await.is(200);
        let token = shop.simbiz().header("Authorization").expect("a token").replace("Bearer", "bearer");
        let client = shop.nobody().with("AUTHORIZATION", &token).with("X-UID", " support ");
        client.get(&format!("/api/v3{ITEMS}")).await.is(200);
    });
}
