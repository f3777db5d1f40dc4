//! One item, with the lists it refers to.

use diesel::prelude::*;

use super::Item;
use crate::error::{Error, Result, Thing};
use crate::schema::{brands, categories, item_types, products, uoms};
use crate::store::Tx;
use crate::values::fold;

/// An item and what its references are called.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ItemDetail {
    /// The item.
    pub item: Item,
    /// Its category.
    pub category: Option<Label>,
    /// Its type.
    pub item_type: Option<Label>,
    /// Its brand.
    pub brand: Option<Label>,
    /// The unit it is counted in.
    pub base_uom: Option<Label>,
    /// The unit it is sold in.
    pub sales_uom: Option<Label>,
    /// The unit it is bought in.
    pub purchase_uom: Option<Label>,
}

/// What something is called.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Label {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

diesel::alias! {
    const SALES: Alias<SalesUom> = uoms as sales_uoms;
    const PURCHASE: Alias<PurchaseUom> = uoms as purchase_uoms;
}

/// One item by its id.
///
/// # Errors
/// [`Error::NotFound`] when this tenant has none with that id.
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<ItemDetail> {
    find(tx, Key::Id(id))?.ok_or_else(|| unknown(&id.to_string()))
}

/// One item by its code, in any case.
///
/// # Errors
/// [`Error::NotFound`] when this tenant has none with that code.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<ItemDetail> {
    find(tx, Key::Code(fold(code)))?.ok_or_else(|| unknown(code))
}

/// One item that is on offer, by its code, in any case.
///
/// # Errors
/// [`Error::NotFound`] when this tenant has none with that code, or does not offer it.
pub fn on_offer(tx: &mut Tx<'_>, code: &str) -> Result<ItemDetail> {
    let found = find(tx, Key::Code(fold(code)))?.filter(|detail| detail.item.is_active);
    found.ok_or_else(|| unknown(code))
}

/// One item by its barcode, or else by its code.
///
/// # Errors
/// [`Error::NotFound`] when this tenant has none with that barcode or code.
pub fn by_barcode(tx: &mut Tx<'_>, barcode: &str) -> Result<ItemDetail> {
    match find(tx, Key::Barcode(barcode.trim().to_owned()))? {
        Some(found) => Ok(found),
        None => by_code(tx, barcode),
    }
}

enum Key {
    Id(i64),
    Code(String),
    Barcode(String),
}

fn find(tx: &mut Tx<'_>, key: Key) -> Result<Option<ItemDetail>> {
    let tenant = tx.tenant_id();
    let (sales, purchase) = (SALES, PURCHASE);
    let of_tenant = products::table
        .left_join(
            categories::table
                .on(categories::tenant_id.eq(tenant).and(categories::id.nullable().eq(products::category_id))),
        )
        .left_join(
            item_types::table.on(item_types::tenant_id.eq(tenant).and(item_types::id.nullable().eq(products::type_id))),
        )
        .left_join(brands::table.on(brands::tenant_id.eq(tenant).and(brands::id.nullable().eq(products::brand_id))))
        .left_join(uoms::table.on(uoms::tenant_id.eq(tenant).and(uoms::id.nullable().eq(products::base_uom_id))))
        .left_join(sales.on(
            sales.field(uoms::tenant_id).eq(tenant).and(sales.field(uoms::id).nullable().eq(products::sales_uom_id)),
        ))
        .left_join(
            purchase.on(purchase
                .field(uoms::tenant_id)
                .eq(tenant)
                .and(purchase.field(uoms::id).nullable().eq(products::purchase_uom_id))),
        )
        .filter(products::tenant_id.eq(tenant))
        .select((
            Item::as_select(),
            (categories::id, categories::code, categories::name).nullable(),
            (item_types::id, item_types::code, item_types::name).nullable(),
            (brands::id, brands::code, brands::name).nullable(),
            (uoms::id, uoms::code, uoms::name).nullable(),
            sales.fields((uoms::id, uoms::code, uoms::name)).nullable(),
            purchase.fields((uoms::id, uoms::code, uoms::name)).nullable(),
        ));
    let found = match key {
        Key::Id(id) => of_tenant.filter(products::id.eq(id)).first(tx.conn),
        Key::Code(code) => of_tenant.filter(products::sku_key.eq(code)).first(tx.conn),
        Key::Barcode(barcode) => of_tenant.filter(products::barcode.eq(barcode)).first(tx.conn),
    };
    Ok(found.optional()?)
}

pub(super) fn unknown(key: &str) -> Error {
    Error::NotFound { thing: Thing::Item, key: key.to_owned() }
}
