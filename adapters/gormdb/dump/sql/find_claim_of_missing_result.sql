-- Which claim names a result that does not exist?
SELECT CAST(id AS text)
FROM claim
WHERE result_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM result WHERE result.id = claim.result_id)
ORDER BY id
LIMIT 1
