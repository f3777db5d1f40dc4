//! Users come in by e-mail and password.

use std::net::IpAddr;
use std::time::Duration;

use crate::access::doorkeeper::Doorkeeper;
use crate::access::throttle::Limits;
use crate::access::users::{self, User};
use crate::actor::Role;
use crate::error::{Error, Result};
use crate::testing::{Fixture, PASSWORD, Shop, on_both, on_sqlite};

const LIMITS: Limits = Limits { per_account: 3, per_address: 6, window: Duration::from_secs(900) };

fn log_in(fixture: &Fixture, keeper: &Doorkeeper, email: &str, password: &str) -> Result<User> {
    fixture.wait(keeper.log_in(&fixture.store, email, password, Some(IpAddr::from([127, 0, 0, 1]))))
}

#[test]
fn the_right_password_lets_a_user_in_whatever_the_case_of_the_email() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let id = shop.user("Ann.Müller@Acme.com", Role::Manager);
        let keeper = Doorkeeper::new(LIMITS);
        for email in ["Ann.Müller@Acme.com", "ann.müller@acme.com", " ANN.MÜLLER@ACME.COM "] {
            let user = log_in(fixture, &keeper, email, PASSWORD).unwrap();
            let User { tenant_id, id: user_id, email, name: _, role, is_banned, token_version, .. } = user;
            assert_eq!((tenant_id, user_id, role, is_banned), (shop.tenant, id, Role::Manager, false));
            assert_eq!(token_version, 0);
            assert_eq!(email, "Ann.Müller@Acme.com");
        }
    });
}

#[test]
fn a_wrong_email_and_a_wrong_password_are_refused_alike() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH").user("ann@acme.com", Role::Staff);
        let keeper = Doorkeeper::new(LIMITS);
        let wrong = [("ann@acme.com", "wrong"), ("ann@acme.com", ""), ("nobody@acme.com", PASSWORD), ("", PASSWORD)];
        for (email, password) in wrong {
            assert_eq!(log_in(fixture, &keeper, email, password), Err(Error::WrongCredentials), "{email}");
        }
        // Nor does the password of those who have none help.
        assert_eq!(log_in(fixture, &keeper, "x@acme.com", "nobody has this password"), Err(Error::WrongCredentials));
    });
}

#[test]
fn a_ban_is_told_only_to_who_knows_the_password() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.user("ann@acme.com", Role::Staff);
        shop.write(|tx| users::ban(tx, "ANN@acme.com", true)).unwrap();
        let keeper = Doorkeeper::new(LIMITS);
        assert_eq!(log_in(fixture, &keeper, "ann@acme.com", "wrong"), Err(Error::WrongCredentials));
        assert_eq!(log_in(fixture, &keeper, "ann@acme.com", PASSWORD), Err(Error::Banned));
        shop.write(|tx| users::ban(tx, "ann@acme.com", false)).unwrap();
        assert!(log_in(fixture, &keeper, "ann@acme.com", PASSWORD).is_ok());
    });
}

#[test]
fn a_new_password_takes_the_place_of_the_old_one() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.user("ann@acme.com", Role::Staff);
        let new = crate::access::passwords::PasswordHash::new("a new one").unwrap();
        shop.write(move |tx| users::set_password(tx, "Ann@acme.com", &new)).unwrap();
        let keeper = Doorkeeper::new(LIMITS);
        assert_eq!(log_in(fixture, &keeper, "ann@acme.com", PASSWORD), Err(Error::WrongCredentials));
        assert!(log_in(fixture, &keeper, "ann@acme.com", "a new one").is_ok());
    });
}

#[test]
fn too_many_failures_shut_out_even_the_right_password() {
    on_sqlite(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.user("ann@acme.com", Role::Staff);
        shop.user("ben@acme.com", Role::Staff);
        let keeper = Doorkeeper::new(LIMITS);
        for _ in 0..2 {
            assert_eq!(log_in(fixture, &keeper, "ann@acme.com", "wrong"), Err(Error::WrongCredentials));
        }
        assert!(log_in(fixture, &keeper, "ann@acme.com", PASSWORD).is_ok(), "success clears the count");
        for email in ["ann@acme.com", "ANN@acme.com", " ann@acme.com"] {
            assert_eq!(log_in(fixture, &keeper, email, "wrong"), Err(Error::WrongCredentials));
        }
        let Err(Error::TooManyFailures { retry_after }) = log_in(fixture, &keeper, "ann@acme.com", PASSWORD) else {
            panic!("the account is not slowed down");
        };
        assert!(retry_after <= LIMITS.window && retry_after > LIMITS.window / 2, "{retry_after:?}");
        assert!(log_in(fixture, &keeper, "ben@acme.com", PASSWORD).is_ok(), "one more before the address's limit");
        assert_eq!(log_in(fixture, &keeper, "nobody@acme.com", "wrong"), Err(Error::WrongCredentials));
        let refused = log_in(fixture, &keeper, "ben@acme.com", PASSWORD);
        assert!(matches!(refused, Err(Error::TooManyFailures { .. })), "the address is not slowed down: {refused:?}");
    });
}

#[test]
fn unknown_accounts_are_slowed_down_like_known_ones() {
    on_sqlite(|fixture| {
        let keeper = Doorkeeper::new(LIMITS);
        for _ in 0..3 {
            assert_eq!(log_in(fixture, &keeper, "nobody@acme.com", "wrong"), Err(Error::WrongCredentials));
        }
        let refused = log_in(fixture, &keeper, "nobody@acme.com", "wrong");
        assert!(matches!(refused, Err(Error::TooManyFailures { .. })), "{refused:?}");
    });
}

#[test]
fn the_command_line_finds_a_user_by_email_alone() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.user("ann@acme.com", Role::Staff);
        assert_eq!(fixture.look(|lobby| users::tenant_of(lobby, "ANN@acme.com")), Ok(shop.tenant));
        for answer in [
            fixture.look(|lobby| users::tenant_of(lobby, "nobody@acme.com").map(|_| ())),
            shop.write(|tx| users::ban(tx, "nobody@acme.com", true)),
            Shop::open(fixture, "GLX").write(|tx| users::ban(tx, "ann@acme.com", true)),
        ] {
            assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
        }
    });
}
