//! Inventory items, which IOM calls products: the detail that lookups and writes share; the verbs are split by file.

mod create;
mod fields;
mod list;
mod read;
mod update;

use serde::Serialize;
use stockbridge_domain::items::{self, Item, Label};
use stockbridge_domain::{Tenant, TenantId};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::envelope::{NoMeta, Success};
use crate::loose::flag;
use crate::{ids, times};

/// The routes of this room.
pub(crate) fn routes() -> Vec<Documented> {
    [list::routes(), read::routes(), create::routes(), update::routes()].into_iter().flatten().collect()
}

/// One item
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemDetailResponse {
    status: Success,
    data: ItemDetail,
    meta: NoMeta,
}

/// An item with all that is known of it; what it does not have is ""
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemDetail {
    /// Its id
    #[schema(example = "1-1-1001")]
    item_id: String,
    /// Its code, unique within the organization in any case
    #[schema(example = "ITEM001")]
    item_code: String,
    /// Its name
    #[schema(example = "Sample Item")]
    item_name: String,
    /// Its barcode, unique within the organization
    #[schema(example = "9551234567890")]
    item_barcode: String,
    /// The organization it belongs to
    #[schema(example = "1-1")]
    organization_id: String,
    /// The organization's code
    #[schema(example = "BHH")]
    organization_code: String,
    /// When it last changed, on the organization's clock
    #[schema(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", example = "2026-04-09 10:22:11")]
    updated: String,
    /// A second name
    item_alternatename: String,
    /// Its category
    #[schema(example = "1-1-4")]
    category_id: String,
    /// The category's code
    #[schema(example = "CAT001")]
    category_code: String,
    /// The category's name
    category_name: String,
    /// Its type
    #[schema(example = "1-1-1")]
    type_id: String,
    /// The type's code
    #[schema(example = "TYPE001")]
    type_code: String,
    /// The type's name
    type_name: String,
    /// Its brand
    #[schema(example = "1-1-1")]
    brand_id: String,
    /// The brand's code
    #[schema(example = "BRAND001")]
    brand_code: String,
    /// The brand's name
    brand_name: String,
    /// The unit it is counted in
    #[schema(example = "1-1-1")]
    baseuom_id: String,
    /// That unit's code
    #[schema(example = "PCS")]
    baseuom_code: String,
    /// The unit it is sold in
    #[schema(example = "1-1-1")]
    salesuom_id: String,
    /// That unit's code
    #[schema(example = "PCS")]
    salesuom_code: String,
    /// The unit it is bought in
    #[schema(example = "1-1-1")]
    purchaseuom_id: String,
    /// That unit's code
    #[schema(example = "PCS")]
    purchaseuom_code: String,
    /// What it sells for, with two to four decimals
    #[schema(pattern = r"^\d+\.\d{2,4}$", example = "12.00")]
    sell_price: String,
    /// What it costs, with two to four decimals
    #[schema(pattern = r"^(\d+\.\d{2,4})?$", example = "10.00")]
    purchase_price: String,
    /// Whether stock of it is kept
    #[schema(pattern = "^[01]$", example = "1")]
    isstock: &'static str,
    /// Whether it is sold
    #[schema(pattern = "^[01]$", example = "1")]
    issold: &'static str,
    /// Whether it is bought
    #[schema(pattern = "^[01]$", example = "1")]
    ispurchase: &'static str,
    /// Whether it is in use
    #[schema(pattern = "^[01]$", example = "1")]
    isactive: &'static str,
}

impl ItemDetailResponse {
    /// An item as its organization sees it.
    fn of(detail: items::ItemDetail, tenant: &Tenant) -> Self {
        Self { status: Success::Ok, data: ItemDetail::of(detail, tenant), meta: NoMeta {} }
    }
}

impl ItemDetail {
    fn of(detail: items::ItemDetail, tenant: &Tenant) -> Self {
        let items::ItemDetail { item, category, item_type, brand, base_uom, sales_uom, purchase_uom } = detail;
        let Item {
            tenant_id,
            id,
            sku,
            name,
            alternate_name,
            barcode,
            vendor: _,
            description: _,
            category_id: _,
            type_id: _,
            brand_id: _,
            base_uom_id: _,
            sales_uom_id: _,
            purchase_uom_id: _,
            tracking: _,
            base_price,
            cost_price,
            compare_at_price: _,
            weight: _,
            taxable: _,
            requires_shipping: _,
            is_stock,
            is_sold,
            is_purchase,
            is_active,
            created_by: _,
            created_at: _,
            updated_at,
        } = item;
        let [category_id, category_code, category_name] = words(tenant_id, category);
        let [type_id, type_code, type_name] = words(tenant_id, item_type);
        let [brand_id, brand_code, brand_name] = words(tenant_id, brand);
        let [baseuom_id, baseuom_code, _] = words(tenant_id, base_uom);
        let [salesuom_id, salesuom_code, _] = words(tenant_id, sales_uom);
        let [purchaseuom_id, purchaseuom_code, _] = words(tenant_id, purchase_uom);
        Self {
            item_id: ids::id(tenant_id, id),
            item_code: sku,
            item_name: name,
            item_barcode: barcode.unwrap_or_default(),
            organization_id: ids::organization(tenant_id),
            organization_code: tenant.code.clone(),
            updated: times::text(updated_at, tenant.zone),
            item_alternatename: alternate_name.unwrap_or_default(),
            category_id,
            category_code,
            category_name,
            type_id,
            type_code,
            type_name,
            brand_id,
            brand_code,
            brand_name,
            baseuom_id,
            baseuom_code,
            salesuom_id,
            salesuom_code,
            purchaseuom_id,
            purchaseuom_code,
            sell_price: base_price.to_string(),
            purchase_price: cost_price.map(|price| price.to_string()).unwrap_or_default(),
            isstock: flag(is_stock),
            issold: flag(is_sold),
            ispurchase: flag(is_purchase),
            isactive: flag(is_active),
        }
    }
}

/// Id, code and name of what an item refers to; "" each where it refers to nothing.
fn words(tenant: TenantId, label: Option<Label>) -> [String; 3] {
    label.map_or_else(Default::default, |Label { id, code, name }| [ids::id(tenant, id), code, name])
}
