//! What holds for every operation. The list of them is the document's: one that is new falls under these tests by
//! itself, or fails them until its line is in `roles::NEEDS` and, where it has an id or a body, in `bodies`.

mod bodies;
mod input;

mod roles;
mod tenants;
mod things;

use std::collections::BTreeMap;
use std::rc::Rc;

use actix_web::http::Method;
use serde_json::{Value, json};
use stockbridge::cli::Dialect;

use crate::openapi::{document, operations};
use crate::support::{Client, Reply};

/// The log of calls with a key, and the row that counts it: written beside the call, whether it was refused or not.
const LOG_OF_CALLS: [&str; 2] = ["api_requests", "api requests"];

/// An operation of the document.
struct Operation {
    id: String,
    method: Method,
    /// As documented, below `/api`.
    path: String,
    /// Its parameters, by where they stand and their name.
    parameters: Vec<Parameter>,
    /// The schema of its JSON body.
    body: Option<Value>,
    is_public: bool,
    takes_a_key: bool,
    document: Rc<Value>,
}

struct Parameter {
    name: String,
    place: String,
    schema: Value,
}

/// One field of a body.
#[derive(Clone)]
struct Spot {
    /// Where it stands in a valid body.
    pointer: String,
    /// How a refusal names it.
    name: String,
    schema: Value,
    is_required: bool,
}

/// Every operation of this dialect.
fn all() -> Vec<Operation> {
    let document = Rc::new(document(Dialect::Iom));
    let default = document["security"].clone();
    let operation = |(at, operation): (String, Value)| {
        let (method, path) = at.split_once(' ').expect("a method and a path");
        let security = operation.get("security").unwrap_or(&default).as_array().expect("requirements").clone();
        let parameter = |parameter: &Value| Parameter {
            name: parameter["name"].as_str().expect("a name").to_owned(),
            place: parameter["in"].as_str().expect("a place").to_owned(),
            schema: resolved(&document, &parameter["schema"]),
        };
        Operation {
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            method: method.parse().expect("a method"),
            path: path.strip_prefix("/api").expect("a path of this dialect").to_owned(),
            parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
            body: operation
                .pointer("/requestBody/content/application~1json/schema")
                .map(|schema| resolved(&document, schema)),
            is_public: security.is_empty(),
            takes_a_key: security.iter().any(|scheme| scheme.get("api_key").is_some()),
            document: Rc::clone(&document),
        }
    };
    operations(&document).into_iter().map(operation).collect()
}

/// Those that take a body; last the one after which the caller's token is worth nothing.
fn with_bodies() -> Vec<Operation> {
    let mut those: Vec<_> = all().into_iter().filter(|operation| operation.body.is_some()).collect();
    those.sort_by_key(|operation| operation.id == "change_own_password");
    those
}

impl Operation {
    fn reads(&self) -> bool {
        self.method == Method::GET
    }

    /// The names of its parameters in one place: path or query.
    fn parameters_in<'o>(&'o self, place: &'o str) -> impl Iterator<Item = &'o Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }

    /// Its path with these values in place of its parameters.
    fn filled(&self, value: impl Fn(&str) -> String) -> String {
        self.parameters_in("path").fold(self.path.clone(), |path, parameter| {
            path.replace(&format!("{{{}}}", parameter.name), &value(&parameter.name))
        })
    }

    /// Every field of its body, those of its objects and of the first of each list among them.
    fn spots(&self) -> Vec<Spot> {
        let mut spots = Vec::new();
        if let Some(schema) = &self.body {
            // A body that is a list has no name: refusals say `items` of it.
            self.gather("", if kind(schema) == "array" { "items" } else { "" }, schema, &mut spots);
        }
        spots
    }

    fn gather(&self, pointer: &str, name: &str, schema: &Value, spots: &mut Vec<Spot>) {
        if kind(schema) == "array" {
            let items = resolved(&self.document, &schema["items"]);
            // A body that is a list has no name: refusals give it one.
            let name = if name.is_empty() { "items" } else { name };
            return self.gather(&format!("{pointer}/0"), &format!("{name}[0]"), &items, spots);
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            let schema = resolved(&self.document, schema);
            let (pointer, dot) = (format!("{pointer}/{key}"), if name.is_empty() { "" } else { "." });
            let name = format!("{name}{dot}{key}");
            let is_required = required.contains(&json!(key));
            spots.push(Spot { pointer: pointer.clone(), name: name.clone(), schema: schema.clone(), is_required });
            if matches!(kind(&schema), "array" | "object") {
                self.gather(&pointer, &name, &schema, spots);
            }
        }
    }

    async fn send(&self, client: &Client<'_>, path: &str, body: Option<String>) -> Reply {
        client.send(self.method.clone(), path, body.map(String::into_bytes)).await
    }
}

/// A schema without its references, and without the `null` that it may allow beside: that is kept as `nullable`.
fn resolved(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(reference.trim_start_matches('#')).expect("a component"));
    }
    let null = json!({"type": "null"});
    if let Some(choices) = schema["oneOf"].as_array() {
        let [choice] = choices.iter().filter(|choice| **choice != null).collect::<Vec<_>>()[..] else {
            panic!("more than one choice: {schema}")
        };
        let mut schema = resolved(document, choice);
        schema["nullable"] = json!(true);
        return schema;
    }
    let mut schema = schema.clone();
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| **kind != json!("null")).expect("a type").clone();
        schema["nullable"] = json!(true);
        schema["type"] = kind;
    }
    schema
}

fn kind(schema: &Value) -> &str {
    schema["type"].as_str().unwrap_or_default()
}

/// A body with another value at one place; objects and lists on the way are made.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let mut body = body.clone();
    let Some(parent) = body.pointer_mut(parent) else {
        return with(&with(&body, parent, json!({})), pointer, value);
    };
    match parent {
        Value::Array(items) => match items.first_mut() {
            Some(first) => *first = value,
            None => items.push(value),
        },
        parent if key == "0" => *parent = json!([value]),
        parent => parent[key] = value,
    }
    body
}

/// All rows, but for what calls with a key leave behind in any case.
fn effects(witness: &mut stockbridge_fixtures::Witness) -> BTreeMap<String, String> {
    let aside = |line: &&str| !LOG_OF_CALLS.iter().any(|log| line.contains(log));
    let unused = |line: &str| match line.split_once(" last_used_at=") {
        Some((key, rest)) => format!("{key} {}", rest.split_once(" created_at=").map_or("", |(_, rest)| rest)),
        None => line.to_owned(),
    };
    let rows = |rows: String| rows.lines().filter(aside).map(unused).collect::<Vec<_>>().join("\n");
    let tables = witness.sees().into_iter().filter(|(table, _)| !LOG_OF_CALLS.contains(&table.as_str()));
    tables.map(|(table, seen)| (table, rows(seen))).collect()
}

/// Fails unless two states are the same, and names the tables that differ.
#[track_caller]
fn unchanged(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, what: &str) {
    let tables = before.keys().chain(after.keys());
    for table in tables {
        assert_eq!(before.get(table), after.get(table), "{what} changed {table}");
    }
}
