-- Which result is each claim about, and who made the claim?
-- The result is claim.result_id. Claims of the earlier program, also those that it makes
-- while this program runs, have none: the result names them in _claim_report_id. The
-- tables allow that several results name a claim; the first one counts.
SELECT
    claim.*,
    coalesce(
        claim.result_id,
        (SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)
    ) AS claimed_result_id,
    "user".sub,
    "user".iss,
    "user".email,
    "user".registration_datetime
FROM claim
JOIN "user" ON "user".sub = claim.uploader_sub AND "user".iss = claim.uploader_iss
