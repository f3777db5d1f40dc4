//! Files of stock: how much lies where.

use stockbridge_domain::bring::{Intent, Outcome};
use stockbridge_domain::stock::{self, Label, StockRow};
use stockbridge_domain::values::{Change, fold};
use stockbridge_domain::{Result, Tx};

use super::sheet::{Cells, Column, Sheet, Size};

/// A file of figures that become what is on hand.
#[derive(Clone, Copy)]
pub(super) struct Figures;

impl Sheet for Figures {
    type Row = StockRow;

    fn columns(self) -> &'static [Column] {
        const {
            &[
                Column::required("item_code", "item_code", "the item; with location and batch it tells rows apart"),
                Column::required("location_code", "location_code", "where it lies"),
                Column::required("qty", "quantity", "what is on hand from now on; the difference is a movement"),
                Column::optional(
                    "reorder_level",
                    "reorder_level",
                    "time to order at or below it; 0: never; empty: kept",
                ),
                Column::optional(
                    "batch_number",
                    "batch_number",
                    "of items tracked by batch: qty is of this batch alone",
                ),
                Column::optional("expiry_date", "expiry_date", "the last good day of a new batch (YYYY-MM-DD)"),
            ]
        }
    }

    fn at_once(self) -> Size {
        Size::Rows(100)
    }

    fn read(self, cells: &mut Cells<'_>) -> Option<StockRow> {
        let (sku, warehouse) = (cells.needed("item_code"), cells.needed("location_code"));
        let quantity = cells.figure("qty");
        let reorder_level = cells.quantity("reorder_level");
        let expiry_date = cells.day("expiry_date");
        let batch = match cells.text("batch_number") {
            Change::Set(number) => Change::Set(Label { number, expiry_date }),
            Change::Clear => Change::Clear,
            Change::Keep => Change::Keep,
        };
        cells.unless(expiry_date.is_none() || matches!(batch, Change::Set(_)), "expiry_date", "needs a batch_number");
        Some(StockRow { sku: sku?, warehouse: warehouse?, quantity: quantity?, reorder_level, batch })
    }

    fn unique(self, row: &StockRow) -> Vec<(&'static str, String)> {
        let batch = if let Change::Set(label) = &row.batch { fold(label.number.as_str()) } else { String::new() };
        let place = [fold(row.sku.as_str()), fold(row.warehouse.as_str()), batch];
        vec![("item_code", place.join("\n"))]
    }

    fn agreed(self, row: &StockRow) -> Vec<(&'static str, String, String)> {
        let (sku, warehouse) = (fold(row.sku.as_str()), fold(row.warehouse.as_str()));
        let level =
            row.reorder_level.map(|level| ("reorder_level", [&*sku, &*warehouse].join("\n"), level.to_string()));
        let day = if let Change::Set(Label { number, expiry_date }) = &row.batch {
            let day = expiry_date.map(|day| day.to_string()).unwrap_or_default();
            Some(("expiry_date", [sku, fold(number.as_str())].join("\n"), day))
        } else {
            None
        };
        level.into_iter().chain(day).collect()
    }

    fn bring(self, tx: &mut Tx<'_>, rows: &[StockRow], intent: Intent) -> Result<Vec<Outcome>> {
        stock::bring(tx, rows, intent)
    }
}
