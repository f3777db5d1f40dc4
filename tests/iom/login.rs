//! Logging in.

use actix_web::http::Method;
use serde_json::json;

use super::{refused, user};
use crate::support::{PASSWORD, Reply, Shop, keys_of, on_each_engine, on_the_demo};

async fn log_in(shop: &Shop, email: &str, password: &str) -> Reply {
    shop.nobody().post("/api/auth/login", json!({"email": email, "password": password})).await
}

#[test]
fn the_documented_credentials_open_the_api() {
    on_the_demo(async |shop| {
        let reply = log_in(shop, "admin@acme.com", "your-password").await.is(200);
        assert_eq!(reply.keys(), ["token", "expires_in", "user"]);
        assert_eq!(reply.at("/expires_in"), json!(28800));
        let known = json!({"id": 1, "name": "Alex Admin", "email": "admin@acme.com", "role": "admin"});
        assert_eq!(reply.at("/user"), known);
        let (_, of_user) = reply.text().split_once("\"user\":").expect("a user");
        assert_eq!(keys_of(of_user.strip_suffix('}').expect("an end")), ["id", "name", "email", "role"]);
        let token = reply.at("/token").as_str().expect("a token").to_owned();
        let client = shop.nobody().with("Authorization", &format!("bearer  {token}"));
        client.get("/api/products").await.is(200);
    });
}

#[test]
fn an_email_counts_in_any_case_and_a_password_exactly() {
    on_each_engine(async |shop| {
        log_in(shop, "  Viewer@SHOP.example ", PASSWORD).await.is(200);
        for password in [format!(" {PASSWORD}"), format!("{PASSWORD} "), PASSWORD.to_uppercase(), String::new()] {
            refused(&log_in(shop, "viewer@shop.example", &password).await, 401, "wrong_credentials");
        }
    });
}

#[test]
fn a_password_of_any_length_is_just_wrong() {
    on_each_engine(async |shop| {
        for length in [1_024, 1_025, 16_000] {
            let reply = log_in(shop, "admin@shop.example", &"p".repeat(length)).await;
            refused(&reply, 401, "wrong_credentials");
        }
    });
}

#[test]
fn a_body_beyond_16_kib_is_too_large() {
    on_each_engine(async |shop| {
        let body = json!({"email": "admin@shop.example", "password": PASSWORD});
        let mut body = body.to_string().into_bytes();
        body.resize(16 * 1024, b' ');
        shop.nobody().send(Method::POST, "/api/auth/login", Some(body.clone())).await.is(200);
        body.push(b' ');
        let reply = shop.nobody().send(Method::POST, "/api/auth/login", Some(body)).await;
        assert_eq!(refused(&reply, 413, "body_too_large"), "The body is larger than 16384 bytes: send less at once.");
    });
}

#[test]
fn an_unknown_email_and_a_wrong_password_are_told_the_same() {
    on_each_engine(async |shop| {
        let unknown = refused(&log_in(shop, "nobody@shop.example", PASSWORD).await, 401, "wrong_credentials");
        let wrong = refused(&log_in(shop, "admin@shop.example", "guess").await, 401, "wrong_credentials");
        assert_eq!(unknown, wrong);
    });
}

#[test]
fn a_banned_account_is_told_so_only_after_the_right_password() {
    on_the_demo(async |shop| {
        refused(&log_in(shop, "banned@acme.com", "guess").await, 401, "wrong_credentials");
        refused(&log_in(shop, "banned@acme.com", PASSWORD).await, 403, "account_banned");
    });
}

#[test]
fn an_expired_subscription_lets_in_but_shows_nothing() {
    on_the_demo(async |shop| {
        let reply = log_in(shop, "admin@expired.example", PASSWORD).await.is(200);
        let id = reply.at("/user/id").as_i64().expect("an id");
        refused(&user(shop, 3, id).get("/products").await, 402, "subscription_expired");
    });
}

#[test]
fn guessing_is_slowed_down_for_the_account_alone() {
    on_each_engine(async |shop| {
        for _ in 0..10 {
            log_in(shop, "admin@shop.example", "guess").await.is(401);
        }
        let reply = log_in(shop, "ADMIN@shop.example", PASSWORD).await;
        refused(&reply, 429, "too_many_attempts");
        let wait: u64 = reply.header("retry-after").expect("a wait").parse().expect("seconds");
        assert!((1..=900).contains(&wait), "{wait}");
        log_in(shop, "viewer@shop.example", PASSWORD).await.is(200);
    });
}

#[test]
fn all_that_is_missing_or_wrong_is_told_at_once() {
    on_each_engine(async |shop| {
        for (body, first) in [
            (json!({}), "email is required"),
            (json!({"email": null, "password": 5}), "email is required"),
            (json!({"email": " ", "password": ["x"]}), "email must not be empty"),
            (json!({"email": "x".repeat(256), "password": "a\u{0}b"}), "email must be at most 255 characters long"),
        ] {
            let reply = shop.nobody().post("/api/auth/login", body).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), first);
            assert_eq!(super::fields(&reply), ["email", "password"]);
        }
    });
}
