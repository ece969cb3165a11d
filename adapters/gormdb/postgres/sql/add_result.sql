-- Add a visible result, its tags, and the event about it, if there is one, unless the quota of
-- the day is used up. How many were added? The result holds its digest, if it has one. $27 to
-- $30 are kind, day, number and limit of the use of the quota, NULL for no quota.
WITH counted AS (
    INSERT INTO daily_use (sub, iss, kind, day, used)
    SELECT CAST($2 AS text), CAST($3 AS text), CAST($27 AS text), CAST($28 AS text), CAST($29 AS bigint)
    WHERE CAST($29 AS bigint) <= CAST($30 AS bigint)
    ON CONFLICT (sub, iss, kind, day) DO UPDATE SET used = daily_use.used + excluded.used
    WHERE daily_use.used + excluded.used <= CAST($30 AS bigint)
    RETURNING 1
), added AS (
    INSERT INTO result (
        deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id,
        digest, digest_holder, image_digest, client, supersedes
    )
    SELECT
        false, CAST($1 AS uuid), CAST($2 AS text), CAST($3 AS text), CAST($4 AS timestamp), CAST($5 AS jsonb), CAST($6 AS timestamp),
        CAST($7 AS uuid), CAST($8 AS uuid), CAST($9 AS uuid), CAST($11 AS text),
        CASE WHEN CAST($11 AS text) IS NOT NULL THEN true END, CAST($12 AS text), CAST($13 AS text), CAST($14 AS uuid)
    WHERE CAST($30 AS bigint) IS NULL OR EXISTS (SELECT 1 FROM counted)
    RETURNING id
), recorded AS (
    INSERT INTO audit_event (
        id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes
    )
    SELECT
        CAST($15 AS uuid), CAST($16 AS timestamp), CAST($17 AS text), CAST($18 AS text), CAST($19 AS text), CAST($20 AS text),
        CAST($21 AS text), CAST($22 AS uuid), CAST($23 AS text), CAST($24 AS text), CAST($25 AS text), CAST($26 AS text)
    FROM added
    WHERE CAST($15 AS uuid) IS NOT NULL
), tagged AS (
    INSERT INTO result_tags (result_id, tag_id)
    SELECT added.id, tag_id FROM added, unnest(CAST($10 AS uuid[])) AS tag_id
)
SELECT count(*) FROM added
