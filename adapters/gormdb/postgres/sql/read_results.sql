-- What are the results with these ids, in their order?
-- @ids is replaced by a statement that selects the columns id and total. The version
-- costs less than a join with the entities that results refer to: the planner would read
-- their tables whole.
SELECT
    result.id,
    result.uploader_sub,
    result.uploader_iss,
    result.upload_datetime,
    result.execution_datetime,
    result.json,
    result.benchmark_id,
    result.site_id,
    result.flavor_id,
    ARRAY(SELECT tag_id FROM result_tags WHERE result_id = result.id ORDER BY tag_id),
    listed.total,
    (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change)
FROM (SELECT row_number() OVER () AS ordinal, ids.id, ids.total FROM (@ids) AS ids) AS listed
JOIN result ON result.id = listed.id
ORDER BY listed.ordinal
