//! One primary picture, whatever happens to the others.

use crate::error::{Error, Thing};
use crate::items::images::{self, MOST, NewImage};
use crate::testing::{Shop, fields, on_both, start};

fn new(is_primary: bool) -> NewImage {
    NewImage { url: "https://pictures.example/a.png".to_owned(), file: None, is_primary }
}

fn add(shop: &Shop<'_>, item: i64, is_primary: bool) -> i64 {
    shop.write(move |tx| images::add(tx, item, &new(is_primary))).expect("an image").id
}

/// The pictures that are there, by id, and the primary one.
fn there(shop: &Shop<'_>, item: i64) -> (Vec<i64>, Vec<i64>) {
    let all = shop.read(move |tx| images::of_item(tx, item)).expect("images");
    let primary = all.iter().filter(|image| image.is_primary).map(|image| image.id).collect();
    (all.iter().map(|image| image.id).collect(), primary)
}

fn not_found(id: i64) -> Error {
    Error::NotFound { thing: Thing::Image, key: id.to_string() }
}

#[test]
fn the_first_picture_is_primary_until_another_one_is() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let first = add(&shop, item, false);
        assert_eq!(there(&shop, item), (vec![first], vec![first]));
        let second = add(&shop, item, false);
        assert_eq!(there(&shop, item), (vec![first, second], vec![first]));
        let third = add(&shop, item, true);
        assert_eq!(there(&shop, item), (vec![first, second, third], vec![third]));
        shop.write(move |tx| images::set_primary(tx, item, second, true)).expect("another one");
        shop.write(move |tx| images::set_primary(tx, item, second, true)).expect("what is so already");
        shop.write(move |tx| images::set_primary(tx, item, first, false)).expect("what is so already");
        assert_eq!(there(&shop, item).1, [second]);
        assert_eq!(fields(shop.write(move |tx| images::set_primary(tx, item, second, false))), ["is_primary"]);
        shop.verify();
    });
}

#[test]
fn the_oldest_one_left_takes_the_place_of_a_primary_one_that_goes() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let [first, second, third] = [false, false, true].map(|is_primary| add(&shop, item, is_primary));
        shop.write(move |tx| images::remove(tx, item, second)).expect("one that is not primary");
        assert_eq!(there(&shop, item), (vec![first, third], vec![third]));
        shop.write(move |tx| images::remove(tx, item, third)).expect("the primary one");
        assert_eq!(there(&shop, item), (vec![first], vec![first]));
        shop.write(move |tx| images::remove(tx, item, first)).expect("the last one");
        assert_eq!(there(&shop, item), (vec![], vec![]));
        assert_eq!(shop.write(move |tx| images::remove(tx, item, first)), Err(not_found(first)));
        shop.verify();
    });
}

#[test]
fn a_picture_is_known_to_its_own_item_and_tenant_only() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let (item, beside, theirs) = (own.item("ANVIL").id, own.item("HAMMER").id, other.item("ANVIL").id);
        let id = add(&own, item, false);
        assert_eq!(own.write(move |tx| images::set_primary(tx, beside, id, true)), Err(not_found(id)));
        assert_eq!(own.write(move |tx| images::remove(tx, beside, id)), Err(not_found(id)));
        assert_eq!(other.write(move |tx| images::remove(tx, theirs, id)), Err(not_found(id)));
        let no_item = Error::NotFound { thing: Thing::Item, key: item.to_string() };
        assert_eq!(other.write(move |tx| images::remove(tx, item, id)), Err(no_item.clone()));
        assert_eq!(other.write(move |tx| images::add(tx, item, &new(true))), Err(no_item));
        assert_eq!(there(&own, item), (vec![id], vec![id]));
    });
}

#[test]
fn there_is_a_last_picture() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        shop.write(move |tx| (0..MOST).try_for_each(|_| images::add(tx, item, &new(false)).map(|_| ()))).expect("many");
        let one_more = shop.write(move |tx| images::add(tx, item, &new(true)));
        assert_eq!(one_more, Err(Error::TooMany { thing: Thing::Image, most: MOST }));
        assert_eq!(there(&shop, item).0.len(), MOST);
    });
}

#[test]
fn of_many_that_come_at_once_one_is_primary() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL").id;
        let tenant = shop.tenant;
        let add = || {
            fixture.store.alter(move |lobby| images::add(&mut lobby.as_system(tenant)?, item, &new(true)).map(|_| ()))
        };
        let started = (0..8).map(|_| start(add())).collect::<Vec<_>>();
        for one in started {
            one.wait(fixture).expect("an image");
        }
        let (all, primary) = there(&shop, item);
        assert_eq!((all.len(), primary.len()), (8, 1));
        shop.verify();
    });
}
