//! Placing orders.

use serde::{Deserialize, Serialize};
use stockbridge_domain::orders::{self, Channel, NewLine, NewOrder, Order};
use stockbridge_domain::values::{Code, Price, Quantity};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, List, Nested};
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::address::{ShippingAddress, ShippingAddressRequest};
use super::{OrderChannel, OrderStatus, number, some_lines};
use crate::answer::{Answer, instant};
use crate::auth::{Caller, Staff};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, above_zero};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_order]
}

/// Create an order
///
/// For staff and above. Its stock is reserved, all of it or nothing: what there is too little of is listed in
/// `details`, unless the order or the tenant allows backorders.
#[utoipa::path(
    post, path = "/orders", tag = "orders", request_body = OrderRequest,
    responses(
        (status = 201, description = "The order was placed", body = OrderCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such customer, warehouse or product", body = ErrorResponse),
        (status = 409, description = "There is too little in stock", body = ErrorResponse)
    )
)]
pub async fn create_order(caller: Caller<Staff>, body: RawBody) -> Answer {
    let new = caller.understand(|| OrderRequest::read(&body, Channel::Manual)).await?;
    caller.write(move |tx| orders::place(tx, &new), |order| created(&OrderCreatedResponse::from(order))).await
}

/// An order to be placed.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct OrderRequest {
    /// The id of the customer
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 42)]
    customer_id: Field<i64>,
    /// What is ordered; the same product may stand on several lines
    #[serde(default)]
    #[schema(value_type = Vec<OrderItemRequest>, required = true, min_items = 1, max_items = 1000)]
    items: Field<List<Nested<OrderItemRequest>>>,
    /// The id of the warehouse to fulfil it from; the default one if it is left out
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    warehouse_id: Field<i64>,
    /// Where it comes from; if it does not say `manual`, or `api` under `/api/external`
    #[serde(default)]
    #[schema(value_type = OrderChannel)]
    channel: Field<Option<OrderChannel>>,
    /// Where it goes; the customer's default shipping address if it is left out
    #[serde(default)]
    #[schema(value_type = Option<ShippingAddressRequest>)]
    shipping_address: Field<Nested<ShippingAddressRequest>>,
    /// Whether more may be reserved than is in stock
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    allow_backorder: Field<bool>,
}

/// A line of an order to be placed.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct OrderItemRequest {
    /// The id of the product
    #[serde(default)]
    #[schema(value_type = i64, required = true, example = 7)]
    product_id: Field<i64>,
    /// How much, more than 0, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = f64, required = true, exclusive_minimum = 0, maximum = 900_000_000_000_i64, example = 3)]
    quantity: Field<Quantity>,
    /// At which price, with up to 4 decimals; the product's if it is left out
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 49.99)]
    unit_price: Field<Price>,
    /// Serial numbers of units to be kept for this line
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    serials: Field<List<Code>>,
}

/// An order that was placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderCreatedResponse {
    /// Its id
    #[schema(example = 1043)]
    id: i64,
    /// Its number, consecutive within the tenant
    #[schema(example = "ORD-1043")]
    order_number: String,
    /// How far it has come
    status: OrderStatus,
    /// The sum of its lines
    #[schema(pattern = r"^\d+\.\d{2}$", example = "149.97")]
    total_amount: String,
    /// When it was placed
    #[schema(format = DateTime, example = "2026-05-06T11:35:10Z")]
    created_at: String,
}

impl OrderRequest {
    /// Reads an order that came through a channel unless it says otherwise.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn read(body: &RawBody, through: Channel) -> Result<NewOrder, Reason> {
        let Self { customer_id, items, warehouse_id, channel, shipping_address, allow_backorder } =
            requests::json(body)?;
        let mut check = Check::new();
        let customer_id = check.optional("customer_id", customer_id);
        let lines = check.each("items", items, |check, line| line.check(check));
        let lines = some_lines(&mut check, lines);
        let lines = check.need("items", lines);
        let warehouse_id = check.optional("warehouse_id", warehouse_id);
        let channel = check.optional_text("channel", channel);
        let address = check.nested("shipping_address", shipping_address, |check, address| address.check(check));
        let allow_backorder = check.optional("allow_backorder", allow_backorder);
        check.finish()?;
        Ok(NewOrder {
            customer_id: customer_id?,
            warehouse_id: warehouse_id?,
            channel: channel?.map_or(through, Channel::from),
            shipping_address: address?.flatten().map(|address| address.written()),
            written: |address| ShippingAddress::from(address).written(),
            allow_backorder: allow_backorder?.unwrap_or(false),
            lines: lines?,
        })
    }
}

impl OrderItemRequest {
    fn check(self, check: &mut Check) -> Result<NewLine, Gap> {
        let Self { product_id, quantity, unit_price, serials } = self;
        let product_id = check.required("product_id", product_id);
        let quantity = above_zero(check, "quantity", quantity);
        let unit_price = check.optional("unit_price", unit_price);
        let serials = check.values("serials", serials);
        let (product_id, quantity) = (product_id?, quantity?);
        Ok(NewLine { product_id, quantity, unit_price: unit_price?, serials: serials?.unwrap_or_default() })
    }
}

impl From<Order> for OrderCreatedResponse {
    fn from(order: Order) -> Self {
        // An excerpt by design: the whole order is what GET answers.
        let Order { id, number: its_number, status, total, created_at, .. } = order;
        Self {
            id,
            order_number: number(its_number),
            status: status.into(),
            total_amount: total.to_string(),
            created_at: instant(created_at),
        }
    }
}
