//! One item, by its id, its code or its barcode.

use actix_web::HttpRequest;
use stockbridge_domain::{Error, Result, TenantId, Thing, Tx, items};
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use stockbridge_http::{path, routes};

use super::ItemDetailResponse;
use crate::auth::{Call, Caller};
use crate::envelope::{Answer, FailureResponse};
use crate::ids;
use crate::organization::OrganizationFields;

/// The routes of this file.
pub(super) fn routes() -> Vec<Documented> {
    routes![get_item, get_item_by_code, get_item_by_barcode]
}

/// Get an item by its id
///
/// The id as lists show it, or the last number of it alone.
#[utoipa::path(
    get,
    path = "/inventory/items/{id}",
    tag = "items",
    params(("id" = String, Path, description = "The item's id", example = "1-1-1001"), OrganizationFields),
    responses(
        (status = 200, description = "The item", body = ItemDetailResponse),
        (status = 404, description = "The organization has no such item", body = FailureResponse),
    )
)]
async fn get_item(caller: Caller, request: HttpRequest, named: Query<OrganizationFields>) -> Answer {
    let (call, _) = caller.reading(named).await?;
    look_up(&call, "id", Key::of(&request, "id"), |tx, key| items::get(tx, key.number(tx.tenant().id)?)).await
}

/// Get an item by its code
///
/// The code in any case.
#[utoipa::path(
    get,
    path = "/inventory/items/by-code/{itemCode}",
    tag = "items",
    params(("itemCode" = String, Path, description = "The item's code", example = "ITEM001"), OrganizationFields),
    responses(
        (status = 200, description = "The item", body = ItemDetailResponse),
        (status = 404, description = "The organization has no such item", body = FailureResponse),
    )
)]
async fn get_item_by_code(caller: Caller, request: HttpRequest, named: Query<OrganizationFields>) -> Answer {
    let (call, _) = caller.reading(named).await?;
    look_up(&call, "item_code", Key::of(&request, "itemCode"), |tx, key| items::by_code(tx, key.text()?)).await
}

/// Get an item by its barcode
///
/// The barcode, or else the code: the item whose barcode it is comes first.
#[utoipa::path(
    get,
    path = "/inventory/items/by-barcode/{barcode}",
    tag = "items",
    params(
        ("barcode" = String, Path, description = "The item's barcode or code", example = "9551234567890"),
        OrganizationFields,
    ),
    responses(
        (status = 200, description = "The item", body = ItemDetailResponse),
        (status = 404, description = "The organization has no such item", body = FailureResponse),
    )
)]
async fn get_item_by_barcode(caller: Caller, request: HttpRequest, named: Query<OrganizationFields>) -> Answer {
    let (call, _) = caller.reading(named).await?;
    look_up(&call, "barcode", Key::of(&request, "barcode"), |tx, key| items::by_barcode(tx, key.text()?)).await
}

/// A key in the path. What no stored text can be is never found, but it is looked for like any other.
pub(super) struct Key {
    /// As it was sent, as far as that can be shown.
    pub(super) shown: String,
    is_text: bool,
}

impl Key {
    /// The key in a segment of the path.
    pub(super) fn of(request: &HttpRequest, segment: &str) -> Self {
        let text = path::segment(request, segment);
        let is_text = text.is_ok();
        let shown = text.unwrap_or_else(|_| request.match_info().get(segment).unwrap_or_default().to_owned());
        Self { shown, is_text }
    }

    /// The number of the item that has this id.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another organization's id and for what is none.
    pub(super) fn number(&self, organization: TenantId) -> Result<i64> {
        ids::number(&self.shown, organization).ok_or_else(|| self.unknown())
    }

    fn text(&self) -> Result<&str> {
        if self.is_text { Ok(&self.shown) } else { Err(self.unknown()) }
    }

    fn unknown(&self) -> Error {
        Error::NotFound { thing: Thing::Item, key: self.shown.clone() }
    }
}

async fn look_up(
    call: &Call,
    by: &str,
    key: Key,
    find: impl Fn(&mut Tx<'_>, &Key) -> Result<items::ItemDetail> + Send + 'static,
) -> Answer {
    let shown = key.shown.clone();
    let command = move |tx: &mut Tx<'_>| Ok(ItemDetailResponse::of(find(tx, &key)?, tx.tenant()));
    let answer = call.read(command, |item| ok(&item)).await;
    answer.map_err(|refusal| refusal.looked_up(by, &shown))
}
