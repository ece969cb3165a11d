-- A page of all results with a score above one that 1 to 50 of 100 are above, and
-- their number: from the documents of all results.
\set percent random(1, 50)
\set score 10 * pow(10, 3 * (1 - :percent / 100.0))
\set page random(1, 5)
WITH matching AS MATERIALIZED (
    SELECT id, execution_datetime
    FROM result
    WHERE NOT deleted AND (json #>> '{result,score}')::numeric > :score
)
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime, r.benchmark_id, r.site_id, r.flavor_id,
       ARRAY(SELECT t.tag_id FROM result_tags t WHERE t.result_id = r.id ORDER BY t.tag_id),
       (SELECT count(*) FROM matching)
FROM (SELECT id FROM matching ORDER BY execution_datetime, id LIMIT 20 OFFSET (:page - 1) * 20) p
JOIN result r USING (id)
ORDER BY r.execution_datetime, r.id;
