DROP TABLE movement_serials;
DROP TABLE stock_movements;
DROP TABLE serials;
DROP TABLE batch_levels;
DROP TABLE batches;
DROP INDEX stock_levels_low;
DROP INDEX stock_levels_updated_index;
ALTER TABLE stock_levels DROP COLUMN value;
