-- Suppliers, and what is ordered from them.

-- What goods cost: the product's price of today, or the moving average of what was paid.
ALTER TABLE tenants ADD COLUMN costing TEXT NOT NULL DEFAULT 'standard'
    CONSTRAINT tenants_costing CHECK (costing IN ('standard', 'average'));

CREATE TABLE suppliers (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    payment_terms TEXT,
    lead_time_days BIGINT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT suppliers_lead_time_days CHECK (lead_time_days >= 0)
);

-- On how many lines of purchase orders that were not cancelled a product stands.
CREATE TABLE supplier_products (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    supplier_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, supplier_id, product_id),
    CONSTRAINT supplier_products_supplier FOREIGN KEY (tenant_id, supplier_id) REFERENCES suppliers (tenant_id, id),
    CONSTRAINT supplier_products_lines CHECK (lines >= 0)
);

-- Purchase orders outlive the suppliers, warehouses and products they name.
CREATE TABLE purchase_orders (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    number BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    supplier_name TEXT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    total BIGINT NOT NULL,
    item_count BIGINT NOT NULL,
    expected_date DATE,
    notes TEXT,
    created_by TEXT NOT NULL,
    request_id TEXT,
    booked_on DATE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT purchase_orders_number UNIQUE (tenant_id, number),
    CONSTRAINT purchase_orders_status CHECK (status IN ('draft', 'ordered', 'partial', 'received', 'cancelled')),
    CONSTRAINT purchase_orders_item_count CHECK (item_count > 0)
);
CREATE INDEX purchase_orders_newest ON purchase_orders (tenant_id, created_at, id);
CREATE INDEX purchase_orders_status_index ON purchase_orders (tenant_id, status, created_at, id);
CREATE INDEX purchase_orders_supplier_index ON purchase_orders (tenant_id, supplier_id, created_at, id);

CREATE TABLE purchase_order_items (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    purchase_order_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    product_name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_cost BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    received BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT purchase_order_items_order FOREIGN KEY (tenant_id, purchase_order_id)
        REFERENCES purchase_orders (tenant_id, id),
    CONSTRAINT purchase_order_items_quantity CHECK (quantity > 0),
    CONSTRAINT purchase_order_items_received CHECK (received BETWEEN 0 AND quantity)
);
CREATE INDEX purchase_order_items_order_index ON purchase_order_items (tenant_id, purchase_order_id, id);
CREATE INDEX purchase_order_items_product_index ON purchase_order_items (tenant_id, product_id, is_open);
