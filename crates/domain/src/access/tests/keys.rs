//! Keys: made, listed, and taken back.

use chrono::TimeDelta;

use crate::access::keys::{self, Key, NewKey};
use crate::error::{Error, Thing};
use crate::testing::{Shop, fields, name, on_both};

fn new(called: &str) -> NewKey {
    NewKey { id: None, name: name(called), can_write: false, expires_on: None }
}

#[test]
fn keys_are_listed_by_id_of_their_own_tenant_alone_and_revoked_ones_too() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code));
        let make = |shop: &Shop<'_>, called: &str| {
            let new = new(called);
            shop.write(move |tx| keys::create(tx, &new).map(|issued| issued.id)).expect("a key")
        };
        let [first, foreign, second] = [make(&own, "First"), make(&other, "Foreign"), make(&own, "Second")];
        let gone = |id: i64| Err(Error::NotFound { thing: Thing::ApiKey, key: id.to_string() });
        assert_eq!(own.write(move |tx| keys::revoke(tx, foreign)), gone(foreign));
        assert_eq!(own.write(|tx| keys::revoke(tx, 999)), gone(999));
        own.write(move |tx| keys::revoke(tx, first)).expect("a key");
        own.write(move |tx| keys::revoke(tx, first)).expect("once more changes nothing");
        let told = |key: Key| (key.id, key.name, key.is_active, key.last_used_at);
        let listed = own.read(keys::list).expect("keys").into_iter().map(told).collect::<Vec<_>>();
        assert_eq!(listed, [(first, "First".to_owned(), false, None), (second, "Second".to_owned(), true, None)]);
        assert!(other.read(keys::list).expect("keys")[0].is_active);
    });
}

#[test]
fn a_key_cannot_be_made_that_has_expired_already() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let make = |days: i64| {
            let new = new("Connector");
            shop.write(move |tx| {
                let expires_on = Some(tx.today() + TimeDelta::days(days));
                keys::create(tx, &NewKey { expires_on, ..new.clone() }).map(|issued| issued.id)
            })
        };
        assert_eq!(fields(make(-1)), ["expires_at"]);
        assert!(make(0).is_ok());
    });
}
