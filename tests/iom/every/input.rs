//! Bad input for every field of every body and every parameter, made from the document's schemas: never a 5xx, always
//! the dialect's own shape, the field named, and nothing changed.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::refused;
use super::bodies::{self, Hands};
use super::things::Things;
use super::{Operation, Spot, all, effects, kind, unchanged, with, with_bodies};
use crate::support::{Reply, on_each_engine};

/// What is neither refused in every case nor to be: why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A password is whatever it is, and an e-mail that cannot be one belongs to nobody: 401, which tells nothing.
    ("log_in", "email"),
    ("log_in", "password"),
    // A row that cannot be carried out is skipped, and told among the results.
    ("sync_inventory", "items[0].quantity"),
];

/// Stands in a body where a number will be written that Rust's numbers cannot hold.
const HOLE: &str = "a hole for a literal";

/// A value as it is written in JSON, and whether it must be refused or only must do no harm.
#[derive(Clone)]
struct Bad {
    literal: String,
    must_be_refused: bool,
}

#[test]
fn every_bad_value_in_every_field_of_a_body_is_refused_by_the_name_of_the_field() {
    on_each_engine(async |shop| {
        let things = Things::of(&shop.iom(), "ours").await;
        let hands = Hands::of(shop.iom()).await;
        let (mut witness, mut tried) = (shop.witness(), 0);
        for operation in with_bodies() {
            let (client, path) = (hands.for_the(&operation), things.path(&operation));
            let good = bodies::of(&operation, &things, "bad");
            let before = effects(&mut witness);
            for (spot, body) in refusable(&operation, &good) {
                let reply = operation.send(client, &path, Some(body.clone())).await;
                names(&reply, &spot, &format!("{}: {body:.300}", operation.id));
                tried += 1;
            }
            unchanged(&before, &effects(&mut witness), &operation.id);
        }
        assert!(tried > 1_000, "only {tried} bad bodies");
    });
}

#[test]
fn odd_values_in_bodies_do_no_harm() {
    on_each_engine(async |shop| {
        let things = Things::of(&shop.iom(), "ours").await;
        let hands = Hands::of(shop.iom()).await;
        let (mut witness, mut tried) = (shop.witness(), 0);
        for operation in with_bodies() {
            let (client, path) = (hands.for_the(&operation), things.path(&operation));
            for (spot, literal) in odd(&operation) {
                tried += 1;
                let body = filled(&bodies::of(&operation, &things, &format!("odd-{tried}")), &spot, &literal);
                let before = effects(&mut witness);
                let reply = operation.send(client, &path, Some(body.clone())).await;
                let at = format!("{} of {}: {body:.300}", spot.name, operation.id);
                assert!(reply.status < 500, "{at}: {}", reply.text());
                if reply.status >= 400 {
                    harmless(&reply);
                    unchanged(&before, &effects(&mut witness), &at);
                }
            }
        }
        let hands = Hands::of(shop.iom_as(Role::Manager)).await;
        for operation in all().into_iter().filter(Operation::reads) {
            let reply = hands.for_the(&operation).get(&things.path(&operation)).await;
            assert!(reply.status < 500 && reply.status != 401, "{} after all of it: {}", operation.id, reply.text());
        }
    });
}

#[test]
fn every_bad_value_of_every_parameter_is_refused_by_its_name() {
    on_each_engine(async |shop| {
        let things = Things::of(&shop.iom(), "ours").await;
        let hands = Hands::of(shop.iom()).await;
        let (mut witness, mut tried) = (shop.witness(), 0);
        let before = effects(&mut witness);
        for operation in all() {
            let (client, path) = (hands.for_the(&operation), things.path(&operation));
            for parameter in operation.parameters_in("query") {
                for (value, must_be_refused) in in_a_query(&parameter.name, &parameter.schema) {
                    if !operation.reads() && !must_be_refused {
                        continue; // It may well be carried out.
                    }
                    let path = format!("{path}?{}={value}", parameter.name);
                    let body = operation.body.as_ref().map(|_| bodies::of(&operation, &things, "bad").to_string());
                    let reply = operation.send(client, &path, body).await;
                    let at = format!("{}={value:.100} of {}", parameter.name, operation.id);
                    tried += 1;
                    assert!(reply.status < 500, "{at}: {}", reply.text());
                    if must_be_refused {
                        assert_eq!(reply.status, 400, "{at}: {:.300}", reply.text());
                    }
                    if reply.status >= 400 {
                        harmless(&reply);
                        assert_eq!(super::super::fields(&reply), [parameter.name.as_str()], "{at}: {}", reply.text());
                    }
                }
            }
            for parameter in operation.parameters_in("path") {
                for value in bad_in_a_path(&parameter.schema) {
                    let path = operation.filled(|_| (*value).to_owned());
                    let body = operation.body.as_ref().map(|_| bodies::of(&operation, &things, "bad").to_string());
                    let reply = operation.send(client, &path, body).await;
                    let at = format!("{value} in the path of {}", operation.id);
                    assert_eq!(reply.status, 400, "{at}: {}", reply.text());
                    harmless(&reply);
                }
            }
        }
        unchanged(&before, &effects(&mut witness), "bad parameters");
        assert!(tried > 400, "only {tried} bad parameters");
    });
}

#[test]
fn an_idempotency_key_that_cannot_be_one_is_refused_by_every_write() {
    on_each_engine(async |shop| {
        let things = Things::of(&shop.iom(), "ours").await;
        let hands = Hands::of(shop.iom()).await;
        let mut witness = shop.witness();
        let before = effects(&mut witness);
        let knows_keys = |operation: &Operation| operation.parameters_in("header").next().is_some();
        let writes = || all().into_iter().filter(|operation| !operation.reads() && !operation.is_public);
        assert!(writes().count() > 20 && writes().all(|operation| knows_keys(&operation)));
        for (number, operation) in writes().enumerate() {
            let body = || operation.body.as_ref().map(|_| bodies::of(&operation, &things, &format!("key-{number}")));
            for key in ["x".repeat(256), " ".to_owned()] {
                let client = hands.for_the(&operation).clone().with("Idempotency-Key", &key);
                let reply =
                    operation.send(&client, &things.path(&operation), body().map(|body| body.to_string())).await;
                assert_eq!(reply.status, 400, "{:?} with {}: {}", key, operation.id, reply.text());
                harmless(&reply);
            }
        }
        unchanged(&before, &effects(&mut witness), "a bad key");
    });
}

/// Bodies with one thing wrong that must be refused, and what is wrong with each.
fn refusable(operation: &Operation, good: &Value) -> Vec<(Spot, String)> {
    let mut bodies = Vec::new();
    for spot in operation.spots().into_iter().filter(|spot| !is_excepted(operation, spot)) {
        for bad in bad(&spot).into_iter().filter(|bad| bad.must_be_refused) {
            bodies.push((spot.clone(), filled(good, &spot, &bad.literal)));
        }
        if spot.is_required {
            bodies.push((spot.clone(), without(good, &spot).to_string()));
        }
    }
    bodies
}

/// What a client may well send, and may or may not mean, field by field.
fn odd(operation: &Operation) -> Vec<(Spot, String)> {
    let of_spot = |spot: Spot| {
        let excepted = is_excepted(operation, &spot);
        let odd = bad(&spot).into_iter().filter(move |bad| excepted || !bad.must_be_refused);
        odd.map(move |bad| (spot.clone(), bad.literal)).collect::<Vec<_>>()
    };
    operation.spots().into_iter().flat_map(of_spot).collect()
}

fn is_excepted(operation: &Operation, spot: &Spot) -> bool {
    EXCEPTIONS.contains(&(operation.id.as_str(), spot.name.as_str()))
}

/// What can be wrong with a field.
fn bad(spot: &Spot) -> Vec<Bad> {
    let schema = &spot.schema;
    let must = |literals: &[&str]| literals.iter().map(|literal| bad_value(literal, true)).collect::<Vec<_>>();
    let may = |literals: &[&str]| literals.iter().map(|literal| bad_value(literal, false)).collect::<Vec<_>>();
    let mut values = match kind(schema) {
        "integer" => [
            must(&["{}", "[]", "[1]", "true", "\"abc\"", "1.5", "9223372036854775808", "-9223372036854775809"]),
            must(&["1e400", "\"1,000\"", "\"0x10\"", "\"\\u0000\""]),
            bounded(schema, &["0", "-1", "-0", "900000000001", "9223372036854775807"]),
            may(&["\"\"", "\" 7 \"", "1e2"]),
        ]
        .concat(),
        "number" => [
            must(&["{}", "[]", "[1]", "true", "\"abc\"", "\"NaN\"", "\"Infinity\"", "1e400", "-1e400", "\"1,5\""]),
            must(&["900000000001", "-900000000001", "99999999999999999999999", "\"\\u0000\""]),
            bounded(schema, &["0", "-1", "-0", "-0.0", "-0.0001", "900000000000", "0.0001"]),
            may(&["\"\"", "\" \"", "1e2", "0.00001", "\"1.5\"", "\"-1\""]),
        ]
        .concat(),
        "boolean" => [
            must(&["{}", "[]", "[true]", "2", "-1", "\"maybe\"", "1.5", "\"\\u0000\""]),
            may(&["\"TRUE\"", "1", "0", "\"\"", "\"yes\"", "null"]),
        ]
        .concat(),
        "array" => lists(schema, must(&["{}", "true", "7", "\"text\"", "\"\"", "[{}]", "[[]]", "[true]"])),
        "object" => must(&["[]", "true", "7", "\"text\"", "\"\"", "[{}]"]),
        _ if schema.get("enum").is_some() => [
            must(&["{}", "[]", "true", "7", "\"no-such-word\"", "\"\\u0000\""]),
            may(&["\"\"", "\"   \"", "\"PENDING\"", "\"Batch\"", "null"]),
        ]
        .concat(),
        _ if schema["format"] == "date" => [
            must(&[
                "{}",
                "[]",
                "true",
                "20260506",
                "\"2026-02-30\"",
                "\"06/05/2026\"",
                "\"2026-5-6\"",
                "\"0000-01-01\"",
            ]),
            must(&["\"2026-05-06T00:00:00Z\"", "\"tomorrow\"", "\"10000-01-01\"", "\"\\u0000\""]),
            may(&["\"\"", "\" \"", "\"0001-01-01\"", "\"9999-12-31\""]),
        ]
        .concat(),
        "string" => texts(spot),
        other => panic!("{} is of an unknown kind: {other:?} in {schema}", spot.name),
    };
    let nullable = schema["nullable"] == json!(true);
    values.push(bad_value("null", spot.is_required && !nullable));
    values
}

/// Numbers of which those beyond the bounds of the schema must be refused.
fn bounded(schema: &Value, literals: &[&str]) -> Vec<Bad> {
    let is_beyond = |literal: &str| {
        let number: f64 = literal.parse().expect("a number");
        schema["minimum"].as_f64().is_some_and(|least| number < least)
            || schema["exclusiveMinimum"].as_f64().is_some_and(|below| number <= below)
            || schema["maximum"].as_f64().is_some_and(|most| number > most)
    };
    literals.iter().map(|literal| bad_value(literal, is_beyond(literal))).collect()
}

/// Lists that are too short or too long, beside those that are none.
fn lists(schema: &Value, mut values: Vec<Bad>) -> Vec<Bad> {
    values.push(bad_value("[]", schema["minItems"].as_u64() > Some(0)));
    if let Some(longest) = schema["maxItems"].as_u64().and_then(|longest| usize::try_from(longest).ok()) {
        let item = if kind(&schema["items"]) == "string" { "\"x\"" } else { "{}" };
        values.push(bad_value(&format!("[{}]", vec![item; longest + 1].join(",")), true));
    }
    values
}

fn texts(spot: &Spot) -> Vec<Bad> {
    let must = ["{}", "[]", "true", "12", "[\"a\"]", "\"a\\u0000b\"", "\"\\ud800\""];
    let mut values: Vec<_> = must.iter().map(|literal| bad_value(literal, true)).collect();
    let longest = spot.schema["maxLength"].as_u64().and_then(|longest| usize::try_from(longest).ok());
    let too_long = json!("x".repeat(longest.unwrap_or(30_000) + 1)).to_string();
    values.push(bad_value(&too_long, longest.is_some()));
    for blank in ["\"\"", "\" \\t\\n \""] {
        values.push(bad_value(blank, spot.is_required && spot.schema["minLength"].as_u64() > Some(0)));
    }
    let harmless =
        ["\"\\u202edesrever\"", "\"\u{1f469}\u{200d}\u{1f467}\"", "\"'; DROP TABLE products; --\"", "\"=1+1\""];
    values.extend(harmless.iter().map(|literal| bad_value(literal, false)));
    values
}

fn bad_value(literal: &str, must_be_refused: bool) -> Bad {
    Bad { literal: literal.to_owned(), must_be_refused }
}

/// The values of a query that must be refused, and those that must only do no harm.
fn in_a_query(name: &str, schema: &Value) -> Vec<(String, bool)> {
    let must = |values: &[&str]| values.iter().map(|value| ((*value).to_owned(), true)).collect::<Vec<_>>();
    let may = |values: &[&str]| values.iter().map(|value| ((*value).to_owned(), false)).collect::<Vec<_>>();
    match kind(schema) {
        "integer" => {
            let wrong = ["abc", "1.5", "1e3", "9223372036854775808", "-9223372036854775809", "%00", "0x10", "1%202"];
            let edges = ["0", "-1", "9223372036854775807", "-9223372036854775808"];
            let edges = bounded(schema, &edges).into_iter().map(|bad| (bad.literal, bad.must_be_refused)).collect();
            [must(&wrong), edges, may(&["", "%207"])].concat()
        }
        "boolean" => [must(&["maybe", "2", "%00", "tru"]), may(&["", "TRUE", "1", "0", "False"])].concat(),
        _ if schema.get("enum").is_some() => {
            [must(&["no-such-word", "%00", "7", "a,b"]), may(&["", "PENDING", "%20"])].concat()
        }
        _ if schema["format"] == "date" => {
            let wrong =
                ["2026-02-30", "06/05/2026", "2026-5-6", "tomorrow", "%00", "2026-05-06T00:00:00Z", "10000-01-01"];
            [must(&wrong), may(&["", "0001-01-01", "9999-12-31"])].concat()
        }
        "string" if name == "cursor" || schema.get("pattern").is_some() => {
            [must(&["garbage", "%00", "2026-13", "-1", "%F0%9F%92%A9"]), may(&["", &"x".repeat(5_000)])].concat()
        }
        "string" => {
            [must(&["%00", "a%00b"]), may(&["", "%25", "_", "%FF", "'%20OR%201=1", &"x".repeat(5_000)])].concat()
        }
        other => panic!("{name} is of an unknown kind: {other:?} in {schema}"),
    }
}

fn bad_in_a_path(schema: &Value) -> &'static [&'static str] {
    if kind(schema) == "integer" {
        &["abc", "1.5", "9223372036854775808", "%00", "1e3", "%D9%A7", "null", "-"]
    } else {
        &["%00", "a%00b", "%ff"]
    }
}

/// The good body with a literal in one place.
fn filled(good: &Value, spot: &Spot, literal: &str) -> String {
    with(good, &spot.pointer, json!(HOLE)).to_string().replace(&format!("\"{HOLE}\""), literal)
}

/// The good body without one field.
fn without(good: &Value, spot: &Spot) -> Value {
    let mut body = good.clone();
    let (parent, key) = spot.pointer.rsplit_once('/').expect("a pointer");
    if let Some(object) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
        object.remove(key);
    }
    body
}

/// Holds that a body was refused for what is wrong in one place.
#[track_caller]
fn names(reply: &Reply, spot: &Spot, at: &str) {
    assert_eq!(reply.status, 400, "{} in {at}: {:.300}", spot.name, reply.text());
    harmless(reply);
    let fields = super::super::fields(reply);
    let inside = |field: &String| {
        field.strip_prefix(spot.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
    };
    assert!(fields.iter().any(inside), "{} is not named in {at}: {}", spot.name, reply.text());
}

/// Holds the shape of a refusal, whatever it is.
#[track_caller]
fn harmless(reply: &Reply) {
    let code = reply.at("/code");
    refused(reply, reply.status, code.as_str().expect("a code"));
}
