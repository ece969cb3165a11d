-- revision: a885b41d4e4c
-- parent: b88af7f0de1a
-- message: mails that are not sent yet; nothing of the earlier program changes
-- created: 2026-11-24T15:20:00Z
-- compatible: yes
-- drops: outbox

-- +up
-- As in PostgreSQL: a mail is written together with what it tells of, and removed
-- once it was sent.
CREATE TABLE outbox (
    id TEXT NOT NULL,
    receiver TEXT NOT NULL,
    copy_support BOOLEAN NOT NULL,
    subject TEXT NOT NULL,
    headers TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    leased_until TEXT,
    give_up_at TEXT NOT NULL,
    parked_at TEXT,
    last_error TEXT NOT NULL,
    reached TEXT NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_copy_support_check CHECK (copy_support IN (0, 1))
);
CREATE INDEX outbox_next_attempt_idx
    ON outbox (next_attempt_at, id) WHERE parked_at IS NULL;

-- +down
DROP TABLE outbox;
