//! The list of orders: documented rows, filters with exact totals, pages and cursors that stay steady.

use serde_json::{Value, json};

use super::super::{fields, refused};
use super::{customer, goods, place, placed, step_to};
use crate::support::{Reply, keys_of, on_each_engine};

#[test]
fn the_list_is_as_documented() {
    on_each_engine(async |shop| {
        let (product, customer) = (goods(shop, "WGT-500", json!(49.99), 10).await, customer(shop, "Acme Corp").await);
        let items = json!([{"product_id": product, "quantity": 3}]);
        let order = placed(&shop.iom(), json!({"items": items, "customer_id": customer, "channel": "api"})).await;
        let reply = shop.iom().get("/orders").await.is(200);
        assert_eq!(reply.keys(), ["orders", "total", "page", "limit", "next_cursor"]);
        let row = reply.text().strip_prefix(r#"{"orders":["#).and_then(|rows| rows.split_inclusive('}').next());
        let keys = [
            "id",
            "order_number",
            "customer_id",
            "customer_name",
            "status",
            "channel",
            "total_amount",
            "item_count",
            "warehouse_id",
            "created_at",
        ];
        assert_eq!(keys_of(row.expect("a row")), keys);
        let row = json!({
            "id": order, "order_number": "ORD-1", "customer_id": customer, "customer_name": "Acme Corp",
            "status": "pending", "channel": "api", "total_amount": "149.97", "item_count": 1, "warehouse_id": 1,
            "created_at": reply.at("/orders/0/created_at")
        });
        let rest = json!({"orders": [row], "total": 1, "page": 1, "limit": 50, "next_cursor": null});
        assert_eq!(reply.json(), rest);
        let anonymous = place(shop, items).await;
        let reply = shop.iom().get("/orders").await.is(200);
        assert_eq!(ids(&reply), [anonymous, order], "the newest first");
        assert_eq!(
            (reply.at("/orders/0/customer_id"), reply.at("/orders/0/customer_name")),
            (Value::Null, Value::Null)
        );
    });
}

#[test]
fn filters_narrow_the_list_and_its_total() {
    on_each_engine(async |shop| {
        let (product, acme) = (goods(shop, "ONE", json!(1), 100).await, customer(shop, "Acme").await);
        let items = json!([{"product_id": product, "quantity": 1}]);
        let mut made = Vec::new();
        for (status, channel, customer) in [
            ("pending", "manual", None),
            ("paid", "api", Some(acme)),
            ("cancelled", "pos", Some(acme)),
            ("pending", "b2b", Some(acme)),
        ] {
            let order = placed(&shop.iom(), json!({"items": items, "channel": channel, "customer_id": customer})).await;
            step_to(shop, order, status).await;
            made.push(order);
        }
        let [one, two, three, four] = made[..] else { panic!("four orders") };
        let today = shop.store.look(|lobby| Ok(lobby.as_system(stockbridge_domain::TenantId::new(1))?.today()));
        let today = today.await.expect("a day");
        let (yesterday, tomorrow) = (today.pred_opt().expect("a day"), today.succ_opt().expect("a day"));
        for (query, expected) in [
            (String::new(), vec![four, three, two, one]),
            ("status=pending".into(), vec![four, one]),
            ("status=shipped".into(), vec![]),
            ("status=".into(), vec![four, three, two, one]),
            (format!("customer_id={acme}"), vec![four, three, two]),
            ("customer_id=99999".into(), vec![]),
            ("channel=pos".into(), vec![three]),
            (format!("status=pending&customer_id={acme}&channel=b2b"), vec![four]),
            (format!("from={today}&to={today}"), vec![four, three, two, one]),
            (format!("from={today}"), vec![four, three, two, one]),
            (format!("to={yesterday}"), vec![]),
            (format!("from={tomorrow}"), vec![]),
        ] {
            let reply = shop.iom().get(&format!("/orders?{query}")).await.is(200);
            assert_eq!((ids(&reply), reply.at("/total")), (expected.clone(), json!(expected.len())), "{query}");
        }
    });
}

#[test]
fn parameters_that_cannot_be_are_all_told_at_once() {
    on_each_engine(async |shop| {
        for (query, named) in [
            ("status=open&channel=web", vec!["status", "channel"]),
            ("status=Pending", vec!["status"]),
            ("customer_id=acme&page=0&limit=0", vec!["customer_id", "page", "limit"]),
            ("from=2026-02-30&to=yesterday", vec!["from", "to"]),
            ("from=2026-05-02&to=2026-05-01&status=x", vec!["status", "from"]),
            ("cursor=c15", vec!["cursor"]),
            ("cursor=nonsense", vec!["cursor"]),
        ] {
            for path in ["/orders", "/orders/export"] {
                if path == "/orders/export" && (query.contains("cursor") || query.contains("page")) {
                    continue;
                }
                let reply = shop.iom().get(&format!("{path}?{query}")).await;
                refused(&reply, 400, "validation_failed");
                assert_eq!(fields(&reply), named, "{path}?{query}");
            }
        }
        let reply = shop.iom().get("/orders?status=open").await;
        let said = "status must be pending, paid, fulfilling, fulfilled, shipped or cancelled";
        assert_eq!(refused(&reply, 400, "validation_failed"), said);
        let reply = shop.iom().get("/orders?from=2026-05-02&to=2026-05-01").await;
        assert_eq!(refused(&reply, 400, "validation_failed"), "from must not be after to, which is 2026-05-01");
    });
}

#[test]
fn behind_a_cursor_nothing_appears_twice_or_vanishes_while_orders_come_in() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 100).await;
        let items = json!([{"product_id": product, "quantity": 1}]);
        let mut made = Vec::new();
        for _ in 0..10 {
            made.push(place(shop, items.clone()).await);
        }
        made.reverse();
        let (mut seen, mut path, mut total) = (Vec::new(), "/orders?limit=3".to_owned(), 10);
        loop {
            let reply = shop.iom().get(&path).await.is(200);
            assert_eq!((reply.at("/total"), reply.at("/limit")), (json!(total), json!(3)));
            seen.extend(ids(&reply));
            let cursor = reply.at("/next_cursor");
            let Some(cursor) = cursor.as_str() else { break };
            path = format!("/orders?limit=3&cursor={cursor}");
            place(shop, items.clone()).await;
            step_to(shop, made[9], "paid").await;
            total += 1;
        }
        assert_eq!(seen, made);
        for (query, expected) in [("limit=4&page=2", 4), ("limit=200", 13), ("limit=4&page=9", 0), ("limit=999", 13)] {
            let reply = shop.iom().get(&format!("/orders?{query}")).await.is(200);
            assert_eq!((ids(&reply).len(), reply.at("/total")), (expected, json!(13)), "{query}");
        }
    });
}

fn ids(reply: &Reply) -> Vec<i64> {
    let rows = reply.at("/orders");
    rows.as_array().expect("rows").iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}
