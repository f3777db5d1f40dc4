//! Accounts, settings, and customers that change: the same few statements however many there are.

use serde_json::json;

use super::{count, counted};
use crate::support::{Shop, on_each_engine};

#[test]
fn users_cost_the_same_statements_however_many_there_are() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let before = changes(shop, 2).await;
        for number in 0..6 {
            let role = if number % 2 == 0 { "admin" } else { "staff" };
            let body =
                json!({"name": "x", "email": format!("{number}@x.example"), "role": role, "password": "12345678"});
            admin.post("/users", body).await.is(201);
        }
        assert_eq!(changes(shop, 3).await, before);
        for (few, many, most) in [
            ("/users?limit=1", "/users?limit=9", 3),
            ("/users?search=x&limit=1", "/users?search=x&limit=9", 3),
            ("/users/1", "/users/6", 2),
            ("/auth/me", "/auth/me", 2),
            ("/settings", "/settings", 1),
        ] {
            let (first, wide) = (count(shop, &admin, few).await, count(shop, &admin, many).await);
            assert!(wide <= first, "{many}: {wide} statements, {first} for one row");
            assert!(first <= most, "{few}: {first} statements");
        }
    });
}

/// Statements of changing a user and of giving them a new password.
async fn changes(shop: &Shop, id: i64) -> [usize; 2] {
    let admin = shop.iom();
    let (change, reply) =
        counted(shop, admin.patch(&format!("/users/{id}"), json!({"name": "Max", "role": "viewer"}))).await;
    reply.is(200);
    let (reset, reply) =
        counted(shop, admin.post(&format!("/users/{id}/password"), json!({"password": "12345678"}))).await;
    reply.is(200);
    assert!(change <= 4 && reset <= 4, "{change}, {reset}");
    [change, reset]
}

#[test]
fn settings_and_customers_change_in_few_statements() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let (settings, reply) = counted(shop, admin.patch("/settings", json!({"name": "Shop", "zone": "UTC"}))).await;
        reply.is(200);
        let mut steps = Vec::new();
        for addresses in [1, 9] {
            let id = admin.post("/customers", json!({"name": "Acme"})).await.is(201).at("/id");
            let path = format!("/customers/{id}");
            let mut last = json!(null);
            for number in 0..addresses {
                let body = json!({"line1": number.to_string(), "is_default": true});
                last = admin.post(&format!("{path}/addresses"), body).await.is(201).at("/id");
            }
            let at = format!("{path}/addresses/{last}");
            let (replace, reply) = counted(shop, admin.put(&path, json!({"name": "Umbrella"}))).await;
            reply.is(200);
            let (address, reply) = counted(shop, admin.put(&at, json!({"line1": "Dock"}))).await;
            reply.is(200);
            let (remove, reply) = counted(shop, admin.delete(&path)).await;
            reply.is(200);
            steps.push([replace, address, remove]);
        }
        assert_eq!(steps[0], steps[1], "replace, replace an address, remove");
        assert!(settings <= 5 && steps[0].iter().all(|count| *count <= 7), "{settings}, {steps:?}");
    });
}
