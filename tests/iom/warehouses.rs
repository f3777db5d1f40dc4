//! Warehouses: one default, unique codes, and none closed while something lies in it.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{adjust, anvil, column, fields, main, on_hand, promise, refused, stocked, tracked, warehouse};
use crate::support::{Client, keys_of, on_each_engine};

#[test]
fn the_documented_body_makes_the_documented_warehouse() {
    on_each_engine(async |shop| {
        let body = json!({"name": "Brisbane Warehouse", "code": "BNE", "city": " Rocklea ", "state": "QLD"});
        let reply = shop.iom().post("/warehouses", body).await.is(201);
        let documented = format!(
            concat!(
                r#"{{"id":{},"name":"Brisbane Warehouse","code":"BNE","city":"Rocklea","state":"QLD","#,
                r#""is_default":false,"created_at":{},"address":null}}"#
            ),
            reply.at("/id"),
            reply.at("/created_at")
        );
        assert_eq!(reply.text(), documented);
        let at = reply.at("/created_at");
        let format = "%Y-%m-%dT%H:%M:%SZ";
        assert!(chrono::NaiveDateTime::parse_from_str(at.as_str().expect("text"), format).is_ok(), "{at}");
    });
}

#[test]
fn all_warehouses_are_listed_with_what_they_are_worth() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let mut body = anvil("ONE");
        body["cost_price"] = json!("18.005");
        let product = client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id");
        let free = stocked(&client, "FREE").await;
        for (product, place, quantity) in [(product, one, "3"), (product, two, "0.5"), (free, one, "9")] {
            adjust(&client, product, place, quantity).await.is(200);
        }
        adjust(&client, free, two, 1).await.is(200);
        adjust(&client, free, two, -1).await.is(200);
        let reply = shop.iom_as(Role::Viewer).get("/warehouses?page=2&limit=1").await.is(200);
        assert_eq!(reply.keys(), ["warehouses"]);
        let row = format!(
            concat!(
                r#"{{"warehouses":[{{"id":{},"name":"Main Warehouse","code":"MAIN","address":null,"city":null,"#,
                r#""state":null,"is_default":true,"total_skus":2,"total_value":"54.02","created_at""#
            ),
            one
        );
        assert!(reply.text().starts_with(&row), "{}", reply.text());
        // What is used up counts no longer; a half of 18.005 is rounded to the cent.
        assert_eq!(column(&reply, "warehouses", "total_skus"), [json!(2), json!(1)]);
        assert_eq!(column(&reply, "warehouses", "total_value"), [json!("54.02"), json!("9.00")]);
        let neighbour = shop.neighbour().get("/warehouses").await.is(200);
        assert_eq!(column(&neighbour, "warehouses", "total_skus"), [json!(0)]);
        assert_eq!(column(&neighbour, "warehouses", "total_value"), [json!("0.00")]);
    });
}

#[test]
fn there_is_always_exactly_one_default() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let one = main(&client).await;
        let body = json!({"name": "Two", "code": "TWO", "is_default": true});
        let two = client.post("/warehouses", body).await.is(201);
        assert_eq!(two.at("/is_default"), json!(true));
        let two = two.at("/id").as_i64().expect("an id");
        assert_eq!(defaults(&client).await, [json!(two)]);
        let give_up = json!({"name": "Two", "code": "TWO", "is_default": false});
        let give_up = client.put(&format!("/warehouses/{two}"), give_up).await;
        refused(&give_up, 400, "validation_failed");
        assert_eq!(fields(&give_up), ["is_default"]);
        // Kept when it is left out, and handed on when another one takes it.
        client.put(&format!("/warehouses/{two}"), json!({"name": "Two", "code": "TWO"})).await.is(200);
        assert_eq!(defaults(&client).await, [json!(two)]);
        refused(&client.delete(&format!("/warehouses/{two}")).await, 409, "in_use");
        let take = json!({"name": "One", "code": "ONE", "is_default": true});
        client.put(&format!("/warehouses/{one}"), take.clone()).await.is(200);
        client.put(&format!("/warehouses/{one}"), take).await.is(200);
        assert_eq!(defaults(&client).await, [json!(one)]);
        client.delete(&format!("/warehouses/{two}")).await.is(200);
        // The last one may go; the next one is the default again.
        client.delete(&format!("/warehouses/{one}")).await.is(200);
        assert_eq!(client.get("/warehouses").await.is(200).text(), r#"{"warehouses":[]}"#);
        let lot = tracked(&client, "LOT", "batch").await;
        let homeless = client.post("/batches", json!({"product_id": lot, "batch_number": "B", "quantity": 1})).await;
        refused(&homeless, 400, "no_default_warehouse");
        assert_eq!(fields(&homeless), ["warehouse_id"]);
        let three = client.post("/warehouses", json!({"name": "Three", "code": "three", "is_default": false})).await;
        assert_eq!(three.is(201).at("/is_default"), json!(true));
        assert_eq!(defaults(&client).await.len(), 1);
    });
}

#[test]
fn a_code_is_unique_in_any_case() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let other = client.post("/warehouses", json!({"name": "Ä", "code": "Straße-Ä"})).await.is(201).at("/id");
        for code in ["main", " MAIN ", "sTRAßE-ä"] {
            let reply = client.post("/warehouses", json!({"name": "Again", "code": code})).await;
            assert_eq!(refused(&reply, 409, "duplicate_code"), "Code already exists for this tenant");
            assert_eq!(fields(&reply), ["code"]);
        }
        let path = format!("/warehouses/{other}");
        refused(&client.put(&path, json!({"name": "Ä", "code": "MaIn"})).await, 409, "duplicate_code");
        // A warehouse does not stand in its own way.
        client.put(&path, json!({"name": "Ä", "code": "STRAßE-Ä"})).await.is(200);
        assert_eq!(client.get("/warehouses").await.at("/warehouses/1/code"), json!("STRAßE-Ä"));
        client.delete(&path).await.is(200);
        client.post("/warehouses", json!({"name": "Ä", "code": "straße-ä"})).await.is(201);
    });
}

#[test]
fn replacing_empties_what_is_left_out() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let body = json!({"name": "A", "code": "A", "address": "1 High St", "city": "Ryde", "state": "NSW"});
        let made = client.post("/warehouses", body).await.is(201);
        assert_eq!(made.at("/address"), json!("1 High St"));
        let path = format!("/warehouses/{}", made.at("/id"));
        let reply = client.put(&path, json!({"name": "B", "code": "B", "city": "Dandenong"})).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Warehouse updated"}"#);
        let row = client.get("/warehouses").await.at("/warehouses/1");
        assert_eq!((&row["name"], &row["code"], &row["city"]), (&json!("B"), &json!("B"), &json!("Dandenong")));
        assert_eq!((&row["address"], &row["state"], &row["is_default"]), (&Value::Null, &Value::Null, &json!(false)));
        assert_eq!(row["created_at"], made.at("/created_at"));
    });
}

#[test]
fn none_is_deleted_while_something_lies_in_it() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let product = stocked(&client, "ONE").await;
        adjust(&client, product, two, 5).await.is(200);
        let path = format!("/warehouses/{two}");
        assert!(refused(&client.delete(&path).await, 409, "in_use").contains("stock lies in it"));
        promise(shop, product, two, 5).await;
        adjust(&client, product, two, -5).await.is(200);
        assert!(refused(&client.delete(&path).await, 409, "in_use").contains("promised from it"));
        assert!(refused(&client.delete(&format!("/warehouses/{one}")).await, 409, "in_use").contains("default"));
        let empty = warehouse(&client, "EMPTY").await;
        adjust(&client, product, empty, 1).await.is(200);
        adjust(&client, product, empty, -1).await.is(200);
        let reply = client.delete(&format!("/warehouses/{empty}")).await.is(200);
        assert_eq!(reply.text(), r#"{"message":"Warehouse deleted"}"#);
        assert_eq!(on_hand(&client, product, empty).await, Value::Null, "its empty rows go with it");
        let kept = client.get(&format!("/inventory/movements?warehouse_id={empty}")).await.is(200);
        assert_eq!(column(&kept, "movements", "warehouse_name"), [json!("EMPTY Warehouse"), json!("EMPTY Warehouse")]);
    });
}

#[test]
fn unknown_ones_and_those_of_others_are_not_found() {
    on_each_engine(async |shop| {
        let foreign = main(&shop.neighbour()).await;
        for id in [foreign, 99_999, 0, -1, i64::MAX] {
            let path = format!("/warehouses/{id}");
            for reply in
                [shop.iom().put(&path, json!({"name": "A", "code": "A"})).await, shop.iom().delete(&path).await]
            {
                let sentence = refused(&reply, 404, "not_found");
                assert_eq!(
                    sentence,
                    format!("Warehouse {id} does not exist: GET /api/warehouses lists those that do.")
                );
            }
        }
        for id in ["seven", "1.0", "%201", "9223372036854775808"] {
            let path = format!("/warehouses/{id}");
            refused(&shop.iom().put(&path, json!({"name": "A", "code": "A"})).await, 400, "validation_failed");
            refused(&shop.iom().delete(&path).await, 400, "validation_failed");
        }
        assert_eq!(shop.neighbour().get("/warehouses").await.at("/warehouses/0/name"), json!("Main Warehouse"));
    });
}

#[test]
fn all_that_is_wrong_with_a_body_is_told_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let id = main(&client).await;
        let wrong = json!({
            "name": "x".repeat(256), "code": "x".repeat(65), "address": 10, "city": "a\u{0}", "state": ["QLD"],
            "is_default": "perhaps"
        });
        for (body, named) in [
            (json!({}), vec!["name", "code"]),
            (json!({"name": " ", "code": ""}), vec!["name", "code"]),
            (wrong, vec!["name", "code", "address", "city", "state", "is_default"]),
        ] {
            for reply in
                [client.post("/warehouses", body.clone()).await, client.put(&format!("/warehouses/{id}"), body).await]
            {
                refused(&reply, 400, "validation_failed");
                assert_eq!(fields(&reply), named);
            }
        }
        let list = client.get("/warehouses").await.is(200);
        assert_eq!(column(&list, "warehouses", "code"), [json!("MAIN")]);
    });
}

#[test]
fn only_admins_write() {
    on_each_engine(async |shop| {
        let path = format!("/warehouses/{}", main(&shop.iom()).await);
        for role in [Role::Viewer, Role::Staff, Role::Manager] {
            let client = shop.iom_as(role);
            for reply in [
                client.post("/warehouses", json!({"name": "A", "code": "A"})).await,
                client.put(&path, json!({"name": "A", "code": "A"})).await,
                client.delete(&path).await,
            ] {
                refused(&reply, 403, "admin_role_required");
            }
            let list = client.get("/warehouses").await.is(200);
            let row = &list.text()[list.text().find('[').expect("a list") + 1..];
            let row = keys_of(&row[..=row.find('}').expect("a row")]);
            let documented =
                ["id", "name", "code", "address", "city", "state", "is_default", "total_skus", "total_value"];
            assert_eq!(row[..documented.len()], documented);
        }
    });
}

async fn defaults(client: &Client<'_>) -> Vec<Value> {
    let list = client.get("/warehouses").await.is(200);
    let rows = list.at("/warehouses");
    let rows = rows.as_array().expect("rows").iter().filter(|row| row["is_default"] == json!(true));
    rows.map(|row| row["id"].clone()).collect()
}
