-- revision: 5e1f8a2c94d7
-- parent: c07a9e3d5b18
-- message: when a result was deleted
-- created: 2026-11-24T18:20:00Z
-- compatible: yes
-- drops: result.removed_at

-- +up
-- As in PostgreSQL: set together with removed, and null where nobody noted it.
ALTER TABLE result ADD COLUMN removed_at TEXT;

-- +down
ALTER TABLE result DROP COLUMN removed_at;
