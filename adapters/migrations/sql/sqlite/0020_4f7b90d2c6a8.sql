-- revision: 4f7b90d2c6a8
-- parent: e58c07a41d92
-- message: sessions of browsers
-- created: 2026-11-27T21:05:00Z
-- compatible: yes
-- drops: browser_session

-- +up
-- As in PostgreSQL: the sessions of browsers.
CREATE TABLE browser_session (
    token_hash TEXT NOT NULL,
    id TEXT NOT NULL,
    sub TEXT,
    iss TEXT,
    slot INTEGER,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    data TEXT NOT NULL,
    tokens TEXT NOT NULL,
    tokens_version BIGINT NOT NULL,
    refreshing_until TEXT,
    CONSTRAINT browser_session_pkey PRIMARY KEY (token_hash)
);
CREATE UNIQUE INDEX browser_session_id_key ON browser_session (id);
CREATE UNIQUE INDEX browser_session_person_key ON browser_session (sub, iss, slot);
CREATE INDEX browser_session_seen_idx ON browser_session (seen_at);
CREATE INDEX browser_session_expires_idx ON browser_session (expires_at);

-- +down
DROP TABLE browser_session;
