//! Compares an answer with a documented one: keys, types and the forms of texts, at every level.

use serde_json::Value;

/// Fields that an answer may leave without a value although the example has one.
const NULLABLE: &[&str] = &[
    "address",
    "barcode",
    "category_id",
    "category_name",
    "company",
    "cost_price",
    "customer_id",
    "customer_name",
    "email",
    "expected_date",
    "expiry_date",
    "ip_address",
    "last_used_at",
    "lot_number",
    "manufacture_date",
    "notes",
    "payment_terms",
    "phone",
    "shipping_address",
    "vendor",
    "weight",
];

/// Everything in which an answer is not made as documented, a line each.
pub(super) fn differences(documented: &Value, answered: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", documented, answered, &mut found);
    found
}

fn compare(at: &str, documented: &Value, answered: &Value, found: &mut Vec<String>) {
    let key = at.rsplit(['.', ']']).next().unwrap_or_default();
    match (documented, answered) {
        (Value::Null, _) | (Value::Bool(_), Value::Bool(_)) => {}
        (_, Value::Null) if NULLABLE.contains(&key) => {}
        (Value::Object(documented), Value::Object(answered)) => {
            for (key, documented) in documented {
                match answered.get(key) {
                    Some(answered) => compare(&format!("{at}.{key}"), documented, answered, found),
                    None => found.push(format!("{at}.{key} is missing")),
                }
            }
            if documented.contains_key("message") {
                let more = answered.keys().filter(|key| !documented.contains_key(*key));
                found.extend(more.map(|key| format!("{at}.{key} is not documented beside the message")));
            }
        }
        (Value::Array(documented), Value::Array(answered)) => {
            let Some(first) = documented.first() else { return };
            for (number, answered) in answered.iter().enumerate() {
                compare(&format!("{at}[{number}]"), first, answered, found);
            }
        }
        (Value::String(documented), Value::String(answered)) => {
            if key == "message" && documented != answered {
                found.push(format!("{at} is {answered:?} in place of {documented:?}"));
            }
            if form(documented) != form(answered) {
                found.push(format!("{at} is {answered:?}, which is not written like {documented:?}"));
            }
        }
        (Value::Number(documented), Value::Number(answered)) => {
            if documented.is_i64() && !answered.is_i64() {
                found.push(format!("{at} is {answered}, and not whole like {documented}"));
            }
        }
        _ => found.push(format!("{at} is {answered}, which is not of the type of {documented}")),
    }
}

/// The forms that texts of the reference have.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    Instant,
    Date,
    Month,
    Money,
    Kilograms,
    OrderNumber,
    PurchaseNumber,
    ApiKey,
    Free,
}

fn form(text: &str) -> Form {
    let mask: String = text.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = !whole.is_empty() && [whole, decimals].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    match mask.as_str() {
        "9999-99-99T99:99:99Z" => Form::Instant,
        "9999-99-99" => Form::Date,
        "9999-99" => Form::Month,
        _ if is_number && decimals.len() == 3 && whole.len() < 3 => Form::Kilograms,
        _ if is_number && (2..=4).contains(&decimals.len()) => Form::Money,
        _ if mask.starts_with("ORD-9") => Form::OrderNumber,
        _ if mask.starts_with("PO-9999") => Form::PurchaseNumber,
        _ if text.starts_with("iom_live_") => Form::ApiKey,
        _ => Form::Free,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_that_is_made_otherwise_is_told_apart() {
        let documented = json!({
            "rows": [{"id": 7, "price": "49.99", "phone": "+61", "at": "2026-05-06T09:00:00Z", "day": "2026-05-06"}],
            "weight": "0.450", "note": null
        });
        let good =
            json!({"id": 8, "price": "1.2345", "phone": null, "at": "2020-01-01T00:00:00Z", "day": "2020-01-01"});
        let answer = |row: Value| json!({"rows": [good, row], "weight": "12.000", "note": "x", "more": 1});
        assert_eq!(differences(&documented, &answer(good.clone())), Vec::<String>::new());
        for (key, wrong) in [
            ("id", json!(7.5)),
            ("id", json!("7")),
            ("id", json!(null)),
            ("price", json!(49.99)),
            ("price", json!("49.9")),
            ("price", json!("49.99000")),
            ("phone", json!(61)),
            ("at", json!("2026-05-06T09:00:00.000Z")),
            ("at", json!("2026-05-06")),
            ("day", json!("2026-05-06T00:00:00Z")),
        ] {
            let mut row = good.clone();
            row[key] = wrong.clone();
            assert_eq!(differences(&documented, &answer(row)).len(), 1, "{key}: {wrong}");
        }
        let mut row = good.clone();
        row.as_object_mut().expect("an object").remove("day");
        assert_eq!(differences(&documented, &answer(row)), [".rows[1].day is missing"]);
        let message = json!({"message": "Done", "count": 1});
        assert_eq!(differences(&message, &json!({"message": "Done", "count": 2})).len(), 0);
        assert_eq!(differences(&message, &json!({"message": "Gone", "count": 2, "id": 1})).len(), 2);
    }
}
