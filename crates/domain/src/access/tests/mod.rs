//! Who comes in, who does not, and why.

mod admit;
mod exchange;
mod keys;
mod log;
mod log_in;
mod rows;
mod throttle;
mod users;

use chrono::{NaiveDateTime, TimeDelta};

use crate::access::requests::NewRequest;
use crate::access::tenants::{self, TenantChanges};
use crate::access::uids;
use crate::testing::{Fixture, code, password};

/// A request that was made with a key at an instant.
pub(crate) fn asked(api_key_id: i64, created_at: NaiveDateTime) -> NewRequest {
    NewRequest {
        api_key_id,
        key_name: "Connector".to_owned(),
        method: "GET".to_owned(),
        path: "/api/external/products".to_owned(),
        status_code: 200,
        response_time_ms: 14,
        ip_address: None,
        created_at,
    }
}

/// Adds a uid with the usual password as its secret, granted these tenants' codes.
fn uid(fixture: &Fixture, uid: &'static str, default: Option<&'static str>, granted: &'static [&'static str]) {
    fixture
        .alter(move |lobby| {
            let default = default.map(|tenant| tenants::by_code(lobby, tenant)).transpose()?;
            uids::create(lobby, &code(uid), &password(), default.map(|tenant| tenant.id))?;
            for tenant in granted {
                let tenant = tenants::by_code(lobby, tenant)?.id;
                uids::grant(lobby, uid, tenant, false)?;
            }
            Ok(())
        })
        .expect("a new uid");
}

/// Lets a tenant's subscription end so many milliseconds from now; `None`: never.
fn subscribe(fixture: &Fixture, tenant: &'static str, milliseconds: Option<i64>) {
    fixture
        .alter(move |lobby| {
            let end = |now: NaiveDateTime| milliseconds.map(|more| now + TimeDelta::milliseconds(more));
            let changes = TenantChanges { subscription_ends_at: Some(end(lobby.now())), ..TenantChanges::default() };
            tenants::set(lobby, tenant, &changes)
        })
        .expect("a changed tenant");
}
