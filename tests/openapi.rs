//! The committed OpenAPI documents: what the routes say, and fit for every SDK generator.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use stockbridge::cli::Dialect;

const DIALECTS: &[(&str, Dialect)] = &[("iom", Dialect::Iom), ("simbiz", Dialect::Simbiz)];

#[test]
fn the_committed_documents_are_what_the_routes_say() {
    for (name, dialect) in DIALECTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../openapi/{name}.json"));
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        let written = stockbridge::openapi(*dialect).expect("a document");
        assert!(committed.trim_end() == written.trim_end(), "openapi/{name}.json is stale: run `make openapi`");
    }
}

#[test]
fn every_operation_is_named_described_and_refuses_in_a_typed_way() {
    for (name, dialect) in DIALECTS {
        let document = document(*dialect);
        let tags: Vec<&str> =
            document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
        let mut ids = BTreeSet::new();
        for (at, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(id.contains('_') || id.len() > 6, "{name} {at}: operationId {id:?} is no verb phrase");
            assert!(ids.insert(id.to_owned()), "{name} {at}: operationId {id} is used twice");
            let its_tags = operation["tags"].as_array().expect("tags");
            assert_eq!(its_tags.len(), 1, "{name} {at}: exactly one tag");
            assert!(tags.contains(&its_tags[0].as_str().unwrap_or_default()), "{name} {at}: its tag is not declared");
            for text in ["summary", "description"] {
                assert!(operation[text].as_str().is_some_and(|text| !text.is_empty()), "{name} {at}: no {text}");
            }
            let responses = operation["responses"].as_object().expect("responses");
            for (status, response) in responses {
                assert!(
                    !response["description"].as_str().unwrap_or_default().is_empty(),
                    "{name} {at} {status}: no description"
                );
            }
            let typed = |(status, response): (&String, &Value)| {
                status.starts_with('4') && response.pointer("/content/application~1json/schema/$ref").is_some()
            };
            assert!(responses.iter().any(typed), "{name} {at}: no typed 4xx");
            assert!(
                operation.get("security").is_some() || document.get("security").is_some(),
                "{name} {at}: no security"
            );
        }
    }
}

#[test]
fn bodies_and_answers_are_named_components() {
    for (name, dialect) in DIALECTS {
        let document = document(*dialect);
        for (at, operation) in operations(&document) {
            let body = operation.pointer("/requestBody/content").into_iter();
            let answers =
                operation["responses"].as_object().into_iter().flatten().map(|(_, answer)| &answer["content"]);
            for (kind, content) in body.chain(answers).filter_map(Value::as_object).flatten() {
                let schema = &content["schema"];
                let is_binary = schema["format"] == "binary";
                assert!(schema.get("$ref").is_some() || is_binary, "{name} {at}: an inline {kind} schema: {schema}");
            }
        }
        let components = document["components"]["schemas"].as_object().expect("components");
        for (component, schema) in components {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let mut camel = BTreeSet::new();
            for (field, schema) in properties {
                assert!(
                    camel.insert(field.replace('_', "").to_lowercase()),
                    "{name} {component}.{field}: twice in camelCase"
                );
                assert!(schema.get("enum").is_none(), "{name} {component}.{field}: an inline enum");
                assert!(schema.get("properties").is_none(), "{name} {component}.{field}: an inline object");
            }
        }
    }
}

#[test]
fn documents_are_openapi_3_1_with_license_servers_and_security() {
    for (name, dialect) in DIALECTS {
        let document = document(*dialect);
        assert!(document["openapi"].as_str().unwrap_or_default().starts_with("3.1"), "{name}");
        assert_eq!(document["info"]["license"]["name"], "MIT", "{name}");
        assert!(document["servers"].as_array().is_some_and(|servers| !servers.is_empty()), "{name}: no servers");
        let schemes = document["components"]["securitySchemes"].as_object().expect("security schemes");
        assert_eq!(schemes.len(), 2, "{name}");
    }
    let simbiz = document(Dialect::Simbiz);
    let default = simbiz["security"].clone();
    for (at, operation) in operations(&simbiz) {
        let security = operation.get("security").unwrap_or(&default).as_array().expect("requirements").clone();
        let is_one_of_both = security.len() == 1 && security[0].as_object().is_some_and(|schemes| schemes.len() == 2);
        assert!(security.is_empty() || is_one_of_both, "{at}: token and uid in one requirement");
    }
    assert!(operations(&simbiz).iter().any(|(_, operation)| operation["security"] == Value::Array(Vec::new())));
}

#[test]
fn every_reference_leads_somewhere() {
    for (name, dialect) in DIALECTS {
        let document = document(*dialect);
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{name}: {reference} leads nowhere");
        }
    }
}

pub fn document(dialect: Dialect) -> Value {
    serde_json::from_str(&stockbridge::openapi(dialect).expect("a document")).expect("JSON")
}

/// Every operation with its method and path.
pub fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let methods = ["get", "post", "put", "patch", "delete"];
    let of_path = |(path, item): (&String, &Value)| {
        let found = methods
            .iter()
            .filter_map(|method| Some((format!("{} {path}", method.to_uppercase()), item.get(method)?.clone())));
        found.collect::<Vec<_>>()
    };
    let all: Vec<_> = paths.flat_map(of_path).collect();
    assert!(!all.is_empty(), "a document without operations");
    all
}
