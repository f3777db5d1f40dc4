-- Uids: which of their tokens still count, and defaults that are granted.

-- A token says which version it was made in; a new secret begins the next one, and ends the tokens before.
ALTER TABLE simbiz_uids ADD COLUMN token_version BIGINT NOT NULL DEFAULT 0
    CONSTRAINT simbiz_uids_token_version CHECK (token_version >= 0);

-- An organization that was taken away could stay the default.
UPDATE simbiz_uids SET default_tenant_id = NULL WHERE default_tenant_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM simbiz_uid_grants g WHERE g.uid = simbiz_uids.uid AND g.tenant_id = simbiz_uids.default_tenant_id
);
