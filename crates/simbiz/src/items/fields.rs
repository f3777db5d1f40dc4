//! What is said of an item when it is made or changed: header and line, and what they mean to the domain.

use serde::Deserialize;
use stockbridge_domain::items::ItemChanges;
use stockbridge_domain::items::master::{By, Reference};
use stockbridge_domain::values::{Change, Price, Text};
use stockbridge_domain::{Error, TenantId};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use utoipa::ToSchema;

use crate::ids;
use crate::loose::{Flag, Loose, Part, Word};

/// What an item is
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct ItemHeader {
    /// Only to update one, and then the id in the path
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) item_id: Field<Option<Word>>,
    /// Its code, unique within the organization in any case; required to create one, never ""
    #[serde(default)]
    #[schema(value_type = String, max_length = 64, example = "ITEM-API-001")]
    pub(super) item_code: Field<Option<Loose<64>>>,
    /// Its name; required to create one, never ""
    #[serde(default)]
    #[schema(value_type = String, max_length = 255, example = "API Created Item")]
    pub(super) item_name: Field<Option<Loose<255>>>,
    /// A second name
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    item_alternatename: Field<Option<Loose<255>>>,
    /// Its barcode, unique within the organization
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    item_barcode: Field<Option<Loose<64>>>,
    /// Its category by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    category_id: Field<Option<Loose<64>>>,
    /// Its category by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "CAT001")]
    category_code: Field<Option<Loose<64>>>,
    /// Its type by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    type_id: Field<Option<Loose<64>>>,
    /// Its type by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "TYPE001")]
    type_code: Field<Option<Loose<64>>>,
    /// Its brand by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    brand_id: Field<Option<Loose<64>>>,
    /// Its brand by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "BRAND001")]
    brand_code: Field<Option<Loose<64>>>,
    /// "1": it is in use; "0": it is not
    #[serde(default)]
    #[schema(value_type = String, example = "1")]
    pub(super) isactive: Field<Option<Flag>>,
}

/// How an item is counted, sold and bought
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ItemLine)]
pub(super) struct TradeLine {
    /// The unit it is counted in, by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    baseuom_id: Field<Option<Loose<64>>>,
    /// The unit it is counted in, by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "PCS")]
    baseuom_code: Field<Option<Loose<64>>>,
    /// The unit it is sold in, by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    salesuom_id: Field<Option<Loose<64>>>,
    /// The unit it is sold in, by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "PCS")]
    salesuom_code: Field<Option<Loose<64>>>,
    /// The unit it is bought in, by id; it beats the code
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    purchaseuom_id: Field<Option<Loose<64>>>,
    /// The unit it is bought in, by code
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "PCS")]
    purchaseuom_code: Field<Option<Loose<64>>>,
    /// What it sells for, at most four decimals; without one it sells for 0
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "12.00")]
    sell_price: Field<Option<Price>>,
    /// What it costs, at most four decimals
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "10.00")]
    purchase_price: Field<Option<Price>>,
    /// "1": stock of it is kept; "0": it is not
    #[serde(default)]
    #[schema(value_type = String, example = "1")]
    pub(super) isstock: Field<Option<Flag>>,
    /// "1": it is sold; "0": it is not
    #[serde(default)]
    #[schema(value_type = String, example = "1")]
    pub(super) issold: Field<Option<Flag>>,
    /// "1": it is bought; "0": it is not
    #[serde(default)]
    #[schema(value_type = String, example = "1")]
    pub(super) ispurchase: Field<Option<Flag>>,
}

/// An object inside the body; one that is not there says nothing, and neither does what is no object.
pub(super) fn part<T: Default>(check: &mut Check, name: &str, field: Field<Part<T>>) -> T {
    check.optional(name, field).ok().flatten().map(|Part(part)| part).unwrap_or_default()
}

/// What header and line say, all of it judged.
///
/// # Errors
/// Recorded problems.
pub(super) fn changes(check: &mut Check, header: ItemHeader, line: TradeLine) -> std::result::Result<ItemChanges, Gap> {
    let ItemHeader {
        item_id: _,
        item_code,
        item_name,
        item_alternatename,
        item_barcode,
        category_id,
        category_code,
        type_id,
        type_code,
        brand_id,
        brand_code,
        isactive,
    } = header;
    let TradeLine {
        baseuom_id,
        baseuom_code,
        salesuom_id,
        salesuom_code,
        purchaseuom_id,
        purchaseuom_code,
        sell_price,
        purchase_price,
        isstock,
        issold,
        ispurchase,
    } = line;
    // Each line records its problems; the first gap is met only after all of them.
    let sku = replaced(check, "item_code", item_code);
    let name = replaced(check, "item_name", item_name);
    let alternate_name = changed(check, "item_alternatename", item_alternatename);
    let barcode = changed(check, "item_barcode", item_barcode);
    let category = reference(check, ["category_id", "category_code"], category_id, category_code);
    let item_type = reference(check, ["type_id", "type_code"], type_id, type_code);
    let brand = reference(check, ["brand_id", "brand_code"], brand_id, brand_code);
    let base_uom = reference(check, ["baseuom_id", "baseuom_code"], baseuom_id, baseuom_code);
    let sales_uom = reference(check, ["salesuom_id", "salesuom_code"], salesuom_id, salesuom_code);
    let purchase_uom = reference(check, ["purchaseuom_id", "purchaseuom_code"], purchaseuom_id, purchaseuom_code);
    let base_price = check.change_text("sell_price", sell_price);
    let cost_price = check.change_text("purchase_price", purchase_price);
    let is_stock = flag(check, "isstock", isstock);
    let is_sold = flag(check, "issold", issold);
    let is_purchase = flag(check, "ispurchase", ispurchase);
    let is_active = flag(check, "isactive", isactive);
    Ok(ItemChanges {
        sku: sku?,
        name: name?,
        alternate_name: alternate_name?,
        barcode: barcode?,
        category: category?,
        item_type: item_type?,
        brand: brand?,
        base_uom: base_uom?,
        sales_uom: sales_uom?,
        purchase_uom: purchase_uom?,
        base_price: base_price?,
        cost_price: cost_price?,
        is_stock: is_stock?,
        is_sold: is_sold?,
        is_purchase: is_purchase?,
        is_active: is_active?,
        ..ItemChanges::default()
    })
}

/// A text that cannot be without a value.
fn replaced<const MAX: usize>(
    check: &mut Check,
    name: &str,
    field: Field<Option<Loose<MAX>>>,
) -> std::result::Result<Option<Text<MAX>>, Gap> {
    match check.change_text(name, field)? {
        Change::Keep => Ok(None),
        Change::Clear => Err(check.refuse(name, "must not be empty")),
        Change::Set(Loose(text)) => Ok(Some(text)),
    }
}

/// A text that can be taken away.
fn changed<const MAX: usize>(
    check: &mut Check,
    name: &str,
    field: Field<Option<Loose<MAX>>>,
) -> std::result::Result<Change<Text<MAX>>, Gap> {
    Ok(match check.change_text(name, field)? {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(Loose(text)) => Change::Set(text),
    })
}

/// A flag has always a value; "" could be meant as "0" or as "not said", so it is neither.
fn flag(check: &mut Check, name: &str, field: Field<Option<Flag>>) -> std::result::Result<Option<bool>, Gap> {
    match check.change_text(name, field)? {
        Change::Keep => Ok(None),
        Change::Clear => Err(check.refuse(name, "must be 1 or 0")),
        Change::Set(Flag(is)) => Ok(Some(is)),
    }
}

/// A reference by id or by code: an id beats a code, either beats the wish to have none. An id stays unread until the
/// organization is known: see [`settled`].
fn reference(
    check: &mut Check,
    [id_name, code_name]: [&str; 2],
    id: Field<Option<Loose<64>>>,
    code: Field<Option<Loose<64>>>,
) -> std::result::Result<Change<Reference>, Gap> {
    let (id, code) = (changed(check, id_name, id), changed(check, code_name, code));
    let refer = |field: &str, by| Change::Set(Reference { field: field.to_owned(), by });
    Ok(match (id?, code?) {
        (Change::Set(id), _) => refer(id_name, By::Unreadable(id.into())),
        (_, Change::Set(code)) => refer(code_name, By::Code(code.into())),
        (Change::Keep, Change::Keep) => Change::Keep,
        (Change::Keep | Change::Clear, Change::Keep | Change::Clear) => Change::Clear,
    })
}

/// The same changes with every id read as this organization's.
pub(super) fn settled(changes: &ItemChanges, organization: TenantId) -> ItemChanges {
    let mut settled = changes.clone();
    for change in [
        &mut settled.category,
        &mut settled.item_type,
        &mut settled.brand,
        &mut settled.base_uom,
        &mut settled.sales_uom,
        &mut settled.purchase_uom,
    ] {
        if let Change::Set(Reference { by, .. }) = change
            && let By::Unreadable(text) = by
            && let Some(number) = ids::number(text, organization)
        {
            *by = By::Id(number);
        }
    }
    settled
}

/// Names a reference that does not exist as it was sent.
pub(super) fn as_asked(error: Error, asked: &ItemChanges) -> Error {
    let Error::UnknownReference { field, thing, key } = error else { return error };
    let ItemChanges { category, item_type, brand, base_uom, sales_uom, purchase_uom, .. } = asked;
    let mut sent = [category, item_type, brand, base_uom, sales_uom, purchase_uom]
        .into_iter()
        .filter_map(|change| if let Change::Set(reference) = change { Some(reference) } else { None });
    let key = sent.find(|reference| reference.field == field).map_or(key, |reference| reference.by.to_string());
    Error::UnknownReference { field, thing, key }
}
