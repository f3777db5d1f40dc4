//! Days are the tenant's own: what happened around its midnight is found on the day that its clocks showed, also on
//! the days on which they were put forward and back.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde_json::{Value, json};
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::orders::{self as selling, Channel, NewLine, NewOrder};
use stockbridge_domain::stock::{self, Adjustment, Named};
use stockbridge_domain::values::Quantity;
use stockbridge_domain::{Actor, Result, Role, TenantId, Tx};

use super::{column, main, stocked};
use crate::support::{ADMIN, OURS, Shop, on_each_engine};

/// Instants in UTC, each with the day of the tenant on which it lies, in their order.
type Days = &'static [(&'static str, &'static str)];

/// Eight hours ahead, all year round.
const KUALA_LUMPUR: Days = &[
    ("2026-04-30T15:59:59.999999", "2026-04-30"),
    ("2026-04-30T16:00:00", "2026-05-01"),
    ("2026-05-05T15:59:59", "2026-05-05"),
    ("2026-05-05T16:00:00", "2026-05-06"),
    ("2026-05-06T00:00:00", "2026-05-06"),
    ("2026-05-06T15:59:59.999999", "2026-05-06"),
    ("2026-05-06T16:00:00", "2026-05-07"),
];

/// Three and a half hours behind, two and a half in summer: the days of both changes and those around them.
const SAINT_JOHNS: Days = &[
    ("2026-03-08T03:29:59.999999", "2026-03-07"),
    ("2026-03-08T03:30:00", "2026-03-08"),
    ("2026-03-08T05:30:00", "2026-03-08"),
    ("2026-03-09T02:29:59.999999", "2026-03-08"),
    ("2026-03-09T02:30:00", "2026-03-09"),
    ("2026-03-09T03:30:00", "2026-03-09"),
    ("2026-03-10T02:29:59", "2026-03-09"),
    ("2026-11-01T02:29:59.999999", "2026-10-31"),
    ("2026-11-01T02:30:00", "2026-11-01"),
    ("2026-11-01T04:30:00", "2026-11-01"),
    ("2026-11-02T02:30:00", "2026-11-01"),
    ("2026-11-02T03:29:59.999999", "2026-11-01"),
    ("2026-11-02T03:30:00", "2026-11-02"),
];

#[test]
fn lists_know_the_days_of_a_tenant_in_kuala_lumpur() {
    on_each_engine(async |shop| days_are_kept(shop, Tz::Asia__Kuala_Lumpur, KUALA_LUMPUR).await);
}

#[test]
fn lists_know_the_days_of_a_tenant_whose_clocks_change() {
    on_each_engine(async |shop| days_are_kept(shop, Tz::America__St_Johns, SAINT_JOHNS).await);
}

async fn days_are_kept(shop: &Shop, zone: Tz, days: Days) {
    let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
    shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a tenant");
    let client = shop.iom();
    let (product, warehouse) = (stocked(&client, "BOLT").await, main(&client).await);
    let mut booked = Vec::new();
    for (at, day) in days {
        let at = at.parse().expect("an instant");
        let order = as_if(shop, at, move |tx| {
            stock::adjust(tx, &found(product, warehouse))?;
            Ok(selling::place(tx, &order(product, warehouse))?.id)
        });
        booked.push((*day, order.await));
    }
    let last = days.last().expect("days").1;
    for (from, to) in spans_of(days) {
        let within = booked.iter().filter(|(day, _)| (from..=to).contains(day));
        let expected: Vec<_> = within.rev().map(|(_, order)| json!(order)).collect();
        in_all_lists(shop, &format!("from={from}&to={to}"), &expected).await;
    }
    let from = booked.iter().filter(|(day, _)| *day >= last).rev().map(|(_, order)| json!(order));
    in_all_lists(shop, &format!("from={last}"), &from.collect::<Vec<_>>()).await;
    months(shop, &booked).await;
}

/// Holds that a span finds these orders, and a movement for each of them.
async fn in_all_lists(shop: &Shop, span: &str, orders: &[Value]) {
    let client = shop.iom();
    let listed = client.get(&format!("/orders?{span}&limit=200")).await.is(200);
    assert_eq!(column(&listed, "orders", "id"), orders, "orders {span}");
    assert_eq!(listed.at("/total"), json!(orders.len()), "orders {span}");
    let export = client.get(&format!("/orders/export?{span}")).await.is(200);
    assert_eq!(export.text().lines().count(), orders.len() + 1, "export {span}: {}", export.text());
    let movements = client.get(&format!("/inventory/movements?{span}&limit=200")).await.is(200);
    assert_eq!(movements.at("/total"), json!(orders.len()), "movements {span}");
}

/// Holds that an order counts in the month of its day.
async fn months(shop: &Shop, booked: &[(&str, i64)]) {
    for (day, _) in booked {
        let month = &day[..7];
        let stats = shop.iom().get(&format!("/orders/stats?period={month}")).await.is(200);
        let there = booked.iter().filter(|(day, _)| day.starts_with(month)).count();
        assert_eq!(stats.at("/total_orders"), json!(there), "{month}");
    }
}

/// Every span from one day of these to another.
fn spans_of(days: Days) -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = days.iter().map(|(_, day)| *day).collect();
    all.dedup();
    let spans = |from: usize| all[from..].iter().map(|to| (all[from], *to)).collect::<Vec<_>>();
    (0..all.len()).flat_map(spans).collect()
}

/// Carries out a command as our admin would have at another instant.
async fn as_if<T: Send + 'static>(
    shop: &Shop,
    at: NaiveDateTime,
    command: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    let done = shop.store.alter(move |lobby| {
        let actor = Actor::User { id: ADMIN, name: "Admin".to_owned(), role: Role::Admin };
        command(&mut lobby.as_if(TenantId::new(OURS), actor, at)?)
    });
    done.await.expect("a document")
}

fn found(product_id: i64, warehouse_id: i64) -> Adjustment {
    let (quantity, expected, named, notes) = (one(), None, Named::default(), None);
    Adjustment { product_id, warehouse_id, quantity, expected, named, notes }
}

fn order(product_id: i64, warehouse: i64) -> NewOrder {
    NewOrder {
        customer_id: None,
        warehouse_id: Some(warehouse),
        channel: Channel::Manual,
        shipping_address: None,
        written: |_| String::new(),
        allow_backorder: false,
        lines: vec![NewLine { product_id, quantity: one(), unit_price: None, serials: Vec::new() }],
    }
}

fn one() -> Quantity {
    Quantity::whole(1).expect("a quantity")
}
