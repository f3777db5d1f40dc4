//! Changing an item.

use std::mem::take;

use actix_web::HttpRequest;
use serde::Deserialize;
use stockbridge_domain::items::{self, ItemChanges};
use stockbridge_domain::{Error, Organization, Problem, Result, TenantId, Tx};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::ItemDetailResponse;
use super::fields::{self, ItemHeader, ItemLine};
use super::read::Key;
use crate::auth::Caller;
use crate::envelope::{self, Answer, FailureResponse};
use crate::error::Reason;
use crate::loose::{Part, Word};
use crate::organization::Named;
use crate::{TOLERANT, ids};

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
    request_body = ItemChangeRequest,
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
async fn update_item(caller: Caller, request: HttpRequest, body: RawBody) -> Answer {
    let key = Key::of(&request, "id");
    let shown = key.shown.clone();
    let body = body.json::<ItemChangeRequest>(TOLERANT).map_err(Reason::from);
    let call = caller.writing(body.as_ref().ok().and_then(ItemChangeRequest::organization));
    let Amendment { item_id, changes } = call.understand(body.and_then(|body| Ok(body.judged()?))).await?;
    let command = move |tx: &mut Tx<'_>| {
        let tenant = tx.tenant().id;
        let number = key.number(tenant)?;
        same_item(item_id.as_deref(), number, tenant)?;
        let amended = items::amend(tx, number, &fields::settled(&changes, tenant));
        amended.map_err(|error| fields::as_asked(error, &changes))?;
        Ok(ItemDetailResponse::of(items::get(tx, number)?, tx.tenant()))
    };
    let answer = call.write(command, |item| envelope::ok(&item)).await;
    answer.map_err(|refusal| refusal.looked_up("id", &shown))
}

/// What changes of an item
#[derive(Debug, Default, Deserialize, ToSchema)]
struct ItemChangeRequest {
    /// The organization by id, else the token's own; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1-1")]
    organization_id: Field<Option<Word>>,
    /// Alias of `organization_id`, which beats it
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    org_id: Field<Option<Word>>,
    /// The organization by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "BHH")]
    organization_code: Field<Option<Word>>,
    /// Alias of `organization_code`, which beats it
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    org_code: Field<Option<Word>>,
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
    #[schema(value_type = ItemLine)]
    line: Field<Part<ItemLine>>,
}

/// What a PATCH says.
struct Amendment {
    item_id: Option<String>,
    changes: ItemChanges,
}

impl ItemChangeRequest {
    /// The organization it names, before anything of it is judged.
    fn organization(&self) -> Option<Organization> {
        let Self { organization_id, org_id, organization_code, org_code, data: _ } = self;
        Named::new([organization_id, org_id], [organization_code, org_code]).organization()
    }

    fn judged(self) -> Result<Amendment> {
        let Self { organization_id, org_id, organization_code, org_code, data } = self;
        let mut check = Check::new();
        let named = Named::judged(&mut check, [organization_id, org_id, organization_code, org_code]);
        if matches!(data, Field::Absent | Field::Null) {
            check.refuse("data", "is required");
        }
        let ItemChangeData { header, line } = fields::part(&mut check, "data", data);
        let mut header = fields::part(&mut check, "data.header", header);
        let line = fields::part(&mut check, "data.line", line);
        let item_id = check.optional_text("item_id", take(&mut header.item_id));
        let changes = fields::changes(&mut check, header, line);
        check.finish()?;
        named?;
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
