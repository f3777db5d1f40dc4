//! Variants of a product: they describe it, hold no stock and cannot be ordered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stockbridge_domain::items::variants::{self, Variant, VariantDetails};
use stockbridge_domain::values::{Code, Name, Price};
use stockbridge_domain::{Fault, Result as Outcome};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::{Field, Nested};
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, PartId};

/// Options of one variant at the most.
const MOST_OPTIONS: usize = 20;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![create_variant, replace_variant, delete_variant]
}

/// Create a variant of a product
///
/// For admins and managers. It describes the product: it holds no stock and cannot be ordered. Its SKU is unique among
/// the variants of the tenant in any case; a product may have the same one. A product has at most 100 variants.
#[utoipa::path(
    post, path = "/products/{id}/variants", tag = "products", request_body = VariantRequest,
    params(("id" = i64, Path, description = "The product's id")),
    responses(
        (status = 201, description = "The variant was made", body = VariantCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product", body = ErrorResponse),
        (status = 409, description = "The SKU is taken, or the product has 100 variants already", body = ErrorResponse)
    )
)]
pub async fn create_variant(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, new) = caller.understand(|| Ok((id.read()?, VariantRequest::read(&body)?))).await?;
    let say = |variant| created(&VariantCreatedResponse::new(variant)?);
    caller.write(move |tx| variants::create(tx, id, &new), say).await
}

/// Replace a variant of a product
///
/// For admins and managers. What is left out is emptied.
#[utoipa::path(
    put, path = "/products/{id}/variants/{variant_id}", tag = "products", request_body = VariantRequest,
    params(
        ("id" = i64, Path, description = "The product's id"),
        ("variant_id" = i64, Path, description = "The variant's id")
    ),
    responses(
        (status = 200, description = "The variant was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product, or it has no such variant", body = ErrorResponse),
        (status = 409, description = "The SKU is taken", body = ErrorResponse)
    )
)]
pub async fn replace_variant(caller: Caller<Manager>, id: Id, variant: PartId, body: RawBody) -> Answer {
    let read = || Ok((id.read()?, variant.read()?, VariantRequest::read(&body)?));
    let (id, variant, details) = caller.understand(read).await?;
    let say = |()| message("Variant updated");
    caller.write(move |tx| variants::replace(tx, id, variant, &details), say).await
}

/// Delete a variant of a product
///
/// For admins and managers. Its SKU is free again.
#[utoipa::path(
    delete, path = "/products/{id}/variants/{variant_id}", tag = "products",
    params(
        ("id" = i64, Path, description = "The product's id"),
        ("variant_id" = i64, Path, description = "The variant's id")
    ),
    responses(
        (status = 200, description = "The variant is gone", body = MessageResponse),
        (status = 400, description = "An id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such product, or it has no such variant", body = ErrorResponse)
    )
)]
pub async fn delete_variant(caller: Caller<Manager>, id: Id, variant: PartId) -> Answer {
    let (id, variant) = caller.understand(|| Ok((id.read()?, variant.read()?))).await?;
    caller.write(move |tx| variants::remove(tx, id, variant), |()| message("Variant deleted")).await
}

/// A whole variant.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct VariantRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Red, large")]
    name: Field<Name>,
    /// Its SKU, unique among the variants of the tenant in any case
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "WGT-500-RL")]
    sku: Field<Option<Code>>,
    /// What it sells for, with up to 4 decimals
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 900_000_000_000_i64, example = 54.99)]
    price: Field<Price>,
    /// What it differs in: at most 20 texts by their names, each of at most 255 characters
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, required = false, example = json!({"colour": "red", "size": "L"}))]
    options: Field<Nested<BTreeMap<String, Field<Name>>>>,
}

/// A variant that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantCreatedResponse {
    /// Its id
    #[schema(example = 3)]
    id: i64,
    /// Its name
    #[schema(example = "Red, large")]
    name: String,
    /// Its SKU
    #[schema(required = true, example = "WGT-500-RL")]
    sku: Option<String>,
    /// What it sells for
    #[schema(required = true, pattern = r"^\d+\.\d{2,4}$", example = "54.99")]
    price: Option<String>,
    /// What it differs in
    #[schema(example = json!({"colour": "red", "size": "L"}))]
    options: BTreeMap<String, String>,
    /// When it was made
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    created_at: String,
}

/// A variant of a product: it describes, and holds no stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductVariant {
    /// Its id
    #[schema(example = 3)]
    id: i64,
    /// Its name
    #[schema(example = "Red, large")]
    name: String,
    /// Its SKU
    #[schema(required = true, example = "WGT-500-RL")]
    sku: Option<String>,
    /// What it sells for
    #[schema(required = true, pattern = r"^\d+\.\d{2,4}$", example = "54.99")]
    price: Option<String>,
    /// What it differs in
    #[schema(example = json!({"colour": "red", "size": "L"}))]
    options: BTreeMap<String, String>,
}

impl VariantRequest {
    fn read(body: &RawBody) -> Result<VariantDetails, Reason> {
        let Self { name, sku, price, options } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let sku = check.optional_text("sku", sku);
        let price = check.optional("price", price);
        let options = check.nested("options", options, judged);
        check.finish()?;
        let options = serde_json::json!(options?.unwrap_or_default()).to_string();
        Ok(VariantDetails { name: name?, sku: sku?, price: price?, options })
    }
}

fn judged(check: &mut Check, options: BTreeMap<String, Field<Name>>) -> Result<BTreeMap<String, String>, Gap> {
    if options.len() > MOST_OPTIONS {
        return Err(check.refuse("", format!("must hold at most {MOST_OPTIONS} texts")));
    }
    let judged = options.into_iter().map(|(key, value)| {
        let name = match Name::parse(&key) {
            Ok(Some(name)) => Ok(name),
            Ok(None) => Err(check.refuse("", "must not have an empty name")),
            Err(fault) => Err(check.refuse("", format!("have a name that {fault}"))),
        };
        // Nothing that is no name is repeated in a problem.
        let value = check.required(name.as_ref().map_or("", Name::as_str), value);
        Ok((name?.into(), value?.into()))
    });
    // Not collected straight into a result: that would stop at the first problem.
    let judged = judged.collect::<Vec<_>>();
    judged.into_iter().collect()
}

impl VariantCreatedResponse {
    fn new(variant: Variant) -> Outcome<Self> {
        let created_at = instant(variant.created_at);
        let ProductVariant { id, name, sku, price, options } = ProductVariant::new(variant)?;
        Ok(Self { id, name, sku, price, options, created_at })
    }
}

impl ProductVariant {
    /// A variant as it is listed.
    ///
    /// # Errors
    /// Only when nobody here wrote its options.
    pub(super) fn new(variant: Variant) -> Outcome<Self> {
        let Variant { id, name, sku, price, options, created_at: _ } = variant;
        let fault = |error| Fault::Internal(format!("the options of a variant are no JSON: {error}"));
        let options = serde_json::from_str(&options).map_err(fault)?;
        Ok(Self { id, name, sku, price: price.map(|price| price.to_string()), options })
    }
}
