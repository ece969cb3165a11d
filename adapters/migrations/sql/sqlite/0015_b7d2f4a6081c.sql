-- revision: b7d2f4a6081c
-- parent: b3d7f1a09c24
-- message: content and state of results, histories, keys of requests
-- created: 2026-11-27T17:50:00Z
-- compatible: yes
-- drops: result.digest, result.digest_holder, result.withdrawn_at, result.withdrawn_by, result.state_reason, result.supersedes, result.image_digest, result.client, benchmark.image_digest, benchmark.image_checked_at, audit_event, idempotency_key

-- +up
-- As in PostgreSQL: see there.
ALTER TABLE result ADD COLUMN withdrawn_at TEXT;
ALTER TABLE result ADD COLUMN withdrawn_by TEXT;
ALTER TABLE result ADD COLUMN state_reason TEXT;
ALTER TABLE result ADD COLUMN digest TEXT;
ALTER TABLE result ADD COLUMN digest_holder BOOLEAN
    CONSTRAINT result_digest_holder_check CHECK (digest_holder IN (0, 1));
ALTER TABLE result ADD COLUMN supersedes TEXT
    CONSTRAINT result_supersedes_fkey REFERENCES result (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE result ADD COLUMN image_digest TEXT;
ALTER TABLE result ADD COLUMN client TEXT;
ALTER TABLE benchmark ADD COLUMN image_digest TEXT;
ALTER TABLE benchmark ADD COLUMN image_checked_at TEXT;

CREATE TABLE audit_event (
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    actor_sub TEXT,
    actor_iss TEXT,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    reason TEXT,
    request_id TEXT,
    CONSTRAINT audit_event_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_event_resource_idx ON audit_event (resource_type, resource_id, at, id);
CREATE INDEX audit_event_actor_idx ON audit_event (actor_sub, actor_iss) WHERE actor_sub IS NOT NULL;

CREATE TABLE idempotency_key (
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    body TEXT,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (name)
);
CREATE INDEX idempotency_key_created_idx ON idempotency_key (created_at);
CREATE INDEX idempotency_key_uploader_idx ON idempotency_key (uploader_sub, uploader_iss);

-- +down
DROP TABLE idempotency_key;
DROP TABLE audit_event;
ALTER TABLE benchmark DROP COLUMN image_checked_at;
ALTER TABLE benchmark DROP COLUMN image_digest;
ALTER TABLE result DROP COLUMN client;
ALTER TABLE result DROP COLUMN image_digest;
ALTER TABLE result DROP COLUMN supersedes;
ALTER TABLE result DROP COLUMN digest_holder;
ALTER TABLE result DROP COLUMN digest;
ALTER TABLE result DROP COLUMN state_reason;
ALTER TABLE result DROP COLUMN withdrawn_by;
ALTER TABLE result DROP COLUMN withdrawn_at;
