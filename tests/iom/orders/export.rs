//! The CSV file of orders.

use serde_json::json;
use stockbridge_domain::TenantId;
use stockbridge_domain::orders::{self, Channel, NewLine, NewOrder};

use super::{customer, goods, place, placed, step_to, whole};
use crate::support::on_each_engine;

const HEADER: &str =
    "id,order_number,customer_id,customer_name,status,channel,total_amount,item_count,warehouse_id,created_at";

#[test]
fn the_file_has_the_rows_of_the_list() {
    on_each_engine(async |shop| {
        let (product, acme) =
            (goods(shop, "ONE", json!("1.50"), 100).await, customer(shop, "Acme, \"the\" Corp").await);
        let items = json!([{"product_id": product, "quantity": 3}]);
        let first = placed(&shop.iom(), json!({"items": items, "customer_id": acme, "channel": "b2b"})).await;
        let second = place(shop, items).await;
        step_to(shop, second, "cancelled").await;
        let reply = shop.iom().get("/orders/export").await.is(200);
        assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"orders.csv\""));
        let list = shop.iom().get("/orders").await.is(200);
        let at = |row: usize| list.at(&format!("/orders/{row}/created_at")).as_str().expect("an instant").to_owned();
        let expected = format!(
            "{HEADER}\r\n{second},ORD-2,,,cancelled,manual,4.50,1,1,{}\r\n\
             {first},ORD-1,{acme},\"Acme, \"\"the\"\" Corp\",pending,b2b,4.50,1,1,{}\r\n",
            at(0),
            at(1)
        );
        assert_eq!(reply.text(), expected);
        for (query, rows) in [("status=pending", 1), ("channel=pos", 0), ("to=2020-01-01", 0), ("status=&page=9", 2)] {
            let reply = shop.iom().get(&format!("/orders/export?{query}")).await.is(200);
            assert_eq!(reply.text().lines().count(), rows + 1, "{query}");
        }
    });
}

#[test]
fn names_that_a_spreadsheet_would_run_are_defused() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let items = json!([{"product_id": product, "quantity": 1}]);
        let evil = customer(shop, "=HYPERLINK(\"http://x\")").await;
        placed(&shop.iom(), json!({"items": items, "customer_id": evil})).await;
        let reply = shop.iom().get("/orders/export").await.is(200);
        assert!(reply.text().contains(",\"'=HYPERLINK(\"\"http://x\"\")\",pending,"), "{}", reply.text());
    });
}

#[test]
fn a_long_file_is_whole_and_in_order() {
    on_each_engine(async |shop| {
        let product_id = goods(shop, "ONE", json!(1), 5_000).await;
        let line = NewLine { product_id, quantity: whole(1), unit_price: None, serials: Vec::new() };
        let new = NewOrder {
            customer_id: None,
            warehouse_id: None,
            channel: Channel::Pos,
            shipping_address: None,
            written: |_| String::new(),
            allow_backorder: false,
            lines: vec![line],
        };
        // All at one instant: only their ids tell them apart.
        let filled = shop.store.alter(move |lobby| {
            let tx = &mut lobby.as_system(TenantId::new(1))?;
            (0..2_100).try_for_each(|_| orders::place(tx, &new).map(|_| ()))
        });
        filled.await.expect("orders");
        let (reply, statements) = shop.statements_of(shop.iom().get("/orders/export")).await;
        let reply = reply.is(200);
        let numbers = reply.text().lines().skip(1).map(|row| row.split(',').nth(1).expect("a number").to_owned());
        let expected = (1..=2_100).rev().map(|number| format!("ORD-{number}"));
        assert!(numbers.collect::<Vec<_>>() == expected.collect::<Vec<_>>());
        assert!(statements.len() < 24, "{}", statements.len());
    });
}
