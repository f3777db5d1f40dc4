-- What was asked with API keys, and what came of it. Rows go when they are old; the keys behind them stay for ever.

CREATE TABLE api_requests (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    api_key_id BIGINT NOT NULL,
    key_name TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status_code BIGINT NOT NULL,
    response_time_ms BIGINT NOT NULL,
    ip_address TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT api_requests_key FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id),
    CONSTRAINT api_requests_status_code CHECK (status_code BETWEEN 100 AND 999),
    CONSTRAINT api_requests_response_time_ms CHECK (response_time_ms >= 0)
);
CREATE INDEX api_requests_newest ON api_requests (tenant_id, created_at, id);
CREATE INDEX api_requests_key_index ON api_requests (tenant_id, api_key_id, created_at, id);
CREATE INDEX api_requests_status_index ON api_requests (tenant_id, status_code, created_at, id);
