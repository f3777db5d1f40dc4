//! The CSV file of products.

use serde_json::json;
use stockbridge_domain::TenantId;
use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::values::Text;

use super::{refused, stocked};
use crate::support::{keys_of, on_each_engine, on_the_demo};

#[test]
fn the_file_has_a_header_and_the_rows_of_the_list() {
    on_the_demo(async |shop| {
        let reply = shop.iom().get("/products/export").await.is(200);
        assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"products.csv\""));
        let list = shop.iom().get("/products").await.is(200);
        let row = list.text().strip_prefix(r#"{"products":["#).and_then(|rows| rows.split_inclusive('}').next());
        let mut lines = reply.text().split("\r\n");
        assert_eq!(lines.next().expect("a header"), keys_of(row.expect("a row")).join(","));
        let first = "7,Widget Pro 500,WGT-500,49.99,18.00,9312345678901,WidgetCo,3,Hardware,batch,true,320";
        assert_eq!(lines.next(), Some(first));
        let products = list.at("/total").as_u64().expect("a total");
        assert_eq!(u64::try_from(lines.filter(|line| !line.is_empty()).count()), Ok(products - 1));
        assert!(reply.text().ends_with("\r\n"));
    });
}

#[test]
fn the_file_takes_the_filters_of_the_list() {
    on_the_demo(async |shop| {
        for (query, rows) in [("search=pro", 2), ("category=2", 1), ("active=false", 0), ("search=&page=9", 8)] {
            let reply = shop.iom().get(&format!("/products/export?{query}")).await.is(200);
            assert_eq!(reply.text().lines().count(), rows + 1, "{query}");
        }
        refused(&shop.iom().get("/products/export?category=x").await, 400, "validation_failed");
    });
}

#[test]
fn an_empty_list_is_a_header_alone() {
    on_each_engine(async |shop| {
        let reply = shop.iom().get("/products/export").await.is(200);
        assert!(reply.text().starts_with("id,name,sku,") && reply.text().lines().count() == 1);
    });
}

#[test]
fn cells_are_quoted_and_formulas_defused() {
    on_each_engine(async |shop| {
        let body = json!({
            "name": "=HYPERLINK(\"http://x\"), now", "sku": "@SKU", "barcode": "-5.50", "vendor": "Müller\r\n& Söhne 🔩",
            "base_price": "0.125", "cost_price": 0, "is_active": false
        });
        let id = shop.iom().post("/products", body).await.is(201).at("/id");
        let reply = shop.iom().get("/products/export").await.is(200);
        let (_, row) = reply.text().split_once("\r\n").expect("a header");
        let expected = format!(
            "{id},\"'=HYPERLINK(\"\"http://x\"\"), now\",'@SKU,0.125,0.00,-5.50,\"Müller\r\n& Söhne 🔩\",,,none,false,0\r\n"
        );
        assert_eq!(row, expected);
    });
}

#[test]
fn a_long_file_is_whole_and_in_order() {
    on_each_engine(async |shop| {
        stocked(&shop.iom(), "FIRST").await;
        let filled = shop.store.alter(|lobby| {
            let tx = &mut lobby.as_system(TenantId::new(1))?;
            for number in 0..2_500 {
                let name = text(&format!("Bolt {number}"));
                items::create(tx, &NewItem { sku: text(&format!("B{number}")), name, rest: ItemChanges::default() })?;
            }
            Ok(())
        });
        filled.await.expect("products");
        let reply = shop.iom().get("/products/export").await.is(200);
        let ids: Vec<i64> = reply
            .text()
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().expect("an id").parse().expect("a number"))
            .collect();
        assert_eq!(ids.len(), 2_501);
        assert!(ids.is_sorted_by(|one, next| one < next));
        let (_, statements) = shop.statements_of(shop.iom().get("/products/export?search=bolt%2024")).await;
        assert!(statements.len() < 12, "{}", statements.len());
    });
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
