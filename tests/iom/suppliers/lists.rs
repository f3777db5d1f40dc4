//! The lists: filters, pages and cursors.

use serde_json::{Value, json};

use super::super::{column, fields, refused, stocked};
use super::{ORDERS, purchase, step_to, supplier};
use crate::support::on_each_engine;

#[test]
fn purchase_orders_are_found_by_status_and_supplier() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, two) = (supplier(&client, "One").await, supplier(&client, "Two").await);
        let bolt = stocked(&client, "BOLT").await;
        let line = json!([{"product_id": bolt, "quantity": 1}]);
        let a = purchase(&client, one, line.clone()).await;
        let b = purchase(&client, two, line.clone()).await;
        let c = purchase(&client, one, line).await;
        step_to(&client, a, "ordered").await.is(200);
        step_to(&client, b, "ordered").await.is(200);
        for (query, expected) in [
            (String::new(), vec![c, b, a]),
            ("status=ordered".to_owned(), vec![b, a]),
            ("status=draft".to_owned(), vec![c]),
            ("status=received".to_owned(), vec![]),
            (format!("supplier_id={one}"), vec![c, a]),
            (format!("supplier_id={one}&status=ordered"), vec![a]),
            ("supplier_id=99999".to_owned(), vec![]),
            ("status=&supplier_id=".to_owned(), vec![c, b, a]),
        ] {
            let reply = client.get(&format!("{ORDERS}/all?{query}")).await.is(200);
            let ids = expected.iter().map(|id| json!(id)).collect::<Vec<_>>();
            assert_eq!(
                (column(&reply, "purchase_orders", "id"), reply.at("/total")),
                (ids, json!(expected.len())),
                "{query}"
            );
            assert_eq!(reply.keys(), ["purchase_orders", "total", "page", "limit", "next_cursor"]);
        }
    });
}

#[test]
fn parameters_that_cannot_be_are_all_told_at_once() {
    on_each_engine(async |shop| {
        for (path, named) in [
            ("/all?status=open&supplier_id=acme&page=0&limit=x", vec!["status", "supplier_id", "page", "limit"]),
            ("/all?status=Draft", vec!["status"]),
            ("/all?cursor=nonsense", vec!["cursor"]),
            ("/all?cursor=c15", vec!["cursor"]),
        ] {
            let reply = shop.iom().get(&format!("{ORDERS}{path}")).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{path}");
        }
        let reply = shop.iom().get("/suppliers?page=x&limit=0").await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["page", "limit"]);
    });
}

#[test]
fn behind_a_cursor_nothing_appears_twice_or_vanishes() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let bolt = stocked(&client, "BOLT").await;
        let (mut suppliers, mut orders) = (Vec::new(), Vec::new());
        for number in 0..7 {
            let one = supplier(&client, &format!("Supplier {number}")).await;
            suppliers.push(json!(one));
            orders.push(json!(purchase(&client, one, json!([{"product_id": bolt, "quantity": 1}])).await));
        }
        orders.reverse();
        let all = format!("{ORDERS}/all");
        for (path, rows, expected) in
            [("/suppliers", "suppliers", &suppliers), (all.as_str(), "purchase_orders", &orders)]
        {
            let (mut seen, mut next) = (Vec::new(), format!("{path}?limit=3"));
            loop {
                let reply = client.get(&next).await.is(200);
                seen.extend(column(&reply, rows, "id"));
                let Value::String(cursor) = reply.at("/next_cursor") else { break };
                next = format!("{path}?limit=3&cursor={cursor}");
                let new = supplier(&client, "Late").await;
                if rows == "purchase_orders" {
                    purchase(&client, new, json!([{"product_id": bolt, "quantity": 1}])).await;
                }
            }
            assert_eq!(seen[..7], expected[..], "{path}");
            let reply = client.get(&format!("{path}?limit=999&page=9")).await.is(200);
            assert_eq!((reply.at("/limit"), reply.at(&format!("/{rows}"))), (json!(200), json!([])));
        }
    });
}
