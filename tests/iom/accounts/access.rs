//! Who may do what with accounts, and what other tenants see of them.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::{refused, user};
use super::{GIVEN, logged_in};
use crate::support::{PASSWORD, on_each_engine, on_the_demo};

/// Every call for admins alone, with a body that is right.
fn calls(id: i64) -> [(&'static str, String, Value); 5] {
    let new = json!({"name": "x", "email": "x@shop.example", "role": "viewer", "password": GIVEN});
    [
        ("GET", "/users".to_owned(), Value::Null),
        ("GET", format!("/users/{id}"), Value::Null),
        ("PATCH", format!("/users/{id}"), json!({"name": "x"})),
        ("POST", format!("/users/{id}/password"), json!({"password": GIVEN})),
        ("POST", "/users".to_owned(), new),
    ]
}

#[test]
fn only_admins_see_and_change_users() {
    on_each_engine(async |shop| {
        for role in [Role::Viewer, Role::Staff, Role::Manager] {
            for (method, path, body) in calls(1) {
                let body = (!body.is_null()).then(|| body.to_string().into_bytes());
                let reply = shop.iom_as(role).send(method.parse().expect("a method"), &path, body).await;
                refused(&reply, 403, "admin_role_required");
            }
            // A wrong body is not told to who may not be here.
            refused(&shop.iom_as(role).post("/users", json!({"role": "king"})).await, 403, "admin_role_required");
        }
        assert_eq!(shop.iom().get("/users").await.is(200).at("/total"), json!(4));
        logged_in(shop, "admin@shop.example", PASSWORD).await;
    });
}

#[test]
fn another_tenants_users_look_like_unknown_ones() {
    on_each_engine(async |shop| {
        let (theirs, before) = (shop.neighbour(), shop.iom().get("/users").await.is(200).text().to_owned());
        for (known, unknown) in calls(3).into_iter().zip(calls(99)).filter(|(known, _)| known.1 != "/users") {
            let mut seen = Vec::new();
            for (method, path, body) in [known, unknown] {
                let body = (!body.is_null()).then(|| body.to_string().into_bytes());
                let reply = theirs.send(method.parse().expect("a method"), &path, body).await;
                seen.push(refused(&reply, 404, "not_found").replace("99", "3"));
            }
            assert_eq!(seen[0], seen[1]);
        }
        assert_eq!(shop.iom().get("/users").await.is(200).text(), before);
        for odd in ["/users/me", "/users/1.5", "/users/99999999999999999999"] {
            refused(&shop.iom().get(odd).await, 400, "validation_failed");
        }
    });
}

#[test]
fn one_s_own_account_is_refused_to_the_banned_and_the_expired() {
    on_the_demo(async |shop| {
        let banned = user(shop, 1, 5);
        let expired = user(shop, 3, 7);
        let change = json!({"current_password": PASSWORD, "new_password": "a new one"});
        for (client, status, code) in [(banned, 403, "account_banned"), (expired, 402, "subscription_expired")] {
            refused(&client.get("/auth/me").await, status, code);
            refused(&client.get("/settings").await, status, code);
            refused(&client.post("/auth/password", change.clone()).await, status, code);
        }
    });
}
