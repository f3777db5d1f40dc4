//! Moving average costing: what comes changes what a product costs. Rule: decisions for the IOM dialect, "Reports".

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::stock::goods::Goods;
use crate::stock::{self, revalue};
use crate::store::Tx;
use crate::store::bulk::{self, cells};
use crate::values::{Money, Quantity};

/// Quantities that come, each at the cost of one unit.
pub(super) type Coming = Vec<(Quantity, Money)>;

const COSTED: bulk::Change =
    bulk::Change { table: "products", keys: &["id"], set: &["cost_price", "updated_at"], add: &[] };

/// Gives products the average cost of what lies in all warehouses and what comes, and values what lies there anew.
/// The products are claimed: nobody else books them meanwhile.
///
/// # Errors
/// [`Error::OutOfRange`].
pub(super) fn average(tx: &mut Tx<'_>, goods: &mut BTreeMap<i64, Goods>, coming: &BTreeMap<i64, Coming>) -> Result<()> {
    let ids = goods.keys().copied().collect::<Vec<_>>();
    let on_hand = stock::on_hand(tx, &ids)?;
    let mut costs = BTreeMap::new();
    for (id, goods) in goods {
        let Some(coming) = coming.get(id) else { continue };
        let cost = moved(on_hand.get(id).copied().unwrap_or_default(), goods.cost(), coming)?;
        if goods.cost_price != Some(cost) {
            goods.cost_price = Some(cost);
            costs.insert(*id, cost);
        }
    }
    let rows = costs.iter().map(|(id, cost)| cells![*id, *cost, tx.now()]).collect::<Vec<_>>();
    bulk::update(tx.conn, tx.tenant_id(), COSTED, &rows)?;
    if costs.is_empty() { Ok(()) } else { revalue(tx, &costs) }
}

/// The average cost of one unit, exact but for its fifth decimal, which is rounded half-up.
fn moved(on_hand: Quantity, cost: Money, coming: &Coming) -> Result<Money> {
    let (mut quantity, mut value) = (0_i128, 0_i128);
    for (units, each) in coming.iter().copied().chain([(on_hand, cost)]) {
        quantity += i128::from(units.raw());
        value += i128::from(units.raw()) * i128::from(each.raw());
    }
    // Nothing here is negative: twice the value and half a part more, and what division cuts off is rounded.
    let average = (value * 2 + quantity).checked_div(quantity * 2).ok_or(Error::OutOfRange)?;
    i64::try_from(average).map(Money::from_ten_thousandths).map_err(|_| Error::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{money, whole};

    #[test]
    fn the_average_is_exact_to_its_last_decimal() {
        for (on_hand, cost, coming, average) in [
            (0, "9.99", &[(5, "2.50")][..], "2.50"),
            (10, "1.00", &[(10, "2.00")], "1.50"),
            (1, "1.00", &[(2, "0")], "0.3333"),
            (1, "2.00", &[(2, "0")], "0.6667"),
            (1, "0.0001", &[(1, "0")], "0.0001"),
            (3, "0.0001", &[(5, "0")], "0"),
            (2, "10.00", &[(1, "4.00"), (1, "6.00")], "7.50"),
            (900_000_000_000, "900000000000", &[(900_000_000_000, "900000000000")], "900000000000"),
        ] {
            let coming = coming.iter().map(|(units, each)| (whole(*units), money(each))).collect();
            assert_eq!(moved(whole(on_hand), money(cost), &coming), Ok(money(average)), "{on_hand} × {cost}");
        }
    }
}
