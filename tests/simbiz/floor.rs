//! What the people on the warehouse's floor do, past both dialects.

use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::orders::{self, Channel, NewLine, NewOrder};
use stockbridge_domain::stock::warehouses::{self, Details, NewWarehouse};
use stockbridge_domain::stock::{self, Adjustment, Named, Transfer};
use stockbridge_domain::values::{Quantity, Text};
use stockbridge_domain::{Result, TenantId, Tx};

use crate::support::Shop;

/// Carries out commands for our tenant.
pub(super) async fn ours<T: Send + 'static>(
    shop: &Shop,
    command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    of_tenant(shop, 1, command).await
}

/// Carries out commands for a tenant.
pub(super) async fn of_tenant<T: Send + 'static>(
    shop: &Shop,
    tenant: i64,
    mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    let done = shop.store.alter(move |lobby| command(&mut lobby.as_system(TenantId::new(tenant))?));
    done.await.expect("the command is carried out")
}

pub(super) async fn item(shop: &Shop, code: &'static str) -> i64 {
    ours(shop, move |tx| make(tx, code)).await
}

pub(super) fn make(tx: &mut Tx<'_>, code: &str) -> Result<i64> {
    let new = NewItem { sku: words(code), name: words(code), rest: ItemChanges::default() };
    Ok(items::create(tx, &new)?.id)
}

pub(super) fn warehouse(tx: &mut Tx<'_>, code: &str) -> Result<i64> {
    let (code, name) = (words(code), words(code));
    let details = Details { code, name, address: None, city: None, state: None, is_default: None, is_active: None };
    Ok(warehouses::create(tx, &NewWarehouse { id: None, details })?.id)
}

pub(super) fn adjust(tx: &mut Tx<'_>, product_id: i64, warehouse_id: i64, by: &str) -> Result<()> {
    let (quantity, named) = (quantity(by), Named::default());
    stock::adjust(tx, &Adjustment { product_id, warehouse_id, quantity, expected: None, named, notes: None })?;
    Ok(())
}

/// Carries stock out of the first location.
pub(super) fn carry(tx: &mut Tx<'_>, product_id: i64, to: i64, how_much: &str) -> Result<()> {
    let (quantity, named) = (quantity(how_much), Named::default());
    stock::transfer(tx, &Transfer { product_id, from: 1, to, quantity, named, notes: None })
}

/// An order of one line, from the first location.
pub(super) fn order(tx: &mut Tx<'_>, product_id: i64, how_much: &str) -> Result<()> {
    let line = NewLine { product_id, quantity: quantity(how_much), unit_price: None, serials: Vec::new() };
    let new = NewOrder {
        customer_id: None,
        warehouse_id: None,
        channel: Channel::Api,
        shipping_address: None,
        written: |_| String::new(),
        allow_backorder: false,
        lines: vec![line],
    };
    orders::place(tx, &new)?;
    Ok(())
}

pub(super) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).expect("a quantity")
}

pub(super) fn words<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).expect("a good text").expect("a text")
}

/// The last number of an id.
pub(super) fn number(id: &str) -> i64 {
    id.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a number")
}
