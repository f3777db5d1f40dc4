//! Getting a token.

use actix_web::http::Method;
use chrono_tz::Tz;
use serde_json::{Value, json};
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::access::uids;
use stockbridge_domain::{Fault, TenantId};
use stockbridge_http::tokens::Claims;

use super::{ITEMS, claims, refused, text};
use crate::support::{Reply, SECRET, Shop, keys_of, on_each_engine};

#[test]
fn a_good_secret_is_answered_with_a_token_that_works() {
    on_each_engine(async |shop| {
        let reply = ask(shop, json!({"uid": "support", "secret": SECRET, "organization_code": "SHOP"})).await.is(200);
        let token = text(&reply.at("/data/token"));
        let expires = text(&reply.at("/data/expires_at"));
        let expected = format!(
            "{}{token}{}{expires}{}",
            r#"{"status":"OK","data":{"uid":"support","organization_id":"1-1","organization_code":"SHOP","token":""#,
            r#"","expires_at":""#,
            r#""},"meta":{}}"#
        );
        assert_eq!(reply.text(), expected);
        let (now, in_eight_hours) = (claims().iat, claims().iat + 8 * 3600);
        let until = chrono::NaiveDateTime::parse_from_str(&expires, "%Y-%m-%d %H:%M:%S").expect("a date-time");
        assert!((in_eight_hours - until.and_utc().timestamp()).abs() <= 5, "{expires}");
        let Claims { sub, tenant, kind, role, version, iat: _, exp } =
            shop.signer().verify(&token, "simbiz", now).expect("a token");
        assert_eq!(
            (sub.as_str(), tenant, kind.as_str(), role, version, exp),
            ("support", 1, "simbiz", None, Some(0), until.and_utc().timestamp())
        );
        shop.simbiz().with("Authorization", &format!("Bearer {token}")).get(ITEMS).await.is(200);
    });
}

#[test]
fn it_expires_on_the_organizations_clock() {
    on_each_engine(async |shop| {
        let before = text(&ask(shop, support()).await.is(200).at("/data/expires_at"));
        move_to(shop, Tz::Asia__Kuala_Lumpur).await;
        let after = text(&ask(shop, support()).await.is(200).at("/data/expires_at"));
        let read = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a date-time");
        let apart = (read(&after) - read(&before)).num_seconds() - 8 * 3600;
        assert!((0..=30).contains(&apart), "{before} {after}");
    });
}

#[test]
fn the_organization_is_the_one_named_or_the_only_one() {
    on_each_engine(async |shop| {
        for (sent, expected) in [
            (json!({"uid": "support"}), "SHOP"),
            (json!({"uid": "next"}), "NEXT"),
            (json!({"uid": "multi", "organization_code": "next"}), "NEXT"),
            (json!({"uid": "multi", "org_code": "SHOP"}), "SHOP"),
            (json!({"uid": "multi", "organization_id": "1-2"}), "NEXT"),
            (json!({"uid": "multi", "organization_id": 2}), "NEXT"),
            (json!({"uid": "multi", "org_id": "1", "organization_code": "NEXT"}), "SHOP"),
            (json!({"uid": "multi", "organization_id": "", "organization_code": " NEXT "}), "NEXT"),
        ] {
            let mut sent = sent;
            sent["secret"] = json!(SECRET);
            let reply = ask(shop, sent.clone()).await.is(200);
            assert_eq!(reply.at("/data/organization_code"), json!(expected), "{sent}");
        }
        for sent in [
            json!({"uid": "multi"}),
            json!({"uid": "support", "organization_code": "NEXT"}),
            json!({"uid": "support", "organization_code": "NOWHERE"}),
            json!({"uid": "support", "organization_id": "2-1", "organization_code": "SHOP"}),
            json!({"uid": "support", "organization_id": "1-1\u{0}"}),
        ] {
            let mut sent = sent;
            sent["secret"] = json!(SECRET);
            refused(&ask(shop, sent).await, 403, "V3_AUTH_ORG_FORBIDDEN");
        }
    });
}

#[test]
fn a_default_organization_counts_where_none_is_named() {
    on_each_engine(async |shop| {
        let hash = stockbridge_domain::access::passwords::PasswordHash::new("s3cret").expect("a hash");
        let uid = stockbridge_domain::values::Text::parse("both").expect("a text").expect("a text");
        let made = shop.store.alter(move |lobby| {
            uids::create(lobby, &uid, &hash, Some(TenantId::new(2)))?;
            uids::grant(lobby, "both", TenantId::new(1), false)?;
            uids::grant(lobby, "both", TenantId::new(2), false)
        });
        made.await.expect("a uid");
        let reply = ask(shop, json!({"uid": "both", "secret": "s3cret"})).await.is(200);
        assert_eq!(reply.at("/data/organization_id"), json!("1-2"));
    });
}

#[test]
fn wrong_uid_and_wrong_secret_are_the_same_refusal() {
    on_each_engine(async |shop| {
        shop.store.alter(|lobby| uids::disable(lobby, "next", true)).await.expect("a disabled uid");
        let mut said = Vec::new();
        for (uid, secret) in [("support", "wrong"), ("nobody", SECRET), ("SUPPORT", SECRET), ("next", SECRET)] {
            let reply = ask(shop, json!({"uid": uid, "secret": secret})).await;
            refused(&reply, 401, "V3_AUTH_INVALID_CREDENTIAL");
            said.push(reply.text().to_owned());
        }
        assert!(said.iter().all(|reply| *reply == said[0]), "{said:?}");
    });
}

#[test]
fn a_secret_of_any_length_is_just_wrong() {
    on_each_engine(async |shop| {
        for length in [1_000, 1_001, 1_025, 16_000] {
            let reply = ask(shop, json!({"uid": "support", "secret": "s".repeat(length)})).await;
            refused(&reply, 401, "V3_AUTH_INVALID_CREDENTIAL");
        }
    });
}

#[test]
fn a_body_beyond_16_kib_is_too_large() {
    on_each_engine(async |shop| {
        let mut body = support().to_string().into_bytes();
        body.resize(16 * 1024, b' ');
        shop.nobody().send(Method::POST, "/api/v3/token", Some(body.clone())).await.is(200);
        body.push(b' ');
        refused(&shop.nobody().send(Method::POST, "/api/v3/token", Some(body)).await, 413, "V3_REQ_TOO_LARGE");
    });
}

#[test]
fn everything_missing_is_told_at_once() {
    on_each_engine(async |shop| {
        let both = json!({"uid": ["uid is required"], "secret": ["secret is required"]});
        for (sent, details) in [
            (json!({}), both.clone()),
            (json!({"uid": null, "secret": null}), both),
            (
                json!({"uid": " ", "secret": ""}),
                json!({"uid": ["uid must not be empty"], "secret": ["secret must not be empty"]}),
            ),
            (json!({"uid": "support"}), json!({"secret": ["secret is required"]})),
            (json!({"secret": "x"}), json!({"uid": ["uid is required"]})),
            (json!({"uid": [], "secret": {}}), json!({"uid": ["uid must be text"], "secret": ["secret must be text"]})),
            (json!({"uid": "u".repeat(65), "secret": "x"}), json!({"uid": ["uid must be at most 64 characters long"]})),
            (
                json!({"uid": "support", "secret": SECRET, "organization_code": ["SHOP"]}),
                json!({"organization_code": ["organization_code must be text"]}),
            ),
        ] {
            let reply = ask(shop, sent.clone()).await;
            assert_eq!(refused(&reply, 422, "V3_REQ_VALIDATION_FAILED"), details, "{sent}");
        }
        refused(&ask(shop, json!({"uid": "support", "secret": "a\u{0}b"})).await, 422, "V3_REQ_VALIDATION_FAILED");
    });
}

#[test]
fn guessing_is_slowed_down() {
    on_each_engine(async |shop| {
        for _ in 0..10 {
            refused(&ask(shop, json!({"uid": "support", "secret": "guess"})).await, 401, "V3_AUTH_INVALID_CREDENTIAL");
        }
        let reply = ask(shop, support()).await;
        refused(&reply, 429, "V3_RATE_LIMITED");
        let wait: u64 = reply.header("retry-after").expect("Retry-After").parse().expect("seconds");
        assert!((1..=900).contains(&wait), "{wait}");
        ask(shop, json!({"uid": "next", "secret": SECRET})).await.is(200);
    });
}

#[test]
fn an_ended_subscription_gets_no_token() {
    on_each_engine(async |shop| {
        end_subscription(shop).await;
        refused(&ask(shop, support()).await, 402, "V3_AUTH_SUBSCRIPTION_EXPIRED");
    });
}

#[test]
fn a_body_that_is_no_json_is_told_so() {
    on_each_engine(async |shop| {
        for (sent, status, code) in [
            ("", 400, "V3_REQ_INVALID_JSON"),
            ("uid=support&secret=x", 400, "V3_REQ_INVALID_JSON"),
            ("[]", 400, "V3_REQ_INVALID_JSON"),
            ("{\"uid\":", 400, "V3_REQ_INVALID_JSON"),
        ] {
            let reply = shop.nobody().send(Method::POST, "/api/v3/token", Some(sent.as_bytes().to_vec())).await;
            refused(&reply, status, code);
        }
        let xml = shop.nobody().with("Content-Type", "text/xml");
        refused(
            &xml.send(Method::POST, "/api/v3/token", Some(b"<uid/>".to_vec())).await,
            415,
            "V3_REQ_UNSUPPORTED_TYPE",
        );
        let keys = keys_of(ask(shop, support()).await.is(200).text());
        assert_eq!(keys, ["status", "data", "meta"]);
    });
}

pub(super) async fn end_subscription(shop: &Shop) {
    let changed = shop.store.alter(|lobby| {
        let long_ago = lobby.now() - chrono::TimeDelta::days(1);
        let changes = TenantChanges { subscription_ends_at: Some(Some(long_ago)), ..TenantChanges::default() };
        tenants::set(lobby, "SHOP", &changes)
    });
    changed.await.expect("a tenant");
}

pub(super) async fn move_to(shop: &Shop, zone: Tz) {
    let moved = shop.store.alter(move |lobby| {
        let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
        let tenant = tenants::set(lobby, "SHOP", &changes)?;
        if tenant.zone == zone { Ok(()) } else { Err(Fault::Internal("it did not move".to_owned()).into()) }
    });
    moved.await.expect("a tenant");
}

fn support() -> Value {
    json!({"uid": "support", "secret": SECRET})
}

async fn ask(shop: &Shop, sent: Value) -> Reply {
    shop.nobody().post("/api/v3/token", sent).await
}
