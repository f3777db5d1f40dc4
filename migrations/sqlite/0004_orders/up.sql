-- Customers, their orders, and the replies that must be given twice the same.

-- Whether orders may promise more than is there.
ALTER TABLE tenants ADD COLUMN allow_backorder BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE customers (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    phone TEXT,
    company TEXT,
    customer_type TEXT NOT NULL,
    search_text TEXT NOT NULL,
    total_orders BIGINT NOT NULL,
    total_spent BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT customers_email_key UNIQUE (tenant_id, email_key),
    CONSTRAINT customers_customer_type CHECK (customer_type IN ('retail', 'wholesale', 'b2b')),
    CONSTRAINT customers_total_orders CHECK (total_orders >= 0)
);

CREATE TABLE customer_addresses (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT,
    city TEXT,
    state TEXT,
    postcode TEXT,
    country TEXT,
    is_default BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT customer_addresses_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT customer_addresses_kind CHECK (kind IN ('billing', 'shipping'))
);
CREATE INDEX customer_addresses_customer_index ON customer_addresses (tenant_id, customer_id, id);
CREATE UNIQUE INDEX customer_addresses_one_default ON customer_addresses (tenant_id, customer_id, kind) WHERE is_default;

-- Orders outlive the customers and warehouses they name.
CREATE TABLE orders (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    number BIGINT NOT NULL,
    customer_id BIGINT,
    customer_name TEXT,
    warehouse_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    channel TEXT NOT NULL,
    total BIGINT NOT NULL,
    item_count BIGINT NOT NULL,
    allow_backorder BOOLEAN NOT NULL,
    shipping_address TEXT,
    created_by TEXT NOT NULL,
    request_id TEXT,
    booked_on DATE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT orders_number UNIQUE (tenant_id, number),
    CONSTRAINT orders_status CHECK (status IN ('pending', 'paid', 'fulfilling', 'fulfilled', 'shipped', 'cancelled')),
    CONSTRAINT orders_channel CHECK (channel IN ('manual', 'api', 'pos', 'b2b')),
    CONSTRAINT orders_item_count CHECK (item_count > 0)
);
CREATE INDEX orders_newest ON orders (tenant_id, created_at, id);
CREATE INDEX orders_status_index ON orders (tenant_id, status, created_at, id);
CREATE INDEX orders_customer_index ON orders (tenant_id, customer_id, created_at, id);
CREATE INDEX orders_booked_index ON orders (tenant_id, booked_on, id);

-- Lines outlive the products they name.
CREATE TABLE order_items (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    product_name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    fulfilled BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT order_items_order FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
    CONSTRAINT order_items_quantity CHECK (quantity > 0),
    CONSTRAINT order_items_fulfilled CHECK (fulfilled BETWEEN 0 AND quantity),
    CONSTRAINT order_items_returned CHECK (returned BETWEEN 0 AND fulfilled)
);
CREATE INDEX order_items_order_index ON order_items (tenant_id, order_id, id);
CREATE INDEX order_items_product_index ON order_items (tenant_id, product_id, is_open);

CREATE TABLE idempotent_replies (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    credential TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, credential, key)
);
CREATE INDEX idempotent_replies_age ON idempotent_replies (tenant_id, created_at);
