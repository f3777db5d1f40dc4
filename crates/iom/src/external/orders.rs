//! Orders of integrations: reading and placing them.

use serde::Serialize;
use stockbridge_domain::orders::{self, Channel, Order};
use stockbridge_domain::page::Slice;
use stockbridge_http::body::RawBody;
use stockbridge_http::query::Query;
use stockbridge_http::reply::{created, ok};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::{ReadRefusals, WriteRefusals};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Read, Write};
use crate::error::ErrorResponse;
use crate::orders::create::{OrderCreatedResponse, OrderRequest};
use crate::orders::list::OrderQuery;
use crate::orders::{OrderChannel, OrderStatus, number};
use crate::requests::{BodyRefusals, Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_external_orders, create_external_order]
}

/// List orders for an integration
///
/// Needs an API key with the permission read. All orders of the company, the newest first, a page at a time. `total` is
/// exact. For deep reading send `next_cursor` back as `cursor`.
#[utoipa::path(
    get, path = "/external/orders", tag = "external", security(("api_key" = [])), params(OrderQuery, PageQuery),
    responses(
        (status = 200, description = "The orders that match", body = ExternalOrderListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse),
        ReadRefusals
    )
)]
pub async fn list_external_orders(caller: Caller<Read>, filter: Query<OrderQuery>, page: Query<PageQuery>) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, OrderQuery::check)).await?;
    let say = move |orders| ok(&ExternalOrderListResponse::new(orders, page));
    caller.read(move |tx| orders::list(tx, &filter, &page.window), say).await
}

/// Create an order for an integration
///
/// Needs an API key with the permission write. The same body and rules as `POST /api/orders`; an order that names no
/// channel came through `api`.
#[utoipa::path(
    post, path = "/external/orders", tag = "external", security(("api_key" = [])), request_body = OrderRequest,
    responses(
        (status = 201, description = "The order was placed", body = OrderCreatedResponse),
        BodyRefusals,
        WriteRefusals,
        (status = 404, description = "There is no such customer, warehouse or product", body = ErrorResponse),
        (status = 409, description = "There is too little in stock", body = ErrorResponse)
    )
)]
pub async fn create_external_order(caller: Caller<Write>, body: RawBody) -> Answer {
    let new = caller.understand(|| OrderRequest::read(&body, Channel::Api)).await?;
    caller.write(move |tx| orders::place(tx, &new), |order| created(&OrderCreatedResponse::from(order))).await
}

/// A part of the order list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalOrderListResponse {
    /// The orders, the newest first
    orders: Vec<ExternalOrderRow>,
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
pub struct ExternalOrderRow {
    /// Its id
    #[schema(example = 1042)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "ORD-1042")]
    order_number: String,
    /// How far it has come
    status: OrderStatus,
    /// Where it came from
    channel: OrderChannel,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    total_amount: String,
    /// When it was placed
    #[schema(format = DateTime, example = "2026-05-06T09:00:00Z")]
    created_at: String,
}

impl ExternalOrderListResponse {
    fn new(orders: Slice<Order>, page: Page) -> Self {
        let Slice { rows, total, next } = orders;
        Self {
            orders: rows.into_iter().map(ExternalOrderRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<Order> for ExternalOrderRow {
    fn from(order: Order) -> Self {
        // An excerpt by design: the whole order is what a user gets.
        let Order { id, number: its_number, status, channel, total, created_at, .. } = order;
        Self {
            id,
            order_number: number(its_number),
            status: status.into(),
            channel: channel.into(),
            total_amount: total.to_string(),
            created_at: instant(created_at),
        }
    }
}
