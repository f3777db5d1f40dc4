//! Users as admins change them: somebody can always let others in, and a new password shuts out who had the old one.

use crate::access::passwords::{Password, PasswordHash};
use crate::access::users::{self, User, UserChanges, UserFilter};
use crate::actor::{Admission, Claim, Role};
use crate::error::{Error, Result};
use crate::page::{Start, Window};
use crate::store::Tx;
use crate::testing::{Fixture, Shop, name, on_both, start};

const ALL: Window = Window { start: Start::Page(1), limit: 200 };

fn claim(shop: &Shop<'_>, user: i64, version: i64) -> Admission {
    Admission { claim: Claim::User { tenant: shop.tenant, user, version }, role: Role::Viewer, request_id: None }
}

/// Carries out a command in the name of a user.
fn by<T: Send + 'static>(
    shop: &Shop<'_>,
    user: i64,
    command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    shop.fixture.wait(shop.fixture.store.write(claim(shop, user, 0), command))
}

fn role(role: Role) -> UserChanges {
    UserChanges { role: Some(role), ..UserChanges::default() }
}

fn banned(is_banned: bool) -> UserChanges {
    UserChanges { is_banned: Some(is_banned), ..UserChanges::default() }
}

fn user(shop: &Shop<'_>, id: i64) -> User {
    shop.read(move |tx| users::get(tx, id)).expect("a user")
}

fn hash(password: &str) -> PasswordHash {
    PasswordHash::new(password).expect("a hash")
}

#[test]
fn the_last_admin_who_is_not_banned_stays() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        Shop::open(fixture, "GLX").user("other@globex.com", Role::Admin);
        let [ann, ben] = [("ann", Role::Admin), ("ben", Role::Admin)].map(|(who, role)| shop.user(who, role));
        assert!(by(&shop, ann, move |tx| users::amend(tx, ben, &banned(true))).is_ok());
        let demote = |id: i64| by(&shop, ann, move |tx| users::amend(tx, id, &role(Role::Manager)));
        assert_eq!(demote(ann), Err(Error::LastAdmin), "the other one is banned");
        assert_eq!(demote(ben).map(|user| user.role), Ok(Role::Manager), "who is banned already can be demoted");
        assert_eq!(shop.write(move |tx| users::amend(tx, ann, &banned(true))), Err(Error::LastAdmin));
        assert!(by(&shop, ann, move |tx| users::amend(tx, ben, &banned(false))).is_ok());
        assert!(by(&shop, ann, move |tx| users::amend(tx, ben, &role(Role::Admin))).is_ok());
        assert_eq!(demote(ann).map(|user| user.role), Ok(Role::Manager));
        let refused = by(&shop, ben, move |tx| users::amend(tx, ben, &banned(true)));
        assert!(matches!(refused, Err(Error::Invalid(problems)) if problems[0].field == "is_banned"));
        assert!(matches!(demote(999), Err(Error::NotFound { .. })));
    });
}

#[test]
fn two_admins_who_demote_each_other_at_once_leave_one() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let [ann, ben] = ["ann", "ben"].map(|who| shop.user(who, Role::Admin));
        for round in 0..12 {
            let changes = if round % 2 == 0 { role(Role::Viewer) } else { banned(true) };
            let demoting = [(ann, ben), (ben, ann)].map(|(who, whom)| {
                let changes = changes.clone();
                start(fixture.store.write(claim(&shop, who, 0), move |tx| users::amend(tx, whom, &changes)))
            });
            let done = demoting.map(|one| one.wait(fixture));
            let left = [ann, ben]
                .map(|id| user(&shop, id))
                .into_iter()
                .filter(|user| user.role == Role::Admin && !user.is_banned);
            assert_eq!(left.count(), 1, "{done:?}");
            assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
            for id in [ann, ben] {
                let again = UserChanges { role: Some(Role::Admin), is_banned: Some(false), name: None };
                shop.write(move |tx| users::amend(tx, id, &again)).expect("an admin again");
            }
        }
    });
}

#[test]
fn of_two_admins_who_ban_each_other_at_once_one_stays_whoever_else_there_is() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let [ann, ben, _] = ["ann", "ben", "cat"].map(|who| shop.user(who, Role::Admin));
        for _ in 0..12 {
            let banning = [(ann, ben), (ben, ann)].map(|(who, whom)| {
                start(fixture.store.write(claim(&shop, who, 0), move |tx| users::amend(tx, whom, &banned(true))))
            });
            let done = banning.map(|one| one.wait(fixture));
            assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
            let late = done.into_iter().find_map(Result::err);
            assert!(matches!(late, Some(Error::Banned | Error::RoleLacking { .. })), "{late:?}");
            for id in [ann, ben] {
                shop.write(move |tx| users::amend(tx, id, &banned(false))).expect("an admin again");
            }
        }
    });
}

#[test]
fn a_new_password_ends_the_tokens_made_before_and_no_other() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let [ann, ben] = ["ann", "ben"].map(|who| shop.user(who, Role::Viewer));
        let enters = |id: i64, version: i64| {
            let entered = fixture.wait(fixture.store.read(claim(&shop, id, version), users::own));
            entered.map(|user| user.token_version)
        };
        assert_eq!(enters(ann, 0), Ok(0));
        let new = hash("a new one");
        shop.write(move |tx| users::reset_password(tx, ann, &new)).expect("a new password");
        assert_eq!((enters(ann, 0), enters(ann, 1)), (Err(Error::TokenRevoked), Ok(1)));
        let new = hash("another one");
        shop.write(move |tx| users::set_password(tx, " ANN ", &new)).expect("a new password");
        assert_eq!((enters(ann, 1), enters(ann, 2)), (Err(Error::TokenRevoked), Ok(2)));
        assert_eq!(enters(ann, 3), Err(Error::TokenRevoked), "nor is a version good that is not there yet");
        assert_eq!(enters(ben, 0), Ok(0));
        // Revoked is told before banned: the token is worth nothing either way.
        shop.write(|tx| users::ban(tx, "ann", true)).expect("a ban");
        assert_eq!((enters(ann, 1), enters(ann, 2)), (Err(Error::TokenRevoked), Err(Error::Banned)));
    });
}

#[test]
fn a_password_that_changed_meanwhile_is_not_changed_on_what_was_known_of_it() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let ann = shop.user("ann", Role::Viewer);
        let known = fixture.wait(fixture.store.read(claim(&shop, ann, 0), users::own_secret)).expect("a secret");
        let (reset, chosen) = (hash("set by an admin"), hash("chosen by ann"));
        shop.write(move |tx| users::reset_password(tx, ann, &reset)).expect("a new password");
        let refused = shop.write(move |tx| users::change_password(tx, &known, &chosen));
        assert_eq!(refused, Err(Error::TokenRevoked));
        assert_eq!(user(&shop, ann).token_version, 1);
    });
}

#[test]
fn a_change_that_changes_nothing_is_not_written() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let ann = shop.user("ann", Role::Admin);
        let before = user(&shop, ann);
        let same = UserChanges { name: Some(name("ann")), role: Some(Role::Admin), is_banned: Some(false) };
        for changes in [same, UserChanges::default()] {
            assert_eq!(shop.write(move |tx| users::amend(tx, ann, &changes)), Ok(before.clone()));
        }
        let changes = UserChanges { name: Some(name("Ann")), ..UserChanges::default() };
        let after = shop.write(move |tx| users::amend(tx, ann, &changes)).expect("a change");
        assert!(after.updated_at > before.updated_at);
        assert_eq!(user(&shop, ann), after);
    });
}

#[test]
fn users_are_found_by_name_and_email_in_any_case() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        Shop::open(fixture, "GLX").user("ann@globex.com", Role::Admin);
        let [ann, ben] = ["Ann@acme.com", "ben_x@acme.com"].map(|email| shop.user(email, Role::Staff));
        let changes = UserChanges { name: Some(name("Zoë 50% MÜLLER")), ..UserChanges::default() };
        shop.write(move |tx| users::amend(tx, ben, &changes)).expect("a name");
        for (search, expected) in [
            ("", vec![ann, ben]),
            ("ANN", vec![ann]),
            ("zoË", vec![ben]),
            ("müller", vec![ben]),
            ("%", vec![ben]),
            ("_", vec![ben]),
            ("ACME", vec![ann, ben]),
            ("globex", vec![]),
        ] {
            assert_eq!(found(fixture, &shop, search), expected, "{search}");
        }
    });
}

fn found(fixture: &Fixture, shop: &Shop<'_>, search: &str) -> Vec<i64> {
    let (filter, tenant) = (UserFilter { search: Some(search.to_owned()) }, shop.tenant);
    let list = fixture.look(move |lobby| users::list(&mut lobby.as_system(tenant)?, &filter, &ALL)).expect("a list");
    assert_eq!(list.total, i64::try_from(list.rows.len()).expect("few"));
    list.rows.into_iter().map(|user| user.id).collect()
}

#[test]
fn a_password_has_8_to_200_characters_and_is_not_trimmed() {
    for good in ["12345678".to_owned(), "        ".to_owned(), "ü".repeat(200), "\u{1f529}".repeat(200)] {
        assert_eq!(Password::new(good.clone()).map(|password| password.as_str().to_owned()), Ok(good));
    }
    for bad in [String::new(), "1234567".to_owned(), "üüüüüüü".to_owned(), "p".repeat(201)] {
        assert!(Password::new(bad).is_err());
    }
}
