//! Which credential opens what.

use serde_json::json;
use stockbridge_domain::access::keys::{self, NewKey};
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::values::Text;
use stockbridge_domain::{Role, TenantId};

use super::super::refused;
use crate::support::{Shop, on_each_engine};

const READS: &[&str] =
    &["/external/products", "/external/products/x", "/external/inventory", "/external/orders", "/external/customers"];
const WRITES: &[&str] = &["/external/orders", "/external/inventory/sync"];

#[test]
fn keys_and_their_log_are_for_admins_and_managers() {
    on_each_engine(async |shop| {
        let id = shop.iom().post("/api-keys", json!({"name": "A"})).await.is(201).at("/id");
        for role in [Role::Viewer, Role::Staff, Role::Manager, Role::Admin] {
            let client = shop.iom_as(role);
            let replies = [
                (client.get("/api-keys").await, 200),
                (client.get("/api-keys/logs/all").await, 200),
                (client.post("/api-keys", json!({"name": "B"})).await, 201),
                (client.delete(&format!("/api-keys/{id}")).await, 200),
            ];
            for (reply, expected) in replies {
                if role >= Role::Manager {
                    reply.is(expected);
                } else {
                    refused(&reply, 403, "manager_role_required");
                }
            }
        }
    });
}

#[test]
fn the_external_api_takes_keys_alone_and_all_else_tokens_alone() {
    on_each_engine(async |shop| {
        let key = shop.key(true).await;
        let text = key.header("X-API-Key").expect("a key").to_owned();
        for path in ["/api-keys", "/api-keys/logs/all", "/products", "/orders"] {
            assert!(refused(&key.get(path).await, 401, "token_missing").contains("/api/external"));
        }
        refused(&key.post("/api-keys", json!({"name": "Mine"})).await, 401, "token_missing");
        let reply = shop.iom().get("/external/products").await;
        assert!(refused(&reply, 401, "api_key_missing").contains("no token"), "{}", reply.text());
        let reply = shop.iom().without("Authorization").get("/external/products").await;
        assert!(refused(&reply, 401, "api_key_missing").contains("POST /api/api-keys"), "{}", reply.text());
        refused(&key.clone().with("X-API-Key", " ").get("/external/products").await, 401, "api_key_missing");
        // Both sent: the one that the place wants counts, however bad the other is.
        let both = shop.iom().with("X-API-Key", &text);
        both.get("/external/products").await.is(200);
        both.get("/products").await.is(200);
        key.with("Authorization", "Bearer nonsense").get("/external/products").await.is(200);
        both.with("X-API-Key", "nonsense").get("/products").await.is(200);
    });
}

#[test]
fn a_key_that_is_not_good_is_refused_before_the_request_is_looked_at() {
    on_each_engine(async |shop| {
        let expired = entered(shop, "iom_live_expired", Some("2020-02-29")).await;
        for (key, code) in
            [("iom_live_nobody", "api_key_unknown"), (expired.as_str(), "api_key_expired"), ("ключ", "api_key_unknown")]
        {
            let client = shop.holding(key);
            for path in READS {
                refused(&client.get(&format!("{path}?page=x")).await, 401, code);
            }
            for path in WRITES {
                refused(&client.post(path, json!("nonsense")).await, 401, code);
            }
        }
        let good = shop.key(true).await;
        let text = good.header("X-API-Key").expect("a key").to_owned();
        // The whole key counts, to the letter.
        for key in [&text[..text.len() - 1], &text.to_uppercase(), &format!("{text}0")] {
            refused(&shop.holding(key).get("/external/products").await, 401, "api_key_unknown");
        }
        good.get("/external/products").await.is(200);
    });
}

#[test]
fn a_key_that_may_only_read_is_told_which_permission_it_lacks() {
    on_each_engine(async |shop| {
        let reader = shop.key(false).await;
        for path in WRITES {
            let oversize = vec![b' '; 9 * 1024 * 1024];
            let replies = [
                reader.post(path, json!("nonsense")).await,
                reader.clone().with("Content-Type", "text/plain").post(path, json!({})).await,
                reader.clone().with("Idempotency-Key", "").post(path, json!({})).await,
                reader.send("POST".parse().expect("a method"), path, Some(oversize)).await,
            ];
            for reply in replies {
                assert!(refused(&reply, 403, "scope_lacking").contains("permission write"), "{}", reply.text());
            }
        }
        for path in READS.iter().filter(|path| !path.ends_with('x')) {
            reader.get(path).await.is(200);
        }
        refused(&reader.get("/external/products/x").await, 404, "not_found");
        refused(&reader.get("/external/nothing").await, 404, "unknown_path");
        refused(&reader.delete("/external/products").await, 405, "method_not_allowed");
    });
}

#[test]
fn an_expired_subscription_comes_before_the_permission() {
    on_each_engine(async |shop| {
        let (reader, writer) = (shop.key(false).await, shop.key(true).await);
        let end = |days: Option<i64>| async move {
            let end = shop.store.alter(move |lobby| {
                let ends = days.map(|days| lobby.now() + chrono::TimeDelta::days(days));
                let changes = TenantChanges { subscription_ends_at: Some(ends), ..TenantChanges::default() };
                tenants::set(lobby, "SHOP", &changes)
            });
            end.await.expect("a tenant");
        };
        end(Some(-1)).await;
        for client in [&reader, &writer] {
            refused(&client.get("/external/products?page=x").await, 402, "subscription_expired");
            refused(&client.post("/external/orders", json!([])).await, 402, "subscription_expired");
        }
        end(None).await;
        writer.get("/external/products").await.is(200);
    });
}

#[test]
fn a_key_sees_its_own_company_alone() {
    on_each_engine(async |shop| {
        shop.iom().post("/products", json!({"name": "Anvil", "sku": "ANVIL", "base_price": 1})).await.is(201);
        let theirs = shop.neighbour().post("/api-keys", json!({"name": "A", "permissions": ["write"]})).await.is(201);
        let theirs = shop.holding(theirs.at("/key").as_str().expect("a key"));
        assert_eq!(theirs.get("/external/products").await.is(200).at("/total"), json!(0));
        refused(&theirs.get("/external/products/ANVIL").await, 404, "not_found");
        refused(
            &theirs.post("/external/orders", json!({"items": [{"product_id": 1, "quantity": 1}]})).await,
            404,
            "unknown_reference",
        );
        let synced =
            theirs.post("/external/inventory/sync", json!([{"sku": "ANVIL", "warehouse_id": 1, "quantity": 1}])).await;
        assert_eq!((synced.at("/updated"), synced.at("/results/0/code")), (json!(0), json!("unknown_sku")));
    });
}

/// Enters a key of ours that expired long ago, which nobody could make.
async fn entered(shop: &Shop, text: &str, last_day: Option<&str>) -> String {
    let (key, expires_on) = (text.to_owned(), last_day.and_then(|day| day.parse().ok()));
    let enter = shop.store.alter(move |lobby| {
        let name = Text::parse("Old").expect("a text").expect("a name");
        let new = NewKey { id: None, name, can_write: true, expires_on };
        keys::enter(&mut lobby.as_system(TenantId::new(1))?, &new, key.clone()).map(|_| ())
    });
    enter.await.expect("a key");
    text.to_owned()
}
