//! The reference page's own curl lines, pasted: only the host and the token are put in, and each is sent to the built
//! server as curl sends it.

use std::fmt::Write;

use form_urlencoded::byte_serialize;
use serde_json::json;

use super::on_the_demo;
use super::wire::{Said, ask, keys};

/// A line, the status it must be answered with, and values in the answer by their JSON pointers.
type Line = (&'static str, u16, &'static [(&'static str, &'static str)]);

const PAGE: &[Line] = &[
    (
        r#"curl -G "https://<host>/api/v3/inventory/items" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support" \
  --data-urlencode "organization_code=BHH" \
  --data-urlencode "q=CAMBRIDGE" \
  --data-urlencode "updated_from=2026-01-01 00:00:00" \
  --data-urlencode "updated_to=2026-12-31 23:59:59" \
  --data-urlencode "page=1" \
  --data-urlencode "per_page=20""#,
        200,
        &[
            ("/data/0/item_code", "CAM-A4"),
            ("/meta/filters/organization_code", "BHH"),
            ("/meta/filters/updated_from", "2026-01-01 00:00:00"),
        ],
    ),
    (
        r#"curl -X GET "https://<host>/api/v3/inventory/items/1-1-1001" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support""#,
        200,
        &[("/data/item_code", "ITEM001"), ("/data/updated", "2026-04-09 10:22:11")],
    ),
    (
        r#"curl -X GET "https://<host>/api/v3/inventory/items/by-barcode/9551234567890" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support""#,
        200,
        &[("/data/item_id", "1-1-1001"), ("/data/item_barcode", "9551234567890")],
    ),
    (
        r#"curl -X GET "https://<host>/api/v3/inventory/items/by-code/ITEM001" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support""#,
        200,
        &[("/data/item_id", "1-1-1001"), ("/data/item_name", "Sample Item")],
    ),
    (
        r#"curl -X POST "https://<host>/api/v3/inventory/items" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support" \
  -H "Content-Type: application/json" \
  -d '{
    "organization_code": "BHH",
    "data": {
      "header": {
        "item_code": "ITEM-API-001",
        "item_name": "API Created Item",
        "category_code": "CAT001",
        "type_code": "TYPE001",
        "brand_code": "BRAND001"
      },
      "line": {
        "baseuom_code": "PCS",
        "salesuom_code": "PCS",
        "purchaseuom_code": "PCS",
        "sell_price": "12.00",
        "purchase_price": "10.00",
        "isstock": "1",
        "issold": "1",
        "ispurchase": "1"
      }
    }
  }'"#,
        201,
        &[
            ("/data/item_code", "ITEM-API-001"),
            ("/data/category_code", "CAT001"),
            ("/data/brand_code", "BRAND001"),
            ("/data/salesuom_code", "PCS"),
            ("/data/sell_price", "12.00"),
            ("/data/purchase_price", "10.00"),
        ],
    ),
    (
        r#"curl -X PATCH "https://<host>/api/v3/inventory/items/1-1-1001" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support" \
  -H "Content-Type: application/json" \
  -d '{
    "organization_code": "BHH",
    "data": {
      "header": {
        "item_name": "Updated API Item"
      },
      "line": {
        "sell_price": "13.00"
      }
    }
  }'"#,
        200,
        &[("/data/item_id", "1-1-1001"), ("/data/item_name", "Updated API Item"), ("/data/sell_price", "13.00")],
    ),
    (
        r#"curl -G "https://<host>/api/v3/inventory/stocks/by-location" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support" \
  --data-urlencode "organization_code=BHH" \
  --data-urlencode "branch_id=1" \
  --data-urlencode "item_codes=ITEM001,ITEM002" \
  --data-urlencode "updated_from=2026-01-01 00:00:00" \
  --data-urlencode "updated_to=2026-12-31 23:59:59""#,
        200,
        &[
            ("/data/0/item_code", "ITEM001"),
            ("/data/0/branch_id", "1-1-1"),
            ("/meta/filters/item_codes", "ITEM001,ITEM002"),
        ],
    ),
    (
        r#"curl -X GET "https://<host>/api/v3/inventory/reference-data/categories" \
  -H "Authorization: Bearer <token>" \
  -H "x-uid: support""#,
        200,
        &[("/data/0/organization_code", "BHH"), ("/data/0/isactive", "1")],
    ),
];

#[test]
fn the_pages_own_lines_work_as_they_stand() {
    on_the_demo(|stand| {
        let served = stand.serve();
        let keys = keys(served.address);
        let token = keys.split(['\r', ' ']).nth(2).expect("a token");
        for (line, status, values) in PAGE {
            let line = line.replace("<host>", &served.address.to_string()).replace("<token>", token);
            let said = curl(&line, &served.address.to_string());
            assert_eq!(said.status(), *status, "{line}: {}", said.body());
            let answer = said.json();
            assert_eq!(answer["status"], json!("OK"));
            for (pointer, value) in *values {
                assert_eq!(answer.pointer(pointer), Some(&json!(value)), "{pointer} of {line}: {}", said.body());
            }
        }
        // The page's failures: nobody's call, and an item that is not there.
        let missing = format!("curl -X GET \"https://{}/api/v3/inventory/items\"", served.address);
        let unknown = PAGE[1].0.replace("1-1-1001", "1-1-999999").replace("<token>", token);
        let unknown = unknown.replace("<host>", &served.address.to_string());
        for (line, code, message, details) in [
            (missing, "V3_AUTH_MISSING_CREDENTIAL", "Missing uid or token", json!([])),
            (unknown, "V3_INV_ITEM_NOT_FOUND", "Item not found", json!({"id": "1-1-999999"})),
        ] {
            let said = curl(&line, &served.address.to_string()).json();
            let failure = json!({"code": code, "message": message, "details": details});
            assert_eq!(said, json!({"status": "Failed", "errors": [failure], "meta": []}));
        }
        assert!(served.terminate().success());
    });
}

/// Sends what curl would send for a line, as far as the page's lines go.
fn curl(line: &str, host: &str) -> Said {
    let words = words(line);
    let mut words = words.iter().map(String::as_str).skip(1);
    let (mut url, mut method, mut headers, mut data, mut in_url) = ("", "", String::new(), Vec::new(), false);
    while let Some(word) = words.next() {
        let mut argument = || words.next().expect("an argument");
        match word {
            "-G" => in_url = true,
            "-X" => method = argument(),
            "-H" => write!(headers, "{}\r\n", argument()).expect("a header"),
            "-d" => data.push(argument().to_owned()),
            "--data-urlencode" => {
                let (name, value) = argument().split_once('=').expect("a name");
                data.push(format!(
                    "{name}={}",
                    byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
                ));
            }
            _ => url = word,
        }
    }
    let path = url.strip_prefix("https://").and_then(|url| url.strip_prefix(host)).expect("an address of ours");
    let data = data.join("&");
    let (query, body) = if in_url { (format!("?{data}"), String::new()) } else { (String::new(), data) };
    if !body.is_empty() {
        write!(headers, "Content-Length: {}\r\n", body.len()).expect("a header");
    }
    let method = if method.is_empty() { "GET" } else { method };
    let sent = format!(
        "{method} {path}{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\
         Connection: close\r\n{headers}\r\n{body}"
    );
    ask(host.parse().expect("an address"), sent.as_bytes())
}

/// The words of a line as a shell reads them: in quotes, or with spaces and a backslash at the line's end between.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), line);
    loop {
        rest = rest.trim_start_matches([' ', '\n', '\\']);
        let (word, after) = match rest.chars().next() {
            None => return words,
            Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).expect("the other quote"),
            Some(_) => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after;
    }
}
