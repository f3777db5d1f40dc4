//! Whatever is sent: a 4xx in the dialect's own shape, and nothing is changed.

use actix_web::http::Method;
use serde_json::json;

use super::{anvil, refused, stocked};
use crate::support::{Reply, Shop, on_each_engine};

/// Every call that takes a body, for the product and the category that are there.
fn calls(product: i64, category: i64) -> [(Method, String); 14] {
    [
        (Method::POST, "/products".to_owned()),
        (Method::PUT, format!("/products/{product}")),
        (Method::PATCH, format!("/products/{product}")),
        (Method::POST, "/products/categories".to_owned()),
        (Method::PUT, format!("/products/categories/{category}")),
        (Method::POST, "/auth/login".to_owned()),
        (Method::POST, "/inventory/adjust".to_owned()),
        (Method::POST, "/inventory/transfer".to_owned()),
        (Method::PUT, "/inventory/reorder-level".to_owned()),
        (Method::POST, "/warehouses".to_owned()),
        (Method::PUT, "/warehouses/1".to_owned()),
        (Method::POST, "/batches".to_owned()),
        (Method::POST, "/serials".to_owned()),
        (Method::POST, "/serials/bulk".to_owned()),
    ]
}

/// Sends a body to every call that takes one, and holds that nothing changes.
async fn everywhere(shop: &Shop, content_type: Option<&str>, body: &[u8], check: impl Fn(&Reply)) {
    let product = stocked(&shop.iom(), "HOSTILE").await;
    let category = shop.iom().post("/products/categories", json!({"name": "Hostile"})).await.is(201).at("/id");
    let category = category.as_i64().expect("an id");
    let before = state(shop).await;
    let client = content_type.map_or_else(|| shop.iom(), |content_type| shop.iom().with("Content-Type", content_type));
    for (method, path) in calls(product, category) {
        check(&client.send(method, &path, Some(body.to_vec())).await);
    }
    assert_eq!(state(shop).await, before, "{}", String::from_utf8_lossy(body.get(..80).unwrap_or(body)));
    shop.iom().delete(&format!("/products/{product}")).await.is(200);
    shop.iom().delete(&format!("/products/categories/{category}")).await.is(200);
}

async fn state(shop: &Shop) -> Vec<String> {
    let mut state = Vec::new();
    for path in ["/products", "/products/categories", "/inventory/movements", "/warehouses", "/batches", "/serials"] {
        state.push(shop.iom().get(path).await.is(200).text().to_owned());
    }
    state
}

#[test]
fn what_is_no_json_object_is_refused() {
    on_each_engine(async |shop| {
        for (body, code) in [
            (&b""[..], "body_missing"),
            (b" \r\n\t", "body_missing"),
            (b"\xEF\xBB\xBF", "body_missing"),
            (b"{", "malformed_json"),
            (b"{\"name\": \"A\",}", "malformed_json"),
            (b"{'name': 'A'}", "malformed_json"),
            (b"{\"name\": NaN}", "malformed_json"),
            (b"{\"name\": \"A\"} x", "malformed_json"),
            (
                b"{\"name\": \"A\", \"name\": \"B\", \"email\": \"a\", \"email\": \"b\", \"product_id\": 1, \"product_id\": 2}",
                "malformed_json",
            ),
            (b"{\"name\": \"\xff\xfe\"}", "malformed_json"),
            (b"{\"name\": \"a\nb\"}", "malformed_json"),
            (b"[]", "malformed_json"),
            (b"null", "malformed_json"),
            (b"\"name\"", "malformed_json"),
            (b"17", "malformed_json"),
            (b"\0", "malformed_json"),
            (b"name=A&sku=B", "malformed_json"),
        ] {
            everywhere(shop, None, body, |reply| {
                refused(reply, 400, code);
            })
            .await;
        }
    });
}

#[test]
fn deep_and_wide_json_costs_nothing() {
    on_each_engine(async |shop| {
        let deep = |open: &str, close: &str| format!("{{\"name\": {}{}}}", open.repeat(200_000), close.repeat(200_000));
        let keys: Vec<String> = (0..50_000).map(|number| format!("\"k{number}\": {{}}")).collect();
        let wide = format!("{{{}, \"name\": []}}", keys.join(","));
        let long = format!("{{\"name\": {}}}", "9".repeat(1_000_000));
        for body in [deep("[", "]"), deep("{\"a\":", "}").replace(":}", ":1}"), wide, long, "[".repeat(1_000_000)] {
            everywhere(shop, None, body.as_bytes(), |reply| {
                assert!(reply.text().len() < 2_000, "{}", reply.text());
                let code = reply.at("/code");
                // A log-in takes no body of this size at all.
                let status = if code == json!("body_too_large") { 413 } else { 400 };
                refused(reply, status, code.as_str().expect("a code"));
            })
            .await;
        }
    });
}

#[test]
fn a_body_beyond_the_limit_is_too_large() {
    on_each_engine(async |shop| {
        let mut body = anvil("BIG").to_string().into_bytes();
        body.resize(2 * 1024 * 1024, b' ');
        shop.iom().send(Method::POST, "/products", Some(body.clone())).await.is(201);
        body.push(b' ');
        everywhere(shop, None, &body, |reply| {
            refused(reply, 413, "body_too_large");
        })
        .await;
    });
}

#[test]
fn a_type_that_names_something_else_is_unsupported() {
    on_each_engine(async |shop| {
        let body = br#"{"name": "A", "sku": "A", "base_price": 1, "email": "a", "password": "b"}"#;
        for content_type in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "json",
        ] {
            everywhere(shop, Some(content_type), body, |reply| {
                refused(reply, 415, "unsupported_media_type");
            })
            .await;
        }
        for (number, content_type) in
            ["", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"].iter().enumerate()
        {
            let body = anvil(&format!("T{number}")).to_string().into_bytes();
            shop.iom().with("Content-Type", content_type).send(Method::POST, "/products", Some(body)).await.is(201);
        }
        let packed = shop.iom().with("Content-Encoding", "gzip").post("/products", anvil("GZ")).await;
        refused(&packed, 415, "unsupported_media_type");
    });
}

#[test]
fn an_id_that_is_none_is_malformed_and_one_that_nobody_has_unknown() {
    on_each_engine(async |shop| {
        for (id, code, status) in [
            ("seven", "validation_failed", 400),
            ("7.0", "validation_failed", 400),
            ("1e3", "validation_failed", 400),
            ("0x7", "validation_failed", 400),
            ("+7", "validation_failed", 400),
            ("%2B7", "validation_failed", 400),
            ("%207", "validation_failed", 400),
            ("-", "validation_failed", 400),
            ("null", "validation_failed", 400),
            ("9223372036854775808", "validation_failed", 400),
            ("99999999999999999999999999", "validation_failed", 400),
            ("%D9%A7", "validation_failed", 400),
            ("7%2F8", "validation_failed", 400),
            ("1%3BDROP%20TABLE%20products", "validation_failed", 400),
            ("%00", "malformed_path", 400),
            ("%ff", "malformed_path", 400),
            ("0", "not_found", 404),
            ("-1", "not_found", 404),
            ("9223372036854775807", "not_found", 404),
            ("-9223372036854775808", "not_found", 404),
        ] {
            let client = shop.iom();
            for reply in [
                client.get(&format!("/products/{id}")).await,
                client.put(&format!("/products/{id}"), anvil("A")).await,
                client.patch(&format!("/products/{id}"), json!({"name": "A"})).await,
                client.delete(&format!("/products/{id}")).await,
                client.put(&format!("/products/categories/{id}"), json!({"name": "A"})).await,
                client.delete(&format!("/products/categories/{id}")).await,
            ] {
                refused(&reply, status, code);
            }
        }
    });
}

#[test]
fn odd_texts_are_kept_or_refused_but_never_a_fault() {
    on_each_engine(async |shop| {
        for (number, text) in [
            "\u{202e}desrever",
            "e\u{301}\u{327}",
            "👩‍👩‍👧‍👦",
            "\u{feff}bom",
            "\u{1f}\u{1}\u{7f}",
            "\u{10ffff}\u{fffd}",
            "İstanbul ẞ ǅ ﬁ",
            "'; DROP TABLE products; --",
            "%s%n{}${jndi:ldap://x}",
            "\\u0000",
        ]
        .into_iter()
        .enumerate()
        {
            let mut body = anvil(&format!("{number} {text}"));
            body["name"] = json!(text);
            body["barcode"] = json!(text);
            let id = shop.iom().post("/products", body).await.is(201).at("/id");
            let product = shop.iom().get(&format!("/products/{id}")).await.is(200);
            assert_eq!((product.at("/name"), product.at("/barcode")), (json!(text), json!(text)));
        }
        for broken in [r#""\ud800""#, r#""\u0000""#, r#""a\u0000""#] {
            let body = format!(r#"{{"name": {broken}, "sku": "S", "base_price": 1}}"#);
            let reply = shop.iom().send(Method::POST, "/products", Some(body.into_bytes())).await;
            refused(&reply, 400, "validation_failed");
        }
        assert_eq!(shop.iom().get("/products").await.is(200).at("/total"), json!(10));
        for search in ["%E2%80%AE", "%F0%9F%91%A9%E2%80%8D", "%1f", "i%CC%87", "NEAR(", "*", "a%20OR%20b", "%22", "--"]
        {
            shop.iom().get(&format!("/products?search={search}")).await.is(200);
        }
    });
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.iom(), "ONE").await;
        let before = state(shop).await;
        for number in [
            "-1",
            "-0.0001",
            "900000000000.0001",
            "1e12",
            "1e400",
            "-1e400",
            "1e-5",
            "0.00001",
            "\"NaN\"",
            "\"Infinity\"",
            "\"\"",
            "\"1,5\"",
            "\"0x10\"",
            "\"1 000\"",
            "true",
            "[1]",
            "{}",
            "99999999999999999999999999999999999999",
        ] {
            for method in [Method::POST, Method::PUT, Method::PATCH] {
                let path = if method == Method::POST { "/products".to_owned() } else { format!("/products/{id}") };
                let body = format!(r#"{{"name": "A", "sku": "S", "base_price": {number}}}"#);
                let reply = shop.iom().send(method, &path, Some(body.into_bytes())).await;
                refused(&reply, 400, "validation_failed");
                assert_eq!(super::fields(&reply), ["base_price"], "{number}");
            }
        }
        for number in ["9223372036854775808", "-9223372036854775809", "1e99", "\"seven\"", "7.5"] {
            let body = format!(r#"{{"category_id": {number}}}"#);
            let reply = shop.iom().send(Method::PATCH, &format!("/products/{id}"), Some(body.into_bytes())).await;
            refused(&reply, 400, "validation_failed");
        }
        assert_eq!(state(shop).await, before);
    });
}
