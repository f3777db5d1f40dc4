//! Each CHECK constraint refuses what the rules refuse before it.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;

use super::notes;
use crate::access::keys::{self, NewKey};
use crate::access::requests;
use crate::access::tests::asked;
use crate::access::uids;
use crate::actor::Role;
use crate::items::Tracking;
use crate::items::variants::{self, VariantDetails};
use crate::orders;
use crate::partners::customers::AddressKind;
use crate::testing::{Fixture, Shop, code, name, on_both, password, whole};

/// Every constraint, and statements that break it in each of its ways.
const BROKEN: &[(&str, &[&str])] = &[
    ("tenants_code_length", &["UPDATE tenants SET code = ''", "UPDATE tenants SET code = :65"]),
    (
        "users_role",
        &["UPDATE users SET role = 'owner'", "UPDATE users SET role = 'Admin'", "UPDATE users SET role = ''"],
    ),
    ("users_token_version", &["UPDATE users SET token_version = -1"]),
    ("simbiz_uids_token_version", &["UPDATE simbiz_uids SET token_version = -1"]),
    (
        "simbiz_uids_uid_length",
        &[
            "INSERT INTO simbiz_uids SELECT '', secret_hash, is_disabled, NULL, created_at, 0 FROM simbiz_uids",
            "INSERT INTO simbiz_uids SELECT :65, secret_hash, is_disabled, NULL, created_at, 0 FROM simbiz_uids",
        ],
    ),
    (
        "api_requests_status_code",
        &["UPDATE api_requests SET status_code = 99", "UPDATE api_requests SET status_code = 1000"],
    ),
    ("api_requests_response_time_ms", &["UPDATE api_requests SET response_time_ms = -1"]),
    ("tenant_counters_value", &["UPDATE tenant_counters SET value = -1"]),
    ("categories_product_count", &["UPDATE categories SET product_count = -1"]),
    ("categories_code_length", &["UPDATE categories SET code = ''", "UPDATE categories SET code = :65"]),
    ("brands_code_length", &["UPDATE brands SET code = ''", "UPDATE brands SET code = :65"]),
    ("item_types_code_length", &["UPDATE item_types SET code = ''", "UPDATE item_types SET code = :65"]),
    ("uoms_code_length", &["UPDATE uoms SET code = ''", "UPDATE uoms SET code = :65"]),
    ("warehouses_code_length", &["UPDATE warehouses SET code = ''", "UPDATE warehouses SET code = :65"]),
    ("products_sku_length", &["UPDATE products SET sku = ''", "UPDATE products SET sku = :65"]),
    ("products_name_length", &["UPDATE products SET name = ''", "UPDATE products SET name = :256"]),
    ("products_barcode_length", &["UPDATE products SET barcode = ''", "UPDATE products SET barcode = :65"]),
    ("products_tracking", &["UPDATE products SET tracking = 'lot'", "UPDATE products SET tracking = ''"]),
    (
        "products_base_price",
        &["UPDATE products SET base_price = -1", "UPDATE products SET base_price = 9000000000000001"],
    ),
    (
        "products_cost_price",
        &["UPDATE products SET cost_price = -1", "UPDATE products SET cost_price = 9000000000000001"],
    ),
    (
        "products_compare_at_price",
        &["UPDATE products SET compare_at_price = -1", "UPDATE products SET compare_at_price = 9000000000000001"],
    ),
    (
        "product_variants_price",
        &["UPDATE product_variants SET price = -1", "UPDATE product_variants SET price = 9000000000000001"],
    ),
    ("products_weight", &["UPDATE products SET weight = -1"]),
    ("stock_levels_quantity", &["UPDATE stock_levels SET quantity = -1"]),
    ("stock_levels_reserved", &["UPDATE stock_levels SET reserved = -1"]),
    ("stock_levels_reorder_level", &["UPDATE stock_levels SET reorder_level = -1"]),
    ("batch_levels_quantity", &["UPDATE batch_levels SET quantity = -1"]),
    ("serials_status", &["UPDATE serials SET status = 'lost'", "UPDATE serials SET status = ''"]),
    ("stock_movements_kind", &["UPDATE stock_movements SET kind = 'gift'", "UPDATE stock_movements SET kind = ''"]),
    ("stock_movements_quantity", &["UPDATE stock_movements SET quantity = 0"]),
    ("stock_movements_balance_after", &["UPDATE stock_movements SET balance_after = -1"]),
    ("customers_customer_type", &["UPDATE customers SET customer_type = 'vip'"]),
    ("customers_total_orders", &["UPDATE customers SET total_orders = -1"]),
    ("customer_addresses_kind", &["UPDATE customer_addresses SET kind = 'home'"]),
    ("orders_status", &["UPDATE orders SET status = 'lost'", "UPDATE orders SET status = ''"]),
    ("orders_channel", &["UPDATE orders SET channel = 'fax'"]),
    ("orders_item_count", &["UPDATE orders SET item_count = 0"]),
    ("order_items_quantity", &["UPDATE order_items SET quantity = 0, fulfilled = 0, returned = 0"]),
    (
        "order_items_fulfilled",
        &["UPDATE order_items SET fulfilled = -1", "UPDATE order_items SET fulfilled = quantity + 1"],
    ),
    ("tenants_costing", &["UPDATE tenants SET costing = 'fifo'", "UPDATE tenants SET costing = ''"]),
    ("suppliers_lead_time_days", &["UPDATE suppliers SET lead_time_days = -1"]),
    ("supplier_products_lines", &["UPDATE supplier_products SET lines = -1"]),
    (
        "purchase_orders_status",
        &["UPDATE purchase_orders SET status = 'lost'", "UPDATE purchase_orders SET status = ''"],
    ),
    ("purchase_orders_item_count", &["UPDATE purchase_orders SET item_count = 0"]),
    ("purchase_order_items_quantity", &["UPDATE purchase_order_items SET quantity = 0, received = 0"]),
    (
        "purchase_order_items_received",
        &["UPDATE purchase_order_items SET received = -1", "UPDATE purchase_order_items SET received = quantity + 1"],
    ),
    (
        "stock_totals_within",
        &[
            "UPDATE stock_totals SET quantity = 9000000000000000001",
            "UPDATE stock_totals SET quantity = -9000000000000000001",
        ],
    ),
    (
        "warehouse_totals_within",
        &[
            "UPDATE warehouse_totals SET value = 9000000000000000001",
            "UPDATE warehouse_totals SET value = -9000000000000000001",
        ],
    ),
    ("daily_orders_status", &["UPDATE daily_orders SET status = 'lost'"]),
    (
        "daily_orders_within",
        &[
            "UPDATE daily_orders SET revenue = 9000000000000000001",
            "UPDATE daily_orders SET revenue = -9000000000000000001",
            "UPDATE daily_orders SET units = 9000000000000000001",
            "UPDATE daily_orders SET units = -9000000000000000001",
        ],
    ),
    (
        "daily_cogs_within",
        &["UPDATE daily_cogs SET cogs = 9000000000000000001", "UPDATE daily_cogs SET cogs = -9000000000000000001"],
    ),
    (
        "daily_product_cogs_within",
        &[
            "UPDATE daily_product_cogs SET cogs = 9000000000000000001",
            "UPDATE daily_product_cogs SET cogs = -9000000000000000001",
            "UPDATE daily_product_cogs SET units = 9000000000000000001",
            "UPDATE daily_product_cogs SET units = -9000000000000000001",
        ],
    ),
    (
        "order_items_returned",
        &["UPDATE order_items SET returned = -1", "UPDATE order_items SET returned = fulfilled + 1"],
    ),
];

/// What the rules allow at their edges, the tables allow too.
const AT_THE_EDGE: &[&str] = &[
    "UPDATE products SET sku = :64, name = :255, barcode = :64, base_price = 9000000000000000, weight = 0
     WHERE id = (SELECT MIN(id) FROM products)",
    "UPDATE tenants SET code = :64",
    "UPDATE purchase_order_items SET received = quantity",
    "UPDATE stock_levels SET quantity = 0, reserved = 0, reorder_level = 0",
];

/// Puts texts of so many characters, which take more bytes, into a statement.
fn filled(statement: &str) -> String {
    [256, 255, 65, 64].iter().fold(statement.to_owned(), |statement, length| {
        statement.replace(&format!(":{length}"), &format!("'{}'", "é".repeat(*length)))
    })
}

/// One row in every table that has a CHECK.
fn one_of_each(fixture: &Fixture) {
    use crate::items::master::{self, List, NewEntry};
    let shop = Shop::open(fixture, "BHH");
    shop.user("ann@acme.com", Role::Staff);
    fixture.alter(|lobby| uids::create(lobby, &code("support"), &password(), None)).unwrap();
    let key = NewKey { id: None, name: name("Connector"), can_write: true, expires_on: None };
    shop.write(move |tx| {
        let api_key_id = keys::create(tx, &key)?.id;
        requests::record(tx, &[asked(api_key_id, tx.now())])
    })
    .unwrap();
    shop.category("Bolts");
    for list in [List::Brands, List::Types, List::Uoms] {
        let entry = NewEntry { code: code("X"), name: name("X") };
        shop.write(move |tx| master::create(tx, list, &entry)).unwrap();
    }
    let (item, warehouse) = (shop.item("ANVIL").id, shop.warehouse("SYD"));
    shop.stock(item, warehouse, whole(2));
    let batched = shop.tracked("CHM-001", Tracking::Batch);
    shop.stock(batched, warehouse, whole(1));
    shop.units(shop.tracked("EQP-1", Tracking::Serial), warehouse, &["SN-1"]);
    let customer = shop.customer("Acme Corp");
    shop.address(customer, "1 Ship St", AddressKind::Shipping, false);
    let order = shop.order_of(Some(customer), &[(item, whole(2))]).unwrap();
    shop.write(move |tx| orders::fulfil(tx, order.id, None)).unwrap();
    let red = VariantDetails { name: name("Red"), sku: None, price: None, options: "{}".to_owned() };
    shop.write(move |tx| variants::create(tx, item, &red)).expect("a variant");
    let supplier = shop.supplier("FastenersPro");
    shop.purchase(supplier, &[(item, whole(2), "1.00")]);
}

#[test]
fn each_check_bites() {
    on_both(|fixture| {
        one_of_each(fixture);
        let mut conn = fixture.connect();
        for (constraint, statements) in BROKEN {
            for statement in *statements {
                let refused = conn.batch_execute(&filled(statement)).expect_err(statement).to_string();
                assert!(refused.to_lowercase().contains("check constraint"), "{statement}: {refused}");
                assert!(refused.contains(constraint), "{statement}: {refused}");
            }
        }
        for statement in AT_THE_EDGE {
            conn.batch_execute(&filled(statement)).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    });
}

#[test]
fn no_check_is_forgotten_here() {
    on_both(|fixture| {
        let named = if fixture.is_postgres() {
            fixture.texts("SELECT conname::text AS line FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
        } else {
            let tables =
                fixture.texts("SELECT sql AS line FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CHECK%'");
            let constraints = tables.iter().flat_map(|sql| sql.split("CONSTRAINT ").skip(1));
            let checks = constraints.filter_map(|text| text.split_once(char::is_whitespace));
            checks.filter(|(_, rest)| rest.trim_start().starts_with("CHECK")).map(|(name, _)| name.to_owned()).collect()
        };
        let named = named.into_iter().collect::<BTreeSet<_>>();
        assert_eq!(named, BROKEN.iter().map(|(constraint, _)| (*constraint).to_owned()).collect());
    });
}

#[test]
fn no_rule_stands_in_the_way_of_an_empty_note() {
    use diesel::prelude::*;
    on_both(|fixture| {
        let empty = fixture.alter(|lobby| {
            let row = (notes::name.eq(""), notes::value.eq(""));
            Ok(diesel::insert_into(notes::table).values(row).execute(lobby.conn)?)
        });
        assert_eq!(empty, Ok(1));
    });
}
