//! Integrations come in by uid and secret, for one organization.

use std::time::Duration;

use super::{subscribe, uid};
use crate::access::doorkeeper::Doorkeeper;
use crate::access::throttle::Limits;
use crate::access::uids;
use crate::actor::{Organization, TenantId};
use crate::error::{Error, Result};
use crate::testing::{Fixture, PASSWORD, Shop, on_both};

/// The code of the organization that a token would be made for.
fn exchange(fixture: &Fixture, uid: &str, secret: &str, organization: Option<Organization>) -> Result<String> {
    let limits = Limits { per_account: 100, per_address: 100, window: Duration::from_secs(900) };
    let keeper = Doorkeeper::new(limits);
    fixture.wait(keeper.exchange(&fixture.store, uid, secret, organization, None)).map(|tenant| tenant.code)
}

#[expect(clippy::unnecessary_wraps, reason = "what a call names is an option")]
fn by_code(code: &str) -> Option<Organization> {
    Some(Organization::Code(code.to_owned()))
}

fn forbidden(asked: &str) -> Result<String> {
    Err(Error::OrganizationForbidden(asked.to_owned()))
}

#[test]
fn the_only_organization_needs_no_name() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        Shop::open(fixture, "GLX");
        uid(fixture, "support", None, &["BHH"]);
        let named = [None, by_code("BHH"), by_code("bhh"), Some(Organization::Id(shop.tenant))];
        for organization in named {
            assert_eq!(exchange(fixture, "support", PASSWORD, organization), Ok("BHH".to_owned()));
        }
        assert_eq!(exchange(fixture, "support", PASSWORD, by_code("GLX")), forbidden("GLX"));
        assert_eq!(exchange(fixture, "support", PASSWORD, by_code("NIX")), forbidden("NIX"));
        let unknown = Organization::Id(TenantId::new(99));
        assert_eq!(exchange(fixture, "support", PASSWORD, Some(unknown)), forbidden("99"));
        let unreadable = Organization::Unreadable("1-x".to_owned());
        assert_eq!(exchange(fixture, "support", PASSWORD, Some(unreadable)), forbidden("1-x"));
    });
}

#[test]
fn of_several_organizations_the_default_needs_no_name() {
    on_both(|fixture| {
        for code in ["BHH", "GLX", "NIX"] {
            Shop::open(fixture, code);
        }
        uid(fixture, "multi", Some("GLX"), &["BHH", "GLX"]);
        uid(fixture, "undecided", None, &["BHH", "GLX"]);
        uid(fixture, "misled", Some("NIX"), &["BHH", "GLX"]);
        uid(fixture, "nothing", Some("NIX"), &[]);
        assert_eq!(exchange(fixture, "multi", PASSWORD, None), Ok("GLX".to_owned()));
        assert_eq!(exchange(fixture, "multi", PASSWORD, by_code("bhh")), Ok("BHH".to_owned()));
        assert_eq!(exchange(fixture, "undecided", PASSWORD, None), forbidden(""));
        assert_eq!(exchange(fixture, "undecided", PASSWORD, by_code("GLX")), Ok("GLX".to_owned()));
        assert_eq!(exchange(fixture, "misled", PASSWORD, None), forbidden(""), "a default must be granted too");
        assert_eq!(exchange(fixture, "nothing", PASSWORD, None), forbidden(""));
    });
}

#[test]
fn a_disabled_uid_is_refused_as_an_unknown_one() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        uid(fixture, "support", None, &["BHH"]);
        fixture.alter(|lobby| uids::disable(lobby, "support", true)).unwrap();
        assert_eq!(exchange(fixture, "support", PASSWORD, None), Err(Error::WrongCredentials));
        assert_eq!(exchange(fixture, "nobody", PASSWORD, None), Err(Error::WrongCredentials));
        fixture.alter(|lobby| uids::disable(lobby, "support", false)).unwrap();
        assert_eq!(exchange(fixture, "support", "wrong", None), Err(Error::WrongCredentials));
        assert_eq!(exchange(fixture, "SUPPORT", PASSWORD, None), Err(Error::WrongCredentials), "a uid is no e-mail");
        assert_eq!(exchange(fixture, "support", PASSWORD, None), Ok("BHH".to_owned()));
    });
}

#[test]
fn a_subscription_that_ended_is_told_after_the_secret_was_right() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        Shop::open(fixture, "GLX");
        uid(fixture, "multi", Some("BHH"), &["BHH", "GLX"]);
        subscribe(fixture, "BHH", Some(-1));
        assert_eq!(exchange(fixture, "multi", "wrong", None), Err(Error::WrongCredentials));
        assert_eq!(exchange(fixture, "multi", PASSWORD, None), Err(Error::SubscriptionExpired));
        assert_eq!(exchange(fixture, "multi", PASSWORD, by_code("GLX")), Ok("GLX".to_owned()));
        subscribe(fixture, "BHH", Some(60_000));
        assert_eq!(exchange(fixture, "multi", PASSWORD, None), Ok("BHH".to_owned()));
    });
}

#[test]
fn a_read_only_grant_is_good_for_a_token() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        uid(fixture, "support", None, &[]);
        fixture.alter(move |lobby| uids::grant(lobby, "support", shop.tenant, true)).unwrap();
        assert_eq!(exchange(fixture, "support", PASSWORD, None), Ok("BHH".to_owned()));
    });
}

#[test]
fn too_many_wrong_secrets_shut_a_uid_out() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        uid(fixture, "support", None, &["BHH"]);
        let keeper = Doorkeeper::new(Limits { per_account: 1, per_address: 100, window: Duration::from_secs(900) });
        let attempt = |secret| fixture.wait(keeper.exchange(&fixture.store, "support", secret, None, None));
        assert_eq!(attempt("wrong"), Err(Error::WrongCredentials));
        assert!(matches!(attempt(PASSWORD), Err(Error::TooManyFailures { .. })));
    });
}

#[test]
fn granting_and_revoking_need_a_uid_that_exists() {
    on_both(|fixture| {
        let tenant = Shop::open(fixture, "BHH").tenant;
        for answer in [
            fixture.alter(move |lobby| uids::grant(lobby, "nobody", tenant, false)),
            fixture.alter(move |lobby| uids::revoke(lobby, "nobody", tenant)),
            fixture.alter(|lobby| uids::disable(lobby, "nobody", true)),
        ] {
            assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
        }
    });
}
