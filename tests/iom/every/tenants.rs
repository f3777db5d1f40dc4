//! Another tenant's things look exactly like things that do not exist, wherever an id can stand.

use serde_json::{Value, json};

use super::bodies::{self, Hands};
use super::things::{Things, UNKNOWN, plain};
use super::{Operation, all, effects, unchanged};
use crate::support::{Client, Reply, on_each_engine};

/// Operations that carry out the rest, and tell which rows named nothing.
const SKIPS: &[&str] = &["sync_inventory"];

#[test]
fn another_tenants_ids_are_answered_as_unknown_ones_and_nothing_changes() {
    on_each_engine(async |shop| {
        let ours = Things::of(&shop.iom(), "ours").await;
        let theirs = Things::of(&shop.neighbour(), "theirs").await;
        let hands = Hands::of(shop.iom()).await;
        let mut witness = shop.witness();
        let before = effects(&mut witness);
        let mut tried = 0;
        for operation in all() {
            let client = hands.for_the(&operation);
            let pairs = in_path(&operation, &ours, &theirs)
                .into_iter()
                .chain(in_query(&operation, &ours, &theirs))
                .chain(in_body(&operation, &ours, &theirs));
            for pair in pairs {
                tried += 1;
                pair.try_on(&operation, client).await;
            }
            unchanged(&before, &effects(&mut witness), &operation.id);
        }
        assert!(tried > 60, "only {tried} places for ids");
    });
}

/// Two requests that differ in one id: another tenant's, and nobody's.
struct Pair {
    place: String,
    theirs: Ask,
    nobodys: Ask,
}

struct Ask {
    id: String,
    path: String,
    body: Option<String>,
}

impl Pair {
    async fn try_on(&self, operation: &Operation, client: &Client<'_>) {
        let at = format!("{} of {}", self.place, operation.id);
        assert_ne!(self.theirs.id, self.nobodys.id, "{at}");
        let theirs = operation.send(client, &self.theirs.path, self.theirs.body.clone()).await;
        let nobodys = operation.send(client, &self.nobodys.path, self.nobodys.body.clone()).await;
        assert_eq!(theirs.status, nobodys.status, "{at}: {}", theirs.text());
        assert_eq!(told(&theirs, &self.theirs.id), told(&nobodys, &self.nobodys.id), "{at}");
        // What a sync cannot do is skipped, and told row by row.
        if self.place.starts_with("query") || operation.id == "sync_inventory" {
            assert_eq!(theirs.status, 200, "{at}: {}", theirs.text());
        } else if !SKIPS.contains(&operation.id.as_str()) {
            assert_eq!(theirs.status, 404, "{at}: {}", theirs.text());
        }
    }
}

fn in_path(operation: &Operation, ours: &Things, theirs: &Things) -> Vec<Pair> {
    let body = || operation.body.as_ref().map(|_| bodies::of(operation, ours, "pair").to_string());
    let pair = |name: &str| {
        let ask = |id: String| Ask {
            path: operation.filled(
                |other| {
                    if other == name { id.clone() } else { plain(&ours.in_path(operation, other)) }
                },
            ),
            body: body(),
            id,
        };
        let theirs = ask(plain(&theirs.in_path(operation, name)));
        Pair { place: format!("path {name}"), theirs, nobodys: ask(UNKNOWN.to_owned()) }
    };
    operation.parameters_in("path").map(|parameter| pair(&parameter.name)).collect()
}

fn in_query(operation: &Operation, ours: &Things, theirs: &Things) -> Vec<Pair> {
    let pair = |name: &str| {
        let path = ours.path(operation);
        let ask = |id: String| Ask { path: format!("{path}?{name}={id}"), body: None, id };
        let theirs = ask(plain(&theirs.in_field(operation, name)?));
        Some(Pair { place: format!("query {name}"), theirs, nobodys: ask(UNKNOWN.to_owned()) })
    };
    operation.parameters_in("query").filter_map(|parameter| pair(&parameter.name)).collect()
}

fn in_body(operation: &Operation, ours: &Things, theirs: &Things) -> Vec<Pair> {
    let pair = |spot: super::Spot| {
        let field = spot.pointer.rsplit('/').next().expect("a field");
        let good = bodies::of(operation, ours, "pair");
        let ask = |id: Value| Ask {
            id: plain(&id),
            path: ours.path(operation),
            body: Some(bodies::naming(&good, &spot.pointer, id).to_string()),
        };
        let theirs = ask(theirs.in_field(operation, field)?);
        let unknown: i64 = UNKNOWN.parse().expect("a number");
        Some(Pair { place: format!("body {}", spot.name), theirs, nobodys: ask(json!(unknown)) })
    };
    operation.spots().into_iter().filter_map(pair).collect()
}

/// What an answer tells, apart from the id that was asked for and the request's own.
fn told(reply: &Reply, id: &str) -> String {
    let mut text = reply.text().to_owned();
    if let Some(request) = reply.header("x-request-id") {
        text = text.replace(request, "REQUEST");
    }
    let mut told = String::new();
    let mut digits = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        told.push_str(if digits == id { "ID" } else { &digits });
        digits.clear();
        told.push(letter);
    }
    if id.parse::<i64>().is_err() { told.replace(id, "ID") } else { told }
}
