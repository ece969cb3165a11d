-- revision: 6b21d9f0e3c4
-- parent: e2a7f40b91c5
-- message: people can be removed step by step, and blocked; who made a tag
-- created: 2026-11-27T18:40:00Z
-- compatible: yes
-- drops: removal, blocked_person, tag.uploader_sub, tag.uploader_iss

-- +up
-- As in PostgreSQL: people in removal, blocked people, and who made a tag.
CREATE TABLE removal (
    sub TEXT NOT NULL,
    iss TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    total_rows BIGINT NOT NULL,
    done_rows BIGINT NOT NULL,
    CONSTRAINT removal_pkey PRIMARY KEY (sub, iss)
);
CREATE TABLE blocked_person (
    sub TEXT NOT NULL,
    iss TEXT NOT NULL,
    blocked_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT blocked_person_pkey PRIMARY KEY (sub, iss)
);
ALTER TABLE tag ADD COLUMN uploader_sub TEXT;
ALTER TABLE tag ADD COLUMN uploader_iss TEXT;

-- +down
ALTER TABLE tag DROP COLUMN uploader_iss;
ALTER TABLE tag DROP COLUMN uploader_sub;
DROP TABLE blocked_person;
DROP TABLE removal;
