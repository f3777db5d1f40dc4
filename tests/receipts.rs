//! Receipts at the same instant, straight through the store: nothing comes twice, a new batch is one batch, and what a
//! product costs is the exact moving average of the receipts in the order in which they were carried out.

use serde_json::Value;
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::items::Tracking;
use stockbridge_domain::orders;
use stockbridge_domain::purchasing::suppliers::{self, SupplierDetails};
use stockbridge_domain::purchasing::{self, NewPurchase, NewPurchaseLine, Of, ReceiptLine};
use stockbridge_domain::values::Price;
use stockbridge_domain::{Costing, Error, Result, Tx};

use crate::crowd::{TASKS, crowd, goods, level, order, text, whole, write};
use crate::support::{Shop, on_each_engine};

#[test]
fn no_more_comes_than_was_ordered() {
    on_each_engine(async |shop| {
        let bolt = write(shop, |tx| goods(tx, "BOLT", Tracking::None, 0)).await.expect("a product");
        let purchase = purchase(shop, &[(bolt, 120, "5"), (bolt, 80, "6")]).await;
        let received = crowd(shop, |number| {
            // Some name a line, others the product, whose lines then fill in their order.
            let part = move |tx: &mut Tx<'_>| match number % 4 {
                0 => purchasing::get(tx, purchase).map(|(_, lines)| Of::Line(lines[1].id)),
                _ => Ok(Of::Product(bolt)),
            };
            move |tx: &mut Tx<'_>| {
                let of = part(tx)?;
                purchasing::receive(tx, purchase, Some(&[receipt(of, 5, None)])).map(|_| ())
            }
        });
        let received = received.await;
        let over = |error: &Error| matches!(error, Error::OverReceipt { .. } | Error::IllegalStatus { .. });
        assert!(received.iter().all(|done| done.as_ref().is_ok_and(|()| true) || over(done.as_ref().unwrap_err())));
        let accepted = i64::try_from(received.iter().filter(|done| done.is_ok()).count()).expect("a count");
        // 40 of 5 are 200; those that name a line may be refused while another line still waits for the rest.
        let (on_hand, _) = level(shop, bolt).await;
        assert_eq!(on_hand, whole(5 * accepted));
        assert_eq!(accepted, 40, "48 by product and 16 by line of 80 units");
        let found = shop.iom().get(&format!("/suppliers/purchase-orders/{purchase}")).await.is(200);
        assert_eq!(found.at("/status"), "received");
        let came = [0, 1].map(|line| found.at(&format!("/items/{line}/quantity_received")));
        assert_eq!(came, [120, 80]);
    });
}

#[test]
fn one_new_batch_number_makes_one_batch() {
    on_each_engine(async |shop| {
        let paint = write(shop, |tx| goods(tx, "PAINT", Tracking::Batch, 0)).await.expect("a product");
        let mut purchases = Vec::new();
        for _ in 0..8 {
            purchases.push(purchase(shop, &[(paint, 8, "5")]).await);
        }
        let received = crowd(shop, |number| {
            let (purchase, name) = (purchases[number % 8], ["lot-7", "LOT-7"][number % 2]);
            move |tx: &mut Tx<'_>| {
                let part = receipt(Of::Product(paint), 1, Some(name));
                purchasing::receive(tx, purchase, Some(&[part])).map(|_| ())
            }
        });
        for received in received.await {
            received.expect("each of them is outstanding");
        }
        let batches = shop.iom().get("/batches").await.is(200).json();
        let batches: Vec<_> =
            batches["batches"].as_array().expect("batches").iter().filter(|b| b["quantity"] != 0).collect();
        assert_eq!(batches.len(), 1, "{batches:?}");
        assert_eq!(batches[0]["quantity"], TASKS, "{batches:?}");
    });
}

#[test]
fn the_average_cost_is_that_of_the_receipts_and_sales_one_after_the_other() {
    on_each_engine(async |shop| {
        let average = TenantChanges { costing: Some(Costing::Average), ..TenantChanges::default() };
        shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &average)).await.expect("a tenant");
        let bolt = write(shop, |tx| goods(tx, "BOLT", Tracking::None, 100)).await.expect("a product");
        let mut purchases = Vec::new();
        for each in ["1.10", "2.37", "3.0001", "4.99", "7.77", "0.01", "12.5", "0"] {
            purchases.push(purchase(shop, &[(bolt, 100, each)]).await);
        }
        let done = crowd(shop, |number| {
            let (purchase, units) = (purchases[number % 8], 1 + i64::try_from(number % 7).expect("a small number"));
            move |tx: &mut Tx<'_>| {
                if number % 5 == 0 {
                    let sold = orders::place(tx, &order(&[(bolt, 1)]))?;
                    orders::fulfil(tx, sold.id, None).map(|_| ())
                } else {
                    purchasing::receive(tx, purchase, Some(&[receipt(Of::Product(bolt), units, None)])).map(|_| ())
                }
            }
        });
        for done in done.await {
            done.expect("nothing is turned away");
        }
        let product = shop.iom().get(&format!("/products/{bolt}")).await.is(200);
        let (cost, on_hand) = replayed(shop).await;
        assert_eq!(ten_thousandths(&product.at("/cost_price")), cost);
        assert_eq!(product.at("/total_stock"), on_hand);
    });
}

/// What the movements make of the cost, one after the other, and what is on hand after them.
async fn replayed(shop: &Shop) -> (i64, i64) {
    let movements = shop.iom().get("/inventory/movements?limit=200").await.is(200).json();
    let mut movements = movements["movements"].as_array().expect("movements").clone();
    movements.sort_by_key(|movement| movement["id"].as_i64());
    let (mut cost, mut on_hand) = (0, 0);
    for movement in movements {
        let quantity = movement["quantity"].as_i64().expect("a whole number");
        if movement["movement_type"] == "receive" {
            let (value, units) =
                (on_hand * cost + quantity * ten_thousandths(&movement["unit_cost"]), on_hand + quantity);
            cost = (2 * value + units) / (2 * units);
        } else if movement["movement_type"] == "shipment" {
            assert_eq!(ten_thousandths(&movement["unit_cost"]), cost, "a sale at the cost of its moment: {movement}");
        }
        on_hand += quantity;
        assert_eq!(movement["balance_after"], on_hand, "{movement}");
    }
    (cost, on_hand)
}

/// A cost as it is written, null being none.
fn ten_thousandths(cost: &Value) -> i64 {
    let written = cost.as_str().unwrap_or("0.0");
    let (whole, decimals) = written.split_once('.').expect("decimals");
    format!("{whole}{decimals:0<4}").parse().expect("a number")
}

async fn purchase(shop: &Shop, lines: &[(i64, i64, &str)]) -> i64 {
    let line = |(product_id, units, each): &(i64, i64, &str)| NewPurchaseLine {
        product_id: *product_id,
        quantity: whole(*units),
        unit_cost: Some(Price::parse(each).expect("a cost")),
    };
    let lines: Vec<_> = lines.iter().map(line).collect();
    let placed = write(shop, move |tx| {
        let (email, phone, payment_terms) = (None, None, None);
        let new = SupplierDetails { name: text("One"), email, phone, payment_terms, lead_time_days: None };
        let supplier_id = suppliers::create(tx, &new)?.id;
        let (warehouse_id, expected_date, notes) = (None, None, None);
        place(tx, NewPurchase { supplier_id, warehouse_id, expected_date, notes, lines: lines.clone() })
    });
    placed.await.expect("a purchase order")
}

fn place(tx: &mut Tx<'_>, new: NewPurchase) -> Result<i64> {
    Ok(purchasing::place(tx, &new)?.id)
}

fn receipt(of: Of, units: i64, batch: Option<&str>) -> ReceiptLine {
    let (batch_number, serials) = (batch.map(text), Vec::new());
    ReceiptLine { of, quantity: whole(units), batch_number, expiry_date: None, serials }
}
