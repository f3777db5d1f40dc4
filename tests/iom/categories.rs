//! Product categories: a tree with counts.

use serde_json::{Value, json};

use super::{anvil, fields, refused};
use crate::support::{Client, on_each_engine, on_the_demo};

#[test]
fn categories_are_listed_as_documented() {
    on_the_demo(async |shop| {
        let reply = shop.iom().get("/products/categories").await.is(200);
        assert_eq!(reply.keys(), ["categories"]);
        let documented = concat!(
            r#"{"categories":[{"id":1,"name":"Fasteners","parent_id":null,"product_count":0,"code":"1"},"#,
            r#"{"id":2,"name":"Bolts","parent_id":1,"product_count":1,"code":"2"},"#
        );
        assert!(reply.text().starts_with(documented), "{}", reply.text());
        assert_eq!(reply.at("/categories/3/code"), json!("CAT001"));
    });
}

#[test]
fn a_category_is_made_renamed_moved_and_deleted() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let top = make(&client, json!({"name": " Tools ", "code": "TOOLS"})).await;
        assert_eq!(top["name"], "Tools");
        let below = make(&client, json!({"name": "Hammers", "parent_id": top["id"]})).await;
        let id = below["id"].clone();
        let whole =
            json!({"id": id, "name": "Hammers", "parent_id": top["id"], "product_count": 0, "code": id.to_string()});
        assert_eq!(below, whole);
        let path = format!("/products/categories/{id}");
        let reply = client.put(&path, json!({"name": "Mallets", "code": "M"})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Category updated"}"#);
        let listed = client.get("/products/categories").await.is(200).at("/categories/1");
        assert_eq!(listed, json!({"id": id, "name": "Mallets", "parent_id": null, "product_count": 0, "code": "M"}));
        client.put(&path, json!({"name": "Mallets", "parent_id": top["id"]})).await.is(200);
        assert_eq!(client.get("/products/categories").await.is(200).at("/categories/1/code"), json!("M"));
        assert_eq!(client.delete(&path).await.is(200).text(), r#"{"message":"Category deleted"}"#);
        refused(&client.delete(&path).await, 404, "not_found");
        refused(&client.put(&path, json!({"name": "Mallets"})).await, 404, "not_found");
    });
}

#[test]
fn product_counts_follow_the_products() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = make(&client, json!({"name": "One"})).await["id"].clone();
        let two = make(&client, json!({"name": "Two", "parent_id": one})).await["id"].clone();
        let counts = async || {
            let reply = client.get("/products/categories").await.is(200);
            (reply.at("/categories/0/product_count"), reply.at("/categories/1/product_count"))
        };
        let mut body = anvil("ONE");
        body["category_id"] = one.clone();
        let product = format!("/products/{}", client.post("/products", body).await.is(201).at("/id"));
        assert_eq!(counts().await, (json!(1), json!(0)));
        client.patch(&product, json!({"category_id": two})).await.is(200);
        assert_eq!(counts().await, (json!(0), json!(1)));
        let full = client.delete(&format!("/products/categories/{two}")).await;
        let sentence = refused(&full, 409, "in_use");
        assert_eq!(
            sentence,
            format!("Category {two} cannot be deleted while 1 products are in it: move them to another first.")
        );
        refused(&client.delete(&format!("/products/categories/{one}")).await, 409, "in_use");
        client.patch(&product, json!({"category_id": null})).await.is(200);
        client.delete(&format!("/products/categories/{two}")).await.is(200);
        client.delete(&format!("/products/categories/{one}")).await.is(200);
    });
}

#[test]
fn a_category_that_cannot_be_is_refused_and_changes_nothing() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let top = make(&client, json!({"name": "Top", "code": "TOP"})).await["id"].clone();
        let below = make(&client, json!({"name": "Below", "parent_id": top})).await["id"].clone();
        let before = client.get("/products/categories").await.is(200).text().to_owned();
        for (body, named) in [
            (json!({}), vec!["name"]),
            (json!({"name": "", "parent_id": "up", "code": "x".repeat(65)}), vec!["name", "parent_id", "code"]),
            (json!({"name": "x".repeat(256)}), vec!["name"]),
            (json!({"name": "a\u{0}b"}), vec!["name"]),
        ] {
            let reply = client.post("/products/categories", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named);
        }
        let unknown = client.post("/products/categories", json!({"name": "A", "parent_id": 99999})).await;
        refused(&unknown, 404, "unknown_reference");
        assert_eq!(fields(&unknown), ["parent_id"]);
        let taken = client.post("/products/categories", json!({"name": "A", "code": "top"})).await;
        assert_eq!(refused(&taken, 409, "duplicate_code"), "Code already exists for this tenant");
        let circle =
            client.put(&format!("/products/categories/{top}"), json!({"name": "Top", "parent_id": below})).await;
        refused(&circle, 400, "validation_failed");
        assert_eq!(fields(&circle), ["parent_id"]);
        refused(&client.get(&format!("/products/categories/{top}")).await, 405, "method_not_allowed");
        assert_eq!(client.get("/products/categories").await.is(200).text(), before);
    });
}

async fn make(client: &Client<'_>, body: Value) -> Value {
    let reply = client.post("/products/categories", body).await.is(201);
    assert_eq!(reply.keys(), ["id", "name", "parent_id", "product_count", "code"]);
    reply.json()
}
