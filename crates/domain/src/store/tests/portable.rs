//! The statements and values that both engines share, on each of them.

use std::sync::mpsc::channel;
use std::time::Duration;

use diesel::prelude::*;

use super::{notes, until};
use crate::access::tenants::{self, NewTenant};
use crate::actor::{Role, TenantId};
use crate::error::Result;
use crate::items::{self, Tracking};
use crate::schema::{products, stock_levels as levels, users};
use crate::store::Lobby;
use crate::store::among::Among;
use crate::store::portable::{ForUpdate, MOST_PARTS, Portable, Total, UnionAll, advance_sequence};
use crate::testing::{Fixture, Shop, code, name, on_both, on_postgres, start, whole};
use crate::values::{LIMIT, Quantity};

/// Writes a note, or over it; tells what it says then.
fn write_over(lobby: &mut Lobby<'_>, name: &str, value: &str) -> Result<String> {
    let upsert = diesel::insert_into(notes::table)
        .values((notes::name.eq(name), notes::value.eq(value)))
        .on_conflict(notes::name)
        .do_update()
        .set(notes::value.eq(value))
        .returning(notes::value);
    Ok(Portable(upsert).get_result(lobby.conn)?)
}

/// Writes a note where there is none; tells how many it wrote.
fn write_once(lobby: &mut Lobby<'_>, name: &str, value: &str) -> Result<usize> {
    let insert = diesel::insert_into(notes::table)
        .values((notes::name.eq(name), notes::value.eq(value)))
        .on_conflict(notes::name)
        .do_nothing();
    Ok(Portable(insert).execute(lobby.conn)?)
}

#[test]
fn an_upsert_inserts_then_updates_and_returns_what_is_there() {
    on_both(|fixture| {
        for value in ["first", "second"] {
            assert_eq!(fixture.alter(move |lobby| write_over(lobby, "a", value)), Ok(value.to_owned()));
        }
        assert_eq!(fixture.alter(|lobby| write_once(lobby, "a", "third")), Ok(0));
        assert_eq!(fixture.alter(|lobby| write_once(lobby, "b", "other")), Ok(1));
        let values = fixture.texts("SELECT name || '=' || value AS line FROM server_secrets ORDER BY name");
        assert_eq!(values, ["a=second", "b=other"]);
    });
}

#[test]
fn a_column_is_found_among_any_values() {
    on_both(|fixture| {
        let odd =
            ["plain", "a \"quote\"", "back\\slash", "line\nbreak", "\u{1}", "\u{e9}\u{1f528}", "[1,2]", "null", ""];
        for name in odd {
            fixture.alter(move |lobby| write_over(lobby, name, "0")).unwrap();
        }
        let found = |names: Vec<&'static str>| {
            let query = move |lobby: &mut Lobby<'_>| -> Result<usize> {
                let among = notes::table.filter(notes::name.among(names.iter().copied())).select(notes::name);
                Ok(among.load::<String>(lobby.conn)?.len())
            };
            fixture.look(query).unwrap()
        };
        for name in odd {
            assert_eq!(found(vec![name]), 1, "{name:?}");
        }
        assert_eq!((found(odd.to_vec()), found(Vec::new()), found(vec!["other", "other"])), (odd.len(), 0, 0));
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt) = (shop.item("ANVIL").id, shop.item("BOLT").id);
        let skus = shop.read(move |tx| {
            let these =
                products::tenant_id.eq(tx.tenant_id()).and(products::id.among([bolt, i64::MIN, anvil, i64::MAX]));
            Ok(products::table.filter(these).order(products::id).select(products::sku).load::<String>(tx.conn)?)
        });
        assert_eq!(skus.unwrap(), ["ANVIL", "BOLT"]);
    });
}

#[test]
fn a_locked_row_is_waited_for() {
    on_postgres(|fixture| {
        fixture.alter(|lobby| write_over(lobby, "a", "first")).unwrap();
        let (locked, is_locked) = channel();
        let (release, released) = channel::<()>();
        let first = start(fixture.store.alter(move |lobby| {
            let row = notes::table.filter(notes::name.eq("a")).select(notes::value);
            let value: String = ForUpdate(row).get_result(lobby.conn)?;
            locked.send(()).unwrap();
            released.recv().unwrap();
            write_over(lobby, "a", &format!("{value} second"))
        }));
        is_locked.recv().unwrap();
        let (done, is_done) = channel();
        let second = start(fixture.store.alter(move |lobby| {
            let row = notes::table.filter(notes::name.eq("a")).select(notes::value);
            let value: String = ForUpdate(row).get_result(lobby.conn)?;
            done.send(()).unwrap();
            Ok(value)
        }));
        let waiting = "SELECT pid::text AS line FROM pg_locks WHERE NOT granted";
        until("the second command waits for a lock", || !fixture.texts(waiting).is_empty());
        assert!(is_done.try_recv().is_err(), "the lock let the second one through");
        release.send(()).unwrap();
        first.wait(fixture).unwrap();
        assert_eq!(second.wait(fixture), Ok("first second".to_owned()));
    });
}

#[test]
fn a_locking_query_reads_like_any_other() {
    on_both(|fixture| {
        fixture.alter(|lobby| write_over(lobby, "a", "first")).unwrap();
        let read = |wanted: &'static str| {
            fixture.alter(move |lobby| {
                let row = notes::table.filter(notes::name.eq(wanted)).select(notes::value);
                Ok(ForUpdate(row).get_result::<String>(lobby.conn).optional()?)
            })
        };
        assert_eq!(read("a"), Ok(Some("first".to_owned())));
        assert_eq!(read("b"), Ok(None));
    });
}

#[test]
fn queries_in_one_statement_keep_their_own_orders_and_limits() {
    on_both(|fixture| {
        for name in ["a", "b", "c"] {
            fixture.alter(move |lobby| write_once(lobby, name, name)).unwrap();
        }
        let first_two_of = |queries: usize| {
            fixture.alter(move |lobby| {
                let query = notes::table.filter(notes::name.ge("a")).order(notes::name.desc()).select(notes::name);
                Ok(UnionAll(vec![query.limit(2); queries]).load::<String>(lobby.conn)?)
            })
        };
        for queries in [1, 2, MOST_PARTS] {
            let names = first_two_of(queries).unwrap();
            assert!(names.chunks(2).all(|names| names == ["c", "b"]) && names.len() == 2 * queries, "{names:?}");
        }
    });
}

/// The sum of all stock of an item.
fn on_hand(shop: &Shop<'_>, item: i64) -> Result<i64> {
    shop.read(move |tx| {
        let this = levels::tenant_id.eq(tx.tenant_id()).and(levels::product_id.eq(item));
        Ok(levels::table.filter(this).select(Total(levels::quantity)).get_result(tx.conn)?)
    })
}

#[test]
fn totals_of_none_one_and_many_rows_are_whole_numbers() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let items = ["NONE", "ONE", "MANY"].map(|sku| shop.item(sku).id);
        let warehouses = ["A", "B", "C"].map(|place| shop.warehouse(place));
        shop.stock(items[1], warehouses[0], whole(3));
        for warehouse in warehouses {
            shop.stock(items[2], warehouse, whole(LIMIT));
        }
        assert_eq!(items.map(|item| on_hand(&shop, item)), [Ok(0), Ok(30_000), Ok(3 * LIMIT * 10_000)]);
        let grouped = shop.read(move |tx| crate::stock::on_hand(tx, &items)).unwrap();
        assert_eq!((grouped.len(), grouped.get(&items[1])), (2, Some(&whole(3))));
        assert_eq!(grouped.get(&items[2]), Some(&Quantity::from_ten_thousandths(3 * LIMIT * 10_000)));
    });
}

/// What a total beyond stays at.
const END: i64 = 9_000_000_000_000_000_000;

#[test]
fn totals_that_do_not_fit_stay_at_their_end() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let warehouses = ["A", "B"].map(|place| shop.warehouse(place));
        for (warehouse, quantity) in warehouses.into_iter().zip([END - 1, 1]) {
            shop.stock(item, warehouse, whole(1));
            fixture.execute(&format!("UPDATE stock_levels SET quantity = {quantity} WHERE warehouse_id = {warehouse}"));
        }
        assert_eq!(on_hand(&shop, item), Ok(END));
        let third = shop.warehouse("C");
        shop.stock(item, third, whole(1));
        for more in [10_000, i64::MAX] {
            fixture.execute(&format!("UPDATE stock_levels SET quantity = {more} WHERE warehouse_id = {third}"));
            assert_eq!(on_hand(&shop, item), Ok(END), "neither a float nor an error");
        }
    });
}

#[test]
fn words_are_stored_as_they_are_and_unknown_ones_are_an_error() {
    on_both(|fixture| {
        for role in Role::ALL {
            assert_eq!((Role::from_word(role.as_str()), role.to_string().as_str()), (Some(*role), role.as_str()));
        }
        assert_eq!((Role::from_word("Admin"), Role::from_word("")), (None, None));
        assert_eq!(
            Tracking::ALL.iter().map(|tracking| tracking.as_str()).collect::<Vec<_>>(),
            ["none", "batch", "serial"]
        );
        let shop = Shop::open(fixture, "BHH");
        let user = shop.user("ann@acme.com", Role::Manager);
        let role = |shop: &Shop<'_>| {
            shop.read(move |tx| {
                let this = users::tenant_id.eq(tx.tenant_id()).and(users::id.eq(user));
                Ok(users::table.filter(this).select(users::role).first::<Role>(tx.conn)?)
            })
        };
        assert_eq!(role(&shop), Ok(Role::Manager));
        fixture.execute(if fixture.is_postgres() {
            "ALTER TABLE users DROP CONSTRAINT users_role; UPDATE users SET role = 'owner'"
        } else {
            "PRAGMA ignore_check_constraints = ON; UPDATE users SET role = 'owner'"
        });
        assert!(role(&shop).is_err(), "a role that nobody knows gives no rights");
    });
}

fn tenant(fixture: &Fixture, id: Option<i64>, tenant_code: &str) -> TenantId {
    let (id, code, name) = (id.map(TenantId::new), code(tenant_code), name(tenant_code));
    let new = NewTenant { id, code, name, zone: chrono_tz::Tz::UTC, subscription_ends_at: None };
    fixture.alter(move |lobby| tenants::create(lobby, &new)).expect("a new tenant")
}

#[test]
fn ids_go_on_after_those_that_rows_came_with() {
    on_both(|fixture| {
        assert_eq!(tenant(fixture, Some(7), "SEVEN"), TenantId::new(7));
        assert_eq!(tenant(fixture, None, "EIGHT"), TenantId::new(8));
        assert_eq!(tenant(fixture, Some(3), "THREE"), TenantId::new(3));
        assert_eq!(tenant(fixture, None, "NINE"), TenantId::new(9));
    });
}

#[test]
fn an_id_is_never_given_twice_even_when_its_row_is_gone() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let [first, gone] = ["FIRST", "GONE"].map(|sku| shop.item(sku));
        shop.write(move |tx| items::remove(tx, gone.id)).unwrap();
        let entered = items::Item { id: 100, sku: "ENTERED".to_owned(), ..first.clone() };
        shop.write(move |tx| items::enter(tx, &entered)).unwrap();
        shop.write(|tx| items::remove(tx, 100)).unwrap();
        let low = items::Item { id: 50, sku: "LOW".to_owned(), ..first };
        shop.write(move |tx| items::enter(tx, &low)).unwrap();
        assert_eq!(shop.item("NEXT").id, 101);
    });
}

#[test]
fn a_sequence_behind_an_empty_table_stays_where_it_is() {
    on_both(|fixture| {
        fixture.alter(|lobby| Ok(advance_sequence(lobby.conn, "tenants")?)).unwrap();
        let first = tenant(fixture, None, "FIRST").get();
        assert!(first <= 2, "{first}");
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!(tenant(fixture, None, "SECOND").get(), first + 1);
    });
}
