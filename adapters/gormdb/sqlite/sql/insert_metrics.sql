-- Add what results say about metrics.
INSERT OR IGNORE INTO result_metric (
    metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
    whole, value, samples, resource, label, image_digest
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
