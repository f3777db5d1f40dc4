//! Items in the words of each dialect: bodies that write them, and answers that show them.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::shop::{Changes, Dialect, Entry, Field, Figure, Item, Lists, Model, Tracking, Word};
use crate::support::Random;

/// An id that nothing has.
pub const NOBODY: i64 = 999_999_999;

/// A body that says this of an item. Figures, flags and references come in every form that the dialect takes.
pub fn body(lists: &Lists, dialect: Dialect, changes: &Changes, random: &mut Random) -> Value {
    match dialect {
        Dialect::Iom => {
            let fields = Field::IOM.into_iter().filter_map(|(field, name)| Some((field, name, changes.get(&field)?)));
            let said = fields.map(|(field, name, word)| (name.to_owned(), in_iom(lists, field, word.as_ref(), random)));
            Value::Object(said.collect())
        }
        Dialect::SimBiz => {
            let mut parts = Map::new();
            for (field, part, name) in Field::SIMBIZ {
                let Some(word) = changes.get(&field) else { continue };
                let part = parts.entry(part).or_insert_with(|| json!({}));
                let part = part.as_object_mut().expect("a part");
                in_simbiz(lists, field, name, word.as_ref(), random, part);
            }
            json!({"data": parts})
        }
    }
}

fn in_iom(lists: &Lists, field: Field, word: Option<&Word>, random: &mut Random) -> Value {
    match word {
        None => Value::Null,
        Some(Word::Text(text)) => json!(text),
        Some(Word::Price(price)) => figure(*price, random),
        Some(Word::Weight(grams)) => json!(weight(*grams)),
        Some(Word::Flag(is)) => json!(is),
        Some(Word::Entry(at)) => json!(entry(lists, field, *at).map_or(NOBODY, |entry| entry.id)),
        Some(Word::Tracking(tracking)) => json!(tracking_word(*tracking)),
        Some(Word::Bad) => bad(field),
    }
}

fn in_simbiz(
    lists: &Lists,
    field: Field,
    name: &str,
    word: Option<&Word>,
    random: &mut Random,
    part: &mut Map<String, Value>,
) {
    let is_reference = field.list(lists).is_some();
    let value = match word {
        None if is_reference => {
            part.insert(format!("{name}_{}", random.pick(&["id", "code"])), json!(""));
            return;
        }
        None => random.pick(&[json!(""), Value::Null]).clone(),
        Some(Word::Text(text)) => json!(text),
        Some(Word::Price(price)) => figure(*price, random),
        Some(Word::Flag(true)) => random.pick(&[json!("1"), json!(1), json!(true)]).clone(),
        Some(Word::Flag(false)) => random.pick(&[json!("0"), json!(0), json!(false)]).clone(),
        Some(Word::Entry(at)) => {
            let known = entry(lists, field, *at);
            let id = known.map_or(NOBODY, |entry| entry.id);
            let by_id = random.pick(&[json!(format!("1-1-{id}")), json!(id), json!(id.to_string())]).clone();
            let code = known.map_or("NOBODY", |entry| &entry.code);
            let code = if random.once_in(3) { code.to_lowercase() } else { code.to_owned() };
            if random.once_in(2) {
                part.insert(format!("{name}_id"), by_id);
                // Where both are said, the id counts.
                if known.is_some() && random.once_in(3) {
                    part.insert(format!("{name}_code"), json!("NOBODY"));
                }
            } else {
                part.insert(format!("{name}_code"), json!(code));
            }
            return;
        }
        Some(Word::Bad) if is_reference => {
            part.insert(format!("{name}_id"), bad(field));
            return;
        }
        Some(Word::Bad) => bad(field),
        Some(Word::Weight(_) | Word::Tracking(_)) => unreachable!("SimBiz has no word for {field:?}"),
    };
    part.insert(name.to_owned(), value);
}

/// A figure as a number, or as a text.
pub fn figure(figure: Figure, random: &mut Random) -> Value {
    if random.once_in(2) { figure.number() } else { json!(figure.plain()) }
}

fn bad(field: Field) -> Value {
    match field {
        Field::Sku | Field::Name => json!(" "),
        Field::BasePrice | Field::CostPrice | Field::CompareAtPrice | Field::Weight => json!("-1"),
        Field::Tracking => json!("by heart"),
        flag if flag.is_flag() => json!("perhaps"),
        _ => json!(["a", "list"]),
    }
}

fn entry(lists: &Lists, field: Field, at: usize) -> Option<&Entry> {
    field.list(lists)?.get(at)
}

fn weight(grams: i64) -> String {
    format!("{}.{:03}", grams / 1000, grams % 1000)
}

fn tracking_word(tracking: Tracking) -> &'static str {
    match tracking {
        Tracking::None => "none",
        Tracking::Batch => "batch",
        Tracking::Serial => "serial",
    }
}

/// An instant as IOM shows it.
pub fn iom_time(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An instant as SimBiz shows it.
pub fn simbiz_time(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// An id as SimBiz shows it, "" for none.
pub fn simbiz_id(id: Option<i64>) -> String {
    id.map(|id| format!("1-1-{id}")).unwrap_or_default()
}

/// An item's row in IOM's list.
pub fn product_row(model: &Model, at: usize) -> Value {
    let item = &model.items[at];
    let category = item.entry(Field::Category, &model.lists);
    json!({
        "id": item.id,
        "name": item.text(Field::Name),
        "sku": item.text(Field::Sku),
        "base_price": item.price(Field::BasePrice).map(Figure::money),
        "cost_price": item.price(Field::CostPrice).map(Figure::money),
        "barcode": text(item, Field::Barcode),
        "vendor": text(item, Field::Vendor),
        "category_id": category.map(|entry| entry.id),
        "category_name": category.map(|entry| &entry.name),
        "tracking_type": tracking_word(item.tracking()),
        "is_active": item.is(Field::IsActive),
        "total_stock": model.on_hand(at).number(),
    })
}

/// An item as IOM shows it alone.
pub fn product(model: &Model, at: usize) -> Value {
    let item = &model.items[at];
    let mut product = product_row(model, at);
    let place = |place: usize| &model.lists.places[place];
    let row = |(at, balance): (usize, &super::shop::Balance)| {
        let quantity = balance.quantity.number();
        json!({"warehouse_id": place(at).id, "warehouse_name": place(at).name, "quantity": quantity})
    };
    let grams = if let Some(Word::Weight(grams)) = item.words.get(&Field::Weight) { Some(*grams) } else { None };
    let more = json!({
        "compare_at_price": item.price(Field::CompareAtPrice).map(Figure::money),
        "description": text(item, Field::Description),
        "weight": grams.map(weight),
        "taxable": item.is(Field::Taxable),
        "requires_shipping": item.is(Field::RequiresShipping),
        "images": [],
        "variants": [],
        "stock": model.places_of(at).map(row).collect::<Vec<_>>(),
        "created_at": iom_time(item.created_at),
        "updated_at": iom_time(item.updated_at),
    });
    add(&mut product, more);
    product
}

/// An item's row in SimBiz's list.
pub fn item_row(model: &Model, at: usize) -> Value {
    let item = &model.items[at];
    json!({
        "item_id": simbiz_id(Some(item.id)),
        "item_code": item.text(Field::Sku),
        "item_name": item.text(Field::Name),
        "item_barcode": item.text(Field::Barcode),
        "organization_id": "1-1",
        "organization_code": "SHOP",
        "updated": simbiz_time(item.updated_at),
    })
}

/// An item as SimBiz shows it alone.
pub fn item(model: &Model, at: usize) -> Value {
    let item = &model.items[at];
    let mut shown = item_row(model, at);
    let mut more = Map::new();
    for (field, name, has_name) in [
        (Field::Category, "category", true),
        (Field::Type, "type", true),
        (Field::Brand, "brand", true),
        (Field::BaseUom, "baseuom", false),
        (Field::SalesUom, "salesuom", false),
        (Field::PurchaseUom, "purchaseuom", false),
    ] {
        let entry = item.entry(field, &model.lists);
        more.insert(format!("{name}_id"), json!(simbiz_id(entry.map(|entry| entry.id))));
        more.insert(format!("{name}_code"), json!(entry.map(|entry| entry.code.as_str()).unwrap_or_default()));
        if has_name {
            more.insert(format!("{name}_name"), json!(entry.map(|entry| entry.name.as_str()).unwrap_or_default()));
        }
    }
    let money = |field: Field| item.price(field).map(Figure::money).unwrap_or_default();
    let flag = |field: Field| if item.is(field) { "1" } else { "0" };
    add(&mut shown, Value::Object(more));
    let rest = json!({
        "item_alternatename": item.text(Field::AlternateName),
        "sell_price": money(Field::BasePrice),
        "purchase_price": money(Field::CostPrice),
        "isstock": flag(Field::IsStock),
        "issold": flag(Field::IsSold),
        "ispurchase": flag(Field::IsPurchase),
        "isactive": flag(Field::IsActive),
    });
    add(&mut shown, rest);
    shown
}

fn text(item: &Item, field: Field) -> Value {
    Some(item.text(field)).filter(|text| !text.is_empty()).into()
}

fn add(to: &mut Value, more: Value) {
    let (Value::Object(to), Value::Object(more)) = (to, more) else { unreachable!("objects are added") };
    to.extend(more);
}
