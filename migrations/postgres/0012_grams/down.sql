DROP INDEX products_grams;
DROP FUNCTION search_grams;
CREATE INDEX products_search ON products USING gin (search_text gin_trgm_ops);
