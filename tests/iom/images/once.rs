//! The same request sent again under its Idempotency-Key: one image, one file.

use actix_web::http::Method;
use serde_json::json;

use super::super::{refused, stocked};
use super::{PNG, form, images_of, kept, listed, upload};
use crate::support::{Reply, on_each_engine};

#[track_caller]
fn replayed(first: &Reply, second: &Reply) {
    assert_eq!((first.status, first.text()), (second.status, second.text()));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), (None, Some("true")));
}

#[test]
fn a_file_sent_again_is_kept_once_whatever_the_boundary() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let keyed = client.clone().with("Idempotency-Key", "picture-1");
        let send = async |boundary: &str, content: &[u8]| {
            let sender = keyed.clone().with("Content-Type", &format!("multipart/form-data; boundary={boundary}"));
            let body = form(boundary, &[("file", Some("a.png"), content)]);
            sender.send(Method::POST, &images_of(anvil), Some(body)).await
        };
        let first = send("one", PNG).await.is(201);
        replayed(&first, &send("another", PNG).await);
        refused(&send("one", b"GIF89a").await, 422, "idempotency_key_reused");
        let same_bytes = keyed.post(&images_of(anvil), json!({"url": "https://pictures.example/a.png"})).await;
        refused(&same_bytes, 422, "idempotency_key_reused");
        assert_eq!((listed(&client, anvil).await.len(), kept(shop).len()), (1, 1));
        // A refusal leaves the key free.
        let other = client.clone().with("Idempotency-Key", "picture-2");
        refused(&upload(&other, anvil, b"no picture").await, 400, "validation_failed");
        upload(&other, anvil, PNG).await.is(201);
    });
}

#[test]
fn the_other_writes_have_one_effect_per_key() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let [first, second] = [upload(&client, anvil, PNG).await, upload(&client, anvil, PNG).await];
        let path = |reply: &Reply| format!("{}/{}", images_of(anvil), reply.at("/id"));
        for (at, (method, path, body)) in [
            (Method::POST, images_of(anvil), Some(json!({"url": "https://pictures.example/a.png"}))),
            (Method::PUT, path(&second), Some(json!({"is_primary": true}))),
            (Method::DELETE, path(&first), None),
            (Method::DELETE, format!("/products/{anvil}"), None),
        ]
        .into_iter()
        .enumerate()
        {
            let keyed = client.clone().with("Idempotency-Key", &format!("key-{at}"));
            let body = body.map(|body| body.to_string().into_bytes());
            let reply = keyed.send(method.clone(), &path, body.clone()).await;
            assert!([200, 201].contains(&reply.status), "{path}: {}", reply.text());
            replayed(&reply, &keyed.send(method, &path, body).await);
        }
        assert_eq!(kept(shop), [""; 0]);
    });
}
