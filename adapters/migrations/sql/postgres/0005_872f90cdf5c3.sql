-- revision: 872f90cdf5c3
-- parent: d2f20fffbd5d
-- message: a result can be claimed more than once, and deleted besides
-- created: 2026-11-23T20:11:29Z
-- compatible: yes
-- drops: result.removed, claim.result_id

-- +up
-- result._claim_report_id names one claim only; here each claim names its result.
-- Where result_id is null, the result that names the claim counts. removed is true
-- where we deleted the result: deleted alone does not tell that from a claim.
--
-- The result comes first, as whoever claims locks it first. The rows that are
-- there are checked by the next revision, which stops nobody meanwhile.
ALTER TABLE result ADD COLUMN removed boolean;
ALTER TABLE claim ADD COLUMN result_id uuid;
ALTER TABLE claim ADD CONSTRAINT claim_result_id_fkey
    FOREIGN KEY (result_id) REFERENCES result (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;

-- +down
ALTER TABLE result DROP COLUMN removed;
ALTER TABLE claim DROP COLUMN result_id;
