//! Files of brands, types and units of measure.

use stockbridge_domain::bring::{Intent, Outcome};
use stockbridge_domain::items::master::{self, EntryRow, List};
use stockbridge_domain::values::fold;
use stockbridge_domain::{Result, Tx};

use super::sheet::{Cells, Column, Sheet, Size};

/// A file of entries of one of the lists.
#[derive(Clone, Copy)]
pub(super) struct Entries(pub(super) List);

const BRANDS: &[Column] = &columns(["brand_code", "brand_name"]);
const TYPES: &[Column] = &columns(["type_code", "type_name"]);
const UOMS: &[Column] = &columns(["uom_code", "uom_name"]);

const fn columns([code, name]: [&'static str; 2]) -> [Column; 3] {
    [
        Column::required(code, "code", "tells rows apart, in any case"),
        Column::optional(name, "name", "needed by a new one"),
        Column::optional("isactive", "is_active", "1 or 0; a new one is 1"),
    ]
}

impl Sheet for Entries {
    type Row = EntryRow;

    fn columns(self) -> &'static [Column] {
        match self.0 {
            List::Brands => BRANDS,
            List::Types => TYPES,
            List::Uoms => UOMS,
        }
    }

    fn at_once(self) -> Size {
        Size::Rows(100)
    }

    fn read(self, cells: &mut Cells<'_>) -> Option<EntryRow> {
        let [code, name] = match self.0 {
            List::Brands => ["brand_code", "brand_name"],
            List::Types => ["type_code", "type_name"],
            List::Uoms => ["uom_code", "uom_name"],
        };
        let (code, name, is_active) = (cells.needed(code), cells.name(name), cells.flag("isactive"));
        Some(EntryRow { code: code?, name, is_active })
    }

    fn unique(self, row: &EntryRow) -> Vec<(&'static str, String)> {
        self.columns().first().map(|column| (column.name, fold(row.code.as_str()))).into_iter().collect()
    }

    fn bring(self, tx: &mut Tx<'_>, rows: &[EntryRow], intent: Intent) -> Result<Vec<Outcome>> {
        master::bring(tx, self.0, rows, intent)
    }
}
