//! Stock balances: what lies of each item in each location.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use stockbridge_domain::items::Label;
use stockbridge_domain::page::{Part, Slice, Window};
use stockbridge_domain::stock::balances::{self, Balance, BalanceFilter, BalanceOrder, BalancedItem};
use stockbridge_domain::{Result, Tenant, Tx};
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::query::Query;
use stockbridge_http::reply;
use stockbridge_http::routes;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Call, Caller};
use crate::envelope::{FailureResponse, Pagination, Success};
use crate::error::{Reason, Refusal};
use crate::ids;
use crate::lists::{Page, PageFields, Whole, everything};
use crate::loose::Loose;
use crate::organization::{Named, OrganizationFields, Owner};
use crate::times::{self, Span};

/// Item codes that one request may name.
const MOST_CODES: usize = 500;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Documented> {
    routes![list_stocks_by_location]
}

/// List stock balances by location
///
/// A row for each item and location in which it ever lay. All conditions that are given must hold. Ordered by item id,
/// then location id, unless `separate_location` says otherwise.
#[utoipa::path(
    get,
    path = "/inventory/stocks/by-location",
    tag = "stocks",
    params(StockListQuery, PageFields, OrganizationFields),
    responses(
        (status = 200, description = "All balances, or a page of them", body = StockListResponse),
        (status = 422, description = "A date-time cannot be read, or a condition cannot be one", body = FailureResponse),
    )
)]
async fn list_stocks_by_location(
    caller: Caller,
    query: Query<StockListQuery>,
    pages: Query<PageFields>,
    named: Query<OrganizationFields>,
) -> std::result::Result<HttpResponse, Refusal> {
    let (call, named) = caller.reading(named).await?;
    let listing = query.read().and_then(|query| Ok((query, pages.read()?.page()))).map_err(Reason::from);
    let listing = listing.and_then(|(query, page)| Ok((query.judged(named)?, page)));
    match call.understand(listing).await? {
        (listing, Some(page)) => one_page(&call, listing, page).await,
        (listing, None) => everything(&call, listing).await,
    }
}

async fn one_page(call: &Call, listing: Listing, page: Page) -> std::result::Result<HttpResponse, Refusal> {
    let Listing { wanted, order, filters } = listing;
    let command = move |tx: &mut Tx<'_>| {
        let slice = balances::list(tx, &wanted.filter(tx.tenant()), order, &page.window())?;
        Ok((slice, tx.tenant().clone()))
    };
    let say = move |(Slice { rows, total, next: _ }, tenant)| {
        let owner = Owner::of(&tenant);
        let data = rows.into_iter().map(|balance| StockRow::of(balance, &owner)).collect();
        let meta =
            StockListMeta { pagination: Pagination::of(page.number, page.size, total), filters: filters.clone() };
        reply::ok(&StockListResponse { status: Success::Ok, data, meta })
    };
    Ok(call.read(command, say).await?.into())
}

/// What is asked of the balances
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct StockListQuery {
    /// In the locations of this branch; a location without another branch is its own
    #[param(value_type = String, required = false, example = "1-1-1")]
    branch_id: Field<Option<Loose<255>>>,
    /// Of the items with these codes, in any case: at most 500, with commas between; unknown ones are ignored
    #[param(value_type = String, required = false, example = "ITEM001,ITEM002")]
    item_codes: Field<Option<CodeList>>,
    /// 1: ordered by location id, then item id
    #[param(value_type = String, required = false, example = "1")]
    separate_location: Field<Option<Loose<255>>>,
    /// Changed at this date-time or later: `YYYY-MM-DD HH:MM:SS` on the organization's clock, a date alone, or ISO 8601
    #[param(value_type = String, required = false, example = "2026-01-01 00:00:00")]
    updated_from: Field<Option<Loose<255>>>,
    /// Changed in this second or before; a date alone includes its whole day
    #[param(value_type = String, required = false, example = "2026-12-31 23:59:59")]
    updated_to: Field<Option<Loose<255>>>,
}

/// A list of stock balances
#[derive(Debug, Serialize, ToSchema)]
struct StockListResponse<'a> {
    status: Success,
    data: Vec<StockRow<'a>>,
    meta: StockListMeta,
}

/// What stands behind a list of stock balances
#[derive(Debug, Serialize, ToSchema)]
struct StockListMeta {
    pagination: Pagination,
    filters: StockFilters,
}

/// The filters as they were sent, aliases under the name of what they stand for
#[derive(Debug, Clone, Serialize, ToSchema)]
struct StockFilters {
    /// "" when it was not sent
    organization_id: String,
    /// "" when it was not sent
    #[schema(example = "BHH")]
    organization_code: String,
    /// Only when it was sent
    #[schema(value_type = String, required = false, example = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false, example = "ITEM001,ITEM002")]
    #[serde(skip_serializing_if = "Option::is_none")]
    item_codes: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false, example = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    separate_location: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false, example = "2026-01-01 00:00:00")]
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_from: Option<String>,
    /// Only when it was sent
    #[schema(value_type = String, required = false, example = "2026-12-31 23:59:59")]
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_to: Option<String>,
}

/// What lies of an item in a location
#[derive(Debug, Serialize, ToSchema)]
struct StockRow<'a> {
    /// The item
    #[schema(example = "1-1-1001")]
    item_id: String,
    /// The item's code
    #[schema(example = "ITEM001")]
    item_code: String,
    /// The item's name
    #[schema(example = "Sample Item")]
    item_name: String,
    /// The item's barcode, or ""
    #[schema(example = "9551234567890")]
    item_barcode: String,
    /// The organization it belongs to
    #[schema(example = "1-1")]
    organization_id: &'a str,
    /// The organization's code
    #[schema(example = "BHH")]
    organization_code: &'a str,
    /// The branch of the location: the location itself, unless it belongs to another one
    #[schema(example = "1-1-1")]
    branch_id: String,
    /// The branch's code
    #[schema(example = "SYD")]
    branch_code: String,
    /// The location
    #[schema(example = "1-1-1")]
    location_id: String,
    /// The location's code
    #[schema(example = "SYD")]
    location_code: String,
    /// The location's name
    #[schema(example = "Sydney Warehouse")]
    location_name: String,
    /// The unit that all three quantities count, or ""
    #[schema(example = "PCS")]
    uom_code: String,
    /// On hand
    #[schema(pattern = r"^\d+(\.\d{1,4})?$", example = "120")]
    qty: String,
    /// Of it, promised to orders
    #[schema(pattern = r"^\d+(\.\d{1,4})?$", example = "5")]
    reserved_qty: String,
    /// What is not promised; below 0 where more is promised than is there
    #[schema(pattern = r"^-?\d+(\.\d{1,4})?$", example = "115")]
    available_qty: String,
    /// When the balance last changed, on the organization's clock
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", example = "2026-04-09 10:22:11")]
    updated: String,
}

/// What is wanted, and how it is said.
struct Listing {
    wanted: Wanted,
    order: BalanceOrder,
    filters: StockFilters,
}

/// The conditions, as far as they can be read without knowing the organization.
struct Wanted {
    branch: Option<String>,
    codes: Option<Vec<String>>,
    updated: Span,
}

impl Whole for Listing {
    type Row = Balance;

    fn part(&self, tx: &mut Tx<'_>, window: &Window) -> Result<Part<Balance>> {
        balances::part(tx, &self.wanted.filter(tx.tenant()), self.order, window)
    }

    fn row(row: Balance, owner: &Owner<'_>) -> impl Serialize {
        StockRow::of(row, owner)
    }

    fn meta(&self, pagination: Pagination) -> impl Serialize {
        StockListMeta { pagination, filters: self.filters.clone() }
    }
}

impl StockListQuery {
    fn judged(self, named: Named) -> std::result::Result<Listing, Reason> {
        let Self { branch_id, item_codes, separate_location, updated_from, updated_to } = self;
        let mut check = Check::new();
        let list = check.optional_text("item_codes", item_codes);
        let list = list.ok().flatten().map(|CodeList(list)| list);
        let codes = check.accept("item_codes", list.as_deref().map(codes).transpose()).ok().flatten().flatten();
        let mut text = |name: &str, field: Field<Option<Loose<255>>>| {
            check.optional_text(name, field).ok().flatten().map(|Loose(text)| String::from(text))
        };
        let (branch, separate) = (text("branch_id", branch_id), text("separate_location", separate_location));
        let (from, to) = (text("updated_from", updated_from), text("updated_to", updated_to));
        check.finish()?;
        let updated = Span::read(from.as_deref(), to.as_deref())?;
        let by_location =
            separate.as_deref().is_some_and(|text| bool::from_scalar(Scalar::Text(text.into())) == Ok(true));
        let filters = StockFilters {
            organization_id: named.id.unwrap_or_default(),
            organization_code: named.code.unwrap_or_default(),
            branch_id: branch.clone(),
            item_codes: list,
            separate_location: separate,
            updated_from: from,
            updated_to: to,
        };
        let order = if by_location { BalanceOrder::Location } else { BalanceOrder::Item };
        Ok(Listing { wanted: Wanted { branch, codes, updated }, order, filters })
    }
}

/// Codes with commas between, which may also come as a list: `item_codes[]=A&item_codes[]=B`.
#[derive(Debug)]
struct CodeList(String);

impl FromScalar for CodeList {
    fn from_scalar(scalar: Scalar<'_>) -> std::result::Result<Self, String> {
        let joined = match scalar {
            Scalar::List(list) => serde_json::from_str::<Vec<String>>(list.get()).ok().map(|codes| codes.join(",")),
            _ => None,
        };
        let scalar = joined.map_or(scalar, |codes| Scalar::Text(codes.into()));
        Loose::<65_536>::from_scalar(scalar).map(|Loose(list)| Self(list.into()))
    }
}

/// The codes of a list with commas; none where all are empty, which is no condition.
fn codes(list: &str) -> std::result::Result<Option<Vec<String>>, String> {
    let codes = list.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    if codes.len() > MOST_CODES {
        return Err(format!("must name at most {MOST_CODES} items, not {}: ask for them in parts", codes.len()));
    }
    Ok((!codes.is_empty()).then_some(codes))
}

impl Wanted {
    fn filter(&self, tenant: &Tenant) -> BalanceFilter {
        let Self { branch, codes, updated } = self;
        let (updated_from, updated_before) = updated.bounds(tenant.zone);
        BalanceFilter {
            // Ids begin at 1: what is no id of this organization is no branch's.
            branch_id: branch.as_deref().map(|id| ids::number(id, tenant.id).unwrap_or(0)),
            item_codes: codes.clone(),
            updated_from,
            updated_before,
        }
    }
}

impl<'a> StockRow<'a> {
    fn of(balance: Balance, owner: &'a Owner<'_>) -> Self {
        let Balance { item, location, branch_id, branch_code, uom_code, quantity, reserved, available, updated_at } =
            balance;
        let BalancedItem { id: item_id, sku, name: item_name, barcode } = item;
        let Label { id: location_id, code: location_code, name: location_name } = location;
        let Owner { id: organization_id, tenant } = owner;
        Self {
            item_id: ids::id(tenant.id, item_id),
            item_code: sku,
            item_name,
            item_barcode: barcode.unwrap_or_default(),
            organization_id,
            organization_code: &tenant.code,
            branch_id: ids::id(tenant.id, branch_id),
            branch_code,
            location_id: ids::id(tenant.id, location_id),
            location_code,
            location_name,
            uom_code: uom_code.unwrap_or_default(),
            qty: quantity.to_string(),
            reserved_qty: reserved.to_string(),
            available_qty: available.to_string(),
            updated: times::text(updated_at, tenant.zone),
        }
    }
}
