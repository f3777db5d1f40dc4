//! What a command makes of an item, before anything is stored.

use super::master::{List, Reference};
use super::{Item, ItemChanges, Tracking};
use crate::error::Result;
use crate::store::Tx;
use crate::values::{Change, Code, Money, Name, Price};

/// Where an item is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Described {
    /// By its category.
    Category,
    /// In one of the lists.
    In(List),
}

/// An item that is nothing but its code and name.
pub(super) fn blank(tx: &Tx<'_>, sku: &Code, name: &Name) -> Item {
    Item {
        tenant_id: tx.tenant_id(),
        id: 0,
        sku: sku.clone().into(),
        name: name.clone().into(),
        alternate_name: None,
        barcode: None,
        vendor: None,
        description: None,
        category_id: None,
        type_id: None,
        brand_id: None,
        base_uom_id: None,
        sales_uom_id: None,
        purchase_uom_id: None,
        tracking: Tracking::None,
        base_price: Money::ZERO,
        cost_price: None,
        compare_at_price: None,
        weight: None,
        taxable: true,
        requires_shipping: true,
        is_stock: true,
        is_sold: true,
        is_purchase: true,
        is_active: true,
        created_by: tx.actor().name().to_owned(),
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

/// Changes an item; `find` tells the id of what it is described by.
pub(super) fn apply(
    item: &mut Item,
    changes: &ItemChanges,
    mut find: impl FnMut(Described, &Reference) -> Result<i64>,
) -> Result<()> {
    let ItemChanges {
        sku,
        name,
        alternate_name,
        barcode,
        vendor,
        description,
        category,
        item_type,
        brand,
        base_uom,
        sales_uom,
        purchase_uom,
        tracking,
        base_price,
        cost_price,
        compare_at_price,
        weight,
        taxable,
        requires_shipping,
        is_stock,
        is_sold,
        is_purchase,
        is_active,
    } = changes.clone();
    item.sku = sku.map_or_else(|| std::mem::take(&mut item.sku), String::from);
    item.name = name.map_or_else(|| std::mem::take(&mut item.name), String::from);
    alternate_name.apply(&mut item.alternate_name, String::from);
    barcode.apply(&mut item.barcode, String::from);
    vendor.apply(&mut item.vendor, String::from);
    description.apply(&mut item.description, String::from);
    for (field, described, reference) in [
        (&mut item.category_id, Described::Category, category),
        (&mut item.type_id, Described::In(List::Types), item_type),
        (&mut item.brand_id, Described::In(List::Brands), brand),
        (&mut item.base_uom_id, Described::In(List::Uoms), base_uom),
        (&mut item.sales_uom_id, Described::In(List::Uoms), sales_uom),
        (&mut item.purchase_uom_id, Described::In(List::Uoms), purchase_uom),
    ] {
        match reference {
            Change::Keep => {}
            Change::Clear => *field = None,
            Change::Set(reference) => *field = Some(find(described, &reference)?),
        }
    }
    item.tracking = tracking.unwrap_or(item.tracking);
    let mut price = Some(item.base_price);
    base_price.apply(&mut price, Price::money);
    item.base_price = price.unwrap_or_default();
    cost_price.apply(&mut item.cost_price, Price::money);
    compare_at_price.apply(&mut item.compare_at_price, Price::money);
    weight.apply(&mut item.weight, |weight| weight);
    item.taxable = taxable.unwrap_or(item.taxable);
    item.requires_shipping = requires_shipping.unwrap_or(item.requires_shipping);
    item.is_stock = is_stock.unwrap_or(item.is_stock);
    item.is_sold = is_sold.unwrap_or(item.is_sold);
    item.is_purchase = is_purchase.unwrap_or(item.is_purchase);
    item.is_active = is_active.unwrap_or(item.is_active);
    Ok(())
}
