//! The day so far, at a glance.

use serde::Serialize;
use stockbridge_domain::orders::Order;
use stockbridge_domain::reports::{self, Dashboard};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::orders::{OrderStatus, number};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_dashboard]
}

/// Get the dashboard
///
/// What today came to in the tenant's time zone, what is open, what runs low, and the ten newest orders.
#[utoipa::path(
    get, path = "/reports/dashboard", tag = "reports",
    responses((status = 200, description = "The day so far", body = DashboardResponse))
)]
pub async fn get_dashboard(caller: Caller<Viewer>) -> Answer {
    caller.read(reports::dashboard, |dashboard| ok(&DashboardResponse::from(dashboard))).await
}

/// The day so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardResponse {
    /// What today came to
    today: Today,
    /// Orders that are pending, paid or fulfilling, of any day
    #[schema(example = 44)]
    open_orders: i64,
    /// Stock rows at or below their reorder level
    #[schema(example = 6)]
    low_stock_count: i64,
    /// Active products of which nothing is on hand
    #[schema(example = 2)]
    out_of_stock_count: i64,
    /// The newest orders
    recent_orders: Vec<RecentOrder>,
}

/// What today came to, without cancelled orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct Today {
    /// What the orders of today come to, with 2 decimals
    #[schema(value_type = f64, example = 4820.50)]
    revenue: Number,
    /// How many they are
    #[schema(example = 12)]
    orders: i64,
    /// How many units they are for
    #[schema(value_type = f64, example = 38)]
    units_sold: Number,
}

/// One of the newest orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecentOrder {
    /// Its id
    #[schema(example = 1042)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "ORD-1042")]
    order_number: String,
    /// The customer's name on that day
    #[schema(required = true, example = "Acme Corp")]
    customer_name: Option<String>,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    total_amount: String,
    /// How far it has come
    status: OrderStatus,
    /// When it was placed
    #[schema(format = DateTime, example = "2026-05-06T09:00:00Z")]
    created_at: String,
}

impl From<Dashboard> for DashboardResponse {
    fn from(dashboard: Dashboard) -> Self {
        let Dashboard { revenue, orders, units, open_orders, low, out, recent } = dashboard;
        Self {
            today: Today { revenue: Number::money(revenue), orders, units_sold: units.into() },
            open_orders,
            low_stock_count: low,
            out_of_stock_count: out,
            recent_orders: recent.into_iter().map(RecentOrder::from).collect(),
        }
    }
}

impl From<Order> for RecentOrder {
    fn from(order: Order) -> Self {
        let Order {
            id,
            number: its_number,
            customer_id: _,
            customer_name,
            warehouse_id: _,
            status,
            channel: _,
            total,
            item_count: _,
            shipping_address: _,
            created_by: _,
            created_at,
            updated_at: _,
        } = order;
        Self {
            id,
            order_number: number(its_number),
            customer_name,
            total_amount: total.to_string(),
            status: status.into(),
            created_at: instant(created_at),
        }
    }
}
