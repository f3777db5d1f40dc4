-- Who may come in: tenants, their users, and the integrations that speak for them.
-- Shared tables (tenants, logins, simbiz_uids, simbiz_uid_grants, key_owners, server_secrets) are never written by a
-- request; every other table leads with tenant_id.

CREATE TABLE tenants (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    subscription_ends_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT tenants_code_key UNIQUE (code_key),
    CONSTRAINT tenants_code_length CHECK (length(code) BETWEEN 1 AND 64)
);

CREATE TABLE users (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_banned BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT users_email_key UNIQUE (tenant_id, email_key),
    CONSTRAINT users_role CHECK (role IN ('viewer', 'staff', 'manager', 'admin'))
);

-- E-mails are unique server-wide, and a login names no tenant: this row finds it.
CREATE TABLE logins (
    email_key TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    CONSTRAINT logins_email_key PRIMARY KEY (email_key),
    CONSTRAINT logins_user FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE simbiz_uids (
    uid TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    default_tenant_id BIGINT REFERENCES tenants (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (uid),
    CONSTRAINT simbiz_uids_uid_length CHECK (length(uid) BETWEEN 1 AND 64)
);

CREATE TABLE simbiz_uid_grants (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    uid TEXT NOT NULL REFERENCES simbiz_uids (uid),
    is_read_only BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, uid)
);
CREATE INDEX simbiz_uid_grants_uid ON simbiz_uid_grants (uid);

CREATE TABLE api_keys (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    can_write BOOLEAN NOT NULL,
    expires_on DATE,
    is_active BOOLEAN NOT NULL,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id)
);

-- A key names no tenant either: its SHA-256 finds it.
CREATE TABLE key_owners (
    key_hash TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    PRIMARY KEY (key_hash),
    CONSTRAINT key_owners_key FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id)
);

-- Totals and document numbers, kept in the transaction that changes them. Locked last.
CREATE TABLE tenant_counters (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name),
    CONSTRAINT tenant_counters_value CHECK (value >= 0)
);

-- What all instances of one server share, such as the key that signs tokens.
CREATE TABLE server_secrets (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
);
