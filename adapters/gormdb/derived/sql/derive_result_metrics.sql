-- What do all visible results say about the metrics of their benchmarks?
INSERT INTO result_metric (
    metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
    whole, value, samples, resource, label, image_digest
)
SELECT
    metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
    whole, value, samples, resource, label, image_digest
FROM result_metric_derived
WHERE NOT deleted
