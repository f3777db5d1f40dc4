CREATE INDEX stock_movements_booked_index ON stock_movements (tenant_id, booked_on, id);
CREATE INDEX orders_booked_index ON orders (tenant_id, booked_on, id);
DELETE FROM tenant_counters WHERE name = 'products.stocked' OR name LIKE 'orders.%';
DROP TABLE daily_product_cogs;
DROP TABLE daily_cogs;
DROP TABLE daily_orders;
DROP TABLE warehouse_totals;
DROP TABLE stock_totals;
