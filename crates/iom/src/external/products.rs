//! Products as integrations see them: what is on offer.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::{Deserialize, Serialize};
use stockbridge_domain::items::{self, Item, ItemColumns, ItemDetail, ItemFilter, ItemLine};
use stockbridge_domain::page::Slice;
use stockbridge_domain::stock::{self, Level};
use stockbridge_domain::values::Name;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::numbers::Number;
use stockbridge_http::path::{PathFault, segment};
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use super::ReadRefusals;
use crate::answer::Answer;
use crate::auth::{Caller, Read};
use crate::error::ErrorResponse;
use crate::products::detail::ProductStock;
use crate::requests::{Page, PageQuery, part_of};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_external_products, get_external_product]
}

/// List products for an integration
///
/// Needs an API key with the permission read. Active products only, by id, a page at a time. `total` is exact. For deep
/// reading send `next_cursor` back as `cursor`.
#[utoipa::path(
    get, path = "/external/products", tag = "external", security(("api_key" = [])),
    params(ExternalProductQuery, PageQuery),
    responses(
        (status = 200, description = "The products that match", body = ExternalProductListResponse),
        (status = 400, description = "A parameter is wrong", body = ErrorResponse),
        ReadRefusals
    )
)]
pub async fn list_external_products(
    caller: Caller<Read>,
    filter: Query<ExternalProductQuery>,
    page: Query<PageQuery>,
) -> Answer {
    let (filter, page) = caller.understand(|| part_of(filter, page, ExternalProductQuery::check)).await?;
    let say = move |products| ok(&ExternalProductListResponse::new(products, page));
    caller.read(move |tx| items::list(tx, &filter, &page.window), say).await
}

/// Get a product by its SKU for an integration
///
/// Needs an API key with the permission read. Upper and lower case are the same; a slash in a SKU is sent as `%2F`. An
/// inactive product is not found, as it is not listed.
#[utoipa::path(
    get, path = "/external/products/{sku}", tag = "external", security(("api_key" = [])),
    params(("sku" = String, Path, description = "The product's SKU")),
    responses(
        (status = 200, description = "The product", body = ExternalProductResponse),
        (status = 400, description = "The path is not UTF-8", body = ErrorResponse),
        (status = 404, description = "There is no such active product", body = ErrorResponse),
        ReadRefusals
    )
)]
pub async fn get_external_product(caller: Caller<Read>, sku: Sku) -> Answer {
    let sku = caller.understand(|| Ok(sku.0?)).await?;
    let say = |(product, levels)| ok(&ExternalProductResponse::new(product, levels));
    let command = move |tx: &mut stockbridge_domain::Tx<'_>| {
        let product = items::on_offer(tx, &sku)?;
        let levels = stock::of_item(tx, product.item.id)?;
        Ok((product, levels))
    };
    caller.read(command, say).await
}

/// The `{sku}` of a path, decoded. Extracting it never fails.
#[derive(Debug)]
pub struct Sku(Result<String, PathFault>);

/// Which products are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ExternalProductQuery {
    /// Part of the name, SKU or barcode, in any case
    #[param(value_type = String, required = false, example = "widget")]
    search: Field<Option<Name>>,
}

/// A part of the product list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalProductListResponse {
    /// The products, by id
    products: Vec<ExternalProductRow>,
    /// Products that match in all
    #[schema(example = 48)]
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

/// A product in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalProductRow {
    /// Its id
    #[schema(example = 7)]
    id: i64,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    name: String,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// What it sells for
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "49.99")]
    price: String,
    /// Its barcode
    #[schema(required = true, example = "9312345678901")]
    barcode: Option<String>,
    /// Who makes it
    #[schema(required = true, example = "WidgetCo")]
    vendor: Option<String>,
    /// On hand in all warehouses
    #[schema(value_type = f64, example = 320)]
    total_stock: Number,
    /// Whether it is on offer
    is_active: bool,
}

/// A product and what is on hand of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalProductResponse {
    /// Its id
    #[schema(example = 7)]
    id: i64,
    /// Its name
    #[schema(example = "Widget Pro 500")]
    name: String,
    /// Its SKU
    #[schema(example = "WGT-500")]
    sku: String,
    /// What it sells for
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "49.99")]
    price: String,
    /// Its barcode
    #[schema(required = true, example = "9312345678901")]
    barcode: Option<String>,
    /// What is on hand in each warehouse
    stock: Vec<ProductStock>,
}

impl FromRequest for Sku {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(segment(request, "sku"))))
    }
}

impl ExternalProductQuery {
    fn check(self, check: &mut Check) -> Result<ItemFilter, Gap> {
        let Self { search } = self;
        let search = check.optional_text("search", search);
        Ok(ItemFilter { search: search?.map(String::from), is_active: Some(true), ..ItemFilter::default() })
    }
}

impl ExternalProductListResponse {
    fn new(products: Slice<ItemLine>, page: Page) -> Self {
        let Slice { rows, total, next } = products;
        Self {
            products: rows.into_iter().map(ExternalProductRow::from).collect(),
            total,
            page: page.number,
            limit: page.window.limit,
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<ItemLine> for ExternalProductRow {
    fn from(line: ItemLine) -> Self {
        let ItemLine { item, category_name: _, on_hand } = line;
        let ItemColumns {
            id,
            name,
            sku,
            base_price,
            cost_price: _,
            barcode,
            vendor,
            category_id: _,
            tracking: _,
            is_active,
        } = item;
        Self { id, name, sku, price: base_price.to_string(), barcode, vendor, total_stock: on_hand.into(), is_active }
    }
}

impl ExternalProductResponse {
    fn new(product: ItemDetail, levels: Vec<Level>) -> Self {
        // An excerpt by design: the whole product is what a user gets.
        let Item { id, name, sku, base_price, barcode, .. } = product.item;
        let stock = levels.into_iter().map(ProductStock::from).collect();
        Self { id, name, sku, price: base_price.to_string(), barcode, stock }
    }
}
