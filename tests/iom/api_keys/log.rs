//! The log of what was asked with keys.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::{column, fields, refused};
use super::{listed, log};
use crate::support::on_each_engine;

#[test]
fn whatever_a_known_key_asks_is_logged_refusals_included() {
    on_each_engine(async |shop| {
        let made = shop.iom().post("/api-keys", json!({"name": "Connector"})).await.is(201);
        let (id, key) = (made.at("/id"), shop.holding(made.at("/key").as_str().expect("a key")));
        let asked = [
            ("GET", "/external/products?search=x", 200),
            ("GET", "/external/products?page=x", 400),
            ("GET", "/external/products/NO%2FNE", 404),
            ("POST", "/external/orders", 403),
            ("GET", "/products", 401),
            ("GET", "/external/nothing", 404),
            ("PUT", "/external/products", 405),
            ("HEAD", "/external/inventory", 200),
        ];
        for (method, path, status) in asked {
            let method: Method = method.parse().expect("a method");
            key.send(method, path, None).await.is(status);
        }
        shop.iom().delete(&format!("/api-keys/{id}")).await.is(200);
        key.get("/external/products").await.is(401);
        // These showed no key that is known.
        shop.holding("iom_live_nobody").get("/external/products").await.is(401);
        shop.iom().get("/products").await.is(200);
        let reply = log(shop, "").await;
        assert_eq!(reply.keys(), ["logs", "total", "page", "limit", "next_cursor"]);
        let told = |row: &Value| (row["method"].clone(), row["path"].clone(), row["status_code"].clone());
        let rows = reply.at("/logs");
        let mut found = rows.as_array().expect("rows").iter().map(told).collect::<Vec<_>>();
        found.reverse();
        let path = |path: &str| json!(format!("/api{}", path.split('?').next().expect("a path")));
        let mut expected = asked.map(|(method, its, status)| (json!(method), path(its), json!(status))).to_vec();
        expected.push((json!("GET"), json!("/api/external/products"), json!(401)));
        assert_eq!(found, expected);
        assert_eq!(reply.at("/total"), json!(9));
        let row = &rows[0];
        assert_eq!(
            (&row["api_key_id"], &row["key_name"], &row["ip_address"]),
            (&id, &json!("Connector"), &Value::Null)
        );
        assert!(row["response_time_ms"].is_i64() && row["id"].is_i64(), "{row}");
        assert_eq!(listed(&shop.iom(), &id).await["last_used_at"], row["created_at"]);
        assert_eq!(shop.neighbour().get("/api-keys/logs/all").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn a_key_beside_a_token_is_logged_too() {
    on_each_engine(async |shop| {
        let key = shop.key(false).await;
        shop.iom().with("X-API-Key", key.header("X-API-Key").expect("a key")).get("/orders").await.is(200);
        assert_eq!(column(&log(shop, "").await, "logs", "path"), ["/api/orders"]);
    });
}

#[test]
fn the_log_is_found_by_its_filters() {
    on_each_engine(async |shop| {
        let (one, two) = (shop.key(false).await, shop.key(true).await);
        one.get("/external/products").await.is(200);
        two.get("/external/orders").await.is(200);
        two.get("/external/orders?page=0").await.is(400);
        let ids = column(&shop.iom().get("/api-keys").await, "api_keys", "id");
        let (first, second) = (&ids[0], &ids[1]);
        for (query, expected) in [
            (String::new(), vec![400, 200, 200]),
            (format!("api_key_id={first}"), vec![200]),
            (format!("key={second}"), vec![400, 200]),
            (format!("key={first}&api_key_id={second}&status=400"), vec![400]),
            ("status_code=200".to_owned(), vec![200, 200]),
            ("status=418".to_owned(), vec![]),
            ("path=/orders".to_owned(), vec![400, 200]),
            ("path=/Orders".to_owned(), vec![]),
            ("path=%25".to_owned(), vec![]),
            ("from=2020-01-01&to=9999-12-31".to_owned(), vec![400, 200, 200]),
            ("to=2020-01-01".to_owned(), vec![]),
            ("from=9999-12-31".to_owned(), vec![]),
            ("status=&key=&path=&from=&to=".to_owned(), vec![400, 200, 200]),
        ] {
            let reply = log(shop, &query).await;
            let expected = expected.into_iter().map(Value::from).collect::<Vec<_>>();
            assert_eq!(
                (column(&reply, "logs", "status_code"), reply.at("/total")),
                (expected.clone(), json!(expected.len())),
                "{query}"
            );
        }
        let bad = "status=ok&key=x&from=today&to=2020-13-01&page=0&limit=x";
        let reply = shop.iom().get(&format!("/api-keys/logs/all?{bad}")).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["key", "status", "from", "to", "page", "limit"]);
        let reply = shop.iom().get("/api-keys/logs/all?from=2026-01-02&to=2026-01-01").await;
        assert_eq!(fields(&reply), ["from"]);
    });
}

#[test]
fn behind_a_cursor_no_request_appears_twice_or_vanishes() {
    on_each_engine(async |shop| {
        let key = shop.key(false).await;
        for number in 0..7 {
            key.get(&format!("/external/products/NO-{number}")).await.is(404);
        }
        let (mut seen, mut query) = (Vec::new(), "limit=3".to_owned());
        loop {
            let reply = log(shop, &query).await;
            seen.extend(column(&reply, "logs", "path"));
            key.get("/external/customers").await.is(200);
            let Value::String(cursor) = reply.at("/next_cursor") else { break };
            query = format!("limit=3&cursor={cursor}");
        }
        let expected = (0..7).rev().map(|number| json!(format!("/api/external/products/NO-{number}")));
        assert_eq!(seen, expected.collect::<Vec<_>>());
    });
}

#[test]
fn the_fixed_word_wins_over_the_id() {
    on_each_engine(async |shop| {
        for method in ["POST", "DELETE", "PUT"] {
            let reply = shop.iom().send(method.parse().expect("a method"), "/api-keys/logs/all", None).await;
            refused(&reply, 405, "method_not_allowed");
            assert_eq!(reply.header("allow"), Some("GET, HEAD"));
        }
        refused(&shop.iom().delete("/api-keys/logs").await, 400, "validation_failed");
    });
}
