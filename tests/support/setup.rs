//! What is in a fresh shop, made once per engine and copied for each test.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono_tz::Tz;
use stockbridge_domain::access::passwords::PasswordHash;
use stockbridge_domain::access::{tenants, uids, users};
use stockbridge_domain::stock::warehouses;
use stockbridge_domain::store::{Settings, migrations};
use stockbridge_domain::values::Text;
use stockbridge_domain::{Lobby, Result, Role, Store, TenantId};
use stockbridge_fixtures::Recipe;

/// The password of every user.
pub const PASSWORD: &str = "your-password";
/// The secret of every uid.
pub const SECRET: &str = "demo-secret";

/// What signs the tokens of tests.
pub const SIGNING_SECRET: &str = "only tests are signed with this secret";
/// The tenant of every test.
pub const OURS: i64 = 1;
/// Its admin.
pub const ADMIN: i64 = 1;
pub(super) const NEIGHBOUR: i64 = 2;
pub(super) const NEIGHBOURS_ADMIN: i64 = 5;

/// Two tenants, SHOP and NEXT, with a warehouse and users; uids `support` (SHOP), `reader` (SHOP, read only),
/// `next` (NEXT) and `multi` (both).
pub const SHOP: Recipe = Recipe { name: "shop", prepare: |url| prepare(url, open_shop) };
/// The demo data: its admin is user 1 and its other users follow, as in the shop.
pub const DEMO: Recipe = Recipe {
    name: "demo",
    prepare: |url| prepare(url, async |store| stockbridge::demo::load(store).await.map(|_| ())),
};

/// Users are made in this order, on both engines with ids from 1.
pub(super) fn user_of(role: Role) -> i64 {
    match role {
        Role::Admin => ADMIN,
        Role::Manager => 2,
        Role::Staff => 3,
        Role::Viewer => 4,
    }
}

pub(super) fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock past 1970");
    i64::try_from(since.as_secs()).expect("a clock before the end of time")
}

fn prepare(url: &str, fill: impl AsyncFn(&Store) -> std::result::Result<(), String>) {
    let mut settings = Settings::new(url);
    settings.pool = 1;
    migrations::run(&settings).expect("the database migrates");
    let runtime = actix_web::rt::System::new();
    let store = Store::open(&settings).expect("the store opens");
    runtime.block_on(fill(&store)).expect("the data goes in");
    drop(store);
}

async fn open_shop(store: &Store) -> std::result::Result<(), String> {
    let password = PasswordHash::new(PASSWORD).map_err(|error| error.to_string())?;
    let secret = PasswordHash::new(SECRET).map_err(|error| error.to_string())?;
    let filled = store.alter(move |lobby| fill(lobby, &password, &secret));
    filled.await.map_err(|error| error.to_string())
}

fn fill(lobby: &mut Lobby<'_>, password: &PasswordHash, secret: &PasswordHash) -> Result<()> {
    for (id, code) in [(OURS, "SHOP"), (NEIGHBOUR, "NEXT")] {
        let id = Some(TenantId::new(id));
        let (code, name) = (text(code), text(code));
        tenants::create(lobby, &tenants::NewTenant { id, code, name, zone: Tz::UTC, subscription_ends_at: None })?;
    }
    let ours = [Role::Admin, Role::Manager, Role::Staff, Role::Viewer]
        .map(|role| (OURS, format!("{role}@shop.example"), role));
    let theirs = [(NEIGHBOUR, "admin@next.example".to_owned(), Role::Admin)];
    for (tenant, email, role) in ours.into_iter().chain(theirs) {
        let new = users::NewUser { email: text(&email), name: text(&email), role, password: password.clone() };
        users::create(&mut lobby.as_system(TenantId::new(tenant))?, &new)?;
    }
    for (tenant, code) in [(OURS, "MAIN"), (NEIGHBOUR, "MAIN")] {
        let new = warehouses::NewWarehouse {
            id: None,
            details: warehouses::Details {
                code: text(code),
                name: text("Main Warehouse"),
                address: None,
                city: None,
                state: None,
                is_default: None,
                is_active: None,
            },
        };
        warehouses::create(&mut lobby.as_system(TenantId::new(tenant))?, &new)?;
    }
    for (uid, grants) in [
        ("support", &[(OURS, false)][..]),
        ("reader", &[(OURS, true)]),
        ("next", &[(NEIGHBOUR, false)]),
        ("multi", &[(OURS, false), (NEIGHBOUR, false)]),
    ] {
        uids::create(lobby, &text(uid), secret, None)?;
        for (tenant, is_read_only) in grants {
            uids::grant(lobby, uid, TenantId::new(*tenant), *is_read_only)?;
        }
    }
    Ok(())
}

fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
