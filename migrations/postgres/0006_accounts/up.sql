-- Users: which of their tokens still count, and names that are found in any case.

-- A token says which version it was made in; a new password begins the next one, and ends the tokens before.
ALTER TABLE users ADD COLUMN token_version BIGINT NOT NULL DEFAULT 0
    CONSTRAINT users_token_version CHECK (token_version >= 0);

-- Folded in Rust; what is there already is folded as far as the engine can, until the user is changed.
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE users SET name_key = lower(name);
