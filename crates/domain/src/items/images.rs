//! Pictures of items.

use diesel::prelude::*;

use crate::error::Result;
use crate::schema::product_images as images;
use crate::store::Tx;
use crate::store::portable::advance_sequence;

/// A picture of an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = images, check_for_backend(crate::store::connection::MultiBackend))]
pub struct Image {
    /// Its id.
    pub id: i64,
    /// Where it is served, from the root of this server.
    pub url: String,
    /// Whether it is the one to show first.
    pub is_primary: bool,
}

/// The pictures of an item, by id.
///
/// # Errors
/// Only faults of the store.
pub fn of_item(tx: &mut Tx<'_>, item: i64) -> Result<Vec<Image>> {
    let of_item = images::tenant_id.eq(tx.tenant_id()).and(images::product_id.eq(item));
    Ok(images::table.filter(of_item).order(images::id).select(Image::as_select()).load(tx.conn)?)
}

/// Records a picture that comes with its id.
///
/// # Errors
/// Only faults of the store.
pub fn enter(tx: &mut Tx<'_>, item: i64, image: &Image) -> Result<()> {
    diesel::insert_into(images::table)
        .values((
            images::tenant_id.eq(tx.tenant_id()),
            images::id.eq(image.id),
            images::product_id.eq(item),
            images::url.eq(&image.url),
            images::is_primary.eq(image.is_primary),
            images::created_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    Ok(advance_sequence(tx.conn, "product_images")?)
}

pub(super) fn forget(tx: &mut Tx<'_>, item: i64) -> Result<()> {
    let of_item = images::tenant_id.eq(tx.tenant_id()).and(images::product_id.eq(item));
    diesel::delete(images::table.filter(of_item)).execute(tx.conn)?;
    Ok(())
}
