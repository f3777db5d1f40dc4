//! The rules of items and categories, and that their books stay true.

mod books;
mod bring;
mod categories;
mod images;
mod list;
mod master;
mod read;
mod variants;
mod write;

use crate::items::ItemChanges;
use crate::testing::id_of;
use crate::values::Change;

/// Into a category.
fn into_category(id: i64) -> ItemChanges {
    ItemChanges { category: Change::Set(id_of("category_id", id)), ..ItemChanges::default() }
}
