//! Serial numbers: each one unit of stock, alone or ten thousand at once.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{adjust, column, fields, main, on_hand, refused, stocked, tracked, warehouse};
use crate::support::{Client, Reply, on_each_engine};

#[test]
fn one_serial_number_is_made_and_listed_as_documented() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, place) = (tracked(&client, "EQP-PRO-X1", "serial").await, main(&client).await);
        let reply = client.post("/serials", json!({"product_id": product, "serial_number": " SN-1 "})).await.is(201);
        let (id, at) = (reply.at("/id"), reply.at("/created_at"));
        let documented = format!(
            r#"{{"id":{id},"product_id":{product},"serial_number":"SN-1","warehouse_id":{place},"status":"in_stock","created_at":{at}}}"#
        );
        assert_eq!(reply.text(), documented);
        let list = shop.iom_as(Role::Viewer).get("/serials").await.is(200);
        let documented = format!(
            concat!(
                r#"{{"serials":[{{"id":{},"product_id":{},"sku":"EQP-PRO-X1","product_name":"Anvil EQP-PRO-X1","#,
                r#""serial_number":"SN-1","warehouse_id":{},"warehouse_name":"Main Warehouse","status":"in_stock","#,
                r#""created_at":{}}}],"total":1,"page":1,"limit":50,"next_cursor":null}}"#
            ),
            id, product, place, at
        );
        assert_eq!(list.text(), documented);
        assert_eq!(on_hand(&client, product, place).await, json!(1));
        let receipt = client.get("/inventory/movements").await.at("/movements/0");
        assert_eq!((&receipt["movement_type"], &receipt["quantity"]), (&json!("receive"), &json!(1)));
        assert_eq!((&receipt["reference_type"], &receipt["reference_id"]), (&json!("serial"), &id));
    });
}

#[test]
fn many_are_made_at_once_in_their_order() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager);
        let (product, two) = (tracked(&client, "UNIT", "serial").await, warehouse(&shop.iom(), "TWO").await);
        let body = json!({"product_id": product, "warehouse_id": two, "serials": ["Z", "A", "M"]});
        let reply = client.post("/serials/bulk", body).await.is(201);
        assert_eq!(reply.keys(), ["message", "count", "ids"]);
        assert_eq!((reply.at("/message"), reply.at("/count")), (json!("Serial numbers created"), json!(3)));
        let list = client.get("/serials").await.is(200);
        let mut ids = column(&list, "serials", "id");
        ids.reverse();
        assert_eq!(json!(ids), reply.at("/ids"));
        assert_eq!(column(&list, "serials", "serial_number"), [json!("M"), json!("A"), json!("Z")]);
        assert_eq!(column(&list, "serials", "warehouse_id"), vec![json!(two); 3]);
        assert_eq!(on_hand(&client, product, two).await, json!(3));
        let movements = client.get("/inventory/movements").await.is(200);
        assert_eq!((movements.at("/total"), movements.at("/movements/0/quantity")), (json!(1), json!(3)));
    });
}

#[test]
fn ten_thousand_at_once_are_the_most() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (tracked(&client, "UNIT", "serial").await, main(&client).await);
        let numbers = |count: usize| (0..count).map(|number| format!("SN-{number:05}")).collect::<Vec<_>>();
        let most = bulk(&client, product, json!(numbers(10_000))).await.is(201);
        assert_eq!((most.at("/count"), most.at("/ids/9999").is_i64()), (json!(10_000), true));
        assert_eq!(on_hand(&client, product, place).await, json!(10_000));
        for too_many in [10_001, 70_000] {
            let reply = bulk(&client, product, json!(numbers(too_many))).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), "serials must hold 1 to 10000 serial numbers");
            // No other call takes more of them either.
            let body = json!({
                "product_id": product, "warehouse_id": place, "quantity": too_many, "serials": numbers(too_many)
            });
            let reply = client.post("/inventory/adjust", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["serials"]);
        }
        refused(&bulk(&client, product, json!([])).await, 400, "validation_failed");
        assert_eq!(client.get("/serials?limit=1").await.at("/total"), json!(10_000));
        let out = json!({
            "product_id": product, "warehouse_id": place, "quantity": -10_000, "serials": numbers(10_000)
        });
        client.post("/inventory/adjust", out).await.is(200);
        assert_eq!(client.get("/serials?status=scrapped").await.at("/total"), json!(10_000));
    });
}

#[test]
fn a_number_that_is_taken_stops_all_of_them() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (tracked(&client, "ONE", "serial").await, tracked(&client, "TWO", "serial").await);
        bulk(&client, one, json!(["S-1", "S-2"])).await.is(201);
        let taken = bulk(&client, one, json!(["S-3", "s-2 ", "S-4"])).await;
        assert_eq!(refused(&taken, 409, "duplicate_serial"), "serials[1] already exists for this product: s-2");
        let single = client.post("/serials", json!({"product_id": one, "serial_number": "s-1"})).await;
        refused(&single, 409, "duplicate_serial");
        let twice = bulk(&client, one, json!(["S-5", "S-6", "s-5"])).await;
        assert_eq!(refused(&twice, 400, "validation_failed"), "serials must not name s-5 twice");
        assert_eq!(client.get("/serials").await.at("/total"), json!(2));
        assert_eq!(on_hand(&client, one, main(&client).await).await, json!(2));
        bulk(&client, two, json!(["S-1"])).await.is(201);
    });
}

#[test]
fn the_list_is_filtered_and_read_to_its_end() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let (unit, other) = (tracked(&client, "UNIT", "serial").await, tracked(&client, "OTHER", "serial").await);
        bulk(&client, unit, json!(["U-1", "U-2", "U-3", "U-4", "U-5"])).await.is(201);
        let far = json!({"product_id": other, "warehouse_id": two, "serials": ["O-1"]});
        client.post("/serials/bulk", far).await.is(201);
        adjust(&client, unit, one, -1).await.is(200);
        for (query, expected) in [
            (String::new(), vec!["O-1", "U-5", "U-4", "U-3", "U-2", "U-1"]),
            (format!("product_id={other}"), vec!["O-1"]),
            ("status=scrapped".to_owned(), vec!["U-1"]),
            ("status=sold".to_owned(), vec![]),
            (format!("warehouse_id={one}&status=in_stock&limit=4"), vec!["U-5", "U-4", "U-3", "U-2"]),
            (format!("warehouse_id={two}"), vec!["O-1"]),
            ("warehouse_id=99999".to_owned(), vec![]),
        ] {
            let reply = client.get(&format!("/serials?{query}")).await.is(200);
            assert_eq!(column(&reply, "serials", "serial_number"), expected, "{query}");
            assert_eq!(reply.at("/total"), json!(expected.len()), "{query}");
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let reply = client.get(&format!("/serials?limit=2{cursor}")).await.is(200);
            seen.extend(column(&reply, "serials", "serial_number"));
            let Some(next) = reply.at("/next_cursor").as_str().map(str::to_owned) else { break };
            cursor = format!("&cursor={next}");
            bulk(&client, unit, json!([format!("LATE-{}", seen.len())])).await.is(201);
        }
        assert_eq!(seen, ["O-1", "U-5", "U-4", "U-3", "U-2", "U-1"]);
        assert_eq!(shop.neighbour().get("/serials").await.at("/total"), json!(0));
    });
}

#[test]
fn a_unit_that_left_remembers_a_warehouse_that_is_gone() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let two = warehouse(&client, "TWO").await;
        let unit = tracked(&client, "UNIT", "serial").await;
        let body = json!({"product_id": unit, "serial_number": "S-1", "warehouse_id": two});
        client.post("/serials", body).await.is(201);
        adjust(&client, unit, two, -1).await.is(200);
        client.delete(&format!("/warehouses/{two}")).await.is(200);
        let row = client.get("/serials").await.at("/serials/0");
        assert_eq!((&row["warehouse_id"], &row["warehouse_name"]), (&json!(two), &Value::Null));
        assert_eq!(row["status"], json!("scrapped"));
    });
}

#[test]
fn all_that_is_wrong_with_a_body_is_told_at_once() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (plain, unit) = (stocked(&client, "PLAIN").await, tracked(&client, "UNIT", "serial").await);
        for (path, body, named) in [
            ("/serials", json!({}), vec!["product_id", "serial_number"]),
            (
                "/serials",
                json!({"product_id": [], "serial_number": 5, "warehouse_id": "x"}),
                vec!["product_id", "serial_number", "warehouse_id"],
            ),
            ("/serials", json!({"product_id": unit, "serial_number": "x".repeat(65)}), vec!["serial_number"]),
            ("/serials/bulk", json!({}), vec!["product_id", "serials"]),
            ("/serials/bulk", json!({"product_id": unit, "serials": "S-1"}), vec!["serials"]),
            (
                "/serials/bulk",
                json!({"product_id": unit, "serials": ["a", "", 7, null, "x".repeat(65), "a\u{0}"]}),
                vec!["serials[1]", "serials[2]", "serials[3]", "serials[4]", "serials[5]"],
            ),
            ("/serials", json!({"product_id": plain, "serial_number": "S"}), vec!["product_id"]),
            ("/serials/bulk", json!({"product_id": plain, "serials": ["S"]}), vec!["product_id"]),
        ] {
            let reply = client.post(path, body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{path}");
        }
        let (foreign, elsewhere) = (tracked(&shop.neighbour(), "UNIT", "serial").await, main(&shop.neighbour()).await);
        for (product, place, named) in [(foreign, Value::Null, "product_id"), (unit, json!(elsewhere), "warehouse_id")]
        {
            let one = json!({"product_id": product, "warehouse_id": place, "serial_number": "S"});
            let many = json!({"product_id": product, "warehouse_id": place, "serials": ["S"]});
            for reply in [client.post("/serials", one).await, client.post("/serials/bulk", many).await] {
                refused(&reply, 404, "unknown_reference");
                assert_eq!(fields(&reply), [named]);
            }
        }
        assert_eq!(client.get("/serials").await.at("/total"), json!(0));
    });
}

async fn bulk(client: &Client<'_>, product: i64, serials: Value) -> Reply {
    client.post("/serials/bulk", json!({"product_id": product, "serials": serials})).await
}
