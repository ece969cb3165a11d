-- How many values of metrics are not those of visible results, or are missing? Values are
-- missing legitimately for metrics that are not filled yet.
SELECT (
    SELECT count(*)
    FROM (
        SELECT
            metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
            whole, value, samples, resource, label, image_digest
        FROM result_metric
        EXCEPT
        SELECT
            metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
            whole, value, samples, resource, label, image_digest
        FROM result_metric_derived
        WHERE NOT deleted
    ) AS surplus
) + (
    SELECT count(*)
    FROM (
        SELECT
            metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
            whole, value, samples, resource, label, image_digest
        FROM result_metric_derived
        WHERE NOT deleted AND metric IN (SELECT id FROM metric_path WHERE filled)
        EXCEPT
        SELECT
            metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
            whole, value, samples, resource, label, image_digest
        FROM result_metric
    ) AS missing
)
