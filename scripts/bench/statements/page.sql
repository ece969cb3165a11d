-- A page of results: the ids by the index alone, then the rows of the page.
\set page random(:first, :last)
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime, r.benchmark_id, r.site_id, r.flavor_id,
       ARRAY(SELECT t.tag_id FROM result_tags t WHERE t.result_id = r.id ORDER BY t.tag_id)
FROM (SELECT id FROM result WHERE NOT deleted ORDER BY execution_datetime, id LIMIT :size OFFSET (:page - 1) * :size) p
JOIN result r USING (id)
ORDER BY r.execution_datetime, r.id;
