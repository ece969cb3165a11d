-- Which entity does each submit report, and who uploaded the entity?
-- The entity that names a submit tells the type better than the submit itself: the
-- earlier program wrote other words for claims. Submits that no entity names are left
-- out. The user may be gone from a damaged database.
SELECT
    submit.id,
    submit.upload_datetime,
    entity.resource_type,
    entity.resource_id,
    entity.uploader_sub AS sub,
    entity.uploader_iss AS iss,
    coalesce("user".email, '') AS email,
    coalesce("user".registration_datetime, submit.upload_datetime) AS registration_datetime
FROM submit
JOIN (
    SELECT _submit_report_id AS submit_id, 'benchmark' AS resource_type, id AS resource_id, uploader_sub, uploader_iss FROM benchmark
    UNION ALL SELECT _submit_report_id, 'site', id, uploader_sub, uploader_iss FROM site
    UNION ALL SELECT _submit_report_id, 'flavor', id, uploader_sub, uploader_iss FROM flavor
    UNION ALL SELECT _submit_report_id, 'claim', id, uploader_sub, uploader_iss FROM claim
) AS entity ON entity.submit_id = submit.id
LEFT JOIN "user" ON "user".sub = entity.uploader_sub AND "user".iss = entity.uploader_iss
