-- Add visible results.
INSERT INTO result (
    deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id,
    digest, digest_holder, image_digest, client, supersedes
)
VALUES (false, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
