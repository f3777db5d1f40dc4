//! The calls of the reference, and what they must answer, on the demo's data.

use serde_json::json;

use super::{ITEMS, codes, refused, text};
use crate::support::{keys_of, on_the_demo};

/// The seven keys of an item, with the values of the reference's example.
const SAMPLE: &str = concat!(
    r#""item_id":"1-1-1001","item_code":"ITEM001","item_name":"Sample Item","item_barcode":"9551234567890","#,
    r#""organization_id":"1-1","organization_code":"BHH","updated":"2026-04-09 10:22:11""#
);

const DETAIL: [&str; 29] = [
    "item_id",
    "item_code",
    "item_name",
    "item_barcode",
    "organization_id",
    "organization_code",
    "updated",
    "item_alternatename",
    "category_id",
    "category_code",
    "category_name",
    "type_id",
    "type_code",
    "type_name",
    "brand_id",
    "brand_code",
    "brand_name",
    "baseuom_id",
    "baseuom_code",
    "salesuom_id",
    "salesuom_code",
    "purchaseuom_id",
    "purchaseuom_code",
    "sell_price",
    "purchase_price",
    "isstock",
    "issold",
    "ispurchase",
    "isactive",
];

#[test]
fn the_list_answers_as_documented_byte_for_byte() {
    on_the_demo(async |shop| {
        let query = "organization_code=BHH&q=Sample+Item&updated_from=2026-01-01%2000:00:00\
                     &updated_to=2026-12-31+23%3A59%3A59&item_code=ITEM001&page=1&per_page=20";
        let reply = shop.simbiz().get(&format!("{ITEMS}?{query}")).await.is(200);
        let expected = format!(
            "{}{SAMPLE}{}",
            r#"{"status":"OK","data":[{"#,
            concat!(
                r#"}],"meta":{"pagination":{"page":1,"per_page":20,"total":1,"total_pages":1},"#,
                r#""filters":{"organization_id":"","organization_code":"BHH","q":"Sample Item","#,
                r#""updated_from":"2026-01-01 00:00:00","updated_to":"2026-12-31 23:59:59","item_code":"ITEM001"}}}"#
            )
        );
        assert_eq!(reply.text(), expected);
    });
}

#[test]
fn the_documented_search_finds_the_documented_item() {
    on_the_demo(async |shop| {
        let query = "organization_code=BHH&q=CAMBRIDGE&updated_from=2026-01-01+00%3A00%3A00\
                     &updated_to=2026-12-31+23%3A59%3A59&page=1&per_page=20";
        let reply = shop.simbiz().get(&format!("{ITEMS}?{query}")).await;
        assert_eq!(codes(&reply), ["CAM-A4"]);
        let filters = "organization_id organization_code q updated_from updated_to";
        let sent =
            reply.text().split(r#""filters":"#).nth(1).and_then(|rest| rest.strip_suffix("}}")).expect("filters");
        assert_eq!(keys_of(sent).join(" "), filters);
    });
}

#[test]
fn every_lookup_of_an_item_answers_as_documented() {
    on_the_demo(async |shop| {
        for path in
            ["1-1-1001", "1001", "by-code/ITEM001", "by-code/item001", "by-barcode/9551234567890", "by-barcode/ITEM001"]
        {
            let reply = shop.simbiz().get(&format!("{ITEMS}/{path}")).await.is(200);
            assert!(reply.text().starts_with(&format!(r#"{{"status":"OK","data":{{{SAMPLE},"#)), "{}", reply.text());
            assert!(reply.text().ends_with(r#"},"meta":{}}"#), "{}", reply.text());
            let data = reply
                .text()
                .strip_prefix(r#"{"status":"OK","data":"#)
                .and_then(|text| text.strip_suffix(r#","meta":{}}"#));
            assert_eq!(keys_of(data.expect("an envelope")), DETAIL);
        }
    });
}

#[test]
fn all_scalars_of_an_item_are_text() {
    on_the_demo(async |shop| {
        let reply = shop.simbiz().get(&format!("{ITEMS}/1001")).await.is(200);
        for (key, value) in reply.at("/data").as_object().expect("an item") {
            assert!(value.is_string(), "{key} is {value}");
        }
        let expected = json!({"category_id": "1-1-4", "category_code": "CAT001", "type_id": "1-1-1", "type_code": "TYPE001",
            "brand_code": "BRAND001", "baseuom_code": "PCS", "salesuom_code": "PCS", "purchaseuom_code": "PCS",
            "sell_price": "12.00", "purchase_price": "10.00", "isstock": "1", "issold": "1", "ispurchase": "1",
            "isactive": "1", "item_alternatename": ""});
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(&reply.at(&format!("/data/{key}")), value, "{key}");
        }
    });
}

#[test]
fn the_documented_item_is_made_and_changed() {
    on_the_demo(async |shop| {
        let body = json!({
            "organization_code": "BHH",
            "data": {
                "header": {"item_code": "ITEM-API-001", "item_name": "API Created Item", "category_code": "CAT001",
                    "type_code": "TYPE001", "brand_code": "BRAND001"},
                "line": {"baseuom_code": "PCS", "salesuom_code": "PCS", "purchaseuom_code": "PCS", "sell_price": "12.00",
                    "purchase_price": "10.00", "isstock": "1", "issold": "1", "ispurchase": "1"}
            }
        });
        let made = shop.simbiz().post(ITEMS, body).await.is(201);
        assert_eq!(made.keys(), ["status", "data", "meta"]);
        let id = text(&made.at("/data/item_id"));
        let read = shop.simbiz().get(&format!("{ITEMS}/{id}")).await.is(200);
        assert_eq!(read.text(), made.text());
        let change = json!({"organization_code": "BHH",
            "data": {"header": {"item_name": "Updated API Item"}, "line": {"sell_price": "13.00"}}});
        let changed = shop.simbiz().patch(&format!("{ITEMS}/{id}"), change).await.is(200);
        assert_eq!(changed.at("/data/item_name"), json!("Updated API Item"));
        assert_eq!(changed.at("/data/sell_price"), json!("13.00"));
        assert_eq!(changed.at("/data/purchase_price"), json!("10.00"));
        assert_eq!(changed.at("/data/category_code"), json!("CAT001"));
    });
}

#[test]
fn the_documented_refusals_are_said_byte_for_byte() {
    on_the_demo(async |shop| {
        let missing = concat!(
            r#"{"status":"Failed","errors":[{"code":"V3_AUTH_MISSING_CREDENTIAL","message":"Missing uid or token","#,
            r#""details":[]}],"meta":[]}"#
        );
        for client in [shop.simbiz().without("x-uid"), shop.simbiz().without("Authorization")] {
            assert_eq!(client.get(ITEMS).await.is(401).text(), missing);
        }
        let unknown = concat!(
            r#"{"status":"Failed","errors":[{"code":"V3_INV_ITEM_NOT_FOUND","message":"Item not found","#,
            r#""details":{"id":"1-1-999999"}}],"meta":[]}"#
        );
        assert_eq!(shop.simbiz().get(&format!("{ITEMS}/1-1-999999")).await.is(404).text(), unknown);
    });
}

#[test]
fn health_answers_as_documented() {
    on_the_demo(async |shop| {
        let reply = shop.nobody().get("/api/v3/health").await.is(200);
        assert_eq!(reply.text(), r#"{"status":"OK","data":{"name":"SimBiz 6 API V3","status":"UP"},"meta":{}}"#);
    });
}

#[test]
fn balances_and_reference_data_answer_as_they_are_asked() {
    on_the_demo(async |shop| {
        // As the reference asks, but for the end of its window: the demo's stock was booked when it was loaded.
        let query = "organization_code=BHH&branch_id=1&item_codes=ITEM001%2CITEM002\
                     &updated_from=2026-01-01%2000%3A00%3A00&updated_to=9999-12-31%2023%3A59%3A59";
        let stocks = shop.simbiz().get(&format!("/inventory/stocks/by-location?{query}")).await;
        assert_eq!(codes(&stocks), ["ITEM001", "ITEM002"]);
        assert_eq!(stocks.at("/data/0/location_code"), json!("SYD"));
        let filters = r#""filters":{"organization_id":"","organization_code":"BHH","branch_id":"1","#;
        assert!(stocks.text().contains(filters), "{}", stocks.text());
        let categories = shop.simbiz().get("/inventory/reference-data/categories").await.is(200);
        assert_eq!(categories.at("/data/3/category_id"), json!("1-1-4"));
        assert_eq!(categories.at("/data/3/category_code"), json!("CAT001"));
    });
}

#[test]
fn nothing_else_is_there() {
    on_the_demo(async |shop| {
        for path in ["/inventory/stocks", "/inventory/reference-data", "/auth/token", "/nothing", ""] {
            refused(&shop.simbiz().get(path).await, 404, "V3_ROUTE_NOT_FOUND");
        }
    });
}
