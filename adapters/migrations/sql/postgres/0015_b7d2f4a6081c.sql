-- revision: b7d2f4a6081c
-- parent: b3d7f1a09c24
-- message: content and state of results, histories, keys of requests
-- created: 2026-11-27T17:50:00Z
-- compatible: yes
-- drops: result.digest, result.digest_holder, result.withdrawn_at, result.withdrawn_by, result.state_reason, result.supersedes, result.image_digest, result.client, benchmark.image_digest, benchmark.image_checked_at, audit_event, idempotency_key

-- +up
-- All columns are null in old rows. The server calculates their digests in the background.
-- A result that was withdrawn is deleted for the earlier program.
ALTER TABLE result
    ADD COLUMN withdrawn_at timestamp without time zone,
    ADD COLUMN withdrawn_by text,
    ADD COLUMN state_reason text,
    ADD COLUMN digest text,
    ADD COLUMN digest_holder boolean,
    ADD COLUMN supersedes uuid,
    ADD COLUMN image_digest text,
    ADD COLUMN client text;
ALTER TABLE result ADD CONSTRAINT result_supersedes_fkey
    FOREIGN KEY (supersedes) REFERENCES result (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;
ALTER TABLE benchmark
    ADD COLUMN image_digest text,
    ADD COLUMN image_checked_at timestamp without time zone;

-- What was done to which resource, by whom. The table refers to no other one: histories
-- outlive what they are about, and the tables of the earlier program are truncated and
-- restored as they are.
CREATE TABLE audit_event (
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
    CONSTRAINT audit_event_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_event_resource_idx ON audit_event (resource_type, resource_id, at, id);
CREATE INDEX audit_event_actor_idx ON audit_event (actor_sub, actor_iss) WHERE actor_sub IS NOT NULL;

-- The answers to requests that had an Idempotency-Key, for a day.
CREATE TABLE idempotency_key (
    name text NOT NULL,
    created_at timestamp without time zone NOT NULL,
    fingerprint text NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    status integer NOT NULL,
    location text,
    body text,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (name)
);
CREATE INDEX idempotency_key_created_idx ON idempotency_key (created_at);
CREATE INDEX idempotency_key_uploader_idx ON idempotency_key (uploader_sub, uploader_iss);

-- +down
DROP TABLE idempotency_key;
DROP TABLE audit_event;
ALTER TABLE benchmark DROP COLUMN image_checked_at, DROP COLUMN image_digest;
ALTER TABLE result
    DROP COLUMN client, DROP COLUMN image_digest, DROP COLUMN supersedes, DROP COLUMN digest_holder, DROP COLUMN digest,
    DROP COLUMN state_reason, DROP COLUMN withdrawn_by, DROP COLUMN withdrawn_at;
