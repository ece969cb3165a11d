-- revision: 2e9d61b4a7f8
-- parent: f1c86a2e9d04
-- message: the embedded database derives nothing from an upload that the server has derived
-- created: 2026-11-28T13:10:00Z
-- compatible: yes

-- +up
-- For the embedded database only: here triggers derive values in one statement.

-- +down
