-- Which result is each claim about, and who made the claim?
-- The result is claim.result_id. Claims of the earlier program, also those that it makes
-- while this program runs, have none: the result names them in _claim_report_id. The
-- tables allow that several results name a claim; the first one counts. The user of a claim
-- that came with a damaged database may be gone.
SELECT
    claim.*,
    coalesce(
        claim.result_id,
        (SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)
    ) AS claimed_result_id,
    claim.uploader_sub AS sub,
    claim.uploader_iss AS iss,
    coalesce("user".email, '') AS email,
    coalesce("user".registration_datetime, claim.upload_datetime) AS registration_datetime
FROM claim
LEFT JOIN "user" ON "user".sub = claim.uploader_sub AND "user".iss = claim.uploader_iss
