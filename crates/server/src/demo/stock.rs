//! What lay where before the demo's history begins: opening stock, batches, serial numbers, reorder levels.

use chrono::{Datelike, NaiveDate, TimeDelta};
use stockbridge_domain::series::{Series, continue_from};
use stockbridge_domain::stock::batches::{self, Labels, NewBatch};
use stockbridge_domain::stock::serials::{self, NewSerials};
use stockbridge_domain::stock::{self, Opening};
use stockbridge_domain::{Lobby, Result};

use super::calendar::When;
use super::{ACME, MELBOURNE, SYDNEY, as_jane, code, date, whole};

pub(super) const WIDGET: i64 = 7;
pub(super) const BRACKET: i64 = 12;
pub(super) const BOLT: i64 = 14;
pub(super) const COMPOUND: i64 = 22;
pub(super) const EQUIPMENT: i64 = 31;
pub(super) const SAMPLE: i64 = 1001;
pub(super) const SECOND: i64 = 1002;
pub(super) const NOTEBOOK: i64 = 1003;

/// The batch whose goods are past their date.
pub(super) const OLD_COMPOUND: i64 = 8;
/// The batches of widgets: sold out by now, in Melbourne, and the one of the reference's examples.
pub(super) const EARLY_WIDGETS: i64 = 12;
pub(super) const SOUTHERN_WIDGETS: i64 = 13;
pub(super) const WIDGETS: i64 = 14;

/// Product and whole units in Sydney, when the books were opened.
const OPENINGS: &[(i64, i64)] = &[(BRACKET, 558), (BOLT, 98), (SAMPLE, 72), (SECOND, 30), (NOTEBOOK, 116)];

/// Product, warehouse and level.
const REORDER: &[(i64, i64, i64)] = &[
    (WIDGET, SYDNEY, 50),
    (WIDGET, MELBOURNE, 30),
    (BRACKET, SYDNEY, 40),
    (BRACKET, MELBOURNE, 60),
    (BOLT, SYDNEY, 50),
    (COMPOUND, SYDNEY, 20),
    (SECOND, SYDNEY, 25),
    (NOTEBOOK, SYDNEY, 30),
];

/// When a batch expires.
enum Expiry {
    On(i32, u32, u32),
    /// So many days from the day of loading.
    In(i64),
    /// So many days before the first of the month of loading.
    LastMonth(i64),
}

/// A batch.
struct Lot {
    id: i64,
    product: i64,
    warehouse: i64,
    number: &'static str,
    /// The lot of its maker.
    maker: Option<&'static str>,
    made: (i32, u32, u32),
    expires: Expiry,
    came: When,
    units: i64,
}

const LOTS: &[Lot] = &[
    Lot {
        id: OLD_COMPOUND,
        product: COMPOUND,
        warehouse: SYDNEY,
        number: "BTH-2025-088",
        maker: None,
        made: (2025, 9, 1),
        expires: Expiry::LastMonth(20),
        came: When::On(2025, 11, 3),
        units: 30,
    },
    Lot {
        id: 9,
        product: COMPOUND,
        warehouse: SYDNEY,
        number: "BTH-2026-009",
        maker: None,
        made: (2025, 12, 15),
        expires: Expiry::In(22),
        came: When::On(2026, 1, 5),
        units: 45,
    },
    Lot {
        id: 10,
        product: COMPOUND,
        warehouse: MELBOURNE,
        number: "BTH-2026-010",
        maker: None,
        made: (2025, 12, 18),
        expires: Expiry::In(300),
        came: When::On(2026, 1, 7),
        units: 25,
    },
    Lot {
        id: EARLY_WIDGETS,
        product: WIDGET,
        warehouse: SYDNEY,
        number: "BTH-2026-012",
        maker: Some("L01-C"),
        made: (2025, 12, 20),
        expires: Expiry::On(2027, 12, 20),
        came: When::On(2026, 1, 20),
        units: 40,
    },
    Lot {
        id: SOUTHERN_WIDGETS,
        product: WIDGET,
        warehouse: MELBOURNE,
        number: "BTH-2026-029",
        maker: Some("L02-B"),
        made: (2026, 1, 12),
        expires: Expiry::On(2028, 1, 12),
        came: When::On(2026, 2, 3),
        units: 130,
    },
    Lot {
        id: WIDGETS,
        product: WIDGET,
        warehouse: SYDNEY,
        number: "BTH-2026-041",
        maker: Some("L04-A"),
        made: (2026, 2, 10),
        expires: Expiry::On(2028, 2, 10),
        came: When::On(2026, 2, 12),
        units: 150,
    },
];

/// Units of the equipment that came together: the day, the warehouse, their numbers.
type Units = ((i32, u32, u32), i64, &'static [&'static str]);

/// In the order of their ids, from 198.
const UNITS: &[Units] = &[
    ((2026, 2, 10), SYDNEY, &["SN-20260210-0001"]),
    ((2026, 3, 2), SYDNEY, &["SN-20260302-0001", "SN-20260302-0002"]),
    ((2026, 4, 1), SYDNEY, &["SN-20260401-0001", "SN-20260401-0002", "SN-20260401-0003"]),
    ((2026, 4, 2), MELBOURNE, &["SN-20260402-0001"]),
];

pub(super) fn load(lobby: &mut Lobby<'_>) -> Result<()> {
    let now = lobby.now();
    let jane = &mut as_jane(lobby, When::On(2025, 11, 3).instant(now)?)?;
    for &(product_id, units) in OPENINGS {
        stock::open(jane, &Opening { product_id, warehouse_id: SYDNEY, quantity: whole(units)? })?;
    }
    for lot in LOTS {
        continue_from(&mut lobby.as_system(ACME)?, Series::Batches, lot.id)?;
        let new = lot.new_batch(now.date())?;
        batches::create(&mut as_jane(lobby, lot.came.instant(now)?)?, &new)?;
    }
    continue_from(&mut lobby.as_system(ACME)?, Series::Serials, 198)?;
    for &((year, month, of_month), warehouse, numbers) in UNITS {
        let numbers = numbers.iter().map(|number| code(number)).collect::<Result<_>>()?;
        let new = NewSerials { product_id: EQUIPMENT, warehouse_id: Some(warehouse), numbers };
        // At midnight, as the reference's example was.
        let came = super::day(year, month, of_month)?.min(now);
        serials::create(&mut as_jane(lobby, came)?, &new)?;
    }
    let acme = &mut lobby.as_system(ACME)?;
    for &(product, warehouse, level) in REORDER {
        stock::set_reorder_level(acme, product, warehouse, whole(level)?)?;
    }
    continue_from(acme, Series::Batches, 39)?;
    continue_from(acme, Series::Serials, 285)
}

impl Lot {
    fn new_batch(&self, today: NaiveDate) -> Result<NewBatch> {
        let first = today.with_day(1).unwrap_or(today);
        let expires = match self.expires {
            Expiry::On(year, month, of_month) => date(year, month, of_month)?,
            Expiry::In(days) => today + TimeDelta::days(days),
            Expiry::LastMonth(days) => first - TimeDelta::days(days),
        };
        let (year, month, of_month) = self.made;
        Ok(NewBatch {
            product_id: self.product,
            warehouse_id: Some(self.warehouse),
            labels: Labels {
                batch_number: code(self.number)?,
                lot_number: self.maker.map(code).transpose()?,
                manufacture_date: Some(date(year, month, of_month)?),
                expiry_date: Some(expires),
                notes: None,
            },
            quantity: whole(self.units)?,
        })
    }
}
