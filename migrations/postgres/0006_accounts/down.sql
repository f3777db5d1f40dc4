ALTER TABLE users DROP COLUMN name_key;
ALTER TABLE users DROP COLUMN token_version;
