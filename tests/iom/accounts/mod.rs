//! Accounts: one's own, and those of others, for admins.

mod access;
mod once;
mod own;
mod users;

use serde_json::{Value, json};

use super::bearer;
use crate::support::{Client, Reply, Shop};

/// The password that tests give to users they add.
const GIVEN: &str = "given by an admin";

/// Adds a user and returns its id.
async fn added(client: &Client<'_>, email: &str, role: &str) -> i64 {
    let body = json!({"name": email, "email": email, "role": role, "password": GIVEN});
    client.post("/users", body).await.is(201).at("/id").as_i64().expect("an id")
}

async fn log_in(shop: &Shop, email: &str, password: &str) -> Reply {
    shop.nobody().post("/api/auth/login", json!({"email": email, "password": password})).await
}

/// A client with the token of an answer.
fn holder<'s>(shop: &'s Shop, reply: &Reply) -> Client<'s> {
    bearer(shop, reply.at("/token").as_str().expect("a token"))
}

/// A client of a user who has just logged in.
async fn logged_in<'s>(shop: &'s Shop, email: &str, password: &str) -> Client<'s> {
    holder(shop, &log_in(shop, email, password).await.is(200))
}

/// Changes one's own password.
async fn change_own(client: &Client<'_>, current: &str, new: &str) -> Reply {
    client.post("/auth/password", json!({"current_password": current, "new_password": new})).await
}

fn role(word: &str) -> Value {
    json!({"role": word})
}
