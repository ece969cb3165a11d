-- Which results are visible, although they were deleted or withdrawn here, or a claim about
-- them exists?
SELECT CAST(id AS text)
FROM result
WHERE NOT deleted
    AND (
        removed IS TRUE
        OR withdrawn_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM claim WHERE claim.result_id = result.id)
        OR EXISTS (SELECT 1 FROM claim WHERE claim.id = result._claim_report_id AND claim.result_id IS NULL)
    )
ORDER BY id
