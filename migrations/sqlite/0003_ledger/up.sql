-- Stock as a ledger: movements are only ever added, and add up to what lies on hand.

-- Stock from before the ledger has no movement that explains it. Only the demo could have any: it is to be loaded anew.
CREATE TABLE stock_from_before_the_ledger (
    stock_rows BIGINT NOT NULL,
    CONSTRAINT load_this_demo_anew_in_an_empty_database CHECK (stock_rows = 0)
);
INSERT INTO stock_from_before_the_ledger SELECT COUNT(*) FROM stock_levels;
DROP TABLE stock_from_before_the_ledger;

-- What the goods of a stock row are worth at cost: written by the server, since SQL must not multiply money.
ALTER TABLE stock_levels ADD COLUMN value BIGINT NOT NULL DEFAULT 0;
-- Few rows run low at a time: they are listed and counted without a look at the others.
CREATE INDEX stock_levels_low ON stock_levels (tenant_id, product_id, warehouse_id)
    WHERE reorder_level > 0 AND quantity <= reorder_level;
-- Who keeps a copy of all balances asks for what changed since last time.
CREATE INDEX stock_levels_updated_index ON stock_levels (tenant_id, updated_at, product_id, warehouse_id);

CREATE TABLE batches (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    batch_number TEXT NOT NULL,
    batch_key TEXT NOT NULL,
    lot_number TEXT,
    manufacture_date DATE,
    expiry_date DATE,
    notes TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT batches_batch_key UNIQUE (tenant_id, product_id, batch_key),
    CONSTRAINT batches_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id)
);
CREATE INDEX batches_expiry_index ON batches (tenant_id, expiry_date, id);

-- A batch may lie in several warehouses, and has a row only where something lies of it.
CREATE TABLE batch_levels (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    batch_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, batch_id, warehouse_id),
    CONSTRAINT batch_levels_batch FOREIGN KEY (tenant_id, batch_id) REFERENCES batches (tenant_id, id),
    CONSTRAINT batch_levels_level FOREIGN KEY (tenant_id, product_id, warehouse_id)
        REFERENCES stock_levels (tenant_id, product_id, warehouse_id),
    CONSTRAINT batch_levels_quantity CHECK (quantity >= 0)
);
CREATE INDEX batch_levels_level_index ON batch_levels (tenant_id, product_id, warehouse_id);

CREATE TABLE serials (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    serial_number TEXT NOT NULL,
    serial_key TEXT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    order_item_id BIGINT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT serials_serial_key UNIQUE (tenant_id, product_id, serial_key),
    CONSTRAINT serials_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT serials_status CHECK (status IN ('in_stock', 'reserved', 'sold', 'returned', 'scrapped'))
);
CREATE INDEX serials_level_index ON serials (tenant_id, product_id, warehouse_id, status, id);
CREATE INDEX serials_order_item_index ON serials (tenant_id, order_item_id);

-- Movements outlive what they moved: they keep the names of the day and refer to nothing.
CREATE TABLE stock_movements (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    product_name TEXT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    warehouse_name TEXT NOT NULL,
    batch_id BIGINT,
    kind TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    unit_cost BIGINT,
    value BIGINT NOT NULL,
    reference_type TEXT,
    reference_id BIGINT,
    notes TEXT,
    created_by TEXT NOT NULL,
    actor TEXT NOT NULL,
    request_id TEXT,
    booked_on DATE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT stock_movements_kind CHECK (kind IN
        ('receive', 'adjustment', 'transfer', 'shipment', 'return', 'sync', 'opening', 'write_off')),
    CONSTRAINT stock_movements_quantity CHECK (quantity <> 0),
    CONSTRAINT stock_movements_balance_after CHECK (balance_after >= 0)
);
CREATE INDEX stock_movements_newest ON stock_movements (tenant_id, created_at, id);
CREATE INDEX stock_movements_booked_index ON stock_movements (tenant_id, booked_on, id);
CREATE INDEX stock_movements_product_index ON stock_movements (tenant_id, product_id, created_at, id);
CREATE INDEX stock_movements_warehouse_index ON stock_movements (tenant_id, warehouse_id, created_at, id);
CREATE INDEX stock_movements_reference_index ON stock_movements (tenant_id, reference_type, reference_id);

CREATE TABLE movement_serials (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    movement_id BIGINT NOT NULL,
    serial_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, movement_id, serial_id),
    CONSTRAINT movement_serials_movement FOREIGN KEY (tenant_id, movement_id) REFERENCES stock_movements (tenant_id, id)
);
