-- Which submits does no entity name?
SELECT CAST(id AS text)
FROM submit
WHERE NOT EXISTS (SELECT 1 FROM benchmark WHERE benchmark._submit_report_id = submit.id)
    AND NOT EXISTS (SELECT 1 FROM site WHERE site._submit_report_id = submit.id)
    AND NOT EXISTS (SELECT 1 FROM flavor WHERE flavor._submit_report_id = submit.id)
    AND NOT EXISTS (SELECT 1 FROM claim WHERE claim._submit_report_id = submit.id)
ORDER BY id
