//! Users, as admins add and change them.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::{column, fields, refused};
use super::{GIVEN, added, holder, log_in, logged_in, role};
use crate::support::{PASSWORD, keys_of, on_each_engine};

const KEYS: [&str; 7] = ["id", "name", "email", "role", "is_banned", "created_at", "updated_at"];

#[test]
fn a_user_is_added_and_can_log_in() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let body = json!({"name": " Jane Doe ", "email": " Jane@Shop.example ", "role": "manager", "password": GIVEN});
        let reply = admin.post("/users", body).await.is(201);
        assert_eq!(reply.keys(), KEYS);
        let (id, at) = (reply.at("/id"), reply.at("/created_at"));
        let known = json!({"id": id, "name": "Jane Doe", "email": "Jane@Shop.example", "role": "manager",
            "is_banned": false, "created_at": at, "updated_at": at});
        assert_eq!(reply.json(), known);
        assert!(!reply.text().contains("argon2") && !reply.text().contains("password"), "{}", reply.text());
        assert_eq!(admin.get(&format!("/users/{id}")).await.is(200).text(), reply.text());
        let jane = logged_in(shop, "jane@SHOP.example", GIVEN).await;
        assert_eq!(jane.get("/auth/me").await.is(200).at("/id"), id);
        jane.post("/products", super::super::anvil("ONE")).await.is(201);
        refused(&jane.get("/users").await, 403, "admin_role_required");
    });
}

#[test]
fn users_are_listed_by_id_and_found_by_name_or_email() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let reply = admin.get("/users").await.is(200);
        assert_eq!(reply.keys(), ["users", "total", "page", "limit", "next_cursor"]);
        assert_eq!(column(&reply, "users", "role"), ["admin", "manager", "staff", "viewer"].map(Value::from));
        let (_, rows) = reply.text().split_once('[').expect("rows");
        assert_eq!(keys_of(rows.split_inclusive('}').next().expect("a row")), KEYS);
        assert_eq!(reply.at("/total"), json!(4), "the neighbour's are not among them");
        for (query, emails, total) in [
            ("search=STAFF", vec!["staff@shop.example"], 1),
            ("search=shop.example&limit=1&page=2", vec!["manager@shop.example"], 4),
            ("search=next", vec![], 0),
            ("page=9", vec![], 4),
        ] {
            let reply = admin.get(&format!("/users?{query}")).await.is(200);
            assert_eq!(column(&reply, "users", "email"), emails, "{query}");
            assert_eq!(reply.at("/total"), json!(total), "{query}");
        }
        let (mut seen, mut path) = (Vec::new(), "/users?limit=3".to_owned());
        loop {
            let reply = admin.get(&path).await.is(200);
            seen.extend(column(&reply, "users", "id"));
            let Some(cursor) = reply.at("/next_cursor").as_str().map(str::to_owned) else { break };
            path = format!("/users?limit=3&cursor={cursor}");
        }
        assert_eq!(seen, [1, 2, 3, 4].map(Value::from));
        let reply = admin.get("/users?search=a%00&limit=0&page=x").await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["search", "page", "limit"]);
    });
}

#[test]
fn an_email_is_taken_on_the_whole_server_in_any_case() {
    on_each_engine(async |shop| {
        for email in ["STAFF@shop.example", " Admin@Next.example"] {
            let body = json!({"name": "x", "email": email, "role": "viewer", "password": GIVEN});
            let reply = shop.iom().post("/users", body).await;
            assert_eq!(refused(&reply, 409, "duplicate_email"), "Email already exists on this server");
            assert_eq!(fields(&reply), ["email"]);
        }
        assert_eq!(shop.iom().get("/users").await.is(200).at("/total"), json!(4));
    });
}

#[test]
fn every_wrong_field_is_told() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let all = ["name", "email", "role", "password"];
        for body in [
            json!({}),
            json!({"name": null, "email": null, "role": null, "password": null}),
            json!({"name": " ", "email": " ", "role": "", "password": ""}),
            json!({"name": "x".repeat(256), "email": "nobody", "role": "king", "password": "1234567"}),
            json!({"name": 1, "email": ["a@b.c"], "role": {}, "password": 12_345_678}),
        ] {
            let reply = admin.post("/users", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), all);
        }
        let reply = admin.patch("/users/2", json!({"name": null, "role": "king", "is_banned": "perhaps"})).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["name", "role", "is_banned"]);
        for (body, said) in [
            (json!({}), "password is required"),
            (json!({"password": "1234567"}), "password must have 8 to 200 characters"),
            (json!({"password": "x".repeat(201)}), "password must have 8 to 200 characters"),
        ] {
            assert_eq!(refused(&admin.post("/users/2/password", body).await, 400, "validation_failed"), said);
        }
        logged_in(shop, "manager@shop.example", PASSWORD).await;
    });
}

#[test]
fn what_is_left_out_of_a_change_stays() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let before = admin.get("/users/3").await.is(200).json();
        for body in [json!({}), json!({"role": "staff", "is_banned": false})] {
            let reply = admin.patch("/users/3", body).await.is(200);
            assert_eq!(reply.text(), r#"{"message":"User updated"}"#);
            assert_eq!(admin.get("/users/3").await.json(), before);
        }
        admin.patch("/users/3", json!({"name": " Sam "})).await.is(200);
        let after = admin.get("/users/3").await.is(200);
        assert_eq!((after.at("/name"), after.at("/role")), (json!("Sam"), json!("staff")));
        assert_eq!(after.at("/email"), before["email"]);
    });
}

#[test]
fn roles_and_bans_count_from_the_next_request_on() {
    on_each_engine(async |shop| {
        let (admin, staff) = (shop.iom(), shop.iom_as(Role::Staff));
        refused(&staff.get("/users").await, 403, "admin_role_required");
        admin.patch("/users/3", role("admin")).await.is(200);
        staff.get("/users").await.is(200);
        admin.patch("/users/3", role("viewer")).await.is(200);
        refused(&staff.post("/customers", json!({"name": "x"})).await, 403, "staff_role_required");
        admin.patch("/users/3", json!({"is_banned": true})).await.is(200);
        refused(&staff.get("/products").await, 403, "account_banned");
        refused(&log_in(shop, "staff@shop.example", PASSWORD).await, 403, "account_banned");
        admin.patch("/users/3", json!({"is_banned": false})).await.is(200);
        staff.get("/products").await.is(200);
    });
}

#[test]
fn an_admin_stays() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let reply = admin.patch("/users/1", json!({"is_banned": true})).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["is_banned"]);
        for body in [role("manager"), json!({"role": "viewer", "name": "Gone"})] {
            let said = refused(&admin.patch("/users/1", body).await, 409, "last_admin");
            assert!(said.contains("make another user an admin first"), "{said}");
        }
        assert_eq!(admin.get("/users/1").await.is(200).at("/name"), json!("admin@shop.example"));
        let second = added(&admin, "second@shop.example", "admin").await;
        admin.patch(&format!("/users/{second}"), json!({"is_banned": true})).await.is(200);
        refused(&admin.patch("/users/1", role("manager")).await, 409, "last_admin");
        admin.patch(&format!("/users/{second}"), json!({"is_banned": false})).await.is(200);
        admin.patch("/users/1", role("manager")).await.is(200);
        refused(&admin.get("/users").await, 403, "admin_role_required");
        let second = logged_in(shop, "second@shop.example", GIVEN).await;
        assert_eq!(second.get("/users/1").await.is(200).at("/role"), json!("manager"));
    });
}

#[test]
fn an_admin_gives_a_new_password_and_ends_the_old_tokens() {
    on_each_engine(async |shop| {
        let (admin, staff) = (shop.iom(), shop.iom_as(Role::Staff));
        let reply = admin.post("/users/3/password", json!({"password": "fresh from the admin"})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Password changed"}"#);
        refused(&staff.get("/products").await, 401, "token_revoked");
        refused(&log_in(shop, "staff@shop.example", PASSWORD).await, 401, "wrong_credentials");
        let reply = log_in(shop, "staff@shop.example", "fresh from the admin").await.is(200);
        holder(shop, &reply).get("/products").await.is(200);
        admin.get("/users").await.is(200);
        refused(&admin.post("/users/99/password", json!({"password": GIVEN})).await, 404, "not_found");
    });
}
