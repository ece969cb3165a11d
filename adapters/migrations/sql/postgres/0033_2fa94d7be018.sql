-- revision: 2fa94d7be018
-- parent: 6e0c3b97d1a2
-- message: outlines of documents with long texts
-- created: 2026-11-28T21:30:00Z
-- compatible: yes

-- +up
-- For the embedded database only: PostgreSQL outlines such documents.

-- +down
