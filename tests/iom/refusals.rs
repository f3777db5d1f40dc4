//! The frame around all calls: unknown paths, wrong methods, request ids.

use actix_web::http::Method;
use serde_json::json;

use super::refused;
use crate::support::on_each_engine;

#[test]
fn unknown_paths_are_refused_in_the_dialects_shape() {
    on_each_engine(async |shop| {
        for path in [
            "",
            "/",
            "/nothing",
            "/products/",
            "/products/7/nothing",
            "/products/categories/1/2",
            "//products",
            "/Products",
            "/products%2F7",
            "/auth",
            "/v2/products",
            "/%00",
            "/%ff",
            "/%F0%9F%94%A9",
        ] {
            for client in [shop.iom(), shop.iom().without("Authorization")] {
                refused(&client.get(path).await, 404, "unknown_path");
                refused(&client.post(path, json!({})).await, 404, "unknown_path");
            }
        }
    });
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    on_each_engine(async |shop| {
        for (path, wrong, allowed) in [
            ("/auth/login", "GET", "POST"),
            ("/products", "PUT", "GET, HEAD, POST"),
            ("/products", "OPTIONS", "GET, HEAD, POST"),
            ("/products/7", "POST", "GET, HEAD, PUT, PATCH, DELETE"),
            ("/products/7", "BREW", "GET, HEAD, PUT, PATCH, DELETE"),
            ("/products/categories", "DELETE", "GET, HEAD, POST"),
            ("/products/categories/1", "GET", "PUT, DELETE"),
            ("/products/export", "DELETE", "GET, HEAD"),
            ("/inventory/adjust", "GET", "POST"),
            ("/inventory/reorder-level", "POST", "PUT"),
            ("/warehouses/1", "GET", "PUT, DELETE"),
            ("/batches/expiring", "POST", "GET, HEAD"),
            ("/serials/bulk", "GET", "POST"),
        ] {
            let reply = shop.iom().send(wrong.parse().expect("a method"), path, None).await;
            refused(&reply, 405, "method_not_allowed");
            let mut told: Vec<_> = reply.header("allow").expect("Allow").split(", ").collect();
            let mut expected: Vec<_> = allowed.split(", ").collect();
            told.sort_unstable();
            expected.sort_unstable();
            assert_eq!(told, expected, "{wrong} {path}");
        }
    });
}

#[test]
fn a_request_id_is_taken_or_made() {
    on_each_engine(async |shop| {
        let named = shop.iom().with("X-Request-Id", "order-17").get("/products/0").await;
        refused(&named, 404, "not_found");
        assert_eq!(named.at("/request_id"), json!("order-17"));
        let odd = shop.iom().with("X-Request-Id", &"x".repeat(129)).get("/products/0").await;
        refused(&odd, 404, "not_found");
        assert_eq!(odd.at("/request_id").as_str().map(str::len), Some(32));
    });
}

#[test]
fn a_head_is_answered_like_its_get() {
    on_each_engine(async |shop| {
        for path in ["/products", "/products/export", "/products/categories"] {
            let reply = shop.iom().send(Method::HEAD, path, None).await.is(200);
            assert!(reply.header("content-type").is_some(), "{path}");
        }
    });
}
