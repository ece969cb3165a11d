-- revision: b81e5d2f07c4
-- parent: 37adcbdfe53c
-- message: the values of an array take an upload less time
-- created: 2026-11-28T17:25:00Z
-- compatible: yes

-- +up
-- For PostgreSQL only: the server derives the values of the embedded database.

-- +down
