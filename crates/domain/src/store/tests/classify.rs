//! Each error that a database can answer, provoked, and what it is taken for.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{ORPHAN, note};
use crate::access::keys::{self, NewKey};
use crate::access::uids;
use crate::access::users::{self, NewUser};
use crate::actor::Role;
use crate::error::{Error, Fault, Result, Unique};
use crate::items::ItemChanges;
use crate::items::categories::{self, NewCategory};
use crate::items::master::{self, List, NewEntry};
use crate::schema::{product_images, simbiz_uids};
use crate::stock::warehouses;
use crate::testing::statements::UNCHECKED;
use crate::testing::{Fixture, Shop, code, details, name, on_both, on_postgres, on_sqlite, password};
use crate::values::Change;

fn duplicate<T>(unique: Unique) -> Result<T> {
    Err(Error::Duplicate(unique))
}

/// What statements come to that no command would send.
fn provoke(fixture: &Fixture, statements: &str) -> Result<()> {
    let statements = format!("{UNCHECKED}{statements}");
    fixture.alter(move |lobby| Ok(lobby.conn.batch_execute(&statements)?))
}

fn is_internal(result: &Result<()>) -> bool {
    matches!(result, Err(Error::Fault(Fault::Internal(_))))
}

fn is_unavailable(result: &Result<()>) -> bool {
    matches!(result, Err(Error::Fault(Fault::Unavailable(_))))
}

#[test]
fn a_taken_sku_or_barcode_is_named_in_any_case_of_the_sku() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let barcode = || ItemChanges { barcode: Change::Set(code("955")), ..ItemChanges::default() };
        shop.make("Größe-1", barcode()).unwrap();
        assert_eq!(shop.make("GRÖßE-1", ItemChanges::default()), duplicate(Unique::Sku));
        assert_eq!(shop.make("OTHER", barcode()), duplicate(Unique::Barcode));
        let other = shop.item("OTHER");
        assert_eq!(shop.amend(other.id, barcode()), duplicate(Unique::Barcode));
        let sku = ItemChanges { sku: Some(code("größe-1")), ..ItemChanges::default() };
        assert_eq!(shop.amend(other.id, sku), duplicate(Unique::Sku));
        assert!(Shop::open(fixture, "GLX").make("größe-1", barcode()).is_ok(), "another tenant has its own");
    });
}

#[test]
fn a_taken_code_is_named_whatever_it_is_the_code_of() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let entry = |text: &str| NewEntry { code: code(text), name: name(text) };
        for list in [List::Brands, List::Types, List::Uoms] {
            let (first, again) = (entry("PCS"), entry("pcs"));
            shop.write(move |tx| master::create(tx, list, &first)).unwrap();
            assert_eq!(shop.write(move |tx| master::create(tx, list, &again)), duplicate(Unique::Code), "{list:?}");
        }
        for (text, expected) in [("CAT", Ok(())), ("cat", duplicate(Unique::Code))] {
            let new = NewCategory { id: None, code: Some(code(text)), name: name(text), parent: None };
            assert_eq!(shop.write(move |tx| categories::create(tx, &new)).map(|_| ()), expected);
        }
        for (text, expected) in [("SYD", Ok(())), ("syd", duplicate(Unique::Code))] {
            let new = warehouses::NewWarehouse { id: None, details: details(text) };
            assert_eq!(shop.write(move |tx| warehouses::create(tx, &new)).map(|_| ()), expected);
        }
    });
}

#[test]
fn taken_names_of_accounts_are_told_apart() {
    on_both(|fixture| {
        let shops = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let tenant = {
            let new = crate::access::tenants::NewTenant {
                id: None,
                code: code("bhh"),
                name: name("again"),
                zone: chrono_tz::Tz::UTC,
                subscription_ends_at: None,
            };
            fixture.alter(move |lobby| crate::access::tenants::create(lobby, &new).map(|_| ()))
        };
        assert_eq!(tenant, duplicate(Unique::TenantCode));

        shops[0].user("ann@acme.com", Role::Staff);
        for shop in shops {
            let new =
                NewUser { email: name("ANN@acme.com"), name: name("Ann"), role: Role::Staff, password: password() };
            assert_eq!(shop.write(move |tx| users::create(tx, &new)), duplicate(Unique::Login));
        }

        let uid = || fixture.alter(|lobby| uids::create(lobby, &code("support"), &password(), None));
        assert_eq!((uid(), uid()), (Ok(()), duplicate(Unique::Uid)));
    });
}

#[test]
fn any_other_row_that_is_made_twice_is_a_duplicate_too() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let key = || {
            let new = NewKey { id: None, name: name("Connector"), can_write: true, expires_on: None };
            shop.write(move |tx| keys::enter(tx, &new, "iom_live_abc123xyz".to_owned()).map(|_| ()))
        };
        assert_eq!((key(), key()), (Ok(()), duplicate(Unique::Other)));
    });
}

#[test]
fn a_missing_reference_is_said_to_be_gone() {
    on_both(|fixture| {
        assert_eq!(provoke(fixture, ORPHAN), Err(Fault::ReferenceGone.into()));
    });
}

#[test]
fn a_row_that_others_refer_to_cannot_be_deleted() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.user("ann@acme.com", Role::Staff);
        assert_eq!(provoke(fixture, "DELETE FROM tenants"), Err(Fault::ReferenceGone.into()));
    });
}

#[test]
fn a_broken_rule_of_the_tables_is_a_mistake_of_the_server() {
    on_both(|fixture| {
        Shop::open(fixture, "BHH");
        for statement in
            ["UPDATE tenants SET code = ''", "UPDATE tenants SET code = NULL", "SELECT nonsense", "NONSENSE"]
        {
            let answer = provoke(fixture, statement);
            assert!(is_internal(&answer), "{statement}: {answer:?}");
        }
    });
}

#[test]
fn a_sum_that_overflows_is_out_of_range_and_not_a_float() {
    on_both(|fixture| {
        let answer = provoke(
            fixture,
            "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1) AS t",
        );
        assert_eq!(answer, Err(Error::OutOfRange));
    });
}

#[test]
fn a_row_that_is_not_there_is_a_mistake_of_the_server_where_it_must_be() {
    on_both(|fixture| {
        let missing = fixture.look(|lobby| {
            let uid: String = simbiz_uids::table.select(simbiz_uids::uid).first(lobby.conn)?;
            Ok(uid)
        });
        assert!(matches!(missing, Err(Error::Fault(Fault::Internal(_)))), "{missing:?}");
    });
}

#[test]
fn a_transaction_that_may_not_write_is_unavailable() {
    on_postgres(|fixture| {
        let answer = provoke(fixture, "SET TRANSACTION READ ONLY; DELETE FROM server_secrets");
        assert!(is_unavailable(&answer), "{answer:?}");
    });
    on_sqlite(|fixture| {
        let answer = fixture.look(|lobby| note(lobby, "a"));
        assert!(is_unavailable(&answer), "{answer:?}");
    });
}

#[test]
fn a_statement_or_a_lock_that_takes_too_long_is_busy() {
    on_postgres(|fixture| {
        let answer = provoke(fixture, "SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(1)");
        assert_eq!(answer, Err(Fault::Busy.into()));
        let mut other = fixture.connect();
        other.batch_execute("BEGIN; LOCK TABLE server_secrets").unwrap();
        let answer = provoke(fixture, "SET LOCAL lock_timeout = '20ms'; DELETE FROM server_secrets");
        assert_eq!(answer, Err(Fault::Busy.into()));
    });
    on_sqlite(|fixture| {
        provoke(fixture, "PRAGMA busy_timeout = 20").unwrap();
        let mut other = fixture.connect();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        assert_eq!(fixture.alter(|lobby| note(lobby, "a")), Err(Fault::Busy.into()));
    });
}

#[test]
fn an_image_of_an_item_that_does_not_exist_cannot_be_stored() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let orphan = shop.write(|tx| {
            let (url, created_at) = ("/a.png".to_owned(), tx.now());
            let image = crate::items::images::Image { id: 1, url, is_primary: true, created_at, file: None };
            crate::items::images::enter(tx, 7, &image)
        });
        assert_eq!(orphan, Err(Fault::ReferenceGone.into()));
        let (tenant, count) = (shop.tenant, product_images::table.count());
        let of_tenant = move |lobby: &mut crate::store::Lobby<'_>| {
            Ok(count.filter(product_images::tenant_id.eq(tenant)).get_result::<i64>(lobby.conn)?)
        };
        assert_eq!(fixture.look(of_tenant), Ok(0));
    });
}
