//! Who may do what, for which organization, and in which order refusals come.

use actix_web::http::Method;
use serde_json::json;
use stockbridge_domain::TenantId;
use stockbridge_domain::access::passwords::PasswordHash;
use stockbridge_domain::access::uids;
use stockbridge_http::tokens::{Claims, Signer};

use super::token::end_subscription;
use super::{ITEMS, anvil, bearer, body, claims, codes, refused, stocked};
use crate::support::{Client, on_each_engine};

#[test]
fn a_token_that_is_not_good_is_refused_whatever_else_is_wrong() {
    on_each_engine(async |shop| {
        let sign = |claims: Claims| shop.signer().sign(&claims).expect("a token");
        let good = sign(claims());
        let foreign = Signer::new(b"another secret").sign(&claims()).expect("a token");
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).expect("claims"));
        let invalid = "V3_AUTH_INVALID_TOKEN";
        for (token, code) in [
            (sign(Claims { exp: claims().iat - 1, ..claims() }), "V3_AUTH_TOKEN_EXPIRED"),
            (sign(Claims { exp: 1, sub: "other".to_owned(), ..claims() }), "V3_AUTH_TOKEN_EXPIRED"),
            (sign(Claims { sub: "multi".to_owned(), ..claims() }), "V3_AUTH_UID_MISMATCH"),
            (sign(Claims { sub: "Support".to_owned(), ..claims() }), "V3_AUTH_UID_MISMATCH"),
            (sign(Claims { kind: "user".to_owned(), ..claims() }), invalid),
            (foreign, invalid),
            (unsigned, invalid),
            (format!("{good}x"), invalid),
            ("iom_live_abc123xyz".to_owned(), invalid),
            (format!("{good} {good}"), invalid),
            (String::new(), invalid),
        ] {
            every_call_is_refused(&bearer(shop, &token), code).await;
        }
        every_call_is_refused(&bearer(shop, &good).with("Authorization", "Basic YTpi"), invalid).await;
    });
}

#[test]
fn either_header_missing_is_a_missing_credential() {
    on_each_engine(async |shop| {
        let missing = "V3_AUTH_MISSING_CREDENTIAL";
        every_call_is_refused(&shop.simbiz().without("x-uid"), missing).await;
        every_call_is_refused(&shop.simbiz().without("Authorization"), missing).await;
        every_call_is_refused(&shop.simbiz().with("x-uid", " "), missing).await;
        every_call_is_refused(&shop.simbiz().with("Authorization", " "), missing).await;
        every_call_is_refused(&bearer(shop, "nonsense").without("x-uid"), missing).await;
        every_call_is_refused(&shop.simbiz().with("x-uid", "multi"), "V3_AUTH_UID_MISMATCH").await;
        every_call_is_refused(&shop.simbiz().with("x-uid", "s\u{fc}pport"), "V3_AUTH_UID_MISMATCH").await;
    });
}

#[test]
fn a_disabled_uid_is_out_at_once() {
    on_each_engine(async |shop| {
        shop.simbiz().get(ITEMS).await.is(200);
        shop.store.alter(|lobby| uids::disable(lobby, "support", true)).await.expect("a disabled uid");
        every_call_is_refused(&shop.simbiz(), "V3_AUTH_INVALID_TOKEN").await;
        shop.store.alter(|lobby| uids::disable(lobby, "support", false)).await.expect("an enabled uid");
        shop.simbiz().get(ITEMS).await.is(200);
        every_call_is_refused(&shop.simbiz_as("ghost", 1), "V3_AUTH_INVALID_TOKEN").await;
    });
}

#[test]
fn a_revoked_organization_is_closed_at_once() {
    on_each_engine(async |shop| {
        let multi = shop.simbiz_as("multi", 1);
        multi.get(ITEMS).await.is(200);
        shop.store.alter(|lobby| uids::revoke(lobby, "multi", TenantId::new(1))).await.expect("a revoked grant");
        every_call_answers(&multi, 403, "V3_AUTH_ORG_FORBIDDEN").await;
        shop.simbiz_as("multi", 2).get(ITEMS).await.is(200);
        // A token for an organization that its uid never had.
        every_call_answers(&shop.simbiz_as("support", 2), 403, "V3_AUTH_ORG_FORBIDDEN").await;
        every_call_answers(&shop.simbiz_as("support", 99), 403, "V3_AUTH_ORG_FORBIDDEN").await;
    });
}

#[test]
fn an_ended_subscription_comes_before_all_that_is_wrong_with_the_request() {
    on_each_engine(async |shop| {
        end_subscription(shop).await;
        every_call_answers(&shop.simbiz(), 402, "V3_AUTH_SUBSCRIPTION_EXPIRED").await;
        shop.simbiz_as("multi", 2).get(ITEMS).await.is(200);
    });
}

#[test]
fn an_ended_subscription_closes_one_organization_of_several() {
    on_each_engine(async |shop| {
        end_subscription(shop).await;
        let (at_home, elsewhere) = (shop.simbiz_as("multi", 1), shop.simbiz_as("multi", 2));
        let ended = "V3_AUTH_SUBSCRIPTION_EXPIRED";
        refused(&at_home.get(ITEMS).await, 402, ended);
        refused(&elsewhere.get(&format!("{ITEMS}?organization_code=SHOP")).await, 402, ended);
        let mut ours = anvil("ANVIL");
        ours["organization_id"] = json!("1-1");
        refused(&elsewhere.post(ITEMS, ours).await, 402, ended);
        elsewhere.get(ITEMS).await.is(200);
        at_home.get(&format!("{ITEMS}?org_code=NEXT")).await.is(200);
    });
}

#[test]
fn a_new_secret_ends_the_tokens_before_at_once() {
    on_each_engine(async |shop| {
        shop.simbiz().get(ITEMS).await.is(200);
        let hash = PasswordHash::new("another secret").expect("a hash");
        shop.store.alter(move |lobby| uids::set_secret(lobby, "support", &hash)).await.expect("a new secret");
        every_call_is_refused(&shop.simbiz(), "V3_AUTH_INVALID_TOKEN").await;
        let sent = json!({"uid": "support", "secret": "another secret"});
        let token = shop.nobody().post("/api/v3/token", sent).await.is(200).at("/data/token");
        bearer(shop, token.as_str().expect("a token")).get(ITEMS).await.is(200);
        let later = shop.signer().sign(&Claims { version: Some(2), ..claims() }).expect("a token");
        every_call_is_refused(&bearer(shop, &later), "V3_AUTH_INVALID_TOKEN").await;
    });
}

#[test]
fn a_token_of_one_dialect_is_worth_nothing_in_the_other() {
    on_each_engine(async |shop| {
        let ours = shop.simbiz().header("Authorization").expect("a token").to_owned();
        let theirs = shop.iom().header("Authorization").expect("a token").to_owned();
        every_call_is_refused(&shop.simbiz().with("Authorization", &theirs), "V3_AUTH_INVALID_TOKEN").await;
        for path in ["/products", "/orders", "/auth/me", "/external/products"] {
            shop.iom().with("Authorization", &ours).with("x-uid", "support").get(path).await.is(401);
        }
    });
}

#[test]
fn a_uid_granted_to_read_reads_and_writes_nothing() {
    on_each_engine(async |shop| {
        let id = stocked(&shop.simbiz(), "ANVIL").await;
        let reader = shop.simbiz_as("reader", 1);
        assert_eq!(codes(&reader.get(ITEMS).await), ["ANVIL"]);
        reader.get(&format!("{ITEMS}/{id}")).await.is(200);
        let denied = "V3_AUTH_PERMISSION_DENIED";
        refused(&reader.post(ITEMS, anvil("HAMMER")).await, 403, denied);
        refused(&reader.post(ITEMS, json!({})).await, 403, denied);
        refused(&reader.send(Method::POST, ITEMS, Some(b"{".to_vec())).await, 403, denied);
        refused(&reader.patch(&format!("{ITEMS}/{id}"), body(json!({"item_name": "X"}), json!({}))).await, 403, denied);
        refused(&reader.patch(&format!("{ITEMS}/999"), json!([])).await, 403, denied);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"]);
    });
}

#[test]
fn a_call_is_about_the_organization_it_names() {
    on_each_engine(async |shop| {
        let multi = shop.simbiz_as("multi", 1);
        stocked(&shop.simbiz(), "OURS").await;
        stocked(&shop.simbiz_as("next", 2), "THEIRS").await;
        for (query, expected) in [
            ("", "OURS"),
            ("?organization_id=1-2", "THEIRS"),
            ("?organization_id=2", "THEIRS"),
            ("?org_id=1-2", "THEIRS"),
            ("?organization_code=NEXT", "THEIRS"),
            ("?org_code=next", "THEIRS"),
            ("?org_code=SHOP&organization_code=NEXT", "THEIRS"),
            ("?organization_code=SHOP&org_id=2", "THEIRS"),
            ("?org_id=1&organization_id=2", "THEIRS"),
            ("?organization_id=&organization_code=+NEXT+", "THEIRS"),
        ] {
            let list = multi.get(&format!("{ITEMS}{query}")).await;
            assert_eq!(codes(&list), [expected], "{query}");
            multi.get(&format!("{ITEMS}/by-code/{expected}{query}")).await.is(200);
            multi.get(&format!("{ITEMS}/by-barcode/{expected}{query}")).await.is(200);
        }
        let echoed = multi.get(&format!("{ITEMS}?org_id=2&org_code=SHOP")).await.is(200);
        assert_eq!(echoed.at("/meta/filters/organization_id"), json!("2"));
        assert_eq!(echoed.at("/meta/filters/organization_code"), json!("SHOP"));
    });
}

#[test]
fn an_organization_that_is_not_granted_is_refused_whatever_names_it() {
    on_each_engine(async |shop| {
        for query in [
            "organization_id=1-2",
            "org_id=2",
            "organization_code=NEXT",
            "org_code=NOWHERE",
            "org_id=1-1-1",
            "organization_id=2-1",
            "organization_id=-1",
            "organization_id=99999999999999999999",
            "organization_id=%00",
            "organization_code=%00",
            "organization_code=SHOP%20X",
            "organization_id=SHOP&organization_code=SHOP",
        ] {
            for path in [ITEMS.to_owned(), format!("{ITEMS}/1"), format!("{ITEMS}/by-code/A")] {
                refused(&shop.simbiz().get(&format!("{path}?{query}")).await, 403, "V3_AUTH_ORG_FORBIDDEN");
            }
            refused(&shop.simbiz().get(&format!("{ITEMS}?updated_from=x&{query}")).await, 403, "V3_AUTH_ORG_FORBIDDEN");
        }
        for named in [
            json!({"organization_id": "1-2"}),
            json!({"org_id": 2}),
            json!({"organization_code": "NEXT"}),
            json!({"org_code": "NOWHERE"}),
            json!({"organization_id": true, "organization_code": "NEXT", "org_id": 2, "org_code": "X"}),
        ] {
            let mut sent = anvil("ANVIL");
            sent.as_object_mut().expect("an object").extend(named.as_object().expect("an object").clone());
            let reply = shop.simbiz().post(ITEMS, sent).await;
            // `true` is read as "1", which is granted: then it is no refusal.
            if named["organization_id"] == json!(true) {
                reply.is(201);
            } else {
                refused(&reply, 403, "V3_AUTH_ORG_FORBIDDEN");
            }
        }
        assert_eq!(codes(&shop.simbiz_as("next", 2).get(ITEMS).await), Vec::<String>::new());
    });
}

#[test]
fn a_write_goes_to_the_organization_its_body_names() {
    on_each_engine(async |shop| {
        let multi = shop.simbiz_as("multi", 1);
        for (code, key, value) in [
            ("A", "organization_id", json!("1-2")),
            ("B", "org_id", json!(2)),
            ("C", "organization_code", json!("NEXT")),
            ("D", "org_code", json!("next")),
        ] {
            let mut sent = anvil(code);
            sent[key] = value;
            let made = multi.post(ITEMS, sent).await.is(201);
            assert_eq!(made.at("/data/organization_code"), json!("NEXT"));
        }
        // The body beats the query, and the query the token.
        let mut ours = anvil("E");
        ours["organization_code"] = json!("SHOP");
        multi.post(&format!("{ITEMS}?organization_code=NEXT"), ours).await.is(201);
        multi.post(&format!("{ITEMS}?organization_code=NEXT"), anvil("F")).await.is(201);
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["E"]);
        assert_eq!(codes(&shop.simbiz_as("next", 2).get(ITEMS).await), ["A", "B", "C", "D", "F"]);
        let theirs = shop.simbiz_as("next", 2).get(&format!("{ITEMS}/by-code/A")).await.is(200).at("/data/item_id");
        let theirs = theirs.as_str().expect("an id");
        let mut change = body(json!({"item_name": "Renamed"}), json!({}));
        refused(&multi.patch(&format!("{ITEMS}/{theirs}"), change.clone()).await, 404, "V3_INV_ITEM_NOT_FOUND");
        change["organization_id"] = json!("1-2");
        multi.patch(&format!("{ITEMS}/{theirs}"), change).await.is(200);
    });
}

/// Calls of every kind, each of them wrong in a way that would have its own refusal.
async fn every_call_answers(client: &Client<'_>, status: u16, code: &str) {
    for (method, path, sent) in [
        ("GET", ITEMS.to_owned(), None),
        ("GET", format!("{ITEMS}?updated_from=nonsense"), None),
        ("GET", format!("{ITEMS}?all=1"), None),
        ("GET", format!("{ITEMS}/999"), None),
        ("GET", format!("{ITEMS}/by-code/none"), None),
        ("GET", format!("{ITEMS}/by-barcode/%00"), None),
        ("GET", "/inventory/stocks/by-location".to_owned(), None),
        ("GET", "/inventory/stocks/by-location?page=1&updated_to=nonsense".to_owned(), None),
        ("GET", "/inventory/reference-data/brands".to_owned(), None),
        ("GET", "/inventory/reference-data/nonsense".to_owned(), None),
        ("POST", ITEMS.to_owned(), Some("{")),
        ("POST", ITEMS.to_owned(), Some("{}")),
        ("PATCH", format!("{ITEMS}/999"), Some("")),
    ] {
        let method: Method = method.parse().expect("a method");
        let reply = client.send(method, &path, sent.map(|sent| sent.as_bytes().to_vec())).await;
        refused(&reply, status, code);
    }
}

async fn every_call_is_refused(client: &Client<'_>, code: &str) {
    every_call_answers(client, 401, code).await;
    let large = Some(vec![b' '; 3 * 1024 * 1024]);
    refused(&client.send(Method::POST, ITEMS, large).await, 401, code);
}
