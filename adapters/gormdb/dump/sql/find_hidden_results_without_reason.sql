-- Which results are hidden, although they were neither deleted nor withdrawn here, and
-- nobody claims that they are wrong?
-- removed is not null after this program has changed the visibility of a result.
SELECT CAST(id AS text)
FROM result
WHERE deleted
    AND removed = false
    AND withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.result_id = result.id)
    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.id = result._claim_report_id AND claim.result_id IS NULL)
ORDER BY id
