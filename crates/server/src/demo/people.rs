//! The demo's customers and their addresses.

use stockbridge_domain::partners::customers::{
    self, AddressKind, CustomerDetails, CustomerType, NewAddress, NewCustomer,
};
use stockbridge_domain::series::{Series, continue_from};
use stockbridge_domain::{Lobby, Result};

use super::{ACME, as_jane, day, name};

/// The customer of the reference's examples.
pub(super) const CORP: i64 = 42;
pub(super) const HARBOUR: i64 = 41;
pub(super) const SOUTHERN: i64 = 43;
pub(super) const PRIYA: i64 = 44;

/// A customer: name, e-mail, phone, company, how it buys, and the day on which it was recorded.
type Person = (&'static str, &'static str, &'static str, Option<&'static str>, CustomerType, (i32, u32, u32));

/// In the order of their ids, from 41.
const PEOPLE: &[Person] = &[
    (
        "Harbour Hardware",
        "orders@harbourhardware.example",
        "+61 2 9555 0141",
        Some("Harbour Hardware Co-op"),
        CustomerType::Wholesale,
        (2025, 8, 30),
    ),
    (
        "Acme Corp",
        "procurement@acme.com",
        "+61 2 9000 0000",
        Some("Acme Corporation Pty Ltd"),
        CustomerType::B2b,
        (2025, 9, 12),
    ),
    (
        "Southern Build Group",
        "buying@southernbuild.example",
        "+61 3 9555 0143",
        Some("Southern Build Group Pty Ltd"),
        CustomerType::B2b,
        (2025, 10, 2),
    ),
    ("Priya Nair", "priya.nair@mail.example", "+61 4 5555 0144", None, CustomerType::Retail, (2025, 10, 20)),
];

/// An address: whose, what for, street, city, state, postcode.
type Place = (i64, AddressKind, &'static str, &'static str, &'static str, &'static str);

/// In the order of their ids, from 5.
const PLACES: &[Place] = &[
    (CORP, AddressKind::Shipping, "123 George St", "Sydney", "NSW", "2000"),
    (CORP, AddressKind::Billing, "PO Box 500", "Sydney", "NSW", "2001"),
    (HARBOUR, AddressKind::Shipping, "8 Wharf Rd", "Newcastle", "NSW", "2300"),
    (SOUTHERN, AddressKind::Shipping, "77 Princes Hwy", "Geelong", "VIC", "3220"),
];

pub(super) fn load(lobby: &mut Lobby<'_>) -> Result<()> {
    let now = lobby.now();
    continue_from(&mut lobby.as_system(ACME)?, Series::Customers, HARBOUR)?;
    for &(called, email, phone, company, customer_type, (year, month, of_month)) in PEOPLE {
        let (email, phone, company) = (Some(name(email)?), Some(name(phone)?), company.map(name).transpose()?);
        let details = CustomerDetails { name: name(called)?, email, phone, company, customer_type };
        let new = NewCustomer { id: None, details };
        customers::create(&mut as_jane(lobby, day(year, month, of_month)?.min(now))?, &new)?;
    }
    let acme = &mut lobby.as_system(ACME)?;
    continue_from(acme, Series::Addresses, 5)?;
    for &(customer, kind, line1, city, state, postcode) in PLACES {
        let new = NewAddress {
            kind,
            line1: name(line1)?,
            line2: None,
            city: Some(name(city)?),
            state: Some(name(state)?),
            postcode: Some(name(postcode)?),
            country: Some(name("AU")?),
            is_default: true,
        };
        customers::add_address(acme, customer, &new)?;
    }
    continue_from(acme, Series::Customers, 95)?;
    continue_from(acme, Series::Addresses, 18)
}
