//! Who may do what, and in which order refusals come.

use serde_json::json;
use stockbridge_domain::access::users;
use stockbridge_domain::{Role, TenantId};
use stockbridge_http::tokens::{Claims, Signer};

use super::{anvil, bearer, claims, refused, stocked, user};
use crate::support::{Client, on_each_engine, on_the_demo};

#[test]
fn a_token_that_is_not_good_is_refused_whatever_else_is_wrong() {
    on_each_engine(async |shop| {
        let sign = |claims: Claims| shop.signer().sign(&claims).expect("a token");
        let good = sign(claims());
        let foreign = Signer::new(b"another secret").sign(&claims()).expect("a token");
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).expect("claims"));
        for (token, code) in [
            (sign(Claims { exp: claims().iat - 1, ..claims() }), "token_expired"),
            (sign(Claims { kind: "simbiz".to_owned(), ..claims() }), "token_of_another_kind"),
            (sign(Claims { sub: "me".to_owned(), ..claims() }), "token_invalid"),
            (sign(Claims { sub: "99".to_owned(), ..claims() }), "account_gone"),
            (sign(Claims { tenant: 99, ..claims() }), "account_gone"),
            (sign(Claims { tenant: 2, ..claims() }), "account_gone"),
            (foreign, "token_invalid"),
            (unsigned, "token_invalid"),
            (format!("{good}x"), "token_invalid"),
            ("iom_live_abc123xyz".to_owned(), "token_invalid"),
            (String::new(), "token_malformed"),
            (format!("{good} {good}"), "token_malformed"),
        ] {
            let client = bearer(shop, &token);
            for (method, path) in
                [("GET", "/products/seven"), ("POST", "/products"), ("DELETE", "/products/categories/1")]
            {
                let reply = client.send(method.parse().expect("a method"), path, Some(b"{".to_vec())).await;
                refused(&reply, 401, code);
                assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            }
        }
    });
}

#[test]
fn without_a_token_nothing_else_counts() {
    on_each_engine(async |shop| {
        let nobody = shop.iom().without("Authorization");
        refused(&nobody.get("/products").await, 401, "token_missing");
        let key = nobody.with("X-API-Key", "iom_live_abc123xyz");
        assert!(refused(&key.get("/products").await, 401, "token_missing").contains("/api/external"));
        refused(&key.with("Authorization", "Basic YTpi").get("/products").await, 401, "token_malformed");
        shop.iom().with("X-API-Key", "whatever").get("/products").await.is(200);
    });
}

#[test]
fn account_subscription_and_role_come_before_the_request_itself() {
    on_the_demo(async |shop| {
        let (banned, expired, viewer) = (user(shop, 1, 5), user(shop, 3, 7), shop.iom_as(Role::Viewer));
        for (client, status, code) in [
            (&banned, 403, "account_banned"),
            (&expired, 402, "subscription_expired"),
            (&viewer, 403, "manager_role_required"),
        ] {
            for path in ["/products/seven", "/products/99999"] {
                refused(&client.put(path, json!([])).await, status, code);
            }
            let broken = client.clone().with("Content-Type", "text/plain");
            refused(&broken.post("/products", json!({"name": 5})).await, status, code);
            let oversize = vec![b' '; 2 * 1024 * 1024 + 1];
            refused(&client.send("POST".parse().expect("a method"), "/products", Some(oversize)).await, status, code);
        }
        refused(&viewer.put("/products/categories/seven", json!([])).await, 403, "staff_role_required");
        refused(&viewer.delete("/products/seven").await, 403, "admin_role_required");
        for path in ["/products?page=x", "/products/seven", "/products/export?active=perhaps"] {
            refused(&banned.get(path).await, 403, "account_banned");
            refused(&expired.get(path).await, 402, "subscription_expired");
            refused(&viewer.get(path).await, 400, "validation_failed");
        }
    });
}

#[test]
fn each_call_needs_its_documented_role() {
    on_each_engine(async |shop| {
        let product = stocked(&shop.iom(), "ONE").await;
        let category = shop.iom().post("/products/categories", json!({"name": "Tools"})).await.is(201).at("/id");
        let (product, category) = (format!("/products/{product}"), format!("/products/categories/{category}"));
        for (role, manages, administers) in [
            (Role::Viewer, false, false),
            (Role::Staff, false, false),
            (Role::Manager, true, false),
            (Role::Admin, true, true),
        ] {
            let client = shop.iom_as(role);
            for path in ["/products", product.as_str(), "/products/categories", "/products/export"] {
                client.get(path).await.is(200);
            }
            let named = json!({"name": format!("By {role}")});
            let replies = [
                client.post("/products", anvil(role.as_str())).await,
                client.put(&product, anvil("ONE")).await,
                client.patch(&product, named.clone()).await,
            ];
            for reply in replies {
                assert_eq!(reply.status == 403, !manages, "{role}: {}", reply.text());
            }
            let writes = role > Role::Viewer;
            let replies =
                [client.post("/products/categories", named.clone()).await, client.put(&category, named).await];
            for reply in replies {
                assert_eq!(reply.status == 403, !writes, "{role}: {}", reply.text());
            }
            let unknown = client.delete("/products/categories/99999").await;
            assert_eq!(unknown.status, if writes { 404 } else { 403 }, "{role}");
            let unknown = client.delete("/products/99999").await;
            assert_eq!(unknown.status, if administers { 404 } else { 403 }, "{role}");
        }
    });
}

#[test]
fn a_ban_counts_from_the_next_request_on() {
    on_each_engine(async |shop| {
        let ban = async |is_banned| {
            let banned = shop.store.alter(move |lobby| {
                users::ban(&mut lobby.as_system(TenantId::new(1))?, "manager@shop.example", is_banned)
            });
            banned.await.expect("a ban");
        };
        let manager = shop.iom_as(Role::Manager);
        manager.get("/products").await.is(200);
        ban(true).await;
        refused(&manager.get("/products").await, 403, "account_banned");
        refused(&manager.post("/products", anvil("ONE")).await, 403, "account_banned");
        ban(false).await;
        assert_eq!(manager.get("/products").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn another_tenants_things_look_like_unknown_ones() {
    on_each_engine(async |shop| {
        let (ours, theirs) = (shop.iom(), shop.neighbour());
        let product = stocked(&ours, "ONE").await;
        let category = ours.post("/products/categories", json!({"name": "Tools"})).await.is(201).at("/id");
        let before = seen(&ours).await;
        for (path, unknown) in [
            (format!("/products/{product}"), "/products/99999"),
            (format!("/products/categories/{category}"), "/products/categories/99999"),
        ] {
            for method in ["PUT", "PATCH", "DELETE", "GET"] {
                let body = Some(anvil("TWO").to_string().into_bytes());
                let method: actix_web::http::Method = method.parse().expect("a method");
                let known = theirs.send(method.clone(), &path, body.clone()).await;
                let unknown = theirs.send(method, unknown, body).await;
                assert_eq!(known.status, unknown.status, "{}", known.text());
                assert_eq!(known.at("/code"), unknown.at("/code"));
                assert!([404, 405].contains(&known.status), "{}", known.text());
            }
        }
        let mut in_our_category = anvil("TWO");
        in_our_category["category_id"] = category.clone();
        refused(&theirs.post("/products", in_our_category).await, 404, "unknown_reference");
        let below_ours = json!({"name": "Below", "parent_id": category});
        refused(&theirs.post("/products/categories", below_ours).await, 404, "unknown_reference");
        assert_eq!(theirs.get("/products").await.is(200).at("/total"), json!(0));
        assert_eq!(theirs.get("/products/export").await.is(200).text().lines().count(), 1);
        assert_eq!(seen(&ours).await, before);
        // The same SKU, barcode and code are free for each tenant.
        stocked(&theirs, "ONE").await;
    });
}

async fn seen(client: &Client<'_>) -> (String, String) {
    let products = client.get("/products/export").await.is(200).text().to_owned();
    (products, client.get("/products/categories").await.is(200).text().to_owned())
}
