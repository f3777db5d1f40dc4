//! Images that are elsewhere: only their urls are kept, and nothing is fetched.

use serde_json::{Value, json};

use super::super::{fields, refused, stocked};
use super::{images_of, kept, listed};
use crate::support::on_each_engine;

#[test]
fn a_url_is_kept_as_it_is() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let long = format!("https://pictures.example/{}", "x".repeat(2_000 - 25));
        for url in ["https://pictures.example/a.png?w=3#x", "HTTP://1.2.3.4:80/ä.png", &long] {
            let reply = client.post(&images_of(anvil), json!({"url": format!(" {url} ")})).await.is(201);
            assert_eq!(reply.keys(), ["id", "url", "is_primary", "created_at"]);
            assert_eq!(reply.at("/url"), json!(url));
        }
        assert_eq!((listed(&client, anvil).await.len(), kept(shop).len()), (3, 0));
    });
}

#[test]
fn what_is_no_link_to_an_image_is_refused() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        for url in [
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "ftp://pictures.example/a.png",
            "//pictures.example/a.png",
            "https://",
            "https:///a.png",
            "/etc/passwd",
            "/uploads/products/a.png",
            "/uploads/../a.png",
            "https://pictures.example/a.png\"onerror=1",
            "https://pictures.example/<b>.png",
            "uploads/a.png",
            "https://pictures.example/a b.png",
            "https://pictures.example/a\nb.png",
            "https://pictures.example/a\u{7f}.png",
        ] {
            let reply = client.post(&images_of(anvil), json!({"url": url})).await;
            let said = refused(&reply, 400, "validation_failed");
            assert_eq!(said, "url must begin with http:// or https://, and hold neither spaces nor quotes", "{url}");
        }
        let long = format!("https://pictures.example/{}", "x".repeat(2_000));
        for (body, told) in [
            (json!({}), vec!["url"]),
            (json!({"url": null, "is_primary": "often"}), vec!["url", "is_primary"]),
            (json!({"url": ["a"], "is_primary": 2}), vec!["url", "is_primary"]),
            (json!({"url": long}), vec!["url"]),
            (json!({"url": "https://a.example/\u{0}"}), vec!["url"]),
        ] {
            let reply = client.post(&images_of(anvil), body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), told);
        }
        refused(&client.post(&images_of(anvil), json!(["a"])).await, 400, "malformed_json");
        let strict = client.clone().with("Prefer", "handling=strict");
        let unknown = json!({"url": "https://a.example/b", "alt": "An anvil"});
        refused(&strict.post(&images_of(anvil), unknown).await, 400, "unknown_fields");
        let no_body = client.send("POST".parse().expect("a method"), &images_of(anvil), None).await;
        refused(&no_body, 400, "body_missing");
        assert_eq!(listed(&client, anvil).await, [Value::Null; 0]);
    });
}
