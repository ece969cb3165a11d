-- revision: 872f90cdf5c3
-- parent: d2f20fffbd5d
-- message: a result can be claimed more than once, and deleted besides
-- created: 2026-11-23T20:11:29Z
-- compatible: yes
-- drops: result.removed, claim.result_id

-- +up
-- As in PostgreSQL: each claim names its result, and removed is true where we
-- deleted the result.
ALTER TABLE result ADD COLUMN removed BOOLEAN
    CONSTRAINT result_removed_check CHECK (removed IN (0, 1));
ALTER TABLE claim ADD COLUMN result_id TEXT
    CONSTRAINT claim_result_id_fkey REFERENCES result (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;

-- +down
ALTER TABLE result DROP COLUMN removed;
ALTER TABLE claim DROP COLUMN result_id;
