//! Customers come and go, and what refers to them stays true.

use super::addresses;
use super::customers::{self, Address, AddressKind, CustomerDetails, CustomerFilter, CustomerType, NewAddress};
use crate::error::{Error, Thing, Unique};
use crate::orders::{self, Status};
use crate::page::{Start, Window};
use crate::testing::{Shop, name, on_both, start, whole};

const ALL: Window = Window { start: Start::Page(1), limit: 200 };

fn details(called: &str, email: Option<&str>) -> CustomerDetails {
    let (email, customer_type) = (email.map(name), CustomerType::Retail);
    CustomerDetails { name: name(called), email, phone: None, company: None, customer_type }
}

fn address(line1: &str, kind: AddressKind, is_default: bool) -> NewAddress {
    let [line2, city, state, postcode, country] = [None, None, None, None, None];
    NewAddress { kind, line1: name(line1), line2, city, state, postcode, country, is_default }
}

/// A customer's addresses: id, kind, whether the default one.
fn addresses_of(shop: &Shop<'_>, customer: i64) -> Vec<(i64, AddressKind, bool)> {
    let (_, known) = shop.read(move |tx| customers::get(tx, customer)).expect("a customer");
    known.into_iter().map(|Address { id, kind, is_default, .. }| (id, kind, is_default)).collect()
}

fn unknown(thing: Thing, key: i64) -> Error {
    Error::NotFound { thing, key: key.to_string() }
}

#[test]
fn a_customer_is_said_anew_and_found_by_what_it_is_now() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (acme, globex) = (shop.customer("Acme"), shop.customer("Globex"));
        let replace = |id: i64, details: CustomerDetails| shop.write(move |tx| customers::replace(tx, id, &details));
        assert_eq!(replace(acme, details("Umbrella", Some("A@b.c"))).map(|one| one.name), Ok("Umbrella".to_owned()));
        assert_eq!(replace(globex, details("Globex", Some("a@B.c"))), Err(Error::Duplicate(Unique::Email)));
        assert!(replace(acme, details("Umbrella", Some("a@b.C"))).is_ok(), "one's own e-mail is not taken");
        assert_eq!(replace(999, details("Nobody", None)), Err(unknown(Thing::Customer, 999)));
        let found = |search: &str| {
            let filter = CustomerFilter { search: Some(search.to_owned()), customer_type: None };
            shop.read(move |tx| customers::list(tx, &filter, &ALL)).expect("a list").total
        };
        assert_eq!((found("umbrella"), found("acme"), found("A@B")), (1, 0, 1));
        assert!(replace(acme, details("Umbrella", None)).is_ok());
        assert!(replace(globex, details("Globex", Some("a@b.c"))).is_ok(), "the e-mail is free again");
        assert_eq!(found("a@b"), 1);
        shop.verify();
    });
}

#[test]
fn a_customer_goes_once_no_order_of_it_is_open_and_orders_keep_its_name() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        let acme = shop.customer("Acme");
        shop.address(acme, "Dock", AddressKind::Shipping, false);
        let [shipped, called_off] =
            [(); 2].map(|()| shop.order_of(Some(acme), &[(anvil, whole(1))]).expect("an order").id);
        let remove = || shop.write(move |tx| customers::remove(tx, acme));
        assert!(matches!(remove(), Err(Error::InUse { thing: Thing::Customer, .. })));
        shop.write(move |tx| orders::fulfil(tx, shipped, None)).expect("a shipment");
        assert!(matches!(remove(), Err(Error::InUse { .. })), "the other one is open still");
        shop.write(move |tx| orders::change_status(tx, called_off, Status::Cancelled)).expect("a change");
        assert_eq!(remove(), Ok(()));
        assert_eq!(remove(), Err(unknown(Thing::Customer, acme)));
        let (order, _) = shop.read(move |tx| orders::get(tx, shipped)).expect("an order");
        assert_eq!((order.customer_id, order.customer_name.as_deref()), (Some(acme), Some("Acme")));
        shop.write(move |tx| orders::change_status(tx, shipped, Status::Shipped)).expect("an order goes on without it");
        assert!(matches!(shop.order_of(Some(acme), &[(anvil, whole(1))]), Err(Error::UnknownReference { .. })));
        assert_eq!(shop.read(|tx| customers::list(tx, &CustomerFilter::default(), &ALL)).expect("a list").total, 0);
        shop.verify();
    });
}

#[test]
fn an_order_placed_while_its_customer_goes_does_not_point_to_nobody() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd, tenant) = (shop.item("ANVIL").id, shop.warehouse("SYD"), shop.tenant);
        shop.stock(anvil, syd, whole(99));
        for _ in 0..15 {
            let acme = shop.customer("Acme");
            let order = move |lobby: &mut crate::Lobby<'_>| {
                let line = orders::NewLine { product_id: anvil, quantity: whole(1), unit_price: None, serials: vec![] };
                let new = orders::NewOrder { customer_id: Some(acme), ..crate::testing::new_order(vec![line]) };
                orders::place(&mut lobby.as_system(tenant)?, &new)
            };
            let ordering = [(); 2].map(|()| start(fixture.store.alter(order)));
            let leaving =
                start(fixture.store.alter(move |lobby| customers::remove(&mut lobby.as_system(tenant)?, acme)));
            let placed = ordering.map(|one| one.wait(fixture));
            match leaving.wait(fixture) {
                Ok(()) => assert!(placed.iter().all(|placed| matches!(placed, Err(Error::UnknownReference { .. })))),
                Err(error) => assert!(matches!(error, Error::InUse { .. }), "{error:?}"),
            }
        }
        shop.verify();
    });
}

#[test]
fn each_kind_of_address_keeps_one_default() {
    on_both(|fixture| {
        use AddressKind::{Billing, Shipping};
        let shop = Shop::open(fixture, "BHH");
        let acme = shop.customer("Acme");
        let [first, second, third] = ["1", "2", "3"].map(|line| shop.address(acme, line, Shipping, false).id);
        let replace = |id: i64, new: NewAddress| {
            let replaced = shop.write(move |tx| addresses::replace(tx, acme, id, &new)).expect("an address");
            assert_eq!(replaced.id, id);
            replaced.is_default
        };
        assert!(replace(first, address("one", Shipping, false)), "the default one stays so");
        assert!(replace(second, address("two", Shipping, true)), "until another one becomes it");
        let of = |first, second, third| [first, second, third].to_vec();
        assert_eq!(
            addresses_of(&shop, acme),
            of((first, Shipping, false), (second, Shipping, true), (third, Shipping, false))
        );
        assert!(replace(second, address("two", Billing, false)), "the first of a kind is its default one");
        assert_eq!(
            addresses_of(&shop, acme),
            of((first, Shipping, true), (second, Billing, true), (third, Shipping, false))
        );
        let remove = |id: i64| shop.write(move |tx| addresses::remove(tx, acme, id));
        assert_eq!((remove(first), remove(first)), (Ok(()), Err(unknown(Thing::Address, first))));
        assert_eq!(addresses_of(&shop, acme), [(second, Billing, true), (third, Shipping, true)]);
        assert_eq!((remove(third), remove(second)), (Ok(()), Ok(())));
        let other = shop.customer("Globex");
        let theirs = shop.address(other, "1", Shipping, false).id;
        assert_eq!(remove(theirs), Err(unknown(Thing::Address, theirs)), "it is another customer's");
        shop.verify();
    });
}
