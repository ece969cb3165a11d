-- How many results are visible, hidden by a claim (claimed), and deleted?
-- Rows of the earlier program have no reason for being hidden (removed is null): a
-- result that no claim names was deleted. The statement reads the whole table.
SELECT
    CASE
        WHEN NOT deleted THEN 'visible'
        WHEN coalesce(removed, _claim_report_id IS NULL) THEN 'deleted'
        ELSE 'claimed'
    END AS state,
    count(*) AS count
FROM result
GROUP BY 1
