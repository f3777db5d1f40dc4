DROP INDEX products_windows;
DROP FUNCTION search_windows;
CREATE INDEX products_search ON products USING gin (search_text gin_trgm_ops);
