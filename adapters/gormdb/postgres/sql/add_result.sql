-- Add a visible result, and its tags. The result holds its digest, if it has one.
WITH added AS (
    INSERT INTO result (
        deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id,
        digest, digest_holder, image_digest, client, supersedes
    )
    VALUES (
        false, $1, $2, $3, $4, $5, $6, $7, $8, $9,
        $11, CASE WHEN CAST($11 AS text) IS NOT NULL THEN true END, $12, $13, $14
    )
    RETURNING id
)
INSERT INTO result_tags (result_id, tag_id)
SELECT added.id, tag_id FROM added, unnest(CAST($10 AS uuid[])) AS tag_id
