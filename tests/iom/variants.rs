//! Variants of products: they describe, and hold no stock.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{fields, refused, stocked};
use crate::support::{Client, Reply, keys_of, on_each_engine, on_the_demo};

fn variants_of(product: i64) -> String {
    format!("/products/{product}/variants")
}

async fn add(client: &Client<'_>, product: i64, body: Value) -> Reply {
    client.post(&variants_of(product), body).await
}

async fn listed(client: &Client<'_>, product: i64) -> Vec<Value> {
    let reply = client.get(&format!("/products/{product}")).await.is(200);
    reply.at("/variants").as_array().expect("variants").clone()
}

#[test]
fn a_variant_is_made_listed_replaced_and_deleted() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let anvil = stocked(&client, "ANVIL").await;
        let body = json!({
            "name": " Red, large ", "sku": "ANV-RL", "price": 54.99, "options": {"size": " L ", "colour": "red"}
        });
        let reply = add(&client, anvil, body).await.is(201);
        assert_eq!(reply.keys(), ["id", "name", "sku", "price", "options", "created_at"]);
        let plain = add(&client, anvil, json!({"name": "Plain"})).await.is(201);
        let (id, other) = (reply.at("/id"), plain.at("/id"));
        let red = json!({
            "id": id, "name": "Red, large", "sku": "ANV-RL", "price": "54.99", "options": {"colour": "red", "size": "L"}
        });
        let rest = json!({"id": other, "name": "Plain", "sku": null, "price": null, "options": {}});
        assert_eq!(listed(&client, anvil).await, [red.clone(), rest]);
        let row = keys_of(&client.get(&format!("/products/{anvil}")).await.at("/variants/0").to_string());
        assert_eq!(row.len(), 5, "{row:?}");

        let path = format!("{}/{other}", variants_of(anvil));
        let body = json!({"name": "Blue", "sku": "anv-b", "price": "0", "options": {"colour": "blue"}});
        assert_eq!(client.put(&path, body).await.is(200).text(), r#"{"message":"Variant updated"}"#);
        let blue = json!({"id": other, "name": "Blue", "sku": "anv-b", "price": "0.00", "options": {"colour": "blue"}});
        assert_eq!(listed(&client, anvil).await, [red, blue]);
        client.put(&path, json!({"name": "Blue"})).await.is(200);
        assert_eq!(listed(&client, anvil).await[1]["options"], json!({}), "what is left out is emptied");

        let path = format!("{}/{id}", variants_of(anvil));
        assert_eq!(client.delete(&path).await.is(200).text(), r#"{"message":"Variant deleted"}"#);
        refused(&client.delete(&path).await, 404, "not_found");
        assert_eq!(listed(&client, anvil).await.len(), 1);
        client.delete(&format!("{}/{other}", variants_of(anvil))).await.is(200);
        assert!(listed(&client, anvil).await.is_empty());
    });
}

#[test]
fn a_sku_is_unique_among_variants_in_any_case() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (anvil, hammer) = (stocked(&client, "ANVIL").await, stocked(&client, "HAMMER").await);
        add(&client, anvil, json!({"name": "Red", "sku": "größe-1"})).await.is(201);
        let second = add(&client, hammer, json!({"name": "Red", "sku": "ANVIL"})).await.is(201).at("/id");
        let taken = json!({"name": "Red", "sku": "GRÖSSE-1".replace("SS", "ß")});
        for reply in [
            add(&client, hammer, taken.clone()).await,
            client.put(&format!("{}/{second}", variants_of(hammer)), taken).await,
        ] {
            assert_eq!(refused(&reply, 409, "duplicate_sku"), "SKU already exists for this tenant");
            assert_eq!(fields(&reply), ["sku"]);
        }
        assert_eq!(listed(&client, hammer).await[0]["sku"], "ANVIL");
        let theirs = shop.neighbour();
        let other = stocked(&theirs, "ANVIL").await;
        add(&theirs, other, json!({"name": "Red", "sku": "größe-1"})).await.is(201);
        client.delete(&format!("/products/{anvil}")).await.is(200);
        add(&client, hammer, json!({"name": "Red", "sku": "größe-1"})).await.is(201);
    });
}

#[test]
fn every_wrong_field_is_told() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let long = "x".repeat(256);
        let wrong = json!({
            "name": long, "sku": "x".repeat(65), "price": -1,
            "options": {"colour": 5, "size": long, "weight": null, "": "a", long.as_str(): "b", "fine": "c"}
        });
        let told = ["name", "sku", "price", "options", "options.colour", "options.size", "options.weight", "options"];
        let id = add(&client, anvil, json!({"name": "Red"})).await.is(201).at("/id");
        for reply in [
            add(&client, anvil, wrong.clone()).await,
            client.put(&format!("{}/{id}", variants_of(anvil)), wrong.clone()).await,
        ] {
            refused(&reply, 400, "validation_failed");
            let (mut found, mut expected) = (fields(&reply), told.map(str::to_owned).to_vec());
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{}", reply.text());
        }
        let many = |count: usize| (0..count).map(|n| (format!("o{n}"), json!("x"))).collect::<serde_json::Map<_, _>>();
        for (body, said) in [
            (json!({}), "name is required"),
            (json!({"name": " "}), "name must not be empty"),
            (json!({"name": "a", "price": "dear"}), "price must be a number such as 12 or 12.5"),
            (json!({"name": "a", "price": 900_000_000_001_i64}), "price must lie between -900 billion and 900 billion"),
            (json!({"name": "a", "options": ["red"]}), "options must be an object"),
            (json!({"name": "a", "options": {"colour": {}}}), "options.colour must be text"),
            (json!({"name": "a", "options": {"colour": "a\u{0}"}}), "options.colour must not contain NUL characters"),
            (json!({"name": "a", "options": many(21)}), "options must hold at most 20 texts"),
        ] {
            assert_eq!(refused(&add(&client, anvil, body).await, 400, "validation_failed"), said);
        }
        let most = json!({"name": "a", "sku": "", "price": null, "options": many(20)});
        add(&client, anvil, most).await.is(201);
        let strict = client.clone().with("Prefer", "handling=strict");
        refused(&add(&strict, anvil, json!({"name": "a", "stock": 3})).await, 400, "unknown_fields");
        assert_eq!(listed(&client, anvil).await.len(), 2);
    });
}

#[test]
fn managers_and_admins_change_variants_of_their_own_tenant() {
    on_each_engine(async |shop| {
        let (ours, theirs) = (shop.iom(), shop.neighbour());
        let (anvil, hammer) = (stocked(&ours, "ANVIL").await, stocked(&ours, "HAMMER").await);
        let other = stocked(&theirs, "ANVIL").await;
        let id = add(&ours, anvil, json!({"name": "Red"})).await.is(201).at("/id");
        for role in Role::ALL.iter().copied().filter(|role| *role < Role::Manager) {
            let client = shop.iom_as(role);
            let path = format!("{}/{id}", variants_of(anvil));
            for reply in [
                add(&client, anvil, json!({"name": "Blue"})).await,
                add(&client, anvil, json!({})).await,
                client.put(&path, json!({"name": "Blue"})).await,
                client.delete(&path).await,
            ] {
                refused(&reply, 403, "manager_role_required");
            }
        }
        for (client, product, id) in [
            (&theirs, anvil, id.clone()),
            (&theirs, other, id.clone()),
            (&ours, hammer, id.clone()),
            (&ours, 99_999, id.clone()),
            (&ours, anvil, json!(99_999)),
        ] {
            let path = format!("{}/{id}", variants_of(product));
            refused(&client.put(&path, json!({"name": "Blue"})).await, 404, "not_found");
            refused(&client.delete(&path).await, 404, "not_found");
        }
        for product in [anvil, 99_999] {
            refused(&add(&theirs, product, json!({"name": "Blue"})).await, 404, "not_found");
        }
        let said = refused(&ours.delete(&format!("{}/x", variants_of(anvil))).await, 400, "validation_failed");
        assert_eq!(said, "variant_id in the path must be a whole number such as 12");
        assert_eq!(listed(&ours, anvil).await.len(), 1);
        assert_eq!(listed(&ours, anvil).await[0]["name"], "Red");
    });
}

#[test]
fn each_write_has_one_effect_per_key_and_a_product_has_a_hundred_at_most() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let anvil = stocked(&client, "ANVIL").await;
        let keyed = client.clone().with("Idempotency-Key", "one");
        let first = add(&keyed, anvil, json!({"name": "Red"})).await.is(201);
        let again = add(&keyed, anvil, json!({"name": "Red"})).await.is(201);
        assert_eq!((first.text(), again.header("idempotent-replayed")), (again.text(), Some("true")));
        for _ in 1..100 {
            add(&client, anvil, json!({"name": "Red"})).await.is(201);
        }
        let said = refused(&add(&client, anvil, json!({"name": "Red"})).await, 409, "limit_reached");
        assert_eq!(said, "A product has at most 100 variants: delete one of them first.");
        let keyed = client.clone().with("Idempotency-Key", "two");
        let path = format!("{}/{}", variants_of(anvil), first.at("/id"));
        keyed.delete(&path).await.is(200);
        assert_eq!(keyed.delete(&path).await.is(200).header("idempotent-replayed"), Some("true"));
        assert_eq!(listed(&client, anvil).await.len(), 99);
        client.delete(&format!("/products/{anvil}")).await.is(200);
    });
}

#[test]
fn the_demo_has_some() {
    on_the_demo(async |shop| {
        let variants = listed(&shop.iom(), 1003).await;
        let ruled = json!({
            "id": 1, "name": "Ruled", "sku": "CAM-A4-R", "price": null, "options": {"pages": "96", "paper": "ruled"}
        });
        assert_eq!((variants.len(), &variants[0]), (2, &ruled));
    });
}
