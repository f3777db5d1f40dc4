//! Books to be broken.

use crate::access::keys::{self, NewKey};
use crate::access::requests;
use crate::access::tests::asked;
use crate::error::Result;
use crate::items::categories::NewCategory;
use crate::items::images::{self, NewImage};
use crate::items::{ItemChanges, Tracking};
use crate::orders::{self, Channel, NewLine, NewOrder};
use crate::partners::customers::{self, AddressKind, CustomerDetails, CustomerType, NewCustomer};
use crate::purchasing::{self, Of, ReceiptLine};
use crate::stock::batches::{self, Labels, NewBatch};
use crate::stock::serials::{self, NewSerials};
use crate::store::Tx;
use crate::testing::{Fixture, Shop, code, name, whole};
use crate::values::{Change, Price};

/// Books with something of everything. Product 1 is untracked, 10 came in two parts and 3 left, and it has two images;
/// product 2 is a batch of 6; product 3 is three units. Order 1 is open for 2 of product 1 and the first unit of
/// product 3; order 2, of customer 1, shipped 3 of product 1. The neighbour has customer 2 and supplier 2. Purchase
/// order 1 is for 4 of product 1, of which 3 came, and for 1 of product 2; purchase order 2 is for 1 of product 1.
pub(super) fn books(fixture: &Fixture) {
    let shop = Shop::open(fixture, "BHH");
    let next = Shop::open(fixture, "NEXT");
    shop.warehouse("MAIN");
    shop.write(|tx| {
        crate::items::categories::create(tx, &NewCategory { id: None, code: None, name: name("Tools"), parent: None })
    })
    .expect("a category");
    let cost = |text: &str| Change::Set(Price::parse(text).expect("a price"));
    let category = Change::Set(crate::testing::id_of("category", 1));
    let plain = ItemChanges { base_price: cost("2.00"), cost_price: cost("1.50"), category, ..ItemChanges::default() };
    shop.make("ANVIL", plain).expect("an item");
    for (sku, tracking) in [("COMPOUND", Tracking::Batch), ("MACHINE", Tracking::Serial)] {
        shop.make(sku, ItemChanges { tracking: Some(tracking), base_price: cost("2.00"), ..ItemChanges::default() })
            .expect("an item");
    }
    shop.stock(1, 1, whole(7));
    shop.write(stock).expect("tracked stock");
    let image = NewImage { url: "https://pictures.example/anvil.png".to_owned(), file: None, is_primary: false };
    shop.write(move |tx| images::add(tx, 1, &image).and_then(|_| images::add(tx, 1, &image))).expect("two images");
    shop.write(|tx| customers::create(tx, &customer("Acme"))).expect("a customer");
    shop.address(1, "Dock 4", AddressKind::Shipping, false);
    next.write(|tx| customers::create(tx, &customer("Globex"))).expect("a customer");
    let named = NewLine { product_id: 3, quantity: whole(1), unit_price: None, serials: vec![code("SN-1")] };
    shop.write(move |tx| orders::place(tx, &order(None, vec![line(1, 2), named.clone()]))).expect("an open order");
    shop.write(|tx| {
        let order = orders::place(tx, &order(Some(1), vec![line(1, 3)]))?;
        orders::fulfil(tx, order.id, None)
    })
    .expect("a shipped order");
    let supplier = shop.supplier("FastenersPro");
    next.supplier("Hammers");
    let purchase = shop.purchase(supplier, &[(1, whole(4), "1.00"), (2, whole(1), "2.00")]);
    shop.purchase(supplier, &[(1, whole(1), "1.00")]);
    shop.write(|tx| {
        let new = NewKey { id: None, name: name("Connector"), can_write: false, expires_on: None };
        let key = keys::create(tx, &new)?.id;
        requests::record(tx, &[asked(key, tx.now())])
    })
    .expect("a logged request");
    let (of, serials) = (Of::Product(1), Vec::new());
    let part = ReceiptLine { of, quantity: whole(3), batch_number: None, expiry_date: None, serials };
    shop.write(move |tx| purchasing::receive(tx, purchase, Some(std::slice::from_ref(&part)))).expect("a part");
}

fn stock(tx: &mut Tx<'_>) -> Result<()> {
    let labels = Labels {
        batch_number: code("FIRST"),
        lot_number: None,
        manufacture_date: None,
        expiry_date: None,
        notes: None,
    };
    batches::create(tx, &NewBatch { product_id: 2, warehouse_id: None, labels, quantity: whole(6) })?;
    let numbers = ["SN-1", "SN-2", "SN-3"].map(code).to_vec();
    serials::create(tx, &NewSerials { product_id: 3, warehouse_id: None, numbers }).map(|_| ())
}

fn customer(called: &str) -> NewCustomer {
    let customer_type = CustomerType::Retail;
    let details = CustomerDetails { name: name(called), email: None, phone: None, company: None, customer_type };
    NewCustomer { id: None, details }
}

fn line(product_id: i64, units: i64) -> NewLine {
    NewLine { product_id, quantity: whole(units), unit_price: None, serials: Vec::new() }
}

fn order(customer_id: Option<i64>, lines: Vec<NewLine>) -> NewOrder {
    NewOrder {
        customer_id,
        warehouse_id: None,
        channel: Channel::Manual,
        shipping_address: None,
        written: |address| address.line1.clone(),
        allow_backorder: false,
        lines,
    }
}
