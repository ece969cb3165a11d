-- revision: 6b21d9f0e3c4
-- parent: e2a7f40b91c5
-- message: people can be removed step by step, and blocked; who made a tag
-- created: 2026-11-27T18:40:00Z
-- compatible: yes
-- drops: removal, blocked_person, tag.uploader_sub, tag.uploader_iss

-- +up
-- A person in removal is not registered any more; the rows of the person are removed in
-- several transactions. Neither table refers to another one: those are truncated and
-- restored as they are. For the same reason no foreign key binds who made a tag.
CREATE TABLE removal (
    sub text NOT NULL,
    iss text NOT NULL,
    requested_at timestamp without time zone NOT NULL,
    total_rows bigint NOT NULL,
    done_rows bigint NOT NULL,
    CONSTRAINT removal_pkey PRIMARY KEY (sub, iss)
);
CREATE TABLE blocked_person (
    sub text NOT NULL,
    iss text NOT NULL,
    blocked_at timestamp without time zone NOT NULL,
    reason text NOT NULL,
    CONSTRAINT blocked_person_pkey PRIMARY KEY (sub, iss)
);
ALTER TABLE tag ADD COLUMN uploader_sub text;
ALTER TABLE tag ADD COLUMN uploader_iss text;

-- +down
ALTER TABLE tag DROP COLUMN uploader_iss;
ALTER TABLE tag DROP COLUMN uploader_sub;
DROP TABLE blocked_person;
DROP TABLE removal;
