-- revision: a4f0c61d8e27
-- parent: 4f7b90d2c6a8
-- message: audit trail, and daily use of quotas
-- created: 2026-11-27T21:10:00Z
-- compatible: yes
-- drops: audit_event.address, audit_event.changes, audit_entry, audit_head, audit_checkpoint, daily_use

-- +up
-- audit_event keeps the events that wait to become entries of the trail. All that are there
-- become entries as soon as a server of this version runs.
ALTER TABLE audit_event ADD COLUMN address text, ADD COLUMN changes text;
DROP INDEX audit_event_resource_idx;
DROP INDEX audit_event_actor_idx;

CREATE TABLE audit_entry (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp without time zone NOT NULL,
    actor_role text NOT NULL,
    actor_sub text,
    actor_iss text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid NOT NULL,
    reason text,
    request_id text,
    address text,
    changes text,
    actor_hash text,
    actor_salt text,
    address_hash text,
    address_salt text,
    reason_hash text,
    reason_salt text,
    changes_hash text,
    changes_salt text,
    hash text NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_entry_resource_idx ON audit_entry (resource_type, resource_id, seq);
CREATE INDEX audit_entry_actor_idx ON audit_entry (actor_sub, actor_iss) WHERE actor_sub IS NOT NULL;

-- One row: where the trail ends.
CREATE TABLE audit_head (
    name text NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    CONSTRAINT audit_head_pkey PRIMARY KEY (name)
);

CREATE TABLE audit_checkpoint (
    kind text NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    at timestamp without time zone NOT NULL,
    key_id text NOT NULL,
    signature text NOT NULL,
    CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (kind, seq)
);

CREATE TABLE daily_use (
    sub text NOT NULL,
    iss text NOT NULL,
    kind text NOT NULL,
    day text NOT NULL,
    used bigint NOT NULL,
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
ALTER TABLE audit_event DROP COLUMN changes, DROP COLUMN address;
