//! Customers: read, made, found, and where they live.

mod change;

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{fields, refused, stocked};
use crate::support::{Client, Reply, keys_of, on_each_engine};

#[test]
fn the_documented_body_makes_the_documented_customer() {
    on_each_engine(async |shop| {
        let body = json!({"name": "Acme Corp", "email": "procurement@acme.com", "phone": "+61 2 9000 0000",
            "company": "Acme Corporation Pty Ltd", "customer_type": "b2b"});
        let reply = shop.iom_as(Role::Staff).post("/customers", body).await.is(201);
        let (id, at) = (reply.at("/id"), reply.at("/created_at"));
        let said = format!(
            r#"{{"id":{id},"name":"Acme Corp","email":"procurement@acme.com","customer_type":"b2b","created_at":{at}}}"#
        );
        assert_eq!(reply.text(), said);
        let list = shop.iom().get("/customers").await.is(200);
        let said = format!(
            concat!(
                r#"{{"customers":[{{"id":{},"name":"Acme Corp","email":"procurement@acme.com","phone":"+61 2 9000 0000","#,
                r#""company":"Acme Corporation Pty Ltd","customer_type":"b2b","total_orders":0,"total_spent":"0.00","#,
                r#""created_at":{}}}],"total":1,"page":1,"limit":50,"next_cursor":null}}"#
            ),
            id, at
        );
        assert_eq!(list.text(), said);
        let one = shop.iom_as(Role::Viewer).get(&format!("/customers/{id}")).await.is(200);
        let said = format!(
            concat!(
                r#"{{"id":{},"name":"Acme Corp","email":"procurement@acme.com","company":"Acme Corporation Pty Ltd","#,
                r#""customer_type":"b2b","total_orders":0,"total_spent":"0.00","addresses":[],"created_at":{},"#,
                r#""phone":"+61 2 9000 0000"}}"#
            ),
            id, at
        );
        assert_eq!(one.text(), said);
        let bare = shop.iom().post("/customers", json!({"name": " Jane "})).await.is(201);
        assert_eq!(
            (bare.at("/name"), bare.at("/email"), bare.at("/customer_type")),
            (json!("Jane"), Value::Null, json!("retail"))
        );
    });
}

#[test]
fn an_email_is_unique_whatever_its_case() {
    on_each_engine(async |shop| {
        let body = |email: &str| json!({"name": "A", "email": email});
        shop.iom().post("/customers", body("Jane@Example.com")).await.is(201);
        let again = shop.iom().post("/customers", body(" jane@example.COM ")).await;
        assert_eq!(refused(&again, 409, "duplicate_email"), "Email already exists for this tenant");
        assert_eq!(fields(&again), ["email"]);
        for none in [json!({"name": "B"}), json!({"name": "C", "email": ""}), json!({"name": "D", "email": null})] {
            shop.iom().post("/customers", none).await.is(201);
        }
        shop.neighbour().post("/customers", body("jane@example.com")).await.is(201);
        assert_eq!(shop.iom().get("/customers").await.is(200).at("/total"), json!(4));
    });
}

#[test]
fn every_wrong_field_is_told_at_once() {
    on_each_engine(async |shop| {
        let wrong =
            json!({"name": " ", "email": "nobody", "phone": 12, "company": "x".repeat(256), "customer_type": "vip"});
        let reply = shop.iom().post("/customers", wrong).await;
        refused(&reply, 400, "validation_failed");
        let told = json!([
            {"field": "name", "message": "must not be empty"},
            {"field": "email", "message": "must be an e-mail address such as jane@example.com"},
            {"field": "phone", "message": "must be text"},
            {"field": "company", "message": "must be at most 255 characters long"},
            {"field": "customer_type", "message": "must be retail, wholesale or b2b"}
        ]);
        assert_eq!(reply.at("/details"), told);
        for email in ["@", "a@", "@b", "a b@c", "a@b c", "a\u{0}@b"] {
            let reply = shop.iom().post("/customers", json!({"name": "A", "email": email})).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["email"], "{email}");
        }
        let id = made(&shop.iom(), json!({"name": "A"})).await;
        let wrong = json!({"type": "home", "line2": 1, "city": [], "state": {}, "postcode": 2000, "country": "x".repeat(256), "is_default": "yes"});
        let reply = shop.iom().post(&format!("/customers/{id}/addresses"), wrong).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["type", "line1", "line2", "city", "state", "postcode", "country", "is_default"]);
        assert_eq!(shop.iom().get(&format!("/customers/{id}")).await.is(200).at("/addresses"), json!([]));
        assert_eq!(shop.iom().get("/customers").await.is(200).at("/total"), json!(1));
    });
}

#[test]
fn addresses_are_added_and_one_of_each_type_is_the_default() {
    on_each_engine(async |shop| {
        let id = made(&shop.iom(), json!({"name": "Acme"})).await;
        let path = format!("/customers/{id}/addresses");
        let body = json!({"type": "shipping", "line1": "45 Pitt St", "city": "Sydney", "state": "NSW", "postcode": "2000", "country": "AU"});
        let first = shop.iom_as(Role::Staff).post(&path, body.clone()).await.is(201);
        let said = format!(
            concat!(
                r#"{{"id":{},"customer_id":{},"type":"shipping","line1":"45 Pitt St","city":"Sydney","state":"NSW","#,
                r#""postcode":"2000","country":"AU","is_default":true,"line2":null}}"#
            ),
            first.at("/id"),
            id
        );
        assert_eq!(first.text(), said, "the first of its type is the default one");
        let second = shop.iom().post(&path, body).await.is(201);
        assert_eq!(second.at("/is_default"), json!(false));
        let billing =
            shop.iom().post(&path, json!({"type": "billing", "line1": "Bank", "line2": "Level 1"})).await.is(201);
        assert_eq!(billing.at("/is_default"), json!(true));
        let third = shop.iom().post(&path, json!({"line1": "Home", "is_default": true})).await.is(201);
        assert_eq!((third.at("/type"), third.at("/is_default")), (json!("shipping"), json!(true)));
        let seen = shop.iom().get(&format!("/customers/{id}")).await.is(200);
        let defaults = seen.at("/addresses");
        let defaults = defaults.as_array().expect("addresses").iter().map(|one| one["is_default"].clone());
        assert_eq!(defaults.collect::<Vec<_>>(), [json!(false), json!(false), json!(true), json!(true)]);
        let (_, rest) = seen.text().split_once(r#""addresses":["#).expect("addresses");
        let keys = ["id", "type", "line1", "city", "state", "postcode", "country", "is_default", "line2"];
        assert_eq!(keys_of(rest.split_inclusive('}').next().expect("an address")), keys);
        refused(&shop.iom().post("/customers/99999/addresses", json!({"line1": "x"})).await, 404, "not_found");
        refused(&shop.neighbour().post(&path, json!({"line1": "x"})).await, 404, "not_found");
    });
}

#[test]
fn customers_are_found_by_name_company_and_email() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let acme = json!({"name": "Acme Corp", "company": "Roadrunner & Söhne", "email": "buy@coyote.example", "customer_type": "b2b"});
        let acme = made(&client, acme).await;
        let jane = made(&client, json!({"name": "Jane 50%", "customer_type": "wholesale"})).await;
        let joe = made(&client, json!({"name": "Joe_X"})).await;
        for (query, expected) in [
            ("", vec![acme, jane, joe]),
            ("search=ACME", vec![acme]),
            ("search=runner", vec![acme]),
            ("search=S%C3%96HNE", vec![acme]),
            ("search=coyote", vec![acme]),
            ("search=%25", vec![jane]),
            ("search=_", vec![joe]),
            ("search=j", vec![jane, joe]),
            ("search=nobody", vec![]),
            ("type=b2b", vec![acme]),
            ("customer_type=wholesale", vec![jane]),
            ("type=b2b&customer_type=retail", vec![joe]),
            ("type=&customer_type=&search=", vec![acme, jane, joe]),
            ("search=j&type=retail", vec![joe]),
        ] {
            let reply = client.get(&format!("/customers?{query}")).await.is(200);
            assert_eq!((ids(&reply), reply.at("/total")), (expected.clone(), json!(expected.len())), "{query}");
        }
        let reply = client.get("/customers?type=vip&customer_type=x&limit=0").await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["customer_type", "type", "limit"]);
    });
}

#[test]
fn pages_and_cursors_cut_the_list() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let mut all = Vec::new();
        for number in 0..7 {
            all.push(made(&client, json!({"name": format!("C{number}")})).await);
        }
        let second = client.get("/customers?limit=3&page=2").await.is(200);
        assert_eq!((ids(&second), second.at("/page"), second.at("/total")), (all[3..6].to_vec(), json!(2), json!(7)));
        let (mut seen, mut path) = (Vec::new(), "/customers?limit=3".to_owned());
        loop {
            let reply = client.get(&path).await.is(200);
            seen.extend(ids(&reply));
            let cursor = reply.at("/next_cursor");
            let Some(cursor) = cursor.as_str() else { break };
            path = format!("/customers?limit=3&cursor={cursor}");
            all.push(made(&client, json!({"name": "Late"})).await);
        }
        assert_eq!(seen, all);
    });
}

#[test]
fn orders_count_until_they_are_cancelled() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (id, product) = (made(&client, json!({"name": "Acme"})).await, stocked(&client, "ONE").await);
        let body = |price: &str| {
            let items = json!([{"product_id": product, "quantity": 1, "unit_price": price}]);
            json!({"customer_id": id, "allow_backorder": true, "items": items})
        };
        let spent = async || {
            let one = client.get(&format!("/customers/{id}")).await.is(200);
            let listed = client.get("/customers").await.is(200);
            assert_eq!(listed.at("/customers/0/total_spent"), one.at("/total_spent"));
            (one.at("/total_orders"), one.at("/total_spent"))
        };
        client.post("/orders", body("0.10")).await.is(201);
        let order = client.post("/orders", body("0.20")).await.is(201).at("/id");
        assert_eq!(spent().await, (json!(2), json!("0.30")));
        client.patch(&format!("/orders/{order}/status"), json!({"status": "cancelled"})).await.is(200);
        assert_eq!(spent().await, (json!(1), json!("0.10")));
    });
}

#[test]
fn what_a_customer_spent_stays_within_what_can_be_recorded() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (id, product) = (made(&client, json!({"name": "Acme"})).await, stocked(&client, "ONE").await);
        let body = |price: &str| {
            let items = json!([{"product_id": product, "quantity": 1, "unit_price": price}]);
            json!({"customer_id": id, "allow_backorder": true, "items": items})
        };
        let order = client.post("/orders", body("899999999999.99")).await.is(201).at("/id");
        refused(&client.post("/orders", body("0.02")).await, 400, "out_of_range");
        client.post("/orders", body("0.01")).await.is(201);
        let spent = async || client.get(&format!("/customers/{id}")).await.is(200).at("/total_spent");
        assert_eq!(spent().await, json!("900000000000.00"));
        client.patch(&format!("/orders/{order}/status"), json!({"status": "cancelled"})).await.is(200);
        assert_eq!(spent().await, json!("0.01"));
    });
}

#[test]
fn each_call_needs_its_role() {
    on_each_engine(async |shop| {
        let id = made(&shop.iom(), json!({"name": "Acme"})).await;
        for role in [Role::Viewer, Role::Staff, Role::Manager, Role::Admin] {
            let client = shop.iom_as(role);
            client.get("/customers").await.is(200);
            client.get(&format!("/customers/{id}")).await.is(200);
            let expected = if role == Role::Viewer { 403 } else { 201 };
            client.post("/customers", json!({"name": "B"})).await.is(expected);
            client.post(&format!("/customers/{id}/addresses"), json!({"line1": "B"})).await.is(expected);
        }
        for unknown in ["/customers/99999", "/customers/-1"] {
            refused(&shop.iom().get(unknown).await, 404, "not_found");
        }
        refused(&shop.neighbour().get(&format!("/customers/{id}")).await, 404, "not_found");
        refused(&shop.iom().get("/customers/acme").await, 400, "validation_failed");
    });
}

async fn made(client: &Client<'_>, body: Value) -> i64 {
    client.post("/customers", body).await.is(201).at("/id").as_i64().expect("an id")
}

fn ids(reply: &Reply) -> Vec<i64> {
    let rows = reply.at("/customers");
    rows.as_array().expect("rows").iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}
