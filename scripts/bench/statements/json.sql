-- A page of one benchmark's results with more than 4 cores, by score, and their
-- number: from the documents of all results of the benchmark.
\set benchmark random(0, 19)
\set page random(1, :last)
WITH matching AS MATERIALIZED (
    SELECT id, (json #>> '{result,score}')::numeric AS score
    FROM result
    WHERE NOT deleted AND benchmark_id = md5('benchmark:' || :benchmark)::uuid AND (json #>> '{machine,cpu,count}')::numeric > 4
)
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime, r.benchmark_id, r.site_id, r.flavor_id,
       ARRAY(SELECT t.tag_id FROM result_tags t WHERE t.result_id = r.id ORDER BY t.tag_id),
       (SELECT count(*) FROM matching)
FROM (SELECT id, score FROM matching ORDER BY score, id LIMIT 20 OFFSET (:page - 1) * 20) p
JOIN result r USING (id)
ORDER BY p.score, r.id;
