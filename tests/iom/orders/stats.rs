//! What a month of orders came to, in the tenant's own days.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde_json::json;
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::orders::{self, Channel, NewLine, NewOrder};
use stockbridge_domain::values::Price;
use stockbridge_domain::{Actor, TenantId};

use super::super::{fields, refused};
use super::{goods, place, step_to, whole};
use crate::support::{Shop, on_each_engine};

/// Places an order at an instant, in UTC.
async fn placed_at(shop: &Shop, product_id: i64, price: &str, at: &str) -> i64 {
    let at: NaiveDateTime = at.parse().expect("an instant");
    let unit_price = Some(Price::parse(price).expect("a price"));
    let line = NewLine { product_id, quantity: whole(1), unit_price, serials: Vec::new() };
    let new = NewOrder {
        customer_id: None,
        warehouse_id: None,
        channel: Channel::Manual,
        shipping_address: None,
        written: |_| String::new(),
        allow_backorder: false,
        lines: vec![line],
    };
    let order =
        shop.store.alter(move |lobby| orders::place(&mut lobby.as_if(TenantId::new(1), Actor::System, at)?, &new));
    order.await.expect("an order").id
}

#[test]
fn a_month_without_orders_is_all_zeros() {
    on_each_engine(async |shop| {
        let reply = shop.iom().get("/orders/stats?period=2026-05").await.is(200);
        let said = concat!(
            r#"{"period":"2026-05","total_orders":0,"total_revenue":"0.00","avg_order_value":"0.00","#,
            r#""by_status":{"pending":0,"paid":0,"fulfilling":0,"fulfilled":0,"shipped":0,"cancelled":0}}"#
        );
        assert_eq!(reply.text(), said);
    });
}

#[test]
fn a_month_counts_what_was_placed_in_it_and_not_cancelled() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 1_000).await;
        let mut made = Vec::new();
        for (price, at) in [
            ("1.00", "2026-04-30T23:59:59"),
            ("0.10", "2026-05-01T00:00:00"),
            ("0.20", "2026-05-06T09:00:00"),
            ("9.99", "2026-05-15T09:00:00"),
            ("100", "2026-05-20T09:00:00"),
            ("0.05", "2026-05-31T23:59:59"),
            ("1.00", "2026-06-01T00:00:00"),
        ] {
            made.push(placed_at(shop, product, price, at).await);
        }
        step_to(shop, made[2], "paid").await;
        step_to(shop, made[3], "fulfilled").await;
        step_to(shop, made[4], "cancelled").await;
        let expected = json!({
            "period": "2026-05", "total_orders": 4, "total_revenue": "10.34", "avg_order_value": "2.59",
            "by_status": {"pending": 2, "paid": 1, "fulfilling": 0, "fulfilled": 1, "shipped": 0, "cancelled": 1}
        });
        assert_eq!(shop.iom().get("/orders/stats?period=2026-05").await.is(200).json(), expected);
        for period in ["2026-04", "2026-06"] {
            let reply = shop.iom().get(&format!("/orders/stats?period={period}")).await.is(200);
            assert_eq!((reply.at("/total_orders"), reply.at("/avg_order_value")), (json!(1), json!("1.00")));
        }
        for (query, total) in
            [("from=2026-05-01&to=2026-05-31", 5), ("to=2026-04-30", 1), ("from=2026-05-31&to=2026-06-01", 2)]
        {
            assert_eq!(shop.iom().get(&format!("/orders?{query}")).await.is(200).at("/total"), json!(total), "{query}");
        }
    });
}

#[test]
fn days_and_months_are_those_of_the_tenants_zone() {
    on_each_engine(async |shop| {
        let changes = TenantChanges { zone: Some(Tz::Australia__Sydney), ..TenantChanges::default() };
        shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a zone");
        let product = goods(shop, "ONE", json!(1), 10).await;
        // Ten in the morning of the first of May in Sydney is midnight in UTC.
        placed_at(shop, product, "1", "2026-04-30T13:59:59").await;
        placed_at(shop, product, "2", "2026-04-30T14:00:00").await;
        for (period, revenue) in [("2026-04", "1.00"), ("2026-05", "2.00")] {
            let reply = shop.iom().get(&format!("/orders/stats?period={period}")).await.is(200);
            assert_eq!(reply.at("/total_revenue"), json!(revenue), "{period}");
        }
        let reply = shop.iom().get("/orders?to=2026-04-30").await.is(200);
        assert_eq!((reply.at("/total"), reply.at("/orders/0/total_amount")), (json!(1), json!("1.00")));
        assert_eq!(shop.iom().get("/orders?from=2026-05-01").await.is(200).at("/total"), json!(1));
        // Without a period it is the month that the tenant has now.
        place(shop, json!([{"product_id": product, "quantity": 1}])).await;
        let today = shop.store.look(|lobby| Ok(lobby.as_system(TenantId::new(1))?.today())).await.expect("a day");
        let reply = shop.iom().get("/orders/stats").await.is(200);
        assert_eq!(reply.at("/period"), json!(today.format("%Y-%m").to_string()));
        assert_ne!(reply.at("/total_orders"), json!(0));
    });
}

#[test]
fn a_period_that_is_no_month_is_refused() {
    on_each_engine(async |shop| {
        for period in ["2026-13", "2026-5", "05-2026", "now", "2026-05-01", "0000-01"] {
            let reply = shop.iom().get(&format!("/orders/stats?period={period}")).await;
            assert_eq!(refused(&reply, 400, "validation_failed"), "period must be a month such as 2026-05");
            assert_eq!(fields(&reply), ["period"]);
        }
        let last = shop.iom().get("/orders/stats?period=9999-12").await.is(200);
        assert_eq!((last.at("/period"), last.at("/by_status/paid")), (json!("9999-12"), json!(0)));
    });
}
