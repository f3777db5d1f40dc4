DROP TABLE movement_serials;
DROP TABLE stock_movements;
DROP TABLE serials;
DROP TABLE batch_levels;
DROP TABLE batches;
ALTER TABLE stock_levels DROP COLUMN value;
