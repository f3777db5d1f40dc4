//! Stock as it is read: rows, alerts, the summary, movements.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::{adjust, anvil, column, fields, main, on_hand, promise, refused, stocked, tracked, warehouse};
use crate::support::{Client, keys_of, on_each_engine};

#[test]
fn stock_rows_are_as_documented() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (stocked(&client, "WGT-500").await, main(&client).await);
        adjust(&client, product, place, 200).await.is(200);
        reorder(&client, product, place, json!(50)).await;
        promise(shop, product, place, 12).await;
        let reply = shop.iom_as(Role::Viewer).get("/inventory").await.is(200);
        let documented = format!(
            concat!(
                r#"{{"inventory":[{{"product_id":{},"sku":"WGT-500","product_name":"Anvil WGT-500","warehouse_id":{},"#,
                r#""warehouse_name":"Main Warehouse","quantity":200,"reorder_level":50,"reserved_quantity":12}}],"#,
                r#""total":1,"page":1,"limit":50,"next_cursor":null}}"#
            ),
            product, place
        );
        assert_eq!(reply.text(), documented);
    });
}

#[test]
fn stock_rows_are_filtered_and_counted_exactly() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let (bolt, nut) = (stocked(&client, "BOLT").await, stocked(&client, "NUT").await);
        for (product, place, quantity, level) in
            [(nut, two, "2.5", "2.5"), (bolt, two, "1", "0"), (nut, one, "3", "2.9999"), (bolt, one, "7", "50")]
        {
            adjust(&client, product, place, quantity).await.is(200);
            reorder(&client, product, place, json!(level)).await;
        }
        for (query, expected) in [
            (String::new(), vec![(bolt, one), (bolt, two), (nut, one), (nut, two)]),
            (format!("?warehouse_id={two}"), vec![(bolt, two), (nut, two)]),
            (format!("?product_id={nut}"), vec![(nut, one), (nut, two)]),
            ("?low_stock=1".to_owned(), vec![(bolt, one), (nut, two)]),
            ("?low_stock=False&limit=4".to_owned(), vec![(bolt, one), (bolt, two), (nut, one), (nut, two)]),
            (format!("?low_stock=true&warehouse_id={two}&product_id={bolt}"), vec![]),
            (format!("?low_stock=true&warehouse_id={two}"), vec![(nut, two)]),
            ("?warehouse_id=99999".to_owned(), vec![]),
            (
                "?warehouse_id=&product_id=&low_stock=".to_owned(),
                vec![(bolt, one), (bolt, two), (nut, one), (nut, two)],
            ),
        ] {
            let reply = client.get(&format!("/inventory{query}")).await.is(200);
            let rows =
                column(&reply, "inventory", "product_id").into_iter().zip(column(&reply, "inventory", "warehouse_id"));
            let expected_rows: Vec<_> =
                expected.iter().map(|(product, place)| (json!(product), json!(place))).collect();
            assert_eq!(rows.collect::<Vec<_>>(), expected_rows, "{query}");
            assert_eq!(reply.at("/total"), json!(expected.len()), "{query}");
        }
        let row = client.get(&format!("/inventory?product_id={nut}&warehouse_id={two}")).await.is(200);
        assert!(row.text().contains(r#""quantity":2.5,"reorder_level":2.5,"reserved_quantity":0"#), "{}", row.text());
        assert_eq!(shop.neighbour().get("/inventory").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn alerts_tell_what_is_at_or_below_its_level() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let place = main(&client).await;
        let (below, at, above, never) = (
            stocked(&client, "BELOW").await,
            stocked(&client, "AT").await,
            stocked(&client, "ABOVE").await,
            stocked(&client, "NEVER").await,
        );
        for (product, quantity, level) in [(below, 18, 50), (at, 50, 50), (above, 51, 50), (never, 1, 0)] {
            adjust(&client, product, place, quantity).await.is(200);
            reorder(&client, product, place, json!(level)).await;
        }
        let reply = shop.iom_as(Role::Viewer).get("/inventory/alerts").await.is(200);
        assert_eq!(reply.keys(), ["alerts", "total", "page", "limit", "next_cursor"]);
        assert_eq!(column(&reply, "alerts", "product_id"), [json!(below), json!(at)]);
        assert_eq!(reply.at("/total"), json!(2));
        let documented = format!(
            concat!(
                r#"{{"alerts":[{{"product_id":{},"sku":"BELOW","product_name":"Anvil BELOW","warehouse_id":{},"#,
                r#""warehouse_name":"Main Warehouse","quantity":18,"reorder_level":50}},"#
            ),
            below, place
        );
        assert!(reply.text().starts_with(&documented), "{}", reply.text());
        let first = client.get("/inventory/alerts?limit=1").await.is(200);
        let next = first.at("/next_cursor");
        let next = format!("/inventory/alerts?limit=1&cursor={}", next.as_str().expect("a cursor"));
        let second = client.get(&next).await.is(200);
        assert_eq!(column(&second, "alerts", "product_id"), [json!(at)]);
        assert_eq!((second.at("/total"), second.at("/next_cursor")), (json!(2), Value::Null));
    });
}

#[test]
fn the_summary_is_exact_and_documented() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let empty = client.get("/inventory/summary").await.is(200);
        let nothing = concat!(
            r#"{"total_skus":0,"total_stock_value":0.00,"low_stock_count":0,"out_of_stock_count":0,"#,
            r#""warehouses":1}"#
        );
        assert_eq!(empty.text(), nothing);
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let mut ids = Vec::new();
        for (sku, cost, active) in
            [("A", json!("0.615"), true), ("B", json!(0.1), true), ("C", Value::Null, true), ("D", json!(5), false)]
        {
            let mut body = anvil(sku);
            body["cost_price"] = cost;
            body["is_active"] = json!(active);
            ids.push(client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id"));
        }
        // 3 × 0.615 = 1.85 and 3 × 0.1 = 0.30, each rounded before it is summed.
        for (product, place, quantity) in [(ids[0], one, 3), (ids[1], one, 1), (ids[1], two, 2)] {
            adjust(&client, product, place, quantity).await.is(200);
        }
        reorder(&client, ids[0], one, json!(3)).await;
        let sums = concat!(
            r#"{"total_skus":4,"total_stock_value":2.15,"low_stock_count":1,"out_of_stock_count":1,"#,
            r#""warehouses":2}"#
        );
        assert_eq!(shop.iom_as(Role::Viewer).get("/inventory/summary").await.is(200).text(), sums);
        // Another cost is another value, of what lies there already.
        client.patch(&format!("/products/{}", ids[1]), json!({"cost_price": 10})).await.is(200);
        assert_eq!(client.get("/inventory/summary").await.at("/total_stock_value"), json!(31.85));
        let mut whole = anvil("A");
        whole["cost_price"] = json!("1.005");
        client.put(&format!("/products/{}", ids[0]), whole).await.is(200);
        // 3 × 1.005 = 3.015, which is 3.02.
        assert!(client.get("/inventory/summary").await.text().contains(r#""total_stock_value":33.02,"#));
    });
}

#[test]
fn movements_are_as_documented_and_keep_their_names() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Manager).with("X-Request-Id", "count-7");
        let admin = shop.iom();
        let place = main(&client).await;
        let mut body = anvil("WGT-500");
        body["cost_price"] = json!(18);
        let product = client.post("/products", body).await.is(201).at("/id").as_i64().expect("an id");
        let count = json!({
            "product_id": product, "warehouse_id": place, "quantity": "50", "notes": " Cycle count correction "
        });
        client.post("/inventory/adjust", count).await.is(200);
        admin.put(&format!("/products/{product}"), anvil("NEW")).await.is(200);
        admin.put(&format!("/warehouses/{place}"), json!({"name": "Renamed", "code": "REN"})).await.is(200);
        let reply = shop.iom_as(Role::Viewer).get("/inventory/movements").await.is(200);
        let row = reply.at("/movements/0");
        let documented = format!(
            concat!(
                r#"{{"movements":[{{"id":{},"product_id":{},"sku":"WGT-500","movement_type":"adjustment","quantity":50,"#,
                r#""warehouse_id":{},"warehouse_name":"Main Warehouse","reference_id":null,"#,
                r#""notes":"Cycle count correction","created_by_name":"manager@shop.example","created_at":{},"#,
                r#""product_name":"Anvil WGT-500","batch_id":null,"balance_after":50,"unit_cost":"18.00","#,
                r#""reference_type":null,"request_id":"count-7"}}],"total":1,"page":1,"limit":50,"next_cursor":null}}"#
            ),
            row["id"], product, place, row["created_at"]
        );
        assert_eq!(reply.text(), documented);
        let at = row["created_at"].as_str().expect("an instant");
        assert!(chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%SZ").is_ok(), "{at}");
    });
}

#[test]
fn movements_are_filtered_newest_first() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (main(&client).await, warehouse(&client, "TWO").await);
        let (bolt, lot) = (stocked(&client, "BOLT").await, tracked(&client, "LOT", "batch").await);
        adjust(&client, bolt, one, 5).await.is(200);
        let received = json!({"product_id": lot, "batch_number": "B-1", "quantity": 4, "warehouse_id": two});
        let batch = client.post("/batches", received).await.is(201).at("/id");
        let carried =
            json!({"product_id": bolt, "from_warehouse_id": one, "to_warehouse_id": two, "quantity": 2, "notes": "m"});
        client.post("/inventory/transfer", carried).await.is(200);
        let today = client.get("/inventory/movements?limit=1").await.at("/movements/0/created_at");
        let today = today.as_str().expect("an instant")[..10].to_owned();
        for (query, expected) in [
            (
                String::new(),
                vec![(2, two, "transfer"), (-2, one, "transfer"), (4, two, "receive"), (5, one, "adjustment")],
            ),
            (format!("product_id={bolt}&warehouse_id={two}"), vec![(2, two, "transfer")]),
            ("movement_type=receive".to_owned(), vec![(4, two, "receive")]),
            ("movement_type=write_off".to_owned(), vec![]),
            (format!("product_id={lot}&from={today}&to={today}"), vec![(4, two, "receive")]),
            ("to=2020-01-01".to_owned(), vec![]),
            ("from=9999-12-31".to_owned(), vec![]),
            ("from=0001-01-01&movement_type=adjustment".to_owned(), vec![(5, one, "adjustment")]),
        ] {
            let reply = client.get(&format!("/inventory/movements?{query}")).await.is(200);
            let rows = reply.at("/movements");
            let rows = rows.as_array().expect("rows").iter();
            let rows: Vec<_> = rows
                .map(|row| (row["quantity"].clone(), row["warehouse_id"].clone(), row["movement_type"].clone()))
                .collect();
            let wanted: Vec<_> = expected.iter().map(|(q, w, kind)| (json!(q), json!(w), json!(kind))).collect();
            assert_eq!((rows, reply.at("/total")), (wanted, json!(expected.len())), "{query}");
        }
        let receipt = client.get("/inventory/movements?movement_type=receive").await.at("/movements/0");
        assert_eq!((&receipt["batch_id"], &receipt["reference_id"]), (&batch, &batch));
        assert_eq!(receipt["reference_type"], json!("batch"));
        let wrong = client.get("/inventory/movements?movement_type=Receive&from=2026-1-1&to=x&product_id=a").await;
        refused(&wrong, 400, "validation_failed");
        assert_eq!(fields(&wrong), ["product_id", "movement_type", "from", "to"]);
    });
}

#[test]
fn a_list_is_read_to_its_end_while_rows_are_inserted() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let place = main(&client).await;
        let mut products = Vec::new();
        for number in 0..6 {
            let product = stocked(&client, &format!("P-{number}")).await;
            adjust(&client, product, place, number + 1).await.is(200);
            products.push(product);
        }
        for (path, rows, field, newest_first) in
            [("/inventory", "inventory", "quantity", false), ("/inventory/movements", "movements", "quantity", true)]
        {
            let expected = column(&client.get(path).await.is(200), rows, field);
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let reply = client.get(&format!("{path}?limit=2{cursor}")).await.is(200);
                seen.extend(column(&reply, rows, field));
                let Some(next) = reply.at("/next_cursor").as_str().map(str::to_owned) else { break };
                cursor = format!("&cursor={next}");
                // A row that comes meanwhile stands before those that are still to be read.
                if newest_first {
                    adjust(&client, products[0], place, 99).await.is(200);
                } else {
                    let other = warehouse(&client, &format!("W-{}", seen.len())).await;
                    adjust(&client, products[0], other, 99).await.is(200);
                }
            }
            assert_eq!(seen, expected, "{path}");
        }
        let deep = client.get("/inventory?limit=201&page=2").await.is(200);
        assert_eq!((deep.at("/inventory"), deep.at("/limit"), deep.at("/page")), (json!([]), json!(200), json!(2)));
        assert_eq!(deep.at("/total"), client.get("/inventory?limit=1").await.at("/total"));
    });
}

#[test]
fn parameters_that_cannot_be_are_told_at_once_by_every_list() {
    on_each_engine(async |shop| {
        let client = shop.iom_as(Role::Viewer);
        for (path, named) in [
            ("/inventory?warehouse_id=x&product_id=1.5&low_stock=maybe&page=0&limit=0", 5),
            ("/inventory/alerts?page=-1&limit=many", 2),
            ("/inventory/movements?warehouse_id=x&cursor=c1", 2),
            ("/batches?product_id=x&expiring_days=-1&limit=0", 3),
            ("/batches/expiring?days=soon&expiring_days=-1&page=0", 3),
            ("/serials?product_id=x&warehouse_id=&status=gone&page=x", 3),
        ] {
            let reply = client.get(path).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply).len(), named, "{path}: {}", reply.text());
        }
        // A cursor of another list is none.
        for (path, cursor) in [
            ("/inventory", "c11"),
            ("/inventory/alerts", "c21-1"),
            ("/inventory/movements", "c31-1"),
            ("/batches", "c21-1"),
            ("/batches/expiring", "c11"),
            ("/serials", "c31-1"),
        ] {
            let reply = client.get(&format!("{path}?cursor={cursor}")).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["cursor"], "{path}");
        }
    });
}

#[test]
fn a_deleted_products_stock_is_written_off_and_an_open_order_keeps_it() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (place, other) = (main(&client).await, warehouse(&client, "TWO").await);
        let product = stocked(&client, "GONE").await;
        adjust(&client, product, place, 7).await.is(200);
        adjust(&client, product, other, 2).await.is(200);
        let kept = stocked(&client, "KEPT").await;
        adjust(&client, kept, place, 1).await.is(200);
        let order = promise(shop, kept, place, 1).await;
        let refusal = client.delete(&format!("/products/{kept}")).await;
        assert!(refused(&refusal, 409, "in_use").contains(&format!("open order with id {order}")));
        assert_eq!(on_hand(&client, kept, place).await, json!(1));
        client.delete(&format!("/products/{product}")).await.is(200);
        assert_eq!(client.get("/inventory").await.is(200).at("/total"), json!(1));
        let gone = client.get(&format!("/inventory/movements?product_id={product}&movement_type=write_off")).await;
        assert_eq!(column(&gone, "movements", "quantity"), [json!(-2), json!(-7)]);
        assert_eq!(column(&gone, "movements", "balance_after"), [json!(0), json!(0)]);
        assert_eq!(gone.at("/movements/0/sku"), json!("GONE"));
    });
}

#[test]
fn documented_keys_come_first_in_their_order() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (product, place) = (stocked(&client, "ONE").await, main(&client).await);
        adjust(&client, product, place, 1).await.is(200);
        let first_row = |text: &str| {
            let start = text.find('[').expect("a list") + 1;
            keys_of(&text[start..=text.find('}').expect("a row")])
        };
        let movement = client.get("/inventory/movements").await.is(200);
        let documented = [
            "id",
            "product_id",
            "sku",
            "movement_type",
            "quantity",
            "warehouse_id",
            "warehouse_name",
            "reference_id",
            "notes",
            "created_by_name",
            "created_at",
        ];
        assert_eq!(first_row(movement.text())[..documented.len()], documented);
        assert_eq!(movement.keys()[..2], ["movements", "total"]);
        let row = client.get("/inventory").await.is(200);
        assert_eq!(row.keys()[..2], ["inventory", "total"]);
        assert_eq!(first_row(row.text())[..3], ["product_id", "sku", "product_name"]);
    });
}

async fn reorder(client: &Client<'_>, product: i64, warehouse: i64, level: Value) {
    let body = json!({"product_id": product, "warehouse_id": warehouse, "reorder_level": level});
    let reply = client.put("/inventory/reorder-level", body).await.is(200);
    assert_eq!(reply.text(), r#"{"message":"Reorder level updated"}"#);
}
