//! Placing orders: prices, promises, numbers.

use super::{fields, shortage};
use crate::access::tenants::{self, TenantChanges};
use crate::error::{Error, Thing};
use crate::orders::{self, MOST_LINES, NewLine, NewOrder, OrderFilter, Status};
use crate::page::{Start, Window};
use crate::partners::customers::{self, AddressKind};
use crate::store::bulk::MOST_KEPT;
use crate::testing::{Shop, money, new_order, on_both, whole};
use crate::values::{Price, Quantity};

fn line(product_id: i64, quantity: &str, price: Option<&str>) -> NewLine {
    let unit_price = price.map(|price| Price::parse(price).unwrap());
    NewLine { product_id, quantity: Quantity::parse(quantity).unwrap(), unit_price, serials: Vec::new() }
}

#[test]
fn money_is_exact_to_the_cent() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(100));
        shop.price(anvil, "49.99", "18");
        let total = |lines: Vec<NewLine>| shop.place(new_order(lines)).unwrap().total;
        assert_eq!(total(vec![line(anvil, "3", Some("0.615"))]), money("1.85"));
        assert_eq!(total(vec![line(anvil, "1", Some("0.1")), line(anvil, "1", Some("0.2"))]), money("0.3"));
        assert_eq!(total(vec![line(anvil, "3", None)]), money("149.97"));
        assert_eq!(total(vec![line(anvil, "1.5", Some("0.01")), line(anvil, "1.5", Some("0.01"))]), money("0.04"));
        assert_eq!(total(vec![line(anvil, "1", Some("0"))]), money("0"));
        shop.verify();
    });
}

#[test]
fn an_order_promises_all_of_it_or_nothing() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt, nut, syd) =
            (shop.item("ANVIL").id, shop.item("BOLT").id, shop.item("NUT").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(5));
        shop.stock(bolt, syd, whole(1));
        // The demand of both lines counts, and every product that falls short is named.
        let refused = shop.order(&[(anvil, whole(3)), (bolt, whole(1)), (anvil, whole(3)), (nut, whole(2))]);
        let short = vec![shortage("ANVIL", whole(6), whole(5)), shortage("NUT", whole(2), whole(0))];
        assert_eq!(refused, Err(Error::InsufficientStock(short)));
        assert_eq!((shop.level(anvil, syd), shop.level(bolt, syd)), ((whole(5), whole(0)), (whole(1), whole(0))));

        let order = shop.order(&[(anvil, whole(3)), (anvil, whole(2))]).unwrap();
        assert_eq!((order.number, order.status, order.item_count), (1, Status::Pending, 2), "no number was lost");
        assert_eq!(shop.level(anvil, syd), (whole(5), whole(5)));
        assert_eq!(shop.movements(anvil).len(), 1, "a promise moves nothing");
        assert_eq!(
            shop.order(&[(anvil, whole(1))]).unwrap_err(),
            Error::InsufficientStock(vec![shortage("ANVIL", whole(1), whole(0))])
        );
        shop.verify();
    });
}

#[test]
fn backorders_are_the_orders_or_the_tenants_choice() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(1));
        shop.place(NewOrder { allow_backorder: true, ..new_order(vec![line(anvil, "5", None)]) }).unwrap();
        assert_eq!(shop.level(anvil, syd), (whole(1), whole(5)));
        let refused = shop.order(&[(anvil, whole(1))]).unwrap_err();
        assert_eq!(refused, Error::InsufficientStock(vec![shortage("ANVIL", whole(1), whole(0))]));
        let changes = TenantChanges { allow_backorder: Some(true), ..TenantChanges::default() };
        fixture.alter(move |lobby| tenants::set(lobby, "BHH", &changes)).unwrap();
        shop.order(&[(anvil, whole(1))]).unwrap();
        assert_eq!(shop.level(anvil, syd), (whole(1), whole(6)));
        shop.verify();
    });
}

#[test]
fn what_cannot_be_ordered_is_refused() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let anvil = shop.item("ANVIL").id;
        assert_eq!(shop.order(&[(anvil, whole(1))]), Err(Error::NoDefaultWarehouse));
        let syd = shop.warehouse("SYD");
        shop.stock(anvil, syd, whole(2000));
        assert_eq!(fields(shop.order(&[])), ["items"]);
        assert_eq!(fields(shop.order(&vec![(anvil, whole(1)); MOST_LINES + 1])), ["items"]);
        let wrong = shop.order(&[(anvil, whole(0)), (anvil, whole(1)), (anvil, whole(1).negated())]);
        assert_eq!(fields(wrong), ["items[0].quantity", "items[2].quantity"]);
        let unknown =
            |field: &str, thing| Error::UnknownReference { field: field.to_owned(), thing, key: "999".to_owned() };
        assert_eq!(
            shop.order(&[(anvil, whole(1)), (999, whole(1))]).unwrap_err(),
            unknown("items[1].product_id", Thing::Item)
        );
        assert_eq!(
            shop.order_of(Some(999), &[(anvil, whole(1))]).unwrap_err(),
            unknown("customer_id", Thing::Customer)
        );
        let elsewhere = NewOrder { warehouse_id: Some(999), ..new_order(vec![line(anvil, "1", None)]) };
        assert_eq!(shop.place(elsewhere).unwrap_err(), unknown("warehouse_id", Thing::Warehouse));
        let dear = Some("900000000000");
        let much = new_order(vec![line(anvil, "2", dear)]);
        assert_eq!(shop.place(much), Err(Error::OutOfRange));
        assert_eq!(shop.level(anvil, syd), (whole(2000), whole(0)));
        shop.order(&vec![(anvil, whole(1)); MOST_LINES]).unwrap();
        shop.verify();
    });
}

#[test]
fn an_order_knows_its_customer_as_they_were() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        shop.price(anvil, "10", "5");
        let acme = shop.customer("Acme Corp");
        let address = |line1: &str, kind, is_default| shop.address(acme, line1, kind, is_default);
        assert_eq!(shop.order_of(Some(acme), &[(anvil, whole(1))]).unwrap().shipping_address, None);
        assert!(address("1 Bill St", AddressKind::Billing, false).is_default, "the first of its kind");
        assert!(address("1 Ship St", AddressKind::Shipping, false).is_default);
        assert!(!address("2 Ship St", AddressKind::Shipping, false).is_default);
        let order = shop.order_of(Some(acme), &[(anvil, whole(1))]).unwrap();
        assert_eq!(order.shipping_address.as_deref(), Some("1 Ship St"));
        assert!(address("3 Ship St", AddressKind::Shipping, true).is_default);
        let known = shop.read(move |tx| customers::get(tx, acme)).unwrap().1;
        let defaults = known.iter().filter(|address| address.is_default).map(|address| address.line1.as_str());
        assert_eq!(defaults.collect::<Vec<_>>(), ["1 Bill St", "3 Ship St"]);

        assert_eq!(order.customer_name.as_deref(), Some("Acme Corp"));
        super::change(&shop, order.id, Status::Cancelled).unwrap();
        let customer = shop.read(move |tx| customers::get(tx, acme)).unwrap().0;
        assert_eq!((customer.total_orders, customer.total_spent), (1, money("10")));
        shop.verify();
    });
}

#[test]
fn numbers_are_consecutive_for_each_tenant() {
    on_both(|fixture| {
        for tenant in ["BHH", "GLX"] {
            let shop = Shop::open(fixture, tenant);
            let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
            shop.stock(anvil, syd, whole(3));
            let numbers = [1, 1, 5, 1].map(|units| shop.order(&[(anvil, whole(units))]).ok().map(|order| order.number));
            assert_eq!(numbers, [Some(1), Some(2), None, Some(3)]);
        }
    });
}

#[test]
fn numbers_and_lines_are_the_same_however_many_lines_there_are() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, bolt, syd) = (shop.item("ANVIL").id, shop.item("BOLT").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(1_000));
        shop.stock(bolt, syd, whole(1_000));
        // A statement with few lines is prepared once, and one with many each time.
        for (number, count) in (1..).zip([1, 2, MOST_KEPT, MOST_KEPT + 1, 30, 3]) {
            let lines = (1..).zip([anvil, bolt].into_iter().cycle()).take(count);
            let lines = lines.map(|(units, product)| (product, whole(units))).collect::<Vec<_>>();
            let order = shop.order(&lines).unwrap();
            assert_eq!(order.number, number);
            let id = order.id;
            let (stored, kept) = shop.read(move |tx| orders::get(tx, id)).unwrap();
            assert_eq!(stored, order, "what is answered is what is stored");
            let stored = kept.iter().map(|line| (line.product_id, line.quantity)).collect::<Vec<_>>();
            assert_eq!(stored, lines);
        }
        shop.verify();
    });
}

#[test]
fn lists_and_figures_of_a_month_agree() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        shop.price(anvil, "10", "5");
        let orders = [1, 2, 3].map(|units| shop.order(&[(anvil, whole(units))]).unwrap().id);
        super::change(&shop, orders[0], Status::Cancelled).unwrap();
        super::change(&shop, orders[1], Status::Paid).unwrap();
        let today = shop.read(|tx| Ok(tx.today())).unwrap();
        let figures = shop.read(move |tx| orders::statistics(tx, today)).unwrap();
        assert_eq!((figures.orders, figures.revenue), (2, money("50")));
        let counted = figures.by_status.iter().map(|(status, count)| format!("{status} {count}"));
        let listed = ["pending 1", "paid 1", "fulfilling 0", "fulfilled 0", "shipped 0", "cancelled 1"];
        assert_eq!(counted.collect::<Vec<_>>(), listed);

        let list = |filter: OrderFilter, start| {
            let window = Window { start, limit: 2 };
            shop.read(move |tx| orders::list(tx, &filter, &window)).unwrap()
        };
        let ids = |rows: &[crate::orders::Order]| rows.iter().map(|order| order.id).collect::<Vec<_>>();
        let first = list(OrderFilter::default(), Start::Page(1));
        assert_eq!((ids(&first.rows), first.total), (vec![orders[2], orders[1]], 3));
        let next = first.next.unwrap();
        shop.order(&[(anvil, whole(1))]).unwrap();
        let second = list(OrderFilter::default(), Start::After(next));
        assert_eq!((ids(&second.rows), second.total, second.next), (vec![orders[0]], 4, None));
        let paid = list(OrderFilter { status: Some(Status::Paid), ..OrderFilter::default() }, Start::Page(1));
        assert_eq!((ids(&paid.rows), paid.total), (vec![orders[1]], 1));
        let tomorrow = list(OrderFilter { from: today.succ_opt(), ..OrderFilter::default() }, Start::Page(1));
        assert_eq!(tomorrow.total, 0);
    });
}

#[test]
fn figures_beyond_their_type_fail_neither_a_month_nor_the_reading_of_the_book() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (anvil, syd) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
        shop.stock(anvil, syd, whole(9));
        for _ in 0..3 {
            shop.order(&[(anvil, whole(1))]).unwrap();
        }
        fixture.execute(
            "UPDATE orders SET total = 9000000000000000000; UPDATE order_items SET amount = 9000000000000000000",
        );
        fixture.execute("UPDATE stock_levels SET value = 9000000000000000000, quantity = 9000000000000000000");
        let today = shop.read(|tx| Ok(tx.today())).unwrap();
        assert_eq!(shop.read(move |tx| orders::statistics(tx, today)).unwrap().orders, 3);
        let store = fixture.open(|settings| settings.observer = None);
        let found = fixture.wait(store.survey(crate::verify::verify)).unwrap();
        assert!(found.iter().any(|finding| finding.rule.starts_with("what is on hand")), "{found:?}");
    });
}
