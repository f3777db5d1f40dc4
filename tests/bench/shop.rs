//! The shop that a filled database holds: who may call, and what to ask for.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::calls::Random;
use crate::http::Client;
use crate::stand::{EMAIL, PASSWORD, UID};

/// How many searches and lists of codes are asked for in turn.
const VARIANTS: usize = 8;
/// How many codes each list holds.
const CODES: usize = 50;

/// Who may call, and what to ask for.
pub(crate) struct Shop {
    /// The headers of a user who may do all that is measured.
    pub(crate) iom: Vec<(String, String)>,
    /// Those of an integration.
    pub(crate) simbiz: Vec<(String, String)>,
    pub(crate) products: i64,
    pub(crate) stock_rows: i64,
    pub(crate) orders: i64,
    /// A warehouse in which every product lies.
    pub(crate) warehouse: i64,
    /// Words that few products have in their names, as they stand there.
    pub(crate) words: Vec<String>,
    /// A word that many have.
    pub(crate) common: String,
    /// Lists of product codes.
    pub(crate) codes: Vec<Vec<String>>,
}

impl Shop {
    /// Logs in and looks around.
    ///
    /// # Errors
    /// When the server does not answer as it should.
    pub(crate) fn visit(address: SocketAddr, seed: u64) -> Result<Self, String> {
        let mut client = Client::new(address)?;
        let login = json!({"email": EMAIL, "password": PASSWORD}).to_string();
        let iom = bearer(&client.json("POST", "/api/auth/login", &[], Some(&login))?)?;
        let exchange = json!({"uid": UID, "secret": PASSWORD}).to_string();
        let mut simbiz = bearer(&client.json("POST", "/api/v3/token", &[], Some(&exchange))?)?;
        simbiz.push(("x-uid".to_owned(), UID.to_owned()));
        let total = |client: &mut Client, path: &str| number(&client.json("GET", path, &iom, None)?, "/total");
        let products = total(&mut client, "/api/products?limit=1")?;
        let stock_rows = total(&mut client, "/api/inventory?limit=1")?;
        let orders = total(&mut client, "/api/orders?limit=1")?;
        let rows = client.json("GET", "/api/inventory?limit=1", &iom, None)?;
        let warehouse = find(&rows, "warehouse_id").ok_or_else(|| format!("no warehouse in {rows}"))?;
        let (mut random, mut words, mut common, mut codes) = (Random::of(seed), Vec::new(), String::new(), Vec::new());
        for _ in 0..VARIANTS {
            let mut list = Vec::new();
            for at in 0..CODES {
                let id = random.up_to(products);
                let product = client.json("GET", &format!("/api/products/{id}"), &iom, None)?;
                let text = |name: &str| product.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                list.push(text("sku"));
                if at == 0 {
                    let name = text("name");
                    let (first, rest) = name.split_once(' ').unwrap_or(("", &name));
                    first.clone_into(&mut common);
                    words.push(rest.to_owned());
                }
            }
            codes.push(list);
        }
        Ok(Self { iom, simbiz, products, stock_rows, orders, warehouse, words, common, codes })
    }
}

fn bearer(answer: &Value) -> Result<Vec<(String, String)>, String> {
    let token = answer.get("token").or_else(|| answer.pointer("/data/token")).and_then(Value::as_str);
    let token = token.ok_or_else(|| format!("no token in {answer}"))?;
    Ok(vec![("Authorization".to_owned(), format!("Bearer {token}"))])
}

fn number(answer: &Value, pointer: &str) -> Result<i64, String> {
    answer.pointer(pointer).and_then(Value::as_i64).ok_or_else(|| format!("no {pointer} in {answer}"))
}

/// The first number under a name, wherever it stands.
fn find(value: &Value, name: &str) -> Option<i64> {
    match value {
        Value::Object(fields) => {
            fields.get(name).and_then(Value::as_i64).or_else(|| fields.values().find_map(|field| find(field, name)))
        }
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}
