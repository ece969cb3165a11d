-- revision: c9e5a3170b4d
-- parent: b7d2f4a6081c
-- message: indexes for digests and corrections
-- created: 2026-11-27T17:51:00Z
-- compatible: yes

-- +up
CREATE UNIQUE INDEX result_digest_key
    ON result (digest, uploader_sub, uploader_iss) WHERE digest_holder;
CREATE UNIQUE INDEX result_supersedes_key
    ON result (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX result_undigested_idx
    ON result (id) WHERE digest IS NULL;

-- +down
DROP INDEX result_undigested_idx;
DROP INDEX result_supersedes_key;
DROP INDEX result_digest_key;
