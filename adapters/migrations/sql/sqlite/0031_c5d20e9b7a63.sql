-- revision: c5d20e9b7a63
-- parent: b81e5d2f07c4
-- message: the paths of a schema that refers to itself take less time and memory
-- created: 2026-11-28T20:15:00Z
-- compatible: yes

-- +up
-- For PostgreSQL only: the server finds the paths for the embedded database.

-- +down
