//! Pictures of items. Exactly one of an item's pictures is its primary one.
//!
//! Every change holds the item's row, so that two of them come one after the other.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::write::lock as lock_item;
use crate::error::{Error, Problem, Result, Thing};
use crate::schema::product_images as images;
use crate::store::Tx;
use crate::store::portable::advance_sequence;

/// Pictures of one item at the most.
pub const MOST: usize = 50;

/// A picture of an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = images, check_for_backend(crate::store::connection::MultiBackend))]
pub struct Image {
    /// Its id.
    pub id: i64,
    /// Where it is served: a path from the root of this server, or a whole URL.
    pub url: String,
    /// Whether it is the one to show first.
    pub is_primary: bool,
    /// When it was recorded, in UTC.
    pub created_at: NaiveDateTime,
    /// The name of the file that goes with it; `None` where its url leads elsewhere.
    pub file: Option<String>,
}

/// A picture to be.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// Where it is served.
    pub url: String,
    /// The name of the file that goes with it.
    pub file: Option<String>,
    /// Whether it is the one to show first; the first one is in any case.
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

/// Adds a picture to an item.
///
/// # Errors
/// [`Error::NotFound`] for the item; [`Error::TooMany`] when it has [`MOST`] already.
pub fn add(tx: &mut Tx<'_>, item: i64, new: &NewImage) -> Result<Image> {
    lock_item(tx, item)?;
    let before = of_item(tx, item)?;
    if before.len() >= MOST {
        return Err(Error::TooMany { thing: Thing::Image, most: MOST });
    }
    let is_primary = new.is_primary || before.is_empty();
    if is_primary {
        hand_over(tx, &before)?;
    }
    let row = (
        images::tenant_id.eq(tx.tenant_id()),
        images::product_id.eq(item),
        images::url.eq(&new.url),
        images::is_primary.eq(is_primary),
        images::created_at.eq(tx.now()),
        images::file.eq(&new.file),
    );
    let id = diesel::insert_into(images::table).values(row).returning(images::id).get_result(tx.conn)?;
    Ok(Image { id, url: new.url.clone(), is_primary, created_at: tx.now(), file: new.file.clone() })
}

/// Records a picture that comes with its id: demo data.
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
            images::created_at.eq(image.created_at),
            images::file.eq(&image.file),
        ))
        .execute(tx.conn)?;
    Ok(advance_sequence(tx.conn, "product_images")?)
}

/// Makes a picture of an item its primary one, in place of the one before. What is so already stays so.
///
/// # Errors
/// [`Error::NotFound`] for the item or the picture; [`Error::Invalid`] when the item would be left without a primary
/// one.
pub fn set_primary(tx: &mut Tx<'_>, item: i64, id: i64, is_primary: bool) -> Result<()> {
    lock_item(tx, item)?;
    let all = of_item(tx, item)?;
    let image = named(&all, id)?;
    match (image.is_primary, is_primary) {
        (true, false) => {
            let message = "must stay true: make another image the primary one instead";
            Err(Error::Invalid(vec![Problem::new("is_primary", message)]))
        }
        (false, true) => {
            hand_over(tx, &all)?;
            mark(tx, id, true)
        }
        (true, true) | (false, false) => Ok(()),
    }
}

/// Takes a picture off an item, and returns it as it was. The oldest one left takes its place as the primary one.
///
/// # Errors
/// [`Error::NotFound`] for the item or the picture.
pub fn remove(tx: &mut Tx<'_>, item: i64, id: i64) -> Result<Image> {
    lock_item(tx, item)?;
    let all = of_item(tx, item)?;
    let image = named(&all, id)?.clone();
    let this = images::tenant_id.eq(tx.tenant_id()).and(images::id.eq(id));
    diesel::delete(images::table.filter(this)).execute(tx.conn)?;
    let oldest = all.iter().find(|other| other.id != id).filter(|_| image.is_primary);
    if let Some(oldest) = oldest {
        mark(tx, oldest.id, true)?;
    }
    Ok(image)
}

/// Takes all pictures off an item that goes, and returns the names of their files.
pub(super) fn forget(tx: &mut Tx<'_>, item: i64) -> Result<Vec<String>> {
    let of_item = images::tenant_id.eq(tx.tenant_id()).and(images::product_id.eq(item));
    let files: Vec<Option<String>> = images::table.filter(of_item).select(images::file).load(tx.conn)?;
    diesel::delete(images::table.filter(of_item)).execute(tx.conn)?;
    Ok(files.into_iter().flatten().collect())
}

fn named(all: &[Image], id: i64) -> Result<&Image> {
    let image = all.iter().find(|image| image.id == id);
    image.ok_or_else(|| Error::NotFound { thing: Thing::Image, key: id.to_string() })
}

/// The primary one among these steps back: an index allows no two, not even for a moment.
fn hand_over(tx: &mut Tx<'_>, all: &[Image]) -> Result<()> {
    all.iter().find(|image| image.is_primary).map_or(Ok(()), |image| mark(tx, image.id, false))
}

fn mark(tx: &mut Tx<'_>, id: i64, is_primary: bool) -> Result<()> {
    let this = images::tenant_id.eq(tx.tenant_id()).and(images::id.eq(id));
    diesel::update(images::table.filter(this)).set(images::is_primary.eq(is_primary)).execute(tx.conn)?;
    Ok(())
}
