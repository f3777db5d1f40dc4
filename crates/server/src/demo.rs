//! The demo: the references' own examples as data, so that their calls can be followed line by line.

mod calendar;
mod catalogue;
mod history;
mod integration;
mod orders;
mod people;
mod purchases;
mod stock;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use stockbridge_domain::access::passwords::PasswordHash;
use stockbridge_domain::access::{tenants, uids, users};
use stockbridge_domain::values::{Code, Name, Quantity, Text};
use stockbridge_domain::{Actor, Error, Fault, Lobby, Result, Role, Store, TenantId, Tx};
use stockbridge_http::uploads::Uploads;

/// The password of every demo user.
pub const PASSWORD: &str = "your-password";
/// The secret of every demo uid.
pub const SECRET: &str = "demo-secret";
/// The demo's API key.
pub const KEY: &str = "iom_live_abc123xyz";

/// Loads the demo data where there is no tenant yet, and changes nothing where there is one.
/// Returns whether the demo's tenants are there, now or since an earlier start.
///
/// # Errors
/// A sentence when the database refuses.
pub async fn load(store: &Store) -> std::result::Result<bool, String> {
    let hashes = PasswordHash::new(PASSWORD).and_then(|password| Ok((password, PasswordHash::new(SECRET)?)));
    let (password, secret) = hashes.map_err(|error| error.to_string())?;
    let loaded = store.alter(move |lobby| {
        if let Some(first) = tenants::list(lobby)?.first() {
            return Ok((false, first.id == ACME && first.name == "Acme"));
        }
        match fill(lobby, &password, &secret) {
            // Where several instances start at once, all but the first find its rows taken: run again, they find its
            // tenants.
            Err(Error::Duplicate(taken)) => Err(Fault::Race(format!("{taken} of the demo is taken")).into()),
            filled => filled.map(|()| (true, true)),
        }
    });
    let (is_new, is_there) = loaded.await.map_err(|error| format!("cannot load the demo data: {error}"))?;
    if is_new {
        tracing::info!("the demo data is loaded");
    } else if !is_there {
        tracing::warn!("there are other tenants already: the demo data is left out");
    }
    Ok(is_there)
}

/// Puts the picture of the demo where its image leads, each time that the demo is served. Without it one link is dead.
pub async fn show(uploads: &Uploads) {
    let picture = include_bytes!("demo/wgt500.jpg").as_slice();
    if let Err(error) = uploads.put(catalogue::PICTURE.to_owned(), picture.into()).await {
        tracing::warn!(%error, "the picture of the demo is left out");
    }
}

fn fill(lobby: &mut Lobby<'_>, password: &PasswordHash, secret: &PasswordHash) -> Result<()> {
    companies(lobby, password)?;
    integrations(lobby, secret)?;
    catalogue::load(&mut lobby.as_system(ACME)?)?;
    stock::load(lobby)?;
    people::load(lobby)?;
    purchases::load(lobby)?;
    integration::load(lobby)?;
    history::load(lobby)
}

const ACME: TenantId = TenantId::new(1);
const GLOBEX: TenantId = TenantId::new(2);
const EXPIRED: TenantId = TenantId::new(3);

const SYDNEY: i64 = 1;
const MELBOURNE: i64 = 2;

/// The manager of the reference's examples, at another instant.
fn as_jane<'l>(lobby: &'l mut Lobby<'_>, now: NaiveDateTime) -> Result<Tx<'l>> {
    lobby.as_if(ACME, Actor::User { id: 2, name: "Jane Doe".to_owned(), role: Role::Manager }, now)
}

fn companies(lobby: &mut Lobby<'_>, password: &PasswordHash) -> Result<()> {
    let long_ago = Some(day(2026, 1, 1)?);
    for (id, code, name, subscription_ends_at) in
        [(ACME, "BHH", "Acme", None), (GLOBEX, "GLX", "Globex", None), (EXPIRED, "EXP", "Expired", long_ago)]
    {
        let (code, name) = (text(code)?, text(name)?);
        let new = tenants::NewTenant { id: Some(id), code, name, zone: Tz::UTC, subscription_ends_at };
        tenants::create(lobby, &new)?;
    }
    for (tenant, email, name, role) in [
        (ACME, "admin@acme.com", "Alex Admin", Role::Admin),
        (ACME, "manager@acme.com", "Jane Doe", Role::Manager),
        (ACME, "staff@acme.com", "Sam Staff", Role::Staff),
        (ACME, "viewer@acme.com", "Vic Viewer", Role::Viewer),
        (ACME, "banned@acme.com", "Ben Banned", Role::Staff),
        (GLOBEX, "admin@globex.com", "Gail Globex", Role::Admin),
        (EXPIRED, "admin@expired.example", "Eve Expired", Role::Admin),
    ] {
        let new = users::NewUser { email: text(email)?, name: text(name)?, role, password: password.clone() };
        users::create(&mut lobby.as_system(tenant)?, &new)?;
    }
    users::ban(&mut lobby.as_system(ACME)?, "banned@acme.com", true)
}

fn integrations(lobby: &mut Lobby<'_>, secret: &PasswordHash) -> Result<()> {
    uids::create(lobby, &text("support")?, secret, Some(ACME))?;
    uids::grant(lobby, "support", ACME, false)?;
    uids::create(lobby, &text("multi")?, secret, None)?;
    uids::grant(lobby, "multi", ACME, false)?;
    uids::grant(lobby, "multi", GLOBEX, false)
}

/// What is told to who starts the demo.
pub fn greeting(address: &str) -> String {
    format!(
        r#"
Stockbridge serves its demo on http://{address}     documentation: http://{address}/docs/

IOM:     admin@acme.com, manager@, staff@, viewer@ and admin@globex.com, password {PASSWORD}
SimBiz:  uid support (BHH), or multi (BHH and GLX: send organization_code too), secret {SECRET}

Try the IOM dialect:
  TOKEN=$(curl -s http://{address}/api/auth/login -H 'Content-Type: application/json' \
    -d '{{"email":"admin@acme.com","password":"{PASSWORD}"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -s http://{address}/api/products/7 -H "Authorization: Bearer $TOKEN"
  curl -s http://{address}/api/orders/1042 -H "Authorization: Bearer $TOKEN"

The external API, with the key of an integration:
  curl -s http://{address}/api/external/products/WGT-500 -H 'X-API-Key: {KEY}'

The same items in the SimBiz dialect:
  TOKEN3=$(curl -s http://{address}/api/v3/token -H 'Content-Type: application/json' \
    -d '{{"uid":"support","secret":"{SECRET}"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -s http://{address}/api/v3/inventory/items/by-code/WGT-500 -H "Authorization: Bearer $TOKEN3" -H 'x-uid: support'
"#
    )
}

fn text<const MAX: usize>(given: &str) -> Result<Text<MAX>> {
    let parsed = Text::parse(given).map_err(|fault| Fault::Internal(format!("{given} {fault}")))?;
    Ok(parsed.ok_or_else(|| Fault::Internal("an empty text in the demo".to_owned()))?)
}

fn code(given: &str) -> Result<Code> {
    text(given)
}

fn name(given: &str) -> Result<Name> {
    text(given)
}

fn whole(units: i64) -> Result<Quantity> {
    Ok(Quantity::whole(units).ok_or_else(|| Fault::Internal(format!("{units} units in the demo")))?)
}

fn date(year: i32, month: u32, day: u32) -> Result<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(year, month, day);
    Ok(date.ok_or_else(|| Fault::Internal("a date in the demo that does not exist".to_owned()))?)
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDateTime> {
    Ok(date(year, month, day)?.and_time(NaiveTime::MIN))
}
