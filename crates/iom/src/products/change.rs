//! Changing parts of a product.

use serde::Deserialize;
use stockbridge_domain::items::{self, ItemChanges, Tracking};
use stockbridge_domain::values::{Change, Code, Description, Name, Price, Weight};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::TrackingType;
use super::write::category;
use crate::answer::{Answer, MessageResponse, message};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![change_product]
}

/// Change a product
///
/// For admins and managers. What is left out stays as it is; null empties a field that can be empty.
#[utoipa::path(
    patch, path = "/products/{id}", tag = "products", request_body = ProductChangeRequest,
    params(("id" = i64, Path, description = "The product's id")),
    responses(
        (status = 200, description = "The product was changed", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product or category", body = ErrorResponse),
        (status = 409, description = "The SKU or the barcode is taken, or there is stock and the tracking would change",
            body = ErrorResponse)
    )
)]
pub async fn change_product(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, changes) = caller.understand(|| Ok((id.read()?, ProductChangeRequest::read(&body)?))).await?;
    caller.write(move |tx| items::amend(tx, id, &changes), |_| message("Product updated")).await
}

/// What shall change of a product.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProductChangeRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 255, example = "Widget Pro 500")]
    name: Field<Name>,
    /// Its SKU, unique within the tenant in any case
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "WGT-500")]
    sku: Field<Code>,
    /// What it sells for, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = f64, minimum = 0, maximum = 900_000_000_000_i64, example = 49.99)]
    base_price: Field<Price>,
    /// What it costs to get, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 18.00)]
    cost_price: Field<Price>,
    /// What it used to sell for, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 59.99)]
    compare_at_price: Field<Price>,
    /// The id of its category
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 3)]
    category_id: Field<i64>,
    /// Its barcode, unique within the tenant
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "9312345678901")]
    barcode: Field<Option<Code>>,
    /// Who makes it
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "WidgetCo")]
    vendor: Field<Option<Name>>,
    /// How its stock is told apart; cannot change while there is stock
    #[serde(default)]
    #[schema(value_type = TrackingType)]
    tracking_type: Field<TrackingType>,
    /// What one unit weighs, in kilograms; rounded to the gram
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, example = 0.45)]
    weight: Field<Weight>,
    /// A description
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000, example = "Heavy-duty widget with 500N load rating.")]
    description: Field<Option<Description>>,
    /// Whether tax is due on it
    #[serde(default)]
    #[schema(value_type = bool)]
    taxable: Field<bool>,
    /// Whether it has to be shipped
    #[serde(default)]
    #[schema(value_type = bool)]
    requires_shipping: Field<bool>,
    /// Whether it is on offer
    #[serde(default)]
    #[schema(value_type = bool)]
    is_active: Field<bool>,
}

impl ProductChangeRequest {
    fn read(body: &RawBody) -> Result<ItemChanges, Reason> {
        let Self {
            name,
            sku,
            base_price,
            cost_price,
            compare_at_price,
            category_id,
            barcode,
            vendor,
            tracking_type,
            weight,
            description,
            taxable,
            requires_shipping,
            is_active,
        } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.replace("name", name);
        let sku = check.replace("sku", sku);
        let base_price = check.replace("base_price", base_price);
        let cost_price = check.change("cost_price", cost_price);
        let compare_at_price = check.change("compare_at_price", compare_at_price);
        let category_id = check.change("category_id", category_id);
        let barcode = check.change_text("barcode", barcode);
        let vendor = check.change_text("vendor", vendor);
        let tracking = check.replace("tracking_type", tracking_type);
        let weight = check.change("weight", weight);
        let description = check.change_text("description", description);
        let taxable = check.replace("taxable", taxable);
        let requires_shipping = check.replace("requires_shipping", requires_shipping);
        let is_active = check.replace("is_active", is_active);
        check.finish()?;
        Ok(ItemChanges {
            name: name?,
            sku: sku?,
            base_price: base_price?.map_or(Change::Keep, Change::Set),
            cost_price: cost_price?,
            compare_at_price: compare_at_price?,
            category: match category_id? {
                Change::Keep => Change::Keep,
                Change::Clear => Change::Clear,
                Change::Set(id) => Change::Set(category(id)),
            },
            barcode: barcode?,
            vendor: vendor?,
            tracking: tracking?.map(Tracking::from),
            weight: weight?,
            description: description?,
            taxable: taxable?,
            requires_shipping: requires_shipping?,
            is_active: is_active?,
            ..ItemChanges::default()
        })
    }
}
