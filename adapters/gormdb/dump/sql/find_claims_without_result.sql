-- Which claims are about no result?
SELECT CAST(id AS text)
FROM claim
WHERE result_id IS NULL AND NOT EXISTS (SELECT 1 FROM result WHERE result._claim_report_id = claim.id)
ORDER BY id
