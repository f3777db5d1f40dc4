-- Searches by windows: the six letters from each place of a text on, behind the tenant's number. There are so many of them
-- that each is rare, also in a large catalogue, and no tenant's searches walk through those of another.
DROP INDEX products_search;

-- Called when a row is written. Its cost keeps the planner from asking it of each row in turn.
CREATE FUNCTION search_windows (tenant BIGINT, letters TEXT) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT array_to_tsvector(array_agg(DISTINCT tenant || ':' || substr(letters, at, 6)))
    FROM generate_series(1, length(letters) - 2) AS at
$$;
CREATE INDEX products_windows ON products USING gin (search_windows(tenant_id, search_text));
-- Every window is about as rare as another: statistics would take a while to gather, and tell nothing.
ALTER INDEX products_windows ALTER COLUMN 1 SET STATISTICS 0;
