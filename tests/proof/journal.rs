//! The request log of a server that is told to stop: nothing is missing from it that was answered.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use stockbridge_domain::access::keys::{self, NewKey};
use stockbridge_domain::access::requests::{self, RequestFilter};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::values::Text;

use super::{Caller, on_each_engine};

const CLIENTS: usize = 8;

#[test]
fn a_stop_under_load_leaves_no_answer_out_of_the_log() {
    on_each_engine(|stand| {
        let key = stand.run(|tx| {
            let name = Text::parse("Connector").expect("a text").expect("a name");
            let new = NewKey { id: None, name, can_write: false, expires_on: None };
            keys::create(tx, &new).map(|issued| issued.key)
        });
        let (over, answered) = (AtomicBool::new(false), Mutex::new(0_i64));
        let (over, answered, key) = (&over, &answered, key.as_str());
        let served = stand.serve();
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let mut caller = served.caller().holding(key);
                scope.spawn(move || {
                    let ask = |caller: &mut Caller| caller.send("GET", "/external/products", &Value::Null, None);
                    while ask(&mut caller).is_ok_and(|answer| answer.status == 200) {
                        *answered.lock().expect("a number") += 1;
                        assert!(!over.load(Ordering::Acquire), "a server that has ended answers");
                    }
                });
            }
            thread::sleep(Duration::from_millis(450));
            assert!(served.terminate().success());
            over.store(true, Ordering::Release);
        });
        let answered = *answered.lock().expect("a number");
        let window = Window { start: Start::Page(1), limit: 1 };
        let logged =
            stand.run(move |tx| requests::list(tx, &RequestFilter::default(), &window).map(|slice| slice.total));
        eprintln!("{answered} answered, {logged} logged");
        assert!(answered > 0);
        // One more of each client may have been answered into a connection that nobody read to its end.
        let most = answered + i64::try_from(CLIENTS).expect("a small number");
        assert!((answered..=most).contains(&logged), "{answered} were answered, {logged} are in the log");
    });
}
