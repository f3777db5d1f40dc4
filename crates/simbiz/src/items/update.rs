//! Changing an item.

use std::mem::take;

use actix_web::HttpRequest;
use serde::Deserialize;
use stockbridge_domain::items::{self, ItemChanges};
use stockbridge_domain::{Error, Problem, Result, TenantId, Tx};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::ItemDetailResponse;
use super::fields::{self, ItemHeader, TradeLine};
use super::read::Key;
use crate::auth::Caller;
use crate::envelope::{Answer, FailureResponse};
use crate::ids;
use crate::loose::{Part, Word};
use crate::organization::{OfOrganization, OrganizationFields};

/// The routes of this file.
pub(super) fn routes() -> Vec<Documented> {
    routes![update_item]
}

/// Update an item
///
/// What is not there stays as it is; null and "" take a value away. The header or the line may be left out.
#[utoipa::path(
    patch,
    path = "/inventory/items/{id}",
    tag = "items",
    params(("id" = String, Path, description = "The item's id", example = "1-1-1001")),
    request_body = ItemChangeBody,
    responses(
        (status = 200, description = "The item as it is now", body = ItemDetailResponse),
        (status = 400, description = "The body is not JSON", body = FailureResponse),
        (status = 404, description = "The organization has no such item", body = FailureResponse),
        (status = 409, description = "Its code or its barcode is taken", body = FailureResponse),
        (status = 413, description = "The body is too large", body = FailureResponse),
        (status = 415, description = "The body says to be something else than JSON", body = FailureResponse),
        (status = 422, description = "Fields are wrong, or name what does not exist", body = FailureResponse),
    )
)]
async fn update_item(caller: Caller, request: HttpRequest, query: Query<OrganizationFields>, body: RawBody) -> Answer {
    let key = Key::of(&request, "id");
    let shown = key.shown.clone();
    let (call, Amendment { item_id, changes }) = caller.writing(query, &body, ItemChangeRequest::judged).await?;
    let command = move |tx: &mut Tx<'_>| {
        let tenant = tx.tenant().id;
        let number = key.number(tenant)?;
        same_item(item_id.as_deref(), number, tenant)?;
        let amended = items::amend(tx, number, &fields::settled(&changes, tenant));
        amended.map_err(|error| fields::as_asked(error, &changes))?;
        Ok(ItemDetailResponse::of(items::get(tx, number)?, tx.tenant()))
    };
    let answer = call.write(command, |item| ok(&item)).await;
    answer.map_err(|refusal| refusal.looked_up("id", &shown))
}

type ItemChangeBody = OfOrganization<ItemChangeRequest>;

/// What changes of an item
#[derive(Debug, Default, Deserialize, ToSchema)]
struct ItemChangeRequest {
    /// What changes
    #[serde(default)]
    #[schema(value_type = ItemChangeData, required)]
    data: Field<Part<ItemChangeData>>,
}

/// What is said of an item that changes
#[derive(Debug, Default, Deserialize, ToSchema)]
struct ItemChangeData {
    /// What it is
    #[serde(default)]
    #[schema(value_type = ItemHeader)]
    header: Field<Part<ItemHeader>>,
    /// How it is counted, sold and bought
    #[serde(default)]
    #[schema(value_type = TradeLine)]
    line: Field<Part<TradeLine>>,
}

/// What a PATCH says.
struct Amendment {
    item_id: Option<String>,
    changes: ItemChanges,
}

impl ItemChangeRequest {
    fn judged(self, check: &mut Check) -> std::result::Result<Amendment, Gap> {
        let Self { data } = self;
        if matches!(data, Field::Absent | Field::Null) {
            check.refuse("data", "is required");
        }
        let ItemChangeData { header, line } = fields::part(check, "data", data);
        let mut header = fields::part(check, "data.header", header);
        let line = fields::part(check, "data.line", line);
        let item_id = check.optional_text("item_id", take(&mut header.item_id));
        let changes = fields::changes(check, header, line);
        Ok(Amendment { item_id: item_id?.map(|Word(text)| text), changes: changes? })
    }
}

fn same_item(named: Option<&str>, number: i64, organization: TenantId) -> Result<()> {
    match named {
        Some(named) if ids::number(named, organization) != Some(number) => {
            let message = "must be the id in the path: leave it out, or PATCH the other item";
            Err(Error::Invalid(vec![Problem::new("item_id", message)]))
        }
        _ => Ok(()),
    }
}
