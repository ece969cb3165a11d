-- revision: 4f7b90d2c6a8
-- parent: e58c07a41d92
-- message: sessions of browsers
-- created: 2026-11-27T21:05:00Z
-- compatible: yes
-- drops: browser_session

-- +up
-- A backup does not contain sessions. What is in data and tokens, only the server's key opens.
-- The table refers to no other one: also people who are not registered log in.
CREATE TABLE browser_session (
    token_hash text NOT NULL,
    id uuid NOT NULL,
    sub text,
    iss text,
    slot integer,
    created_at timestamp without time zone NOT NULL,
    seen_at timestamp without time zone NOT NULL,
    expires_at timestamp without time zone NOT NULL,
    data text NOT NULL,
    tokens text NOT NULL,
    tokens_version bigint NOT NULL,
    refreshing_until timestamp without time zone,
    CONSTRAINT browser_session_pkey PRIMARY KEY (token_hash)
);
CREATE UNIQUE INDEX browser_session_id_key ON browser_session (id);
CREATE UNIQUE INDEX browser_session_person_key ON browser_session (sub, iss, slot);
CREATE INDEX browser_session_seen_idx ON browser_session (seen_at);
CREATE INDEX browser_session_expires_idx ON browser_session (expires_at);

-- +down
DROP TABLE browser_session;
