//! The external API: what integrations read and write with a key.

mod crowd;
mod lists;
mod orders;
mod sync;

use serde_json::Value;

use crate::support::{Client, Reply};

const MAIN: i64 = 1;
const SYNC: &str = "/external/inventory/sync";

/// Sends figures of another system.
async fn push(client: &Client<'_>, rows: Value) -> Reply {
    client.post(SYNC, rows).await
}
