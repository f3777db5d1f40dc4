//! The demo's integration: its key, and the end of a long log of what it asked.

use chrono::TimeDelta;
use stockbridge_domain::access::keys::{self, NewKey};
use stockbridge_domain::access::requests::{self, NewRequest};
use stockbridge_domain::series::{Series, continue_from};
use stockbridge_domain::{Actor, Lobby, Result};

use super::{ACME, KEY, day, name};

/// The key of the reference's examples.
const CONNECTOR: i64 = 3;
const CALLED: &str = "Shopify Connector";
/// The last request of the log, as in the reference's examples.
const LAST_REQUEST: i64 = 4_821;

/// A request: minutes before the loading, method, path, status, milliseconds.
type Asked = (i64, &'static str, &'static str, u16, i64);

const ASKED: &[Asked] = &[
    (9_000, "GET", "/api/external/products", 200, 21),
    (8_998, "POST", "/api/external/inventory/sync", 200, 48),
    (7_560, "GET", "/api/external/products/WGT-500", 200, 6),
    (7_559, "GET", "/api/external/products/WGT-400", 404, 4),
    (6_120, "POST", "/api/external/orders", 201, 33),
    (4_680, "GET", "/api/external/inventory", 200, 12),
    (4_677, "POST", "/api/external/orders", 409, 17),
    (3_240, "GET", "/api/external/customers", 200, 9),
    (1_800, "GET", "/api/products", 401, 1),
    (360, "GET", "/api/external/orders", 200, 11),
    (38, "GET", "/api/external/products", 200, 14),
];

pub(super) fn load(lobby: &mut Lobby<'_>) -> Result<()> {
    let now = lobby.now();
    let new = NewKey { id: Some(CONNECTOR), name: name(CALLED)?, can_write: true, expires_on: None };
    let long_ago = day(2026, 1, 10)?.min(now);
    keys::enter(&mut lobby.as_if(ACME, Actor::System, long_ago)?, &new, KEY.to_owned())?;
    let request = |&(minutes, method, path, status_code, response_time_ms): &Asked| NewRequest {
        api_key_id: CONNECTOR,
        key_name: CALLED.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        status_code,
        response_time_ms,
        ip_address: Some("203.0.113.5".to_owned()),
        created_at: now - TimeDelta::minutes(minutes),
    };
    let made = ASKED.iter().map(request).collect::<Vec<_>>();
    let acme = &mut lobby.as_system(ACME)?;
    continue_from(acme, Series::ApiRequests, LAST_REQUEST + 1 - i64::try_from(made.len()).unwrap_or(0))?;
    requests::record(acme, &made)
}
