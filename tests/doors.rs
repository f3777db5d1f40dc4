//! Every door exists and is locked: each documented operation is called without credentials.

use actix_web::http::Method;
use serde_json::json;
use stockbridge::cli::Dialect;

use crate::openapi::{document, operations};
use crate::support::{Shop, on_each_engine};

#[test]
fn every_documented_operation_refuses_who_shows_nothing() {
    on_each_engine(async |shop| {
        for (dialect, operation) in all() {
            let reply = call(shop, &operation).await;
            if operation.is_public {
                assert!(
                    ![401, 403, 404, 405].contains(&reply.status),
                    "{} is free for all: {}",
                    operation.at,
                    reply.text()
                );
                continue;
            }
            assert_eq!(reply.status, 401, "{}: {}", operation.at, reply.text());
            match dialect {
                Dialect::Iom => assert!(reply.at("/error").is_string(), "{}: {}", operation.at, reply.text()),
                Dialect::Simbiz => {
                    assert_eq!(reply.at("/errors/0/code"), json!("V3_AUTH_MISSING_CREDENTIAL"), "{}", operation.at);
                }
            }
        }
    });
}

#[test]
fn a_credential_of_one_dialect_opens_no_door_of_the_other() {
    on_each_engine(async |shop| {
        for (dialect, operation) in all().into_iter().filter(|(_, operation)| !operation.is_public) {
            let client = match dialect {
                Dialect::Iom => shop.simbiz(),
                Dialect::Simbiz => shop.iom().with("x-uid", "1"),
            };
            let token = client.header("Authorization").expect("a token").to_owned();
            let uid = client.header("x-uid").expect("a uid").to_owned();
            let stranger = shop.nobody().with("Authorization", &token).with("x-uid", &uid);
            let reply = stranger.send(operation.method.clone(), &operation.path, None).await;
            assert_eq!(reply.status, 401, "{}: {}", operation.at, reply.text());
        }
    });
}

#[test]
fn another_method_on_a_known_path_is_told_the_right_ones() {
    on_each_engine(async |shop| {
        for (_, operation) in all() {
            let reply = shop.nobody().send(Method::TRACE, &operation.path, None).await;
            assert_eq!(reply.status, 405, "{}: {}", operation.at, reply.text());
            let allowed = reply.header("allow").unwrap_or_default();
            assert!(allowed.contains(operation.method.as_str()), "{}: Allow is {allowed}", operation.at);
        }
    });
}

struct Operation {
    at: String,
    method: Method,
    path: String,
    is_public: bool,
}

fn all() -> Vec<(Dialect, Operation)> {
    let of = |dialect: Dialect| {
        operations(&document(dialect)).into_iter().map(move |(at, operation)| {
            let (method, path) = at.split_once(' ').expect("a method and a path");
            let filled = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
            let operation = Operation {
                method: method.parse().expect("a method"),
                path: filled.collect::<Vec<_>>().join("/"),
                is_public: operation["security"].as_array().is_some_and(Vec::is_empty),
                at: at.clone(),
            };
            (dialect, operation)
        })
    };
    of(Dialect::Iom).chain(of(Dialect::Simbiz)).collect()
}

async fn call(shop: &Shop, operation: &Operation) -> crate::support::Reply {
    shop.nobody().send(operation.method.clone(), &operation.path, None).await
}
