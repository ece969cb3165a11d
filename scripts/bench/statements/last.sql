-- The last page of results, :items of them, found from the end.
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime, r.benchmark_id, r.site_id, r.flavor_id,
       ARRAY(SELECT t.tag_id FROM result_tags t WHERE t.result_id = r.id ORDER BY t.tag_id)
FROM (SELECT id FROM result WHERE NOT deleted ORDER BY execution_datetime DESC, id DESC LIMIT :items) p
JOIN result r USING (id)
ORDER BY r.execution_datetime, r.id;
