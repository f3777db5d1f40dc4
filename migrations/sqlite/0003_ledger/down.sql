DROP TABLE movement_serials;
DROP TABLE stock_movements;
DROP TABLE serials;
DROP TABLE batch_levels;
DROP TABLE batches;
DROP INDEX stock_levels_low;
ALTER TABLE stock_levels DROP COLUMN value;
