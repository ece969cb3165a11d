-- Which results did the earlier program, or somebody in SQL, hide, and nobody else?
SELECT CAST(id AS text)
FROM result
WHERE deleted
    AND removed IS NULL
    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.result_id = result.id)
    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.id = result._claim_report_id AND claim.result_id IS NULL)
ORDER BY id
