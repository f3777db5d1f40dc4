//! One's own account: who one is, and one's password.

use serde_json::json;
use stockbridge_domain::Role;
use stockbridge_domain::access::passwords::PasswordHash;
use stockbridge_domain::access::users;
use stockbridge_domain::{Lobby, TenantId};

use super::super::{claims, fields, refused};
use super::{added, bearer, change_own, holder, log_in, logged_in};
use crate::support::{PASSWORD, keys_of, on_each_engine, on_the_demo};

#[test]
fn everybody_learns_who_they_are() {
    on_the_demo(async |shop| {
        let reply = logged_in(shop, "viewer@acme.com", PASSWORD).await.get("/auth/me").await.is(200);
        let expected = concat!(
            r#"{"id":4,"name":"Vic Viewer","email":"viewer@acme.com","role":"viewer","#,
            r#""tenant":{"id":1,"code":"BHH","name":"Acme","zone":"UTC"}}"#
        );
        assert_eq!(reply.text(), expected);
    });
}

#[test]
fn a_new_password_ends_every_token_and_the_answer_has_one_to_go_on_with() {
    on_each_engine(async |shop| {
        let email = "staff@shop.example";
        let (here, elsewhere) = (logged_in(shop, email, PASSWORD).await, logged_in(shop, email, PASSWORD).await);
        // A token of before tokens had versions.
        let old = shop.iom_as(Role::Staff);
        for client in [&here, &elsewhere, &old] {
            client.get("/products").await.is(200);
        }
        let reply = change_own(&here, PASSWORD, " a new one ").await.is(200);
        assert_eq!(keys_of(reply.text()), ["message", "token", "expires_in"]);
        assert_eq!((reply.at("/message"), reply.at("/expires_in")), (json!("Password changed"), json!(28800)));
        for client in [&here, &elsewhere, &old] {
            let said = refused(&client.get("/products").await, 401, "token_revoked");
            assert!(said.contains("log in again"), "{said}");
            refused(&client.post("/customers", json!({"name": "x"})).await, 401, "token_revoked");
        }
        // All of it within a second: seconds could not tell these tokens apart.
        holder(shop, &reply).get("/auth/me").await.is(200);
        logged_in(shop, email, " a new one ").await.get("/auth/me").await.is(200);
        for wrong in [PASSWORD, "a new one"] {
            refused(&log_in(shop, email, wrong).await, 401, "wrong_credentials");
        }
        shop.iom().get("/products").await.is(200);
    });
}

#[test]
fn every_role_changes_its_own_password_again_and_again() {
    on_each_engine(async |shop| {
        for role in Role::ALL {
            let (mut client, mut known) = (shop.iom_as(*role), PASSWORD);
            for next in ["the second one", "the third one"] {
                client = holder(shop, &change_own(&client, known, next).await.is(200));
                known = next;
            }
            assert_eq!(client.get("/auth/me").await.is(200).at("/role"), json!(role.as_str()));
        }
    });
}

#[test]
fn a_wrong_password_is_no_reason_to_log_in_again() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let reply = change_own(&client, "wrong", "a new one").await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["current_password"]);
        client.get("/auth/me").await.is(200);
        logged_in(shop, "admin@shop.example", PASSWORD).await;
        for (body, told) in [
            (json!({}), vec!["current_password", "new_password"]),
            (json!({"current_password": 5, "new_password": "1234567"}), vec!["current_password", "new_password"]),
            (json!({"current_password": PASSWORD, "new_password": "x".repeat(201)}), vec!["new_password"]),
            (json!({"current_password": PASSWORD, "new_password": "12345678\u{0}"}), vec!["new_password"]),
            (json!({"current_password": PASSWORD, "new_password": null}), vec!["new_password"]),
        ] {
            let reply = client.post("/auth/password", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), told);
        }
        change_own(&client, PASSWORD, &"ü".repeat(200)).await.is(200);
    });
}

#[test]
fn guessing_with_a_stolen_token_is_slowed_down_like_logging_in() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for _ in 0..5 {
            change_own(&client, "guess", "a new one").await.is(400);
            log_in(shop, "ADMIN@shop.example", "guess").await.is(401);
        }
        for reply in
            [change_own(&client, PASSWORD, "a new one").await, log_in(shop, "admin@shop.example", PASSWORD).await]
        {
            refused(&reply, 429, "too_many_attempts");
            let wait: u64 = reply.header("retry-after").expect("a wait").parse().expect("seconds");
            assert!((1..=900).contains(&wait), "{wait}");
        }
        change_own(&shop.iom_as(Role::Viewer), PASSWORD, "a new one").await.is(200);
    });
}

#[test]
fn a_success_clears_what_was_guessed() {
    on_each_engine(async |shop| {
        let mut client = shop.iom();
        for (known, next) in [(PASSWORD, "the second one"), ("the second one", "the third one")] {
            for _ in 0..9 {
                change_own(&client, "guess", "a new one").await.is(400);
            }
            client = holder(shop, &change_own(&client, known, next).await.is(200));
        }
    });
}

#[test]
fn the_command_line_ends_tokens_too() {
    on_each_engine(async |shop| {
        let id = added(&shop.iom(), "jane@shop.example", "manager").await;
        let client = logged_in(shop, "jane@shop.example", super::GIVEN).await;
        let hash = PasswordHash::new("from the terminal").expect("a hash");
        let set = move |lobby: &mut Lobby<'_>| {
            users::set_password(&mut lobby.as_system(TenantId::new(1))?, "JANE@shop.example", &hash)
        };
        shop.store.alter(set).await.expect("a new password");
        refused(&client.get("/auth/me").await, 401, "token_revoked");
        let me = logged_in(shop, "jane@shop.example", "from the terminal").await.get("/auth/me").await.is(200);
        assert_eq!(me.at("/id"), json!(id));
    });
}

#[test]
fn a_version_that_was_not_given_yet_is_worth_nothing() {
    on_each_engine(async |shop| {
        for version in [-1, 1, i64::MAX] {
            let claims = stockbridge_http::tokens::Claims { version: Some(version), ..claims() };
            let token = shop.signer().sign(&claims).expect("a token");
            refused(&bearer(shop, &token).get("/auth/me").await, 401, "token_revoked");
        }
    });
}
