DROP TABLE purchase_order_items;
DROP TABLE purchase_orders;
DROP TABLE supplier_products;
DROP TABLE suppliers;
ALTER TABLE tenants DROP COLUMN costing;
