//! The product list: documented rows, filters, pages and cursors.

use serde_json::{Value, json};

use super::{fields, refused, stocked};
use crate::support::{Client, Reply, on_each_engine, on_the_demo};

#[test]
fn the_list_is_as_documented() {
    on_the_demo(async |shop| {
        let reply = shop.iom().get("/products").await.is(200);
        assert_eq!(reply.keys(), ["products", "total", "page", "limit", "next_cursor"]);
        assert_eq!(
            (reply.at("/page"), reply.at("/limit"), reply.at("/next_cursor")),
            (json!(1), json!(50), Value::Null)
        );
        assert_eq!(reply.at("/total"), json!(reply.at("/products").as_array().expect("rows").len()));
        let documented = concat!(
            r#"{"products":[{"id":7,"name":"Widget Pro 500","sku":"WGT-500","base_price":"49.99","#,
            r#""cost_price":"18.00","barcode":"9312345678901","vendor":"WidgetCo","category_id":3,"category_name":"Hardware","#,
            r#""tracking_type":"batch","is_active":true,"total_stock":320},"#
        );
        assert!(reply.text().starts_with(documented), "{}", reply.text());
    });
}

#[test]
fn what_a_product_lacks_is_null_and_what_is_not_there_is_zero() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.iom(), "ONE").await;
        let row = json!({
            "id": id, "name": "Anvil ONE", "sku": "ONE", "base_price": "9.00", "cost_price": null, "barcode": null,
            "vendor": null, "category_id": null, "category_name": null, "tracking_type": "none", "is_active": true,
            "total_stock": 0
        });
        assert_eq!(shop.iom().get("/products").await.is(200).at("/products/0"), row);
    });
}

#[test]
fn filters_narrow_the_list_and_its_total() {
    on_the_demo(async |shop| {
        for (query, expected) in [
            ("category=2", vec![14]),
            ("category=1", vec![]),
            ("category=99999", vec![]),
            ("search=wIdGeT", vec![7]),
            ("search=blt-", vec![14]),
            ("search=9312345678949", vec![31]),
            ("search=x1", vec![31]),
            ("search=%20PRO%20", vec![7, 31]),
            ("search=pro&category=3&active=true", vec![7, 31]),
            ("search=%25", vec![]),
            ("search=_", vec![]),
            ("search=%22%27%5C", vec![]),
            ("search=%F0%9F%94%A9", vec![]),
            ("category=2&search=&active=&page=&limit=&cursor=", vec![14]),
            ("category=1&category=2", vec![14]),
            ("search=cambridge&colour=red", vec![1003]),
        ] {
            let reply = shop.iom().get(&format!("/products?{query}")).await.is(200);
            assert_eq!((ids(&reply), reply.at("/total")), (expected.clone(), json!(expected.len())), "{query}");
        }
    });
}

#[test]
fn active_is_understood_in_every_spelling() {
    on_each_engine(async |shop| {
        let (on, off) = (stocked(&shop.iom(), "ON").await, stocked(&shop.iom(), "OFF").await);
        shop.iom().patch(&format!("/products/{off}"), json!({"is_active": false})).await.is(200);
        for yes in ["1", "true", "True"] {
            assert_eq!(ids(&shop.iom().get(&format!("/products?active={yes}")).await.is(200)), [on]);
        }
        for no in ["0", "false", "False"] {
            assert_eq!(ids(&shop.iom().get(&format!("/products?active={no}")).await.is(200)), [off]);
        }
        assert_eq!(ids(&shop.iom().get("/products?active=").await.is(200)), [on, off]);
    });
}

#[test]
fn wildcards_in_a_search_are_ordinary_characters() {
    on_each_engine(async |shop| {
        for name in ["50% wool", "50 wool", "a_b", "aXb", "back\\slash", "ÄRMEL \"x\""] {
            let sku = format!("SKU {name}");
            shop.iom().post("/products", json!({"name": name, "sku": sku, "base_price": 1})).await.is(201);
        }
        for (search, name) in [
            ("0%25", "50% wool"),
            ("0%25+w", "50% wool"),
            ("a_", "a_b"),
            ("a_b", "a_b"),
            ("k%5Cs", "back\\slash"),
            ("%C3%A4rmel+%22", "ÄRMEL \"x\""),
        ] {
            let reply = shop.iom().get(&format!("/products?search={search}")).await.is(200);
            assert_eq!((reply.at("/total"), reply.at("/products/0/name")), (json!(1), json!(name)), "{search}");
        }
    });
}

#[test]
fn pages_cut_the_list_and_say_what_they_did() {
    on_each_engine(async |shop| {
        let made = make(&shop.iom(), 5).await;
        for (query, expected, page, limit) in [
            ("limit=2", &made[..2], 1, 2),
            ("limit=2&page=2", &made[2..4], 2, 2),
            ("limit=2&page=3", &made[4..], 3, 2),
            ("limit=2&page=4", &[], 4, 2),
            ("page=9223372036854775807&limit=200", &[], i64::MAX, 200),
            ("limit=201", &made[..], 1, 200),
            ("limit=9223372036854775807", &made[..], 1, 200),
        ] {
            let reply = shop.iom().get(&format!("/products?{query}")).await.is(200);
            assert_eq!(ids(&reply), expected, "{query}");
            assert_eq!(
                (reply.at("/total"), reply.at("/page"), reply.at("/limit")),
                (json!(5), json!(page), json!(limit))
            );
        }
    });
}

#[test]
fn parameters_that_cannot_be_are_all_told_at_once() {
    on_each_engine(async |shop| {
        for (query, named) in [
            ("page=0", vec!["page"]),
            ("page=-1&limit=0", vec!["page", "limit"]),
            ("page=1.5&limit=many", vec!["page", "limit"]),
            ("page=99999999999999999999", vec!["page"]),
            ("category=tools&active=perhaps", vec!["category", "active"]),
            ("search=a%00b", vec!["search"]),
            ("cursor=zzz", vec!["cursor"]),
            ("cursor=c1-1", vec!["cursor"]),
            ("cursor=c1ffffffffffffffffffff", vec!["cursor"]),
        ] {
            let reply = shop.iom().get(&format!("/products?{query}")).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), named, "{query}");
        }
        let reply = shop.iom().get(&format!("/products?search={}", "x".repeat(256))).await;
        assert_eq!(refused(&reply, 400, "validation_failed"), "search must be at most 255 characters long");
        // What is not UTF-8 is taken for something that nothing is called.
        assert_eq!(shop.iom().get("/products?search=%ff%fe").await.is(200).at("/total"), json!(0));
    });
}

#[test]
fn behind_a_cursor_nothing_appears_twice_or_vanishes() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let made = make(&client, 10).await;
        let first = client.get("/products?limit=3").await.is(200);
        assert_eq!(ids(&first), made[..3]);
        // One that was seen goes, one that was not yet seen goes, one comes.
        client.delete(&format!("/products/{}", made[1])).await.is(200);
        client.delete(&format!("/products/{}", made[5])).await.is(200);
        let late = stocked(&client, "LATE").await;
        let mut seen = Vec::new();
        let mut cursor = first.at("/next_cursor");
        while let Some(text) = cursor.as_str() {
            let reply = client.get(&format!("/products?limit=3&page=7&cursor={text}")).await.is(200);
            assert_eq!(reply.at("/total"), json!(9));
            seen.extend(ids(&reply));
            cursor = reply.at("/next_cursor");
        }
        assert_eq!(seen, [made[3], made[4], made[6], made[7], made[8], made[9], late]);
    });
}

#[test]
fn a_cursor_goes_on_within_the_same_filter() {
    on_the_demo(async |shop| {
        let first = shop.iom().get("/products?search=pro&limit=1").await.is(200);
        let cursor = first.at("/next_cursor");
        let next = format!("/products?search=pro&limit=1&cursor={}", cursor.as_str().expect("a cursor"));
        let second = shop.iom().get(&next).await.is(200);
        assert_eq!((ids(&first), ids(&second)), (vec![7], vec![31]));
        assert_eq!((second.at("/total"), second.at("/next_cursor")), (json!(2), Value::Null));
    });
}

async fn make(client: &Client<'_>, count: usize) -> Vec<i64> {
    let mut made = Vec::new();
    for number in 0..count {
        made.push(stocked(client, &format!("A-{number}")).await);
    }
    made
}

fn ids(reply: &Reply) -> Vec<i64> {
    let rows = reply.at("/products");
    rows.as_array().expect("rows").iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}
