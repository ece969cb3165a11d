-- How many results are visible, hidden by a claim (claimed), withdrawn, and deleted?
-- Rows of the earlier program have no reason for being hidden (removed is null): a
-- result that no claim names was deleted. The statement reads the whole table.
SELECT
    CASE
        WHEN NOT deleted THEN 'visible'
        WHEN removed THEN 'deleted'
        WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN removed IS NULL AND _claim_report_id IS NULL THEN 'deleted'
        ELSE 'claimed'
    END AS state,
    count(*) AS count
FROM result
GROUP BY 1
