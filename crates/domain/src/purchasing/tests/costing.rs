//! What products cost after goods came, with either way of costing.

use super::{coming, receive};
use crate::access::tenants::{self, TenantChanges};
use crate::actor::Costing;
use crate::items;
use crate::testing::{Shop, money, on_both, whole};
use crate::values::Money;

fn average(shop: &Shop<'_>, tenant: &'static str) {
    let changes = TenantChanges { costing: Some(Costing::Average), ..TenantChanges::default() };
    let set = shop.fixture.alter(move |lobby| tenants::set(lobby, tenant, &changes));
    assert_eq!(set.expect("a tenant").costing, Costing::Average);
}

fn cost(shop: &Shop<'_>, item: i64) -> Option<Money> {
    shop.read(move |tx| items::get(tx, item)).expect("an item").item.cost_price
}

#[test]
fn the_average_moves_with_what_comes_wherever_goods_lie() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let (syd, mel) = (shop.warehouse("SYD"), shop.warehouse("MEL"));
        let (anvil, bolt) = (shop.item("ANVIL").id, shop.item("BOLT").id);
        shop.price(anvil, "9", "4");
        shop.stock(anvil, syd, whole(3));
        shop.stock(anvil, mel, whole(7));
        average(&shop, "BHH");
        let supplier = shop.supplier("FastenersPro");
        let id =
            shop.purchase(supplier, &[(anvil, whole(10), "5"), (bolt, whole(2), "0.30"), (anvil, whole(10), "6.5")]);
        receive(&shop, id, Some(vec![coming(anvil, whole(10)), coming(bolt, whole(1))])).expect("a part");
        assert_eq!((cost(&shop, anvil), cost(&shop, bolt)), (Some(money("4.50")), Some(money("0.30"))));
        // 20 at 4.50 and 10 at 6.50.
        receive(&shop, id, None).expect("the rest");
        assert_eq!(cost(&shop, anvil), Some(money("5.1667")));
        let values = fixture
            .texts("SELECT CAST(value AS TEXT) AS line FROM stock_levels WHERE product_id = 1 ORDER BY warehouse_id");
        assert_eq!(values, ["1188300", "361700"], "23 and 7 at 5.1667");
        shop.verify();
    });
}

#[test]
fn the_standard_cost_stays_whatever_comes() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        shop.warehouse("SYD");
        let anvil = shop.item("ANVIL").id;
        shop.price(anvil, "9", "4");
        let id = shop.purchase(shop.supplier("FastenersPro"), &[(anvil, whole(10), "5")]);
        receive(&shop, id, None).expect("all of it");
        assert_eq!(cost(&shop, anvil), Some(money("4")));
        shop.verify();
    });
}
