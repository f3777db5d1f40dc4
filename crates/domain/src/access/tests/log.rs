//! The request log: what is noted is written in batches, found by its filters, and forgotten in time.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::asked;
use crate::access::journal::{self, Journal, Noted};
use crate::access::keys::{self, NewKey};
use crate::access::requests::{self, NewRequest, Request, RequestFilter};
use crate::access::tenants::{self, TenantChanges};
use crate::page::{Start, Window};
use crate::testing::{Fixture, Shop, name, on_both};

const ALL: Window = Window { start: Start::Page(1), limit: 200 };

/// Makes a key, whose text is its name.
fn key(shop: &Shop<'_>, called: &'static str) -> i64 {
    let new = NewKey { id: None, name: name(called), can_write: true, expires_on: None };
    shop.write(move |tx| keys::enter(tx, &new, called.to_owned()).map(|issued| issued.id)).expect("a key")
}

fn noted(key: &str, path: &str) -> Noted {
    Noted {
        key_hash: keys::hash(key.as_bytes()),
        method: "GET".to_owned(),
        path: path.to_owned(),
        status: 200,
        took: Duration::from_millis(14),
        address: "203.0.113.5".parse().ok(),
    }
}

fn request(key: i64, path: &str, status_code: u16, at: &str) -> NewRequest {
    NewRequest { path: path.to_owned(), status_code, ..asked(key, at.parse().expect("an instant")) }
}

fn log(shop: &Shop<'_>, filter: RequestFilter) -> (Vec<Request>, i64) {
    let slice = shop.read(move |tx| requests::list(tx, &filter, &ALL)).expect("a log");
    (slice.rows, slice.total)
}

fn last_used(shop: &Shop<'_>, id: i64) -> Option<NaiveDateTime> {
    let all = shop.read(keys::list).expect("keys");
    all.into_iter().find(|key| key.id == id).expect("the key").last_used_at
}

fn write_down(fixture: &Fixture, all: Vec<Noted>) -> u64 {
    let store = fixture.store.clone();
    fixture.wait(async move {
        let journal = Journal::start(store);
        for noted in all {
            journal.note(noted);
        }
        journal.flush().await;
        journal.lost()
    })
}

#[test]
fn what_is_noted_is_written_for_the_owner_of_its_key() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code));
        let (ours, theirs) = (key(&own, "ours"), key(&other, "theirs"));
        let all = vec![noted("ours", "/a"), noted("nobody's", "/b"), noted("theirs", "/c"), noted("ours", "/d")];
        assert_eq!(write_down(fixture, all), 0);
        let (rows, total) = log(&own, RequestFilter::default());
        let told =
            rows.iter().map(|row| (row.api_key_id, row.key_name.as_str(), row.path.as_str())).collect::<Vec<_>>();
        assert_eq!((told, total), (vec![(ours, "ours", "/d"), (ours, "ours", "/a")], 2));
        let Request { method, status_code, response_time_ms, ip_address, created_at, .. } = &rows[0];
        assert_eq!((method.as_str(), *status_code, *response_time_ms), ("GET", 200, 14));
        assert_eq!(ip_address.as_deref(), Some("203.0.113.5"));
        assert_eq!(last_used(&own, ours), Some(*created_at));
        let (rows, total) = log(&other, RequestFilter::default());
        assert_eq!((rows.len(), rows[0].api_key_id, total), (1, theirs, 1));
    });
}

#[test]
fn more_than_a_batch_is_written_whole_and_in_order() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        key(&shop, "ours");
        let all = (0..1_234).map(|number| noted("ours", &format!("/{number}"))).collect();
        assert_eq!(write_down(fixture, all), 0);
        let (rows, total) = log(&shop, RequestFilter::default());
        assert_eq!((rows[0].path.as_str(), rows[199].path.as_str(), total), ("/1233", "/1034", 1_234));
        shop.verify();
    });
}

#[test]
fn beyond_what_can_wait_requests_are_dropped_and_counted() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        key(&shop, "ours");
        // The task gets no turn while these come.
        let lost = write_down(fixture, vec![noted("ours", "/a"); 10_007]);
        let (_, total) = log(&shop, RequestFilter::default());
        assert_eq!((lost, total), (7, 10_000));
    });
}

#[test]
fn the_last_use_of_a_key_never_goes_back() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = key(&shop, "ours");
        for (at, last) in [
            ("2026-05-06T08:42:00", "2026-05-06T08:42:00"),
            ("2026-05-06T08:41:00", "2026-05-06T08:42:00"),
            ("2026-05-06T08:43:00", "2026-05-06T08:43:00"),
        ] {
            shop.write(move |tx| requests::record(tx, &[request(id, "/a", 200, at)])).expect("a log");
            assert_eq!(last_used(&shop, id), last.parse().ok(), "{at}");
        }
    });
}

#[test]
fn the_log_is_found_by_key_status_path_and_the_tenants_days() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let zone = TenantChanges { zone: Some(Tz::America__St_Johns), ..TenantChanges::default() };
        fixture.alter(move |lobby| tenants::set(lobby, "BHH", &zone)).expect("a tenant");
        let (a, b) = (key(&shop, "a"), key(&shop, "b"));
        // Clocks there went from 2 to 3 on 8 March 2026, so that day began at 3:30 UTC and the next at 2:30.
        let made = [
            request(a, "/api/external/Products", 200, "2026-03-08T03:29:59.999999"),
            request(b, "/api/external/products", 200, "2026-03-08T03:30:00"),
            request(a, "/api/external/orders", 409, "2026-03-09T02:29:59.999999"),
            request(b, "/api/external/50%25_off", 404, "2026-03-09T02:30:00"),
        ];
        shop.write(move |tx| requests::record(tx, &made)).expect("a log");
        let day = |text: &str| text.parse().ok();
        let none = RequestFilter::default;
        for (filter, expected) in [
            (none(), vec![4, 3, 2, 1]),
            (RequestFilter { api_key_id: Some(a), ..none() }, vec![3, 1]),
            (RequestFilter { api_key_id: Some(999), ..none() }, vec![]),
            (RequestFilter { status_code: Some(200), ..none() }, vec![2, 1]),
            (RequestFilter { status_code: Some(200), api_key_id: Some(b), ..none() }, vec![2]),
            (RequestFilter { path: Some("products".to_owned()), ..none() }, vec![2]),
            (RequestFilter { path: Some("Products".to_owned()), ..none() }, vec![1]),
            (RequestFilter { path: Some("%25_".to_owned()), ..none() }, vec![4]),
            (RequestFilter { path: Some("a%e".to_owned()), ..none() }, vec![]),
            (RequestFilter { from: day("2026-03-08"), to: day("2026-03-08"), ..none() }, vec![3, 2]),
            (RequestFilter { to: day("2026-03-07"), ..none() }, vec![1]),
            (RequestFilter { from: day("2026-03-09"), ..none() }, vec![4]),
            (RequestFilter { from: day("0001-01-01"), to: day("9999-12-31"), ..none() }, vec![4, 3, 2, 1]),
        ] {
            let (rows, total) = log(&shop, filter.clone());
            let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(total, i64::try_from(ids.len()).unwrap(), "{filter:?}");
            assert_eq!(ids, expected, "{filter:?}");
        }
    });
}

#[test]
fn what_is_old_is_forgotten_in_slices_and_nothing_else() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|code| Shop::open(fixture, code));
        for shop in [&own, &other] {
            let id = key(shop, if shop.tenant == own.tenant { "ours" } else { "theirs" });
            shop.write(move |tx| {
                let at = |days: i64| tx.now() - TimeDelta::days(days);
                let old = NewRequest { created_at: at(8), ..request(id, "/old", 200, "2026-01-01T00:00:00") };
                let young = NewRequest { created_at: at(6), path: "/young".to_owned(), ..old.clone() };
                let mut made = vec![old; 1_001];
                made.push(young);
                requests::record(tx, &made)
            })
            .expect("a log");
        }
        fixture.wait(journal::forget_old(&fixture.store, 7)).expect("old requests go");
        for shop in [&own, &other] {
            let (rows, total) = log(shop, RequestFilter::default());
            assert_eq!((rows.len(), rows[0].path.as_str(), total), (1, "/young", 1));
            shop.verify();
        }
    });
}
