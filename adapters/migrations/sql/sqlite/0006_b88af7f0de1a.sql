-- revision: b88af7f0de1a
-- parent: 872f90cdf5c3
-- message: indexes for claims, and the results of those that are there
-- created: 2026-11-23T20:11:30Z
-- compatible: yes

-- +up
CREATE INDEX claim_result_idx
    ON claim (result_id);
CREATE INDEX result_claim_idx
    ON result (_claim_report_id) WHERE _claim_report_id IS NOT NULL;
UPDATE claim
    SET result_id = (SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)
    WHERE result_id IS NULL AND id IN (SELECT _claim_report_id FROM result WHERE _claim_report_id IS NOT NULL);

-- +down
DROP INDEX result_claim_idx;
DROP INDEX claim_result_idx;
