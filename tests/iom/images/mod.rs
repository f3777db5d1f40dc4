//! Pictures of products: handed in, served, chosen and removed.

mod access;
mod files;
mod forms;
mod once;
mod primary;
mod served;
mod urls;

use actix_web::http::Method;
use serde_json::Value;

use super::column;
use crate::support::{Client, Reply, Shop};

/// What a PNG begins with; the rest is never looked at.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";
const MIB: usize = 1024 * 1024;

/// A part of a form: its name, the name of its file if it has one, and what it holds.
type Part<'p> = (&'p str, Option<&'p str>, &'p [u8]);

/// A form of these parts, as a browser writes it.
fn form(boundary: &str, parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream"));
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{}\r\n\r\n",
            file.unwrap_or_default()
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// Sends a form.
async fn send_form(client: &Client<'_>, product: i64, parts: &[Part<'_>]) -> Reply {
    let client = client.clone().with("Content-Type", "multipart/form-data; boundary=----a1b2");
    client.send(Method::POST, &images_of(product), Some(form("----a1b2", parts))).await
}

/// Hands in a file.
async fn upload(client: &Client<'_>, product: i64, content: &[u8]) -> Reply {
    send_form(client, product, &[("file", Some("picture"), content)]).await
}

fn images_of(product: i64) -> String {
    format!("/products/{product}/images")
}

/// The pictures of a product, as its detail lists them.
async fn listed(client: &Client<'_>, product: i64) -> Vec<Value> {
    let reply = client.get(&format!("/products/{product}")).await.is(200);
    reply.at("/images").as_array().expect("images").clone()
}

/// The ids of a product's pictures, and that of the primary one.
async fn chosen(client: &Client<'_>, product: i64) -> (Vec<Value>, Vec<Value>) {
    let reply = client.get(&format!("/products/{product}")).await.is(200);
    let primary = listed(client, product).await.into_iter().filter(|image| image["is_primary"] == true);
    (column(&reply, "images", "id"), primary.map(|image| image["id"].clone()).collect())
}

/// The names of the files that are kept, finished or not.
fn kept(shop: &Shop) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(shop.uploads().join("products")) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
