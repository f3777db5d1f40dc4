-- Back to rows that are found through an index of their key.

CREATE TABLE stock_levels_by_row (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    reorder_level BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    value BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, product_id, warehouse_id),
    CONSTRAINT stock_levels_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT stock_levels_warehouse FOREIGN KEY (tenant_id, warehouse_id) REFERENCES warehouses (tenant_id, id),
    CONSTRAINT stock_levels_quantity CHECK (quantity >= 0),
    CONSTRAINT stock_levels_reserved CHECK (reserved >= 0),
    CONSTRAINT stock_levels_reorder_level CHECK (reorder_level >= 0)
);
INSERT INTO stock_levels_by_row
    (tenant_id, product_id, warehouse_id, quantity, reserved, reorder_level, updated_at, value)
SELECT tenant_id, product_id, warehouse_id, quantity, reserved, reorder_level, updated_at, value
FROM stock_levels ORDER BY tenant_id, product_id, warehouse_id;
DROP TABLE stock_levels;
ALTER TABLE stock_levels_by_row RENAME TO stock_levels;
CREATE INDEX stock_levels_warehouse_index ON stock_levels (tenant_id, warehouse_id, product_id);
CREATE INDEX stock_levels_low ON stock_levels (tenant_id, product_id, warehouse_id)
    WHERE reorder_level > 0 AND quantity <= reorder_level;
CREATE INDEX stock_levels_updated_index ON stock_levels (tenant_id, updated_at, product_id, warehouse_id);

CREATE TABLE stock_totals_by_row (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    CONSTRAINT stock_totals_within CHECK (quantity BETWEEN -9000000000000000000 AND 9000000000000000000)
);
INSERT INTO stock_totals_by_row (tenant_id, product_id, quantity)
SELECT tenant_id, product_id, quantity FROM stock_totals ORDER BY tenant_id, product_id;
DROP TABLE stock_totals;
ALTER TABLE stock_totals_by_row RENAME TO stock_totals;

CREATE TABLE tenant_counters_by_row (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name),
    CONSTRAINT tenant_counters_value CHECK (value >= 0)
);
INSERT INTO tenant_counters_by_row (tenant_id, name, value) SELECT tenant_id, name, value FROM tenant_counters;
DROP TABLE tenant_counters;
ALTER TABLE tenant_counters_by_row RENAME TO tenant_counters;
