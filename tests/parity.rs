//! Both dialects tell the same story: what one writes, the other reads in its next call.

use serde_json::{Value, json};

use stockbridge_domain::stock::{self, Adjustment, Named, Opening};
use stockbridge_domain::values::Quantity;
use stockbridge_domain::{Result, TenantId, Tx};

use crate::support::{Shop, on_each_engine};

#[test]
fn an_item_made_in_iom_is_there_in_simbiz() {
    on_each_engine(async |shop| {
        let made = shop.iom().post("/products", anvil("ANVIL", "931")).await.is(201);
        let id = made.at("/id");
        for path in [
            format!("/inventory/items/1-1-{id}"),
            "/inventory/items/by-code/anvil".into(),
            "/inventory/items/by-barcode/931".into(),
        ] {
            let item = shop.simbiz().get(&path).await.is(200);
            assert_eq!(item.at("/data/item_id"), json!(format!("1-1-{id}")), "{path}");
            assert_eq!(item.at("/data/item_code"), json!("ANVIL"));
            assert_eq!(item.at("/data/item_name"), json!("Anvil"));
            assert_eq!(item.at("/data/sell_price"), json!("49.99"));
            assert_eq!(item.at("/data/purchase_price"), json!("18.00"));
            assert_eq!(item.at("/data/isactive"), json!("1"));
        }
    });
}

#[test]
fn an_item_made_in_simbiz_is_there_in_iom() {
    on_each_engine(async |shop| {
        let body = json!({"data": {"header": {"item_code": "HAMMER", "item_name": "Hammer", "item_barcode": "777"},
            "line": {"sell_price": "12.5", "purchase_price": "10.125"}}});
        let made = shop.simbiz().post("/inventory/items", body).await.is(201);
        let id = plain_id(&made.at("/data/item_id"));
        let product = shop.iom().get(&format!("/products/{id}")).await.is(200);
        assert_eq!(product.at("/sku"), json!("HAMMER"));
        assert_eq!(product.at("/base_price"), json!("12.50"));
        assert_eq!(product.at("/cost_price"), json!("10.125"));
        assert_eq!(product.at("/barcode"), json!("777"));
        assert_eq!(shop.iom().get("/products?search=hamm").await.is(200).at("/total"), json!(1));
    });
}

#[test]
fn a_change_in_one_dialect_shows_in_the_other() {
    on_each_engine(async |shop| {
        let id = shop.iom().post("/products", anvil("ANVIL", "931")).await.is(201).at("/id");
        let rename = json!({"data": {"header": {"item_name": "Great Anvil"}, "line": {"sell_price": "60"}}});
        shop.simbiz().patch(&format!("/inventory/items/1-1-{id}"), rename).await.is(200);
        let product = shop.iom().get(&format!("/products/{id}")).await.is(200);
        assert_eq!((product.at("/name"), product.at("/base_price")), (json!("Great Anvil"), json!("60.00")));
        shop.iom().patch(&format!("/products/{id}"), json!({"is_active": false, "name": "Small Anvil"})).await.is(200);
        let item = shop.simbiz().get(&format!("/inventory/items/{id}")).await.is(200);
        assert_eq!((item.at("/data/item_name"), item.at("/data/isactive")), (json!("Small Anvil"), json!("0")));
        shop.iom().delete(&format!("/products/{id}")).await.is(200);
        shop.simbiz().get(&format!("/inventory/items/{id}")).await.is(404);
    });
}

#[test]
fn what_only_simbiz_knows_survives_a_put() {
    on_each_engine(async |shop| {
        let body = json!({"data": {"header": {"item_code": "HAMMER", "item_name": "Hammer", "item_alternatename": "Martillo"},
            "line": {"isstock": "0", "ispurchase": "0"}}});
        let id = plain_id(&shop.simbiz().post("/inventory/items", body).await.is(201).at("/data/item_id"));
        let put = json!({"name": "Hammer 2", "sku": "HAMMER", "base_price": 5});
        shop.iom().put(&format!("/products/{id}"), put).await.is(200);
        let item = shop.simbiz().get(&format!("/inventory/items/{id}")).await.is(200);
        assert_eq!(item.at("/data/item_alternatename"), json!("Martillo"));
        assert_eq!((item.at("/data/isstock"), item.at("/data/ispurchase")), (json!("0"), json!("0")));
        assert_eq!(item.at("/data/item_name"), json!("Hammer 2"));
    });
}

#[test]
fn a_code_is_unique_across_both() {
    on_each_engine(async |shop| {
        shop.iom().post("/products", anvil("ANVIL", "931")).await.is(201);
        let same = json!({"data": {"header": {"item_code": "anvil", "item_name": "Other"}}});
        let refused = shop.simbiz().post("/inventory/items", same).await.is(409);
        assert_eq!(refused.at("/errors/0/code"), json!("V3_INV_ITEM_DUPLICATE_CODE"));
        let same = json!({"data": {"header": {"item_code": "OTHER", "item_name": "Other", "item_barcode": "931"}}});
        let refused = shop.simbiz().post("/inventory/items", same).await.is(409);
        assert_eq!(refused.at("/errors/0/code"), json!("V3_INV_ITEM_DUPLICATE_BARCODE"));
        totals_agree(shop, 1).await;
    });
}

#[test]
fn a_category_made_in_iom_is_known_by_its_code_in_simbiz() {
    on_each_engine(async |shop| {
        let category =
            shop.iom().post("/products/categories", json!({"name": "Tools", "code": "TOOLS"})).await.is(201).at("/id");
        let body = json!({"data": {"header": {"item_code": "SAW", "item_name": "Saw", "category_code": "tools"}}});
        let made = shop.simbiz().post("/inventory/items", body).await.is(201);
        assert_eq!(made.at("/data/category_id"), json!(format!("1-1-{category}")));
        let listed = shop.iom().get(&format!("/products?category={category}")).await.is(200);
        assert_eq!(listed.at("/products/0/category_name"), json!("Tools"));
        assert_eq!(shop.iom().get("/products/categories").await.is(200).at("/categories/0/product_count"), json!(1));
    });
}

#[test]
fn neighbours_see_nothing_of_each_other() {
    on_each_engine(async |shop| {
        let id = shop.iom().post("/products", anvil("ANVIL", "931")).await.is(201).at("/id");
        shop.neighbour().get(&format!("/products/{id}")).await.is(404);
        shop.neighbour().post("/products", anvil("ANVIL", "931")).await.is(201);
        let next = shop.simbiz_as("next", 2);
        next.get(&format!("/inventory/items/1-1-{id}")).await.is(404);
        next.get(&format!("/inventory/items/{id}")).await.is(404);
        let other = next.get("/inventory/items/by-code/ANVIL").await.is(200);
        assert_eq!(other.at("/data/organization_code"), json!("NEXT"));
        totals_agree(shop, 1).await;
    });
}

#[test]
fn stock_of_an_item_made_in_iom_is_a_balance_in_simbiz() {
    on_each_engine(async |shop| {
        let id = shop.iom().post("/products", anvil("ANVIL", "931")).await.is(201).at("/id").as_i64().expect("an id");
        book(shop, move |tx| stock::open(tx, &Opening { product_id: id, warehouse_id: 1, quantity: units(12) })).await;
        balance_is(shop, id, "12").await;
        let (quantity, named) = (units(-5), Named::default());
        let less = Adjustment { product_id: id, warehouse_id: 1, quantity, expected: None, named, notes: None };
        book(shop, move |tx| stock::adjust(tx, &less).map(drop)).await;
        balance_is(shop, id, "7").await;
        let renamed = json!({"name": "Great Anvil", "sku": "GREAT"});
        shop.iom().patch(&format!("/products/{id}"), renamed).await.is(200);
        let row = shop.simbiz().get("/inventory/stocks/by-location?item_codes=great").await.is(200).at("/data/0");
        assert_eq!((&row["item_name"], &row["qty"]), (&json!("Great Anvil"), &json!("7")));
        shop.iom().delete(&format!("/products/{id}")).await.is(200);
        assert_eq!(shop.simbiz().get("/inventory/stocks/by-location").await.is(200).at("/data"), json!([]));
    });
}

#[test]
fn stock_of_an_item_made_in_simbiz_is_on_hand_in_iom() {
    on_each_engine(async |shop| {
        let body = json!({"data": {"header": {"item_code": "HAMMER", "item_name": "Hammer"}}});
        let made = shop.simbiz().post("/inventory/items", body).await.is(201);
        let id: i64 = plain_id(&made.at("/data/item_id")).parse().expect("a number");
        book(shop, move |tx| stock::open(tx, &Opening { product_id: id, warehouse_id: 1, quantity: units(3) })).await;
        balance_is(shop, id, "3").await;
        assert_eq!(shop.iom().get("/products").await.is(200).at("/products/0/total_stock"), json!(3));
    });
}

#[test]
fn a_category_made_in_iom_is_reference_data_in_simbiz() {
    on_each_engine(async |shop| {
        let made = shop.iom().post("/products/categories", json!({"name": "Tools"})).await.is(201).at("/id");
        let row = async || shop.simbiz().get("/inventory/reference-data/categories").await.is(200).at("/data/0");
        assert_eq!(row().await["category_id"], json!(format!("1-1-{made}")));
        shop.iom().put(&format!("/products/categories/{made}"), json!({"name": "Better tools"})).await.is(200);
        assert_eq!(row().await["category_name"], json!("Better tools"));
        shop.iom().delete(&format!("/products/categories/{made}")).await.is(200);
        assert_eq!(row().await, Value::Null);
    });
}

/// Books stock of ours.
async fn book(shop: &Shop, mut command: impl FnMut(&mut Tx<'_>) -> Result<()> + Send + 'static) {
    let booked = shop.store.alter(move |lobby| command(&mut lobby.as_system(TenantId::new(1))?));
    booked.await.expect("stock");
}

/// Holds that both dialects show so much of an item, in the one location that there is.
async fn balance_is(shop: &Shop, id: i64, quantity: &str) {
    let balances = shop.simbiz().get("/inventory/stocks/by-location").await.is(200);
    assert_eq!(balances.at("/data/0/item_id"), json!(format!("1-1-{id}")));
    assert_eq!((balances.at("/data/0/qty"), balances.at("/data/0/available_qty")), (json!(quantity), json!(quantity)));
    let product = shop.iom().get(&format!("/products/{id}")).await.is(200);
    assert_eq!(product.at("/stock/0/quantity"), json!(quantity.parse::<i64>().expect("a number")));
}

fn units(whole: i64) -> Quantity {
    Quantity::whole(whole).expect("a quantity")
}

async fn totals_agree(shop: &Shop, total: i64) {
    assert_eq!(shop.iom().get("/products").await.is(200).at("/total"), json!(total));
    assert_eq!(shop.simbiz().get("/inventory/items").await.is(200).at("/meta/pagination/total"), json!(total));
}

fn anvil(sku: &str, barcode: &str) -> Value {
    json!({"name": "Anvil", "sku": sku, "base_price": 49.99, "cost_price": "18", "barcode": barcode})
}

fn plain_id(item_id: &Value) -> String {
    item_id.as_str().and_then(|id| id.rsplit('-').next()).expect("an item id").to_owned()
}
