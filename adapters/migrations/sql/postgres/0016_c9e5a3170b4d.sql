-- revision: c9e5a3170b4d
-- parent: b7d2f4a6081c
-- message: indexes for digests and corrections
-- created: 2026-11-27T17:51:00Z
-- compatible: yes
-- transaction: none

-- +up
-- An interrupted build leaves an invalid index behind: hence the drops. No row has values
-- yet, so that the builds are short.
DROP INDEX CONCURRENTLY IF EXISTS result_digest_key;
-- +statement
CREATE UNIQUE INDEX CONCURRENTLY result_digest_key
    ON result (digest, uploader_sub, uploader_iss) WHERE digest_holder;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_supersedes_key;
-- +statement
CREATE UNIQUE INDEX CONCURRENTLY result_supersedes_key
    ON result (supersedes) WHERE supersedes IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_undigested_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_undigested_idx
    ON result (id) WHERE digest IS NULL;
-- +statement
ALTER TABLE result VALIDATE CONSTRAINT result_supersedes_fkey;

-- +down
DROP INDEX CONCURRENTLY IF EXISTS result_undigested_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_supersedes_key;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_digest_key;
