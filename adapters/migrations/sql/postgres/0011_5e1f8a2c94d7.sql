-- revision: 5e1f8a2c94d7
-- parent: c07a9e3d5b18
-- message: when a result was deleted
-- created: 2026-11-24T18:20:00Z
-- compatible: yes
-- drops: result.removed_at

-- +up
-- Set together with removed. It stays null for what was deleted before, by the earlier
-- program, or by a server that does not know the column: nobody noted when.
ALTER TABLE result ADD COLUMN removed_at timestamp without time zone;

-- +down
ALTER TABLE result DROP COLUMN removed_at;
