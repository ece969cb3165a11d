-- revision: 4d7a0c3e92b8
-- parent: a4f0c61d8e27
-- message: the values that schemas name, for filters and sorts in the embedded database
-- created: 2026-11-27T21:10:00Z
-- compatible: yes

-- +up
-- Only in SQLite: PostgreSQL has these tables.

-- +down
