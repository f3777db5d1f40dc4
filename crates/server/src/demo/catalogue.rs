//! The demo's items, the lists that describe them, and the warehouses.

use chrono::{NaiveDateTime, TimeDelta};
use stockbridge_domain::items::categories::{self, NewCategory};
use stockbridge_domain::items::images::{self, Image};
use stockbridge_domain::items::master::{self, By, List, NewEntry, Reference};
use stockbridge_domain::items::variants::{self, VariantDetails};
use stockbridge_domain::items::{self, Item, Tracking};
use stockbridge_domain::stock::warehouses;
use stockbridge_domain::values::{Money, Weight};
use stockbridge_domain::{Fault, Result, Tx};
use stockbridge_http::uploads::SERVED_UNDER;

use super::{MELBOURNE, SYDNEY, code, day, name};

/// The file of image 12.
pub(super) const PICTURE: &str = "wgt500.jpg";

pub(super) fn load(acme: &mut Tx<'_>) -> Result<()> {
    lists(acme)?;
    places(acme)?;
    for sample in SAMPLES {
        items::enter(acme, &sample.item(acme)?)?;
    }
    let (url, file) = (format!("{SERVED_UNDER}{PICTURE}"), Some(PICTURE.to_owned()));
    images::enter(acme, 7, &Image { id: 12, url, is_primary: true, created_at: instant(PLAIN.made)?, file })?;
    looks(acme)
}

/// The notebook comes in two kinds.
fn looks(acme: &mut Tx<'_>) -> Result<()> {
    for (kind, known_as, options) in [
        ("Ruled", "CAM-A4-R", r#"{"pages":"96","paper":"ruled"}"#),
        ("Squared", "CAM-A4-S", r#"{"pages":"96","paper":"squared"}"#),
    ] {
        let (name, sku) = (name(kind)?, Some(code(known_as)?));
        variants::create(acme, 1003, &VariantDetails { name, sku, price: None, options: options.to_owned() })?;
    }
    Ok(())
}

fn lists(acme: &mut Tx<'_>) -> Result<()> {
    for (id, called, parent, known_as) in [
        (1, "Fasteners", None, None),
        (2, "Bolts", Some(1), None),
        (3, "Hardware", None, None),
        (4, "General", None, Some("CAT001")),
    ] {
        let parent = parent.map(|id| Reference { field: "parent_id".to_owned(), by: By::Id(id) });
        let known_as = known_as.map(code).transpose()?;
        categories::create(acme, &NewCategory { id: Some(id), code: known_as, name: name(called)?, parent })?;
    }
    for (list, known_as, called) in [
        (List::Types, "TYPE001", "Finished goods"),
        (List::Brands, "BRAND001", "House brand"),
        (List::Uoms, "PCS", "Pieces"),
    ] {
        master::create(acme, list, &NewEntry { code: code(known_as)?, name: name(called)? })?;
    }
    Ok(())
}

fn places(acme: &mut Tx<'_>) -> Result<()> {
    for (id, known_as, called, address, city, state) in [
        (SYDNEY, "SYD", "Sydney Warehouse", Some("10 Distribution Dr"), "Ryde", "NSW"),
        (MELBOURNE, "MEL", "Melbourne Warehouse", None, "Dandenong", "VIC"),
    ] {
        let new = warehouses::NewWarehouse {
            id: Some(id),
            details: warehouses::Details {
                code: code(known_as)?,
                name: name(called)?,
                address: address.map(name).transpose()?,
                city: Some(name(city)?),
                state: Some(name(state)?),
                is_default: None,
                is_active: None,
            },
        };
        warehouses::create(acme, &new)?;
    }
    Ok(())
}

/// An item of the references' examples.
struct Sample {
    id: i64,
    sku: &'static str,
    name: &'static str,
    barcode: &'static str,
    vendor: Option<&'static str>,
    description: Option<&'static str>,
    category: i64,
    tracking: Tracking,
    base_price: &'static str,
    cost_price: &'static str,
    compare_at_price: Option<&'static str>,
    grams: Option<i64>,
    /// Year, month and day of its making, the seconds after midnight, and the same for its last change.
    made: (i32, u32, u32, i64),
    changed: (i32, u32, u32, i64),
}

/// What most samples have in common.
const PLAIN: Sample = Sample {
    id: 0,
    sku: "",
    name: "",
    barcode: "",
    vendor: None,
    description: None,
    category: 3,
    tracking: Tracking::None,
    base_price: "0",
    cost_price: "0",
    compare_at_price: None,
    grams: None,
    made: (2025, 11, 3, 8 * 3600 + 14 * 60 + 22),
    changed: (2026, 4, 9, 10 * 3600 + 22 * 60 + 11),
};

const SAMPLES: &[Sample] = &[
    Sample {
        id: 7,
        sku: "WGT-500",
        name: "Widget Pro 500",
        barcode: "9312345678901",
        vendor: Some("WidgetCo"),
        description: Some("Heavy-duty widget with 500N load rating."),
        tracking: Tracking::Batch,
        base_price: "49.99",
        cost_price: "18.00",
        compare_at_price: Some("59.99"),
        grams: Some(450),
        ..PLAIN
    },
    Sample {
        id: 12,
        sku: "BRK-040",
        name: "Steel Bracket 40",
        barcode: "9312345678918",
        vendor: Some("FastenersPro"),
        base_price: "49.99",
        cost_price: "21.50",
        ..PLAIN
    },
    Sample {
        id: 14,
        sku: "BLT-M820",
        name: "Bolt M8x20",
        barcode: "9312345678925",
        vendor: Some("FastenersPro"),
        category: 2,
        base_price: "0.85",
        cost_price: "0.32",
        ..PLAIN
    },
    Sample {
        id: 22,
        sku: "CHM-001",
        name: "Chemical Compound A",
        barcode: "9312345678932",
        vendor: Some("ChemWorks"),
        tracking: Tracking::Batch,
        base_price: "32.00",
        cost_price: "14.75",
        ..PLAIN
    },
    Sample {
        id: 31,
        sku: "EQP-PRO-X1",
        name: "ProX1 Equipment",
        barcode: "9312345678949",
        vendor: Some("ProX"),
        tracking: Tracking::Serial,
        base_price: "1250.00",
        cost_price: "830.00",
        ..PLAIN
    },
    Sample {
        id: 1001,
        sku: "ITEM001",
        name: "Sample Item",
        barcode: "9551234567890",
        category: 4,
        base_price: "12.00",
        cost_price: "10.00",
        ..PLAIN
    },
    Sample {
        id: 1002,
        sku: "ITEM002",
        name: "Second Sample Item",
        barcode: "9551234567906",
        category: 4,
        base_price: "15.50",
        cost_price: "11.20",
        ..PLAIN
    },
    Sample {
        id: 1003,
        sku: "CAM-A4",
        name: "CAMBRIDGE Notebook A4",
        barcode: "9551234567913",
        category: 4,
        base_price: "6.40",
        cost_price: "3.10",
        ..PLAIN
    },
];

impl Sample {
    fn item(&self, acme: &Tx<'_>) -> Result<Item> {
        Ok(Item {
            tenant_id: acme.tenant().id,
            id: self.id,
            sku: self.sku.to_owned(),
            name: self.name.to_owned(),
            alternate_name: None,
            barcode: Some(self.barcode.to_owned()),
            vendor: self.vendor.map(str::to_owned),
            description: self.description.map(str::to_owned),
            category_id: Some(self.category),
            type_id: Some(1),
            brand_id: Some(1),
            base_uom_id: Some(1),
            sales_uom_id: Some(1),
            purchase_uom_id: Some(1),
            tracking: self.tracking,
            base_price: money(self.base_price)?,
            cost_price: Some(money(self.cost_price)?),
            compare_at_price: self.compare_at_price.map(money).transpose()?,
            weight: self.grams.map(Weight::from_grams),
            taxable: true,
            requires_shipping: true,
            is_stock: true,
            is_sold: true,
            is_purchase: true,
            is_active: true,
            created_by: "system".to_owned(),
            created_at: instant(self.made)?,
            updated_at: instant(self.changed)?,
        })
    }
}

fn instant((year, month, of_month, seconds): (i32, u32, u32, i64)) -> Result<NaiveDateTime> {
    Ok(day(year, month, of_month)? + TimeDelta::seconds(seconds))
}

fn money(text: &str) -> Result<Money> {
    Ok(Money::parse(text).map_err(|fault| Fault::Internal(format!("{text} {fault}")))?)
}
