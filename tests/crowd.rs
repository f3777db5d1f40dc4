//! The rules under a crowd, straight through the store: 64 tasks at once, and the books add up afterwards. What the
//! served binary makes of a crowd is proved under `proof`.

use actix_web::rt;
use chrono_tz::Tz;
use serde_json::json;
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::items::{self, ItemChanges, NewItem, Tracking};
use stockbridge_domain::orders::{self, Channel, FulfilLine, NewLine, NewOrder, ReturnLine, Status};
use stockbridge_domain::stock::batches::{self, Labels, NewBatch};
use stockbridge_domain::stock::serials::{self, NewSerials};
use stockbridge_domain::stock::{self, Adjustment, Named, Opening, Transfer, levels, warehouses};
use stockbridge_domain::values::{Quantity, Text};
use stockbridge_domain::{Admission, Claim, Error, Result, Role, TenantId, Tx};

use crate::support::{ADMIN, OURS, Random, Shop, on_each_engine};

pub const TASKS: usize = 64;
pub const MAIN: i64 = 1;

#[test]
fn no_unit_is_promised_twice() {
    on_each_engine(async |shop| {
        let product = write(shop, |tx| goods(tx, "ANVIL", Tracking::None, 300)).await.expect("goods");
        let order = order(&[(product, 1)]);
        let sold = crowd(shop, |_| {
            let order = order.clone();
            move |tx: &mut Tx<'_>| {
                let mut accepted = 0;
                for _ in 0..6 {
                    match orders::place(tx, &order) {
                        Ok(_) => accepted += 1,
                        Err(Error::InsufficientStock(_)) => break,
                        Err(error) => return Err(error),
                    }
                }
                Ok(accepted)
            }
        });
        let accepted: i64 = sold.await.into_iter().map(|sold| sold.expect("no fault")).sum();
        assert_eq!(accepted, 300, "64 × 6 wanted 384");
        assert_eq!(level(shop, product).await, (whole(300), whole(300)));
    });
}

#[test]
fn orders_that_cross_all_go_through() {
    on_each_engine(async |shop| {
        let mut products = Vec::new();
        for number in 0..20 {
            let sku = format!("ANVIL-{number}");
            products.push(write(shop, move |tx| goods(tx, &sku, Tracking::None, 1_000)).await.expect("goods"));
        }
        let mut random = Random::seeded();
        let placed = crowd(shop, |_| {
            random.shuffle(&mut products);
            let order = order(&products.iter().map(|product| (*product, 2)).collect::<Vec<_>>());
            move |tx: &mut Tx<'_>| orders::place(tx, &order)
        });
        for placed in placed.await {
            placed.expect("no order is turned away");
        }
        for product in products {
            assert_eq!(level(shop, product).await, (whole(1_000), whole(128)));
        }
    });
}

#[test]
fn an_order_ends_one_way_however_many_end_it() {
    on_each_engine(async |shop| {
        let product = write(shop, |tx| goods(tx, "ANVIL", Tracking::None, 100)).await.expect("goods");
        let twice = order(&[(product, 3), (product, 2)]);
        let placed = write(shop, move |tx| orders::place(tx, &twice)).await.expect("an order");
        let ended = crowd(shop, |number| {
            move |tx: &mut Tx<'_>| match number % 2 {
                0 => orders::fulfil(tx, placed.id, None).map(|fulfilled| fulfilled.status),
                _ => orders::change_status(tx, placed.id, Status::Cancelled).map(|()| Status::Cancelled),
            }
        });
        let ended = ended.await;
        assert!(ended.iter().all(|ended| matches!(ended, Ok(_) | Err(Error::IllegalStatus { .. }))), "{ended:?}");
        let (order, lines) = write(shop, move |tx| orders::get(tx, placed.id)).await.expect("the order");
        let fulfilments = ended.iter().flatten().filter(|status| **status == Status::Fulfilled).count();
        let gone = if order.status == Status::Fulfilled { 5 } else { 0 };
        assert_eq!(fulfilments, usize::from(gone == 5), "{:?}", order.status);
        assert_eq!(level(shop, product).await, (whole(100 - gone), whole(0)));
        let back = crowd(shop, |_| {
            let line = lines[0].clone();
            let part = ReturnLine { order_item_id: line.id, quantity: whole(3), restock: true, serials: Vec::new() };
            move |tx: &mut Tx<'_>| orders::take_back(tx, line.order_id, std::slice::from_ref(&part))
        });
        let back = back.await.iter().filter(|back| back.is_ok()).count();
        assert_eq!(back, fulfilments, "what left came back once");
    });
}

#[test]
fn batches_and_serial_numbers_stay_true_under_every_kind_of_change() {
    on_each_engine(async |shop| {
        let second = write(shop, |tx| Ok(warehouses::create(tx, &second_warehouse())?.id)).await.expect("a warehouse");
        let compound = write(shop, |tx| goods(tx, "COMPOUND", Tracking::Batch, 60)).await.expect("goods");
        let machine = write(shop, |tx| goods(tx, "MACHINE", Tracking::Serial, 40)).await.expect("goods");
        let mut random = Random::seeded();
        for _ in 0..3 {
            let done = crowd(shop, |_| {
                let (kind, product) = (random.below(5), [compound, machine][random.below(2)]);
                move |tx: &mut Tx<'_>| any_change(tx, kind, product, second)
            });
            for done in done.await {
                assert!(matches!(done, Ok(()) | Err(Error::InsufficientStock(_))), "{done:?}");
            }
            shop.verify().await;
        }
    });
}

/// One change of tracked stock: sell, sell and take back, carry there, carry back, lose.
#[test]
fn every_day_is_counted_by_the_zone_of_the_tenant_though_it_changes_meanwhile() {
    on_each_engine(async |shop| {
        let product = write(shop, |tx| goods(tx, "ANVIL", Tracking::None, 1_000)).await.expect("goods");
        let order = order(&[(product, 1)]);
        let store = shop.store.clone();
        let moving = rt::spawn(async move {
            for zone in [Tz::Pacific__Kiritimati, Tz::Pacific__Niue, Tz::UTC, Tz::Pacific__Kiritimati] {
                let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
                store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a zone");
            }
        });
        let sold = crowd(shop, |_| {
            let order = order.clone();
            move |tx: &mut Tx<'_>| {
                let placed = orders::place(tx, &order)?;
                orders::fulfil(tx, placed.id, None).map(|_| ())
            }
        });
        for sold in sold.await {
            sold.expect("no order is turned away");
        }
        moving.await.expect("no task fails");
        // The books are read at the end of every test: each day must be that of the last zone.
    });
}

fn any_change(tx: &mut Tx<'_>, kind: usize, product: i64, second: i64) -> Result<()> {
    let carry =
        |from, to| Transfer { product_id: product, from, to, quantity: whole(2), named: Named::default(), notes: None };
    match kind {
        0 | 1 => {
            let order = orders::place(tx, &order(&[(product, 1), (product, 2)]))?;
            let (_, lines) = orders::get(tx, order.id)?;
            let part = |quantity| FulfilLine { order_item_id: lines[1].id, quantity, named: Named::default() };
            orders::fulfil(tx, order.id, Some(&[part(whole(1))]))?;
            orders::fulfil(tx, order.id, None)?;
            let (order_item_id, serials) = (lines[1].id, Vec::new());
            let part = ReturnLine { order_item_id, quantity: whole(1), restock: kind == 0, serials };
            orders::take_back(tx, order.id, &[part]).map(|_| ())
        }
        2 => stock::transfer(tx, &carry(MAIN, second)),
        3 => stock::transfer(tx, &carry(second, MAIN)),
        _ => {
            let (expected, named, notes) = (None, Named::default(), None);
            let lost =
                Adjustment { product_id: product, warehouse_id: MAIN, quantity: whole(-1), expected, named, notes };
            stock::adjust(tx, &lost).map(|_| ())
        }
    }
}

/// A product with so many units in the warehouse.
pub fn goods(tx: &mut Tx<'_>, sku: &str, tracking: Tracking, units: i64) -> Result<i64> {
    let rest = ItemChanges { tracking: Some(tracking), ..ItemChanges::default() };
    let product_id = items::create(tx, &NewItem { sku: text(sku), name: text(sku), rest })?.id;
    let warehouse_id = Some(MAIN);
    match tracking {
        Tracking::None => stock::open(tx, &Opening { product_id, warehouse_id: MAIN, quantity: whole(units) })?,
        Tracking::Batch => {
            for number in ["FIRST", "SECOND", "THIRD"] {
                let (lot_number, manufacture_date, expiry_date, notes) = (None, None, None, None);
                let labels = Labels { batch_number: text(number), lot_number, manufacture_date, expiry_date, notes };
                batches::create(tx, &NewBatch { product_id, warehouse_id, labels, quantity: whole(units / 3) })?;
            }
        }
        Tracking::Serial => {
            let numbers = (0..units).map(|number| text(&format!("SN-{number}"))).collect();
            serials::create(tx, &NewSerials { product_id, warehouse_id, numbers })?;
        }
    }
    Ok(product_id)
}

fn second_warehouse() -> warehouses::NewWarehouse {
    let (code, name) = (text("SECOND"), text("Second Warehouse"));
    let details =
        warehouses::Details { code, name, address: None, city: None, state: None, is_default: None, is_active: None };
    warehouses::NewWarehouse { id: None, details }
}

pub fn order(lines: &[(i64, i64)]) -> NewOrder {
    let line = |(product_id, units): &(i64, i64)| {
        let (quantity, unit_price, serials) = (whole(*units), None, Vec::new());
        NewLine { product_id: *product_id, quantity, unit_price, serials }
    };
    NewOrder {
        customer_id: None,
        warehouse_id: None,
        channel: Channel::Api,
        shipping_address: None,
        written: |address| json!({"line1": address.line1}).to_string(),
        allow_backorder: false,
        lines: lines.iter().map(line).collect(),
    }
}

/// Runs a command in as many tasks at once, and returns how each ended.
pub async fn crowd<T, C>(shop: &Shop, mut command: impl FnMut(usize) -> C) -> Vec<Result<T>>
where
    T: Send + 'static,
    C: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let start = |number| {
        let (store, command) = (shop.store.clone(), command(number));
        rt::spawn(async move { store.write(admission(), command).await })
    };
    let tasks = (0..TASKS).map(start).collect::<Vec<_>>();
    let mut ended = Vec::with_capacity(TASKS);
    for task in tasks {
        ended.push(task.await.expect("no task fails"));
    }
    ended
}

pub async fn write<T: Send + 'static>(
    shop: &Shop,
    command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    shop.store.write(admission(), command).await
}

/// On hand and promised in the first warehouse.
pub async fn level(shop: &Shop, product: i64) -> (Quantity, Quantity) {
    let here = write(shop, move |tx| levels::of_item(tx, product)).await.expect("stock rows");
    here.first().map(|level| (level.quantity, level.reserved)).expect("a stock row")
}

fn admission() -> Admission {
    let claim = Claim::User { tenant: TenantId::new(OURS), user: ADMIN, version: 0 };
    Admission { claim, role: Role::Staff, request_id: None }
}

pub fn whole(units: i64) -> Quantity {
    Quantity::whole(units).expect("a small number")
}

pub fn text<const MAX: usize>(given: &str) -> Text<MAX> {
    Text::parse(given).expect("a good text").expect("a text")
}
