//! The invariants that one statement each can look for, in the SQL that both engines share, but for `SUM_OF`. A
//! statement answers what breaks its rule: the tenant, and where.

/// The name of each rule, and the statement that finds what breaks it.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "what is on hand is the sum of its movements",
        "SELECT l.tenant_id AS tenant, 'product ' || l.product_id || ' in warehouse ' || l.warehouse_id || ': '
            || l.quantity || ' on hand, movements add up to ' || COALESCE(m.total, 0) AS what
         FROM stock_levels l LEFT JOIN (
            SELECT tenant_id, product_id, warehouse_id, SUM_OF(quantity) AS total
            FROM stock_movements GROUP BY tenant_id, product_id, warehouse_id
         ) m ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id AND m.warehouse_id = l.warehouse_id
         WHERE l.quantity <> COALESCE(m.total, 0)",
    ),
    (
        "movements without a stock row add up to nothing",
        "SELECT m.tenant_id AS tenant, 'product ' || m.product_id || ' in warehouse ' || m.warehouse_id || ': '
            || SUM_OF(m.quantity) AS what
         FROM stock_movements m LEFT JOIN stock_levels l
            ON l.tenant_id = m.tenant_id AND l.product_id = m.product_id AND l.warehouse_id = m.warehouse_id
         WHERE l.product_id IS NULL
         GROUP BY m.tenant_id, m.product_id, m.warehouse_id HAVING SUM_OF(m.quantity) <> 0",
    ),
    (
        "the last movement's balance is what is on hand",
        "SELECT l.tenant_id AS tenant, 'product ' || l.product_id || ' in warehouse ' || l.warehouse_id || ': '
            || l.quantity || ' on hand, the last movement left ' || m.balance_after AS what
         FROM stock_levels l JOIN (
            SELECT tenant_id, product_id, warehouse_id, MAX(id) AS id
            FROM stock_movements GROUP BY tenant_id, product_id, warehouse_id
         ) last ON last.tenant_id = l.tenant_id AND last.product_id = l.product_id AND last.warehouse_id = l.warehouse_id
         JOIN stock_movements m ON m.tenant_id = last.tenant_id AND m.id = last.id
         WHERE m.balance_after <> l.quantity",
    ),
    (
        "what is reserved is what open order lines still want",
        "SELECT l.tenant_id AS tenant, 'product ' || l.product_id || ' in warehouse ' || l.warehouse_id || ': '
            || l.reserved || ' reserved, open lines want ' || COALESCE(o.total, 0) AS what
         FROM stock_levels l LEFT JOIN (
            SELECT i.tenant_id, i.product_id, o.warehouse_id, SUM_OF(i.quantity - i.fulfilled) AS total
            FROM order_items i JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
            WHERE i.is_open GROUP BY i.tenant_id, i.product_id, o.warehouse_id
         ) o ON o.tenant_id = l.tenant_id AND o.product_id = l.product_id AND o.warehouse_id = l.warehouse_id
         WHERE l.reserved <> COALESCE(o.total, 0)",
    ),
    (
        "open order lines have a stock row",
        "SELECT i.tenant_id AS tenant, 'order ' || i.order_id || ', product ' || i.product_id AS what
         FROM order_items i JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
         LEFT JOIN stock_levels l
            ON l.tenant_id = i.tenant_id AND l.product_id = i.product_id AND l.warehouse_id = o.warehouse_id
         WHERE i.is_open AND l.product_id IS NULL",
    ),
    (
        "batches hold what is on hand of batch products",
        "SELECT l.tenant_id AS tenant, 'product ' || l.product_id || ' in warehouse ' || l.warehouse_id || ': '
            || l.quantity || ' on hand, batches hold ' || COALESCE(b.total, 0) AS what
         FROM stock_levels l JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
         LEFT JOIN (
            SELECT tenant_id, product_id, warehouse_id, SUM_OF(quantity) AS total
            FROM batch_levels GROUP BY tenant_id, product_id, warehouse_id
         ) b ON b.tenant_id = l.tenant_id AND b.product_id = l.product_id AND b.warehouse_id = l.warehouse_id
         WHERE (p.tracking = 'batch' AND l.quantity <> COALESCE(b.total, 0))
            OR (p.tracking <> 'batch' AND COALESCE(b.total, 0) <> 0)",
    ),
    (
        "serial numbers in stock or reserved are what is on hand of serial products",
        "SELECT l.tenant_id AS tenant, 'product ' || l.product_id || ' in warehouse ' || l.warehouse_id || ': '
            || l.quantity || ' on hand, serial numbers: ' || COALESCE(s.units, 0) AS what
         FROM stock_levels l JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
         LEFT JOIN (
            SELECT tenant_id, product_id, warehouse_id, COUNT(*) AS units FROM serials
            WHERE status IN ('in_stock', 'reserved') GROUP BY tenant_id, product_id, warehouse_id
         ) s ON s.tenant_id = l.tenant_id AND s.product_id = l.product_id AND s.warehouse_id = l.warehouse_id
         WHERE p.tracking = 'serial' AND l.quantity <> COALESCE(s.units, 0) * 10000",
    ),
    (
        "an order is the sum of its lines",
        "SELECT o.tenant_id AS tenant, 'order ' || o.id || ': ' || o.total || ' for ' || o.item_count || ' lines, lines: '
            || COALESCE(i.total, 0) || ' for ' || COALESCE(i.lines, 0) AS what
         FROM orders o LEFT JOIN (
            SELECT tenant_id, order_id, SUM_OF(amount) AS total, COUNT(*) AS lines
            FROM order_items GROUP BY tenant_id, order_id
         ) i ON i.tenant_id = o.tenant_id AND i.order_id = o.id
         WHERE o.total <> COALESCE(i.total, 0) OR o.item_count <> COALESCE(i.lines, 0)",
    ),
    (
        "a line is open exactly while its order is and something is outstanding",
        "SELECT i.tenant_id AS tenant, 'line ' || i.id || ' of order ' || i.order_id || ', which is ' || o.status AS what
         FROM order_items i JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id
         WHERE i.is_open <> (o.status IN ('pending', 'paid', 'fulfilling') AND i.fulfilled < i.quantity)",
    ),
    (
        "what was shipped for an order's lines is what its movements say",
        "SELECT i.tenant_id AS tenant, 'order ' || i.order_id || ', product ' || i.product_id || ': fulfilled '
            || i.total || ', movements ' || COALESCE(m.total, 0) AS what
         FROM (
            SELECT tenant_id, order_id, product_id, SUM_OF(fulfilled) AS total
            FROM order_items GROUP BY tenant_id, order_id, product_id
         ) i LEFT JOIN (
            SELECT tenant_id, reference_id, product_id, -SUM_OF(quantity) AS total FROM stock_movements
            WHERE reference_type = 'order' AND kind = 'shipment' GROUP BY tenant_id, reference_id, product_id
         ) m ON m.tenant_id = i.tenant_id AND m.reference_id = i.order_id AND m.product_id = i.product_id
         WHERE i.total <> COALESCE(m.total, 0)",
    ),
    (
        "a customer's figures are those of the orders that were not cancelled",
        "SELECT c.tenant_id AS tenant, 'customer ' || c.id || ': ' || c.total_orders || ' orders, ' || c.total_spent
            || ', orders: ' || COALESCE(o.orders, 0) || ', ' || COALESCE(o.total, 0) AS what
         FROM customers c LEFT JOIN (
            SELECT tenant_id, customer_id, COUNT(*) AS orders, SUM_OF(total) AS total FROM orders
            WHERE status <> 'cancelled' GROUP BY tenant_id, customer_id
         ) o ON o.tenant_id = c.tenant_id AND o.customer_id = c.id
         WHERE c.total_orders <> COALESCE(o.orders, 0) OR c.total_spent <> COALESCE(o.total, 0)",
    ),
    (
        "a category's count is that of its products",
        "SELECT c.tenant_id AS tenant, 'category ' || c.id || ': ' || c.product_count || ', products: '
            || COALESCE(p.members, 0) AS what
         FROM categories c LEFT JOIN (
            SELECT tenant_id, category_id, COUNT(*) AS members FROM products GROUP BY tenant_id, category_id
         ) p ON p.tenant_id = c.tenant_id AND p.category_id = c.id
         WHERE c.product_count <> COALESCE(p.members, 0)",
    ),
    (
        "counters stand at what they count",
        "SELECT r.tenant_id AS tenant, r.name || ': ' || COALESCE(MAX(c.value), 0) || ', rows: ' || SUM(r.total) AS what
         FROM (
            SELECT tenant_id, 'products' AS name, COUNT(*) AS total FROM products GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'products.active', COUNT(*) FROM products WHERE is_active GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'batches', COUNT(*) FROM batches GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'serials', COUNT(*) FROM serials GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'stock levels', COUNT(*) FROM stock_levels GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'movements', COUNT(*) FROM stock_movements GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'orders', COUNT(*) FROM orders GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'customers', COUNT(*) FROM customers GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'suppliers', COUNT(*) FROM suppliers GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'purchase orders', COUNT(*) FROM purchase_orders GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 'orders.' || status, COUNT(*) FROM orders GROUP BY tenant_id, status
            UNION ALL SELECT p.tenant_id, 'products.stocked', COUNT(*) FROM products p
            WHERE p.is_active AND EXISTS (SELECT 1 FROM stock_levels l
                WHERE l.tenant_id = p.tenant_id AND l.product_id = p.id AND l.quantity > 0) GROUP BY p.tenant_id
            UNION ALL SELECT tenant_id, 'api requests', COUNT(*) FROM api_requests GROUP BY tenant_id
            UNION ALL SELECT tenant_id, name, 0 FROM tenant_counters
            WHERE name NOT IN ('order number', 'purchase order number')
         ) r LEFT JOIN tenant_counters c ON c.tenant_id = r.tenant_id AND c.name = r.name
         GROUP BY r.tenant_id, r.name HAVING COALESCE(MAX(c.value), 0) <> SUM(r.total)",
    ),
    (
        "on hand in all warehouses is the sum of stock rows",
        "SELECT r.tenant_id AS tenant, 'product ' || r.product_id || ': ' || SUM_OF(r.total) || ', stock rows: '
            || SUM_OF(r.quantity) AS what
         FROM (
            SELECT tenant_id, product_id, quantity AS total, 0 AS quantity FROM stock_totals
            UNION ALL SELECT tenant_id, product_id, 0, quantity FROM stock_levels
         ) r GROUP BY r.tenant_id, r.product_id HAVING SUM_OF(r.total) <> SUM_OF(r.quantity)",
    ),
    (
        "a warehouse's sums are those of its stock rows",
        "SELECT r.tenant_id AS tenant, 'warehouse ' || r.warehouse_id || ': ' || SUM(r.stock_rows) || ' rows, '
            || SUM(r.skus) || ' with stock, ' || SUM(r.low) || ' low, ' || SUM_OF(r.value)
            || ' more than its stock rows' AS what
         FROM (
            SELECT tenant_id, warehouse_id, stock_rows, skus, low, value FROM warehouse_totals
            UNION ALL SELECT tenant_id, warehouse_id, -1, CASE WHEN quantity > 0 THEN -1 ELSE 0 END,
                CASE WHEN reorder_level > 0 AND quantity <= reorder_level THEN -1 ELSE 0 END, -value FROM stock_levels
         ) r GROUP BY r.tenant_id, r.warehouse_id
         HAVING SUM(r.stock_rows) <> 0 OR SUM(r.skus) <> 0 OR SUM(r.low) <> 0 OR SUM_OF(r.value) <> 0",
    ),
    (
        "a day's cost of goods sold is the sum of its products'",
        "SELECT r.tenant_id AS tenant, CAST(r.day AS TEXT) || ': ' || SUM_OF(r.total) || ', products: ' || SUM_OF(r.cogs) AS what
         FROM (
            SELECT tenant_id, day, cogs AS total, 0 AS cogs FROM daily_cogs
            UNION ALL SELECT tenant_id, day, 0, cogs FROM daily_product_cogs
         ) r GROUP BY r.tenant_id, r.day HAVING SUM_OF(r.total) <> SUM_OF(r.cogs)",
    ),
    (
        "a tenant with warehouses has exactly one default",
        "SELECT tenant_id AS tenant, 'default warehouses: ' || CAST(SUM(CASE WHEN is_default THEN 1 ELSE 0 END) AS BIGINT) AS what
         FROM warehouses GROUP BY tenant_id HAVING SUM(CASE WHEN is_default THEN 1 ELSE 0 END) <> 1",
    ),
    (
        "a unit is kept for an open order line of its product",
        "SELECT s.tenant_id AS tenant, 'serial ' || s.id || ': kept for line ' || COALESCE(s.order_item_id, 0) AS what
         FROM serials s LEFT JOIN order_items i
            ON i.tenant_id = s.tenant_id AND i.id = s.order_item_id AND i.product_id = s.product_id AND i.is_open
         WHERE s.status = 'reserved' AND i.id IS NULL",
    ),
    (
        "open orders are fulfilled from a warehouse that is there",
        "SELECT o.tenant_id AS tenant, 'order ' || o.id || ': warehouse ' || o.warehouse_id AS what
         FROM orders o LEFT JOIN warehouses w ON w.tenant_id = o.tenant_id AND w.id = o.warehouse_id
         WHERE o.status IN ('pending', 'paid', 'fulfilling') AND w.id IS NULL",
    ),
    (
        "open orders name a customer that is there",
        "SELECT o.tenant_id AS tenant, 'order ' || o.id || ': customer ' || o.customer_id AS what
         FROM orders o LEFT JOIN customers c ON c.tenant_id = o.tenant_id AND c.id = o.customer_id
         WHERE o.status IN ('pending', 'paid', 'fulfilling') AND o.customer_id IS NOT NULL AND c.id IS NULL",
    ),
    (
        "of a customer's addresses of one kind exactly one is the default",
        "SELECT tenant_id AS tenant, 'customer ' || customer_id || ': '
            || CAST(SUM(CASE WHEN is_default THEN 1 ELSE 0 END) AS BIGINT) || ' default ' || kind || ' addresses' AS what
         FROM customer_addresses GROUP BY tenant_id, customer_id, kind
         HAVING SUM(CASE WHEN is_default THEN 1 ELSE 0 END) <> 1",
    ),
    (
        "orders name no customer of another tenant",
        "SELECT o.tenant_id AS tenant, 'order ' || o.id || ': customer ' || o.customer_id AS what
         FROM orders o JOIN customers c ON c.id = o.customer_id AND c.tenant_id <> o.tenant_id
         LEFT JOIN customers own ON own.tenant_id = o.tenant_id AND own.id = o.customer_id
         WHERE own.id IS NULL",
    ),
    (
        "figures are within their bounds",
        "SELECT tenant_id AS tenant, 'product ' || product_id || ' in warehouse ' || warehouse_id || ': ' || quantity
            || ' on hand, ' || reserved || ' reserved' AS what
         FROM stock_levels WHERE quantity < 0 OR reserved < 0
         UNION ALL SELECT tenant_id, 'order line ' || id || ': ' || fulfilled || ' of ' || quantity || ' fulfilled, '
            || returned || ' returned' FROM order_items
         WHERE quantity <= 0 OR fulfilled < 0 OR fulfilled > quantity OR returned < 0 OR returned > fulfilled
         UNION ALL SELECT tenant_id, 'purchase order line ' || id || ': ' || received || ' of ' || quantity || ' received'
         FROM purchase_order_items WHERE quantity <= 0 OR received < 0 OR received > quantity",
    ),
    (
        "a line belongs to an order",
        "SELECT i.tenant_id AS tenant, 'line ' || i.id || ' of order ' || i.order_id AS what
         FROM order_items i LEFT JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id WHERE o.id IS NULL
         UNION ALL SELECT i.tenant_id, 'line ' || i.id || ' of purchase order ' || i.purchase_order_id
         FROM purchase_order_items i
         LEFT JOIN purchase_orders o ON o.tenant_id = i.tenant_id AND o.id = i.purchase_order_id WHERE o.id IS NULL",
    ),
    (
        "an order is fulfilled exactly when all of its lines are",
        "SELECT o.tenant_id AS tenant, 'order ' || o.id || ' is ' || o.status AS what FROM orders o
         WHERE o.status <> 'cancelled' AND (o.status IN ('fulfilled', 'shipped')) = EXISTS (SELECT 1 FROM order_items i
            WHERE i.tenant_id = o.tenant_id AND i.order_id = o.id AND i.fulfilled < i.quantity)",
    ),
    (
        "a purchase order is the sum of its lines",
        "SELECT o.tenant_id AS tenant, 'purchase order ' || o.id || ': ' || o.total || ' for ' || o.item_count
            || ' lines, lines: ' || COALESCE(i.total, 0) || ' for ' || COALESCE(i.lines, 0) AS what
         FROM purchase_orders o LEFT JOIN (
            SELECT tenant_id, purchase_order_id, SUM_OF(amount) AS total, COUNT(*) AS lines
            FROM purchase_order_items GROUP BY tenant_id, purchase_order_id
         ) i ON i.tenant_id = o.tenant_id AND i.purchase_order_id = o.id
         WHERE o.total <> COALESCE(i.total, 0) OR o.item_count <> COALESCE(i.lines, 0)",
    ),
    (
        "a purchase order's line is open exactly while its order is and something is outstanding",
        "SELECT i.tenant_id AS tenant, 'line ' || i.id || ' of purchase order ' || i.purchase_order_id
            || ', which is ' || o.status AS what
         FROM purchase_order_items i
         JOIN purchase_orders o ON o.tenant_id = i.tenant_id AND o.id = i.purchase_order_id
         WHERE i.is_open <> (o.status IN ('draft', 'ordered', 'partial') AND i.received < i.quantity)",
    ),
    (
        "a purchase order's status is how much of it has come",
        "SELECT o.tenant_id AS tenant, 'purchase order ' || o.id || ' is ' || o.status AS what
         FROM purchase_orders o JOIN (
            SELECT tenant_id, purchase_order_id, MAX(CASE WHEN received < quantity THEN 1 ELSE 0 END) AS lacks,
                MAX(CASE WHEN received > 0 THEN 1 ELSE 0 END) AS holds
            FROM purchase_order_items GROUP BY tenant_id, purchase_order_id
         ) i ON i.tenant_id = o.tenant_id AND i.purchase_order_id = o.id
         WHERE (o.status IN ('draft', 'ordered') AND i.holds = 1) OR (o.status = 'partial' AND i.holds = 0)
            OR (o.status <> 'cancelled' AND (o.status = 'received') = (i.lacks = 1))",
    ),
    (
        "what was received for a purchase order's lines is what its movements say",
        "SELECT i.tenant_id AS tenant, 'purchase order ' || i.purchase_order_id || ', product ' || i.product_id
            || ': received ' || i.total || ', movements ' || COALESCE(m.total, 0) AS what
         FROM (
            SELECT tenant_id, purchase_order_id, product_id, SUM_OF(received) AS total
            FROM purchase_order_items GROUP BY tenant_id, purchase_order_id, product_id
         ) i LEFT JOIN (
            SELECT tenant_id, reference_id, product_id, SUM_OF(quantity) AS total FROM stock_movements
            WHERE reference_type = 'purchase_order' AND kind = 'receive' GROUP BY tenant_id, reference_id, product_id
         ) m ON m.tenant_id = i.tenant_id AND m.reference_id = i.purchase_order_id AND m.product_id = i.product_id
         WHERE i.total <> COALESCE(m.total, 0)",
    ),
    (
        "a supplier's products are those of its purchase orders that were not cancelled",
        "SELECT b.tenant_id AS tenant, 'supplier ' || b.supplier_id || ', product ' || b.product_id || ': '
            || SUM(b.counted) || ' lines, purchase orders: ' || SUM(b.written) AS what
         FROM (
            SELECT tenant_id, supplier_id, product_id, lines AS counted, 0 AS written FROM supplier_products
            UNION ALL SELECT o.tenant_id, o.supplier_id, i.product_id, 0, 1 FROM purchase_order_items i
            JOIN purchase_orders o ON o.tenant_id = i.tenant_id AND o.id = i.purchase_order_id
            JOIN suppliers s ON s.tenant_id = o.tenant_id AND s.id = o.supplier_id
            WHERE o.status <> 'cancelled'
         ) b GROUP BY b.tenant_id, b.supplier_id, b.product_id HAVING SUM(b.counted) <> SUM(b.written)",
    ),
    (
        "open purchase orders name a supplier, a warehouse and products that are there",
        "SELECT o.tenant_id AS tenant, 'purchase order ' || o.id || ': supplier ' || o.supplier_id || ', warehouse '
            || o.warehouse_id || ', product ' || i.product_id AS what
         FROM purchase_orders o
         JOIN purchase_order_items i ON i.tenant_id = o.tenant_id AND i.purchase_order_id = o.id AND i.is_open
         LEFT JOIN suppliers s ON s.tenant_id = o.tenant_id AND s.id = o.supplier_id
         LEFT JOIN warehouses w ON w.tenant_id = o.tenant_id AND w.id = o.warehouse_id
         LEFT JOIN products p ON p.tenant_id = o.tenant_id AND p.id = i.product_id
         WHERE s.id IS NULL OR w.id IS NULL OR p.id IS NULL",
    ),
    (
        "a product with images has exactly one primary one",
        "SELECT tenant_id AS tenant, 'product ' || product_id || ': ' || SUM(CASE WHEN is_primary THEN 1 ELSE 0 END)
            || ' of ' || COUNT(*) || ' images' AS what
         FROM product_images GROUP BY tenant_id, product_id
         HAVING SUM(CASE WHEN is_primary THEN 1 ELSE 0 END) <> 1",
    ),
    (
        "a uid's default organization is granted to it",
        "SELECT u.default_tenant_id AS tenant, 'uid ' || u.uid AS what
         FROM simbiz_uids u LEFT JOIN simbiz_uid_grants g ON g.tenant_id = u.default_tenant_id AND g.uid = u.uid
         WHERE u.default_tenant_id IS NOT NULL AND g.uid IS NULL",
    ),
    (
        "no reply is remembered half",
        "SELECT tenant_id AS tenant, 'key of ' || credential || ' from ' || CAST(created_at AS TEXT) AS what
         FROM idempotent_replies WHERE status = 0",
    ),
];
