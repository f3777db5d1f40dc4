//! What stock is worth.

use serde::{Deserialize, Serialize};
use stockbridge_domain::page::Slice;
use stockbridge_domain::reports::{self, Valuation, ValuedLine};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::auth::{Caller, Viewer};
use crate::error::ErrorResponse;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_inventory_valuation]
}

/// Get the inventory valuation
///
/// What is on hand now, valued at the products' cost: one row for each product and warehouse with something on hand, by
/// product, then warehouse. `total_value` is that of all rows, whatever the page.
#[utoipa::path(
    get, path = "/reports/inventory", tag = "reports", params(ValuationQuery, PageQuery),
    responses(
        (status = 200, description = "What stock is worth", body = InventoryValuationResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse)
    )
)]
pub async fn get_inventory_valuation(
    caller: Caller<Viewer>,
    filter: Query<ValuationQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (warehouse, page) = caller.understand(|| part_of(filter, page, ValuationQuery::check)).await?;
    let say = move |valuation| ok(&InventoryValuationResponse::new(valuation, page));
    caller.read(move |tx| reports::valuation(tx, warehouse, &page.window), say).await
}

/// What is to be valued.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ValuationQuery {
    /// The id of the warehouse; all of them if it is left out
    #[param(value_type = i64, required = false)]
    warehouse_id: Field<Option<i64>>,
}

/// What stock is worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct InventoryValuationResponse {
    /// Today, in the tenant's time zone
    #[schema(format = Date, example = "2026-05-06")]
    valuation_date: String,
    /// All of it, with 2 decimals
    #[schema(value_type = f64, example = 84_320.50)]
    total_value: Number,
    /// A part of its rows, by product, then warehouse
    items: Vec<ValuationItem>,
    /// Rows in all
    #[schema(example = 48)]
    total: i64,
    /// The page that was asked for
    #[schema(example = 1)]
    page: i64,
    /// Rows of one page
    #[schema(example = 50)]
    limit: i64,
    /// What to send as `cursor` for the rows behind these; null at the end
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What lies of a product in a warehouse, and what it is worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValuationItem {
    /// The product's id
    #[schema(example = 7)]
    product_id: i64,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    product_name: String,
    /// The warehouse's id
    #[schema(example = 1)]
    warehouse_id: i64,
    /// Its name
    #[schema(example = "Sydney Warehouse")]
    warehouse_name: String,
    /// On hand
    #[schema(value_type = f64, example = 200)]
    quantity: Number,
    /// What one unit costs; 0.00 where nothing is known of it
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "18.00")]
    cost_price: String,
    /// Quantity × cost, with 2 decimals
    #[schema(value_type = f64, example = 3600.00)]
    total_value: Number,
}

impl ValuationQuery {
    fn check(self, check: &mut Check) -> Result<Option<i64>, Gap> {
        let Self { warehouse_id } = self;
        check.optional_text("warehouse_id", warehouse_id)
    }
}

impl InventoryValuationResponse {
    fn new(valuation: Valuation, page: Page) -> Self {
        let Valuation { day, total: value, lines: Slice { rows, total, next } } = valuation;
        Self {
            valuation_date: day.to_string(),
            total_value: Number::money(value),
            items: rows.into_iter().map(ValuationItem::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<ValuedLine> for ValuationItem {
    fn from(line: ValuedLine) -> Self {
        let ValuedLine { product_id, sku, product_name, warehouse_id, warehouse_name, quantity, cost_price, value } =
            line;
        Self {
            product_id,
            sku,
            product_name,
            warehouse_id,
            warehouse_name,
            quantity: quantity.into(),
            cost_price: cost_price.unwrap_or_default().to_string(),
            total_value: Number::money(value),
        }
    }
}
