//! The same request sent again under its Idempotency-Key, and what is remembered of it.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::refused;
use super::{GIVEN, change_own, holder, log_in};
use crate::support::{PASSWORD, on_each_engine};

#[test]
fn every_write_has_one_effect_per_key() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let new = json!({"name": "x", "email": "x@shop.example", "role": "viewer", "password": GIVEN});
        for (at, (method, path, body)) in [
            ("POST", "/users", new),
            ("PATCH", "/users/2", json!({"name": "Max"})),
            ("POST", "/users/2/password", json!({"password": GIVEN})),
            ("PATCH", "/settings", json!({"allow_backorder": true})),
        ]
        .into_iter()
        .enumerate()
        {
            let client = admin.clone().with("Idempotency-Key", &format!("key-{at}"));
            let send = async |body: &Value| {
                client.send(method.parse().expect("a method"), path, Some(body.to_string().into_bytes())).await
            };
            let (first, second) = (send(&body).await, send(&body).await);
            assert!([200, 201].contains(&first.status), "{path}: {}", first.text());
            assert_eq!((first.status, first.text()), (second.status, second.text()));
            assert_eq!(
                (first.header("idempotent-replayed"), second.header("idempotent-replayed")),
                (None, Some("true"))
            );
        }
        assert_eq!(admin.get("/users").await.is(200).at("/total"), json!(5));
        log_in(shop, "x@shop.example", GIVEN).await.is(200);
    });
}

#[test]
fn a_token_is_not_remembered_and_a_password_changes_once() {
    on_each_engine(async |shop| {
        let odd = shop.iom_as(Role::Staff).with("Idempotency-Key", " ");
        refused(&change_own(&odd, PASSWORD, "a new one").await, 400, "validation_failed");
        let client = shop.iom_as(Role::Staff).with("Idempotency-Key", "mine");
        let reply = change_own(&client, PASSWORD, "a new one").await.is(200);
        refused(&change_own(&client, PASSWORD, "a new one").await, 401, "token_revoked");
        let next = holder(shop, &reply).with("Idempotency-Key", "mine");
        refused(&change_own(&next, PASSWORD, "a new one").await, 400, "validation_failed");
        let other = next.post("/customers", json!({"name": "Acme"})).await;
        refused(&other, 422, "idempotency_key_reused");
    });
}
