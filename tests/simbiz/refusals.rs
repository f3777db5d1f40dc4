//! Whatever goes wrong under the prefix is said in the envelope.

use actix_web::http::Method;
use serde_json::json;

use super::{ITEMS, refused, stocked};
use crate::support::on_each_engine;

#[test]
fn an_unknown_path_is_told_so_with_and_without_credentials() {
    on_each_engine(async |shop| {
        for path in [
            "",
            "/",
            "/nothing",
            "/inventory",
            "/inventory/",
            "/inventory/items/1/2",
            "/inventory/items/by-code/a/b",
            "/Inventory/Items",
            "/inventory%2Fitems",
            "/%00",
            "/%FF",
            "/token/x",
            "/../v3/nothing",
        ] {
            for client in [shop.simbiz(), shop.simbiz().without("x-uid")] {
                for method in [Method::GET, Method::POST, Method::DELETE] {
                    refused(&client.send(method, path, None).await, 404, "V3_ROUTE_NOT_FOUND");
                }
            }
        }
    });
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    on_each_engine(async |shop| {
        for (method, path, allowed) in [
            ("GET", "/token", "POST"),
            ("PUT", "/token", "POST"),
            ("POST", "/health", "GET, HEAD"),
            ("DELETE", ITEMS, "GET, HEAD, POST"),
            ("PUT", ITEMS, "GET, HEAD, POST"),
            ("DELETE", "/inventory/items/1", "GET, HEAD, PATCH"),
            ("PUT", "/inventory/items/1", "GET, HEAD, PATCH"),
            ("PATCH", "/inventory/items/by-code/A", "GET, HEAD"),
            ("POST", "/inventory/items/by-barcode/A", "GET, HEAD"),
            ("OPTIONS", ITEMS, "GET, HEAD, POST"),
            ("BREW", ITEMS, "GET, HEAD, POST"),
        ] {
            let reply = shop.simbiz().send(method.parse().expect("a method"), path, None).await;
            refused(&reply, 405, "V3_METHOD_NOT_ALLOWED");
            assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
        }
    });
}

#[test]
fn a_body_that_cannot_be_read_is_told_why() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        // As deep as it may be, it is JSON; only it is no item.
        let deep = format!(r#"{{"data":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        for sent in [
            "",
            " ",
            "{",
            "{]",
            "null",
            "7",
            "\"x\"",
            "[]",
            "[{}]",
            "{\"data\":",
            "{\"data\":{}}x",
            "{'data':{}}",
            "{\"data\":{},}",
            "{\"data\":{},\"data\":{}}",
            "{\"data\":NaN}",
            "\u{feff}",
        ] {
            for (method, path) in [(Method::POST, ITEMS.to_owned()), (Method::PATCH, format!("{ITEMS}/{id}"))] {
                let reply = shop.simbiz().send(method, &path, Some(sent.as_bytes().to_vec())).await;
                refused(&reply, 400, "V3_REQ_INVALID_JSON");
            }
        }
        let reply = shop.simbiz().send(Method::POST, ITEMS, Some(deep.into_bytes())).await;
        assert_eq!(refused(&reply, 422, "V3_INV_VALIDATION_FAILED")["data"], json!(["data must be an object"]));
        for sent in [&b"\xff\xfe{\x00}\x00"[..], b"{\"data\":\"\xff\"}", b"\x00"] {
            refused(&shop.simbiz().send(Method::POST, ITEMS, Some(sent.to_vec())).await, 400, "V3_REQ_INVALID_JSON");
        }
        let large = vec![b' '; 2 * 1024 * 1024 + 1];
        refused(&shop.simbiz().send(Method::POST, ITEMS, Some(large)).await, 413, "V3_REQ_TOO_LARGE");
    });
}

#[test]
fn every_answer_carries_the_requests_id() {
    on_each_engine(async |shop| {
        for path in [ITEMS, "/nothing", "/inventory/items/999"] {
            let reply = shop.simbiz().with("X-Request-Id", "mine-1").get(path).await;
            assert_eq!(reply.header("x-request-id"), Some("mine-1"));
        }
    });
}

#[test]
fn head_answers_like_get() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        for (path, status) in [
            (ITEMS.to_owned(), 200),
            (format!("{ITEMS}?all=1"), 200),
            (format!("{ITEMS}/{id}"), 200),
            (format!("{ITEMS}/999"), 404),
        ] {
            let reply = shop.simbiz().send(Method::HEAD, &path, None).await;
            assert_eq!(reply.status, status, "{path}");
        }
        assert_eq!(shop.simbiz().without("x-uid").send(Method::HEAD, ITEMS, None).await.status, json!(401));
    });
}
