//! Customers and addresses that are changed and removed.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::{column, fields, refused, stocked};
use super::made;
use crate::support::{Client, on_each_engine};

/// Orders something for a customer, more than is there, and returns the order's id.
async fn ordered(client: &Client<'_>, customer: i64, product: i64) -> i64 {
    let items = json!([{"product_id": product, "quantity": 1}]);
    let body = json!({"customer_id": customer, "allow_backorder": true, "items": items});
    client.post("/orders", body).await.is(201).at("/id").as_i64().expect("an id")
}

/// Adds an address and returns its id.
async fn address(client: &Client<'_>, customer: i64, body: Value) -> i64 {
    let path = format!("/customers/{customer}/addresses");
    client.post(&path, body).await.is(201).at("/id").as_i64().expect("an id")
}

#[test]
fn a_customer_is_replaced_as_a_whole_and_its_orders_keep_its_name() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let body =
            json!({"name": "Acme", "email": "a@b.c", "phone": "1", "company": "Acme Ltd", "customer_type": "b2b"});
        let (id, product) = (made(&client, body).await, stocked(&client, "ONE").await);
        let home = address(&client, id, json!({"line1": "Home"})).await;
        let (order, path) = (ordered(&client, id, product).await, format!("/customers/{id}"));
        let before = client.get(&path).await.is(200);
        let reply = shop.iom_as(Role::Staff).put(&path, json!({"name": " Umbrella "})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Customer updated"}"#);
        let after = client.get(&path).await.is(200);
        let mut expected = before.json();
        for (field, value) in [("name", json!("Umbrella")), ("customer_type", json!("retail"))] {
            expected[field] = value;
        }
        for field in ["email", "phone", "company"] {
            expected[field] = Value::Null;
        }
        assert_eq!(after.json(), expected, "what it ordered, its addresses and its day are kept");
        assert_eq!((after.at("/addresses/0/id"), after.at("/total_orders")), (json!(home), json!(1)));
        assert_eq!(client.get(&format!("/orders/{order}")).await.at("/customer_name"), json!("Acme"));
        let next = ordered(&client, id, product).await;
        assert_eq!(client.get(&format!("/orders/{next}")).await.at("/customer_name"), json!("Umbrella"));
        for (search, total) in [("umbrella", 1), ("acme", 0), ("a@b", 0)] {
            assert_eq!(client.get(&format!("/customers?search={search}")).await.at("/total"), json!(total), "{search}");
        }
    });
}

#[test]
fn an_email_stays_unique_in_any_case_and_is_free_again_once_given_up() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = made(&client, json!({"name": "One", "email": "Jane@b.c"})).await;
        let two = made(&client, json!({"name": "Two"})).await;
        let taken = json!({"name": "Two", "email": "JANE@B.C"});
        let (first, second) = (format!("/customers/{one}"), format!("/customers/{two}"));
        assert_eq!(
            refused(&client.put(&second, taken.clone()).await, 409, "duplicate_email"),
            "Email already exists for this tenant"
        );
        client.put(&first, json!({"name": "One", "email": "jane@b.c"})).await.is(200);
        client.put(&first, json!({"name": "One"})).await.is(200);
        client.put(&second, taken.clone()).await.is(200);
        refused(&client.post("/customers", taken.clone()).await, 409, "duplicate_email");
        client.delete(&second).await.is(200);
        client.post("/customers", taken.clone()).await.is(201);
        shop.neighbour().post("/customers", taken).await.is(201);
    });
}

#[test]
fn a_customer_goes_once_nothing_is_to_go_to_it() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (id, product) = (made(&client, json!({"name": "Acme"})).await, stocked(&client, "ONE").await);
        address(&client, id, json!({"line1": "Home"})).await;
        let path = format!("/customers/{id}");
        let order = ordered(&client, id, product).await;
        for status in ["pending", "paid", "fulfilling"] {
            client.patch(&format!("/orders/{order}/status"), json!({"status": status})).await.is(200);
            let said = refused(&client.delete(&path).await, 409, "in_use");
            assert!(said.contains("orders of it are open: fulfil or cancel them first"), "{said}");
        }
        client.patch(&format!("/orders/{order}/status"), json!({"status": "cancelled"})).await.is(200);
        let reply = shop.iom_as(Role::Staff).delete(&path).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Customer deleted"}"#);
        for reply in [
            client.get(&path).await,
            client.delete(&path).await,
            client.put(&path, json!({"name": "Acme"})).await,
            client.post(&format!("{path}/addresses"), json!({"line1": "Home"})).await,
        ] {
            refused(&reply, 404, "not_found");
        }
        let items = json!([{"product_id": product, "quantity": 1}]);
        let reply = client.post("/orders", json!({"customer_id": id, "items": items})).await;
        refused(&reply, 404, "unknown_reference");
        assert_eq!(client.get("/customers").await.is(200).at("/total"), json!(0));
        let kept = client.get(&format!("/orders/{order}")).await.is(200);
        assert_eq!((kept.at("/customer_id"), kept.at("/customer_name")), (json!(id), json!("Acme")));
        let listed = client.get(&format!("/orders?customer_id={id}")).await.is(200);
        assert_eq!(listed.at("/total"), json!(1));
    });
}

#[test]
fn addresses_are_replaced_and_removed_and_one_of_each_type_stays_the_default() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let id = made(&client, json!({"name": "Acme"})).await;
        let first = address(&client, id, json!({"line1": "1", "city": "Sydney", "country": "AU"})).await;
        let second = address(&client, id, json!({"line1": "2"})).await;
        let (path, staff) = (format!("/customers/{id}/addresses"), shop.iom_as(Role::Staff));
        let defaults =
            async || column(&client.get(&format!("/customers/{id}")).await.is(200), "addresses", "is_default");
        let reply = staff.put(&format!("{path}/{first}"), json!({"line1": "One"})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Address updated"}"#);
        let known = client.get(&format!("/customers/{id}")).await.is(200).at("/addresses/0");
        let expected = json!({"id": first, "type": "shipping", "line1": "One", "line2": null, "city": null, "state": null,
            "postcode": null, "country": null, "is_default": true});
        assert_eq!(known, expected);
        client.put(&format!("{path}/{second}"), json!({"line1": "Two", "is_default": true})).await.is(200);
        assert_eq!(defaults().await, [json!(false), json!(true)]);
        client.put(&format!("{path}/{second}"), json!({"line1": "Two", "type": "billing"})).await.is(200);
        assert_eq!(defaults().await, [json!(true), json!(true)], "one of each type");
        let reply = staff.delete(&format!("{path}/{first}")).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Address deleted"}"#);
        assert_eq!(column(&client.get(&format!("/customers/{id}")).await, "addresses", "id"), [json!(second)]);
    });
}

#[test]
fn wrong_input_is_told_and_unknown_ids_are_not_found() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (id, other) = (made(&client, json!({"name": "Acme"})).await, made(&client, json!({"name": "Next"})).await);
        let home = address(&client, id, json!({"line1": "Home"})).await;
        let wrong = json!({"name": " ", "email": "nobody", "phone": 1, "company": [], "customer_type": "vip"});
        let reply = client.put(&format!("/customers/{id}"), wrong).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["name", "email", "phone", "company", "customer_type"]);
        let reply =
            client.put(&format!("/customers/{id}/addresses/{home}"), json!({"type": "home", "is_default": 5})).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["type", "line1", "is_default"]);
        let fine = json!({"line1": "Elsewhere"});
        for path in [format!("/customers/{id}/addresses/99999"), format!("/customers/{other}/addresses/{home}")] {
            refused(&client.put(&path, fine.clone()).await, 404, "not_found");
            refused(&client.delete(&path).await, 404, "not_found");
        }
        let path = format!("/customers/{id}/addresses/{home}");
        refused(&shop.neighbour().put(&path, fine.clone()).await, 404, "not_found");
        refused(&shop.neighbour().delete(&path).await, 404, "not_found");
        let reply = client.put(&format!("/customers/{id}/addresses/home"), fine.clone()).await;
        assert_eq!(
            (refused(&reply, 400, "validation_failed"), fields(&reply)),
            ("address_id in the path must be a whole number such as 12".to_owned(), vec!["address_id".to_owned()])
        );
        for (method, path, body) in [
            ("PUT", format!("/customers/{id}"), json!({"name": "x"})),
            ("DELETE", format!("/customers/{id}"), Value::Null),
            ("PUT", path.clone(), fine),
            ("DELETE", path, Value::Null),
        ] {
            let body = (!body.is_null()).then(|| body.to_string().into_bytes());
            let method: actix_web::http::Method = method.parse().expect("a method");
            let viewer = shop.iom_as(Role::Viewer);
            refused(&viewer.send(method.clone(), &path, body.clone()).await, 403, "staff_role_required");
            if !path.contains("addresses") {
                refused(&shop.neighbour().send(method, &path, body).await, 404, "not_found");
            }
        }
        let kept = client.get(&format!("/customers/{id}")).await.is(200);
        assert_eq!((kept.at("/name"), kept.at("/addresses/0/line1")), (json!("Acme"), json!("Home")));
    });
}

#[test]
fn every_change_has_one_effect_per_key() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let id = made(&client, json!({"name": "Acme", "email": "a@b.c"})).await;
        let [home, gone] = [
            address(&client, id, json!({"line1": "Home"})).await,
            address(&client, id, json!({"line1": "Gone"})).await,
        ];
        for (at, (method, path, body)) in [
            ("PUT", format!("/customers/{id}"), json!({"name": "Umbrella"})),
            ("PUT", format!("/customers/{id}/addresses/{home}"), json!({"line1": "Dock"})),
            ("DELETE", format!("/customers/{id}/addresses/{gone}"), Value::Null),
            ("DELETE", format!("/customers/{id}"), Value::Null),
        ]
        .into_iter()
        .enumerate()
        {
            let client = client.clone().with("Idempotency-Key", &format!("key-{at}"));
            let body = (!body.is_null()).then(|| body.to_string().into_bytes());
            let send = async || client.send(method.parse().expect("a method"), &path, body.clone()).await.is(200);
            let (first, second) = (send().await, send().await);
            assert_eq!(first.text(), second.text());
            assert_eq!(
                (first.header("idempotent-replayed"), second.header("idempotent-replayed")),
                (None, Some("true"))
            );
        }
        assert_eq!(client.get("/customers").await.is(200).at("/total"), json!(0));
    });
}
