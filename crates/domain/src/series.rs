//! Ids and numbers that go on from where other books ended: demo data, and what comes from another system.

use crate::counters;
use crate::error::Result;
use crate::store::Tx;
use crate::store::portable::continue_sequence;

/// What is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// The ids of customers.
    Customers,
    /// The ids of their addresses.
    Addresses,
    /// The ids of batches.
    Batches,
    /// The ids of serial numbers.
    Serials,
    /// The ids of orders.
    Orders,
    /// The ids of order lines.
    OrderLines,
    /// The numbers of the tenant's orders.
    OrderNumbers,
    /// The ids of suppliers.
    Suppliers,
    /// The ids of purchase orders.
    PurchaseOrders,
    /// The numbers of the tenant's purchase orders.
    PurchaseNumbers,
    /// The ids of logged requests.
    ApiRequests,
}

/// Makes `next` the next of a series. A series never goes back: one that is past it stays where it is. Ids are one
/// series for all tenants of the server, numbers one for each tenant.
///
/// # Errors
/// Only faults of the store.
pub fn continue_from(tx: &mut Tx<'_>, series: Series, next: i64) -> Result<()> {
    let table = match series {
        Series::Customers => "customers",
        Series::Addresses => "customer_addresses",
        Series::Batches => "batches",
        Series::Serials => "serials",
        Series::Orders => "orders",
        Series::OrderLines => "order_items",
        Series::Suppliers => "suppliers",
        Series::PurchaseOrders => "purchase_orders",
        Series::ApiRequests => "api_requests",
        Series::PurchaseNumbers => return counters::raise(tx, counters::PURCHASE_NUMBER, next.saturating_sub(1)),
        Series::OrderNumbers => return counters::raise(tx, counters::ORDER_NUMBER, next.saturating_sub(1)),
    };
    Ok(continue_sequence(tx.conn, table, next)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partners::customers::{self, CustomerDetails, CustomerType, NewCustomer};
    use crate::rollups;
    use crate::testing::{Shop, name, on_both};

    #[test]
    fn ids_go_on_from_where_other_books_ended_and_never_back() {
        on_both(|fixture| {
            let shop = Shop::open(fixture, "BHH");
            let add = || {
                let (customer_type, called) = (CustomerType::Retail, name("Acme"));
                let (email, phone, company) = (None, None, None);
                let details = CustomerDetails { name: called, email, phone, company, customer_type };
                let new = NewCustomer { id: None, details };
                shop.write(move |tx| customers::create(tx, &new)).expect("a customer").id
            };
            for (next, id) in [(1, 1), (42, 42), (7, 43), (0, 44), (95, 95)] {
                shop.write(move |tx| continue_from(tx, Series::Customers, next)).expect("a series");
                assert_eq!(add(), id, "from {next}");
            }
        });
    }

    #[test]
    fn order_numbers_go_on_for_each_tenant_alone() {
        on_both(|fixture| {
            let (shop, next) = (Shop::open(fixture, "BHH"), Shop::open(fixture, "NEXT"));
            let number =
                |shop: &Shop<'_>| shop.write(|tx| rollups::take(tx, counters::ORDER_NUMBER, 1)).expect("a number");
            for (from, expected) in [(1043, 1043), (1043, 1044), (5, 1045)] {
                shop.write(move |tx| continue_from(tx, Series::OrderNumbers, from)).expect("a series");
                assert_eq!(number(&shop), expected, "from {from}");
            }
            assert_eq!(number(&next), 1);
        });
    }
}
