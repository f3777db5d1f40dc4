//! What happens to the files: they come with their images and go with them.

use serde_json::json;

use super::super::{refused, stocked};
use super::{MIB, PNG, images_of, kept, listed, send_form, upload};
use crate::support::on_each_engine;

#[test]
fn a_file_that_is_handed_in_is_listed_and_kept() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let reply = upload(&client, anvil, PNG).await.is(201);
        assert_eq!(reply.keys(), ["id", "url", "is_primary", "created_at"]);
        let url = reply.at("/url").as_str().expect("a url").to_owned();
        let name = url.strip_prefix("/uploads/products/").expect("a path");
        let (stem, extension) = name.split_once('.').expect("an extension");
        assert!(stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()), "{url}");
        assert_eq!(extension, "png");
        let listed = listed(&client, anvil).await;
        assert_eq!(listed, [json!({"id": reply.at("/id"), "url": url, "is_primary": true})]);
        assert_eq!(kept(shop), [name]);
        assert_eq!(std::fs::read(shop.uploads().join("products").join(name)).expect("the file"), PNG);
    });
}

#[test]
fn the_kind_of_an_image_is_what_its_bytes_say() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        for (content, extension) in [
            (PNG, ".png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", ".jpg"),
            (b"GIF87a\x01\0\x01\0", ".gif"),
            (b"GIF89a\x01\0\x01\0", ".gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", ".webp"),
        ] {
            // What its sender calls it does not count.
            let reply = send_form(&client, anvil, &[("file", Some("picture.svg"), content)]).await.is(201);
            assert!(reply.at("/url").as_str().expect("a url").ends_with(extension), "{}", reply.text());
        }
        let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".as_slice();
        for content in [svg, b"<html>", b"\x89PNG", b"BM\x1e\0\0\0", b"RIFF\x10\0\0\0WAVEfmt ", b"%PDF-1.7", b" GIF89a"]
        {
            let reply = send_form(&client, anvil, &[("file", Some("picture.png"), content)]).await;
            let said = refused(&reply, 400, "validation_failed");
            assert_eq!(said, "file must be a PNG, JPEG, GIF or WebP image");
        }
        assert_eq!((listed(&client, anvil).await.len(), kept(shop).len()), (5, 5));
    });
}

#[test]
fn five_mebibytes_are_taken_and_no_byte_more() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let mut content = PNG.to_vec();
        content.resize(5 * MIB, 0);
        upload(&client, anvil, &content).await.is(201);
        for length in [5 * MIB + 1, 5 * MIB + 70_000, 12 * MIB] {
            content.resize(length, 0);
            let said = refused(&upload(&client, anvil, &content).await, 413, "body_too_large");
            assert!(said.contains("5242880 bytes"), "{said}");
        }
        let lengths = kept(shop).into_iter().map(|name| shop.uploads().join("products").join(name).metadata());
        let lengths = lengths.map(|file| file.expect("a file").len()).collect::<Vec<_>>();
        assert_eq!((lengths, listed(&client, anvil).await.len()), (vec![5 * 1024 * 1024], 1));
    });
}

#[test]
fn a_file_goes_with_its_image_or_its_product() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (anvil, hammer) = (stocked(&client, "ANVIL").await, stocked(&client, "HAMMER").await);
        let first = upload(&client, anvil, PNG).await.is(201);
        for _ in 0..2 {
            upload(&client, anvil, PNG).await.is(201);
        }
        let other = upload(&client, hammer, PNG).await.is(201);
        // A link to somebody else's file would be dead when that goes.
        let link = client.post(&images_of(anvil), json!({"url": other.at("/url")})).await;
        refused(&link, 400, "validation_failed");
        let path = format!("{}/{}", images_of(anvil), first.at("/id"));
        assert_eq!(client.delete(&path).await.is(200).text(), r#"{"message":"Image deleted"}"#);
        assert_eq!((kept(shop).len(), listed(&client, anvil).await.len()), (3, 2));
        shop.nobody().get(first.at("/url").as_str().expect("a url")).await.is(404);
        client.delete(&format!("/products/{anvil}")).await.is(200);
        let name = other.at("/url").as_str().and_then(|url| url.rsplit('/').next().map(str::to_owned));
        assert_eq!(kept(shop), [name.expect("a name")]);
        refused(&client.delete(&path).await, 404, "not_found");
    });
}

#[test]
fn what_is_refused_leaves_no_file_behind() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        refused(&upload(&client, 99_999, PNG).await, 404, "not_found");
        assert_eq!(kept(shop), [""; 0]);
        for _ in 0..49 {
            client.post(&images_of(anvil), json!({"url": "https://pictures.example/a.png"})).await.is(201);
        }
        upload(&client, anvil, PNG).await.is(201);
        let said = refused(&upload(&client, anvil, PNG).await, 409, "limit_reached");
        assert_eq!(said, "A product has at most 50 images: delete one of them first.");
        refused(&client.post(&images_of(anvil), json!({"url": "https://a.example/b"})).await, 409, "limit_reached");
        assert_eq!((kept(shop).len(), listed(&client, anvil).await.len()), (1, 50));
    });
}

#[test]
fn a_folder_that_cannot_be_written_to_stops_files_and_nothing_else() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        std::fs::write(shop.uploads().join("products"), "in the way").expect("a file");
        let reply = upload(&client, anvil, PNG).await;
        refused(&reply, 503, "uploads_unavailable");
        assert_eq!(reply.header("retry-after"), Some("60"));
        assert!(!reply.text().contains("products"), "{}", reply.text());
        assert!(listed(&client, anvil).await.is_empty());
        client.post(&images_of(anvil), json!({"url": "https://pictures.example/a.png"})).await.is(201);
        shop.nobody().get("/uploads/products/0af3.png").await.is(404);
    });
}
