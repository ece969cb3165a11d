-- revision: a885b41d4e4c
-- parent: b88af7f0de1a
-- message: mails that are not sent yet; nothing of the earlier program changes
-- created: 2026-11-24T15:20:00Z
-- compatible: yes
-- drops: outbox

-- +up
-- A mail is written together with what it tells of, and removed once it was sent.
-- The table refers to no other one: those are truncated and restored as they are.
CREATE TABLE outbox (
    id uuid NOT NULL,
    receiver text NOT NULL,
    copy_support boolean NOT NULL,
    subject text NOT NULL,
    headers json NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    created_at timestamp without time zone NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp without time zone NOT NULL,
    leased_until timestamp without time zone,
    give_up_at timestamp without time zone NOT NULL,
    parked_at timestamp without time zone,
    last_error text NOT NULL,
    reached json NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX outbox_next_attempt_idx
    ON outbox (next_attempt_at, id) WHERE parked_at IS NULL;

-- +down
DROP TABLE outbox;
