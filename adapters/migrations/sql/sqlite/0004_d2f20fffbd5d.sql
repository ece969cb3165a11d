-- revision: d2f20fffbd5d
-- parent: d01e49c03043
-- message: an order of JSON values that no collation can change
-- created: 2026-11-23T18:57:00Z
-- compatible: yes

-- +up
-- Nothing to do: the program brings a function of its own to SQLite.

-- +down
-- Nothing to do.
