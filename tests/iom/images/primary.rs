//! Of a product's images exactly one is the primary one.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use serde_json::{Value, json};

use super::super::{fields, refused, stocked};
use super::{PNG, chosen, images_of, send_form, upload};
use crate::support::{Client, on_each_engine};

async fn add(client: &Client<'_>, product: i64, is_primary: Value) -> Value {
    let body = json!({"url": "https://pictures.example/a.png", "is_primary": is_primary});
    client.post(&images_of(product), body).await.is(201).at("/id")
}

#[test]
fn the_first_is_primary_until_another_one_is_chosen() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let first = add(&client, anvil, json!(false)).await;
        assert_eq!(chosen(&client, anvil).await.1, std::slice::from_ref(&first));
        let second = add(&client, anvil, json!("1")).await;
        assert_eq!(chosen(&client, anvil).await.1, std::slice::from_ref(&second));
        let parts = [("is_primary", None, b"true".as_slice()), ("file", Some("a.png"), PNG)];
        let third = send_form(&client, anvil, &parts).await.is(201);
        assert_eq!((chosen(&client, anvil).await.1, third.at("/is_primary")), (vec![third.at("/id")], json!(true)));
        let path = |id: &Value| format!("{}/{id}", images_of(anvil));
        let reply = client.put(&path(&first), json!({"is_primary": true})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Image updated"}"#);
        client.put(&path(&second), json!({"is_primary": false})).await.is(200);
        let reply = client.put(&path(&first), json!({"is_primary": false})).await;
        let said = refused(&reply, 400, "validation_failed");
        assert_eq!(said, "is_primary must stay true: make another image the primary one instead");
        assert_eq!(chosen(&client, anvil).await.1, std::slice::from_ref(&first));
        for body in [json!({}), json!({"is_primary": null}), json!({"is_primary": "maybe"})] {
            let reply = client.put(&path(&second), body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["is_primary"]);
        }
        client.delete(&path(&first)).await.is(200);
        assert_eq!(chosen(&client, anvil).await, (vec![second.clone(), third.at("/id")], vec![second]));
    });
}

#[test]
fn two_that_come_at_once_leave_one_primary() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        for round in 0..8 {
            let anvil = stocked(&client, &format!("ANVIL-{round}")).await;
            let parts = [("file", Some("a.png"), PNG), ("is_primary", None, b"true".as_slice())];
            let (one, other) = both(send_form(&client, anvil, &parts), upload(&client, anvil, PNG)).await;
            one.is(201);
            other.is(201);
            let (all, primary) = chosen(&client, anvil).await;
            assert_eq!((all.len(), primary.len()), (2, 1));
        }
    });
}

/// Waits for two things that go on at the same time.
async fn both<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|cx| {
        if first.is_none()
            && let Poll::Ready(done) = one.as_mut().poll(cx)
        {
            first = Some(done);
        }
        if second.is_none()
            && let Poll::Ready(done) = other.as_mut().poll(cx)
        {
            second = Some(done);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
