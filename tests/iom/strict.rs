//! `Prefer: handling=strict`, for every body that the document knows.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use stockbridge::cli::Dialect;

use super::{anvil, fields, refused};
use crate::openapi::{document, operations};
use crate::support::on_each_engine;

const UNKNOWN: &str = "zzz_unknown";

#[test]
fn every_body_tells_its_unknown_fields_at_every_level_when_asked_to() {
    let document = document(Dialect::Iom);
    let bodies = operations(&document).into_iter().filter_map(|(at, operation)| {
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        let mut names = BTreeSet::new();
        let body = probe(&document, schema, "", &mut names)?;
        Some((at, body, names))
    });
    let bodies = bodies.collect::<Vec<_>>();
    assert!(bodies.len() >= 30, "{} bodies", bodies.len());
    let deep = |name: &String| name.contains("[0].");
    assert!(bodies.iter().filter(|(_, _, names)| names.iter().any(deep)).count() >= 5, "lists are looked into");
    on_each_engine(async |shop| {
        let made = shop.iom().post("/api-keys", json!({"name": "Key", "permissions": ["write"]})).await.is(201);
        let key = made.at("/key");
        let integration = shop.iom().without("Authorization").with("X-API-Key", key.as_str().expect("a key"));
        for (at, body, names) in &bodies {
            let (method, path) = at.split_once(' ').expect("a method and a path");
            let path = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let path = path.strip_prefix("/api").expect("the dialect's prefix");
            let send = async |preference: &str| {
                let client = if path.starts_with("/external/") { integration.clone() } else { shop.iom() };
                let client = client.with("Prefer", preference);
                client.send(method.parse().expect("a method"), path, Some(body.to_string().into_bytes())).await
            };
            let strict = send("handling=strict").await;
            let said = refused(&strict, 400, "unknown_fields");
            assert_eq!(fields(&strict).into_iter().collect::<BTreeSet<_>>(), *names, "{at}: {said}");
            assert!(names.iter().all(|name| said.contains(name)), "{at}: {said}");
            assert_eq!(strict.header("preference-applied"), Some("handling=strict"), "{at}");
            let lenient = send("handling=lenient").await;
            assert!(!lenient.text().contains(UNKNOWN), "{at}: {}", lenient.text());
            assert_eq!(lenient.header("preference-applied"), None, "{at}");
            assert!(lenient.status < 500, "{at}: {}", lenient.text());
        }
    });
}

/// A body with an unknown field in every object that the schema knows of, and the paths of those fields.
fn probe(document: &Value, schema: &Value, path: &str, names: &mut BTreeSet<String>) -> Option<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return probe(document, document.pointer(reference.trim_start_matches('#')).expect("a component"), path, names);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().find_map(|choice| probe(document, choice, path, names));
    }
    if let Some(items) = schema.get("items") {
        return Some(json!([probe(document, items, &format!("{path}[0]"), names)?]));
    }
    let properties = schema["properties"].as_object()?;
    let dotted = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let mut body = Map::from_iter([(UNKNOWN.to_owned(), json!(1))]);
    names.insert(dotted(UNKNOWN));
    for (name, schema) in properties {
        if let Some(inner) = probe(document, schema, &dotted(name), names) {
            body.insert(name.clone(), inner);
        }
    }
    Some(Value::Object(body))
}

#[test]
fn a_strict_request_that_is_right_is_told_so() {
    on_each_engine(async |shop| {
        let strict = shop.iom().with("Prefer", "respond-async, Handling=\"Strict\"");
        let made = strict.post("/products", anvil("ONE")).await.is(201);
        assert_eq!(made.header("preference-applied"), Some("handling=strict"));
        let wrong = strict.post("/products", json!({"name": "x"})).await;
        refused(&wrong, 400, "validation_failed");
        assert_eq!(wrong.header("preference-applied"), Some("handling=strict"));
        for unread in [strict.get("/products").await, strict.delete("/products/1").await] {
            assert_eq!(unread.header("preference-applied"), None, "there was no body to read");
        }
        let both = shop.iom().with("Prefer", "handling=lenient, handling=strict");
        let mut body = anvil("TWO");
        body["colour"] = json!("red");
        assert_eq!(both.post("/products", body).await.is(201).header("preference-applied"), None, "the first counts");
    });
}

#[test]
fn the_other_dialect_reads_as_it_always_does() {
    on_each_engine(async |shop| {
        let strict = shop.simbiz().with("Prefer", "handling=strict");
        let body = json!({"data": {"line": {"item_code": "X", "item_name": "X", "colour": "red"}}});
        let reply = strict.post("/inventory/items", body).await;
        assert_eq!(reply.header("preference-applied"), None, "{}", reply.text());
    });
}
