//! Tenants, keys and shared secrets, as the command line sets them up.

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::access::keys::{self, NewKey};
use crate::access::secrets;
use crate::access::tenants::{self, TenantChanges};
use crate::actor::Costing;
use crate::error::{Error, Result};
use crate::schema::{api_keys, key_owners};
use crate::testing::{Shop, name, on_both, start};

#[test]
fn a_tenant_is_found_by_number_and_by_code_in_any_case() {
    on_both(|fixture| {
        assert_eq!(fixture.look(tenants::any), Ok(false));
        let shops = ["BHH", "Größe"].map(|code| Shop::open(fixture, code).tenant);
        assert_eq!(fixture.look(tenants::any), Ok(true));
        let found = fixture.look(|lobby| tenants::by_code(lobby, "GRÖßE")).unwrap();
        assert_eq!((found.id, found.code.as_str()), (shops[1], "Größe"));
        assert_eq!(fixture.look(move |lobby| tenants::get(lobby, shops[0])).unwrap().code, "BHH");
        let all = fixture.look(tenants::list).unwrap();
        assert_eq!(all.iter().map(|tenant| tenant.id).collect::<Vec<_>>(), shops);
        assert!(matches!(fixture.look(|lobby| tenants::by_code(lobby, "NIX")), Err(Error::NotFound { .. })));
    });
}

#[test]
fn a_change_of_a_tenant_keeps_what_is_not_named() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        let set = |changes: TenantChanges| fixture.alter(move |lobby| tenants::set(lobby, "bhh", &changes)).unwrap();
        let zoned = set(TenantChanges { zone: Some(Tz::Australia__Sydney), ..TenantChanges::default() });
        assert_eq!((zoned.name.as_str(), zoned.zone), ("BHH", Tz::Australia__Sydney));
        let renamed = set(TenantChanges { name: Some(name("Acme")), ..TenantChanges::default() });
        assert_eq!((renamed.name.as_str(), renamed.zone), ("Acme", Tz::Australia__Sydney));
        let ends = Some(fixture.look(|lobby| Ok(lobby.now())).unwrap());
        let ending = set(TenantChanges { subscription_ends_at: Some(ends), ..TenantChanges::default() });
        assert_eq!(ending.subscription_ends_at, ends);
        assert_eq!(set(TenantChanges::default()).subscription_ends_at, ends);
        let endless = set(TenantChanges { subscription_ends_at: Some(None), ..TenantChanges::default() });
        assert_eq!(endless.subscription_ends_at, None);
        assert_eq!((endless.zone, endless.allow_backorder), (Tz::Australia__Sydney, false));
    });
}

#[test]
fn a_transaction_goes_on_with_its_tenant_as_it_is_changed() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let costing = Some(Costing::Average);
        let changes = TenantChanges { zone: Some(Tz::Pacific__Kiritimati), costing, ..TenantChanges::default() };
        let (before, after, tenant) = shop
            .write(move |tx| {
                let before = tx.today();
                let tenant = tenants::amend(tx, &changes)?;
                assert_eq!(*tx.tenant(), tenant);
                Ok((before, tx.today(), tenant))
            })
            .unwrap();
        // It is 14 hours ahead of UTC there.
        assert!((0..=1).contains(&(after - before).num_days()), "{before} {after}");
        assert_eq!(tenant.costing, Costing::Average);
        let read = shop.read(|tx| Ok(tx.tenant().clone())).unwrap();
        assert_eq!(read, tenant);
    });
}

#[test]
fn a_key_is_shown_once_and_found_by_its_hash() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let create = || {
            let new = NewKey { id: None, name: name("Connector"), can_write: true, expires_on: None };
            shop.write(move |tx| keys::create(tx, &new).map(|issued| (issued.id, issued.key))).unwrap()
        };
        let (keys, tenant) = ([create(), create()], shop.tenant);
        assert_ne!(keys[0].1, keys[1].1);
        for (id, key) in keys {
            assert!(key.starts_with("iom_live_") && key.len() == 9 + 40, "{key}");
            let stored: (String, String) = shop
                .read(move |tx| {
                    let this = api_keys::tenant_id.eq(tx.tenant_id()).and(api_keys::id.eq(id));
                    Ok(api_keys::table
                        .filter(this)
                        .select((api_keys::key_prefix, api_keys::key_hash))
                        .first(tx.conn)?)
                })
                .unwrap();
            assert_eq!((stored.0.as_str(), stored.1.len()), (&key[..13], 64));
            assert!(!stored.1.contains(&key[9..]));
            let owner: Result<(i64, i64)> = fixture.look(move |lobby| {
                let this = key_owners::table.filter(key_owners::key_hash.eq(&stored.1));
                Ok(this.select((key_owners::tenant_id, key_owners::key_id)).first(lobby.conn)?)
            });
            assert_eq!(owner, Ok((tenant.get(), id)));
        }
    });
}

#[test]
fn a_shared_secret_is_the_first_candidate_for_everyone() {
    on_both(|fixture| {
        let instances = (0..6).map(|_| fixture.open(|_| {})).collect::<Vec<_>>();
        let started = instances.iter().enumerate().map(|(number, store)| {
            start(store.alter(move |lobby| secrets::shared(lobby, "tokens", &format!("candidate {number}"))))
        });
        let started = started.collect::<Vec<_>>();
        let secrets = started.into_iter().map(|one| one.wait(fixture)).collect::<Result<Vec<_>>>().unwrap();
        assert!(secrets[0].starts_with("candidate "));
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{secrets:?}");
        assert_eq!(fixture.alter(|lobby| secrets::shared(lobby, "tokens", "late")), Ok(secrets[0].clone()));
    });
}
