//! The list of orders.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stockbridge_domain::orders::{self, Channel, Order, OrderFilter, Status};
use stockbridge_domain::page::Slice;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::{OrderChannel, OrderStatus, number};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, days, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_orders]
}

/// List orders
///
/// The newest first, a page at a time. `total` is exact. For deep reading send `next_cursor` back as `cursor`: no
/// order then appears twice or is left out because others come in.
#[utoipa::path(
    get, path = "/orders", tag = "orders", params(OrderQuery, PageQuery),
    responses(
        (status = 200, description = "The orders that match", body = OrderListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn list_orders(caller: Caller<Viewer>, filter: Query<OrderQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, OrderQuery::check)).await?;
    let say = move |orders| ok(&OrderListResponse::new(orders, page));
    caller.read(move |tx| orders::list(tx, &filter, &page.window), say).await
}

/// Which orders are wanted; every condition that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// How far they have come
    #[param(value_type = OrderStatus, required = false)]
    status: Field<Option<OrderStatus>>,
    /// The id of the customer who ordered
    #[param(value_type = i64, required = false)]
    customer_id: Field<Option<i64>>,
    /// Where they came from
    #[param(value_type = OrderChannel, required = false)]
    channel: Field<Option<OrderChannel>>,
    /// Placed on this day or later, in the tenant's time zone
    #[param(value_type = String, format = Date, required = false, example = "2026-05-01")]
    from: Field<Option<NaiveDate>>,
    /// Placed on this day or earlier
    #[param(value_type = String, format = Date, required = false, example = "2026-05-31")]
    to: Field<Option<NaiveDate>>,
}

/// A part of the order list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderListResponse {
    /// The orders, the newest first
    orders: Vec<OrderRow>,
    /// Orders that match in all
    #[schema(example = 382)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows after these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRow {
    /// Its id
    #[schema(example = 1042)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "ORD-1042")]
    order_number: String,
    /// The id of the customer
    #[schema(required = true, example = 42)]
    customer_id: Option<i64>,
    /// The customer's name on that day
    #[schema(required = true, example = "Acme Corp")]
    customer_name: Option<String>,
    /// How far it has come
    status: OrderStatus,
    /// Where it came from
    channel: OrderChannel,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    total_amount: String,
    /// How many lines it has
    #[schema(example = 1)]
    item_count: i64,
    /// The id of the warehouse it is fulfilled from
    #[schema(example = 1)]
    warehouse_id: i64,
    /// When it was placed
    #[schema(format = DateTime, example = "2026-05-06T09:00:00Z")]
    created_at: String,
}

impl OrderQuery {
    /// Judges the parameters.
    ///
    /// # Errors
    /// A recorded problem.
    pub(crate) fn check(self, check: &mut Check) -> Result<OrderFilter, Gap> {
        let Self { status, customer_id, channel, from, to } = self;
        let status = check.optional_text("status", status);
        let customer_id = check.optional_text("customer_id", customer_id);
        let channel = check.optional_text("channel", channel);
        let days = days(check, from, to);
        let (status, channel, (from, to)) = (status?.map(Status::from), channel?.map(Channel::from), days?);
        Ok(OrderFilter { status, customer_id: customer_id?, channel, from, to })
    }
}

impl OrderListResponse {
    fn new(orders: Slice<Order>, page: Page) -> Self {
        let Slice { rows, total, next } = orders;
        Self {
            orders: rows.into_iter().map(OrderRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Order> for OrderRow {
    fn from(order: Order) -> Self {
        let Order {
            id,
            number: its_number,
            customer_id,
            customer_name,
            warehouse_id,
            status,
            channel,
            total,
            item_count,
            shipping_address: _,
            created_by: _,
            created_at,
            updated_at: _,
        } = order;
        Self {
            id,
            order_number: number(its_number),
            customer_id,
            customer_name,
            status: status.into(),
            channel: channel.into(),
            total_amount: total.to_string(),
            item_count,
            warehouse_id,
            created_at: instant(created_at),
        }
    }
}
