-- The first page of the results of one benchmark at one site, both found by a part
-- of their names, and their number. The statement knows which term is in which
-- table; the server has to look for each of them everywhere.
\set benchmark random(0, 19)
\set site random(0, 49)
WITH matching AS MATERIALIZED (
    SELECT id, execution_datetime
    FROM result
    WHERE NOT deleted
      AND site_id = ANY (ARRAY(SELECT id FROM site WHERE strpos(lower(name), 'centre-' || lpad(:site::text, 2, '0')) > 0))
      AND benchmark_id = ANY (ARRAY(SELECT id FROM benchmark
          WHERE strpos(lower(docker_image || ':' || docker_tag), 'app-' || lpad(:benchmark::text, 2, '0')) > 0))
)
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime, r.benchmark_id, r.site_id, r.flavor_id,
       ARRAY(SELECT t.tag_id FROM result_tags t WHERE t.result_id = r.id ORDER BY t.tag_id),
       (SELECT count(*) FROM matching)
FROM (SELECT id FROM matching ORDER BY execution_datetime, id LIMIT 20) p
JOIN result r USING (id)
ORDER BY r.execution_datetime, r.id;
