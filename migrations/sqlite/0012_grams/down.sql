DROP TRIGGER products_grams_insert;
DROP TRIGGER products_grams_delete;
DROP TRIGGER products_grams_update;
DROP VIEW search_grams;
DROP TABLE products_grams;

CREATE VIRTUAL TABLE products_search USING fts5 (
    search_text, content = 'products', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
INSERT INTO products_search (products_search) VALUES ('rebuild');
CREATE TRIGGER products_search_insert AFTER INSERT ON products BEGIN
    INSERT INTO products_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
CREATE TRIGGER products_search_delete AFTER DELETE ON products BEGIN
    INSERT INTO products_search (products_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END;
CREATE TRIGGER products_search_update AFTER UPDATE OF search_text ON products
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO products_search (products_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO products_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
