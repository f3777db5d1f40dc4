//! A shop as big as a soak wants it, filled past the server in the shape that it would have: with what is searched,
//! counted and summed, so that its books add up.

use stockbridge_fixtures::Database;

use super::super::stand::WAREHOUSE;
use crate::support::{OURS, Random};

/// Products, with ids from 1 on.
pub(super) const PRODUCTS: usize = 1_000_000;
/// How many of them have a stock row: every fifth, with a hundred units of it.
pub(super) const STOCKED: usize = PRODUCTS / EVERY;
/// Orders that wait for one unit of a stocked product each.
pub(super) const ORDERS: usize = STOCKED;
/// The number in the first SKU.
pub(super) const FIRST_SKU: usize = 1_000_001;
const EVERY: usize = 5;

/// A product that has stock.
pub(super) fn stocked(random: &mut Random) -> usize {
    (1 + random.below(STOCKED)) * EVERY
}

/// Fills an empty shop. Money and quantities in ten-thousandths: a product costs 1.00 and sells at 2.50.
pub(super) fn fill(database: &Database) {
    let (at, quick, planned) = match database {
        // A log of its own size is not what is to be measured: it begins with the server.
        Database::File { .. } => (
            "datetime('2026-01-01', n || ' seconds')",
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;",
            "",
        ),
        // What autovacuum does in a shop that grew slowly.
        Database::Server { .. } => ("timestamp '2026-01-01' + n * interval '1 second'", "", "VACUUM ANALYZE"),
    };
    let counted = |name: &str, value: usize| format!("({OURS}, '{name}', {value})");
    let counters = [
        counted("products", PRODUCTS),
        counted("products.active", PRODUCTS),
        counted("products.stocked", STOCKED),
        counted("stock levels", STOCKED),
        counted("movements", STOCKED),
        counted("orders", ORDERS),
        counted("orders.pending", ORDERS),
        counted("order number", ORDERS),
    ];
    let counters = format!("INSERT INTO tenant_counters (tenant_id, name, value) VALUES {}", counters.join(", "));
    database.execute(&[quick, &products(at), &stock(at), &orders(at), SUMS, &counters].join(";\n"));
    if !planned.is_empty() {
        database.execute(planned);
    }
}

/// The numbers from 1 on, as both engines count them.
fn series(count: usize) -> String {
    format!("WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})")
}

fn products(at: &str) -> String {
    let (series, before) = (series(PRODUCTS), FIRST_SKU - 1);
    format!(
        "INSERT INTO products (tenant_id, sku, sku_key, name, barcode, vendor, tracking, base_price, cost_price, taxable,
            requires_shipping, is_stock, is_sold, is_purchase, is_active, search_text, created_by, created_at, updated_at)
         {series}
         SELECT {OURS}, 'SOAK-' || ({before} + n), 'soak-' || ({before} + n), 'Article ' || n, '49' || ({before} + n),
            'Vendor ' || (n % 500), 'none', 25000, 10000, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE,
            'article ' || n || '\u{1f}soak-' || ({before} + n) || '\u{1f}49' || ({before} + n), 'system', {at}, {at}
         FROM series"
    )
}

fn stock(at: &str) -> String {
    let series = series(STOCKED);
    format!(
        "INSERT INTO stock_levels (tenant_id, product_id, warehouse_id, quantity, reserved, reorder_level, value, updated_at)
         {series}
         SELECT {OURS}, n * {EVERY}, {WAREHOUSE}, 1000000, 10000, 0, 1000000, {at} FROM series;
         INSERT INTO stock_movements (tenant_id, product_id, sku, product_name, warehouse_id, warehouse_name, kind,
            quantity, balance_after, unit_cost, value, created_by, actor, booked_on, created_at)
         SELECT l.tenant_id, l.product_id, p.sku, p.name, l.warehouse_id, w.name, 'opening', l.quantity, l.quantity,
            p.cost_price, l.value, 'system', 'system', date(l.updated_at), l.updated_at
         FROM stock_levels l
         JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
         JOIN warehouses w ON w.tenant_id = l.tenant_id AND w.id = l.warehouse_id
         ORDER BY l.product_id"
    )
}

fn orders(at: &str) -> String {
    let series = series(ORDERS);
    format!(
        "INSERT INTO orders (tenant_id, number, warehouse_id, status, channel, total, item_count, allow_backorder,
            created_by, booked_on, created_at, updated_at)
         {series}
         SELECT {OURS}, n, {WAREHOUSE}, 'pending', 'manual', 25000, 1, FALSE, 'system', date({at}), {at}, {at} FROM series;
         INSERT INTO order_items (tenant_id, order_id, product_id, sku, product_name, quantity, unit_price, amount,
            fulfilled, returned, is_open)
         SELECT o.tenant_id, o.id, p.id, p.sku, p.name, 10000, p.base_price, o.total, 0, 0, TRUE
         FROM orders o JOIN products p ON p.tenant_id = o.tenant_id AND p.id = o.number * {EVERY}
         ORDER BY o.id"
    )
}

/// What the server would have summed up.
const SUMS: &str = "
    INSERT INTO stock_totals (tenant_id, product_id, quantity)
    SELECT tenant_id, product_id, SUM(quantity) FROM stock_levels GROUP BY tenant_id, product_id;
    INSERT INTO warehouse_totals (tenant_id, warehouse_id, stock_rows, skus, low, value)
    SELECT tenant_id, warehouse_id, COUNT(*), COUNT(*), 0, SUM(value) FROM stock_levels GROUP BY tenant_id, warehouse_id;
    INSERT INTO daily_orders (tenant_id, day, status, orders, revenue, units)
    SELECT tenant_id, booked_on, status, COUNT(*), SUM(total), SUM(item_count) * 10000
    FROM orders GROUP BY tenant_id, booked_on, status";
