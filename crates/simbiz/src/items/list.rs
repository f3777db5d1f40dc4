//! The list of items: by page, or everything in one answer.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use stockbridge_domain::items::{self, ItemFilter, ItemHead};
use stockbridge_domain::page::{Part, Slice, Window};
use stockbridge_domain::{Result, Tenant, Tx};
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Call, Caller};
use crate::envelope::{FailureResponse, Pagination, Success};
use crate::error::{Reason, Refusal};
use crate::ids;
use crate::lists::{Number, Page, Whole, everything, wants_all};
use crate::loose::Loose;
use crate::organization::{Named, OrganizationFields, Owner};
use crate::times::{self, Span};

/// The routes of this file.
pub(super) fn routes() -> Vec<Documented> {
    routes![list_items]
}

/// List items
///
/// All conditions that are given must hold. Ordered by item id.
#[utoipa::path(
    get,
    path = "/inventory/items",
    tag = "items",
    params(ItemListQuery, OrganizationFields),
    responses(
        (status = 200, description = "A page of items, or all of them", body = ItemListResponse),
        (status = 422, description = "A date-time cannot be read, or a text cannot be searched for", body = FailureResponse),
    )
)]
async fn list_items(
    caller: Caller,
    query: Query<ItemListQuery>,
    named: Query<OrganizationFields>,
) -> std::result::Result<HttpResponse, Refusal> {
    let (call, named) = caller.reading(named).await?;
    let listing = query.read().map_err(Reason::from).and_then(|query| query.judged(named));
    let listing = call.understand(listing).await?;
    match listing.page {
        Some(page) => one_page(&call, listing, page).await,
        None => everything(&call, listing).await,
    }
}

async fn one_page(call: &Call, listing: Listing, page: Page) -> std::result::Result<HttpResponse, Refusal> {
    let Listing { wanted, filters, page: _ } = listing;
    let command = move |tx: &mut Tx<'_>| {
        let slice = items::list_heads(tx, &wanted.filter(tx.tenant()), &page.window())?;
        Ok((slice, tx.tenant().clone()))
    };
    let say = move |(Slice { rows, total, next: _ }, tenant)| {
        let owner = Owner::of(&tenant);
        let data = rows.into_iter().map(|head| ItemRow::of(head, &owner)).collect();
        let meta = ItemListMeta { pagination: Pagination::of(page.number, page.size, total), filters: filters.clone() };
        reply::ok(&ItemListResponse { status: Success::Ok, data, meta })
    };
    Ok(call.read(command, say).await?.into())
}

/// What is asked of the list
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ItemListQuery {
    /// The page, from 1; what is no such number counts as 1
    #[param(value_type = i64, required = false, minimum = 1, default = 1)]
    page: Field<Number>,
    /// Rows of a page, at most 200; what is no such number counts as 50, and more as 200
    #[param(value_type = i64, required = false, minimum = 1, maximum = 200, default = 50)]
    per_page: Field<Number>,
    /// 1: everything in one answer, without pages
    #[param(value_type = String, required = false, example = "0")]
    all: Field<bool>,
    /// 0: the same as `all=1`
    #[param(value_type = String, required = false, example = "1")]
    paginate: Field<bool>,
    /// Part of the code, the name or the barcode, in any case
    #[param(value_type = String, required = false, max_length = 255, example = "CAMBRIDGE")]
    q: Field<Option<Loose<255>>>,
    /// The item with this id
    #[param(value_type = String, required = false, example = "1-1-1001")]
    item_id: Field<Option<Loose<255>>>,
    /// The item with this code, in any case
    #[param(value_type = String, required = false, example = "ITEM001")]
    item_code: Field<Option<Loose<255>>>,
    /// Part of the name, in any case
    #[param(value_type = String, required = false, max_length = 255)]
    item_name: Field<Option<Loose<255>>>,
    /// The item with this barcode
    #[param(value_type = String, required = false, example = "9551234567890")]
    item_barcode: Field<Option<Loose<255>>>,
    /// Changed at this date-time or later: `YYYY-MM-DD HH:MM:SS` on the organization's clock, a date alone, or ISO 8601
    #[param(value_type = String, required = false, example = "2026-01-01 00:00:00")]
    updated_from: Field<Option<Loose<255>>>,
    /// Changed in this second or before; a date alone includes its whole day
    #[param(value_type = String, required = false, example = "2026-12-31 23:59:59")]
    updated_to: Field<Option<Loose<255>>>,
}

/// A list of items
#[derive(Debug, Serialize, ToSchema)]
struct ItemListResponse<'a> {
    status: Success,
    data: Vec<ItemRow<'a>>,
    meta: ItemListMeta,
}

/// What stands behind a list of items
#[derive(Debug, Serialize, ToSchema)]
struct ItemListMeta {
    pagination: Pagination,
    filters: ItemFilters,
}

/// The filters as they were sent, aliases under the name of what they stand for
#[derive(Debug, Clone, Serialize, ToSchema)]
struct ItemFilters {
    /// "" when it was not sent
    organization_id: String,
    /// "" when it was not sent
    #[schema(example = "BHH")]
    organization_code: String,
    /// "" when it was not sent
    #[schema(example = "CAMBRIDGE")]
    q: String,
    /// "" when it was not sent
    #[schema(example = "2026-01-01 00:00:00")]
    updated_from: String,
    /// "" when it was not sent
    #[schema(example = "2026-12-31 23:59:59")]
    updated_to: String,
    /// Only when it was sent
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    item_code: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    item_name: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    item_barcode: Option<String>,
}

/// An item as lists show it
#[derive(Debug, Serialize, ToSchema)]
struct ItemRow<'a> {
    /// Its id
    #[schema(example = "1-1-1001")]
    item_id: String,
    /// Its code
    #[schema(example = "ITEM001")]
    item_code: String,
    /// Its name
    #[schema(example = "Sample Item")]
    item_name: String,
    /// Its barcode, or ""
    #[schema(example = "9551234567890")]
    item_barcode: String,
    /// The organization it belongs to
    #[schema(example = "1-1")]
    organization_id: &'a str,
    /// The organization's code
    #[schema(example = "BHH")]
    organization_code: &'a str,
    /// When it last changed, on the organization's clock
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", example = "2026-04-09 10:22:11")]
    updated: String,
}

/// What is wanted, and how it is said.
struct Listing {
    wanted: Wanted,
    filters: ItemFilters,
    /// `None`: everything.
    page: Option<Page>,
}

/// The conditions, as far as they can be read without knowing the organization.
#[derive(Default)]
struct Wanted {
    search: Option<String>,
    name: Option<String>,
    id: Option<String>,
    code: Option<String>,
    barcode: Option<String>,
    updated: Span,
}

impl Whole for Listing {
    type Row = ItemHead;

    fn part(&self, tx: &mut Tx<'_>, window: &Window) -> Result<Part<ItemHead>> {
        items::heads(tx, &self.wanted.filter(tx.tenant()), window)
    }

    fn row(row: ItemHead, owner: &Owner<'_>) -> impl Serialize {
        ItemRow::of(row, owner)
    }

    fn meta(&self, pagination: Pagination) -> impl Serialize {
        ItemListMeta { pagination, filters: self.filters.clone() }
    }
}

impl ItemListQuery {
    fn judged(self, named: Named) -> std::result::Result<Listing, Reason> {
        let Self {
            page,
            per_page,
            all,
            paginate,
            q,
            item_id,
            item_code,
            item_name,
            item_barcode,
            updated_from,
            updated_to,
        } = self;
        let mut check = Check::new();
        let mut text = |name: &str, field: Field<Option<Loose<255>>>| {
            check.optional_text(name, field).ok().flatten().map(|Loose(text)| String::from(text))
        };
        let (search, name, id) = (text("q", q), text("item_name", item_name), text("item_id", item_id));
        let (code, barcode) = (text("item_code", item_code), text("item_barcode", item_barcode));
        let (from, to) = (text("updated_from", updated_from), text("updated_to", updated_to));
        check.finish()?;
        let updated = Span::read(from.as_deref(), to.as_deref())?;
        let filters = ItemFilters {
            organization_id: named.id.unwrap_or_default(),
            organization_code: named.code.unwrap_or_default(),
            q: search.clone().unwrap_or_default(),
            updated_from: from.unwrap_or_default(),
            updated_to: to.unwrap_or_default(),
            item_id: id.clone(),
            item_code: code.clone(),
            item_name: name.clone(),
            item_barcode: barcode.clone(),
        };
        let page = (!wants_all(all, paginate)).then(|| Page::of(page.lenient(), per_page.lenient()));
        Ok(Listing { wanted: Wanted { search, name, id, code, barcode, updated }, filters, page })
    }
}

impl Wanted {
    fn filter(&self, tenant: &Tenant) -> ItemFilter {
        let Self { search, name, id, code, barcode, updated } = self;
        let (updated_from, updated_before) = updated.bounds(tenant.zone);
        ItemFilter {
            search: search.clone(),
            name: name.clone(),
            // Ids begin at 1: what is no id of this organization is no item's.
            id: id.as_deref().map(|id| ids::number(id, tenant.id).unwrap_or(0)),
            code: code.clone(),
            barcode: barcode.clone(),
            updated_from,
            updated_before,
            ..ItemFilter::default()
        }
    }
}

impl<'a> ItemRow<'a> {
    fn of(head: ItemHead, owner: &'a Owner<'_>) -> Self {
        let ItemHead { id, sku, name, barcode, updated_at } = head;
        let Owner { id: organization_id, tenant } = owner;
        Self {
            item_id: ids::id(tenant.id, id),
            item_code: sku,
            item_name: name,
            item_barcode: barcode.unwrap_or_default(),
            organization_id,
            organization_code: &tenant.code,
            updated: times::text(updated_at, tenant.zone),
        }
    }
}
