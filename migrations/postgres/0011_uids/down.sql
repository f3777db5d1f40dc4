ALTER TABLE simbiz_uids DROP COLUMN token_version;
