-- Add a visible result, its tags, and the event about it, if there is one. The result holds
-- its digest, if it has one.
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
), recorded AS (
    INSERT INTO audit_event (
        id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes
    )
    SELECT
        CAST($15 AS uuid), CAST($16 AS timestamp), CAST($17 AS text), CAST($18 AS text), CAST($19 AS text), CAST($20 AS text),
        CAST($21 AS text), CAST($22 AS uuid), CAST($23 AS text), CAST($24 AS text), CAST($25 AS text), CAST($26 AS text)
    WHERE CAST($15 AS uuid) IS NOT NULL
)
INSERT INTO result_tags (result_id, tag_id)
SELECT added.id, tag_id FROM added, unnest(CAST($10 AS uuid[])) AS tag_id
