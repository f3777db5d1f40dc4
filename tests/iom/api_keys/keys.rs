//! Making, listing and revoking keys.

use serde_json::{Value, json};

use super::super::{column, fields, refused};
use super::listed;
use crate::support::{keys_of, on_each_engine, on_the_demo};

#[test]
fn a_key_is_shown_once_and_opens_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let made = client.post("/api-keys", json!({"name": " Shopify Connector "})).await.is(201);
        assert_eq!(made.keys(), ["id", "name", "key", "permissions", "expires_at", "created_at"]);
        let (id, key) = (made.at("/id"), made.at("/key").as_str().expect("a key").to_owned());
        assert_eq!(
            (made.at("/name"), made.at("/permissions"), made.at("/expires_at")),
            (json!("Shopify Connector"), json!(["read"]), Value::Null)
        );
        assert!(key.starts_with("iom_live_") && key.len() == 49, "{key}");
        shop.holding(&key).get("/external/products").await.is(200);
        let reply = client.get("/api-keys").await.is(200);
        assert!(!reply.text().contains(&key) && reply.keys() == ["api_keys"], "{}", reply.text());
        let row = listed(&client, &id).await;
        let keys = ["id", "name", "key_prefix", "permissions", "last_used_at", "expires_at", "is_active", "created_at"];
        assert_eq!(keys_of(&reply.at("/api_keys/0").to_string()).len(), keys.len());
        for key in keys {
            assert!(row.get(key).is_some(), "{key} of {row}");
        }
        assert_eq!((&row["key_prefix"], &row["is_active"]), (&json!(key[..13]), &json!(true)));
    });
}

#[test]
fn permissions_and_the_last_day_are_kept() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for (permissions, expected) in [
            (json!(["read"]), json!(["read"])),
            (json!(["write"]), json!(["read", "write"])),
            (json!(["write", "read", "write"]), json!(["read", "write"])),
            (Value::Null, json!(["read"])),
        ] {
            let body = json!({"name": "A", "permissions": permissions, "expires_at": "2999-12-31"});
            let made = client.post("/api-keys", body).await.is(201);
            assert_eq!((made.at("/permissions"), made.at("/expires_at")), (expected.clone(), json!("2999-12-31")));
            let row = listed(&client, &made.at("/id")).await;
            assert_eq!((&row["permissions"], &row["expires_at"]), (&expected, &json!("2999-12-31")));
        }
        let ids = column(&client.get("/api-keys").await.is(200), "api_keys", "id");
        assert!(ids.is_sorted_by_key(Value::as_i64) && ids.len() == 4, "{ids:?}");
    });
}

#[test]
fn a_key_that_cannot_be_is_refused_with_all_that_is_wrong() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for (body, named) in [
            (json!({}), vec!["name"]),
            (
                json!({"name": " ", "permissions": "read", "expires_at": "soon"}),
                vec!["name", "permissions", "expires_at"],
            ),
            (json!({"name": "x".repeat(256)}), vec!["name"]),
            (json!({"name": "a\u{0}"}), vec!["name"]),
            (json!({"name": "A", "permissions": []}), vec!["permissions"]),
            (
                json!({"name": "A", "permissions": ["read", "admin", 1, null]}),
                vec!["permissions[1]", "permissions[2]", "permissions[3]"],
            ),
            (json!({"name": "A", "expires_at": "2020-01-01"}), vec!["expires_at"]),
            (json!({"name": "A", "expires_at": "2999-02-30"}), vec!["expires_at"]),
            (json!({"name": "A", "expires_at": "2999-01-01T00:00:00Z"}), vec!["expires_at"]),
        ] {
            let reply = client.post("/api-keys", body.clone()).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{body}");
        }
        refused(&client.post("/api-keys", json!([])).await, 400, "malformed_json");
        assert_eq!(client.get("/api-keys").await.is(200).at("/api_keys"), json!([]));
    });
}

#[test]
fn a_revoked_key_is_refused_from_the_next_request_on_and_still_listed() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let made = client.post("/api-keys", json!({"name": "A", "permissions": ["write"]})).await.is(201);
        let (id, holder) = (made.at("/id"), shop.holding(made.at("/key").as_str().expect("a key")));
        holder.get("/external/products").await.is(200);
        for _ in 0..2 {
            let reply = client.delete(&format!("/api-keys/{id}")).await.is(200);
            assert_eq!(reply.json(), json!({"message": "API key revoked"}));
            refused(&holder.get("/external/products").await, 401, "api_key_revoked");
            refused(&holder.post("/external/orders", json!({})).await, 401, "api_key_revoked");
        }
        let row = listed(&client, &id).await;
        assert_eq!((&row["is_active"], &row["permissions"]), (&json!(false), &json!(["read", "write"])));
    });
}

#[test]
fn a_key_that_is_not_there_cannot_be_revoked() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let id = client.post("/api-keys", json!({"name": "A"})).await.is(201).at("/id");
        for path in [format!("/api-keys/{id}"), "/api-keys/99999".to_owned()] {
            refused(&shop.neighbour().delete(&path).await, 404, "not_found");
        }
        refused(&client.delete("/api-keys/99999").await, 404, "not_found");
        refused(&client.delete("/api-keys/three").await, 400, "validation_failed");
        refused(&client.delete("/api-keys/99999999999999999999").await, 400, "validation_failed");
        assert_eq!(listed(&client, &id).await["is_active"], json!(true));
        assert_eq!(shop.neighbour().get("/api-keys").await.is(200).at("/api_keys"), json!([]));
    });
}

#[test]
fn a_request_for_a_key_that_is_sent_again_makes_no_second_one_and_shows_none() {
    on_each_engine(async |shop| {
        let client = shop.iom().with("Idempotency-Key", "once");
        let body = json!({"name": "A"});
        let (reply, statements) = shop.statements_of(client.post("/api-keys", body.clone())).await;
        let key = reply.is(201).at("/key").as_str().expect("a key").to_owned();
        // Neither the key nor anything but its first letters was sent to the database; the watch tells what was bound.
        assert!(!statements.iter().any(|statement| statement.contains(&key)), "{statements:?}");
        let again = client.post("/api-keys", body).await;
        assert!(!refused(&again, 409, "shown_once").contains("iom_live_"));
        refused(&client.post("/api-keys", json!({"name": "B"})).await, 422, "idempotency_key_reused");
        assert_eq!(column(&client.get("/api-keys").await.is(200), "api_keys", "name"), ["A"]);
        // What was refused is forgotten, and the name is free for another try.
        let late = shop.iom().with("Idempotency-Key", "late");
        late.post("/api-keys", json!({"name": ""})).await.is(400);
        late.post("/api-keys", json!({"name": "C"})).await.is(201);
        let revoke = shop.iom().with("Idempotency-Key", "revoke");
        let path = format!("/api-keys/{}", client.get("/api-keys").await.at("/api_keys/0/id"));
        let (first, second) = (revoke.delete(&path).await.is(200), revoke.delete(&path).await.is(200));
        assert_eq!((first.text(), second.header("idempotent-replayed")), (second.text(), Some("true")));
    });
}

#[test]
fn the_demos_key_is_as_documented_and_the_next_is_4() {
    on_the_demo(async |shop| {
        let row = listed(&shop.iom(), &json!(3)).await;
        for (key, value) in [
            ("name", json!("Shopify Connector")),
            ("key_prefix", json!("iom_live_abc1")),
            ("permissions", json!(["read", "write"])),
            ("expires_at", Value::Null),
            ("is_active", json!(true)),
            ("created_at", json!("2026-01-10T00:00:00Z")),
        ] {
            assert_eq!(row[key], value, "{key}");
        }
        assert!(row["last_used_at"].is_string(), "{row}");
        let logs = shop.iom().get("/api-keys/logs/all").await.is(200);
        let documented = json!({"id": 4821, "api_key_id": 3, "key_name": "Shopify Connector", "method": "GET",
            "path": "/api/external/products", "status_code": 200, "response_time_ms": 14, "ip_address": "203.0.113.5"});
        for (key, value) in documented.as_object().expect("an object") {
            assert_eq!(logs.at(&format!("/logs/0/{key}")), *value, "{key}");
        }
        assert_eq!(shop.iom().post("/api-keys", json!({"name": "Next"})).await.is(201).at("/id"), json!(4));
        shop.holding("iom_live_abc123xyz").get("/external/products/wgt-500").await.is(200);
    });
}
