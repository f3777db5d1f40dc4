//! What goes wrong inside of the server is said in the envelope as well.

use std::sync::mpsc;
use std::time::Duration;

use actix_http::{BoxedPayloadStream, Payload};
use actix_web::http::Method;
use actix_web::rt;
use actix_web::test::TestRequest;
use futures_util::future::{join_all, join3};
use futures_util::stream;
use stockbridge_domain::{Error, Fault};

use super::{ITEMS, anvil, codes, refused, stocked};
use crate::support::{Shop, on_a_narrow_one, on_each_engine};

#[test]
fn a_handler_that_panics_is_said_in_the_envelope() {
    on_each_engine(async |shop| {
        for (method, path) in
            [(Method::POST, "/token"), (Method::POST, ITEMS), (Method::PATCH, "/inventory/items/1-1-1")]
        {
            let client = shop.simbiz().with("X-Request-Id", "broken-1");
            let mut request = TestRequest::with_uri(&format!("/api/v3{path}")).method(method);
            for name in ["Authorization", "x-uid", "X-Request-Id"] {
                request = request.insert_header((name, client.header(name).expect("a header")));
            }
            // The handler panics as it receives its body.
            let payload: BoxedPayloadStream = Box::pin(stream::poll_fn(|_| panic!("no body")));
            let payload = Payload::Stream { payload };
            let reply = shop.ask(request.to_request().replace_payload(payload).0).await;
            refused(&reply, 500, "V3_INTERNAL_ERROR");
            assert!(!reply.text().contains("no body"), "{}", reply.text());
            assert_eq!(reply.header("x-request-id"), Some("broken-1"));
        }
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), Vec::<String>::new());
    });
}

#[test]
fn a_server_that_is_too_busy_says_when_to_come_again() {
    on_a_narrow_one(async |shop| {
        stocked(&shop.simbiz(), "ANVIL").await;
        let (reading, writing) = (occupy(shop, false).await, occupy(shop, true).await);
        // One of each waits, all others are turned away at once.
        let client = shop.simbiz();
        let asked = (0..4).map(|_| client.get(ITEMS));
        let written = (0..4).map(|number| client.post(ITEMS, anvil(&format!("NEW-{number}"))));
        let (asked, written) = (join_all(asked), join_all(written));
        let release = async {
            // Longer than the patience: who has waited so long is turned away, not served late.
            rt::time::sleep(Duration::from_millis(700)).await;
            drop((reading, writing));
        };
        let (asked, written, ()) = join3(asked, written, release).await;
        for reply in asked.iter().chain(&written) {
            refused(reply, 503, "V3_UNAVAILABLE");
            assert_eq!(reply.header("retry-after"), Some("1"));
        }
        shop.nobody().get("/api/v3/health").await.is(200);
        while shop.simbiz().get(ITEMS).await.status == 503 {
            rt::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(codes(&shop.simbiz().get(ITEMS).await), ["ANVIL"], "what was turned away was not done");
    });
}

/// Keeps the thread that reads, or the one that writes, busy until what is returned goes.
async fn occupy(shop: &Shop, writes: bool) -> mpsc::Sender<()> {
    let (begun, started) = mpsc::channel();
    let (held, released) = mpsc::channel::<()>();
    let store = shop.store.clone();
    let work = move || {
        begun.send(()).expect("somebody waits");
        // Ends when the other end goes.
        while released.recv().is_ok() {}
    };
    let mut work = Some(work);
    let mut once = move || {
        if let Some(work) = work.take() {
            work();
        }
    };
    rt::spawn(async move {
        let done = if writes {
            store
                .alter(move |_| {
                    once();
                    Ok(())
                })
                .await
        } else {
            store
                .look(move |_| {
                    once();
                    Ok(())
                })
                .await
        };
        // On PostgreSQL one connection does both: there the second waits, and may be turned away itself.
        assert!(matches!(done, Ok(()) | Err(Error::Fault(Fault::Busy))), "{done:?}");
    });
    for _ in 0..100 {
        if started.try_recv().is_ok() {
            break;
        }
        rt::time::sleep(Duration::from_millis(2)).await;
    }
    held
}
