-- Add visible results of one person, and their tags, but for those whose digests other
-- results hold. Which were added? The arrays $1 to $10 and $13 have the values of one result at
-- each place; $14 and $15 are the ids of results and their tags; $16, $17, $21 and $22 are ids,
-- changes, requests and addresses of the events about the results, empty for no events.
WITH added AS (
    INSERT INTO result (
        deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id,
        digest, digest_holder, image_digest, client, supersedes
    )
    SELECT
        false, sent.id, $11, $12, sent.uploaded, sent.document, sent.executed, sent.benchmark_id, sent.flavor_id, sent.site_id,
        sent.digest, CASE WHEN sent.digest IS NOT NULL THEN true END, sent.image_digest, sent.client, sent.supersedes
    FROM unnest(
        CAST($1 AS uuid[]), CAST($2 AS timestamp[]), CAST($3 AS jsonb[]), CAST($4 AS timestamp[]), CAST($5 AS uuid[]),
        CAST($6 AS uuid[]), CAST($7 AS uuid[]), CAST($8 AS text[]), CAST($9 AS text[]), CAST($10 AS uuid[]), CAST($13 AS text[])
    ) AS sent(id, uploaded, document, executed, benchmark_id, flavor_id, site_id, digest, image_digest, supersedes, client)
    ON CONFLICT DO NOTHING
    RETURNING id
), tagged AS (
    INSERT INTO result_tags (result_id, tag_id)
    SELECT added.id, tie.tag_id
    FROM added
    JOIN unnest(CAST($14 AS uuid[]), CAST($15 AS uuid[])) AS tie(result_id, tag_id) ON tie.result_id = added.id
), recorded AS (
    INSERT INTO audit_event (id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, request_id, address, changes)
    SELECT event.id, event.at, CAST($18 AS text), $11, $12, CAST($19 AS text), CAST($20 AS text), added.id, event.request_id,
        event.address, event.changes
    FROM added
    JOIN unnest(CAST($16 AS uuid[]), CAST($17 AS text[]), CAST($21 AS text[]), CAST($22 AS text[]),
            CAST($1 AS uuid[]), CAST($2 AS timestamp[]))
        AS event(id, changes, request_id, address, result_id, at) ON event.result_id = added.id
    WHERE event.id IS NOT NULL
)
SELECT id FROM added
