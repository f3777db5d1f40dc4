-- Variants of products, and pictures that are kept as files here.

-- The name of the file that goes with the picture; none where its url leads elsewhere.
ALTER TABLE product_images ADD COLUMN file TEXT;
CREATE UNIQUE INDEX product_images_one_primary ON product_images (tenant_id, product_id) WHERE is_primary;

CREATE TABLE product_variants (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    sku TEXT,
    sku_key TEXT,
    price BIGINT,
    options TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT product_variants_sku_key UNIQUE (tenant_id, sku_key),
    CONSTRAINT product_variants_product FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT product_variants_price CHECK (price IS NULL OR price BETWEEN 0 AND 9000000000000000)
);
CREATE INDEX product_variants_product_index ON product_variants (tenant_id, product_id, id);
