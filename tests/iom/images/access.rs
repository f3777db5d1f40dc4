//! Who may change images, and whose.

use serde_json::json;
use stockbridge_domain::Role;

use super::super::{refused, stocked};
use super::{PNG, images_of, kept, listed, upload};
use crate::support::on_each_engine;

#[test]
fn managers_and_admins_change_images() {
    on_each_engine(async |shop| {
        let anvil = stocked(&shop.iom(), "ANVIL").await;
        for role in Role::ALL.iter().copied() {
            let client = shop.iom_as(role);
            let image = format!("{}/99999", images_of(anvil));
            let before = kept(shop).len();
            let replies = [
                (upload(&client, anvil, PNG).await, 201),
                (upload(&client, anvil, b"no picture").await, 400),
                (client.post(&images_of(anvil), json!({"url": "https://pictures.example/a.png"})).await, 201),
                (client.put(&image, json!({"is_primary": true})).await, 404),
                (client.delete(&image).await, 404),
            ];
            for (reply, expected) in replies {
                if role >= Role::Manager {
                    reply.is(expected);
                } else {
                    refused(&reply, 403, "manager_role_required");
                }
            }
            assert_eq!(kept(shop).len() - before, usize::from(role >= Role::Manager), "{role}");
        }
        assert_eq!(listed(&shop.iom_as(Role::Viewer), anvil).await.len(), 4);
    });
}

#[test]
fn what_is_not_of_this_product_and_tenant_is_unknown() {
    on_each_engine(async |shop| {
        let (ours, theirs) = (shop.iom(), shop.neighbour());
        let (anvil, hammer) = (stocked(&ours, "ANVIL").await, stocked(&ours, "HAMMER").await);
        let (other, image) = (stocked(&theirs, "ANVIL").await, upload(&ours, anvil, PNG).await.is(201).at("/id"));
        let before = listed(&ours, anvil).await;
        for (client, product, image) in [
            (&theirs, anvil, image.clone()),
            (&theirs, other, image.clone()),
            (&ours, hammer, image.clone()),
            (&ours, anvil, json!(99_999)),
            (&ours, 99_999, image.clone()),
        ] {
            let path = format!("{}/{image}", images_of(product));
            refused(&client.put(&path, json!({"is_primary": true})).await, 404, "not_found");
            refused(&client.delete(&path).await, 404, "not_found");
        }
        for product in [anvil, 99_999] {
            refused(&upload(&theirs, product, PNG).await, 404, "not_found");
            let url = json!({"url": "https://pictures.example/a.png"});
            refused(&theirs.post(&images_of(product), url).await, 404, "not_found");
        }
        let said = refused(&ours.delete(&format!("{}/99999", images_of(anvil))).await, 404, "not_found");
        assert_eq!(said, "Image 99999 does not exist: GET /api/products/:id lists the product's images.");
        assert_eq!((listed(&ours, anvil).await, kept(shop).len()), (before, 1));
        assert!(listed(&theirs, other).await.is_empty());
    });
}

#[test]
fn ids_in_the_path_are_whole_numbers() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        for (path, said) in [
            (format!("{}/x", images_of(anvil)), "image_id in the path must be a whole number such as 12"),
            (format!("{}/99999999999999999999", images_of(anvil)), "image_id in the path is larger than any id"),
            ("/products/x/images/1".to_owned(), "id in the path must be a whole number such as 12"),
        ] {
            let (put, deleted) = (client.put(&path, json!({"is_primary": true})).await, client.delete(&path).await);
            for reply in [put, deleted] {
                assert_eq!(refused(&reply, 400, "validation_failed"), said);
            }
        }
        let form = client.post("/products/x/images", json!({"url": "https://pictures.example/a.png"})).await;
        refused(&form, 400, "validation_failed");
    });
}
