//! Who holds a token is read afresh with each call: what changed counts at once.

use super::{subscribe, uid};
use crate::access::keys::{self, NewKey};
use crate::access::tenants::{self, TenantChanges};
use crate::access::{uids, users};
use crate::actor::{Actor, Admission, Claim, Organization, Role, TenantId};
use crate::error::{Error, KeyFault, Result};
use crate::schema::users as user_table;
use crate::testing::{Fixture, Shop, name, on_both, password};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use diesel::prelude::*;

/// Who a claim turns out to be, and for which tenant.
fn admit(fixture: &Fixture, claim: &Claim, role: Role) -> Result<(String, Actor)> {
    let admission = Admission { claim: claim.clone(), role, request_id: None };
    let tell = |tx: &mut crate::Tx<'_>| Ok((tx.tenant().code.clone(), tx.actor().clone()));
    let read = fixture.wait(fixture.store.read(admission.clone(), tell));
    let written = fixture.wait(fixture.store.write(admission, tell));
    assert_eq!(read, written, "reading and writing commands admit alike");
    read
}

fn refusal(fixture: &Fixture, claim: &Claim, role: Role) -> Option<Error> {
    admit(fixture, claim, role).err()
}

fn user(shop: &Shop<'_>, email: &str, role: Role) -> Claim {
    Claim::User { tenant: shop.tenant, user: shop.user(email, role), version: 0 }
}

fn token(uid: &str, home: TenantId, organization: Option<Organization>) -> Claim {
    Claim::Uid { uid: uid.to_owned(), home, version: 0, organization }
}

#[test]
fn a_role_reaches_as_far_as_itself() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for role in Role::ALL {
            let claim = user(&shop, &format!("{role}@acme.com"), *role);
            for needed in Role::ALL {
                let expected = (role < needed).then_some(Error::RoleLacking { needed: *needed });
                assert_eq!(refusal(fixture, &claim, *needed), expected, "{role} asks for {needed}");
            }
            let Claim::User { user: id, .. } = claim else { unreachable!() };
            let name = format!("{role}@acme.com");
            let actor = Actor::User { id, name, role: *role };
            assert_eq!(admit(fixture, &claim, Role::Viewer), Ok(("BHH".to_owned(), actor)));
        }
    });
}

#[test]
fn a_user_is_refused_in_the_decided_order() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let claim = user(&shop, "ann@acme.com", Role::Viewer);
        subscribe(fixture, "BHH", Some(-1));
        shop.write(|tx| users::ban(tx, "ann@acme.com", true)).unwrap();
        let nobody = Claim::User { tenant: shop.tenant, user: 999, version: 0 };
        assert_eq!(refusal(fixture, &nobody, Role::Admin), Some(Error::AccountGone));
        assert_eq!(refusal(fixture, &claim, Role::Admin), Some(Error::Banned));
        shop.write(|tx| users::ban(tx, "ann@acme.com", false)).unwrap();
        assert_eq!(refusal(fixture, &claim, Role::Admin), Some(Error::SubscriptionExpired));
        subscribe(fixture, "BHH", None);
        assert_eq!(refusal(fixture, &claim, Role::Admin), Some(Error::RoleLacking { needed: Role::Admin }));
        assert_eq!(refusal(fixture, &claim, Role::Viewer), None);
    });
}

#[test]
fn a_token_of_a_user_is_good_for_its_own_tenant_alone() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code));
        let Claim::User { user, .. } = user(&own, "ann@acme.com", Role::Admin) else { unreachable!() };
        let elsewhere = Claim::User { tenant: other.tenant, user, version: 0 };
        assert_eq!(refusal(fixture, &elsewhere, Role::Viewer), Some(Error::AccountGone));
    });
}

#[test]
fn a_changed_role_counts_from_the_next_call_on() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let claim = user(&shop, "ann@acme.com", Role::Admin);
        assert_eq!(refusal(fixture, &claim, Role::Admin), None);
        shop.write(|tx| {
            let this = user_table::tenant_id.eq(tx.tenant_id()).and(user_table::email_key.eq("ann@acme.com"));
            let demoted = diesel::update(user_table::table.filter(this)).set(user_table::role.eq(Role::Viewer));
            Ok(demoted.execute(tx.conn)?)
        })
        .unwrap();
        assert_eq!(refusal(fixture, &claim, Role::Staff), Some(Error::RoleLacking { needed: Role::Staff }));
    });
}

#[test]
fn a_subscription_ends_at_its_instant() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let claim = user(&shop, "ann@acme.com", Role::Admin);
        subscribe(fixture, "BHH", Some(0));
        assert_eq!(refusal(fixture, &claim, Role::Viewer), Some(Error::SubscriptionExpired));
        subscribe(fixture, "BHH", Some(60_000));
        assert_eq!(refusal(fixture, &claim, Role::Viewer), None);
    });
}

#[test]
fn a_refused_caller_runs_no_command() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let claim = user(&shop, "ann@acme.com", Role::Viewer);
        let admission = Admission { claim, role: Role::Staff, request_id: None };
        let refused = fixture.wait(fixture.store.write::<(), _>(admission, |_| panic!("the command ran")));
        assert_eq!(refused, Err(Error::RoleLacking { needed: Role::Staff }));
    });
}

#[test]
fn a_uid_reaches_what_it_is_granted() {
    on_both(|fixture| {
        let shops = ["BHH", "GLX", "NIX"].map(|code| Shop::open(fixture, code).tenant);
        uid(fixture, "multi", None, &["BHH", "GLX"]);
        let actor = Actor::Uid { uid: "multi".to_owned() };
        let asked = |organization| admit(fixture, &token("multi", shops[0], organization), Role::Manager);
        assert_eq!(asked(None), Ok(("BHH".to_owned(), actor.clone())));
        assert_eq!(asked(Some(Organization::Code("glx".to_owned()))), Ok(("GLX".to_owned(), actor.clone())));
        assert_eq!(asked(Some(Organization::Id(shops[1]))), Ok(("GLX".to_owned(), actor)));
        for (organization, text) in [
            (Organization::Id(shops[2]), shops[2].get().to_string()),
            (Organization::Code("nowhere".to_owned()), "nowhere".to_owned()),
            (Organization::Unreadable("x".to_owned()), "x".to_owned()),
        ] {
            assert_eq!(asked(Some(organization)), Err(Error::OrganizationForbidden(text)));
        }
        assert_eq!(
            refusal(fixture, &token("multi", shops[0], None), Role::Admin),
            Some(Error::RoleLacking { needed: Role::Admin })
        );
    });
}

#[test]
fn a_uid_is_refused_in_the_decided_order() {
    on_both(|fixture| {
        let [home, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code).tenant);
        uid(fixture, "support", None, &["BHH", "GLX"]);
        fixture.alter(move |lobby| uids::grant(lobby, "support", other, true)).unwrap();
        subscribe(fixture, "GLX", Some(-1));
        let claim = token("support", home, Some(Organization::Id(other)));
        let asked = |role| refusal(fixture, &claim, role);

        fixture.alter(|lobby| uids::disable(lobby, "support", true)).unwrap();
        assert_eq!(asked(Role::Admin), Some(Error::AccountGone));
        fixture.alter(|lobby| uids::disable(lobby, "support", false)).unwrap();

        fixture.alter(move |lobby| uids::revoke(lobby, "support", home)).unwrap();
        assert_eq!(asked(Role::Admin), Some(Error::OrganizationForbidden(home.get().to_string())));
        fixture.alter(move |lobby| uids::grant(lobby, "support", home, false)).unwrap();

        assert_eq!(asked(Role::Admin), Some(Error::SubscriptionExpired));
        subscribe(fixture, "GLX", None);
        assert_eq!(asked(Role::Admin), Some(Error::ReadOnlyGrant));
        assert_eq!(asked(Role::Staff), Some(Error::ReadOnlyGrant));
        assert_eq!(asked(Role::Viewer), None);
        fixture.alter(move |lobby| uids::grant(lobby, "support", other, false)).unwrap();
        assert_eq!(asked(Role::Staff), None, "a grant can be widened");
        fixture.alter(move |lobby| uids::revoke(lobby, "support", other)).unwrap();
        assert_eq!(asked(Role::Viewer), Some(Error::OrganizationForbidden(other.get().to_string())));
    });
}

#[test]
fn a_new_secret_ends_the_tokens_before() {
    on_both(|fixture| {
        let home = Shop::open(fixture, "BHH").tenant;
        uid(fixture, "support", None, &["BHH"]);
        let of_version = |version| {
            let claim = Claim::Uid { uid: "support".to_owned(), home, version, organization: None };
            refusal(fixture, &claim, Role::Viewer)
        };
        assert_eq!((of_version(0), of_version(1)), (None, Some(Error::TokenRevoked)));
        fixture.alter(|lobby| uids::set_secret(lobby, "support", &password())).unwrap();
        assert_eq!((of_version(0), of_version(1)), (Some(Error::TokenRevoked), None));
        fixture.alter(|lobby| uids::disable(lobby, "support", true)).unwrap();
        assert_eq!(of_version(0), Some(Error::AccountGone), "being shut out comes first");
    });
}

#[test]
fn an_unknown_uid_is_gone_and_one_without_grants_is_forbidden() {
    on_both(|fixture| {
        let home = Shop::open(fixture, "BHH").tenant;
        uid(fixture, "bare", None, &[]);
        assert_eq!(refusal(fixture, &token("nobody", home, None), Role::Viewer), Some(Error::AccountGone));
        let forbidden = Some(Error::OrganizationForbidden(home.get().to_string()));
        assert_eq!(refusal(fixture, &token("bare", home, None), Role::Viewer), forbidden);
    });
}

/// A key of a shop, and what it is known by.
fn key(shop: &Shop<'_>, can_write: bool, expires_on: Option<NaiveDate>) -> (i64, Claim) {
    let new = NewKey { id: None, name: name("Connector"), can_write, expires_on };
    // Entered, since a key that has expired cannot be made.
    let text = format!("iom_live_{}_{can_write}_{expires_on:?}", shop.tenant.get());
    let issued = shop.write(move |tx| keys::enter(tx, &new, text.clone()).map(|issued| (issued.id, issued.key)));
    let (id, text) = issued.expect("a key");
    (id, Claim::Key { hash: keys::hash(text.as_bytes()) })
}

#[test]
fn a_key_reads_and_writes_as_far_as_it_may() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        for can_write in [false, true] {
            let (id, claim) = key(&shop, can_write, None);
            let actor = Actor::Key { id, name: "Connector".to_owned(), can_write };
            assert_eq!((actor.key(), actor.name()), (format!("key {id}"), "Connector"));
            assert_eq!(admit(fixture, &claim, Role::Viewer), Ok(("BHH".to_owned(), actor)));
            let expected = (!can_write).then_some(Error::ScopeLacking { scope: "write" });
            assert_eq!(refusal(fixture, &claim, Role::Staff), expected);
        }
    });
}

#[test]
fn a_key_is_refused_in_the_decided_order() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        subscribe(fixture, "BHH", Some(-1));
        let (id, claim) = key(&shop, false, Some("2020-02-29".parse().unwrap()));
        let asked = |claim: &Claim| refusal(fixture, claim, Role::Staff);
        let nobody = Claim::Key { hash: keys::hash(b"iom_live_nobody") };
        assert_eq!(asked(&nobody), Some(Error::ApiKeyRefused(KeyFault::Unknown)));
        assert_eq!(asked(&claim), Some(Error::ApiKeyRefused(KeyFault::Expired)));
        shop.write(move |tx| keys::revoke(tx, id)).unwrap();
        assert_eq!(asked(&claim), Some(Error::ApiKeyRefused(KeyFault::Revoked)));
        let (_, claim) = key(&shop, false, None);
        assert_eq!(asked(&claim), Some(Error::SubscriptionExpired));
        subscribe(fixture, "BHH", None);
        assert_eq!(asked(&claim), Some(Error::ScopeLacking { scope: "write" }));
    });
}

#[test]
fn a_key_is_good_through_its_last_day_where_the_tenant_is() {
    on_both(|fixture| {
        // 26 hours apart, so that it is never the same day in both.
        for (code, zone) in [("EAST", Tz::Pacific__Kiritimati), ("WEST", Tz::Etc__GMTPlus12)] {
            let shop = Shop::open(fixture, code);
            fixture
                .alter(move |lobby| {
                    let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
                    tenants::set(lobby, code, &changes)
                })
                .unwrap();
            let today = shop.read(|tx| Ok(tx.today())).unwrap();
            let last_day = |days: i64| key(&shop, true, Some(today + TimeDelta::days(days))).1;
            assert_eq!(refusal(fixture, &last_day(-1), Role::Viewer), Some(Error::ApiKeyRefused(KeyFault::Expired)));
            assert_eq!(refusal(fixture, &last_day(0), Role::Staff), None, "{code}");
            assert_eq!(refusal(fixture, &last_day(1), Role::Staff), None, "{code}");
        }
    });
}

#[test]
fn the_command_line_acts_for_any_tenant_that_exists() {
    on_both(|fixture| {
        let tenant = Shop::open(fixture, "BHH").tenant;
        subscribe(fixture, "BHH", Some(-1));
        let name = fixture.look(move |lobby| Ok(lobby.as_system(tenant)?.actor().name().to_owned()));
        assert_eq!(name, Ok("system".to_owned()));
        let nobody = fixture.look(|lobby| lobby.as_system(TenantId::new(99)).map(|_| ()));
        assert!(matches!(nobody, Err(Error::NotFound { .. })), "{nobody:?}");
    });
}
