//! Reference data: the lists that items and stock refer to, all by one path.

use actix_web::HttpRequest;
use serde::Serialize;
use stockbridge_domain::items::categories;
use stockbridge_domain::items::master::{self, Entry, List};
use stockbridge_domain::stock::warehouses;
use stockbridge_domain::{Result, Tx};
use stockbridge_http::query::Query;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use stockbridge_http::{path, routes};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::envelope::{Answer, FailureResponse, Pagination, Success};
use crate::error::Reason;
use crate::lists::{Page, PageFields};
use crate::loose::flag;
use crate::organization::{Named, OrganizationFields, Owner};
use crate::{ids, times};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Documented> {
    routes![list_reference_data]
}

/// List reference data
///
/// One of the lists that items and stock refer to: categories, brands, types, uoms or locations. Ordered by id.
#[utoipa::path(
    get,
    path = "/inventory/reference-data/{resource}",
    tag = "reference data",
    params(
        ("resource" = Resource, Path, description = "Which list, in any case", example = "categories"),
        PageFields,
        OrganizationFields,
    ),
    responses(
        (status = 200, description = "All entries of the list, or a page of them", body = ReferenceListResponse),
        (status = 404, description = "There is no such list; the details name all there are", body = FailureResponse),
    )
)]
async fn list_reference_data(
    caller: Caller,
    request: HttpRequest,
    pages: Query<PageFields>,
    named: Query<OrganizationFields>,
) -> Answer {
    let (call, named) = caller.reading(named).await?;
    let asked = Resource::of(&request).and_then(|resource| Ok((resource, pages.read()?.page())));
    let (resource, page) = call.understand(asked).await?;
    let command = move |tx: &mut Tx<'_>| {
        let entries = resource.entries(tx)?;
        Ok(ReferenceListResponse::of(resource, entries, page, named.clone(), &Owner::of(tx.tenant())))
    };
    call.read(command, |list| ok(&list)).await
}

/// The lists
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Resource {
    /// What items are sorted into
    Categories,
    /// Brands of items
    Brands,
    /// Types of items
    Types,
    /// Units of measure
    Uoms,
    /// Where stock lies
    Locations,
}

/// A list of reference data
#[derive(Debug, Serialize, ToSchema)]
struct ReferenceListResponse {
    status: Success,
    data: Vec<ReferenceRow>,
    meta: ReferenceListMeta,
}

/// What stands behind a list of reference data
#[derive(Debug, Serialize, ToSchema)]
struct ReferenceListMeta {
    pagination: Pagination,
    filters: ReferenceFilters,
}

/// The organization as it was sent, aliases under the name of what they stand for
#[derive(Debug, Serialize, ToSchema)]
struct ReferenceFilters {
    /// "" when it was not sent
    organization_id: String,
    /// "" when it was not sent
    #[schema(example = "BHH")]
    organization_code: String,
}

/// An entry of a list: id, code and name are called after the list
#[derive(Debug, Default, Serialize, ToSchema)]
struct ReferenceRow {
    /// Of categories: its id
    #[schema(value_type = String, required = false, example = "1-1-4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<String>,
    /// Of categories: its code
    #[schema(value_type = String, required = false, example = "CAT001")]
    #[serde(skip_serializing_if = "Option::is_none")]
    category_code: Option<String>,
    /// Of categories: its name
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    category_name: Option<String>,
    /// Of brands: its id
    #[schema(value_type = String, required = false, example = "1-1-1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_id: Option<String>,
    /// Of brands: its code
    #[schema(value_type = String, required = false, example = "BRAND001")]
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_code: Option<String>,
    /// Of brands: its name
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_name: Option<String>,
    /// Of types: its id
    #[schema(value_type = String, required = false, example = "1-1-1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    type_id: Option<String>,
    /// Of types: its code
    #[schema(value_type = String, required = false, example = "TYPE001")]
    #[serde(skip_serializing_if = "Option::is_none")]
    type_code: Option<String>,
    /// Of types: its name
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    type_name: Option<String>,
    /// Of units: its id
    #[schema(value_type = String, required = false, example = "1-1-1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    uom_id: Option<String>,
    /// Of units: its code
    #[schema(value_type = String, required = false, example = "PCS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    uom_code: Option<String>,
    /// Of units: its name
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    uom_name: Option<String>,
    /// Of locations: its id
    #[schema(value_type = String, required = false, example = "1-1-1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<String>,
    /// Of locations: its code
    #[schema(value_type = String, required = false, example = "SYD")]
    #[serde(skip_serializing_if = "Option::is_none")]
    location_code: Option<String>,
    /// Of locations: its name
    #[schema(value_type = String, required = false, example = "Sydney Warehouse")]
    #[serde(skip_serializing_if = "Option::is_none")]
    location_name: Option<String>,
    /// Whether it is in use
    #[schema(pattern = "^[01]$", example = "1")]
    isactive: &'static str,
    /// The organization it belongs to
    #[schema(example = "1-1")]
    organization_id: String,
    /// The organization's code
    #[schema(example = "BHH")]
    organization_code: String,
    /// When it last changed, on the organization's clock
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", example = "2026-04-09 10:22:11")]
    updated: String,
}

impl Resource {
    const ALL: [Self; 5] = [Self::Categories, Self::Brands, Self::Types, Self::Uoms, Self::Locations];

    /// The list that a path names; in any case, since old clients are careless about it.
    fn of(request: &HttpRequest) -> std::result::Result<Self, Reason> {
        let word = path::segment(request, "resource").unwrap_or_default();
        let found = Self::ALL.into_iter().find(|resource| resource.word().eq_ignore_ascii_case(&word));
        found.ok_or_else(|| Reason::UnknownResource { resource: word, allowed: Self::ALL.map(Self::word).to_vec() })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Categories => "categories",
            Self::Brands => "brands",
            Self::Types => "types",
            Self::Uoms => "uoms",
            Self::Locations => "locations",
        }
    }

    fn entries(self, tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
        match self {
            Self::Categories => categories::entries(tx),
            Self::Brands => master::entries(tx, List::Brands),
            Self::Types => master::entries(tx, List::Types),
            Self::Uoms => master::entries(tx, List::Uoms),
            Self::Locations => warehouses::entries(tx),
        }
    }
}

impl ReferenceListResponse {
    /// The lists are short: a page is cut from all that was read.
    fn of(resource: Resource, entries: Vec<Entry>, page: Option<Page>, named: Named, owner: &Owner<'_>) -> Self {
        let total = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let (pagination, from, most) = match page {
            Some(page @ Page { number, size }) => (Pagination::of(number, size, total), page.window().offset(), size),
            None => (Pagination::everything(total), 0, total),
        };
        let [from, most] = [from, most].map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
        let rows = entries.into_iter().skip(from).take(most);
        let filters = ReferenceFilters {
            organization_id: named.id.unwrap_or_default(),
            organization_code: named.code.unwrap_or_default(),
        };
        let data = rows.map(|entry| ReferenceRow::of(resource, entry, owner)).collect();
        Self { status: Success::Ok, data, meta: ReferenceListMeta { pagination, filters } }
    }
}

impl ReferenceRow {
    fn of(resource: Resource, entry: Entry, owner: &Owner<'_>) -> Self {
        let Entry { id, code, name, is_active, updated_at } = entry;
        let Owner { id: organization_id, tenant } = owner;
        let row = Self {
            isactive: flag(is_active),
            organization_id: organization_id.clone(),
            organization_code: tenant.code.clone(),
            updated: times::text(updated_at, tenant.zone),
            ..Self::default()
        };
        let (id, code, name) = (Some(ids::id(tenant.id, id)), Some(code), Some(name));
        match resource {
            Resource::Categories => Self { category_id: id, category_code: code, category_name: name, ..row },
            Resource::Brands => Self { brand_id: id, brand_code: code, brand_name: name, ..row },
            Resource::Types => Self { type_id: id, type_code: code, type_name: name, ..row },
            Resource::Uoms => Self { uom_id: id, uom_code: code, uom_name: name, ..row },
            Resource::Locations => Self { location_id: id, location_code: code, location_name: name, ..row },
        }
    }
}
