//! Items: what there is to sell. IOM calls them products; both dialects read and write the same row.

mod apply;
mod bring;
pub mod categories;
pub mod images;
mod lately;
mod list;
pub mod master;
mod read;
#[cfg(test)]
mod tests;
pub mod variants;
mod write;

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use bring::{ItemRow, bring};
pub use list::{ItemColumns, ItemFilter, ItemHead, ItemLine, heads, lines, list, list_heads};
pub use read::{ItemDetail, Label, by_barcode, by_code, get, on_offer};
pub(crate) use write::ENTERED;
pub use write::{ItemChanges, NewItem, amend, create, enter, remove};

use crate::actor::TenantId;
use crate::schema::products;
use crate::store::portable::text_value;
use crate::values::{Money, Weight};

/// How stock of an item is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Tracking {
    /// Only by its quantity.
    None,
    /// By batch, with dates of manufacture and expiry.
    Batch,
    /// By unit, each with a serial number.
    Serial,
}

text_value!(Tracking { None = "none", Batch = "batch", Serial = "serial" });

/// An item as it is stored, all but what the database derives from it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(crate::store::connection::MultiBackend))]
pub struct Item {
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: i64,
    /// Its SKU or item code, unique within the tenant in any case.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// A second name, for other languages or labels.
    pub alternate_name: Option<String>,
    /// Its barcode, unique within the tenant.
    pub barcode: Option<String>,
    /// Who makes or brands it, in words.
    pub vendor: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// Its category.
    pub category_id: Option<i64>,
    /// Its type.
    pub type_id: Option<i64>,
    /// Its brand.
    pub brand_id: Option<i64>,
    /// The unit it is counted in.
    pub base_uom_id: Option<i64>,
    /// The unit it is sold in.
    pub sales_uom_id: Option<i64>,
    /// The unit it is bought in.
    pub purchase_uom_id: Option<i64>,
    /// How its stock is told apart.
    pub tracking: Tracking,
    /// What it sells for.
    pub base_price: Money,
    /// What it costs to get.
    pub cost_price: Option<Money>,
    /// What it used to sell for, shown beside the price.
    pub compare_at_price: Option<Money>,
    /// What one unit weighs.
    pub weight: Option<Weight>,
    /// Whether tax is due on it.
    pub taxable: bool,
    /// Whether it has to be shipped.
    pub requires_shipping: bool,
    /// Whether stock of it is kept.
    pub is_stock: bool,
    /// Whether it is sold.
    pub is_sold: bool,
    /// Whether it is bought.
    pub is_purchase: bool,
    /// Whether it is on offer.
    pub is_active: bool,
    /// Who made it.
    pub created_by: String,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// When it last changed, in UTC. Stock does not count.
    pub updated_at: NaiveDateTime,
}
