-- What there is to sell, where it lies, and the lists that describe it.

CREATE TABLE categories (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id BIGINT,
    product_count BIGINT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT categories_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES categories (tenant_id, id),
    CONSTRAINT categories_product_count CHECK (product_count >= 0),
    CONSTRAINT categories_code_key UNIQUE (tenant_id, code_key),
    CONSTRAINT categories_code_length CHECK (length(code) BETWEEN 1 AND 64)
);
CREATE INDEX categories_parent_index ON categories (tenant_id, parent_id);

CREATE TABLE brands (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT brands_code_key UNIQUE (tenant_id, code_key),
    CONSTRAINT brands_code_length CHECK (length(code) BETWEEN 1 AND 64)
);

CREATE TABLE item_types (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT item_types_code_key UNIQUE (tenant_id, code_key),
    CONSTRAINT item_types_code_length CHECK (length(code) BETWEEN 1 AND 64)
);

CREATE TABLE uoms (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT uoms_code_key UNIQUE (tenant_id, code_key),
    CONSTRAINT uoms_code_length CHECK (length(code) BETWEEN 1 AND 64)
);

-- A branch groups warehouses and is known by one of them; without one a warehouse is its own branch.
CREATE TABLE warehouses (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    city TEXT,
    state TEXT,
    branch_id BIGINT,
    is_default BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT warehouses_branch FOREIGN KEY (tenant_id, branch_id) REFERENCES warehouses (tenant_id, id),
    CONSTRAINT warehouses_code_key UNIQUE (tenant_id, code_key),
    CONSTRAINT warehouses_code_length CHECK (length(code) BETWEEN 1 AND 64)
);
CREATE UNIQUE INDEX warehouses_one_default ON warehouses (tenant_id) WHERE is_default;

CREATE TABLE products (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    sku TEXT NOT NULL,
    sku_key TEXT NOT NULL,
    name TEXT NOT NULL,
    alternate_name TEXT,
    barcode TEXT,
    vendor TEXT,
    description TEXT,
    category_id BIGINT,
    type_id BIGINT,
    brand_id BIGINT,
    base_uom_id BIGINT,
    sales_uom_id BIGINT,
    purchase_uom_id BIGINT,
    tracking TEXT NOT NULL,
    base_price BIGINT NOT NULL,
    cost_price BIGINT,
    compare_at_price BIGINT,
    weight BIGINT,
    taxable BOOLEAN NOT NULL,
    requires_shipping BOOLEAN NOT NULL,
    is_stock BOOLEAN NOT NULL,
    is_sold BOOLEAN NOT NULL,
    is_purchase BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    search_text TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT products_sku_key UNIQUE (tenant_id, sku_key),
    CONSTRAINT products_barcode UNIQUE (tenant_id, barcode),
    CONSTRAINT products_category FOREIGN KEY (tenant_id, category_id) REFERENCES categories (tenant_id, id),
    CONSTRAINT products_type FOREIGN KEY (tenant_id, type_id) REFERENCES item_types (tenant_id, id),
    CONSTRAINT products_brand FOREIGN KEY (tenant_id, brand_id) REFERENCES brands (tenant_id, id),
    CONSTRAINT products_base_uom FOREIGN KEY (tenant_id, base_uom_id) REFERENCES uoms (tenant_id, id),
    CONSTRAINT products_sales_uom FOREIGN KEY (tenant_id, sales_uom_id) REFERENCES uoms (tenant_id, id),
    CONSTRAINT products_purchase_uom FOREIGN KEY (tenant_id, purchase_uom_id) REFERENCES uoms (tenant_id, id),
    CONSTRAINT products_sku_length CHECK (length(sku) BETWEEN 1 AND 64),
    CONSTRAINT products_name_length CHECK (length(name) BETWEEN 1 AND 255),
    CONSTRAINT products_barcode_length CHECK (barcode IS NULL OR length(barcode) BETWEEN 1 AND 64),
    CONSTRAINT products_tracking CHECK (tracking IN ('none', 'batch', 'serial')),
    CONSTRAINT products_base_price CHECK (base_price BETWEEN 0 AND 9000000000000000),
    CONSTRAINT products_cost_price CHECK (cost_price IS NULL OR cost_price BETWEEN 0 AND 9000000000000000),
    CONSTRAINT products_compare_at_price
        CHECK (compare_at_price IS NULL OR compare_at_price BETWEEN 0 AND 9000000000000000),
    CONSTRAINT products_weight CHECK (weight IS NULL OR weight >= 0)
);
CREATE INDEX products_category_index ON products (tenant_id, category_id, id);
CREATE INDEX products_active_index ON products (tenant_id, is_active, id);
CREATE INDEX products_updated_index ON products (tenant_id, updated_at, id);

-- The one place with triggers: FTS5 keeps its trigrams beside the table, not in it.
CREATE VIRTUAL TABLE products_search USING fts5 (
    search_text, content = 'products', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
CREATE TRIGGER products_search_insert AFTER INSERT ON products BEGIN
    INSERT INTO products_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
CREATE TRIGGER products_search_delete AFTER DELETE ON products BEGIN
    INSERT INTO products_search (products_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END;
CREATE TRIGGER products_search_update AFTER UPDATE OF search_text ON products
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO products_search (products_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO products_search (rowid, search_text) VALUES (new.id, new.search_text);
END;

CREATE TABLE product_images (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT product_images_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id)
);
CREATE INDEX product_images_product_index ON product_images (tenant_id, product_id, id);

-- One row per product and warehouse that ever held stock or has a reorder level.
CREATE TABLE stock_levels (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    reorder_level BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, product_id, warehouse_id),
    CONSTRAINT stock_levels_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT stock_levels_warehouse FOREIGN KEY (tenant_id, warehouse_id) REFERENCES warehouses (tenant_id, id),
    CONSTRAINT stock_levels_quantity CHECK (quantity >= 0),
    CONSTRAINT stock_levels_reserved CHECK (reserved >= 0),
    CONSTRAINT stock_levels_reorder_level CHECK (reorder_level >= 0)
);
CREATE INDEX stock_levels_warehouse_index ON stock_levels (tenant_id, warehouse_id, product_id);
