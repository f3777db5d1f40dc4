//! Files of categories and locations. Their rows refer to each other, so that all of them are carried over at once.

use stockbridge_domain::bring::{Intent, MOST_ROWS, Outcome};
use stockbridge_domain::items::categories::{self, CategoryRow};
use stockbridge_domain::stock::warehouses::{self, WarehouseRow};
use stockbridge_domain::values::fold;
use stockbridge_domain::{Result, Tx};

use super::sheet::{Cells, Column, Sheet, Size};

/// A file of categories.
#[derive(Clone, Copy)]
pub(super) struct Categories;

impl Sheet for Categories {
    type Row = CategoryRow;

    fn columns(self) -> &'static [Column] {
        const {
            &[
                Column::required("category_code", "code", "tells rows apart, in any case"),
                Column::optional("category_name", "name", "needed by a new one"),
                Column::optional("parent_code", "parent_code", "the category above it, in any line; empty: none"),
                Column::optional("isactive", "is_active", "1 or 0; a new one is 1"),
            ]
        }
    }

    fn at_once(self) -> Size {
        Size::Whole(MOST_ROWS)
    }

    fn read(self, cells: &mut Cells<'_>) -> Option<CategoryRow> {
        let (code, name) = (cells.needed("category_code"), cells.name("category_name"));
        let (parent, is_active) = (cells.text("parent_code"), cells.flag("isactive"));
        Some(CategoryRow { code: code?, name, parent, is_active })
    }

    fn unique(self, row: &CategoryRow) -> Vec<(&'static str, String)> {
        vec![("category_code", fold(row.code.as_str()))]
    }

    fn bring(self, tx: &mut Tx<'_>, rows: &[CategoryRow], intent: Intent) -> Result<Vec<Outcome>> {
        categories::bring(tx, rows, intent)
    }
}

/// A file of locations, which IOM calls warehouses.
#[derive(Clone, Copy)]
pub(super) struct Locations;

impl Sheet for Locations {
    type Row = WarehouseRow;

    fn columns(self) -> &'static [Column] {
        const {
            &[
                Column::required("location_code", "code", "tells rows apart, in any case"),
                Column::optional("location_name", "name", "needed by a new one"),
                Column::optional("address", "address", "its street address"),
                Column::optional("city", "city", "its city"),
                Column::optional("state", "state", "its state"),
                Column::optional(
                    "branch_code",
                    "branch_code",
                    "the location that stands for its branch; empty: its own",
                ),
                Column::optional("isdefault", "is_default", "1 in one line at most: meant where none is named"),
                Column::optional("isactive", "is_active", "1 or 0; a new one is 1"),
            ]
        }
    }

    fn at_once(self) -> Size {
        Size::Whole(MOST_ROWS)
    }

    fn read(self, cells: &mut Cells<'_>) -> Option<WarehouseRow> {
        let (code, name) = (cells.needed("location_code"), cells.name("location_name"));
        let [address, city, state] = ["address", "city", "state"].map(|column| cells.text(column));
        let branch = cells.text("branch_code");
        let (is_default, is_active) = (cells.flag("isdefault"), cells.flag("isactive"));
        Some(WarehouseRow { code: code?, name, address, city, state, branch, is_default, is_active })
    }

    fn unique(self, row: &WarehouseRow) -> Vec<(&'static str, String)> {
        vec![("location_code", fold(row.code.as_str()))]
    }

    fn bring(self, tx: &mut Tx<'_>, rows: &[WarehouseRow], intent: Intent) -> Result<Vec<Outcome>> {
        warehouses::bring(tx, rows, intent)
    }
}
