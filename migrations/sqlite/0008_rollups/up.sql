-- Sums kept in the transaction that changes what they sum, so that no report reads a big table.
-- Moved after stock rows and before tenant_counters, table by table in this order, row by row in the order of its key.

-- On hand of a product in all warehouses.
CREATE TABLE stock_totals (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    CONSTRAINT stock_totals_within CHECK (quantity BETWEEN -9000000000000000000 AND 9000000000000000000)
);

-- What lies in a warehouse: its stock rows, those with something on hand, what that is worth at cost, and those at or
-- below their reorder level.
CREATE TABLE warehouse_totals (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    warehouse_id BIGINT NOT NULL,
    stock_rows BIGINT NOT NULL,
    skus BIGINT NOT NULL,
    low BIGINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, warehouse_id),
    CONSTRAINT warehouse_totals_within CHECK (value BETWEEN -9000000000000000000 AND 9000000000000000000)
);

-- Orders by the day on which they were placed, in the tenant's zone, and by how far they have come since.
CREATE TABLE daily_orders (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    day DATE NOT NULL,
    status TEXT NOT NULL,
    orders BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, day, status),
    CONSTRAINT daily_orders_status
        CHECK (status IN ('pending', 'paid', 'fulfilling', 'fulfilled', 'shipped', 'cancelled')),
    CONSTRAINT daily_orders_within CHECK (revenue BETWEEN -9000000000000000000 AND 9000000000000000000
        AND units BETWEEN -9000000000000000000 AND 9000000000000000000)
);

-- Cost of goods sold by the day on which they left, less what came back into stock on that day; cancelled orders count
-- in neither.
CREATE TABLE daily_cogs (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    day DATE NOT NULL,
    cogs BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, day),
    CONSTRAINT daily_cogs_within CHECK (cogs BETWEEN -9000000000000000000 AND 9000000000000000000)
);

-- The same by product, which it outlives under the names of the first movement of the day.
CREATE TABLE daily_product_cogs (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    day DATE NOT NULL,
    product_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    product_name TEXT NOT NULL,
    units BIGINT NOT NULL,
    cogs BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, day, product_id),
    CONSTRAINT daily_product_cogs_within CHECK (cogs BETWEEN -9000000000000000000 AND 9000000000000000000
        AND units BETWEEN -9000000000000000000 AND 9000000000000000000)
);

INSERT INTO stock_totals (tenant_id, product_id, quantity)
SELECT tenant_id, product_id, SUM(quantity) FROM stock_levels GROUP BY tenant_id, product_id;

INSERT INTO warehouse_totals (tenant_id, warehouse_id, stock_rows, skus, low, value)
SELECT tenant_id, warehouse_id, COUNT(*), SUM(CASE WHEN quantity > 0 THEN 1 ELSE 0 END),
    SUM(CASE WHEN reorder_level > 0 AND quantity <= reorder_level THEN 1 ELSE 0 END), SUM(value)
FROM stock_levels GROUP BY tenant_id, warehouse_id;

-- The day on which a document was booked is its day in the zone that the tenant had then.
INSERT INTO daily_orders (tenant_id, day, status, orders, revenue, units)
SELECT o.tenant_id, o.booked_on, o.status, COUNT(*), SUM(o.total), SUM(i.units)
FROM orders o
JOIN (SELECT tenant_id, order_id, SUM(quantity) AS units FROM order_items GROUP BY tenant_id, order_id) i
    ON i.tenant_id = o.tenant_id AND i.order_id = o.id
GROUP BY o.tenant_id, o.booked_on, o.status;

INSERT INTO daily_product_cogs (tenant_id, day, product_id, sku, product_name, units, cogs)
SELECT m.tenant_id, m.booked_on, m.product_id, MAX(m.sku), MAX(m.product_name), -SUM(m.quantity), -SUM(m.value)
FROM stock_movements m
LEFT JOIN orders o ON o.tenant_id = m.tenant_id AND o.id = m.reference_id AND m.reference_type = 'order'
WHERE m.kind IN ('shipment', 'return') AND (o.id IS NULL OR o.status <> 'cancelled')
GROUP BY m.tenant_id, m.booked_on, m.product_id;

INSERT INTO daily_cogs (tenant_id, day, cogs)
SELECT tenant_id, day, SUM(cogs) FROM daily_product_cogs GROUP BY tenant_id, day;

INSERT INTO tenant_counters (tenant_id, name, value)
SELECT t.tenant_id, 'products.stocked', COUNT(*) FROM stock_totals t
JOIN products p ON p.tenant_id = t.tenant_id AND p.id = t.product_id
WHERE p.is_active AND t.quantity > 0 GROUP BY t.tenant_id;

INSERT INTO tenant_counters (tenant_id, name, value)
SELECT tenant_id, 'orders.' || status, COUNT(*) FROM orders GROUP BY tenant_id, status;

-- Lists look for the instants between which a tenant's days lie: nothing looks for the day of booking any more.
DROP INDEX orders_booked_index;
DROP INDEX stock_movements_booked_index;
