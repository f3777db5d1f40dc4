//! One table of what old PHP and curl integrations send, and what each is answered. What needs a wire of its own
//! (versions, chunks, lengths) is in `proof/wire.rs`.

use actix_web::http::Method;

use super::{ITEMS, refused, stocked};
use crate::support::{Shop, on_each_engine};

/// What is sent, and the status and a part of the answer: a code for refusals.
struct Row {
    line: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
    status: u16,
    says: &'static str,
}

const fn get(path: &'static str, status: u16, says: &'static str) -> Row {
    Row { line: path, headers: &[], body: b"", status, says }
}

const fn with(
    line: &'static str,
    headers: &'static [(&'static str, &'static str)],
    status: u16,
    says: &'static str,
) -> Row {
    Row { line, headers, body: b"", status, says }
}

/// A change of OLD; its id is put in place of `{id}`.
const fn patch(body: &'static [u8], status: u16, says: &'static str) -> Row {
    Row { line: "PATCH /inventory/items/{id}", headers: &[], body, status, says }
}

const fn typed(
    kind: &'static [(&'static str, &'static str)],
    body: &'static [u8],
    status: u16,
    says: &'static str,
) -> Row {
    Row { line: "PATCH /inventory/items/{id}", headers: kind, body, status, says }
}

const FORM: &[(&str, &str)] = &[("Content-Type", "application/x-www-form-urlencoded")];
const JSON: &str = "V3_REQ_INVALID_JSON";
const WRONG: &str = "V3_INV_VALIDATION_FAILED";
const DATE: &str = "V3_REQ_INVALID_DATETIME";
const NO_ITEM: &str = "V3_INV_ITEM_NOT_FOUND";
const NO_ROUTE: &str = "V3_ROUTE_NOT_FOUND";
const MISSING: &str = "V3_AUTH_MISSING_CREDENTIAL";
const INVALID: &str = "V3_AUTH_INVALID_TOKEN";
const RENAME: &[u8] = br#"{"data":{"header":{"item_name":"New"}}}"#;

#[test]
fn a_body_is_read_as_it_was_meant() {
    on_each_engine(async |shop| {
        hold(
            shop,
            &[
                typed(FORM, RENAME, 200, r#""item_name":"New""#),
                typed(&[("Content-Type", "text/plain; charset=utf-8")], RENAME, 200, r#""item_name":"New""#),
                typed(&[("Content-Type", "text/json")], RENAME, 200, r#""item_name":"New""#),
                typed(&[("Content-Type", "")], RENAME, 200, r#""item_name":"New""#),
                typed(&[("CONTENT-TYPE", "Application/JSON;Charset=UTF-8")], RENAME, 200, r#""item_name":"New""#),
                typed(&[("Content-Type", "application/xml")], RENAME, 415, "V3_REQ_UNSUPPORTED_TYPE"),
                typed(&[("Content-Encoding", "gzip")], b"\x1f\x8b\x08", 415, "V3_REQ_UNSUPPORTED_TYPE"),
                typed(&[("Content-Encoding", "identity")], RENAME, 200, r#""item_name":"New""#),
                typed(FORM, b"data[header][item_name]=New", 400, "The body is a form, not JSON: send the JSON itself"),
                typed(FORM, b"data%5Bheader%5D%5Bitem_name%5D=New", 400, "The body is a form, not JSON"),
                typed(FORM, b"%7B%22data%22%3A%7B%7D%7D", 400, "The body is a form, not JSON"),
                typed(FORM, b"", 400, JSON),
                patch(
                    b"\xEF\xBB\xBF{\"data\":{\"header\":{\"item_name\":\"Marked\"}}}",
                    200,
                    r#""item_name":"Marked""#,
                ),
                patch(b"\xFF\xFE{\0}\0", 400, "The body is UTF-16: send it as UTF-8."),
                patch(b"\xFE\xFF\0{\0}", 400, "The body is UTF-16: send it as UTF-8."),
                patch(
                    b"{\"data\":{\"header\":{\"item_name\":\"S\xE4ge\"}}}",
                    400,
                    "byte 33 is not UTF-8. Send it as UTF-8.",
                ),
                patch(b" \r\n{\"data\":{}}\r\n\r\n", 200, r#""item_code":"OLD""#),
                patch(br#"{"data":{},"data":{}}"#, 400, "duplicate field `data`"),
                patch(br#"{"data":{"header":{"item_name":"a","item_name":"b"}}}"#, 422, "names each field once"),
                patch(br#"{"data":{"header":[],"line":[]}}"#, 200, r#""item_code":"OLD""#),
                patch(br#""{\"data\":{}}""#, 400, "The body must be a JSON object."),
            ],
        )
        .await;
    });
}

#[test]
fn a_value_is_read_as_it_was_meant() {
    on_each_engine(async |shop| {
        hold(
            shop,
            &[
                patch(br#"{"data":{"header":{"item_name":12.50}}}"#, 200, r#""item_name":"12.50""#),
                patch(br#"{"data":{"header":{"item_name":0}}}"#, 200, r#""item_name":"0""#),
                patch(br#"{"data":{"header":{"item_alternatename":true}}}"#, 200, r#""item_alternatename":"1""#),
                patch(br#"{"data":{"header":{"item_alternatename":""}}}"#, 200, r#""item_alternatename":"""#),
                patch(br#"{"data":{"header":{"item_alternatename":null}}}"#, 200, r#""item_alternatename":"""#),
                patch(br#"{"data":{"header":{"item_name":"  two  words "}}}"#, 200, r#""item_name":"two  words""#),
                patch(
                    b"{\"data\":{\"header\":{\"item_name\":\"\xF0\x9F\x94\xA9 \\ud83d\\udd29\"}}}",
                    200,
                    "\u{1f529} \u{1f529}",
                ),
                patch(
                    br#"{"data":{"header":{"item_name":"\ud800"}}}"#,
                    422,
                    "item_name must be well-formed Unicode text",
                ),
                patch(br#"{"data":{"header":{"item_name":"a\u0000b"}}}"#, 422, "item_name must not contain NUL"),
                patch(br#"{"data":{"header":{"item_name":["New"]}}}"#, 422, "item_name must be text"),
                patch(br#"{"data":{"line":{"sell_price":"1.5E1"}}}"#, 200, r#""sell_price":"15.00""#),
                patch(br#"{"data":{"line":{"sell_price":15e-1}}}"#, 200, r#""sell_price":"1.50""#),
                patch(br#"{"data":{"line":{"sell_price":" 7 "}}}"#, 200, r#""sell_price":"7.00""#),
                patch(br#"{"data":{"line":{"sell_price":"7,50"}}}"#, 422, "sell_price must be a number such as 12"),
                patch(br#"{"data":{"line":{"sell_price":"1,234.50"}}}"#, 422, "sell_price must be a number such as 12"),
                patch(br#"{"data":{"line":{"sell_price":true}}}"#, 422, WRONG),
                patch(br#"{"data":{"line":{"isstock":"0"}}}"#, 200, r#""isstock":"0""#),
                patch(br#"{"data":{"line":{"isstock":1}}}"#, 200, r#""isstock":"1""#),
                patch(br#"{"data":{"line":{"isstock":false}}}"#, 200, r#""isstock":"0""#),
                patch(br#"{"data":{"line":{"isstock":"TRUE"}}}"#, 200, r#""isstock":"1""#),
                patch(br#"{"data":{"line":{"isstock":"yes"}}}"#, 422, "isstock must be 1 or 0"),
                patch(br#"{"data":{"line":{"isstock":""}}}"#, 422, "isstock must be 1 or 0"),
                patch(br#"{"organization_code":"shop","data":{"line":{}}}"#, 200, r#""organization_code":"SHOP""#),
                patch(br#"{"organization_id":1,"data":{"line":{}}}"#, 200, r#""organization_id":"1-1""#),
                patch(br#"{"organization_id":"","org_code":"SHOP","data":{}}"#, 200, r#""organization_id":"1-1""#),
            ],
        )
        .await;
    });
}

#[test]
fn a_query_is_read_as_it_was_meant() {
    on_each_engine(async |shop| {
        hold(
            shop,
            &[
                get("/inventory/items?q=old&q=a%2Fb", 200, r#""total":1,"#),
                get("/inventory/items?q=nothing&q=old", 200, r#""item_code":"OLD""#),
                get(
                    "/inventory/items?item_code[]=OLD",
                    422,
                    "item_code takes one value: send it once, without brackets",
                ),
                get("/inventory/items?item_code%5B%5D=OLD&item_code%5B%5D=A", 422, "item_code takes one value"),
                get("/inventory/items?item_code[]=X&item_code=OLD", 200, r#""item_code":"OLD""#),
                get("/inventory/items?organization_code[]=NEXT", 422, "organization_code takes one value"),
                get("/inventory/items/{id}?org_id[]=2", 422, "org_id takes one value"),
                get("/inventory/items?colour[]=red", 200, r#""item_code":"OLD""#),
                get(
                    "/inventory/stocks/by-location?item_codes[]=OLD&item_codes[]=none",
                    200,
                    r#""item_codes":"OLD,none""#,
                ),
                get("/inventory/stocks/by-location?item_codes%5B0%5D=OLD", 200, r#""item_codes":"OLD""#),
                get("/inventory/stocks/by-location?branch_id[]=1", 422, "branch_id takes one value"),
                get("/inventory/items?page=abc&per_page=lots", 200, r#""page":1,"per_page":50,"#),
                get("/inventory/items?page=-1&per_page=999999", 200, r#""page":1,"per_page":200,"#),
                get("/inventory/items?page=1.0&per_page=+7+", 200, r#""page":1,"per_page":7,"#),
                get("/inventory/items?all=TRUE", 200, r#""total_pages":1"#),
                get("/inventory/items?all=yes", 200, r#""per_page":50"#),
                get("/inventory/items?q=&item_code=+&updated_from=", 200, r#""item_code":"OLD""#),
                get(
                    "/inventory/items?updated_from=2026-01-01+00:00:00",
                    200,
                    r#""updated_from":"2026-01-01 00:00:00""#,
                ),
                get("/inventory/items?updated_from=2026-01-01%2000%3A00%3A00", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=2026-01-01T00:00:00", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=2026-01-01%2B00:00:00", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=2026-01-01T00:00:00%2B08:00", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=2026-01-01T00:00:00+08:00", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=2026-01-01", 200, r#""item_code":"OLD""#),
                get("/inventory/items?updated_from=01/02/2026", 422, DATE),
                get("/inventory/items?updated_from=1767225600", 422, DATE),
                get("/inventory/items?updated_from=yesterday&updated_to=0000-00-00+00:00:00", 422, DATE),
                get("/inventory/items?updated_from=%00", 422, WRONG),
                get("/inventory/items?&&=&==&q", 200, r#""item_code":"OLD""#),
                get("/inventory/items?q=%zz%", 200, r#""total":0"#),
            ],
        )
        .await;
    });
}

#[test]
fn a_path_is_read_as_it_was_meant() {
    on_each_engine(async |shop| {
        hold(
            shop,
            &[
                get("/inventory/items/", 200, r#""item_code":"OLD""#),
                get("/inventory//items", 200, r#""item_code":"OLD""#),
                get("/inventory/items/{id}/", 200, r#""item_code":"OLD""#),
                get("/inventory/items/by-code/A%2FB", 200, r#""item_code":"A/B""#),
                get("/inventory/items/by-code/A%2fB/", 200, r#""item_code":"A/B""#),
                get("/inventory/items/by-code/A/B", 404, NO_ROUTE),
                get("/inventory/items/by-code/%2FA%2F%2FB%2F", 200, r#""item_code":"/A//B/""#),
                get("/inventory/items/by-code/a%20b%2Bc", 200, r#""item_code":"A b+c""#),
                get("/inventory/items/by-code/a%20b+c", 200, r#""item_code":"A b+c""#),
                get("/inventory/items/by-code/50%25", 200, r#""item_code":"50%""#),
                get("/inventory/items/by-code/%C3%84%E2%82%AC", 200, "\"item_code\":\"\u{c4}\u{20ac}\""),
                get("/inventory/items/by-code/%C3%A4%E2%82%AC", 200, "\"item_code\":\"\u{c4}\u{20ac}\""),
                get("/inventory/items/by-code/%C4%80", 404, NO_ITEM),
                get("/inventory/items/by-code/%E4", 404, NO_ITEM),
                get("/inventory/items/by-code/%00", 404, NO_ITEM),
                get("/inventory/items/by-code/", 404, NO_ITEM),
                get("/inventory/items/by-barcode/old", 200, r#""item_code":"OLD""#),
                get("/inventory/items/1-1-999999", 404, r#""details":{"id":"1-1-999999"}"#),
                get("/inventory/items/undefined", 404, r#""details":{"id":"undefined"}"#),
                get("/inventory/reference-data/Categories", 200, r#""data":[]"#),
                get("/inventory/reference-data/uom", 404, "V3_INV_RESOURCE_NOT_ALLOWED"),
                get("/inventory/Items", 404, NO_ROUTE),
                get("/inventory/items.php", 404, NO_ROUTE),
                with("HEAD /inventory/items", &[], 200, ""),
                with(
                    "OPTIONS /inventory/items",
                    &[("Origin", "http://x"), ("Access-Control-Request-Method", "GET")],
                    405,
                    "V3_METHOD_NOT_ALLOWED",
                ),
                with("PUT /inventory/items/{id}", &[], 405, "V3_METHOD_NOT_ALLOWED"),
                with(
                    "POST /inventory/items/{id}",
                    &[("X-HTTP-Method-Override", "PATCH")],
                    405,
                    "V3_METHOD_NOT_ALLOWED",
                ),
                with("DELETE /inventory/items/{id}", &[], 405, "V3_METHOD_NOT_ALLOWED"),
            ],
        )
        .await;
    });
}

#[test]
fn a_credential_is_read_as_it_was_meant() {
    on_each_engine(async |shop| {
        let token = shop.simbiz().header("Authorization").expect("a token").trim_start_matches("Bearer ").to_owned();
        for (authorization, uid, status, says) in [
            (format!("Bearer {token}"), "support", 200, ""),
            (format!("bearer {token}"), " support ", 200, ""),
            (format!("BEARER   {token} "), "support", 200, ""),
            (format!("Token {token}"), "support", 401, INVALID),
            (token.clone(), "support", 401, INVALID),
            (format!("Bearer \"{token}\""), "support", 401, INVALID),
            ("Bearer".to_owned(), "support", 401, INVALID),
            ("Bearer null".to_owned(), "support", 401, INVALID),
            (String::new(), "support", 401, MISSING),
            (format!("Bearer {token}"), "", 401, MISSING),
            (format!("Bearer {token}"), "SUPPORT", 401, "V3_AUTH_UID_MISMATCH"),
            (format!("Bearer {token}"), "multi", 401, "V3_AUTH_UID_MISMATCH"),
        ] {
            for name in ["Authorization", "AUTHORIZATION", "authorization"] {
                let client = shop.nobody().with(name, &authorization).with("X-Uid", uid);
                let reply = client.get(&format!("/api/v3{ITEMS}")).await;
                assert_eq!(reply.status, status, "{authorization} {uid}");
                if status != 200 {
                    refused(&reply, status, says);
                }
            }
        }
        // Where they end up in logs, they count for nothing.
        let path = format!("/api/v3{ITEMS}?token={token}&access_token={token}&x-uid=support&uid=support");
        refused(&shop.nobody().get(&path).await, 401, MISSING);
        refused(&shop.nobody().with("Cookie", &format!("token={token}")).get(&path).await, 401, MISSING);
    });
}

/// Sends each row to a shop that has OLD and a few codes that are hard to send, and compares the answers.
async fn hold(shop: &Shop, rows: &[Row]) {
    let id = stocked(&shop.simbiz(), "OLD").await;
    for code in ["A/B", "/A//B/", "A b+c", "50%", "\u{c4}\u{20ac}"] {
        stocked(&shop.simbiz(), code).await;
    }
    for Row { line, headers, body, status, says } in rows {
        let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
        let mut client = shop.simbiz();
        for (name, value) in *headers {
            client = client.with(name, value);
        }
        let sent = (method == "PATCH").then(|| body.to_vec());
        let method: Method = method.parse().expect("a method");
        let reply = client.send(method, &path.replace("{id}", &id), sent).await;
        let what = format!("{line} {headers:?} {}: {}", String::from_utf8_lossy(body), reply.text());
        assert_eq!(reply.status, *status, "{what}");
        assert!(reply.text().contains(says), "{what}");
        if *status >= 400 {
            refused(&reply, *status, reply.at("/errors/0/code").as_str().expect("a code"));
        }
    }
}
