-- Searches by grams: the six letters from each place of a text on, behind the tenant's number. There are so many of them that
-- each is rare, also in a large catalogue, and no tenant's searches walk through those of another.
DROP TRIGGER products_search_insert;
DROP TRIGGER products_search_delete;
DROP TRIGGER products_search_update;
DROP TABLE products_search;

-- Every sign is a letter, so that only control characters end a gram: the one between the texts of a row, which no gram that
-- is asked for has, and that between grams.
CREATE VIRTUAL TABLE products_grams USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none,
    tokenize = "ascii tokenchars ' !""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'"
);

-- The grams of each row, from the last place where three letters are left.
CREATE VIEW search_grams AS
SELECT id, (
    WITH RECURSIVE place (at) AS (
        SELECT length(search_text) - 2 UNION ALL SELECT at - 1 FROM place WHERE at > 1
    )
    SELECT tenant_id || ':' || group_concat(substr(search_text, at, 6), char(31) || tenant_id || ':') FROM place
) AS grams FROM products;

INSERT INTO products_grams (rowid, grams) SELECT id, grams FROM search_grams;
INSERT INTO products_grams (products_grams) VALUES ('optimize');

-- The one place with triggers: FTS5 keeps its grams beside the table, not in it.
CREATE TRIGGER products_grams_insert AFTER INSERT ON products BEGIN
    INSERT INTO products_grams (rowid, grams) SELECT id, grams FROM search_grams WHERE id = new.id;
END;
CREATE TRIGGER products_grams_delete AFTER DELETE ON products BEGIN
    DELETE FROM products_grams WHERE rowid = old.id;
END;
CREATE TRIGGER products_grams_update AFTER UPDATE OF search_text ON products
WHEN old.search_text <> new.search_text BEGIN
    DELETE FROM products_grams WHERE rowid = old.id;
    INSERT INTO products_grams (rowid, grams) SELECT id, grams FROM search_grams WHERE id = new.id;
END;
