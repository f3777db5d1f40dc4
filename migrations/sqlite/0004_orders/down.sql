DROP TABLE idempotent_replies;
DROP TABLE order_items;
DROP TABLE orders;
DROP TABLE customer_addresses;
DROP TABLE customers;
ALTER TABLE tenants DROP COLUMN allow_backorder;
