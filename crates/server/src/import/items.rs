//! Files of items.

use stockbridge_domain::bring::{Intent, Outcome};
use stockbridge_domain::items::{self, ItemChanges, ItemRow, Tracking};
use stockbridge_domain::values::{Change, fold};
use stockbridge_domain::{Result, Tx};

use super::sheet::{Cells, Column, Sheet, Size};

/// A file of items, which IOM calls products.
#[derive(Clone, Copy)]
pub(super) struct Items;

impl Sheet for Items {
    type Row = ItemRow;

    fn columns(self) -> &'static [Column] {
        const {
            &[
                Column::required("item_code", "sku", "tells rows apart, in any case"),
                Column::optional("item_name", "name", "needed by a new one"),
                Column::optional("item_alternatename", "alternate_name", "a second name"),
                Column::optional("item_barcode", "barcode", "no two items have the same"),
                Column::optional("category_code", "category", "its category"),
                Column::optional("type_code", "type", "its type"),
                Column::optional("brand_code", "brand", "its brand"),
                Column::optional("baseuom_code", "base_uom", "the unit it is counted in"),
                Column::optional("salesuom_code", "sales_uom", "the unit it is sold in"),
                Column::optional("purchaseuom_code", "purchase_uom", "the unit it is bought in"),
                Column::optional("sell_price", "base_price", "what it sells for; empty: 0"),
                Column::optional("purchase_price", "cost_price", "what it costs; what lies of it is valued anew"),
                Column::optional("compare_at_price", "compare_at_price", "what it used to sell for"),
                Column::optional("vendor", "vendor", "who makes it, in words"),
                Column::optional("description", "description", "a description"),
                Column::optional("weight", "weight", "kilograms of one unit"),
                Column::optional("tracking", "tracking", "none, batch or serial; a new one is none"),
                Column::optional("isstock", "is_stock", "1: stock of it is kept; a new one is 1"),
                Column::optional("issold", "is_sold", "1: it is sold; a new one is 1"),
                Column::optional("ispurchase", "is_purchase", "1: it is bought; a new one is 1"),
                Column::optional("taxable", "taxable", "1: tax is due on it; a new one is 1"),
                Column::optional("requires_shipping", "requires_shipping", "1: it has to be shipped; a new one is 1"),
                Column::optional("isactive", "is_active", "1: it is on offer; a new one is 1"),
            ]
        }
    }

    fn at_once(self) -> Size {
        Size::Rows(100)
    }

    fn read(self, cells: &mut Cells<'_>) -> Option<ItemRow> {
        let sku = cells.needed("item_code");
        let rest = ItemChanges {
            sku: None,
            name: cells.name("item_name"),
            alternate_name: cells.text("item_alternatename"),
            barcode: cells.text("item_barcode"),
            vendor: cells.text("vendor"),
            description: cells.text("description"),
            category: cells.reference("category_code"),
            item_type: cells.reference("type_code"),
            brand: cells.reference("brand_code"),
            base_uom: cells.reference("baseuom_code"),
            sales_uom: cells.reference("salesuom_code"),
            purchase_uom: cells.reference("purchaseuom_code"),
            tracking: cells.word("tracking", "none, batch or serial", Tracking::from_word),
            base_price: cells.price("sell_price"),
            cost_price: cells.price("purchase_price"),
            compare_at_price: cells.price("compare_at_price"),
            weight: cells.weight("weight"),
            taxable: cells.flag("taxable"),
            requires_shipping: cells.flag("requires_shipping"),
            is_stock: cells.flag("isstock"),
            is_sold: cells.flag("issold"),
            is_purchase: cells.flag("ispurchase"),
            is_active: cells.flag("isactive"),
        };
        Some(ItemRow { sku: sku?, rest })
    }

    fn unique(self, row: &ItemRow) -> Vec<(&'static str, String)> {
        let code = ("item_code", fold(row.sku.as_str()));
        let barcode =
            if let Change::Set(barcode) = &row.rest.barcode { Some(barcode.as_str().to_owned()) } else { None };
        std::iter::once(code).chain(barcode.map(|barcode| ("item_barcode", barcode))).collect()
    }

    fn bring(self, tx: &mut Tx<'_>, rows: &[ItemRow], intent: Intent) -> Result<Vec<Outcome>> {
        items::bring(tx, rows, intent)
    }
}
