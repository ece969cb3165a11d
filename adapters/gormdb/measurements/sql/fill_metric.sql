-- What do the results with ids above one and up to another say about a metric?
INSERT INTO result_metric (
    metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
    whole, value, samples, resource, label, image_digest
)
SELECT
    metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
    whole, value, samples, resource, label, image_digest
FROM result_metric_derived
WHERE NOT deleted AND metric = @metric AND result_id > @after AND result_id <= @last
ON CONFLICT DO NOTHING
