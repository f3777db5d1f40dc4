//! Making an item.

use std::mem::take;

use serde::Deserialize;
use stockbridge_domain::Tx;
use stockbridge_domain::items::{self, NewItem};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::created;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::ItemDetailResponse;
use super::fields::{self, ItemHeader, TradeLine};
use crate::auth::Caller;
use crate::envelope::{Answer, FailureResponse};
use crate::loose::Part;
use crate::organization::{OfOrganization, OrganizationFields};

/// The routes of this file.
pub(super) fn routes() -> Vec<Documented> {
    routes![create_item]
}

/// Create an item
///
/// `data.header.item_code` and `data.header.item_name` must be there. Flags that are not said are "1". Where an id and a
/// code name the same reference, the id counts.
#[utoipa::path(
    post,
    path = "/inventory/items",
    tag = "items",
    request_body = NewItemBody,
    responses(
        (status = 201, description = "The item as it is now", body = ItemDetailResponse),
        (status = 400, description = "The body is not JSON", body = FailureResponse),
        (status = 409, description = "Its code or its barcode is taken", body = FailureResponse),
        (status = 413, description = "The body is too large", body = FailureResponse),
        (status = 415, description = "The body says to be something else than JSON", body = FailureResponse),
        (status = 422, description = "Fields are missing or wrong, or name what does not exist", body = FailureResponse),
    )
)]
async fn create_item(caller: Caller, query: Query<OrganizationFields>, body: RawBody) -> Answer {
    let (call, new) = caller.writing(query, &body, NewItemRequest::judged).await?;
    let command = move |tx: &mut Tx<'_>| {
        let rest = fields::settled(&new.rest, tx.tenant().id);
        let made = items::create(tx, &NewItem { sku: new.sku.clone(), name: new.name.clone(), rest });
        let made = made.map_err(|error| fields::as_asked(error, &new.rest))?;
        Ok(ItemDetailResponse::of(items::get(tx, made.id)?, tx.tenant()))
    };
    call.write(command, |item| created(&item)).await
}

type NewItemBody = OfOrganization<NewItemRequest>;

/// An item to be
#[derive(Debug, Default, Deserialize, ToSchema)]
struct NewItemRequest {
    /// The item
    #[serde(default)]
    #[schema(value_type = NewItemData, required)]
    data: Field<Part<NewItemData>>,
}

/// What is said of an item to be
#[derive(Debug, Default, Deserialize, ToSchema)]
struct NewItemData {
    /// What it is
    #[serde(default)]
    #[schema(value_type = NewItemHeader, required)]
    header: Field<Part<NewItemHeader>>,
    /// How it is counted, sold and bought
    #[serde(default)]
    #[schema(value_type = TradeLine)]
    line: Field<Part<TradeLine>>,
}

/// The header of an item to be: as that of one to change, but code and name must be there and an id means nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct NewItemHeader(ItemHeader);

impl NewItemRequest {
    fn judged(self, check: &mut Check) -> std::result::Result<NewItem, Gap> {
        let Self { data } = self;
        // A part that is not there lacks all its fields, and they are what is told.
        let NewItemData { header, line } = fields::part(check, "data", data);
        let NewItemHeader(mut header) = fields::part(check, "data.header", header);
        let mut line = fields::part(check, "data.line", line);
        let sku = check.required_text("item_code", take(&mut header.item_code));
        let name = check.required_text("item_name", take(&mut header.item_name));
        for flag in [&mut header.isactive, &mut line.isstock, &mut line.issold, &mut line.ispurchase] {
            // Of a new item, a flag without a value is one that was not sent.
            if matches!(flag, Field::Null | Field::Value(None)) {
                *flag = Field::Absent;
            }
        }
        let rest = fields::changes(check, header, line);
        Ok(NewItem { sku: sku?.0, name: name?.0, rest: rest? })
    }
}

impl PartialSchema for NewItemHeader {
    fn schema() -> RefOr<Schema> {
        let mut schema = ItemHeader::schema();
        if let RefOr::T(Schema::Object(header)) = &mut schema {
            header.description = Some("What an item to be is".to_owned());
            header.required = ["item_code", "item_name"].map(str::to_owned).into();
            header.properties.remove("item_id");
        }
        schema
    }
}

impl ToSchema for NewItemHeader {}
