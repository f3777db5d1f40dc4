//! Once, and remembered for a day.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use chrono::{NaiveDateTime, TimeDelta};

use super::{Once, Reply, once};
use crate::actor::{Actor, TenantId};
use crate::error::{Error, Fault, Result, Thing};
use crate::testing::{Fixture, Shop, on_both};

fn request(key: &str, fingerprint: &str) -> Once {
    Once { key: key.to_owned(), fingerprint: fingerprint.to_owned() }
}

fn noon() -> NaiveDateTime {
    "2026-05-06T12:00:00".parse().unwrap()
}

/// Somebody's shop, and how often it was asked to do something.
struct Door<'f> {
    fixture: &'f Fixture,
    tenant: TenantId,
    done: Arc<AtomicU16>,
}

impl Door<'_> {
    /// Says how often it did something, as the status, and whether that was said before.
    fn knock(&self, uid: &str, at: NaiveDateTime, request: Option<Once>) -> Result<(u16, bool)> {
        let (tenant, done, uid) = (self.tenant, Arc::clone(&self.done), uid.to_owned());
        let reply = self.fixture.alter(move |lobby| {
            let mut tx = lobby.as_if(tenant, Actor::Uid { uid: uid.clone() }, at)?;
            let work = &mut |_: &mut crate::Tx<'_>| {
                let status = done.fetch_add(1, Ordering::SeqCst) + 1;
                Ok(Reply {
                    status,
                    body: format!("{{\"n\":{status}}}").into_bytes(),
                    is_replay: false,
                    is_secret: false,
                })
            };
            once(&mut tx, request.as_ref(), work)
        })?;
        assert_eq!(String::from_utf8(reply.body).unwrap(), format!("{{\"n\":{}}}", reply.status));
        Ok((reply.status, reply.is_replay))
    }

    fn remembered(&self) -> usize {
        self.fixture.texts("SELECT key AS line FROM idempotent_replies").len()
    }
}

fn door(fixture: &Fixture) -> Door<'_> {
    Door { fixture, tenant: Shop::open(fixture, "BHH").tenant, done: Arc::default() }
}

#[test]
fn the_same_request_is_answered_the_same() {
    on_both(|fixture| {
        let door = door(fixture);
        let ask = |key, fingerprint| door.knock("ann", noon(), Some(request(key, fingerprint)));
        assert_eq!(ask("a", "POST"), Ok((1, false)));
        assert_eq!(ask("a", "POST"), Ok((1, true)));
        assert_eq!(ask("b", "POST"), Ok((2, false)));
        assert_eq!(ask("a", "PUT"), Err(Error::KeyReused));
        assert_eq!(ask("A", "POST"), Ok((3, false)), "keys differ by case");
        assert_eq!(
            door.knock("bob", noon(), Some(request("a", "POST"))),
            Ok((4, false)),
            "each sender has its own keys"
        );
        assert_eq!(
            (door.knock("ann", noon(), None), door.knock("ann", noon(), None)),
            (Ok((5, false)), Ok((6, false)))
        );
    });
}

#[test]
fn a_refusal_leaves_the_key_free() {
    on_both(|fixture| {
        let door = door(fixture);
        let tenant = door.tenant;
        let refused: Result<Reply> = fixture.alter(move |lobby| {
            let mut tx = lobby.as_if(tenant, Actor::Uid { uid: "ann".to_owned() }, noon())?;
            let gone = || Error::NotFound { thing: Thing::Order, key: "1".to_owned() };
            once(&mut tx, Some(&request("a", "POST")), &mut |_| Err(gone()))
        });
        assert!(matches!(refused, Err(Error::NotFound { .. })));
        assert_eq!(door.remembered(), 0);
        assert_eq!(door.knock("ann", noon(), Some(request("a", "PUT"))), Ok((1, false)));
    });
}

#[test]
fn after_a_day_the_key_is_free_and_the_reply_gone() {
    on_both(|fixture| {
        let door = door(fixture);
        let ask = |key, at| door.knock("ann", at, Some(request(key, "POST")));
        for key in ["a", "b", "c", "d", "e", "f"] {
            ask(key, noon()).unwrap();
        }
        let day = TimeDelta::hours(24);
        assert_eq!(ask("f", noon() + day), Ok((6, true)));
        let later = noon() + day + TimeDelta::seconds(1);
        assert_eq!(ask("f", later), Ok((7, false)), "an old reply in the way is taken over");
        assert_eq!(ask("f", later), Ok((7, true)));
        assert_eq!(door.remembered(), 1, "old replies go as new ones come");
    });
}

#[test]
fn a_reply_that_is_no_text_is_not_remembered() {
    on_both(|fixture| {
        let door = door(fixture);
        let tenant = door.tenant;
        let refused = fixture.alter(move |lobby| {
            let mut tx = lobby.as_system(tenant)?;
            let work = &mut |_: &mut crate::Tx<'_>| {
                Ok(Reply { status: 200, body: vec![0xff], is_replay: false, is_secret: false })
            };
            once(&mut tx, Some(&request("a", "POST")), work)
        });
        assert!(matches!(refused, Err(Error::Fault(Fault::Internal(_)))));
        assert_eq!(door.remembered(), 0);
    });
}

#[test]
fn a_secret_is_said_once_and_never_kept() {
    on_both(|fixture| {
        let tenant = Shop::open(fixture, "BHH").tenant;
        let ask = |fingerprint: &'static str| {
            fixture.alter(move |lobby| {
                let mut tx = lobby.as_if(tenant, Actor::Uid { uid: "ann".to_owned() }, noon())?;
                let said = Reply { status: 201, body: b"the secret".to_vec(), is_replay: false, is_secret: true };
                once(&mut tx, Some(&request("a", fingerprint)), &mut |_| Ok(said.clone()))
            })
        };
        let first = ask("1").expect("a reply");
        assert_eq!((first.status, first.body.as_slice(), first.is_replay), (201, &b"the secret"[..], false));
        assert_eq!(ask("1"), Err(Error::ShownOnce));
        assert_eq!(ask("2"), Err(Error::KeyReused));
        assert_eq!(fixture.texts("SELECT status || ' ' || body AS line FROM idempotent_replies"), ["201 "]);
    });
}
