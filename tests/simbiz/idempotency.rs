//! `Idempotency-Key`: a write that is sent again has no second effect.

use actix_web::http::Method;
use serde_json::json;

use super::{ITEMS, anvil, body, codes, refused, stocked};
use crate::support::{Client, Reply, on_each_engine};

const KEY: &str = "Idempotency-Key";

#[test]
fn a_request_that_comes_again_is_answered_with_the_same_bytes() {
    on_each_engine(async |shop| {
        let client = shop.simbiz().with(KEY, "k-1");
        let first = client.post(ITEMS, anvil("ANVIL")).await.is(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        for _ in 0..2 {
            replayed(&known_as(&client, "again").post(ITEMS, anvil("ANVIL")).await, &first);
        }
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"]);
        // Without the key, or with another, it is another request.
        refused(&shop.simbiz().post(ITEMS, anvil("ANVIL")).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
        refused(&client.clone().with(KEY, "k-2").post(ITEMS, anvil("ANVIL")).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
    });
}

#[test]
fn a_change_that_comes_again_does_not_undo_a_later_one() {
    on_each_engine(async |shop| {
        let path = format!("{ITEMS}/{}", stocked(&shop.simbiz(), "ANVIL").await);
        let named = |name: &str| body(json!({"item_name": name}), json!({}));
        let client = shop.simbiz().with(KEY, "k-1");
        let first = client.patch(&path, named("First")).await.is(200);
        shop.simbiz().patch(&path, named("Second")).await.is(200);
        replayed(&client.patch(&path, named("First")).await, &first);
        assert_eq!(shop.simbiz().get(&path).await.at("/data/item_name"), json!("Second"));
    });
}

#[test]
fn a_key_that_came_with_another_request_is_refused() {
    on_each_engine(async |shop| {
        let client = shop.simbiz().with(KEY, "k-1");
        let id = stocked(&client, "ANVIL").await;
        let mismatch = "V3_REQ_IDEMPOTENCY_MISMATCH";
        refused(&client.post(ITEMS, anvil("HAMMER")).await, 422, mismatch);
        let spaced = anvil("ANVIL").to_string().replacen('{', "{ ", 1).into_bytes();
        refused(&client.send(Method::POST, ITEMS, Some(spaced)).await, 422, mismatch);
        refused(&client.patch(&format!("{ITEMS}/{id}"), anvil("ANVIL")).await, 422, mismatch);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"]);
    });
}

#[test]
fn a_refused_request_leaves_the_key_free() {
    on_each_engine(async |shop| {
        let client = shop.simbiz().with(KEY, "k-1");
        stocked(&shop.simbiz(), "TAKEN").await;
        refused(&client.post(ITEMS, json!({})).await, 422, "V3_INV_VALIDATION_FAILED");
        refused(&client.send(Method::POST, ITEMS, Some(b"{".to_vec())).await, 400, "V3_REQ_INVALID_JSON");
        refused(&client.post(ITEMS, anvil("TAKEN")).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
        let unknown = body(json!({"item_code": "A", "item_name": "A", "brand_code": "NONE"}), json!({}));
        refused(&client.post(ITEMS, unknown).await, 422, "V3_INV_REFERENCE_NOT_FOUND");
        refused(&client.patch(&format!("{ITEMS}/999"), anvil("A")).await, 404, "V3_INV_ITEM_NOT_FOUND");
        let made = client.post(ITEMS, anvil("ANVIL")).await.is(201);
        assert_eq!(made.header("idempotent-replayed"), None);
        replayed(&client.post(ITEMS, anvil("ANVIL")).await, &made);
    });
}

#[test]
fn a_key_belongs_to_a_uid_in_an_organization() {
    on_each_engine(async |shop| {
        let one = shop.simbiz().with(KEY, "k-1");
        let other = shop.simbiz_as("multi", 1).with(KEY, "k-1");
        stocked(&one, "ANVIL").await;
        refused(&other.post(ITEMS, anvil("ANVIL")).await, 409, "V3_INV_ITEM_DUPLICATE_CODE");
        let ours = other.post(ITEMS, anvil("HAMMER")).await.is(201);
        let mut named = anvil("HAMMER");
        named["organization_code"] = json!("NEXT");
        let theirs = other.post(ITEMS, named).await.is(201);
        let same_body = other.post(&format!("{ITEMS}?organization_code=NEXT"), anvil("SAW")).await;
        refused(&same_body, 422, "V3_REQ_IDEMPOTENCY_MISMATCH");
        assert_ne!(ours.text(), theirs.text());
        let theirs_again = shop.simbiz_as("multi", 2).with(KEY, "k-1");
        refused(&theirs_again.post(ITEMS, anvil("HAMMER")).await, 422, "V3_REQ_IDEMPOTENCY_MISMATCH");
        replayed(&other.post(ITEMS, anvil("HAMMER")).await, &ours);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL", "HAMMER"]);
        assert_eq!(codes(&shop.simbiz_as("next", 2).get(ITEMS).await), ["HAMMER"]);
        // Nor do the dialects meet.
        let product = json!({"name": "Saw", "sku": "SAW", "base_price": 1});
        shop.iom().with(KEY, "k-1").post("/products", product).await.is(201);
    });
}

#[test]
fn the_query_names_the_organization_of_a_key_too() {
    on_each_engine(async |shop| {
        let client = shop.simbiz_as("multi", 1).with(KEY, "k-1");
        let ours = client.post(ITEMS, anvil("ANVIL")).await.is(201);
        let path = format!("{ITEMS}?organization_code=NEXT");
        let theirs = client.post(&path, anvil("ANVIL")).await.is(201);
        assert_eq!(theirs.at("/data/organization_code"), json!("NEXT"));
        replayed(&client.post(&path, anvil("ANVIL")).await, &theirs);
        replayed(&client.post(ITEMS, anvil("ANVIL")).await, &ours);
    });
}

#[test]
fn what_cannot_be_a_key_is_told() {
    on_each_engine(async |shop| {
        for bad in ["", " ", &"k".repeat(256), "schl\u{fc}ssel"] {
            let client = shop.simbiz().with(KEY, bad);
            let details = refused(&client.post(ITEMS, anvil("ANVIL")).await, 422, "V3_INV_VALIDATION_FAILED");
            let sentence = "Idempotency-Key must be sent once, as 1 to 255 printable ASCII characters";
            assert_eq!(details, json!({"Idempotency-Key": [sentence]}), "{bad:?}");
            // It means nothing to who only reads.
            client.get(ITEMS).await.is(200);
        }
        let reader = shop.simbiz_as("reader", 1).with(KEY, "");
        refused(&reader.post(ITEMS, anvil("ANVIL")).await, 403, "V3_AUTH_PERMISSION_DENIED");
        let longest = shop.simbiz().with(KEY, &"k".repeat(255));
        let made = longest.post(ITEMS, anvil("ANVIL")).await.is(201);
        replayed(&longest.post(ITEMS, anvil("ANVIL")).await, &made);
    });
}

#[test]
fn a_write_is_answered_under_the_callers_request_id() {
    on_each_engine(async |shop| {
        let client = shop.simbiz().with(KEY, "k-1");
        for id in ["first", "second"] {
            let reply = known_as(&client, id).post(ITEMS, anvil("ANVIL")).await.is(201);
            assert_eq!(reply.header("x-request-id"), Some(id));
        }
        let path = format!("{ITEMS}/by-code/ANVIL");
        let id = shop.simbiz().get(&path).await.at("/data/item_id");
        let path = format!("{ITEMS}/{}", id.as_str().expect("an id"));
        let reply = shop.simbiz().with("X-Request-Id", "third").patch(&path, anvil("ANVIL")).await.is(200);
        assert_eq!(reply.header("x-request-id"), Some("third"));
    });
}

/// Holds that this is the same answer as before, byte for byte, and says so.
#[track_caller]
fn replayed(reply: &Reply, before: &Reply) {
    assert_eq!((reply.status, reply.text()), (before.status, before.text()));
    assert_eq!(reply.header("idempotent-replayed"), Some("true"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

fn known_as<'s>(client: &Client<'s>, request_id: &str) -> Client<'s> {
    client.clone().with("X-Request-Id", request_id)
}
