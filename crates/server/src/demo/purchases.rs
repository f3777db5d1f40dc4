//! The demo's suppliers, what was ordered from them, and what has come.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use stockbridge_domain::purchasing::suppliers::{self, SupplierDetails};
use stockbridge_domain::purchasing::{self, NewPurchase, NewPurchaseLine, Of, PurchaseStatus, ReceiptLine};
use stockbridge_domain::series::{Series, continue_from};
use stockbridge_domain::values::Price;
use stockbridge_domain::{Fault, Lobby, Result};

use super::stock::{BOLT, BRACKET, NOTEBOOK};
use super::{ACME, SYDNEY, as_jane, date, day, name, whole};

/// The supplier of the reference's examples.
const FASTENERS: i64 = 3;
const PAPER: i64 = 4;

/// A supplier: name, e-mail, phone, terms, days until it delivers.
type Vendor = (&'static str, &'static str, &'static str, &'static str, i64);

/// In the order of their ids, from 3.
const VENDORS: &[Vendor] = &[
    ("FastenersPro Pty Ltd", "orders@fastenerspro.com.au", "+61 3 9000 1234", "Net 30", 7),
    ("Coastal Paper Supplies", "sales@coastalpaper.example", "+61 2 9555 0150", "Net 14", 3),
];

/// A purchase order of the demo.
struct Buy {
    supplier: i64,
    written: (i32, u32, u32),
    expected: (i32, u32, u32),
    /// Product, whole units, and the cost of one.
    lines: &'static [(i64, i64, &'static str)],
    fate: Fate,
}

/// How far a purchase order is taken.
enum Fate {
    /// To a status, so many days later.
    Until(PurchaseStatus, i64),
    /// It is ordered, and so many units of a product come so many days later.
    InPart(i64, i64, i64),
}

/// In the order of their ids and numbers, up to the one of the reference's examples.
const BUYS: &[Buy] = &[
    Buy {
        supplier: PAPER,
        written: (2026, 4, 13),
        expected: (2026, 4, 16),
        lines: &[(NOTEBOOK, 100, "3.10")],
        fate: Fate::Until(PurchaseStatus::Received, 3),
    },
    Buy {
        supplier: PAPER,
        written: (2026, 4, 21),
        expected: (2026, 4, 30),
        lines: &[(NOTEBOOK, 400, "2.95")],
        fate: Fate::Until(PurchaseStatus::Cancelled, 2),
    },
    Buy {
        supplier: FASTENERS,
        written: (2026, 4, 28),
        expected: (2026, 5, 10),
        lines: &[(BRACKET, 100, "21.60"), (BOLT, 3600, "0.30")],
        fate: Fate::InPart(BRACKET, 60, 2),
    },
];

/// The last purchase order's id and number.
const LAST: i64 = 88;

pub(super) fn load(lobby: &mut Lobby<'_>) -> Result<()> {
    let now = lobby.now();
    let acme = &mut lobby.as_system(ACME)?;
    continue_from(acme, Series::Suppliers, FASTENERS)?;
    for &(called, email, phone, terms, days) in VENDORS {
        let (email, phone, payment_terms) = (Some(name(email)?), Some(name(phone)?), Some(name(terms)?));
        let new = SupplierDetails { name: name(called)?, email, phone, payment_terms, lead_time_days: Some(days) };
        suppliers::create(acme, &new)?;
    }
    continue_from(acme, Series::Suppliers, 9)?;
    let before = i64::try_from(BUYS.len()).unwrap_or(0);
    continue_from(acme, Series::PurchaseOrders, LAST + 1 - before)?;
    continue_from(acme, Series::PurchaseNumbers, LAST + 1 - before)?;
    for buy in BUYS {
        buy.happen(lobby, now)?;
    }
    Ok(())
}

impl Buy {
    /// Writes the purchase order at midnight, as the reference's example was, and takes it on; never after `now`.
    fn happen(&self, lobby: &mut Lobby<'_>, now: NaiveDateTime) -> Result<()> {
        let (year, month, of_month) = self.written;
        let written = day(year, month, of_month)?;
        let order = self.new_purchase()?;
        let id = purchasing::place(&mut as_jane(lobby, written.min(now))?, &order)?.id;
        let later = |days: i64| (written + TimeDelta::days(days) + TimeDelta::hours(10)).min(now);
        match self.fate {
            Fate::Until(status, days) => purchasing::change_status(&mut as_jane(lobby, later(days))?, id, status),
            Fate::InPart(product, units, days) => {
                purchasing::change_status(&mut as_jane(lobby, written.min(now))?, id, PurchaseStatus::Ordered)?;
                let (of, quantity, serials) = (Of::Product(product), whole(units)?, Vec::new());
                let part = ReceiptLine { of, quantity, batch_number: None, expiry_date: None, serials };
                purchasing::receive(&mut as_jane(lobby, later(days))?, id, Some(&[part])).map(|_| ())
            }
        }
    }

    fn new_purchase(&self) -> Result<NewPurchase> {
        let line = |&(product_id, units, each): &(i64, i64, &str)| {
            let cost = Price::parse(each).map_err(|fault| Fault::Internal(format!("a cost of the demo {fault}")))?;
            Ok(NewPurchaseLine { product_id, quantity: whole(units)?, unit_cost: Some(cost) })
        };
        let (year, month, of_month): (i32, u32, u32) = self.expected;
        let expected: NaiveDate = date(year, month, of_month)?;
        Ok(NewPurchase {
            supplier_id: self.supplier,
            warehouse_id: Some(SYDNEY),
            expected_date: Some(expected),
            notes: None,
            lines: self.lines.iter().map(line).collect::<Result<_>>()?,
        })
    }
}
