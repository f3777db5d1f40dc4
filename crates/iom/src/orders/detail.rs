//! One order, with its lines.

use serde::Serialize;
use stockbridge_domain::Result;
use stockbridge_domain::orders::{self, Line, Order};
use stockbridge_http::numbers::Number;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::address::ShippingAddress;
use super::{OrderChannel, OrderStatus, number};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::Id;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_order]
}

/// Get an order
///
/// With its lines, and how much of each has left stock and come back.
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders", params(("id" = i64, Path, description = "The order's id")),
    responses(
        (status = 200, description = "The order", body = OrderResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such order", body = ErrorResponse)
    )
)]
pub async fn get_order(caller: Caller<Viewer>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.read(move |tx| orders::get(tx, id), |(order, lines)| ok(&OrderResponse::new(order, lines)?)).await
}

/// An order with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderResponse {
    /// Its id
    #[schema(example = 1042)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "ORD-1042")]
    order_number: String,
    /// The id of the customer
    #[schema(required = true, example = 42)]
    customer_id: Option<i64>,
    /// The customer's name on the day of the order
    #[schema(required = true, example = "Acme Corp")]
    customer_name: Option<String>,
    /// How far it has come
    status: OrderStatus,
    /// Where it came from
    channel: OrderChannel,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    total_amount: String,
    /// Where it goes
    #[schema(required = true)]
    shipping_address: Option<ShippingAddress>,
    /// Its lines, as they were given
    items: Vec<OrderItem>,
    /// When it was placed
    #[schema(format = DateTime, example = "2026-05-06T09:00:00Z")]
    created_at: String,
    /// The id of the warehouse it is fulfilled from
    #[schema(example = 1)]
    warehouse_id: i64,
    /// How many lines it has
    #[schema(example = 1)]
    item_count: i64,
    /// Who placed it
    #[schema(example = "Jane Doe")]
    created_by_name: String,
    /// When it last changed
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    updated_at: String,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderItem {
    /// Its id
    #[schema(example = 2081)]
    id: i64,
    /// The id of the product
    #[schema(example = 7)]
    product_id: i64,
    /// The product's SKU on the day of the order
    #[schema(example = "WGT-500")]
    sku: String,
    /// The product's name on the day of the order
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// How much is ordered
    #[schema(value_type = f64, example = 3)]
    quantity: Number,
    /// At which price
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "49.99")]
    unit_price: String,
    /// How much has left stock for it
    #[schema(value_type = f64, example = 0)]
    quantity_fulfilled: Number,
    /// How much of that came back
    #[schema(value_type = f64, example = 0)]
    quantity_returned: Number,
    /// Quantity × price, rounded
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    line_total: String,
}

impl OrderResponse {
    fn new(order: Order, lines: Vec<Line>) -> Result<Self> {
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
            shipping_address,
            created_by,
            created_at,
            updated_at,
        } = order;
        Ok(Self {
            id,
            order_number: number(its_number),
            customer_id,
            customer_name,
            status: status.into(),
            channel: channel.into(),
            total_amount: total.to_string(),
            shipping_address: shipping_address.as_deref().map(ShippingAddress::read).transpose()?,
            items: lines.into_iter().map(OrderItem::from).collect(),
            created_at: instant(created_at),
            warehouse_id,
            item_count,
            created_by_name: created_by,
            updated_at: instant(updated_at),
        })
    }
}

impl From<Line> for OrderItem {
    fn from(line: Line) -> Self {
        let Line {
            id,
            order_id: _,
            product_id,
            sku,
            product_name,
            quantity,
            unit_price,
            amount,
            fulfilled,
            returned,
            is_open: _,
        } = line;
        Self {
            id,
            product_id,
            sku,
            product_name,
            quantity: quantity.into(),
            unit_price: unit_price.to_string(),
            quantity_fulfilled: fulfilled.into(),
            quantity_returned: returned.into(),
            line_total: amount.to_string(),
        }
    }
}
