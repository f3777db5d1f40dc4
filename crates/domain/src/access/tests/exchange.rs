//! Integrations come in by uid and secret, for one organization.

use std::time::Duration;

use super::{subscribe, uid};
use crate::access::doorkeeper::Doorkeeper;
use crate::access::passwords::PasswordHash;
use crate::access::throttle::Limits;
use crate::access::uids;
use crate::actor::{Organization, TenantId};
use crate::error::{Error, Result};
use crate::testing::{Fixture, PASSWORD, Shop, on_both, password};

/// The code of the organization that a token would be made for.
fn exchange(fixture: &Fixture, uid: &str, secret: &str, organization: Option<Organization>) -> Result<String> {
    let limits = Limits { per_account: 100, per_address: 100, window: Duration::from_secs(900) };
    let keeper = Doorkeeper::new(limits);
    fixture
        .wait(keeper.exchange(&fixture.store, uid, secret, organization, None))
        .map(|exchanged| exchanged.tenant.code)
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
fn a_default_is_granted_for_as_long_as_it_is_one() {
    on_both(|fixture| {
        let [bhh, glx, nix] = ["BHH", "GLX", "NIX"].map(|code| Shop::open(fixture, code).tenant);
        uid(fixture, "multi", Some("BHH"), &["BHH", "GLX", "NIX"]);
        let set = |tenant| fixture.alter(move |lobby| uids::set_default(lobby, "multi", tenant));
        let revoke = |tenant| fixture.alter(move |lobby| uids::revoke(lobby, "multi", tenant)).unwrap();
        let alone = || exchange(fixture, "multi", PASSWORD, None);
        assert_eq!((set(glx), alone()), (Ok(()), Ok("GLX".to_owned())));
        revoke(nix);
        assert_eq!(alone(), Ok("GLX".to_owned()), "the default is another");
        assert_eq!(set(nix), Err(Error::OrganizationForbidden(nix.get().to_string())));
        assert_eq!(alone(), Ok("GLX".to_owned()), "what is refused changes nothing");
        fixture.alter(move |lobby| uids::grant(lobby, "multi", nix, true)).unwrap();
        revoke(glx);
        assert_eq!(alone(), forbidden(""), "two are left, and neither is the default");
        let known = fixture.look(uids::list).unwrap();
        let granted =
            |code: &str, is_read_only| uids::Granted { code: code.to_owned(), is_read_only, is_default: false };
        assert_eq!(known.iter().map(|uid| uid.name.as_str()).collect::<Vec<_>>(), ["multi"]);
        assert_eq!(known[0].granted, [granted("BHH", false), granted("NIX", true)]);
        // What comes back is granted anew, and no default by itself.
        fixture.alter(move |lobby| uids::grant(lobby, "multi", glx, false)).unwrap();
        assert_eq!(alone(), forbidden(""));
        revoke(glx);
        revoke(nix);
        assert_eq!(alone(), Ok("BHH".to_owned()), "the only one");
        revoke(bhh);
        assert_eq!(alone(), forbidden(""));
        assert_eq!(fixture.look(uids::list).unwrap()[0].granted, []);
    });
}

#[test]
fn a_token_is_of_the_version_that_its_secret_was() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        uid(fixture, "support", None, &["BHH"]);
        let keeper = Doorkeeper::new(Limits { per_account: 9, per_address: 9, window: Duration::from_secs(900) });
        let version = |secret| {
            let exchanged = fixture.wait(keeper.exchange(&fixture.store, "support", secret, None, None));
            exchanged.map(|exchanged| exchanged.version)
        };
        assert_eq!(version(PASSWORD), Ok(0));
        let other = PasswordHash::new("another secret").unwrap();
        fixture.alter(move |lobby| uids::set_secret(lobby, "support", &other)).unwrap();
        assert_eq!(version(PASSWORD), Err(Error::WrongCredentials));
        assert_eq!(version("another secret"), Ok(1));
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
            fixture.alter(move |lobby| uids::set_default(lobby, "nobody", tenant)),
            fixture.alter(|lobby| uids::set_secret(lobby, "nobody", &password())),
            fixture.alter(|lobby| uids::disable(lobby, "nobody", true)),
        ] {
            assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
        }
    });
}
