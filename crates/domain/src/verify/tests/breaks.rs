//! What breaks each rule.

/// A rule, what finds it broken, and a statement that breaks it.
pub(super) const BREAKS: &[(&str, &str, &str)] = &[
    (
        "what is on hand is the sum of its movements",
        "product 1 in warehouse 1: 80000 on hand, movements add up to 70000",
        "UPDATE stock_levels SET quantity = quantity + 10000 WHERE product_id = 1",
    ),
    (
        "movements without a stock row add up to nothing",
        "product 1 in warehouse 1: 70000",
        "DELETE FROM stock_levels WHERE product_id = 1",
    ),
    (
        "the last movement's balance is what is on hand",
        "product 1 in warehouse 1: 70000 on hand, the last movement left 80000",
        "UPDATE stock_movements SET balance_after = balance_after + 10000 WHERE product_id = 1",
    ),
    (
        "what is reserved is what open order lines still want",
        "product 1 in warehouse 1: 30000 reserved, open lines want 20000",
        "UPDATE stock_levels SET reserved = reserved + 10000 WHERE product_id = 1",
    ),
    ("open order lines have a stock row", "order 1, product 1", "DELETE FROM stock_levels WHERE product_id = 1"),
    (
        "batches hold what is on hand of batch products",
        "product 2 in warehouse 1: 60000 on hand, batches hold 50000",
        "UPDATE batch_levels SET quantity = quantity - 10000",
    ),
    (
        "batches hold what is on hand of batch products",
        "product 2 in warehouse 1: 60000 on hand, batches hold 60000",
        "UPDATE products SET tracking = 'none' WHERE tracking = 'batch'",
    ),
    (
        "serial numbers in stock or reserved are what is on hand of serial products",
        "product 3 in warehouse 1: 30000 on hand, serial numbers: 2",
        "UPDATE serials SET status = 'sold' WHERE id = 3",
    ),
    (
        "an order is the sum of its lines",
        "order 1: 60001 for 2 lines, lines: 60000 for 2",
        "UPDATE orders SET total = total + 1 WHERE id = 1",
    ),
    (
        "an order is the sum of its lines",
        "order 2: 60000 for 1 lines, lines: 0 for 0",
        "DELETE FROM order_items WHERE order_id = 2",
    ),
    (
        "a line is open exactly while its order is and something is outstanding",
        "line 1 of order 1, which is pending",
        "UPDATE order_items SET is_open = NOT is_open WHERE id = 1",
    ),
    (
        "a line is open exactly while its order is and something is outstanding",
        "line 1 of order 1, which is cancelled",
        "UPDATE orders SET status = 'cancelled' WHERE id = 1",
    ),
    (
        "what was shipped for an order's lines is what its movements say",
        "order 2, product 1: fulfilled 20000, movements 30000",
        "UPDATE order_items SET fulfilled = 20000 WHERE order_id = 2",
    ),
    (
        "a customer's figures are those of the orders that were not cancelled",
        "customer 1: 1 orders, 60001, orders: 1, 60000",
        "UPDATE customers SET total_spent = total_spent + 1 WHERE id = 1",
    ),
    (
        "a customer's figures are those of the orders that were not cancelled",
        "customer 1: 0 orders, 60000, orders: 1, 60000",
        "UPDATE customers SET total_orders = 0 WHERE id = 1",
    ),
    (
        "a category's count is that of its products",
        "category 1: 2, products: 1",
        "UPDATE categories SET product_count = product_count + 1",
    ),
    (
        "on hand in all warehouses is the sum of stock rows",
        "product 1: 70001, stock rows: 70000",
        "UPDATE stock_totals SET quantity = quantity + 1 WHERE product_id = 1",
    ),
    (
        "on hand in all warehouses is the sum of stock rows",
        "product 2: 0, stock rows: 60000",
        "DELETE FROM stock_totals WHERE product_id = 2",
    ),
    (
        "a warehouse's sums are those of its stock rows",
        "warehouse 1: 1 rows, 0 with stock, 0 low, 0 more than its stock rows",
        "UPDATE warehouse_totals SET stock_rows = stock_rows + 1 WHERE warehouse_id = 1",
    ),
    (
        "a warehouse's sums are those of its stock rows",
        "warehouse 1: 0 rows, 0 with stock, 1 low, 1 more than its stock rows",
        "UPDATE warehouse_totals SET low = low + 1, value = value + 1 WHERE warehouse_id = 1",
    ),
    (
        "a warehouse's sums are those of its stock rows",
        "warehouse 2: 0 rows, 1 with stock, 0 low, 0 more than its stock rows",
        "INSERT INTO warehouse_totals (tenant_id, warehouse_id, stock_rows, skus, low, value) VALUES (1, 2, 0, 1, 0, 0)",
    ),
    ("a day's cost of goods sold is the sum of its products'", "20", "UPDATE daily_cogs SET cogs = cogs + 1"),
    (
        "a day's orders are those that were placed on it",
        "20",
        "UPDATE daily_orders SET revenue = revenue + 1 WHERE status = 'pending'",
    ),
    (
        "a day's orders are those that were placed on it",
        "2000-01-01, paid: [1, 0, 0], documents: []",
        "INSERT INTO daily_orders (tenant_id, day, status, orders, revenue, units)
         VALUES (1, '2000-01-01', 'paid', 1, 0, 0)",
    ),
    (
        "a day's cost of goods sold is that of its shipments and returns",
        "20",
        "UPDATE daily_product_cogs SET units = units + 1",
    ),
    ("a day's cost of goods sold is that of its shipments and returns", "20", "DELETE FROM daily_product_cogs"),
    (
        "a tenant with warehouses has exactly one default",
        "default warehouses: 0",
        "UPDATE warehouses SET is_default = FALSE",
    ),
    (
        "a unit is kept for an open order line of its product",
        "serial 1: kept for line 0",
        "UPDATE serials SET order_item_id = NULL WHERE status = 'reserved'",
    ),
    (
        "a unit is kept for an open order line of its product",
        "serial 1: kept for line 1",
        "UPDATE serials SET order_item_id = 1 WHERE status = 'reserved'",
    ),
    (
        "open orders are fulfilled from a warehouse that is there",
        "order 1: warehouse 99",
        "UPDATE orders SET warehouse_id = 99 WHERE id = 1",
    ),
    (
        "open orders name a customer that is there",
        "order 1: customer 99",
        "UPDATE orders SET customer_id = 99 WHERE id = 1",
    ),
    (
        "of a customer's addresses of one kind exactly one is the default",
        "customer 1: 0 default shipping addresses",
        "UPDATE customer_addresses SET is_default = FALSE",
    ),
    (
        "orders name no customer of another tenant",
        "order 2: customer 2",
        "UPDATE orders SET customer_id = 2 WHERE id = 2",
    ),
    (
        "an order is fulfilled exactly when all of its lines are",
        "order 1 is shipped",
        "UPDATE orders SET status = 'shipped' WHERE id = 1",
    ),
    (
        "an order is fulfilled exactly when all of its lines are",
        "order 2 is fulfilling",
        "UPDATE orders SET status = 'fulfilling' WHERE id = 2",
    ),
    (
        "a purchase order is the sum of its lines",
        "purchase order 1: 60001 for 2 lines, lines: 60000 for 2",
        "UPDATE purchase_orders SET total = total + 1 WHERE id = 1",
    ),
    (
        "a purchase order's line is open exactly while its order is and something is outstanding",
        "line 1 of purchase order 1, which is partial",
        "UPDATE purchase_order_items SET is_open = NOT is_open WHERE id = 1",
    ),
    (
        "a purchase order's status is how much of it has come",
        "purchase order 1 is ordered",
        "UPDATE purchase_orders SET status = 'ordered' WHERE id = 1",
    ),
    (
        "a purchase order's status is how much of it has come",
        "purchase order 1 is received",
        "UPDATE purchase_orders SET status = 'received' WHERE id = 1",
    ),
    (
        "a purchase order's status is how much of it has come",
        "purchase order 2 is partial",
        "UPDATE purchase_orders SET status = 'partial' WHERE id = 2",
    ),
    (
        "what was received for a purchase order's lines is what its movements say",
        "purchase order 1, product 1: received 40000, movements 30000",
        "UPDATE purchase_order_items SET received = 40000, is_open = FALSE WHERE id = 1",
    ),
    (
        "a supplier's products are those of its purchase orders that were not cancelled",
        "supplier 1, product 1: 3 lines, purchase orders: 2",
        "UPDATE supplier_products SET lines = lines + 1 WHERE product_id = 1",
    ),
    (
        "a supplier's products are those of its purchase orders that were not cancelled",
        "supplier 1, product 2: 0 lines, purchase orders: 1",
        "DELETE FROM supplier_products WHERE product_id = 2",
    ),
    (
        "open purchase orders name a supplier, a warehouse and products that are there",
        "purchase order 1: supplier 1, warehouse 99, product 1",
        "UPDATE purchase_orders SET warehouse_id = 99 WHERE id = 1",
    ),
    (
        "open purchase orders name a supplier, a warehouse and products that are there",
        "purchase order 1: supplier 2, warehouse 1, product 1",
        "UPDATE purchase_orders SET supplier_id = 2 WHERE id = 1",
    ),
    (
        "a purchase order line's amount is its quantity × its cost",
        "purchase order line 1: 4 × 2.00 is not 4.00",
        "UPDATE purchase_order_items SET unit_cost = 20000 WHERE id = 1",
    ),
    (
        "a product with images has exactly one primary one",
        "product 1: 0 of 2 images",
        "UPDATE product_images SET is_primary = FALSE",
    ),
    (
        "a product with images has exactly one primary one",
        "product 1: 2 of 2 images",
        "DROP INDEX product_images_one_primary; UPDATE product_images SET is_primary = TRUE",
    ),
    (
        "a uid's default organization is granted to it",
        "uid support",
        "INSERT INTO simbiz_uids (uid, secret_hash, is_disabled, default_tenant_id, created_at, token_version)
         VALUES ('support', 'h', FALSE, 1, '2026-05-06 00:00:00', 0)",
    ),
    (
        "no reply is remembered half",
        "key of user 1 from 2026-05-06 00:00:00",
        "INSERT INTO idempotent_replies (tenant_id, credential, key, fingerprint, status, body, created_at)
         VALUES (1, 'user 1', 'k', 'f', 0, '', '2026-05-06 00:00:00')",
    ),
    (
        "a line's amount is its quantity × its price",
        "order line 1: 2 × 3.00 is not 4.00",
        "UPDATE order_items SET unit_price = 30000 WHERE id = 1",
    ),
    (
        "a stock row's value is its quantity × the product's cost",
        "product, warehouse 1, 1: 7 × 1.50 is not 10.5001",
        "UPDATE stock_levels SET value = value + 1 WHERE product_id = 1",
    ),
    (
        "a movement's value is its quantity × the cost of that day",
        "movement 1: 7 × 2.00 is not 10.50",
        "UPDATE stock_movements SET unit_cost = 20000 WHERE id = 1",
    ),
];

/// Rules that a constraint keeps as well: what they find, the table and constraint, and the statement it refuses.
pub(super) const GUARDED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "figures are within their bounds",
        "product 1 in warehouse 1: -1 on hand, 20000 reserved",
        "stock_levels",
        "stock_levels_quantity",
        "UPDATE stock_levels SET quantity = -1 WHERE product_id = 1",
    ),
    (
        "figures are within their bounds",
        "product 1 in warehouse 1: 70000 on hand, -1 reserved",
        "stock_levels",
        "stock_levels_reserved",
        "UPDATE stock_levels SET reserved = -1 WHERE product_id = 1",
    ),
    (
        "figures are within their bounds",
        "order line 3: 40000 of 30000 fulfilled, 0 returned",
        "order_items",
        "order_items_fulfilled",
        "UPDATE order_items SET fulfilled = 40000 WHERE id = 3",
    ),
    (
        "figures are within their bounds",
        "order line 3: 30000 of 30000 fulfilled, 40000 returned",
        "order_items",
        "order_items_returned",
        "UPDATE order_items SET returned = 40000 WHERE id = 3",
    ),
    (
        "figures are within their bounds",
        "purchase order line 1: 50000 of 40000 received",
        "purchase_order_items",
        "purchase_order_items_received",
        "UPDATE purchase_order_items SET received = 50000 WHERE id = 1",
    ),
    (
        "a line belongs to an order",
        "line 1 of purchase order 1",
        "purchase_order_items",
        "purchase_order_items_order",
        "DELETE FROM purchase_orders WHERE id = 1",
    ),
    (
        "a line belongs to an order",
        "line 3 of order 2",
        "order_items",
        "order_items_order",
        "DELETE FROM orders WHERE id = 2",
    ),
];

/// What is counted, so that each counter is broken once.
pub(super) const COUNTED: &[&str] = &[
    "products",
    "products.active",
    "batches",
    "serials",
    "stock levels",
    "movements",
    "orders",
    "customers",
    "suppliers",
    "purchase orders",
    "orders.pending",
    "products.stocked",
    "api requests",
];
pub(super) const COUNTERS: &str = "counters stand at what they count";
