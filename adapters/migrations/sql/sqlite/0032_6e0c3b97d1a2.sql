-- revision: 6e0c3b97d1a2
-- parent: c5d20e9b7a63
-- message: quantities and long arrays take an upload less time
-- created: 2026-11-28T20:56:00Z
-- compatible: yes

-- +up
-- For PostgreSQL only: the server derives the values of the embedded database.

-- +down
