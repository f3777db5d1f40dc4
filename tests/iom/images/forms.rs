//! Forms that are not what they should be.

use actix_web::http::Method;
use serde_json::json;

use super::super::{fields, refused, stocked};
use super::{MIB, PNG, form, images_of, kept, listed, send_form};
use crate::support::on_each_engine;

#[test]
fn what_is_wrong_with_the_parts_is_told_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let file = |content| ("file", Some("a.png"), content);
        for (parts, told, said) in [
            (vec![], vec!["file"], "file is required, and the form has no part"),
            (
                vec![("picture", Some("a.png"), PNG), ("is_primary", None, b"true")],
                vec!["file"],
                "file is required, and the form has picture, is_primary",
            ),
            (vec![file(PNG), file(PNG)], vec!["file"], "file must be there once: send each image by itself"),
            (vec![file(b"")], vec!["file"], "file must not be empty"),
            (vec![file(PNG), ("is_primary", None, b"often")], vec!["is_primary"], "is_primary must be true or false"),
            (
                vec![file(PNG), ("is_primary", None, b"1"), ("is_primary", None, b"0")],
                vec!["is_primary"],
                "is_primary must be there once",
            ),
            (
                vec![file(b"text"), ("is_primary", None, b"\xff")],
                vec!["file", "is_primary"],
                "file must be a PNG, JPEG, GIF or WebP image",
            ),
        ] {
            let reply = send_form(&client, anvil, &parts).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), said);
            assert_eq!(fields(&reply), told);
        }
        assert_eq!((listed(&client, anvil).await.len(), kept(shop).len()), (0, 0));
    });
}

#[test]
fn a_broken_form_is_told_so() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let whole = form("cut", &[("file", Some("a.png"), PNG)]);
        let cut_off = whole[..whole.len() - 12].to_vec();
        for (content_type, body) in [
            ("multipart/form-data", whole.clone()),
            ("multipart/form-data; boundary=", whole.clone()),
            ("multipart/form-data; boundary=other", whole.clone()),
            ("multipart/form-data; boundary=cut", cut_off),
            ("multipart/form-data; boundary=cut", Vec::new()),
            ("multipart/form-data; boundary=cut", b"{}".to_vec()),
            ("multipart/form-data; boundary=cut", b"--cut\r\n\r\nnameless\r\n--cut--\r\n".to_vec()),
        ] {
            let sender = client.clone().with("Content-Type", content_type);
            let reply = sender.send(Method::POST, &images_of(anvil), Some(body)).await;
            refused(&reply, 400, "malformed_form");
        }
        assert_eq!((listed(&client, anvil).await.len(), kept(shop).len()), (0, 0));
    });
}

#[test]
fn a_body_that_is_neither_form_nor_json_is_told_both() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        for content_type in ["image/png", "application/octet-stream", "multipart/mixed; boundary=cut", "text/plain"] {
            let sender = client.clone().with("Content-Type", content_type);
            let reply = sender.send(Method::POST, &images_of(anvil), Some(PNG.to_vec())).await;
            // Bytes that are no text are no JSON, whatever they are called; these are refused by what they are called.
            let said = refused(&reply, 415, "unsupported_media_type");
            assert!(said.contains("multipart/form-data") && said.contains("application/json"), "{said}");
        }
        let long = json!({"url": format!("https://a.example/{}", "x".repeat(2 * MIB))});
        refused(&client.post(&images_of(anvil), long).await, 413, "body_too_large");
        assert!(listed(&client, anvil).await.is_empty());
    });
}

#[test]
fn unknown_parts_are_ignored_unless_strictness_is_asked_for() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let parts = [("colour", None, b"red".as_slice()), ("file", Some("a.png"), PNG), ("is_primary", None, b"")];
        let strict = client.clone().with("Prefer", "handling=strict");
        let reply = send_form(&strict, anvil, &parts).await;
        refused(&reply, 400, "unknown_fields");
        assert_eq!(fields(&reply), ["colour"]);
        assert!(kept(shop).is_empty());
        send_form(&client, anvil, &parts).await.is(201);
        send_form(&strict, anvil, &parts[1..]).await.is(201);
    });
}
