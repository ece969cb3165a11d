-- revision: a4f0c61d8e27
-- parent: 4f7b90d2c6a8
-- message: audit trail, and daily use of quotas
-- created: 2026-11-27T21:10:00Z
-- compatible: yes
-- drops: audit_event.address, audit_event.changes, audit_entry, audit_head, audit_checkpoint, daily_use

-- +up
-- As in PostgreSQL: see there.
ALTER TABLE audit_event ADD COLUMN address TEXT;
ALTER TABLE audit_event ADD COLUMN changes TEXT;
DROP INDEX audit_event_resource_idx;
DROP INDEX audit_event_actor_idx;

CREATE TABLE audit_entry (
    seq BIGINT NOT NULL,
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
    address TEXT,
    changes TEXT,
    actor_hash TEXT,
    actor_salt TEXT,
    address_hash TEXT,
    address_salt TEXT,
    reason_hash TEXT,
    reason_salt TEXT,
    changes_hash TEXT,
    changes_salt TEXT,
    hash TEXT NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_entry_resource_idx ON audit_entry (resource_type, resource_id, seq);
CREATE INDEX audit_entry_actor_idx ON audit_entry (actor_sub, actor_iss) WHERE actor_sub IS NOT NULL;

-- One row: where the trail ends.
CREATE TABLE audit_head (
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT audit_head_pkey PRIMARY KEY (name)
);

CREATE TABLE audit_checkpoint (
    kind TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (kind, seq)
);

CREATE TABLE daily_use (
    sub TEXT NOT NULL,
    iss TEXT NOT NULL,
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    used BIGINT NOT NULL,
    CONSTRAINT daily_use_pkey PRIMARY KEY (sub, iss, kind, day)
);

-- +down
DROP TABLE daily_use;
DROP TABLE audit_checkpoint;
DROP TABLE audit_head;
-- Histories need the events. The chain of the trail is lost.
INSERT INTO audit_event (id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id)
    SELECT id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id FROM audit_entry;
DROP TABLE audit_entry;
CREATE INDEX audit_event_resource_idx ON audit_event (resource_type, resource_id, at, id);
CREATE INDEX audit_event_actor_idx ON audit_event (actor_sub, actor_iss) WHERE actor_sub IS NOT NULL;
ALTER TABLE audit_event DROP COLUMN changes;
ALTER TABLE audit_event DROP COLUMN address;
