//! A shop with what items refer to, and nothing else: where every story begins.

use serde_json::json;
use stockbridge_domain::TenantId;
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::values::Text;

use super::shop::{Entry, Lists, Model};
use crate::support::{OURS, Shop};

/// Fits a shop out, and says what is in it now.
pub async fn open(shop: &Shop) -> Model {
    let iom = shop.iom();
    let mut places = vec![Entry { id: 1, code: "MAIN".to_owned(), name: "Main Warehouse".to_owned() }];
    for (code, name) in [("EAST", "Eastern Shed"), ("WEST", "Western Shed")] {
        let made = iom.post("/warehouses", json!({"code": code, "name": name})).await.is(201);
        places.push(entry(&made.at("/id"), code, name));
    }
    let mut categories = Vec::new();
    for (code, name) in [("TOOLS", "Tools"), ("TOYS", "Toys"), ("Ö-1", "Öle")] {
        let made = iom.post("/products/categories", json!({"code": code, "name": name})).await.is(201);
        categories.push(entry(&made.at("/id"), code, name));
    }
    let supplier = iom.post("/suppliers", json!({"name": "Smith"})).await.is(201).at("/id").as_i64().expect("an id");
    let mut lists = Lists { places, categories, supplier, ..Lists::default() };
    for (list, into, prefix) in [
        (List::Types, &mut lists.types, "TYPE"),
        (List::Brands, &mut lists.brands, "BRAND"),
        (List::Uoms, &mut lists.uoms, "UNIT"),
    ] {
        for number in 1..=3 {
            let (code, name) = (format!("{prefix}{number}"), format!("The {prefix} {number}"));
            let new = NewEntry { code: text(&code), name: text(&name) };
            let made =
                shop.store.alter(move |lobby| master::create(&mut lobby.as_system(TenantId::new(OURS))?, list, &new));
            into.push(Entry { id: made.await.expect("a new entry"), code, name });
        }
    }
    Model { lists, ..Model::default() }
}

fn entry(id: &serde_json::Value, code: &str, name: &str) -> Entry {
    Entry { id: id.as_i64().expect("an id"), code: code.to_owned(), name: name.to_owned() }
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
