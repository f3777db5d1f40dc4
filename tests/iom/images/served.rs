//! Files on their way out: to everybody who knows their names, and nothing beside them.

use actix_web::http::Method;
use stockbridge_http::uploads::Uploads;

use super::super::stocked;
use super::{PNG, upload};
use crate::support::{Reply, on_each_engine, on_the_demo};

#[track_caller]
fn guarded(reply: &Reply) {
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("content-security-policy"), Some("default-src 'none'"));
}

#[test]
fn a_file_is_served_to_everybody_who_knows_its_name() {
    on_each_engine(async |shop| {
        let (client, nobody) = (shop.iom(), shop.nobody());
        let anvil = stocked(&client, "ANVIL").await;
        for (content, media_type) in [(PNG, "image/png"), (b"GIF89a".as_slice(), "image/gif")] {
            let url = upload(&client, anvil, content).await.is(201).at("/url");
            let url = url.as_str().expect("a url");
            let reply = nobody.get(url).await.is(200);
            guarded(&reply);
            assert_eq!((reply.bytes(), reply.header("content-type")), (content, Some(media_type)));
            assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
            assert_eq!(reply.header("content-disposition"), None);
            let head = nobody.send(Method::HEAD, url, None).await.is(200);
            guarded(&head);
            assert_eq!(head.header("content-type"), Some(media_type));
            let tag = reply.header("etag").expect("an etag");
            let again = nobody.clone().with("If-None-Match", tag).get(url).await.is(304);
            assert_eq!(again.bytes(), b"");
            let part = nobody.clone().with("Range", "bytes=1-3").get(url).await.is(206);
            assert_eq!(part.bytes(), &content[1..4]);
            for method in [Method::POST, Method::DELETE, Method::PUT] {
                let reply = nobody.send(method, url, None).await.is(405);
                assert_eq!(reply.header("allow"), Some("GET, HEAD"));
            }
        }
    });
}

#[test]
fn nothing_else_can_be_asked_for() {
    on_each_engine(async |shop| {
        let (client, nobody) = (shop.iom(), shop.nobody());
        let anvil = stocked(&client, "ANVIL").await;
        upload(&client, anvil, PNG).await.is(201);
        let products = shop.uploads().join("products");
        for name in [".secret.png", "notes.txt", "page.html", "stockbridge.db"] {
            std::fs::write(products.join(name), "not for everybody").expect("a file");
        }
        std::fs::create_dir(products.join("folder")).expect("a folder");
        for (place, name) in [(products.join("folder"), "inner.png"), (shop.uploads().to_owned(), "above.png")] {
            std::fs::write(place.join(name), "not for everybody").expect("a file");
        }
        for path in [
            "/uploads",
            "/uploads/",
            "/uploads/products",
            "/uploads/products/",
            "/uploads/products/0123456789abcdef0123456789abcdef.png",
            "/uploads/products/.secret.png",
            "/uploads/products/%2Esecret.png",
            "/uploads/products/notes.txt",
            "/uploads/products/page.html",
            "/uploads/products/stockbridge.db",
            "/uploads/products/folder",
            "/uploads/products/folder/inner.png",
            "/uploads/products/folder%2Finner.png",
            "/uploads/products/folder%5Cinner.png",
            "/uploads/above.png",
            "/uploads/products/../above.png",
            "/uploads/products/..%2Fabove.png",
            "/uploads/products/%2e%2e%2fabove.png",
            "/uploads/products/%252e%252e%252fabove.png",
            "/uploads/products/..%5cabove.png",
            "/uploads/products//above.png",
            "/uploads/../stockbridge.db",
            "/uploads/..%2fstockbridge.db",
            "/uploads/products/a%00.png",
            "/uploads/products/%FF.png",
        ] {
            let reply = nobody.get(path).await;
            assert_eq!(reply.status, 404, "{path}: {}", reply.text());
            assert!(!reply.text().contains("not for"), "{path}");
            nobody.send(Method::HEAD, path, None).await.is(404);
        }
        guarded(&nobody.get("/uploads/products/notes.txt").await);
    });
}

#[test]
fn the_documented_image_of_the_demo_is_there() {
    on_the_demo(async |shop| {
        let url = shop.iom().get("/products/7").await.is(200).at("/images/0/url");
        let url = url.as_str().expect("a url");
        shop.nobody().get(url).await.is(404);
        stockbridge::demo::show(&Uploads::new(shop.uploads())).await;
        let reply = shop.nobody().get(url).await.is(200);
        assert_eq!(reply.header("content-type"), Some("image/jpeg"));
        assert!(reply.bytes().starts_with(b"\xff\xd8\xff") && reply.bytes().ends_with(b"\xff\xd9"));
        shop.iom().delete("/products/7/images/12").await.is(200);
        shop.nobody().get(url).await.is(404);
    });
}
