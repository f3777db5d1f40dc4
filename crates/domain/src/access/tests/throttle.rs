//! Failures are counted per account and per address, for a while.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use crate::access::throttle::{Limits, Throttle};
use crate::error::{Error, Result};

const WINDOW: Duration = Duration::from_secs(100);
const LIMITS: Limits = Limits { per_account: 3, per_address: 5, window: WINDOW };

const HOME: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));

/// Fails so many times.
fn fail(throttle: &Throttle, account: &str, address: Option<IpAddr>, now: Instant, times: usize) {
    for _ in 0..times {
        throttle.attempt(account, address, now).expect("an attempt within the limit");
    }
}

fn refused(seconds: u64) -> Result<()> {
    Err(Error::TooManyFailures { retry_after: Duration::from_secs(seconds) })
}

#[test]
fn an_account_is_slowed_down_after_its_limit_of_failures() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    fail(&throttle, "ann", None, now, 2);
    assert_eq!(throttle.check("ann", None, now), Ok(()));
    fail(&throttle, "ann", None, now, 1);
    assert_eq!(throttle.check("ann", None, now), refused(100));
    assert_eq!(throttle.check("ben", None, now), Ok(()), "nobody else");
}

#[test]
fn the_wait_grows_shorter_and_ends() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    fail(&throttle, "ann", None, now, 3);
    assert_eq!(throttle.check("ann", None, now + Duration::from_secs(30)), refused(70));
    assert_eq!(throttle.check("ann", None, now + Duration::from_secs(99)), refused(1));
    assert_eq!(throttle.check("ann", None, now + WINDOW), Ok(()));
    fail(&throttle, "ann", None, now + WINDOW, 1);
    assert_eq!(throttle.check("ann", None, now + WINDOW), Ok(()), "a new window begins at one");
}

#[test]
fn attempts_while_refused_do_not_lengthen_the_wait() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    fail(&throttle, "ann", None, now, 3);
    for seconds in 1..100 {
        assert_eq!(throttle.check("ann", None, now + Duration::from_secs(seconds)), refused(100 - seconds));
    }
    assert_eq!(throttle.check("ann", None, now + WINDOW), Ok(()));
}

#[test]
fn an_address_is_slowed_down_whatever_accounts_it_tries() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    for account in ["ann", "ben", "cat", "dan", "eve"] {
        assert_eq!(throttle.check(account, HOME, now), Ok(()));
        fail(&throttle, account, HOME, now, 1);
    }
    assert_eq!(throttle.check("fay", HOME, now), refused(100));
    assert_eq!(throttle.check("fay", Some(IpAddr::from([10, 0, 0, 1])), now), Ok(()), "from elsewhere");
    assert_eq!(throttle.check("fay", None, now), Ok(()), "from an unknown place");
}

#[test]
fn success_clears_the_account_and_not_the_address() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    fail(&throttle, "ann", HOME, now, 2);
    throttle.attempt("ann", HOME, now).expect("an attempt within the limit");
    throttle.succeeded("ann", HOME);
    fail(&throttle, "ann", HOME, now, 2);
    assert_eq!(throttle.check("ann", HOME, now), Ok(()), "only two since the last success");
    fail(&throttle, "ben", HOME, now, 1);
    assert_eq!(throttle.check("cat", HOME, now), refused(100), "one's own account does not excuse guessing at others");
}

#[test]
fn many_names_do_not_fill_the_memory_and_do_not_free_who_was_refused_last() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    for number in 0..150_000_u64 {
        throttle.attempt(&number.to_string(), None, now + Duration::from_nanos(number)).expect("a first attempt");
    }
    assert!(throttle.remembered() <= 100_000, "{} accounts", throttle.remembered());
    let later = now + Duration::from_millis(1);
    fail(&throttle, "ann", None, later, 3);
    assert!(throttle.check("ann", None, later).is_err());
}

#[test]
fn of_many_attempts_at_once_no_more_than_the_limit_are_made() {
    let (throttle, now) = (Throttle::new(LIMITS), Instant::now());
    let made = std::thread::scope(|scope| {
        let attempts = (0..8).map(|_| scope.spawn(|| throttle.attempt("ann", None, now).is_ok())).collect::<Vec<_>>();
        attempts.into_iter().map(|attempt| attempt.join().expect("a thread")).filter(|made| *made).count()
    });
    assert_eq!(made, 3);
}
